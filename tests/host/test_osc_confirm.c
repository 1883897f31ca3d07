// SPDX-License-Identifier: MIT
// OSC beyond loopback: nothing large goes to an address that has not answered.
#include "osc_support.h"

#include <poll.h>

/*
 * Senders from beyond loopback: nothing larger than what they sent goes to an address that has not shown that it is
 * there, and telemetry only to their own. Sent from this machine's outer address, which the server treats like any.
 */

typedef struct {
    osc_rig *rig;
    host_osc *osc; /* on all interfaces */
    struct in_addr outer;
    struct sockaddr_in server;
    unsigned char last[65536];
    uint32_t count; /* answers since the last ask */
    size_t total_bytes;
} outer_rig;

static outer_rig *open_outer(void)
{
    outer_rig *self = calloc(1, sizeof *self);
    rsd_error error;
    cr_assert_not_null(self);
    if (!osc_find_outer_address(&self->outer)) cr_skip_test("this machine has no address but loopback");
    self->rig = osc_open(0, false);
    const host_osc_config config = {.control = self->rig->control, .bind_address = "0.0.0.0"};
    cr_assert_eq(host_osc_create(&config, &self->osc, &error), RSD_OK, "%s", error.text);
    self->server = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)host_osc_port(self->osc)), .sin_addr = self->outer};
    return self;
}

static void close_outer(outer_rig *self)
{
    host_osc_destroy(self->osc);
    osc_close(self->rig);
    free(self);
}

static int open_client(const outer_rig *self)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr = self->outer};
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in name = {0};
    socklen_t length = sizeof name;
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
    return ntohs(name.sin_port);
}

static void receive(outer_rig *self, int fd)
{
    self->count = 0;
    self->total_bytes = 0;
    for (ssize_t got; (got = recv(fd, self->last, sizeof self->last, MSG_DONTWAIT)) >= 0; self->count++)
        self->total_bytes += (size_t)got;
}

/* Sends `message` to `path`, polls, and takes what comes back. Returns the bytes that were sent. */
static size_t ask(outer_rig *self, int fd, const char *path, lo_message message)
{
    static unsigned char bytes[65536];
    size_t count = sizeof bytes;
    cr_assert_not_null(lo_message_serialise(message, path, bytes, &count));
    lo_message_free(message);
    cr_assert_eq(sendto(fd, bytes, count, 0, (struct sockaddr *)&self->server, sizeof self->server), (ssize_t)count);
    struct pollfd wait = {.fd = host_osc_fd(self->osc), .events = POLLIN};
    cr_assert_eq(poll(&wait, 1, 5000), 1);
    host_osc_poll(self->osc);
    receive(self, fd);
    return count;
}

static lo_message with(const char *types, ...)
{
    lo_message message = lo_message_new();
    va_list list;
    va_start(list, types);
    for (; *types; types++) {
        if (*types == 'i') lo_message_add_int32(message, va_arg(list, int));
        if (*types == 'f') lo_message_add_float(message, (float)va_arg(list, double));
        if (*types == 's') lo_message_add_string(message, va_arg(list, const char *));
    }
    va_end(list);
    return message;
}

static int32_t cookie_of(const outer_rig *self)
{
    uint32_t word;
    cr_assert_eq(memcmp(self->last, "/residuum/confirm\0\0\0,i\0", 24), 0);
    memcpy(&word, self->last + 24, sizeof word);
    return (int32_t)ntohl(word);
}

static uint32_t subscribers(const outer_rig *self)
{
    host_osc_stats stats;
    host_osc_get_stats(self->osc, &stats);
    return stats.subscriber_count;
}

Test(osc_confirm, before_it_no_answer_is_larger_than_its_request)
{
    outer_rig *self = open_outer();
    const int fd = open_client(self);
    static const struct {
        const char *path, *types, *text;
    } rows[] = {{"/residuum/list", "", ""},
                {"/residuum/get", "s", "levels"},
                {"/residuum/get", "s", "codec"},
                {"/residuum/nothing", "", ""},
                {"/x", "", ""},
                {"/residuum/mix", "s", "a long wrong value, which could be answered by as long an error"},
                {"/residuum/preset", "s", "no-such-preset"},
                {"/residuum/confirm", "i", ""},
                {"/residuum/subscribe", "f", ""},
                {"/residuum/subscribe/tokens", "f", ""},
                {"/residuum/*", "s", "x"}};
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            lo_message message = rows[i].types[0] == 's'   ? with("s", rows[i].text)
                                 : rows[i].types[0] == 'i' ? with("i", 0)
                                 : rows[i].types[0] == 'f' ? with("f", 100.0)
                                                           : with("");
            const size_t sent = ask(self, fd, rows[i].path, message);
            cr_assert(self->count <= 1u && self->total_bytes <= sent, "%s: %zu bytes, answered by %zu in %u",
                      rows[i].path, sent, self->total_bytes, self->count);
        }
    for (int i = 0; i < 20; i++) {
        host_osc_poll(self->osc);
        nap_ms(2);
    }
    receive(self, fd);
    cr_assert_eq(self->count, 0u, "no telemetry without a confirmation");
    cr_assert_eq(subscribers(self), 0u);
    cr_assert_eq(ask(self, fd, "/residuum/mix", with("f", 0.25)), 24u);
    cr_assert_eq(osc_value_of(self->rig, RSD_PARAM_MIX, 0), 0.25f, "steering needs none");
    close(fd);
    close_outer(self);
}

Test(osc_confirm, a_subscription_starts_when_its_number_comes_back)
{
    outer_rig *self = open_outer();
    const int fd = open_client(self);
    ask(self, fd, "/residuum/subscribe", with("f", 100.0));
    const int32_t cookie = cookie_of(self);
    cr_assert_gt(cookie, 0);
    ask(self, fd, "/residuum/subscribe", with("f", 100.0));
    cr_assert_eq(cookie_of(self), cookie, "asked twice, the same number");
    ask(self, fd, "/residuum/confirm", with("i", cookie ^ 2));
    cr_assert_eq(self->count, 0u, "a wrong one is not answered");
    cr_assert_eq(subscribers(self), 0u);
    ask(self, fd, "/residuum/confirm", with("i", cookie));
    cr_assert_eq(subscribers(self), 1u);
    nap_ms(15);
    host_osc_poll(self->osc);
    receive(self, fd);
    cr_assert_gt(self->total_bytes, 0u);
    ask(self, fd, "/residuum/subscribe", with("f", 50.0));
    cr_assert_neq(memcmp(self->last, "/residuum/confirm", 17), 0, "a renewal needs no number");
    ask(self, fd, "/residuum/list", with(""));
    cr_assert_gt(self->total_bytes, 1000u, "and now the list is answered");
    ask(self, fd, "/residuum/unsubscribe", with(""));
    cr_assert_eq(subscribers(self), 0u);
    ask(self, fd, "/residuum/confirm", with("i", cookie));
    cr_assert_eq(subscribers(self), 0u, "a number is good once");
    close(fd);
    close_outer(self);
}

Test(osc_confirm, without_a_subscription_the_number_is_asked_for_by_zero)
{
    outer_rig *self = open_outer();
    const int fd = open_client(self);
    ask(self, fd, "/residuum/confirm", with("i", 0));
    ask(self, fd, "/residuum/confirm", with("i", cookie_of(self)));
    cr_assert_eq(self->count, 0u);
    ask(self, fd, "/residuum/get", with("s", "levels"));
    cr_assert_eq(memcmp(self->last, "/residuum/value", 15), 0);
    close(fd);
    close_outer(self);
}

Test(osc_confirm, guessing_ends_after_a_few_tries)
{
    outer_rig *self = open_outer();
    const int fd = open_client(self);
    ask(self, fd, "/residuum/subscribe", with("f", 100.0));
    const int32_t cookie = cookie_of(self);
    for (int i = 0; i < 8; i++) ask(self, fd, "/residuum/confirm", with("i", cookie ^ (2 << i)));
    ask(self, fd, "/residuum/confirm", with("i", cookie));
    cr_assert_eq(subscribers(self), 0u);
    ask(self, fd, "/residuum/subscribe", with("f", 100.0));
    cr_assert_neq(cookie_of(self), cookie);
    close(fd);
    close_outer(self);
}

Test(osc_confirm, telemetry_goes_to_the_senders_own_address_only)
{
    outer_rig *self = open_outer();
    const int fd = open_client(self), listener = open_client(self);
    char own[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &self->outer, own, sizeof own);
    ask(self, fd, "/residuum/confirm", with("i", 0));
    ask(self, fd, "/residuum/confirm", with("i", cookie_of(self)));
    ask(self, fd, "/residuum/subscribe", with("sif", "192.0.2.1", 9000, 10.0));
    cr_assert_eq(memcmp(self->last, "/residuum/error", 15), 0);
    ask(self, fd, "/residuum/subscribe", with("sif", "127.0.0.1", 9000, 10.0));
    cr_assert_eq(memcmp(self->last, "/residuum/error", 15), 0);
    /* Another port of its own: the number goes there, and whoever reads it there can send it from here. */
    ask(self, fd, "/residuum/subscribe", with("sif", own, (int)port_of(listener), 100.0));
    cr_assert_eq(self->count, 0u);
    cr_assert_eq(subscribers(self), 0u);
    receive(self, listener);
    ask(self, fd, "/residuum/confirm", with("i", cookie_of(self)));
    cr_assert_eq(subscribers(self), 1u);
    nap_ms(15);
    host_osc_poll(self->osc);
    receive(self, listener);
    cr_assert_gt(self->count, 0u);
    close(fd), close(listener);
    close_outer(self);
}

/* Who sends from loopback to a server that is open to all may not send telemetry beyond it either. */
Test(osc_confirm, from_loopback_a_third_party_cannot_be_named)
{
    outer_rig *self = open_outer();
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    self->server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ask(self, fd, "/residuum/subscribe", with("sif", "192.0.2.1", 9000, 10.0));
    cr_assert_eq(memcmp(self->last, "/residuum/error", 15), 0);
    ask(self, fd, "/residuum/subscribe", with("sif", "127.0.0.1", 9000, 10.0));
    cr_assert_eq(self->count, 0u);
    cr_assert_eq(subscribers(self), 1u);
    close(fd);
    close_outer(self);
}

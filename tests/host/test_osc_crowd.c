// SPDX-License-Identifier: MIT
// OSC from many senders: a small message gets through, and of what one sender sends the newest counts.
#include "osc_flood_support.h"

enum { CROWD = 100, CROWD_AT_ONCE = 20 };

/* Each from an address of loopback of its own. */
static void open_crowd(const osc_rig *rig, int crowd[CROWD])
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)host_osc_port(rig->osc))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (uint32_t i = 0; i < CROWD; i++) {
        struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1u + i)};
        crowd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        cr_assert_eq(bind(crowd[i], (struct sockaddr *)&from, sizeof from), 0);
        cr_assert_eq(connect(crowd[i], (struct sockaddr *)&to, sizeof to), 0);
    }
}

/* A hundred senders, each within its share, want many times what can be done: a small message passes them all. */
static void check_crowd(const char *path, const char *types, uint32_t in_a_bundle)
{
    static const char get[] = "/residuum/get\0\0\0,s\0\0mix\0";
    static unsigned char bytes[MAX_DATAGRAM + 64u];
    osc_rig *rig = osc_open(0, false);
    int crowd[CROWD], other = open_client(rig);
    open_crowd(rig, crowd);
    const size_t count =
        in_a_bundle > 1u ? put_bundle(bytes, path, types, in_a_bundle) : put_message(bytes, path, types, 0.5f);
    for (uint32_t i = 0; i < 3u * CROWD; i++) {
        (void)!send(crowd[i % CROWD], bytes, count, 0);
        if (i % CROWD_AT_ONCE != CROWD_AT_ONCE - 1u) continue; /* what has been sent fits into the socket */
        cr_assert_eq(send(other, get, 24, 0), 24);
        uint32_t polls = 1;
        for (host_osc_poll(rig->osc); drain(other, NULL) == 0u && polls < 4u; polls++) host_osc_poll(rig->osc);
        cr_assert_leq(polls, 3u, "%s: no answer after %u datagrams", path, i + 1u);
        drain(crowd[i % CROWD], NULL);
    }
    for (uint32_t i = 0; i < CROWD; i++) close(crowd[i]);
    close(other);
    osc_close(rig);
}

Test(osc_crowd, a_small_message_passes_the_bundles_of_a_hundred_senders, .timeout = 600)
{
    check_crowd("/residuum/cancel", ",\0", 200);
    check_crowd("/residuum/level/*/gain", ",f", 60);
    check_crowd("/residuum/level/*/gain", ",f", 1);
    check_crowd("/residuum/list", ",\0", 1);
    check_crowd("/residuum/mix", ",f", 300);
}

/* Whatever was sent is there or was counted: the places are fixed, and none is lost. */
Test(osc_crowd, what_waits_is_bounded_and_every_datagram_is_counted)
{
    static unsigned char bytes[MAX_DATAGRAM + 64u];
    osc_rig *rig = osc_open(0, false);
    uint64_t sent = 0;
    host_osc_begin_poll(rig->osc);
    for (uint32_t i = 0; i < 3000u; i++, sent++) {
        osc_peer from;
        cr_assert(osc_peer_parse("127.0.0.1", (uint16_t)(1000u + i % 300u), &from));
        const size_t count = put_bundle(bytes, "/residuum/mix", ",f", i % 17u == 0u ? 2000u : i % 40u);
        host_osc_enqueue(rig->osc, bytes, count, &from);
        const osc_queue *queue = &rig->osc->queue;
        cr_assert_leq(queue->count, OSC_MAX_WAITING);
        cr_assert_leq(queue->free_count, OSC_MAX_CHUNKS);
        cr_assert_eq(osc_stats(rig).datagram_count + queue->count, sent + 1u);
    }
    while (rig->osc->queue.count > 0u) host_osc_poll(rig->osc);
    cr_assert_eq(rig->osc->queue.free_count, OSC_MAX_CHUNKS);
    cr_assert_eq(osc_stats(rig).datagram_count, sent);
    osc_close(rig);
}

Test(osc_crowd, what_one_sender_sends_stays_in_its_order)
{
    static unsigned char bytes[MAX_DATAGRAM + 64u];
    osc_rig *rig = osc_open(0, false);
    const int fd = open_client(rig);
    for (int i = 1; i <= 50; i++) {
        size_t count = put_bundle(bytes, "/residuum/mix", ",f", 50);
        cr_assert_eq(send(fd, bytes, count, 0), (ssize_t)count); /* dear, and then a cheap one */
        count = put_message(bytes, "/residuum/mix", ",f", (float)i * 0.01f);
        cr_assert_eq(send(fd, bytes, count, 0), (ssize_t)count);
        poll_all(rig);
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), (float)i * 0.01f);
    }
    close(fd);
    osc_close(rig);
}

static uint32_t put_preset(unsigned char *at, const char *name)
{
    memset(at, 0, 64u);
    memcpy(at, "/residuum/preset", 16u);
    memcpy(at + 20, ",s", 2u);
    memcpy(at + 24, name, strlen(name));
    return 24u + ((uint32_t)strlen(name) / 4u + 1u) * 4u;
}

/* Far over the share: the last is in force once some has come back, however many of those before it were left out. */
Test(osc_crowd, of_many_presets_at_once_the_last_one_is_in_force, .timeout = 600)
{
    unsigned char bytes[64];
    osc_rig *rig = osc_open(0, false);
    const int fd = open_client(rig);
    const osc_peer from = peer_of(fd);
    host_osc_account(rig->osc, &from, host_clock_now_ns())->work = -10 * OSC_WORK_PER_MS;
    for (int i = 0; i < 200; i++) {
        const uint32_t count = put_preset(bytes, i < 199 ? "telephone" : "tight");
        cr_assert_eq(send(fd, bytes, count, 0), (ssize_t)count);
    }
    for (int i = 0; i < 1000 && strcmp(host_control_preset(rig->control), "tight") != 0; i++) {
        osc_turn(rig);
        nap_ms(1);
    }
    cr_assert_str_eq(host_control_preset(rig->control), "tight");
    close(fd);
    osc_close(rig);
}

/* One message that is left out is told by its address, several by none. */
Test(osc_crowd, a_message_that_is_left_out_is_told_by_its_address)
{
    unsigned char bytes[64], copy[64], answer[512];
    osc_rig *rig = osc_open(0, false);
    const int fd = open_client(rig);
    const osc_peer from = peer_of(fd);
    const size_t count = put_message(bytes, "/residuum/mix", ",f", 0.5f);
    host_osc_begin_poll(rig->osc);
    for (uint64_t told_ns = 0; told_ns == 0u;) {
        osc_account *account = host_osc_account(rig->osc, &from, host_clock_now_ns());
        account->work = -1000000;
        memcpy(copy, bytes, sizeof copy);
        host_osc_take_datagram(rig->osc, copy, count, &from);
        told_ns = account->told_ns;
    }
    cr_assert_gt(recv(fd, answer, sizeof answer, 0), 0);
    cr_assert_str_eq((const char *)answer + 20, "/residuum/mix"); /* behind /residuum/error and ,ss */
    host_osc_account(rig->osc, &from, host_clock_now_ns())->work = -1000000;
    for (int i = 0; i < 2; i++) {
        if (i == 1) rig->osc->poll_ns += 2000000000u; /* told once a second */
        memcpy(copy, bytes, sizeof copy);
        host_osc_take_datagram(rig->osc, copy, count, &from);
    }
    cr_assert_gt(recv(fd, answer, sizeof answer, 0), 0);
    cr_assert_str_eq((const char *)answer + 20, "#bundle");
    close(fd);
    osc_close(rig);
}

/* Small messages of ever new senders pass a bundle, but not for ever. */
Test(osc_crowd, a_bundle_is_not_put_off_for_ever)
{
    unsigned char bytes[256];
    osc_rig *rig = osc_open(0, false);
    osc_peer from;
    cr_assert(osc_peer_parse("127.0.0.1", 9, &from));
    host_osc_begin_poll(rig->osc);
    const size_t bundle_bytes = put_bundle(bytes, "/residuum/mix", ",f", 2);
    const uint32_t most = (uint32_t)(bundle_bytes + 1u) * OSC_MAX_WAITING;
    host_osc_enqueue(rig->osc, bytes, bundle_bytes, &from);
    const size_t count = put_message(bytes, "/residuum/levels", ",f", 3.0f);
    uint32_t passed = 0;
    for (; osc_value_of(rig, RSD_PARAM_MIX, 0) != 0.5f && passed <= most; passed++) {
        from.port = (uint16_t)(1000u + passed % 60000u);
        host_osc_enqueue(rig->osc, bytes, count, &from);
        cr_assert(host_osc_serve_next(rig->osc));
    }
    cr_assert_gt(passed, 100u, "the small ones come first");
    cr_assert_leq(passed, most);
    osc_close(rig);
}

// SPDX-License-Identifier: MIT
// OSC from many and malicious senders: bounds on work, answers and memory.
#include "osc_support.h"

#include "host/osc/internal.h"

/* What one sender sends must not keep the others waiting. Counted in polls and units of work, never in seconds. */

#define MAX_DATAGRAM 65000u

/* Bytes of one message: `path`, and a float where `types` is ",f", or "mix" where it is ",s". */
static size_t put_message(unsigned char *at, const char *path, const char *types, float value)
{
    size_t used = (strlen(path) / 4u + 1u) * 4u;
    memset(at, 0, used + 8u);
    memcpy(at, path, strlen(path));
    memcpy(at + used, types, strlen(types));
    used += 4u;
    if (types[1] == 's') memcpy(at + used, "mix", 4u);
    if (types[1] != 'f') return used + (types[1] == 's' ? 4u : 0u);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = htonl(bits);
    memcpy(at + used, &bits, sizeof bits);
    return used + 4u;
}

/* A bundle of up to `count` times the same message, for at once. */
static size_t put_bundle(unsigned char *at, const char *path, const char *types, uint32_t count)
{
    static const char head[16] = "#bundle\0\0\0\0\0\0\0\0\1";
    size_t used = sizeof head;
    memcpy(at, head, sizeof head);
    for (uint32_t i = 0; i < count && used + strlen(path) + 20u < MAX_DATAGRAM; i++) {
        const size_t bytes = put_message(at + used + 4u, path, types, 0.5f);
        const uint32_t length = htonl((uint32_t)bytes);
        memcpy(at + used, &length, sizeof length);
        used += 4u + bytes;
    }
    return used;
}

static int open_client(const osc_rig *rig)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)host_osc_port(rig->osc))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static osc_peer peer_of(int fd)
{
    struct sockaddr_in name = {0};
    socklen_t length = sizeof name;
    osc_peer peer = {0};
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
    cr_assert(osc_peer_parse("127.0.0.1", ntohs(name.sin_port), &peer));
    return peer;
}

/* Datagrams that came back, and their bytes. */
static uint32_t drain(int fd, size_t *total_bytes)
{
    static unsigned char bytes[65536];
    uint32_t count = 0;
    for (ssize_t got; (got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0; count++)
        if (total_bytes) *total_bytes += (size_t)got;
    return count;
}

static void poll_all(osc_rig *rig)
{
    for (uint32_t taken = 1, idle = 0; idle < 2u; idle = taken == 0u ? idle + 1u : 0u) taken = host_osc_poll(rig->osc);
}

Test(osc_flood, an_address_is_255_characters_at_most_and_a_longer_one_gets_one_error)
{
    static unsigned char bytes[MAX_DATAGRAM];
    static char path[60001];
    osc_rig *rig = osc_open(0, false);
    const int fd = open_client(rig);
    const uint32_t lengths[] = {255, 256, 4000, 30000, 60000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memset(path, '*', lengths[i]);
        memcpy(path, "/residuum/", 10);
        path[lengths[i] - 1u] = 'x'; /* ends the search for /mix */
        path[lengths[i]] = '\0';
        const size_t count = put_message(bytes, path, ",f", 0.25f);
        cr_assert_eq(send(fd, bytes, count, 0), (ssize_t)count);
        poll_all(rig);
        cr_assert_eq(drain(fd, NULL), lengths[i] == 255u ? 0u : 1u, "%u characters", lengths[i]);
    }
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.25f, "255 characters are a pattern like any other");
    close(fd);
    osc_close(rig);
}

Test(osc_flood, a_bundle_is_answered_by_a_bounded_number_of_datagrams)
{
    static unsigned char bytes[MAX_DATAGRAM + 64u];
    static const char *const paths[] = {"/residuum/list", "/residuum/nothing", "/residuum/level/*/nothing",
                                        "/residuum/get"};
    osc_rig *rig = osc_open(0, false);
    for (size_t i = 0; i < 2u * sizeof paths / sizeof paths[0]; i++) {
        const int fd = open_client(rig);
        const char *path = paths[i / 2u];
        const size_t count = put_bundle(bytes, path, i % 2u ? ",s" : ",\0", 2000);
        size_t answered = 0;
        cr_assert_eq(send(fd, bytes, count, 0), (ssize_t)count);
        poll_all(rig);
        const uint32_t answers = drain(fd, &answered);
        cr_assert(answers >= 1u && answers <= OSC_MAX_ANSWERS + 1u, "%u answers to 2000 times %s", answers, path);
        cr_assert_leq(answered, 20000u, "%s", path);
        close(fd);
    }
    osc_close(rig);
}

/* As many sets as fit in a datagram are a bundle like any other; patterns and codecs cost more. */
Test(osc_flood, a_bundle_is_applied_whole_or_not_at_all)
{
    static unsigned char bytes[MAX_DATAGRAM + 64u];
    osc_rig *rig = osc_open(0, false);
    const int fd = open_client(rig);
    size_t count = put_bundle(bytes, "/residuum/mix", ",f", 2300);
    cr_assert_eq(send(fd, bytes, count, 0), (ssize_t)count);
    poll_all(rig);
    cr_assert_eq(osc_stats(rig).applied_count, count / 28u);
    cr_assert_eq(drain(fd, NULL), 0u);
    count = put_bundle(bytes, "/residuum/level/*/gain", ",f", 1000);
    cr_assert_eq(send(fd, bytes, count, 0), (ssize_t)count);
    poll_all(rig);
    cr_assert_eq(osc_stats(rig).applied_count, (uint64_t)(2300), "not one of a thousand patterns");
    cr_assert_eq(drain(fd, NULL), 1u);
    close(fd);
    osc_close(rig);
}

/* Twice the same list in one poll is one list; in the next poll it comes again. */
Test(osc_flood, the_list_is_sent_once_a_poll)
{
    osc_rig *rig = osc_open(0, false);
    for (int i = 0; i < 2; i++)
        cr_assert_geq(lo_send_from(rig->server, rig->client, LO_TT_IMMEDIATE, "/residuum/list", ""), 0);
    osc_turn(rig);
    cr_assert_eq(osc_count(rig, "/residuum/list/end"), 1u);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 1u);
    OSC_SEND(rig, "/residuum/list", "");
    cr_assert_eq(osc_count(rig, "/residuum/list/end"), 2u);
    osc_close(rig);
}

/* No poll does more than its budget and one datagram; and what waits in the socket is through after a few polls. */
static void check_flood(const char *path, const char *types, uint32_t in_a_bundle)
{
    enum { FLOODERS = 3 };
    static unsigned char bytes[MAX_DATAGRAM + 64u];
    osc_rig *rig = osc_open(0, false);
    int flooders[FLOODERS], other = open_client(rig);
    for (int f = 0; f < FLOODERS; f++) flooders[f] = open_client(rig);
    const size_t count =
        in_a_bundle > 1u ? put_bundle(bytes, path, types, in_a_bundle) : put_message(bytes, path, types, 0.5f);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 30; i++)
            for (int f = 0; f < FLOODERS; f++) (void)!send(flooders[f], bytes, count, 0); /* full: lost, as it may be */
        const char get[] = "/residuum/get\0\0\0,s\0\0mix\0";
        uint32_t polls = 0;
        while (send(other, get, 24, 0) != 24) host_osc_poll(rig->osc);
        while (drain(other, NULL) == 0u) {
            host_osc_poll(rig->osc);
            cr_assert_geq(rig->osc->work_left, -OSC_POLL_WORK, "timed work is apart");
            polls++;
            /* 90 datagrams of at most a poll's budget each, most of them over their sender's share, and dropped. */
            cr_assert_leq(polls, 90u, "%s", path);
        }
        for (int f = 0; f < FLOODERS; f++) drain(flooders[f], NULL);
    }
    for (int f = 0; f < FLOODERS; f++) close(flooders[f]);
    close(other);
    osc_close(rig);
}

Test(osc_flood, floods_of_patterns_do_not_keep_an_answer_from_another_client, .timeout = 60)
{
    char stars[256];
    memset(stars, '*', 255);
    memcpy(stars, "/residuum/", 10);
    stars[254] = 'y';
    stars[255] = '\0';
    check_flood(stars, ",f", 1);
    check_flood("/residuum/*?*?*?*?*?*?*?*", ",f", 1);
    check_flood("/residuum/level/*/gain", ",f", 60);
    check_flood("/residuum/list", ",\0", 15);
    check_flood("/residuum/mix", ",f", 2000);
}

/* The deterministic part: a poll stops at its budget, and who has used up a share costs one unit a datagram. */
Test(osc_flood, work_is_bounded_for_a_poll_and_for_a_sender)
{
    unsigned char pattern[64], copy[64];
    osc_rig *rig = osc_open(0, false);
    osc_peer from, other;
    cr_assert(osc_peer_parse("127.0.0.1", 9u, &from) && osc_peer_parse("127.0.0.1", 10u, &other));
    const size_t count = put_message(pattern, "/residuum/level/*/gain", ",f", 0.5f);
    host_osc_begin_poll(rig->osc);
    const uint64_t begin_ns = host_clock_now_ns();
    uint64_t sent = 0;
    do {
        memcpy(copy, pattern, sizeof copy);
        host_osc_take_datagram(rig->osc, copy, count, &from);
        sent++;
    } while (osc_stats(rig).error_count == 0u && sent < 10000000u);
    const double elapsed_ms = (double)(host_clock_now_ns() - begin_ns) * 1e-6;
    cr_assert_geq(sent, (uint64_t)(OSC_ACCOUNT_WORK / (OSC_PATTERN_WORK + 23)));
    cr_assert_leq((double)sent * (OSC_PATTERN_WORK + 22),
                  OSC_ACCOUNT_WORK + (elapsed_ms + 2.0) * OSC_WORK_PER_MS + 128.0);
    /* Another sender is not concerned. */
    const uint64_t applied = osc_stats(rig).applied_count;
    memcpy(copy, pattern, sizeof copy);
    host_osc_take_datagram(rig->osc, copy, count, &other);
    cr_assert_gt(osc_stats(rig).applied_count, applied);
    osc_close(rig);
}

/* Answers come back at so many a second: 2000 questions at once are not all answered, and it is said. */
Test(osc_flood, answers_to_one_sender_are_bounded_and_others_get_theirs)
{
    static const char get[] = "/residuum/get\0\0\0,s\0\0mix\0";
    osc_rig *rig = osc_open(0, false);
    const int fd = open_client(rig), other = open_client(rig);
    uint32_t answers = 0;
    const uint64_t begin_ns = host_clock_now_ns();
    for (int i = 0; i < 2000; i++) {
        cr_assert_eq(send(fd, get, 24, 0), 24);
        if (i % 50 == 49) poll_all(rig);
        answers += drain(fd, NULL);
    }
    const double elapsed_s = (double)(host_clock_now_ns() - begin_ns) * 1e-9;
    cr_assert_leq(answers, (1.0 + elapsed_s) * OSC_ANSWERS_PER_S + 2.0 + elapsed_s, "%u in %g s", answers, elapsed_s);
    cr_assert_geq(answers, OSC_ANSWERS_PER_S);
    cr_assert_eq(send(other, get, 24, 0), 24);
    poll_all(rig);
    cr_assert_eq(drain(other, NULL), 1u);
    close(fd), close(other);
    osc_close(rig);
}

/* More senders than there are accounts: the quiet ones are forgotten, nobody is turned away, what waits still comes. */
Test(osc_flood, a_thousand_senders_are_all_served)
{
    unsigned char message[32];
    osc_rig *rig = osc_open(0, true);
    const size_t count = put_message(message, "/residuum/mix", ",f", 0.5f);
    host_osc_begin_poll(rig->osc);
    for (uint32_t i = 0; i < 1000u; i++) {
        unsigned char copy[32];
        osc_peer from;
        cr_assert(osc_peer_parse("127.0.0.1", (uint16_t)(1000u + i), &from));
        memcpy(copy, message, sizeof copy);
        host_osc_take_datagram(rig->osc, copy, count, &from);
    }
    cr_assert_eq(osc_stats(rig).applied_count, 1000u);
    cr_assert_leq(rig->osc->account_count, OSC_MAX_ACCOUNTS);
    osc_close(rig);
}

/* Deep nesting and a datagram full of empty bundles end at once. */
Test(osc_flood, nesting_is_bounded)
{
    static unsigned char bytes[MAX_DATAGRAM];
    osc_rig *rig = osc_open(0, false);
    const int fd = open_client(rig);
    for (uint32_t depth = 1; depth <= 3000u; depth += depth < 12u ? 1u : 700u) {
        size_t used = 0;
        for (uint32_t level = 0; level < depth; level++) {
            const uint32_t rest = htonl((uint32_t)(20u * (depth - level - 1u) - 4u));
            memset(bytes + used, 0, 20u);
            memcpy(bytes + used, "#bundle\0\0\0\0\0\0\0\0\1", 16u);
            if (level + 1u < depth) memcpy(bytes + used + 16u, &rest, sizeof rest);
            used += level + 1u < depth ? 20u : 16u;
        }
        cr_assert_eq(send(fd, bytes, used, 0), (ssize_t)used);
        poll_all(rig);
        cr_assert_eq(drain(fd, NULL), depth > OSC_MAX_BUNDLE_DEPTH ? 1u : 0u, "%u deep", depth);
    }
    close(fd);
    osc_close(rig);
}

/* ---- many senders, and the newest of one ---- */

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

Test(osc_flood, a_small_message_passes_the_bundles_of_a_hundred_senders, .timeout = 60)
{
    check_crowd("/residuum/cancel", ",\0", 200);
    check_crowd("/residuum/level/*/gain", ",f", 60);
    check_crowd("/residuum/level/*/gain", ",f", 1);
    check_crowd("/residuum/list", ",\0", 1);
    check_crowd("/residuum/mix", ",f", 300);
}

/* Whatever was sent is there or was counted: the places are fixed, and none is lost. */
Test(osc_flood, what_waits_is_bounded_and_every_datagram_is_counted)
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

Test(osc_flood, what_one_sender_sends_stays_in_its_order)
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
Test(osc_flood, of_many_presets_at_once_the_last_one_is_in_force, .timeout = 60)
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
Test(osc_flood, a_message_that_is_left_out_is_told_by_its_address)
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
Test(osc_flood, a_bundle_is_not_put_off_for_ever)
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

// SPDX-License-Identifier: MIT
// OSC from malicious senders: bounds on work, answers and memory.
#include "osc_flood_support.h"

/* What one sender sends must not keep the others waiting. Counted in polls and units of work, never in seconds. */

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

Test(osc_flood, floods_of_patterns_do_not_keep_an_answer_from_another_client, .timeout = 600)
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

// SPDX-License-Identifier: MIT
// What the tokens of a running codec say.
#include "host/session/tap.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Two levels: the first of one sequence of 16 codewords, the second of two sequences of 4 and 1024. */
static rsd_codec_info make_info(const char *name)
{
    rsd_codec_info info = {.level_count = 2, .sequence_count = 3, .hop_samples = 128};
    snprintf(info.name, sizeof info.name, "%s", name);
    info.level_sequence_end[0] = 1;
    info.level_sequence_end[1] = 3;
    info.sequence_codewords[0] = 16;
    info.sequence_codewords[1] = 4;
    info.sequence_codewords[2] = 1024;
    return info;
}

static void push(host_tap *tap, uint32_t channel, uint64_t index, int32_t a, int32_t b, int32_t c)
{
    rsd_token_frame frame = {.level_count = 2};
    for (uint32_t s = 0; s < RSD_MAX_SEQUENCES; s++) frame.tokens[s] = RSD_TOKEN_NONE;
    frame.tokens[0] = a;
    frame.tokens[1] = b;
    frame.tokens[2] = c;
    host_tap_push(tap, channel, index, &frame);
}

static void poll_ok(host_tap *tap, const rsd_codec_info *info) { cr_assert_eq(host_tap_poll(tap, info), RSD_OK); }

static host_tap *make_tap(void)
{
    host_tap *tap = NULL;
    cr_assert_eq(host_tap_create(&tap), RSD_OK);
    return tap;
}

Test(tap, usage_is_the_entropy_of_the_tokens_summed_over_a_levels_sequences)
{
    host_tap *tap = make_tap();
    const rsd_codec_info info = make_info("a");
    cr_assert_eq(host_tap_usage_bits(tap, 0), 0.0f);
    for (uint32_t i = 0; i < HOST_TAP_WINDOW; i++) { /* all 16: 4 bits; 1/2, 1/4, 1/8, 1/8: 1.75; always the same: 0 */
        push(tap, i % 2u, i / 2u, (int32_t)(i % 16u), (int32_t[]){0, 0, 0, 0, 1, 1, 2, 3}[i % 8u], 700);
        if (i % 64u == 63u) poll_ok(tap, &info);
    }
    cr_assert_float_eq(host_tap_usage_bits(tap, 0), 4.0, 1e-4);
    cr_assert_float_eq(host_tap_usage_bits(tap, 1), 1.75, 1e-4);
    cr_assert_eq(host_tap_usage_bits(tap, 2), 0.0f, "there is no third level");
    cr_assert_eq(host_tap_dropped_count(tap), 0u);
    host_tap_destroy(tap);
}

/* Against a window that never saw what came before, long after this one has wrapped. */
Test(tap, only_the_last_window_counts)
{
    host_tap *tap = make_tap(), *fresh = make_tap();
    const rsd_codec_info info = make_info("a");
    enum { COUNT = 3 * HOST_TAP_WINDOW + 777 };
    uint32_t seed = 5u;
    for (uint32_t i = 0; i < COUNT; i++) {
        const int32_t token = (int32_t)test_between(&seed, 0u, i < COUNT / 2u ? 1023u : 99u);
        push(tap, 0, i, RSD_TOKEN_NONE, 0, token);
        poll_ok(tap, &info);
        if (i < COUNT - HOST_TAP_WINDOW) continue;
        push(fresh, 0, i, RSD_TOKEN_NONE, 0, token);
        poll_ok(fresh, &info);
    }
    cr_assert_eq(host_tap_usage_bits(tap, 1), host_tap_usage_bits(fresh, 1), "%g, wanted %g",
                 (double)host_tap_usage_bits(tap, 1), (double)host_tap_usage_bits(fresh, 1));
    cr_assert_float_eq((double)host_tap_usage_bits(tap, 1), log2(100.0), 0.02, "%g",
                       (double)host_tap_usage_bits(tap, 1));
    cr_assert_eq(host_tap_usage_bits(tap, 0), 0.0f, "a level that is off uses nothing");
    host_tap_destroy(tap);
    host_tap_destroy(fresh);
}

/* A plain histogram says 9.6 bits of 1024 codewords here, and 7.6 of 256 after 512 tokens. */
Test(tap, even_codewords_use_the_bits_that_they_are_worth)
{
    host_tap *tap = make_tap();
    const rsd_codec_info info = make_info("a");
    uint32_t seed = 9u;
    for (uint32_t i = 0; i < HOST_TAP_WINDOW; i++) {
        push(tap, 0, i, RSD_TOKEN_NONE, 0, (int32_t)test_between(&seed, 0u, 255u));
        poll_ok(tap, &info);
        if (i + 1u != 512u && i + 1u != HOST_TAP_WINDOW) continue;
        cr_assert_float_eq((double)host_tap_usage_bits(tap, 1), 8.0, 0.1, "%u tokens: %g", i + 1u,
                           (double)host_tap_usage_bits(tap, 1));
    }
    for (uint32_t i = 0; i < HOST_TAP_WINDOW; i++) {
        push(tap, 0, i, RSD_TOKEN_NONE, 0, (int32_t)test_between(&seed, 0u, 1023u));
        poll_ok(tap, &info);
    }
    cr_assert_float_eq((double)host_tap_usage_bits(tap, 1), 10.0, 0.1, "%g", (double)host_tap_usage_bits(tap, 1));
    host_tap_destroy(tap);
}

Test(tap, tokens_out_of_the_codebook_are_not_counted)
{
    host_tap *tap = make_tap();
    const rsd_codec_info info = make_info("a");
    push(tap, 0, 0, 16, -5, INT32_MAX);
    push(tap, 0, 1, INT32_MIN, 4, 65535);
    poll_ok(tap, &info);
    cr_assert_eq(host_tap_usage_bits(tap, 0), 0.0f);
    cr_assert_eq(host_tap_usage_bits(tap, 1), 0.0f);
    host_tap_destroy(tap);
}

Test(tap, a_full_ring_counts_what_it_drops_and_the_latest_is_of_channel_0)
{
    host_tap *tap = make_tap();
    const rsd_codec_info info = make_info("a");
    uint64_t index = 0;
    rsd_token_frame frame;
    cr_assert_not(host_tap_latest(tap, &index, &frame));
    for (uint32_t i = 0; i < HOST_TAP_FRAMES + 10u; i++) push(tap, i % 2u, i / 2u, (int32_t)(i % 16u), 1, 2);
    cr_assert_eq(host_tap_dropped_count(tap), 10u);
    poll_ok(tap, &info);
    cr_assert(host_tap_latest(tap, &index, &frame));
    cr_assert_eq(index, HOST_TAP_FRAMES / 2u - 1u);
    cr_assert_eq(frame.tokens[0], (int32_t)((HOST_TAP_FRAMES - 2u) % 16u));
    host_tap_destroy(tap);
}

Test(tap, another_codec_starts_the_window_anew)
{
    host_tap *tap = make_tap();
    const rsd_codec_info a = make_info("a"), b = make_info("b");
    for (uint32_t i = 0; i < 100u; i++) push(tap, 0, i, (int32_t)(i % 16u), 0, 0);
    poll_ok(tap, &a);
    cr_assert_gt(host_tap_usage_bits(tap, 0), 3.9f);
    for (uint32_t i = 0; i < 10u; i++) push(tap, 0, i, (int32_t)i, 0, 0); /* whose they are, nobody can tell */
    poll_ok(tap, &b);
    cr_assert_eq(host_tap_usage_bits(tap, 0), 0.0f);
    for (uint32_t i = 0; i < 64u; i++) push(tap, 0, i, (int32_t)(i % 4u), 0, 0);
    poll_ok(tap, &b);
    cr_assert_float_eq(host_tap_usage_bits(tap, 0), 2.0, 0.02);
    host_tap_destroy(tap);
}

/* What is always the same costs next to nothing once it was seen; noise costs its bits. */
Test(tap, coding_is_measured_where_it_is_asked_for)
{
    rsd_codec_info info = make_info("rows");
    info.sample_rate_hz = 12800; /* 100 frames a second */
    host_tap *tap = make_tap();
    uint32_t seed = 4;
    push(tap, 0, 0, 1, 1, 1);
    poll_ok(tap, &info);
    cr_assert_eq(host_tap_coding_kbps(tap), 0.0f, "nobody asked");
    host_tap_destroy(tap);
    tap = make_tap();
    host_tap_measure_coding(tap, 2);
    for (uint64_t t = 0; t < 1000u; t++) {
        push(tap, 0, t, 3, 2, 1000);
        push(tap, 1, t, (int32_t)test_between(&seed, 0, 15), 2, 1000);
        poll_ok(tap, &info);
        if (t == 98u) cr_assert_eq(host_tap_coding_kbps(tap), 0.0f, "a second is not over");
    }
    const float kbps = host_tap_coding_kbps(tap); /* 4 bits of noise a frame; all others are known by now */
    cr_assert(kbps > 0.38f && kbps < 0.6f, "%f kbps", (double)kbps);
    host_tap_destroy(tap);
}

// SPDX-License-Identifier: MIT
// What the tokens of a running codec say.
#include "host/session/tap.h"
#include "host/session/tap_file.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* ---- codecs that come while it runs ---- */

#define RATE_HZ 48000u
#define MOST_FRAMES 4000u

typedef struct {
    rsd_engine *engine;
    host_tap *tap;
    uint32_t codec_count, frame_count[8]; /* by codec, as the tap told them */
    int32_t first_token[MOST_FRAMES];     /* of all, in order */
    uint32_t count;
    host_tap_file *file;
    const char *next_codec;
} rig;

static void note(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    rig *r = context;
    if (r->file) host_tap_file_take(r->file, channel, frame_index, frame);
    if (!frame) {
        r->codec_count++;
        return;
    }
    r->frame_count[r->codec_count]++;
    r->first_token[r->count++] = frame->tokens[0];
}

static void make_rig(rig *r, const char *codec)
{
    rsd_model *model = NULL;
    const rsd_engine_config config = {.sample_rate_hz = RATE_HZ,
                                      .channel_count = 1,
                                      .schedule = RSD_SCHEDULE_INLINE}; /* played faster than real time */
    memset(r, 0, sizeof *r);
    cr_assert_eq(rsd_model_open(codec, &model, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_create(&config, model, &r->engine, NULL), RSD_OK);
    rsd_model_release(model);
    r->tap = make_tap();
    host_tap_watch(r->tap, r->engine);
    host_tap_set_sink(r->tap, note, r);
    rsd_engine_set_tap(r->engine, host_tap_push, r->tap);
}

static void end_rig(rig *r)
{
    rsd_engine_destroy(r->engine);
    host_tap_destroy(r->tap);
}

static void swap_rig(rig *r, const char *codec)
{
    rsd_model *model = NULL;
    (void)rsd_engine_collect(r->engine);
    cr_assert_eq(rsd_model_open(codec, &model, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_swap(r->engine, model, NULL), RSD_OK, "%s", codec);
    rsd_model_release(model);
}

/* Few polls, so that the ring holds frames of both codecs when a poll comes. */
static void play(rig *r, uint32_t poll_count)
{
    enum { BLOCK = 4800 };
    float in[BLOCK], out[BLOCK], *outs[] = {out};
    const float *ins[] = {in};
    rsd_codec_info info = {.size_bytes = sizeof info};
    for (uint32_t p = 0; p < poll_count; p++) {
        test_fill_notes(in, BLOCK, RATE_HZ, p);
        rsd_engine_process(r->engine, ins, outs, BLOCK);
        for (int again = 0; again < 2; again++) {
            rsd_engine_get_codec(r->engine, &info);
            poll_ok(r->tap, &info);
        }
    }
}

Test(tap, no_frame_is_lost_when_the_codec_changes_and_each_is_told_of_its_own)
{
    static rig r;
    make_rig(&r, "live-64");
    play(&r, 4);
    swap_rig(&r, "live-256");
    play(&r, 6);
    swap_rig(&r, "live-64");
    play(&r, 4);
    cr_assert_eq(r.codec_count, 2u);
    cr_assert_eq(host_tap_dropped_count(r.tap), 0u);
    const double hops = r.frame_count[0] * 64.0 + r.frame_count[1] * 256.0 + r.frame_count[2] * 64.0;
    cr_assert_float_eq(hops, 14 * 4800.0, 3 * 256.0, "%g samples of frames", hops);
    cr_assert_gt(r.frame_count[1], 80u);
    cr_assert(host_tap_usage_bits(r.tap, 0) > 0.0f);
    end_rig(&r);
}

Test(tap, another_codec_starts_the_window_anew_and_the_same_one_again_does_not)
{
    static rig r;
    make_rig(&r, "live-64");
    play(&r, 4);
    const float before = host_tap_usage_bits(r.tap, 0);
    swap_rig(&r, "live-64");
    while (r.codec_count < 1u) play(&r, 1); /* the sink is told */
    cr_assert_gt(host_tap_usage_bits(r.tap, 0), 0.75f * before, "it goes on");
    swap_rig(&r, "live-256");
    while (r.codec_count < 2u) play(&r, 1);
    const float few = host_tap_usage_bits(r.tap, 0);
    cr_assert_str_eq(host_tap_info(r.tap)->name, "live-256");
    play(&r, 6);
    cr_assert_gt(host_tap_usage_bits(r.tap, 0), 1.1f * few, "some frames say less");
    end_rig(&r);
}

/* ---- a file of what was tapped ---- */

static void describe_codec(const char *codec, rsd_token_stream_info *info)
{
    rsd_model *model = NULL;
    memset(info, 0, sizeof *info);
    cr_assert_eq(rsd_model_open(codec, &model, NULL), RSD_OK);
    rsd_model_info(model, RATE_HZ, &info->codec);
    info->fingerprint = rsd_model_fingerprint(model);
    rsd_model_release(model);
    snprintf(info->codec_name, sizeof info->codec_name, "%s", codec);
    snprintf(info->sample_format, sizeof info->sample_format, "float");
    info->channel_count = 1;
    info->sample_rate_hz = RATE_HZ;
}

static bool describe_next(void *context, rsd_token_stream_info *info, rsd_error *error)
{
    const rig *r = context;
    (void)error;
    describe_codec(r->next_codec, info);
    return true;
}

/* The frames of a stream are those that were tapped from number `from` on. */
static uint32_t check_stream(const rig *r, const char *path, uint32_t from)
{
    rsd_token_set set;
    rsd_token_stream_report report;
    rsd_error error;
    cr_assert_eq(rsd_token_stream_load(path, &set, &report, &error), RSD_OK, "%s", error.text);
    cr_assert(report.is_ended && report.damage_count == 0u && report.lost_frame_count == 0u, "%s", path);
    for (uint64_t t = 0; t < set.frame_count; t++)
        cr_assert_eq(set.tokens[t], r->first_token[from + t], "%s, frame %u", path, (unsigned)t);
    const uint32_t count = (uint32_t)set.frame_count;
    rsd_token_set_destroy(&set);
    return count;
}

Test(tap, a_file_goes_on_in_the_next_one_where_another_codec_comes)
{
    static rig r;
    char folder[] = "/tmp/rsd-tap-XXXXXX", path[3][64], taken[64];
    rsd_token_stream_info info;
    host_tap_file_status status;
    cr_assert(mkdtemp(folder));
    snprintf(path[0], sizeof path[0], "%s/t.rsdt", folder);
    snprintf(taken, sizeof taken, "%s/t-2.rsdt", folder); /* of somebody else: stays as it is */
    snprintf(path[1], sizeof path[1], "%s/t-3.rsdt", folder);
    snprintf(path[2], sizeof path[2], "%s/t-4.rsdt", folder);
    cr_assert_eq(fclose(fopen(taken, "w")), 0);
    make_rig(&r, "live-64");
    describe_codec("live-64", &info);
    cr_assert_eq(host_tap_file_create(path[0], &info, &r.file, NULL), RSD_OK);
    host_tap_file_follow(r.file, describe_next, &r);
    play(&r, 3);
    r.next_codec = "live-64";
    swap_rig(&r, r.next_codec); /* to itself: the file goes on */
    play(&r, 4);
    r.next_codec = "live-256";
    swap_rig(&r, r.next_codec);
    play(&r, 5);
    r.next_codec = "live-64";
    swap_rig(&r, r.next_codec);
    play(&r, 4);
    host_tap_file_get_status(r.file, &status);
    cr_assert_eq(status.file_count, 3u);
    cr_assert_eq(status.frame_count, r.count);
    cr_assert_str_eq(status.path, path[2]);
    cr_assert_eq(host_tap_file_close(r.file, NULL), RSD_OK);
    uint32_t from = 0;
    for (int f = 0; f < 3; f++) from += check_stream(&r, path[f], from);
    cr_assert_eq(from, r.count, "every frame is in one of them");
    end_rig(&r);
    for (int f = 0; f < 3; f++) cr_assert_eq(remove(path[f]), 0);
    cr_assert_eq(remove(taken), 0);
    rmdir(folder);
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
    double sum = 0.0; /* bits a frame and channel: two channels, 100 frames a second */
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) sum += (double)host_tap_coding_level_bits(tap, k);
    cr_assert_float_eq(sum * 2.0 * 100.0 * 1e-3, (double)kbps, 1e-4, "the levels make the whole: %f bits", sum);
    host_tap_destroy(tap);
}

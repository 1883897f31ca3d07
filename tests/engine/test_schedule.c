// SPDX-License-Identifier: MIT
// Which schedule the engine picks, and when it picks again.
#include "engine_support.h"

#include "codec/codec_cost.h"

static rsd_codec_info shape(uint32_t rate_hz, uint32_t hop)
{
    return (rsd_codec_info){.sample_rate_hz = rate_hz, .hop_samples = hop};
}

Test(schedule, auto_weighs_what_a_call_may_cost_against_what_it_lasts)
{
    static const struct {
        uint32_t codec_hz, hop, engine_hz, block;
        uint64_t frame_ns;
        rsd_schedule wanted;
    } rows[] = {
        {48000, 128, 48000, 64, 21000, RSD_SCHEDULE_INLINE},       /* live */
        {48000, 128, 48000, 64, 42000, RSD_SCHEDULE_INLINE},       /* live, stereo */
        {48000, 128, 48000, 0, 42000, RSD_SCHEDULE_INLINE},        /* unknown counts as 64 */
        {48000, 128, 48000, 1, 42000, RSD_SCHEDULE_INLINE},        /* and so does less */
        {48000, 64, 96000, 1024, 27000, RSD_SCHEDULE_INLINE},      /* eight frames a call: 0.22 of 10.7 ms */
        {48000, 64, 48000, 1024, 200000, RSD_SCHEDULE_THREADED},   /* sixteen frames a call: 3.2 of 21 ms */
        {24000, 320, 48000, 64, 6000000, RSD_SCHEDULE_THREADED},   /* EnCodec, full size */
        {24000, 320, 48000, 1024, 6000000, RSD_SCHEDULE_THREADED}, /* two frames a call: 12 of 21 ms */
        {24000, 320, 48000, 64, 100000, RSD_SCHEDULE_INLINE},      /* a small one */
        {16000, 320, 48000, 64, 280000, RSD_SCHEDULE_THREADED},    /* Lyra V2: a fifth of 1.33 ms */
        {16000, 320, 48000, 64, 200000, RSD_SCHEDULE_THREADED},    /* a faster one */
        {16000, 320, 48000, 256, 280000, RSD_SCHEDULE_INLINE},     /* 0.28 of 5.3 ms */
        {16000, 320, 44100, 0, 280000, RSD_SCHEDULE_THREADED},     /* unknown */
        {48000, 128, 384000, 64, 41000, RSD_SCHEDULE_INLINE},      /* 64 at 48 kHz are 512 here */
        {48000, 128, 48000, 64, 166667, RSD_SCHEDULE_THREADED},    /* one over the eighth */
        {48000, 128, 48000, 64, 166666, RSD_SCHEDULE_INLINE},      /* and one under */
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const rsd_codec_info info = shape(rows[r].codec_hz, rows[r].hop);
        cr_assert_eq(rsd_engine_choose_schedule(&info, rows[r].engine_hz, rows[r].block, rows[r].frame_ns),
                     rows[r].wanted, "row %zu", r);
    }
}

static rsd_schedule picked(const char *codec, uint32_t rate_hz, rsd_schedule asked)
{
    rsd_engine *engine = make_engine_of(codec, rate_hz, 1, asked);
    rsd_engine_latency latency;
    rsd_engine_get_latency(engine, &latency);
    rsd_engine_destroy(engine);
    return latency.schedule;
}

#ifndef __SANITIZE_ADDRESS__ /* which multiplies what it costs */
Test(schedule, auto_runs_the_live_codec_inline)
{
    cr_assert_eq(picked("live", 48000, RSD_SCHEDULE_AUTO), RSD_SCHEDULE_INLINE);
}
#endif

Test(schedule, by_frame_threads_long_frames_alone)
{
    cr_assert_eq(picked("live-64", 48000, RSD_SCHEDULE_BY_FRAME), RSD_SCHEDULE_INLINE);
    cr_assert_eq(picked("live-256", 48000, RSD_SCHEDULE_BY_FRAME), RSD_SCHEDULE_INLINE);
    cr_assert_eq(picked("live-256", 44100, RSD_SCHEDULE_BY_FRAME), RSD_SCHEDULE_INLINE);
    cr_assert_eq(picked("lyra-v2", 48000, RSD_SCHEDULE_BY_FRAME), RSD_SCHEDULE_THREADED);
    cr_assert_eq(picked("lyra-v2", 16000, RSD_SCHEDULE_BY_FRAME), RSD_SCHEDULE_THREADED);
}

static rsd_schedule schedule_of(const rsd_engine *engine)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(engine, &latency);
    return latency.schedule;
}

/* Runs until the codec that comes in has taken over. */
static void settle(rsd_engine *engine)
{
    float *in = make_samples(4800), *out = make_samples(4800);
    for (int i = 0; i < 20 && rsd_engine_collect(engine); i++) run(engine, in, out, 4800);
    cr_assert(!rsd_engine_collect(engine));
    free(in), free(out);
}

static rsd_engine *make_weighed(rsd_model *model, rsd_schedule schedule)
{
    rsd_engine *engine;
    const rsd_engine_config config = {
        .sample_rate_hz = 48000, .channel_count = 1, .schedule = schedule, .block_samples = 64};
    cr_assert_eq(rsd_engine_create(&config, model, &engine, NULL), RSD_OK);
    return engine;
}

/* A frame that costs 0.25 ms is over an eighth of a call of 1.3 ms, and 32 of them are under one of 85 ms. */
Test(schedule, another_block_is_weighed_anew)
{
    rsd_model *model = open_model("live-128");
    float in[4800] = {0}, out[4800];
    codec_keep_frame_ns(model, 1, 250000);
    rsd_engine *engine = make_weighed(model, RSD_SCHEDULE_AUTO);
    cr_assert_eq(schedule_of(engine), RSD_SCHEDULE_THREADED);
    rsd_engine_wait_for_frames(engine, true);
    run(engine, in, out, 4800);

    cr_assert_eq(rsd_engine_set_block(engine, 4096, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_set_block(engine, 64, NULL), RSD_ERR_FULL, "a swap is under way");
    settle(engine);
    cr_assert_eq(schedule_of(engine), RSD_SCHEDULE_INLINE);

    cr_assert_eq(rsd_engine_set_block(engine, 2048, NULL), RSD_OK);
    cr_assert(!rsd_engine_collect(engine), "the same schedule is no swap");

    /* What is swapped in later is weighed by the block that was said last. */
    cr_assert_eq(rsd_engine_set_block(engine, 64, NULL), RSD_OK);
    settle(engine);
    cr_assert_eq(schedule_of(engine), RSD_SCHEDULE_THREADED);
    cr_assert_eq(rsd_engine_swap(engine, model, NULL), RSD_OK);
    settle(engine);
    cr_assert_eq(schedule_of(engine), RSD_SCHEDULE_THREADED);
    cr_assert_eq(rsd_engine_set_block(NULL, 64, NULL), RSD_ERR_ARG);
    rsd_engine_destroy(engine);
    rsd_model_release(model);
}

Test(schedule, one_that_was_asked_for_stays_whatever_the_block)
{
    rsd_model *model = open_model("live-128");
    codec_keep_frame_ns(model, 1, 250000);
    rsd_engine *engine = make_weighed(model, RSD_SCHEDULE_INLINE);
    cr_assert_eq(rsd_engine_set_block(engine, 32, NULL), RSD_OK);
    cr_assert(!rsd_engine_collect(engine));
    cr_assert_eq(schedule_of(engine), RSD_SCHEDULE_INLINE);
    rsd_engine_destroy(engine);
    rsd_model_release(model);
}

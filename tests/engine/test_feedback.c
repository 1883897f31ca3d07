// SPDX-License-Identifier: MIT
// The decoded sound, coded again: where its repeats lie, and that it never grows without bound.
#include "engine_support.h"

#include "support/correlation.h"

#include <residuum/rsd_preset.h>

#define COUNT 48000u

static rsd_engine *make_loop(float feedback, float delay_ms)
{
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_FEEDBACK, 0, feedback);
    set(engine, RSD_PARAM_FEEDBACK_MS, 0, delay_ms);
    return engine;
}

/* A burst of noise at sample 1000, far under the limiter. */
static void fill_burst(float *in, uint32_t burst_samples)
{
    memset(in, 0, COUNT * sizeof *in);
    test_fill_low_noise(in + 1000, burst_samples, 48000.0);
    for (uint32_t i = 1000; i < 1000u + burst_samples; i++) in[i] *= 0.5f;
}

static void assert_first_repeat(float delay_ms, uint32_t wanted_samples, uint32_t burst_samples)
{
    rsd_engine *engine = make_loop(0.5f, delay_ms);
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *plain = make_samples(COUNT);
    fill_burst(in, burst_samples);
    run_blocks(engine, in, out, COUNT, 0);
    const uint32_t latency = latency_of(engine);
    rsd_engine_destroy(engine);
    engine = make_engine(48000, 1);
    run(engine, in, plain, COUNT);
    rsd_engine_destroy(engine);
    /* What is coded first is the burst alone: the repeat is what is there more, and it is half of the burst. */
    const uint32_t before = 1000u + wanted_samples - latency, end = 1000u + burst_samples + latency + wanted_samples;
    assert_same_samples(out, plain, before, "before the repeat");
    for (uint32_t i = 0; i < COUNT; i++) out[i] -= plain[i];
    const double found = test_correlation_peak(in, out, end + 200u, latency + wanted_samples);
    cr_assert_float_eq(found, latency + wanted_samples, 0.3, "%g ms: %.3f samples behind the burst", (double)delay_ms,
                       found - latency);
    const double share = energy_of(out, end) / energy_of(plain, COUNT);
    cr_assert_float_eq(share, 0.25, 0.05, "%g ms: energy %g of the burst's", (double)delay_ms, share);
    free(in), free(out), free(plain);
}

Test(feedback, the_first_repeat_comes_after_the_delay_to_the_sample)
{
    assert_first_repeat(100.0f, 4800u, 960u);
    assert_first_repeat(250.0f, 12000u, 960u);
    assert_first_repeat(777.0f, 37296u, 960u);
}

Test(feedback, a_delay_under_the_latency_is_the_latency_and_32_samples) { assert_first_repeat(5.0f, 256u + 32u, 192u); }

/* A preset sounds alike whatever was loaded before: its loop begins with its own sound. */
Test(feedback, a_preset_that_feeds_back_repeats_nothing_from_before_it)
{
    static const char json[] =
        "{\"name\":\"a\",\"description\":\"b\",\"parameters\":{\"feedback\":0.9,\"feedback_ms\":200}}";
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_preset preset;
    test_fill_notes(in, 12000u, 48000.0, 3u);
    memset(in + 12000u, 0, (COUNT - 12000u) * sizeof *in);
    rsd_engine *engine = make_engine(48000, 1);
    run(engine, in, out, 12000u);
    cr_assert_eq(rsd_preset_parse(json, sizeof json - 1u, "test", &preset, NULL), RSD_OK);
    cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK);
    run(engine, in + 12000u, out + 12000u, COUNT - 12000u);
    rsd_engine_destroy(engine);
    cr_assert_gt(largest(out, 12000u), 0.1f);
    cr_assert_lt(largest(out + 15000u, COUNT - 15000u), 1e-3f, "repeats of what was before the preset");
    free(in), free(out);
}

Test(feedback, however_a_block_is_cut_the_samples_are_the_same)
{
    static const uint32_t blocks[] = {1, 1000, 0};
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    for (size_t b = 0; b < 3; b++) {
        rsd_engine *engine = make_loop(0.0f, 30.0f);
        post(engine, 4001, RSD_PARAM_FEEDBACK, 0, 0.8f);
        post(engine, 9000, RSD_PARAM_FEEDBACK_MS, 0, 8.0f);
        post(engine, 9100, RSD_PARAM_FEEDBACK_MS, 0, 100.0f); /* in the middle of a fade */
        post(engine, 20001, RSD_PARAM_BYPASS, 0, 1.0f);
        post(engine, 23000, RSD_PARAM_BYPASS, 0, 0.0f);
        post(engine, 40001, RSD_PARAM_FEEDBACK, 0, 0.0f);
        run_blocks(engine, in, out, COUNT, blocks[b]);
        if (b == 0) memcpy(wanted, out, COUNT * sizeof *out);
        assert_same_samples(out, wanted, COUNT, "cut otherwise");
        rsd_engine_destroy(engine);
    }
    free(in), free(out), free(wanted);
}

Test(feedback, dry_and_bypass_have_none_of_it)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    static const rsd_param_id ids[] = {RSD_PARAM_MONITOR, RSD_PARAM_BYPASS};
    for (int i = 0; i < 2; i++) {
        rsd_engine *engine = make_loop(1.0f, 50.0f);
        set(engine, ids[i], 0, 1.0f); /* 1 is dry */
        run(engine, in, out, COUNT);
        assert_same_samples(out + 256, in, COUNT - 256, i ? "bypass" : "dry");
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

/* Over 1, at full scale, with every generation and few levels: the limiter holds it, and what it holds goes on. */
Test(feedback, over_one_it_is_bounded_and_never_ends)
{
    static const float delays_ms[] = {5.0f, 61.0f, 400.0f};
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    for (size_t d = 0; d < 3; d++) {
        rsd_engine *engine = make_loop(1.1f, delays_ms[d]);
        set(engine, RSD_PARAM_LEVELS, 0, 2.0f + 5.0f * (float)d);
        set(engine, RSD_PARAM_GENERATIONS, 0, 2.0f);
        cr_assert_eq(rsd_engine_apply_generations(engine, NULL), RSD_OK);
        test_fill_noise(in, COUNT, 1.0f, 3u);
        for (uint32_t i = 0; i < COUNT; i += 2) in[i] = in[i] < 0.0f ? -1.0f : 1.0f;
        for (int second = 0; second < 3; second++) run(engine, in, out, COUNT);
        cr_assert_lt(largest(out, COUNT), 8.01f, "%g ms: the codec's own bound", (double)delays_ms[d]);
        memset(in, 0, COUNT * sizeof *in);
        for (int second = 0; second < 6; second++) run(engine, in, out, COUNT);
        const float held = largest(out, COUNT);
        cr_assert_lt(held, 2.0f, "%g ms: %g goes round", (double)delays_ms[d], (double)held);
        cr_assert_gt(held, 0.05f, "%g ms: %g goes round", (double)delays_ms[d], (double)held);
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

Test(feedback, after_a_reset_nothing_of_the_sound_before_comes_back)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_loop(1.0f, 500.0f);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    run(engine, in, out, COUNT);
    rsd_engine_reset(engine);
    memset(in, 0, COUNT * sizeof *in);
    run(engine, in, out, COUNT);
    cr_assert_eq(largest(out, COUNT), 0.0f);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

/* The largest change of the slope from sample to sample: a step of height h is one of h. */
static float sharpest(const float *x, uint32_t from, uint32_t to)
{
    float most = 0.0f;
    for (uint32_t i = from + 2u; i < to; i++) {
        const float bend = fabsf(x[i] - 2.0f * x[i - 1u] + x[i - 2u]);
        most = bend > most ? bend : most;
    }
    return most;
}

Test(feedback, no_change_of_amount_or_delay_clicks)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_loop(0.5f, 100.0f);
    test_fill_tone(in, COUNT, 220.0, 48000.0, 0.3f);
    for (uint32_t i = 0; i < 4800; i++) in[i] *= (float)i / 4800.0f;
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    post(engine, 30000, RSD_PARAM_FEEDBACK, 0, 0.9f);
    post(engine, 34000, RSD_PARAM_FEEDBACK_MS, 0, 37.0f);
    post(engine, 38000, RSD_PARAM_FEEDBACK_MS, 0, 1500.0f);
    post(engine, 42000, RSD_PARAM_FEEDBACK, 0, 0.0f);
    run(engine, in, out, COUNT);
    /* A jump from one delay to the other is a bend of 0.34. */
    const float moved = sharpest(out, 29000, COUNT);
    cr_assert_lt(moved, 0.008f, "the sharpest bend is %g", (double)moved);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

/* A loud left channel turns the right one down only where they are linked. */
Test(feedback, linked_channels_have_one_limiter_and_free_ones_their_own)
{
    float *loud = make_samples(COUNT), *soft = make_samples(COUNT),
          *out[2] = {make_samples(COUNT), make_samples(COUNT)};
    double of_soft[2];
    fill_burst(soft, 960);
    test_fill_noise(loud + 1000, 24000, 1.0f, 3u);
    for (uint32_t i = 1000; i < 25000u; i++) loud[i] = loud[i] < 0.0f ? -1.0f : 1.0f;
    for (int linked = 0; linked < 2; linked++) {
        rsd_engine *engine = make_engine(48000, 2);
        const float *const ins[2] = {loud, soft};
        set(engine, RSD_PARAM_FEEDBACK, 0, 1.0f);
        set(engine, RSD_PARAM_FEEDBACK_MS, 0, 250.0f);
        set(engine, RSD_PARAM_LINK, 0, (float)linked);
        rsd_engine_process(engine, ins, out, COUNT);
        of_soft[linked] = energy_of(out[1] + 12000, 4000);
        rsd_engine_destroy(engine);
    }
    cr_assert_lt(of_soft[1], 0.8 * of_soft[0], "linked %g, free %g", of_soft[1], of_soft[0]);
    free(loud), free(soft), free(out[0]), free(out[1]);
}

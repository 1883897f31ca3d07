// SPDX-License-Identifier: MIT
// Blocks through the engine: cuts, places, monitors, bad input.
#include "engine_support.h"

#include <stdio.h>

#define COUNT 24000u

/* Everything in flight at once: levels, gains, monitors, bypass off and on, at odd times. */
static void post_scenario(rsd_engine *engine)
{
    post(engine, 300, RSD_PARAM_LEVELS, 0, 3.4f);
    post(engine, 1001, RSD_PARAM_MIX, 0, 0.5f);
    post(engine, 1500, RSD_PARAM_MIX, 0, 0.1f); /* while the ramp before is on its way */
    post(engine, 2048, RSD_PARAM_LEVEL_GAIN, 1, 1.7f);
    post(engine, 3333, RSD_PARAM_INPUT_GAIN_DB, 0, 3.0f);
    post(engine, 4444, RSD_PARAM_OUTPUT_GAIN_DB, 0, -3.0f);
    post(engine, 5001, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_RESIDUAL);
    post(engine, 7777, RSD_PARAM_BYPASS, 0, 1.0f);
    post(engine, 9999, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_WET);
    post(engine, 10007, RSD_PARAM_BYPASS, 0, 0.0f);
    post(engine, 12003, RSD_PARAM_LEVEL_SOLO, 0, 1.0f);
    post(engine, 14001, RSD_PARAM_LEVEL_SOLO, 0, 0.0f);
    post(engine, 14001, RSD_PARAM_LEVEL_MUTE, 1, 1.0f);
    post(engine, 16000, RSD_PARAM_BITRATE_KBPS, 0, 30.0f);
    post(engine, 17111, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DELTA);
    post(engine, 19000, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
    post(engine, 20001, RSD_PARAM_INPUT_GAIN_DB, 0, 0.0f);
    post(engine, 20001, RSD_PARAM_OUTPUT_GAIN_DB, 0, 0.0f);
    post(engine, 21000, RSD_PARAM_BYPASS, 0, 1.0f);
    post(engine, 21100, RSD_PARAM_BYPASS, 0, 0.0f); /* back before it has settled */
}

static float *run_scenario(uint32_t rate_hz, uint32_t block)
{
    rsd_engine *engine = make_engine(rate_hz, 1);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, rate_hz, 5u);
    /* Denormals where a ramp ends, in what is then dry: they must not tell one path from another either. */
    for (uint32_t i = 19000; i < 20500; i += 7) in[i] = i % 2u ? 1e-41f : -1e-41f;
    post_scenario(engine);
    run_blocks(engine, in, out, COUNT, block);
    cr_assert_eq(rsd_engine_sample_time(engine), COUNT);
    rsd_engine_destroy(engine);
    free(in);
    return out;
}

static void assert_cuts_do_not_matter(uint32_t rate_hz)
{
    static const uint32_t blocks[] = {1, 7, 64, 100, 1000, 4096, 0};
    float *wanted = run_scenario(rate_hz, 128);
    cr_assert_gt(energy_of(wanted, COUNT), 1.0);
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        char what[64];
        snprintf(what, sizeof what, "%u Hz, blocks of %u", rate_hz, blocks[b]);
        float *out = run_scenario(rate_hz, blocks[b]);
        assert_same_samples(out, wanted, COUNT, what);
        free(out);
    }
    free(wanted);
}

Test(process, samples_do_not_depend_on_how_the_stream_is_cut) { assert_cuts_do_not_matter(48000); }
Test(process, samples_do_not_depend_on_how_a_resampled_stream_is_cut)
{
    assert_cuts_do_not_matter(96000);
    assert_cuts_do_not_matter(32000);
}

Test(process, in_place_gives_the_same_samples)
{
    rsd_engine *engine = make_engine(48000, 2);
    float *a = make_samples(4800), *b = make_samples(4800), *in_a = make_samples(4800), *out_a = make_samples(4800),
          *in_b = make_samples(4800), *out_b = make_samples(4800);
    test_fill_notes(a, 4800, 48000.0, 1u);
    test_fill_noise(b, 4800, 0.2f, 2u);
    memcpy(in_a, a, 4800 * sizeof *a);
    memcpy(in_b, b, 4800 * sizeof *b);
    const float *const in[2] = {in_a, in_b};
    float *const out[2] = {out_a, out_b};
    rsd_engine_process(engine, in, out, 4800);
    rsd_engine_reset(engine);
    const float *const in_place[2] = {a, b};
    float *const out_place[2] = {a, b};
    rsd_engine_process(engine, in_place, out_place, 4800);
    assert_same_samples(a, out_a, 4800, "left");
    assert_same_samples(b, out_b, 4800, "right");
    rsd_engine_destroy(engine);
    free(a), free(b), free(in_a), free(in_b), free(out_a), free(out_b);
}

/* Two are a stereo pair, which `live` codes together (tests/codec/test_live_stereo.c). */
Test(process, three_channels_are_coded_by_themselves)
{
    rsd_engine *all = make_engine(48000, 3), *mono = make_engine(48000, 1);
    float *in[3], *out[3], *wanted = make_samples(9600);
    for (uint32_t c = 0; c < 3u; c++) in[c] = make_samples(9600), out[c] = make_samples(9600);
    test_fill_notes(in[0], 9600, 48000.0, 1u);
    test_fill_noise(in[1], 9600, 0.2f, 2u);
    test_fill_notes(in[2], 9600, 48000.0, 1u);
    rsd_engine_process(all, (const float *const *)in, out, 9600);
    for (uint32_t c = 0; c < 3u; c++) {
        rsd_engine_reset(mono);
        run(mono, in[c], wanted, 9600);
        assert_same_samples(out[c], wanted, 9600, c == 0u ? "first" : c == 1u ? "second" : "third");
    }
    rsd_engine_destroy(all);
    rsd_engine_destroy(mono);
    for (uint32_t c = 0; c < 3u; c++) free(in[c]), free(out[c]);
    free(wanted);
}

static void assert_delayed_input(uint32_t rate_hz, rsd_param_id param_id, float value)
{
    rsd_engine *engine = make_engine(rate_hz, 1);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_noise(in, COUNT, 0.9f, 17u);
    in[5000] = 1e-42f, in[5001] = -0.0f, in[5002] = 64.0f, in[5003] = -63.999996f;
    set(engine, param_id, 0, value);
    run_blocks(engine, in, out, COUNT, 0);
    const uint32_t latency = latency_of(engine);
    for (uint32_t i = 0; i < latency; i++) cr_assert_eq(out[i], 0.0f, "sample %u", i);
    assert_same_samples(out + latency, in, COUNT - latency, "delayed input");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(process, dry_is_the_input_bit_for_bit_at_the_stated_latency)
{
    static const uint32_t rates[] = {48000, 44100, 96000, 16000};
    for (size_t r = 0; r < 4; r++) assert_delayed_input(rates[r], RSD_PARAM_MONITOR, (float)RSD_MONITOR_DRY);
    assert_delayed_input(48000, RSD_PARAM_MIX, 0.0f);
}

Test(process, bypass_is_the_input_bit_for_bit_at_the_stated_latency)
{
    static const uint32_t rates[] = {48000, 44100, 96000, 16000};
    for (size_t r = 0; r < 4; r++) assert_delayed_input(rates[r], RSD_PARAM_BYPASS, 1.0f);
}

Test(process, bypass_passes_by_the_gains)
{
    rsd_engine *engine = make_engine(48000, 1);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_noise(in, COUNT, 0.9f, 18u);
    set(engine, RSD_PARAM_INPUT_GAIN_DB, 0, 6.0f);
    set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, -20.0f);
    run(engine, in, out, 8000);
    set(engine, RSD_PARAM_BYPASS, 0, 1.0f);
    run(engine, in + 8000, out + 8000, COUNT - 8000);
    const uint32_t latency = latency_of(engine), settled = 8000u + 960u;
    assert_same_samples(out + settled, in + settled - latency, COUNT - settled, "bypass");
    cr_assert_neq(out[settled - 2u], in[settled - 2u - latency], "the fade takes the whole of its 20 ms");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

static void count_frames(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    (void)channel, (void)frame_index, (void)frame;
    ++*(uint32_t *)context;
}

Test(process, the_codec_rests_while_bypassed_and_comes_back_in_step_with_the_frame_grid)
{
    rsd_engine *engine = make_engine(48000, 1), *straight = make_engine(48000, 1);
    float *in = make_samples(48000), *out = make_samples(48000), *wanted = make_samples(48000);
    uint32_t frames = 0;
    rsd_engine_set_tap(engine, count_frames, &frames);
    test_fill_notes(in, 48000, 48000.0, 3u);
    forget_gap(in, 26000);
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    set(straight, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    post(engine, 10000, RSD_PARAM_BYPASS, 0, 1.0f);
    post(engine, 20001, RSD_PARAM_BYPASS, 0, 0.0f);
    run(engine, in, out, 48000);
    run(straight, in, wanted, 48000);
    const uint32_t before = (10000u + 960u) / 128u, after = 48000u / 128u - 20001u / 128u;
    cr_assert_eq(frames, before + after, "%u frames coded", frames);
    /* Still the input until the codec's sound has come through; then a fade of 20 ms. */
    assert_same_samples(out + 20001, in + 20001 - 256, 256, "until the latency has filled");
    assert_same_samples(out + 30000, wanted + 30000, 18000, "after bypass");
    rsd_engine_destroy(engine);
    rsd_engine_destroy(straight);
    free(in), free(out), free(wanted);
}

Test(process, wet_and_residual_add_up_to_dry)
{
    float *in = make_samples(COUNT), *wet = make_samples(COUNT), *residual = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    test_fill_notes(in, COUNT, 48000.0, 4u);
    for (uint32_t levels = 0; levels <= 3; levels++) {
        set(engine, RSD_PARAM_LEVELS, 0, (float)levels);
        set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_WET);
        rsd_engine_reset(engine);
        run(engine, in, wet, COUNT);
        set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_RESIDUAL);
        rsd_engine_reset(engine);
        run(engine, in, residual, COUNT);
        const uint32_t latency = latency_of(engine);
        for (uint32_t i = latency; i < COUNT; i++)
            cr_assert_float_eq(wet[i] + residual[i], in[i - latency], 1e-6, "%u levels, sample %u", levels, i);
    }
    rsd_engine_destroy(engine);
    free(in), free(wet), free(residual);
}

Test(process, mix_is_the_sum_of_its_parts)
{
    float *in = make_samples(COUNT), *wet = make_samples(COUNT), *mixed = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    test_fill_notes(in, COUNT, 48000.0, 4u);
    run(engine, in, wet, COUNT);
    set(engine, RSD_PARAM_MIX, 0, 0.25f);
    rsd_engine_reset(engine);
    run(engine, in, mixed, COUNT);
    for (uint32_t i = 256; i < COUNT; i++)
        cr_assert_float_eq(mixed[i], 0.25f * wet[i] + 0.75f * in[i - 256], 1e-6, "sample %u", i);
    rsd_engine_destroy(engine);
    free(in), free(wet), free(mixed);
}

Test(process, silence_in_is_silence_out)
{
    static const uint32_t rates[] = {48000, 44100, 96000};
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    for (size_t r = 0; r < 3; r++) {
        rsd_engine *engine = make_engine(rates[r], 1);
        test_fill_noise(out, COUNT, 1.0f, 3u);
        run_blocks(engine, in, out, COUNT, 0);
        cr_assert_leq(largest(out, COUNT), 1e-4f, "%u Hz: %g", rates[r], (double)largest(out, COUNT));
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

Test(process, all_level_gains_at_zero_are_silence)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    test_fill_notes(in, COUNT, 48000.0, 6u);
    for (uint32_t k = 0; k < codec_of(engine).level_count; k++) set(engine, RSD_PARAM_LEVEL_GAIN, k, 0.0f);
    run(engine, in, out, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) cr_assert_eq(out[i], 0.0f, "sample %u is %g", i, (double)out[i]);
    rsd_engine_reset(engine);
    for (uint32_t k = 0; k < codec_of(engine).level_count; k++) {
        set(engine, RSD_PARAM_LEVEL_GAIN, k, 1.0f);
        set(engine, RSD_PARAM_LEVEL_MUTE, k, 1.0f);
    }
    run(engine, in, out, COUNT);
    cr_assert_eq(largest(out, COUNT), 0.0f, "muted");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

static void spoil(float *in, float *clean)
{
    static const float poison[] = {NAN, INFINITY, -INFINITY, 1e30f, -3e38f, 65.0f};
    static const float instead[] = {0.0f, 0.0f, 0.0f, 64.0f, -64.0f, 64.0f};
    for (uint32_t i = 0; i < 600; i++) {
        in[6000 + i] = poison[i % 6u];
        clean[6000 + i] = instead[i % 6u];
    }
    for (uint32_t i = 0; i < 300; i++) in[12000 + i] = clean[12000 + i] = (i % 2u ? 1e-40f : -1e-42f);
}

Test(process, bad_input_counts_as_what_the_contract_says_and_nothing_sticks)
{
    static const uint32_t rates[] = {48000, 96000};
    for (size_t r = 0; r < 2; r++) {
        float *in = make_samples(COUNT), *clean = make_samples(COUNT), *out = make_samples(COUNT),
              *wanted = make_samples(COUNT);
        test_fill_notes(in, COUNT, rates[r], 8u);
        memcpy(clean, in, COUNT * sizeof *in);
        spoil(in, clean);
        rsd_engine *engine = make_engine(rates[r], 1);
        set(engine, RSD_PARAM_MIX, 0, 0.5f);
        run(engine, in, out, COUNT);
        rsd_engine_reset(engine);
        run(engine, clean, wanted, COUNT);
        assert_same_samples(out, wanted, COUNT, "sanitised");
        for (uint32_t i = 0; i < COUNT; i++) cr_assert(isfinite(out[i]), "sample %u", i);
        rsd_engine_destroy(engine);
        free(in), free(clean), free(out), free(wanted);
    }
}

Test(process, after_bad_input_the_sound_is_what_it_would_have_been)
{
    float *in = make_samples(COUNT), *bad = make_samples(COUNT), *out = make_samples(COUNT),
          *wanted = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 8u);
    forget_gap(in, 7000);
    memcpy(bad, in, COUNT * sizeof *in);
    for (uint32_t i = 6000; i < 6100; i++) bad[i] = NAN;
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    run(engine, in, wanted, COUNT);
    rsd_engine_reset(engine);
    run(engine, bad, out, COUNT);
    assert_same_samples(out + 10600, wanted + 10600, COUNT - 10600, "after bad input");
    rsd_engine_destroy(engine);
    free(in), free(bad), free(out), free(wanted);
}

Test(process, a_gain_that_goes_over_the_codecs_range_is_limited)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    for (uint32_t i = 0; i < COUNT; i++) in[i] = (i / 50u) % 2u ? 60.0f : -60.0f;
    set(engine, RSD_PARAM_INPUT_GAIN_DB, 0, 24.0f);
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
    run(engine, in, out, COUNT);
    cr_assert_eq(largest(out, COUNT), 64.0f);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(process, gains_are_what_they_say)
{
    float *in = make_samples(4800), *out = make_samples(4800);
    rsd_engine *engine = make_engine(48000, 1);
    test_fill_noise(in, 4800, 0.5f, 3u);
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
    set(engine, RSD_PARAM_INPUT_GAIN_DB, 0, -6.0f);
    set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, 9.0f);
    run(engine, in, out, 4800);
    const float gain = powf(10.0f, 3.0f / 20.0f);
    for (uint32_t i = 256; i < 4800; i++) cr_assert_float_eq(out[i], gain * in[i - 256], 2e-6, "sample %u", i);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(process, reset_gives_the_same_samples_again)
{
    float *in = make_samples(COUNT), *first = make_samples(COUNT), *again = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    test_fill_notes(in, COUNT, 48000.0, 9u);
    set(engine, RSD_PARAM_LEVELS, 0, 2.3f);
    run(engine, in, first, COUNT);
    post(engine, 2u * COUNT, RSD_PARAM_LEVELS, 0, 1.0f); /* not due: gone with the reset */
    rsd_engine_reset(engine);
    cr_assert_eq(rsd_engine_sample_time(engine), 0u);
    run(engine, in, again, COUNT);
    assert_same_samples(again, first, COUNT, "after reset");
    run(engine, in, again, COUNT);
    run(engine, in, again, 100);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 2.3f);
    rsd_engine_destroy(engine);
    free(in), free(first), free(again);
}

Test(process, zero_samples_are_fine)
{
    rsd_engine *engine = make_engine(48000, 1);
    float sample = 0.25f;
    const float *const in[1] = {&sample};
    float *const out[1] = {&sample};
    rsd_engine_process(engine, in, out, 0);
    cr_assert_eq(sample, 0.25f);
    cr_assert_eq(rsd_engine_sample_time(engine), 0u);
    rsd_engine_destroy(engine);
}

// SPDX-License-Identifier: MIT
// Level matching, the limiter and the clip light in the engine.
#include "engine_support.h"

#include "engine/level_match.h"

#include "dsp/limiter.h"
#include "dsp/loudness.h"
#include "engine/guard.h"

#include <residuum/rsd_preset.h>

#define COUNT 96000u

static float *make_music(void)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    return in;
}

/* LUFS of the last second. */
static double loudness_of(const float *x)
{
    loudness l;
    loudness_init(&l, 48000u, 1u);
    double sum = 0.0;
    uint32_t n = 0;
    for (uint32_t at = COUNT - 48000u; at < COUNT; at += l.segment_samples) {
        loudness_add(&l, 0u, x + at, l.segment_samples);
        loudness_end_segment(&l);
        if (l.count == LOUDNESS_SEGMENTS) sum += loudness_mean_square(&l), n++;
    }
    return loudness_lufs(sum / n);
}

static void play(rsd_engine *engine, const float *in, float *out)
{
    run_blocks(engine, in, out, COUNT, 0u);
    rsd_engine_destroy(engine);
}

Test(level_match, what_is_heard_is_as_loud_as_the_dry_sound_within_12_db)
{
    static const struct {
        float gain_db, levels;
        double off_lu; /* expected: what 12 dB cannot make up for */
    } cases[] = {
        {9.0f, 14.0f, 0.0}, {-10.0f, 14.0f, 0.0}, {6.0f, 1.0f, 0.0}, {20.0f, 14.0f, 8.0}, {-24.0f, 14.0f, -12.0}};
    float *in = make_music(), *out = make_samples(COUNT);
    const double dry = loudness_of(in);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rsd_engine *engine = make_engine(48000, 1);
        set(engine, RSD_PARAM_LEVEL_MATCH, 0, 1.0f);
        set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, cases[i].gain_db);
        set(engine, RSD_PARAM_LEVELS, 0, cases[i].levels);
        play(engine, in, out);
        cr_assert_float_eq(loudness_of(out) - dry, cases[i].off_lu, 0.5, "%g dB, %g levels: %.2f LU off",
                           (double)cases[i].gain_db, (double)cases[i].levels, loudness_of(out) - dry);
    }
    free(in), free(out);
}

Test(level_match, dry_stays_exact_and_silence_moves_no_gain)
{
    float *in = make_music(), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_LEVEL_MATCH, 0, 1.0f);
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
    play(engine, in, out);
    assert_same_samples(out + 256, in, COUNT - 256u, "dry");
    /* Half a second of silence: the gain that was there before it is there after it. */
    memset(in + 48000u, 0, 24000u * sizeof *in);
    memcpy(in + 72000u, in + 24000u, 24000u * sizeof *in);
    engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_LEVEL_MATCH, 0, 1.0f);
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, -10.0f);
    play(engine, in, out);
    const float peak = largest(out + 72000u, 12000u), original = largest(in + 72000u, 12000u);
    cr_assert(peak > 0.6f * original && peak < 1.6f * original, "%g after the silence, %g dry", (double)peak,
              (double)original);
    free(in), free(out), free(wanted);
}

Test(level_match, how_the_stream_is_cut_changes_no_sample_and_off_is_as_if_it_were_not_there)
{
    float *in = make_music(), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    for (uint32_t turn = 0; turn < 4u; turn++) {
        rsd_engine *engine = make_engine(48000, 1);
        set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, 7.0f);
        if (turn < 2u) post(engine, 10001u, RSD_PARAM_LEVEL_MATCH, 0, 1.0f);
        if (turn < 2u) post(engine, 50003u, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DELTA);
        run_blocks(engine, in, turn % 2u ? out : wanted, COUNT, turn % 2u ? 0u : 480u);
        rsd_engine_destroy(engine);
        if (turn % 2u) assert_same_samples(out, wanted, COUNT, turn < 2u ? "matched" : "off");
    }
    free(in), free(out), free(wanted);
}

/* A preset that fades in has been listened to before: it is not loud at first. */
Test(level_match, what_fades_in_is_matched_from_its_first_sample)
{
    static const char json[] = "{\"name\":\"a\",\"description\":\"b\",\"parameters\":{\"output_gain_db\":11}}";
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_preset preset;
    test_fill_tone(in, COUNT, 440.0, 48000.0, 0.2f);
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_LEVEL_MATCH, 0, 1.0f);
    run(engine, in, out, 48000u);
    cr_assert_eq(rsd_preset_parse(json, sizeof json - 1u, "test", &preset, NULL), RSD_OK);
    cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK);
    run(engine, in + 48000u, out + 48000u, COUNT - 48000u);
    cr_assert_lt(largest(out + 48000u, COUNT - 48000u), 0.2f * 1.19f, "1.5 dB over the tone");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

/* Token errors make the sound louder or not, as it falls; mutes make it softer: on average neither is heard. */
Test(auto_gain, on_average_what_is_heard_is_as_loud_as_the_dry_sound)
{
    static const float gains_db[] = {15.0f, 6.0f, -8.0f, -14.0f};
    enum { LONG = 6 * 48000 };
    float *in = make_samples(LONG), *out = make_samples(LONG);
    test_fill_notes(in, LONG, 48000.0, 1u);
    for (size_t i = 0; i < sizeof gains_db / sizeof gains_db[0]; i++) {
        rsd_engine *engine = make_engine(48000, 1);
        set(engine, RSD_PARAM_AUTO_GAIN, 0, 1.0f);
        set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, gains_db[i]);
        run_blocks(engine, in, out, LONG, 0u);
        rsd_engine_destroy(engine);
        const double off = loudness_of(out + LONG - COUNT) - loudness_of(in + LONG - COUNT);
        cr_assert_float_eq(off, 0.0, 0.7, "%g dB: %.2f LU off", (double)gains_db[i], off);
    }
    free(in), free(out);
}

/* A tail is not made softer because the dry sound has ended, and what pumps goes on to. */
Test(auto_gain, leaves_pauses_and_what_is_dry_alone)
{
    float *in = make_music(), *out = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_AUTO_GAIN, 0, 1.0f);
    set(engine, RSD_PARAM_MIX, 0, 0.0f);
    run(engine, in, out, COUNT);
    assert_same_samples(out + 256, in, COUNT - 256u, "dry");
    rsd_engine_destroy(engine);
    engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_AUTO_GAIN, 0, 1.0f);
    set(engine, RSD_PARAM_FEEDBACK, 0, 1.0f);
    for (uint32_t i = 24000; i < COUNT; i++) in[i] = i < 24480u ? in[i] : 0.0f;
    run(engine, in, out, COUNT);
    rsd_engine_destroy(engine);
    cr_assert_gt(largest(out + COUNT - 24000u, 24000u), 0.1f * largest(in, COUNT), "the tail has gone");
    free(in), free(out);
}

/* Noise in place of lost frames peaks far over a tone of its loudness, and auto gain has not heard it when it fades in. */
static void load_noise(rsd_engine *engine, float gain_before_db, const float *in, float *out)
{
    static const char json[] = "{\"name\":\"a\",\"description\":\"b\",\"parameters\":{\"auto_gain\":1,\"loss\":0.5,"
                               "\"loss_burst_ms\":150,\"conceal\":\"noise\"}}";
    rsd_preset preset;
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
    set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, gain_before_db);
    run(engine, in, out, 24000u);
    cr_assert_eq(rsd_preset_parse(json, sizeof json - 1u, "test", &preset, NULL), RSD_OK);
    cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK);
    run(engine, in + 24000u, out + 24000u, COUNT - 24000u);
    rsd_engine_destroy(engine);
}

Test(auto_gain, what_was_just_loaded_peaks_over_neither_the_dry_sound_nor_what_sounded_before)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_tone(in, COUNT, 440.0, 48000.0, 0.2f);
    load_noise(make_engine(48000, 1), 0.0f, in, out);
    cr_assert_leq(largest(out + 24000u, 24000u), 0.2001f, "%g after the dry sound",
                  (double)largest(out + 24000u, 24000u));
    cr_assert_gt(largest(out + 36000u, 12000u), 0.15f, "it is as loud all the same");
    load_noise(make_engine(48000, 1), -40.0f, in, out);
    cr_assert_leq(largest(out + 24000u, 24000u), 0.13f, "%g half a second after a soft sound",
                  (double)largest(out + 24000u, 24000u));
    cr_assert_gt(largest(out + 36000u, 12000u), 0.08f, "it is there all the same");
    free(in), free(out);
}

/* The gain after four seconds of a dry tone at 0.02 and a heard one at 0.005, where `loudest` came in lately. */
static float gain_of_soft_passage(float loudest)
{
    engine_level_match match;
    float dry[480], heard[480];
    engine_level_match_init(&match, 48000u, 1u);
    engine_level_match_switch(&match, LEVEL_MATCH_AVERAGE);
    for (uint32_t segment = 0; segment < 400u; segment++) {
        test_fill_tone(dry, 480u, 1000.0, 48000.0, 0.02f);
        test_fill_tone(heard, 480u, 1000.0, 48000.0, 0.005f);
        for (uint32_t at = 0; at < 480u; at += 240u) {
            float scratch[240];
            memcpy(scratch, heard + at, sizeof scratch);
            engine_level_match_begin(&match, loudest, 240u);
            if (engine_level_match_is_guarded(&match)) {
                engine_level_match_guard_begin(&match, false);
                engine_level_match_guard(&match, 0u, dry + at, scratch, 240u);
                engine_level_match_guard_end(&match, 240u);
            }
            engine_level_match_apply(&match, 0u, dry + at, heard + at, 240u);
            engine_level_match_end(&match, 240u);
        }
    }
    return match.gain.target;
}

/* Loaded in a pause of a loud sound: what its effect does to the next attack, nothing in the pause tells. */
Test(auto_gain, a_soft_passage_alone_does_not_make_it_louder)
{
    const float of_soft = gain_of_soft_passage(0.02f), of_loud = gain_of_soft_passage(0.5f);
    cr_assert_gt(of_soft, 3.9f, "%g where nothing louder came in", (double)of_soft);
    cr_assert_leq(of_loud, 1.0f, "%g in a pause", (double)of_loud);
}

/* One gain for all channels: where one of them has to be turned down the other goes with it. */
Test(guard, turns_all_channels_down_by_what_the_loudest_needs)
{
    float dry[ENGINE_SUB_BLOCK_SAMPLES] = {0}, loud[ENGINE_SUB_BLOCK_SAMPLES] = {0},
          soft[ENGINE_SUB_BLOCK_SAMPLES] = {0};
    engine_guard guard;
    engine_guard_init(&guard, 48000u, 2u);
    for (uint32_t i = 0; i < ENGINE_SUB_BLOCK_SAMPLES; i++) dry[i] = i % 2u ? 0.1f : -0.1f, soft[i] = 0.5f * dry[i];
    loud[100] = 0.8f; /* the weighted samples have more of it */
    engine_guard_begin(&guard, 0.0f, 0.0f);
    engine_guard_add(&guard, 0u, dry, soft, ENGINE_SUB_BLOCK_SAMPLES);
    engine_guard_add(&guard, 1u, dry, loud, ENGINE_SUB_BLOCK_SAMPLES);
    engine_guard_find(&guard, ENGINE_SUB_BLOCK_SAMPLES);
    for (uint32_t i = 0; i < 100u; i++) cr_assert_eq(guard.gains[i], 1.0f, "sample %u, before the peak", i);
    cr_assert_leq(guard.gains[100], 0.125001f, "%g", (double)guard.gains[100]);
    cr_assert(guard.gains[200] > guard.gains[100] && guard.gains[200] < 0.14f, "%g", (double)guard.gains[200]);
    engine_guard_begin(&guard, 1.0f, 1.0f);
    engine_guard_find(&guard, ENGINE_SUB_BLOCK_SAMPLES);
    for (uint32_t i = 0; i < ENGINE_SUB_BLOCK_SAMPLES; i++) cr_assert_eq(guard.gains[i], 1.0f, "settled, sample %u", i);
}

Test(limiter, holds_the_output_of_all_channels_and_the_clip_light_tells_what_it_would_have_been)
{
    float *in = make_music(), *out = make_samples(COUNT);
    rsd_telemetry record;
    for (uint32_t is_on = 0; is_on < 2u; is_on++) {
        rsd_engine *engine = make_engine(48000, 1);
        uint32_t clipped = 0, wanted = 0;
        float least = 1.0f;
        set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, 24.0f);
        set(engine, RSD_PARAM_LIMITER, 0, (float)is_on);
        const uint32_t latency = latency_of(engine);
        for (uint32_t at = 0; at < COUNT; at += 960u) {
            run(engine, in + at, out + at, 960u);
            while (rsd_engine_read_telemetry(engine, &record, 1u) == 1u) {
                clipped += record.clipped_count;
                least = fminf(least, record.limiter_gain);
            }
        }
        for (uint32_t i = 0; i < COUNT; i++) wanted += fabsf(out[i]) > 1.0f;
        cr_assert_eq(clipped, wanted);
        cr_assert_eq(latency_of(engine), latency, "the limiter has none");
        cr_assert_eq(wanted > 0u, is_on == 0u);
        cr_assert_eq(least < 1.0f, is_on == 1u);
        if (is_on) cr_assert_leq(largest(out, COUNT), LIMITER_CEILING);
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

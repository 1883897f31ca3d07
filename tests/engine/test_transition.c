// SPDX-License-Identifier: MIT
// Cross-fades of whole states: what sounds goes on until it is faded into what will sound, and nothing else is heard.
#include "engine_support.h"

#include <residuum/rsd_preset.h>

#include <stdio.h>

#define COUNT 24000u
#define CHANGE 6007u /* no frame begins here */
#define RATE_HZ 48000.0

static rsd_preset make_preset(const char *parameters)
{
    char json[400];
    rsd_preset preset;
    rsd_error error;
    snprintf(json, sizeof json, "{ \"name\": \"a\", \"description\": \"b\", \"parameters\": { %s } }", parameters);
    cr_assert_eq(rsd_preset_parse(json, strlen(json), "test", &preset, &error), RSD_OK, "%s", error.text);
    return preset;
}

/* Music without noise fill, silent for a moment before the change: no codec remembers what came before it. */
static float *make_music(void)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, RATE_HZ, 1u);
    memset(in + CHANGE - 5000u, 0, 5800u * sizeof *in);
    return in;
}

static float *play(const char *codec, const char *parameters, const float *in)
{
    rsd_engine *engine = make_engine_of(codec, 48000, 1, RSD_SCHEDULE_INLINE);
    const rsd_preset preset = make_preset(parameters);
    float *out = make_samples(COUNT);
    cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK);
    run(engine, in, out, COUNT);
    rsd_engine_destroy(engine);
    return out;
}

/* One preset up to CHANGE, then the other; `model`: its codec, NULL where it stays. */
static float *play_both(const char *codec, const char *first, const char *second, rsd_model *model, const float *in,
                        uint32_t block)
{
    rsd_engine *engine = make_engine_of(codec, 48000, 1, RSD_SCHEDULE_INLINE);
    const rsd_preset a = make_preset(first), b = make_preset(second);
    float *out = make_samples(COUNT);
    rsd_error error;
    cr_assert_eq(rsd_preset_apply(&a, engine), RSD_OK);
    run_blocks(engine, in, out, CHANGE, block);
    cr_assert_eq(rsd_preset_load(&b, model, engine, &error), RSD_OK, "%s", error.text);
    run_blocks(engine, in + CHANGE, out + CHANGE, COUNT - CHANGE, block);
    cr_assert_eq(rsd_engine_collect(engine), false);
    rsd_engine_destroy(engine);
    return out;
}

/* Up to `heard` samples after the change the old sound, bit for bit; from the fade's end on the new; between, between. */
static void assert_fades(const float *out, const float *old, const float *new, uint32_t heard, uint32_t fade)
{
    const uint32_t from = CHANGE + heard, until = from + fade;
    assert_same_samples(out, old, from, "before the fade");
    assert_same_samples(out + until, new + until, COUNT - until, "after the fade");
    for (uint32_t i = from; i < until; i++) {
        const float low = fminf(old[i], new[i]) - 1e-6f, high = fmaxf(old[i], new[i]) + 1e-6f;
        cr_assert(out[i] >= low && out[i] <= high, "sample %u: %g is not in %g..%g", i, (double)out[i], (double)low,
                  (double)high);
    }
}

#define QUIET "\"noise_fill\": 0, "
#define RUN_IN_128 (256u + 4u * 128u)
#define RUN_IN_256 (512u + 4u * 256u)
#define FADE_SAMPLES 1440u

Test(transition, a_preset_fades_from_what_sounds_to_what_will_sound_and_gains_never_move_apart_from_levels)
{
    static const char *const presets[] = {
        QUIET "\"levels\": 4", QUIET "\"monitor\": \"delta\", \"output_gain_db\": 18",
        QUIET "\"levels\": 2, \"monitor\": \"residual\", \"output_gain_db\": 24, \"input_gain_db\": -6",
        QUIET "\"levels\": 8, \"level_solo\": { \"2\": 1 }, \"output_gain_db\": 9, \"mix\": 0.5", "\"bypass\": 1"};
    enum { PRESETS = sizeof presets / sizeof presets[0] };
    float *in = make_music(), *alone[PRESETS];
    for (int i = 0; i < PRESETS; i++) alone[i] = play("live-128", presets[i], in);
    for (int i = 0; i < PRESETS; i++) {
        for (int k = 0; k < PRESETS; k++) {
            float *out = play_both("live-128", presets[i], presets[k], NULL, in, 128u);
            assert_fades(out, alone[i], alone[k], RUN_IN_128, FADE_SAMPLES);
            free(out);
        }
    }
    for (int i = 0; i < PRESETS; i++) free(alone[i]);
    free(in);
}

Test(transition, a_codec_and_its_parameters_come_in_one_step)
{
    const char *first = QUIET "\"levels\": 2, \"output_gain_db\": -12";
    const char *second = QUIET "\"monitor\": \"delta\", \"output_gain_db\": 24";
    rsd_model *model = open_model("live-256");
    float *in = make_music(), *old = play("live-128", first, in), *new = play("live-256", second, in);
    float *out = play_both("live-128", first, second, model, in, 128u);
    assert_fades(out, old, new, RUN_IN_256, FADE_SAMPLES);
    float *again = play_both("live-128", first, second, model, in, 0u);
    assert_same_samples(again, out, COUNT, "cut otherwise");
    rsd_model_release(model);
    free(in), free(old), free(new), free(out), free(again);
}

/* Over a timed event, as automation and hosts do it. */
Test(transition, the_delta_fades_in_beside_what_sounds_with_what_was_set_at_the_same_sample)
{
    float *in = make_music(), *old = play("live-128", QUIET "\"levels\": 5", in), *out = make_samples(COUNT);
    float *new = play("live-128", QUIET "\"levels\": 5, \"monitor\": \"delta\", \"output_gain_db\": 20", in);
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    set(engine, RSD_PARAM_LEVELS, 0, 5.0f);
    post(engine, CHANGE, RSD_PARAM_OUTPUT_GAIN_DB, 0, 20.0f);
    post(engine, CHANGE, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DELTA);
    run_blocks(engine, in, out, COUNT, 0u);
    assert_fades(out, old, new, RUN_IN_128, FADE_SAMPLES);
    rsd_engine_destroy(engine);
    free(in), free(old), free(new), free(out);
}

Test(transition, other_monitors_fade_at_once_over_transition_ms)
{
    static const float ms[] = {0.0f, 30.0f, 250.0f};
    float *in = make_music(), *old = play("live-128", QUIET "\"levels\": 5", in), *out = make_samples(COUNT);
    float *new = play("live-128", QUIET "\"levels\": 5, \"monitor\": \"residual\"", in);
    for (size_t i = 0; i < sizeof ms / sizeof ms[0]; i++) {
        rsd_engine *engine = make_engine(48000, 1);
        set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
        set(engine, RSD_PARAM_LEVELS, 0, 5.0f);
        set(engine, RSD_PARAM_TRANSITION_MS, 0, ms[i]);
        post(engine, CHANGE, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_RESIDUAL);
        run_blocks(engine, in, out, COUNT, 0u);
        assert_fades(out, old, new, 0u, (uint32_t)(ms[i] * 48.0f));
        rsd_engine_destroy(engine);
    }
    free(in), free(old), free(new), free(out);
}

Test(transition, transition_ms_is_the_length_of_the_fade_from_a_cut_to_two_seconds)
{
    static const float ms[] = {0.0f, 1.0f, 300.0f};
    const char *first = QUIET "\"levels\": 1", *second = QUIET "\"levels\": 9";
    float *in = make_music(), *old = play("live-128", first, in), *new = play("live-128", second, in);
    float *out = make_samples(COUNT);
    const rsd_preset a = make_preset(first), b = make_preset(second);
    for (size_t i = 0; i < sizeof ms / sizeof ms[0]; i++) {
        rsd_engine *engine = make_engine(48000, 1);
        set(engine, RSD_PARAM_TRANSITION_MS, 0, ms[i]);
        cr_assert_eq(rsd_preset_apply(&a, engine), RSD_OK);
        cr_assert_eq(get(engine, RSD_PARAM_TRANSITION_MS, 0), ms[i], "it is the session's: no preset changes it");
        run(engine, in, out, CHANGE);
        cr_assert_eq(rsd_preset_apply(&b, engine), RSD_OK);
        run(engine, in + CHANGE, out + CHANGE, COUNT - CHANGE);
        assert_fades(out, old, new, RUN_IN_128, (uint32_t)(ms[i] * 48.0f));
        rsd_engine_destroy(engine);
    }
    free(in), free(old), free(new), free(out);
}

/* The latest of many presets in a row is the one that stays, and what is turned behind it holds. */
Test(transition, what_comes_during_a_fade_waits_and_only_the_latest_counts)
{
    float *in = make_music(), *out = make_samples(COUNT);
    float *new = play("live-128", QUIET "\"levels\": 3, \"output_gain_db\": -9", in);
    rsd_engine *engine = make_engine(48000, 1);
    static const char *const presets[] = {QUIET "\"levels\": 9", QUIET "\"monitor\": \"delta\"", QUIET "\"levels\": 3"};
    run(engine, in, out, 1000u);
    for (uint32_t i = 0; i < 3u; i++) {
        const rsd_preset preset = make_preset(presets[i]);
        cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK);
        run(engine, in + 1000u + i * 100u, out, 100u);
    }
    set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, -9.0f);
    run(engine, in + 1300u, out + 1300u, COUNT - 1300u);
    assert_same_samples(out + CHANGE + 1000u, new + CHANGE + 1000u, COUNT - CHANGE - 1000u, "the latest");
    rsd_engine_destroy(engine);
    free(in), free(new), free(out);
}

/* A frozen state freezes what sounds when it comes, though its instance began in silence. */
Test(transition, a_state_that_freezes_holds_the_sound_of_now)
{
    float *in = make_samples(COUNT);
    test_fill_tone(in, COUNT, 700.0, RATE_HZ, 0.5f);
    memset(in + CHANGE + 4000u, 0, (COUNT - CHANGE - 4000u) * sizeof *in);
    float *out = play_both("live-128", "\"levels\": 8", "\"freeze\": 1, \"freeze_grain_frames\": 4", NULL, in, 0u);
    const double wanted = energy_of(in + 1000u, 4096u), held = energy_of(out + COUNT - 4096u, 4096u);
    cr_assert(held > 0.25 * wanted && held < 4.0 * wanted, "%g of %g", held, wanted);
    free(in), free(out);
}

/* Offline runs in large blocks and live in small ones: what was played comes back to the same samples all the same. */
Test(transition, how_the_stream_is_cut_changes_no_sample_of_effects_loudness_or_fades)
{
    static const char *const states[] = {"\"token_error\": 0.3", "\"auto_gain\": 1, \"loss\": 0.3, \"levels\": 3",
                                         "\"stutter_frames\": 3, \"auto_gain\": 1, \"band_low_hz\": 300",
                                         "\"birdies\": 0.5, \"starve\": 0.4, \"tilt\": 2"};
    static const uint32_t blocks[] = {0u, 2048u, 100u};
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, RATE_HZ, 1u);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        float *small = play_both("live-64", "\"levels\": 6", states[i], NULL, in, 64u);
        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
            float *other = play_both("live-64", "\"levels\": 6", states[i], NULL, in, blocks[b]);
            assert_same_samples(other, small, COUNT, states[i]);
            free(other);
        }
        free(small);
    }
    free(in);
}

/* ---- the presets of the library ---- */

#define EXCERPT 14400u
#define PAIRS_FROM 6000u

static uint32_t preset_count(void)
{
    const char *json;
    size_t bytes;
    uint32_t count = 0;
    while (rsd_preset_builtin(count, &json, &bytes)) count++;
    return count;
}

static rsd_preset builtin(uint32_t index)
{
    const char *json;
    size_t bytes;
    rsd_preset preset;
    cr_assert(rsd_preset_builtin(index, &json, &bytes));
    cr_assert_eq(rsd_preset_parse(json, bytes, "built-in", &preset, NULL), RSD_OK);
    return preset;
}

/* What hangs on chance or on the past is not the same twice: no peak of it alone says what it may reach. */
static bool hangs_on_its_past(const rsd_preset *preset)
{
    bool hangs = false;
    for (uint32_t i = 0; i < preset->setting_count; i++)
        hangs = hangs || rsd_param_by_id(preset->settings[i].param_id)->group == RSD_GROUP_EFFECTS;
    return hangs;
}

static const char *codec_name(const rsd_preset *preset) { return preset->codec[0] != '\0' ? preset->codec : "live"; }

/* Peak from PAIRS_FROM on of one preset all along, or of two with the change there. */
static float peak_of_presets(const rsd_preset *first, const rsd_preset *second, const float *in, float *out)
{
    rsd_engine *engine = make_engine_of(codec_name(first), 48000, 1, RSD_SCHEDULE_INLINE);
    rsd_error error;
    cr_assert_eq(rsd_preset_apply(first, engine), RSD_OK);
    run(engine, in, out, PAIRS_FROM);
    if (second) {
        rsd_model *model = strcmp(codec_name(first), codec_name(second)) ? open_model(codec_name(second)) : NULL;
        cr_assert_eq(rsd_preset_load(second, model, engine, &error), RSD_OK, "%s", error.text);
        rsd_model_release(model);
    }
    run(engine, in + PAIRS_FROM, out + PAIRS_FROM, EXCERPT - PAIRS_FROM);
    rsd_engine_destroy(engine);
    return largest(out + PAIRS_FROM, EXCERPT - PAIRS_FROM);
}

/* Each preset with some of the others; tools/presets/measure plays all changes on real sounds. */
Test(transition, no_pair_of_presets_peaks_over_the_louder_of_the_two_by_more_than_1_db, .timeout = 600)
{
    static const uint32_t strides[] = {1, 5};
    const uint32_t count = preset_count();
    float *in = make_samples(EXCERPT), *out = make_samples(EXCERPT), *alone = calloc(count, sizeof *alone);
    test_fill_notes(in, EXCERPT, RATE_HZ, 3u);
    for (uint32_t i = 0; i < count; i++) {
        const rsd_preset preset = builtin(i);
        alone[i] = peak_of_presets(&preset, NULL, in, out);
    }
    for (uint32_t n = 0; n < count * 2u; n++) {
        const uint32_t i = n / 2u, k = (i + strides[n % 2u]) % count;
        const rsd_preset first = builtin(i), second = builtin(k);
        if (hangs_on_its_past(&first) || hangs_on_its_past(&second)) continue;
        const float limit = 1.122f * fmaxf(alone[i], alone[k]), peak = peak_of_presets(&first, &second, in, out);
        cr_assert_leq(peak, limit, "%s to %s: %g, alone %g and %g", first.name, second.name, (double)peak,
                      (double)alone[i], (double)alone[k]);
    }
    free(in), free(out), free(alone);
}

// SPDX-License-Identifier: MIT
// Two states that play at the same time, of which one is heard.
#include "host/session/blind.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000u
#define FADE 480u /* 10 ms */
#define COUNT 72000u

static uint64_t choice(uint32_t number, uint32_t sound) { return (uint64_t)number << 32 | sound; }

static rsd_preset state(const char *codec, rsd_param_id id, float value)
{
    rsd_preset preset;
    rsd_error error;
    char text[200];
    snprintf(text, sizeof text, "{\"name\":\"a\",\"description\":\"a\",\"codec\":\"%s\",\"parameters\":{\"%s\":%g}}",
             codec, rsd_param_by_id(id)->symbol, (double)value);
    cr_assert_eq(rsd_preset_parse(text, strlen(text), "test", &preset, &error), RSD_OK, "%s", error.text);
    return preset;
}

static host_blind *make(const rsd_preset *a, const rsd_preset *b)
{
    host_blind *blind;
    rsd_error error;
    /* Inline: what a slow machine picks by itself may differ from engine to engine, and frames may come late. */
    const host_blind_config config = {
        .engine = {.sample_rate_hz = RATE, .channel_count = 1u, .schedule = RSD_SCHEDULE_INLINE}, .states = {a, b}};
    cr_assert_eq(host_blind_create(&config, &blind, &error), RSD_OK, "%s", error.text);
    return blind;
}

static float *make_tones(void)
{
    float *in = malloc(COUNT * sizeof *in);
    for (uint32_t i = 0; i < COUNT; i++) in[i] = 0.2f * sinf(0.05f * (float)i) + 0.1f * sinf(0.31f * (float)i);
    return in;
}

/* Blocks of 480: at block `at` of them, `sound` is chosen. Returns the sound, to be freed. */
typedef struct {
    uint32_t at, sound;
} step;
static float *play(host_blind *blind, const float *in, const step *steps, uint32_t step_count)
{
    uint64_t chosen = choice(0u, HOST_BLIND_SILENCE);
    float *out = malloc(COUNT * sizeof *out);
    for (uint32_t block = 0; block < COUNT / FADE; block++) {
        for (uint32_t s = 0; s < step_count; s++)
            if (steps[s].at == block) chosen = choice(s + 1u, steps[s].sound);
        const float *ins[1] = {in + (size_t)block * FADE};
        float *outs[1] = {out + (size_t)block * FADE};
        const rsd_engine_block part = {ins, outs, NULL, FADE};
        host_blind_process(blind, &part, chosen);
    }
    return out;
}

static double power(const float *x, uint32_t from, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = from; i < from + count; i++) sum += (double)x[i] * (double)x[i];
    return sum / count;
}

/* X that is A, and X that is B: until they are heard, and in how they begin, there is nothing to tell them by. */
Test(blind, a_change_to_the_same_state_is_the_same_as_one_to_another)
{
    const rsd_preset same = state("live-128", RSD_PARAM_LEVELS, 6.0f);
    float *in = make_tones();
    static const step to_same[] = {{60u, 0u}, {100u, 0u}}, to_other[] = {{60u, 0u}, {100u, 1u}};
    host_blind *blind[2] = {make(&same, &same), make(&same, &same)};
    float *out[2] = {play(blind[0], in, to_same, 2u), play(blind[1], in, to_other, 2u)};
    for (uint32_t i = 0; i < COUNT; i++) cr_assert_eq(out[0][i], out[1][i], "sample %u", i);
    cr_assert_eq(power(out[0], 0u, 60u * FADE), 0.0, "silent until something is chosen");
    cr_assert_gt(power(out[0], 101u * FADE, 100u), 0.0);
    cr_assert_lt(power(out[0], 101u * FADE - 5u, 10u), 1e-4 * power(out[0], 99u * FADE, FADE),
                 "the middle of a change");
    cr_assert_gt(power(out[0], 102u * FADE, FADE), 0.5 * power(out[0], 99u * FADE, FADE),
                 "and 10 ms later it is there");
    for (int i = 0; i < 2; i++) host_blind_destroy(blind[i]), free(out[i]);
    free(in);
}

/* The step from one sample to the next is nowhere larger than that of the sound itself. */
Test(blind, changes_do_not_click)
{
    const rsd_preset a = state("live-128", RSD_PARAM_LEVELS, 14.0f), b = state("live-64", RSD_PARAM_LEVELS, 2.0f);
    static const step steps[] = {{60u, 0u}, {80u, 1u}, {90u, 0u}, {91u, 1u}, {100u, 1u}, {120u, HOST_BLIND_SILENCE}};
    float *in = make_tones(), most = 0.0f;
    host_blind *blind = make(&a, &b);
    float *out = play(blind, in, steps, 6u);
    for (uint32_t i = 1; i < COUNT; i++) most = fmaxf(most, fabsf(in[i] - in[i - 1u]));
    for (uint32_t i = 1; i < COUNT; i++) cr_assert_lt(fabsf(out[i] - out[i - 1u]), 1.6f * most, "sample %u", i);
    cr_assert_eq(power(out, 123u * FADE, FADE), 0.0);
    host_blind_destroy(blind);
    free(out);
    free(in);
}

/* A codec of a longer latency is no later than the other one. */
Test(blind, both_states_are_equally_late)
{
    const rsd_preset a = state("live-64", RSD_PARAM_MIX, 0.0f), b = state("live-256", RSD_PARAM_MIX, 0.0f);
    static const step to[2] = {{0u, 0u}, {0u, 1u}};
    float *in = malloc(COUNT * sizeof *in);
    uint32_t seed = 5u;
    test_fill_noise(in, COUNT, 0.1f, seed);
    for (uint32_t s = 0; s < 2u; s++) {
        host_blind *blind = make(&a, &b);
        float *out = play(blind, in, &to[s], 1u);
        const uint32_t late = host_blind_latency_samples(blind);
        for (uint32_t i = COUNT / 2u; i < COUNT; i++)
            cr_assert_float_eq(out[i], in[i - late], 1e-6f, "state %u, sample %u", s, i);
        host_blind_destroy(blind);
        free(out);
    }
    free(in);
}

Test(blind, both_states_are_as_loud_as_the_dry_sound)
{
    const rsd_preset a = state("live-128", RSD_PARAM_OUTPUT_GAIN_DB, -9.0f),
                     b = state("live-128", RSD_PARAM_OUTPUT_GAIN_DB, 6.0f);
    float *in = make_tones();
    for (uint32_t s = 0; s < 2u; s++) {
        const step to = {0u, s};
        host_blind *blind = make(&a, &b);
        float *out = play(blind, in, &to, 1u);
        const double db = 10.0 * log10(power(out, COUNT / 2u, COUNT / 2u) / power(in, COUNT / 2u, COUNT / 2u));
        cr_assert_lt(fabs(db), 0.2, "state %u is %g dB louder", s, db);
        host_blind_destroy(blind);
        free(out);
    }
    free(in);
}

Test(blind, a_codec_that_is_not_there_is_an_error)
{
    host_blind *blind = NULL;
    rsd_error error;
    rsd_preset a = state("live-128", RSD_PARAM_LEVELS, 6.0f), b = a;
    snprintf(b.codec, sizeof b.codec, "no-such-codec");
    const host_blind_config config = {.engine = {.sample_rate_hz = RATE, .channel_count = 2u}, .states = {&a, &b}};
    cr_assert_neq(host_blind_create(&config, &blind, &error), RSD_OK);
    cr_assert(strstr(error.text, "no-such-codec"), "%s", error.text);
}

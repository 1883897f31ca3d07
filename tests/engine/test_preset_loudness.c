// SPDX-License-Identifier: MIT
// Built-in presets that are meant for music are as loud as the dry sound, whatever plays.
#include "engine_support.h"

#include "dsp/loudness.h"

#include <residuum/rsd_preset.h>

#define COUNT (6u * 48000u)
#define MOST_LOUDER_LU 3.0

/* Engineers' presets, and what is as loud as the moment that it holds. */
static bool is_for_music(const rsd_preset *preset)
{
    return strcmp(preset->group, "Tools") != 0 && strcmp(preset->name, "frozen") != 0;
}

static double loudness_of(const float *x)
{
    loudness l;
    loudness_init(&l, 48000u, 1u);
    double sum = 0.0;
    for (uint32_t at = 0; at < COUNT; at += l.segment_samples) {
        loudness_add(&l, 0u, x + at, l.segment_samples);
        loudness_end_segment(&l);
        sum += l.energies[(l.next + LOUDNESS_SEGMENTS - 1u) % LOUDNESS_SEGMENTS];
    }
    return loudness_lufs(sum / (COUNT / l.segment_samples));
}

static void play(const rsd_preset *preset, const float *in, float *out)
{
    rsd_engine *engine = make_engine_of(preset->codec, 48000, 1, RSD_SCHEDULE_INLINE);
    cr_assert_eq(rsd_preset_apply(preset, engine), RSD_OK);
    cr_assert_eq(rsd_render(engine, &in, &out, COUNT), RSD_OK);
    rsd_engine_destroy(engine);
}

static void assert_as_loud(const float *in, const char *sound)
{
    const double dry = loudness_of(in);
    float *out = make_samples(COUNT);
    const char *json;
    size_t bytes;
    uint32_t count = 0;
    for (uint32_t i = 0; rsd_preset_builtin(i, &json, &bytes); i++) {
        rsd_preset preset;
        cr_assert_eq(rsd_preset_parse(json, bytes, "built-in", &preset, NULL), RSD_OK);
        if (!is_for_music(&preset)) continue;
        play(&preset, in, out);
        const double louder = loudness_of(out) - dry;
        cr_expect(fabs(louder) <= MOST_LOUDER_LU, "%s: %s is %.1f LU louder", sound, preset.name, louder);
        count++;
    }
    cr_assert_gt(count, 40u);
    free(out);
}

Test(preset_loudness, with_notes)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    assert_as_loud(in, "notes");
    free(in);
}

/* Mostly under what K-weighting hears, as a bass or a whale: what an effect puts over it counts all the more. */
Test(preset_loudness, with_a_deep_sound)
{
    float *in = make_samples(COUNT);
    uint32_t seed = 4;
    for (uint32_t i = 0; i < COUNT; i++) {
        const double t = i / 48000.0, phase = TEST_TWO_PI * (70.0 * t + sin(0.7 * t));
        double sum = 0.0;
        for (int h = 1; h <= 30; h++) sum += sin(phase * h) / (h * sqrt(h));
        in[i] = (float)(0.3 * sum * (0.6 + 0.4 * sin(3.0 * t))) + 0.001f * test_noise(&seed);
    }
    assert_as_loud(in, "deep");
    free(in);
}

/* Pulses through two resonances that move, with pauses: as a voice. */
Test(preset_loudness, with_something_like_a_voice)
{
    float *in = make_samples(COUNT), low[2] = {0.0f, 0.0f}, high[2] = {0.0f, 0.0f};
    uint32_t seed = 9;
    double phase = 0.0;
    for (uint32_t i = 0; i < COUNT; i++) {
        const double t = i / 48000.0;
        phase += (120.0 + 20.0 * sin(5.0 * t)) / 48000.0;
        const bool pulse = phase >= 1.0, is_open = fmod(t, 1.7) < 1.3;
        if (pulse) phase -= 1.0;
        const float source = is_open ? (pulse ? 1.0f : 0.0f) + 0.01f * test_noise(&seed) : 0.0f;
        const float f1 = (float)(2.0 * sin(M_PI * (500.0 + 250.0 * sin(4.0 * t)) / 48000.0));
        const float f2 = (float)(2.0 * sin(M_PI * (1600.0 + 700.0 * sin(3.1 * t)) / 48000.0));
        low[1] += f1 * (source - low[0] - 0.12f * low[1]), low[0] += f1 * low[1];
        high[1] += f2 * (source - high[0] - 0.1f * high[1]), high[0] += f2 * high[1];
        in[i] = 0.5f * low[1] + 0.3f * high[1];
    }
    assert_as_loud(in, "voice");
    free(in);
}

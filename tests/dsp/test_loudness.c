// SPDX-License-Identifier: MIT
// Momentary loudness against libebur128, the reference implementation of EBU R128.
#include "dsp/loudness.h"

#include "support/signals.h"

#include <criterion/criterion.h>

#include <ebur128.h>

#include <math.h>
#include <stdlib.h>

#define SECONDS 2u

/* Tones under noise, each channel with its own; it is loud and quiet in turns. */
static float *make_sound(uint32_t rate_hz, uint32_t channel, uint32_t count)
{
    float *x = calloc(count, sizeof *x);
    cr_assert_not_null(x);
    test_fill_notes(x, count, rate_hz, 5u + channel);
    uint32_t seed = 11u + channel;
    for (uint32_t i = 0; i < count; i++) {
        const float loud = i / (rate_hz / 3u) % 2u ? 0.05f : 0.6f;
        x[i] = loud * (x[i] + 0.1f * test_noise(&seed));
    }
    return x;
}

static void compare(uint32_t rate_hz, uint32_t channel_count)
{
    const uint32_t count = SECONDS * rate_hz;
    float *sound[2];
    for (uint32_t c = 0; c < channel_count; c++) sound[c] = make_sound(rate_hz, c, count);
    ebur128_state *reference = ebur128_init(channel_count, rate_hz, EBUR128_MODE_M);
    cr_assert_not_null(reference);
    loudness ours;
    loudness_init(&ours, rate_hz, channel_count);
    float *frames = calloc((size_t)ours.segment_samples * channel_count, sizeof *frames);
    for (uint32_t at = 0; at + ours.segment_samples <= count; at += ours.segment_samples) {
        for (uint32_t c = 0; c < channel_count; c++) {
            /* In two pieces: how a segment is cut makes no difference. */
            loudness_add(&ours, c, sound[c] + at, 37u);
            loudness_add(&ours, c, sound[c] + at + 37u, ours.segment_samples - 37u);
            for (uint32_t i = 0; i < ours.segment_samples; i++) frames[i * channel_count + c] = sound[c][at + i];
        }
        loudness_end_segment(&ours);
        cr_assert_eq(ebur128_add_frames_float(reference, frames, ours.segment_samples), EBUR128_SUCCESS);
        double wanted = 0.0;
        if (at + ours.segment_samples < LOUDNESS_SEGMENTS * ours.segment_samples) continue; /* the window is not full */
        cr_assert_eq(ebur128_loudness_momentary(reference, &wanted), EBUR128_SUCCESS);
        const double got = loudness_lufs(loudness_mean_square(&ours));
        cr_assert(fabs(got - wanted) < 0.01, "%u Hz, %u channels, %.2f s: %.4f LUFS, libebur128 %.4f", rate_hz,
                  channel_count, (double)at / rate_hz, got, wanted);
    }
    ebur128_destroy(&reference);
    free(frames);
    for (uint32_t c = 0; c < channel_count; c++) free(sound[c]);
}

Test(loudness, it_is_libebur128s_momentary_loudness_to_a_hundredth_of_a_lu_at_every_rate)
{
    static const uint32_t rates_hz[] = {8000, 16000, 44100, 48000, 96000, 192000};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++)
        for (uint32_t channels = 1; channels <= 2u; channels++) compare(rates_hz[i], channels);
}

/* BS.1770-5, annex 1: a sine of 997 Hz at full scale in one channel reads -3.01 LKFS. */
Test(loudness, a_full_scale_sine_of_997_hz_reads_minus_3_01)
{
    float *x = calloc(48000u, sizeof *x);
    loudness ours;
    test_fill_tone(x, 48000u, 997.0, 48000.0, 1.0f);
    loudness_init(&ours, 48000u, 1u);
    for (uint32_t at = 0; at < 48000u; at += ours.segment_samples) {
        loudness_add(&ours, 0u, x + at, ours.segment_samples);
        loudness_end_segment(&ours);
    }
    cr_assert_float_eq(loudness_lufs(loudness_mean_square(&ours)), -3.01, 0.01);
    cr_assert_float_eq(loudness_lufs(LOUDNESS_GATE), -70.0, 0.01);
    loudness_reset(&ours);
    cr_assert_eq(loudness_mean_square(&ours), 0.0);
    free(x);
}

// SPDX-License-Identifier: MIT
// What a sound that begins may peak at in the `live` codec.
#include "codec/live/onset.h"
#include "codec/live/tuning.h"

#include "codec_support.h"

#include <math.h>

static const char *const NAMES[] = {"live-64", "live-128", "live-256"};

/* A tone of 0.1 out of silence and back, in phase p of 8. */
static clip make_tone(double frequency_hz, uint32_t p)
{
    clip made = {.count = 9000};
    made.samples = calloc(made.count, sizeof(float));
    for (size_t i = 2000u + 13u * p; i < 6000u; i++)
        made.samples[i] = (float)(0.1 * sin(2.0 * M_PI * (frequency_hz * (double)i / RATE_HZ + 0.125 * p)));
    return made;
}

static double peak_db(const float *samples, size_t count)
{
    float peak = 0.0f;
    for (size_t i = 0; i < count; i++) peak = fabsf(samples[i]) > peak ? fabsf(samples[i]) : peak;
    return 20.0 * log10((double)peak / 0.1);
}

Test(live_onset, a_tone_out_of_silence_overshoots_by_under_6_db_at_level_1_and_3_at_two)
{
    static const double TONES_HZ[] = {110.0, 440.0, 1000.0, 3000.0, 9000.0};
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        for (uint32_t t = 0; t < 40u; t++) {
            const clip in = make_tone(TONES_HZ[t / 8u], t % 8u);
            for (uint32_t levels = 1; levels <= 2u; levels++) {
                const rsd_decode_controls controls = all_on(levels);
                float *out = code_clip(&o, in, levels, &controls);
                cr_expect_lt(peak_db(out, in.count), levels == 1u ? 6.0 : 3.0, "%s, %g Hz, phase %u: %.1f dB", NAMES[n],
                             TONES_HZ[t / 8u], t % 8u, peak_db(out, in.count));
                free(out);
            }
            free(in.samples);
        }
        close_codec(&o);
    }
}

/* A bell by frequency modulation out of silence: `late` samples later, dense and loud at once. */
static clip make_bell(double frequency_hz, uint32_t late)
{
    clip made = {.count = 9000};
    made.samples = calloc(made.count, sizeof(float));
    for (size_t i = 2000u + late; i < 6000u; i++) {
        const double t = (double)(i - 2000u - late) / RATE_HZ, dies = exp(-12.0 * t);
        const double phase = 2.0 * M_PI * frequency_hz * t + 4.5 * dies * sin(2.0 * M_PI * 3.5 * frequency_hz * t);
        made.samples[i] = (float)(0.1 * dies * sin(phase));
    }
    return made;
}

static double overshoot_db(const clip *in, const float *out)
{
    return peak_db(out, in->count) - peak_db(in->samples, in->count);
}

/* Without the last level's look at its peaks, 9 of these are over, the worst by 1.0 dB. */
Test(live_onset, a_bell_out_of_silence_overshoots_by_under_1_db_at_all_levels)
{
    static const double BELLS_HZ[] = {180.0, 420.0, 700.0, 950.0};
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        const rsd_decode_controls controls = all_on(o.info.level_count);
        for (uint32_t b = 0; b < 64u; b++) {
            const clip in = make_bell(BELLS_HZ[b % 4u], 17u * (b / 4u));
            float *out = code_clip(&o, in, o.info.level_count, &controls);
            cr_expect_lt(overshoot_db(&in, out), 1.0, "%s, %g Hz, %u samples later: %.2f dB", NAMES[n],
                         BELLS_HZ[b % 4u], 17u * (b / 4u), overshoot_db(&in, out));
            free(in.samples), free(out);
        }
        close_codec(&o);
    }
}

/* A square of full scale or, every other one, a clipped sine that is held for longer than a beginning. */
static clip make_clipped(double frequency_hz, uint32_t p)
{
    clip made = {.count = 34000};
    made.samples = calloc(made.count, sizeof(float));
    for (size_t i = 2000u + 13u * p; i < 31000u; i++) {
        const double wave = (p % 2u ? 4.0 : 1e6) * sin(2.0 * M_PI * frequency_hz * (double)(i - 2000u) / RATE_HZ + p);
        made.samples[i] = (float)(wave > 1.0 ? 1.0 : wave < -1.0 ? -1.0 : wave);
    }
    return made;
}

Test(live_onset, what_is_clipped_at_full_scale_overshoots_by_under_6_db_at_level_1_and_4_at_two, .timeout = 600)
{
    static const double CLIPPED_HZ[] = {41.0, 60.0, 110.0, 440.0, 560.0, 1500.0};
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        for (uint32_t f = 0; f < 12u; f++) {
            const clip in = make_clipped(CLIPPED_HZ[f % 6u], f);
            for (uint32_t levels = 1; levels <= 2u; levels++) {
                const rsd_decode_controls controls = all_on(levels);
                float *out = code_clip(&o, in, levels, &controls);
                cr_expect_lt(overshoot_db(&in, out), levels == 1u ? 6.0 : 4.0, "%s, %g Hz, %u levels: %.1f dB",
                             NAMES[n], CLIPPED_HZ[f % 6u], levels, overshoot_db(&in, out));
                free(out);
            }
            free(in.samples);
        }
        close_codec(&o);
    }
}

/* ---- a frame by itself ---- */

#define HOP 128u

static const float zeros[HOP];
static float window[HOP];

/* Of rms 1 where 128 coefficients have the energy 128: codewords of 0.5 that fade out, and a spike of `peak` in what
 * fills. No full scale is in the way. */
static live_onset_frame make_frame(float peak, float active_levels, float *coded, float *windowed)
{
    for (uint32_t i = 0; i < HOP; i++) window[i] = sinf((float)M_PI / 4.0f / (float)HOP * (float)(2u * i + 1u));
    for (uint32_t i = 0; i < 2u * HOP; i++) {
        const float fade = i < HOP ? 1.0f : window[2u * HOP - 1u - i];
        coded[i] = windowed[i] = 0.5f * fade * fade;
    }
    windowed[60] = peak;
    return (live_onset_frame){.hop = HOP,
                              .window = window,
                              .begins = true,
                              .full_scale = 100.0f,
                              .attack_samples = {-1, -1},
                              .overlap = zeros,
                              .energy = (float)HOP,
                              .active_levels = active_levels,
                              .coded = coded,
                              .windowed = windowed};
}

Test(live_onset, what_fills_is_made_softer_until_the_peak_is_that_of_the_limit)
{
    float coded[2u * HOP], windowed[2u * HOP];
    const float limits[] = {1.5f * exp2f(0.3f), 1.5f, 1.5f * exp2f(0.25f)};
    for (uint32_t levels = 1; levels <= 3u; levels++) {
        live_onset onset = {0};
        live_onset_frame frame = make_frame(limits[levels - 1u] - 0.01f, (float)levels, coded, windowed);
        cr_assert(!live_onset_exceeds(&onset, &frame), "%u levels", levels);
        frame = make_frame(4.0f, (float)levels, coded, windowed);
        cr_assert(live_onset_exceeds(&onset, &frame));
        const live_onset_shares shares = live_onset_shares_of(&onset, &frame);
        cr_assert_eq(shares.coded, 1.0f);
        live_onset_soften(&frame, shares);
        cr_assert_float_eq(windowed[60], limits[levels - 1u], 1e-4f, "%u levels: %g", levels, (double)windowed[60]);
        cr_assert_float_eq(windowed[7], 0.5f, 1e-6f, "codewords stay as they are");
    }
}

Test(live_onset, codewords_alone_may_peak_higher_the_more_levels_there_are)
{
    float coded[2u * HOP], windowed[2u * HOP];
    for (uint32_t levels = 2; levels <= 6u; levels++) {
        live_onset onset = {0};
        live_onset_frame frame = make_frame(9.0f, (float)levels, coded, windowed);
        coded[100] = windowed[100] = 5.0f;
        cr_assert(live_onset_exceeds(&onset, &frame));
        live_onset_soften(&frame, live_onset_shares_of(&onset, &frame));
        const float most = 1.5f * exp2f(0.75f * (float)(levels - 2u));
        cr_assert_float_eq(windowed[100], most < 5.0f ? most : 5.0f, 1e-3f, "%u levels: %g", levels,
                           (double)windowed[100]);
        cr_assert_leq(windowed[60], windowed[100] + 1e-4f, "what fills peaks no higher");
    }
}

Test(live_onset, the_limit_is_of_the_loudest_so_far_and_the_mean_of_two_frames)
{
    float coded[2u * HOP], windowed[2u * HOP];
    live_onset onset = {0};
    live_onset_frame frame = make_frame(1.4f, 2.0f, coded, windowed);
    cr_assert(!live_onset_exceeds(&onset, &frame));
    cr_assert_float_eq(onset.loudest, 1.0f, 1e-6f);
    frame.energy = 9.0f * (float)HOP;
    (void)live_onset_exceeds(&onset, &frame);
    cr_assert_float_eq(onset.loudest, sqrtf(5.0f), 1e-5f);
    frame.energy = 0.01f * (float)HOP;
    (void)live_onset_exceeds(&onset, &frame);
    (void)live_onset_exceeds(&onset, &frame);
    cr_assert_float_eq(onset.loudest, sqrtf(5.0f), 1e-5f);
}

/* Softened with two levels, the spike of a frame that goes on has this peak. */
static float softened_peak(float rms, float full_scale)
{
    float coded[2u * HOP], windowed[2u * HOP];
    live_onset onset = {0};
    live_onset_frame frame = make_frame(9.0f, 2.0f, coded, windowed);
    frame.begins = false;
    frame.energy = rms * rms * (float)HOP;
    frame.full_scale = full_scale;
    cr_assert(live_onset_exceeds(&onset, &frame));
    cr_assert_eq(onset.loudest, 0.0f, "no beginning");
    live_onset_soften(&frame, live_onset_shares_of(&onset, &frame));
    return windowed[60];
}

Test(live_onset, what_goes_on_is_limited_by_full_scale_unless_it_is_louder)
{
    cr_assert_float_eq(softened_peak(0.1f, 1.0f), LIVE_FULL_SCALE_PEAK, 1e-4f);
    cr_assert_float_eq(softened_peak(1.5f, 1.0f), LIVE_FULL_SCALE_PEAK, 1e-4f);
    cr_assert_float_eq(softened_peak(2.0f, 1.0f), 2.0f * LIVE_OVER_FULL_SCALE, 1e-4f);
    cr_assert_float_eq(softened_peak(2.0f, 2.0f), 2.0f * LIVE_FULL_SCALE_PEAK, 1e-4f, "the gain of levels is theirs");
}

/* Of its later half a frame leaves room for the next: together they stay within the limit. */
Test(live_onset, what_the_frame_before_left_counts)
{
    float coded[2u * HOP], windowed[2u * HOP], overlap[HOP];
    live_onset onset = {0};
    live_onset_frame frame = make_frame(1.0f, 2.0f, coded, windowed);
    for (uint32_t i = 0; i < HOP; i++) overlap[i] = 0.9f;
    coded[60] = 0.1f;
    frame.begins = false;
    frame.full_scale = 1.0f;
    windowed[200] = 1.5f;
    frame.overlap = overlap;
    cr_assert(live_onset_exceeds(&onset, &frame));
    live_onset_soften(&frame, live_onset_shares_of(&onset, &frame));
    cr_assert_leq(windowed[60] + 0.9f, LIVE_FULL_SCALE_PEAK + 1e-4f, "%g", (double)windowed[60]);
    cr_assert_gt(windowed[60], 0.1f, "no softer than it has to be: %g", (double)windowed[60]);
    cr_assert_lt(windowed[200], 1.0f, "%g", (double)windowed[200]);
}

Test(live_onset, a_beginning_is_a_quarter_of_a_second_after_silence_or_an_attack)
{
    live_onset onset = {0};
    uint32_t frames = 0;
    while (live_onset_step(&onset, HOP, true, false)) frames++;
    cr_assert_eq(frames, 96u);
    onset.loudest = 1.0f;
    cr_assert(live_onset_step(&onset, HOP, true, true), "an attack");
    cr_assert_eq(onset.loudest, 0.0f);
    onset.loudest = 1.0f;
    cr_assert(live_onset_step(&onset, HOP, true, true), "another one soon after");
    cr_assert_eq(onset.loudest, 1.0f);
    cr_assert(!live_onset_step(&onset, HOP, false, false), "silence");
    cr_assert_eq(onset.loudest, 0.0f);
    cr_assert_eq(onset.age_samples, 0u);
}

/* A sound that begins in the middle of a hop was divided by the attack's gain there: its rms is that of what is heard. */
Test(live_onset, behind_an_attack_the_rms_is_of_what_is_heard)
{
    float coded[2u * HOP], windowed[2u * HOP], gain[HOP], share = 0.0f;
    for (uint32_t i = 0; i < HOP; i++) gain[i] = i < 40u ? 1.0f : 8.0f;
    live_onset_frame frame = make_frame(0.5f, 2.0f, coded, windowed);
    frame.gain[1] = gain;
    frame.attack_samples[1] = 40;
    for (uint32_t i = 40; i < HOP; i++) share += window[HOP - 1u - i] * window[HOP - 1u - i] / 64.0f;
    frame.energy = share * 0.25f;
    live_onset onset = {0};
    (void)live_onset_exceeds(&onset, &frame);
    cr_assert_float_eq(onset.loudest, 0.5f, 1e-4f, "%g", (double)onset.loudest);
}

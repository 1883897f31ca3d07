// SPDX-License-Identifier: MIT
// Measures of coded sound on signals whose value is known.
#include <residuum/rsd_dsp.h>

#include "dsp/dsp_support.h"

#include <complex.h>
#include <criterion/criterion.h>
#include <math.h>

#define LENGTH 9600u
#define PI 3.14159265358979323846

static float reference[LENGTH], coded[LENGTH];

static void fill_noise(float *x, float level, uint32_t seed)
{
    for (uint32_t i = 0; i < LENGTH; i++) x[i] = level * test_noise(&seed);
}

static void scale(const float *from, float *to, float factor)
{
    for (uint32_t i = 0; i < LENGTH; i++) to[i] = factor * from[i];
}

Test(measures, nine_tenths_of_the_signal_is_20_dB_from_it)
{
    fill_noise(reference, 0.5f, 1u);
    scale(reference, coded, 0.9f);
    cr_assert_float_eq(rsd_snr_db(reference, coded, LENGTH), 20.0, 1e-4);
    cr_assert_float_eq(rsd_segmental_snr_db(reference, coded, LENGTH, 48000u), 20.0, 1e-4);
    // Every magnitude far above the floor of 1e-3: the difference is -20 log10 0.9 in every bin.
    cr_assert_float_eq(rsd_log_spectral_distance_db(reference, coded, LENGTH), -20.0 * log10(0.9), 1e-3);
}

Test(measures, equal_signals_give_the_limits)
{
    fill_noise(reference, 0.5f, 2u);
    cr_assert_eq(rsd_snr_db(reference, reference, LENGTH), 200.0);
    cr_assert_eq(rsd_segmental_snr_db(reference, reference, LENGTH, 48000u), 35.0);
    cr_assert_eq(rsd_log_spectral_distance_db(reference, reference, LENGTH), 0.0);
}

Test(measures, snr_is_limited_and_has_a_value_for_every_input)
{
    scale(reference, reference, 0.0f);
    fill_noise(coded, 0.5f, 3u);
    cr_assert_eq(rsd_snr_db(reference, coded, LENGTH), -100.0, "sound in place of silence");
    cr_assert_eq(rsd_segmental_snr_db(reference, coded, LENGTH, 48000u), -10.0, "sound in place of silence");
    cr_assert_eq(rsd_log_spectral_distance_db(reference, coded, LENGTH), 0.0, "no frame of the reference counts");
    cr_assert_eq(rsd_snr_db(reference, reference, LENGTH), 200.0, "silence coded as silence");
    cr_assert_eq(rsd_segmental_snr_db(reference, reference, LENGTH, 48000u), 35.0);
    cr_assert_eq(rsd_snr_db(reference, coded, 0u), 200.0, "nothing is equal to nothing");
    cr_assert_eq(rsd_segmental_snr_db(reference, coded, 0u, 48000u), 35.0);
    cr_assert_eq(rsd_log_spectral_distance_db(reference, coded, 0u), 0.0);
    coded[5] = NAN;
    cr_assert_eq(rsd_snr_db(coded, reference, LENGTH), -100.0, "NaN is the worst");
}

Test(measures, a_coded_nan_makes_its_segment_the_worst_and_the_spectral_distance_not_a_number)
{
    fill_noise(reference, 0.3f, 6u);
    scale(reference, coded, 1.0f);
    coded[5] = NAN;
    const double segments = floor(LENGTH / 960.0);
    cr_assert_float_eq(rsd_segmental_snr_db(reference, coded, LENGTH, 48000u), 35.0 - 45.0 / segments, 1e-9);
    cr_assert(isnan(rsd_log_spectral_distance_db(reference, coded, LENGTH)));
}

Test(measures, snr_of_unequal_parts_is_that_of_the_sums)
{
    fill_noise(reference, 0.3f, 4u);
    fill_noise(coded, 0.1f, 5u);
    double signal = 0.0, noise = 0.0;
    for (uint32_t i = 0; i < LENGTH; i++) {
        coded[i] += reference[i];
        signal += pow(reference[i], 2.0);
        noise += pow((double)reference[i] - coded[i], 2.0);
    }
    cr_assert_float_eq(rsd_snr_db(reference, coded, LENGTH), 10.0 * log10(signal) - 10.0 * log10(noise), 1e-9);
}

/* Ten segments of 960 samples: scaled by 0.9 (20 dB), by 3 (-6.02), lost (0), by 30 (clamped to -10), equal (clamped to
 * 35), ... */
Test(measures, segmental_snr_is_the_mean_of_limited_segments_that_are_loud)
{
    const float factors[10] = {0.9f, 3.0f, 0.0f, 30.0f, 1.0f, 0.5f, 0.99f, 0.5f, 0.5f, 0.5f};
    fill_noise(reference, 0.5f, 6u);
    for (uint32_t i = 0; i < LENGTH; i++) {
        // The 8th segment is just below -60 dBFS and the 9th just above: uniform noise of peak p has mean square p^2
        // / 3.
        if (i / 960u == 7u) reference[i] *= 2.0f * 1.6e-3f;
        if (i / 960u == 8u) reference[i] *= 2.0f * 1.9e-3f;
        coded[i] = factors[i / 960u] * reference[i];
    }
    const double half = 20.0 * log10(2.0);
    const double sum = 20.0 - half + 0.0 - 10.0 + 35.0 + half + 35.0 + half + half; // 0.99 is 40 dB: clamped
    cr_assert_float_eq(rsd_segmental_snr_db(reference, coded, LENGTH, 48000u), sum / 9.0, 1e-4);
    // At 16 kHz a segment has 320 samples, thirty of them: each of the above three times.
    cr_assert_float_eq(rsd_segmental_snr_db(reference, coded, LENGTH, 16000u), sum / 9.0, 1e-4);
    // A last half segment does not count.
    cr_assert_float_eq(rsd_segmental_snr_db(reference, coded, 480u + 960u, 48000u), 20.0, 1e-4);
}

/* The header's definition for the frame at `at`, by a direct sum in double precision; false when it does not count. */
static bool direct_frame_distance(uint32_t at, double *distance)
{
    double energy = 0.0, sum = 0.0;
    for (uint32_t k = 0; k <= 512u; k++) {
        double complex a = 0.0, b = 0.0;
        for (uint32_t n = 0; n < 1024u; n++) {
            const double hann = 0.5 - 0.5 * cos(2.0 * PI * n / 1024.0);
            const double complex turn = cexp(-2.0 * PI * I * ((k * n) % 1024u) / 1024.0);
            a += hann * reference[at + n] * turn;
            b += hann * coded[at + n] * turn;
        }
        energy += creal(a) * creal(a) + cimag(a) * cimag(a);
        sum += pow(20.0 * log10(cabs(a) + 1e-3) - 20.0 * log10(cabs(b) + 1e-3), 2.0);
    }
    *distance = sqrt(sum / 513.0);
    return energy > 1e-2;
}

Test(measures, spectral_distance_is_the_direct_sum_of_the_header)
{
    // 1900 samples are the frames at 0, 256, 512 and 768; the first half is too quiet to count in the first frame.
    const uint32_t length = 1900u;
    fill_noise(reference, 0.3f, 7u);
    fill_noise(coded, 0.05f, 8u);
    for (uint32_t i = 0; i < 1024u; i++) reference[i] *= 1e-4f;
    for (uint32_t i = 0; i < length; i++) coded[i] += 0.8f * reference[i];
    double sum = 0.0;
    uint32_t counted = 0u;
    for (uint32_t at = 0; at + 1024u <= length; at += 256u) {
        double distance;
        if (!direct_frame_distance(at, &distance)) continue;
        sum += distance;
        counted++;
    }
    cr_assert_eq(counted, 3u, "the test's own signal: %u frames count", counted);
    const double got = rsd_log_spectral_distance_db(reference, coded, length);
    cr_assert_float_eq(got, sum / counted, 2e-4, "%.6f, not %.6f", got, sum / counted);
}

Test(measures, a_signal_shorter_than_a_frame_is_measured_with_silence_after_it)
{
    fill_noise(reference, 0.3f, 9u);
    fill_noise(coded, 0.3f, 10u);
    for (uint32_t i = 700u; i < 1024u; i++) reference[i] = coded[i] = 0.0f;
    const double padded = rsd_log_spectral_distance_db(reference, coded, 1024u);
    cr_assert_gt(padded, 1.0);
    reference[700] = 1e9f; // beyond the end: must not be read
    cr_assert_eq(rsd_log_spectral_distance_db(reference, coded, 700u), padded);
}

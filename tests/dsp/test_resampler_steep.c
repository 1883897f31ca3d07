// SPDX-License-Identifier: MIT
// The steep filter of any way alone.
#include "support/heap_calls.h"
#include "dsp/resampler_support.h"

#include <math.h>

#define TWO_PI 6.28318530717958647692
#define LENGTH 12000u
#define MOST_RATIO 48u

/* Rates of devices, and those of the codecs that run lower. */
static const struct {
    uint32_t lower_hz, higher_hz;
} pairs[] = {{48000, 96000}, {44100, 88200}, {48000, 192000}, {44100, 176400}, {48000, 88200},
             {16000, 48000}, {16000, 44100}, {24000, 48000},  {24000, 44100},  {16000, 96000},
             {16000, 22050}, {22050, 24000}, {44100, 48000},  {4000, 192000}};
#define PAIRS (sizeof pairs / sizeof *pairs)

static rate_pair rates_of(size_t p, bool up)
{
    return up ? (rate_pair){pairs[p].lower_hz, pairs[p].higher_hz} : (rate_pair){pairs[p].higher_hz, pairs[p].lower_hz};
}
static uint32_t in_hz_of(size_t p, bool up) { return rates_of(p, up).in_hz; }
static uint32_t out_hz_of(size_t p, bool up) { return rates_of(p, up).out_hz; }

static rsd_resampler *make_steep(size_t p, bool up) { return make_resampler(rates_of(p, up), RSD_RESAMPLER_STEEP); }

/*
 * A sine goes in; what comes out, less the sine as it must come out, in dB under it: late by the stated latency, at
 * `gain`. The beginning, where the filter fills, is left out.
 */
static double error_db(size_t p, bool up, double frequency_hz, double gain)
{
    const double in_step = TWO_PI * frequency_hz / in_hz_of(p, up), out_step = TWO_PI * frequency_hz / out_hz_of(p, up);
    rsd_resampler *resampler = make_steep(p, up);
    const double latency = rsd_resampler_latency_out_samples(resampler);
    float *in = dsp_block(LENGTH * sizeof *in), *out = dsp_block((LENGTH * MOST_RATIO + 16u) * sizeof *out);
    for (uint32_t n = 0; n < LENGTH; n++) in[n] = (float)sin(in_step * n);
    const uint32_t given = push_cut(resampler, rates_of(p, up), (cut_input){in, LENGTH, 300u, 1u}, out),
                   from = 2u * (uint32_t)latency + 8u;
    double error = 0.0;
    for (uint32_t k = from; k < given; k++) {
        const double left = out[k] - gain * sin(out_step * (k - latency));
        error += left * left;
    }
    cr_assert_gt(given, from + 100u, "%u to %u: too short to measure", in_hz_of(p, up), out_hz_of(p, up));
    rsd_resampler_destroy(resampler);
    free(in), free(out);
    return 10.0 * log10(error / (given - from) / 0.5 + 1e-30);
}

/* Level and phase at once: 76 dB is 0.0014 dB of level or a 2500th of a sample at 5/12 of the rate. */
Test(resampler_steep, sines_up_to_five_twelfths_of_the_lower_rate_keep_level_and_phase)
{
    static const double shares[] = {0.01, 0.1, 0.25, 0.35, 0.4, 0.4166};
    for (size_t p = 0; p < PAIRS; p++) {
        for (int up = 0; up < 2; up++) {
            for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
                const double left_db = error_db(p, up, shares[s] * pairs[p].lower_hz, 1.0);
                cr_assert_lt(left_db, -76.0, "%u to %u at %.4f of the lower rate: %.1f dB", in_hz_of(p, up),
                             out_hz_of(p, up), shares[s], left_db);
            }
        }
    }
}

Test(resampler_steep, down_nothing_over_the_nyquist_frequency_comes_back_as_an_alias)
{
    static const double shares[] = {0.5005, 0.51, 0.55, 0.62, 0.8, 0.97};
    for (size_t p = 0; p < PAIRS; p++) {
        for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
            const double frequency_hz = shares[s] * pairs[p].lower_hz;
            if (frequency_hz >= 0.5 * pairs[p].higher_hz) continue;
            const double alias_db = error_db(p, false, frequency_hz, 0.0);
            cr_assert_lt(alias_db, -90.0, "%u to %u, a sine at %.1f Hz: %.1f dB", pairs[p].higher_hz, pairs[p].lower_hz,
                         frequency_hz, alias_db);
        }
    }
}

/* The images of a sine lie over the Nyquist frequency of where it came from: all that is not the sine. */
Test(resampler_steep, up_a_sine_near_the_nyquist_frequency_has_no_image)
{
    for (size_t p = 0; p < PAIRS; p++) {
        const double left_db = error_db(p, true, 0.4 * pairs[p].lower_hz, 1.0);
        cr_assert_lt(left_db, -76.0, "%u to %u: %.1f dB", pairs[p].lower_hz, pairs[p].higher_hz, left_db);
    }
}

Test(resampler_steep, each_way_is_no_later_than_libsamplerate_and_as_late_as_its_half_filter)
{
    for (size_t p = 0; p < PAIRS; p++) {
        for (int up = 0; up < 2; up++) {
            rsd_resampler *steep = make_steep(p, up), *medium = NULL;
            cr_assert_eq(rsd_resampler_create(in_hz_of(p, up), out_hz_of(p, up), RSD_RESAMPLER_MEDIUM, &medium),
                         RSD_OK);
            const uint32_t latency = rsd_resampler_latency_out_samples(steep);
            const double half = up ? 35.0 * pairs[p].higher_hz / pairs[p].lower_hz : 35.0;
            cr_assert_leq(latency, rsd_resampler_latency_out_samples(medium), "%u to %u", in_hz_of(p, up),
                          out_hz_of(p, up));
            cr_assert_float_eq(latency, half, 1.0 + (double)out_hz_of(p, up) / in_hz_of(p, up), "%u to %u: %u",
                               in_hz_of(p, up), out_hz_of(p, up), latency);
            rsd_resampler_destroy(steep);
            rsd_resampler_destroy(medium);
        }
    }
}

Test(resampler_steep, cuts_and_a_reset_change_no_sample_and_processing_uses_no_heap)
{
    float *in = dsp_block(LENGTH * sizeof *in), *whole = dsp_block((LENGTH * MOST_RATIO + 16u) * sizeof *whole),
          *cut = dsp_block((LENGTH * MOST_RATIO + 16u) * sizeof *cut);
    uint32_t seed = 5u;
    for (uint32_t n = 0; n < LENGTH; n++) in[n] = test_noise(&seed);
    for (size_t p = 0; p < 2u * PAIRS; p++) {
        const bool up = p % 2u;
        rsd_resampler *resampler = make_steep(p / 2u, up);
        const size_t before = heap_calls();
        const uint32_t given = rsd_resampler_process(resampler, in, LENGTH, whole);
        for (uint32_t most = 1u; most < 2000u; most = 9u * most + 1u) {
            rsd_resampler_reset(resampler);
            cr_assert_eq(push_cut(resampler, rates_of(p / 2u, up), (cut_input){in, LENGTH, most, most}, cut), given);
            cr_assert_arr_eq(cut, whole, given * sizeof *cut, "%u to %u, cuts up to %u", in_hz_of(p / 2u, up),
                             out_hz_of(p / 2u, up), most);
        }
        cr_assert_eq(heap_calls(), before, "%u to %u", in_hz_of(p / 2u, up), out_hz_of(p / 2u, up));
        rsd_resampler_destroy(resampler);
    }
    free(in), free(whole), free(cut);
}

Test(resampler_steep, a_sample_that_is_no_number_leaves_with_the_filter)
{
    static float in[LENGTH], out[LENGTH];
    rsd_resampler *resampler = make_steep(0, false);
    in[63] = NAN;
    in[64] = INFINITY;
    const uint32_t given = rsd_resampler_process(resampler, in, LENGTH, out);
    for (uint32_t k = 32u + 2u * 36u + 2u; k < given; k++)
        cr_assert_eq(out[k], 0.0f, "output %u: %g", k, (double)out[k]);
    rsd_resampler_destroy(resampler);
}

Test(resampler_steep, only_ratios_of_too_many_phases_are_refused)
{
    rsd_resampler *resampler = NULL;
    cr_assert_eq(rsd_resampler_create(48000, 44056, RSD_RESAMPLER_STEEP, &resampler), RSD_ERR_UNSUPPORTED);
    cr_assert_eq(rsd_resampler_create(16001, 48000, RSD_RESAMPLER_STEEP, &resampler), RSD_ERR_UNSUPPORTED);
    cr_assert_eq(rsd_resampler_create(48000, 48000, RSD_RESAMPLER_STEEP, &resampler), RSD_OK);
    cr_assert_eq(rsd_resampler_latency_out_samples(resampler), 0u);
    rsd_resampler_destroy(resampler);
}

// SPDX-License-Identifier: MIT
// libsamplerate's qualities: delay, passband, aliases.
#include "support/heap_calls.h"
#include "dsp/resampler_internal.h"
#include "dsp/resampler_support.h"

#include <math.h>

#define PI 3.14159265358979323846

static const rate_pair pairs[] = {{48000, 44100}, {44100, 48000}, {96000, 48000},  {48000, 96000}, {16000, 48000},
                                  {48000, 16000}, {22050, 44100}, {384000, 48000}, {8000, 48000},  {48000, 48000}};
#define PAIRS (sizeof pairs / sizeof *pairs)
static const char *const quality_names[] = {"fast", "medium", "best"};

/* Room for what `length` input samples give. */
static float *make_output(rate_pair rates, uint32_t length)
{
    return dsp_block((rule_count(rates, length) + 16u) * sizeof(float));
}

/* Where the middle of a bell-shaped pulse comes out, less where it went in, in output samples. */
static double measure_latency(rate_pair rates, rsd_resampler_quality quality, double centre, double width)
{
    rsd_resampler *resampler = make_resampler(rates, quality);
    const uint32_t latency = rsd_resampler_latency_out_samples(resampler);
    const uint32_t length =
        (uint32_t)(centre + 8.0 * width + 2.0 * latency * rates.in_hz / rates.out_hz) + 2u * rates.in_hz / 1000u;
    float *in = dsp_block(length * sizeof *in), *out = make_output(rates, length);
    for (uint32_t n = 0; n < length; n++) in[n] = (float)exp(-0.5 * pow((n - centre) / width, 2.0));
    const uint32_t given = push_cut(resampler, rates, (cut_input){in, length, 300u, 1u}, out);
    double mass = 0.0, moment = 0.0;
    for (uint32_t k = 0; k < given; k++) mass += out[k], moment += (double)k * out[k];
    rsd_resampler_destroy(resampler);
    free(out), free(in);
    return moment / mass - centre * rates.out_hz / rates.in_hz;
}

Test(resampler, a_pulse_comes_out_late_by_the_latency_it_states)
{
    for (size_t p = 0; p < PAIRS; p++) {
        const double ratio = (double)pairs[p].in_hz / pairs[p].out_hz;
        const double width = 10.0 * (ratio > 1.0 ? ratio : 1.0);
        for (int q = RSD_RESAMPLER_FAST; q <= RSD_RESAMPLER_BEST; q++) {
            rsd_resampler *resampler = make_resampler(pairs[p], (rsd_resampler_quality)q);
            const double stated = rsd_resampler_latency_out_samples(resampler);
            rsd_resampler_destroy(resampler);
            for (int i = 0; i < 3; i++) {
                const double centre = 8.0 * width + 211.37 * i;
                const double measured = measure_latency(pairs[p], (rsd_resampler_quality)q, centre, width);
                cr_assert_float_eq(measured, stated, 0.01, "%u to %u %s: %.4f, stated %.0f", pairs[p].in_hz,
                                   pairs[p].out_hz, quality_names[q], measured, stated);
            }
        }
    }
}

/* SNR of a sine against the same sine computed at the output rate, late by the stated latency. */
static double sine_snr_db(rate_pair rates, rsd_resampler_quality quality, double frequency_hz, uint32_t most)
{
    rsd_resampler *resampler = make_resampler(rates, quality);
    const uint32_t latency = rsd_resampler_latency_out_samples(resampler);
    const uint32_t length = rates.in_hz / 5u;
    float *in = dsp_block(length * sizeof *in), *out = make_output(rates, length);
    for (uint32_t n = 0; n < length; n++) in[n] = (float)(0.7 * sin(2.0 * PI * frequency_hz * n / rates.in_hz));
    const uint32_t given = push_cut(resampler, rates, (cut_input){in, length, most, 9u}, out);
    double signal = 0.0, noise = 0.0;
    for (uint32_t k = 2u * latency + 8u; k < given; k++) { // past the filter's start
        const double want = 0.7 * sin(2.0 * PI * frequency_hz * ((double)k - latency) / rates.out_hz);
        signal += want * want;
        noise += (out[k] - want) * (out[k] - want);
    }
    rsd_resampler_destroy(resampler);
    free(out), free(in);
    cr_assert_gt(signal, 1.0, "%u to %u: no sine left to measure", rates.in_hz, rates.out_hz);
    return 10.0 * log10(signal / (noise + 1e-30));
}

/* The passband, as a share of the lower rate, is each quality's own: what BEST still carries, FAST has begun to take
 * out. */
Test(resampler, sines_in_the_passband_keep_their_phase_and_level)
{
    const double passband[] = {0.30, 0.40, 0.45}, least_db[] = {90.0, 90.0, 120.0};
    for (size_t p = 0; p < PAIRS; p++) {
        const double lower_hz = pairs[p].in_hz < pairs[p].out_hz ? pairs[p].in_hz : pairs[p].out_hz;
        for (int q = RSD_RESAMPLER_FAST; q <= RSD_RESAMPLER_BEST; q++) {
            const double shares[] = {0.02, 0.11, passband[q]};
            for (int s = 0; s < 3; s++) {
                const double snr = sine_snr_db(pairs[p], (rsd_resampler_quality)q, shares[s] * lower_hz, 480u);
                cr_assert_gt(snr, least_db[q], "%u to %u %s at %.2f of the rate: %.1f dB", pairs[p].in_hz,
                             pairs[p].out_hz, quality_names[q], shares[s], snr);
            }
        }
    }
}

/* A sine above the lower rate's half must not come back as another tone. */
Test(resampler, what_the_output_rate_cannot_carry_is_taken_out)
{
    const rate_pair rates = {48000, 16000};
    rsd_resampler *resampler = make_resampler(rates, RSD_RESAMPLER_BEST);
    static float in[9600], out[3208];
    for (int n = 0; n < 9600; n++) in[n] = (float)sin(2.0 * PI * 11000.0 * n / 48000.0);
    const uint32_t given = push_cut(resampler, rates, (cut_input){in, 9600u, 64u, 2u}, out);
    double energy = 0.0;
    for (uint32_t k = 800u; k < given; k++) energy += (double)out[k] * out[k];
    const double level_db = 10.0 * log10(energy / (given - 800u) / 0.5 + 1e-30);
    cr_assert_lt(level_db, -90.0, "alias at %.1f dB", level_db);
    rsd_resampler_destroy(resampler);
}

Test(resampler, the_same_input_cut_in_other_blocks_gives_the_same_samples)
{
    const uint32_t length = 20000u, cuts[] = {1u, 2u, 7u, 64u, 65u, 1000u, 20000u};
    float *in = dsp_block(length * sizeof *in);
    uint32_t seed = 77u;
    for (uint32_t n = 0; n < length; n++) in[n] = test_noise(&seed);
    for (size_t p = 0; p < PAIRS; p++) {
        const rsd_resampler_quality quality = (rsd_resampler_quality)(p % 3u);
        float *whole = make_output(pairs[p], length), *cut = make_output(pairs[p], length);
        rsd_resampler *resampler = make_resampler(pairs[p], quality);
        const uint32_t given = rsd_resampler_process(resampler, in, length, whole);
        cr_assert_eq(given, rule_count(pairs[p], length));
        for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
            rsd_resampler_reset(resampler); // a reset one is as good as a new one
            cr_assert_eq(push_cut(resampler, pairs[p], (cut_input){in, length, cuts[c], 3u + (uint32_t)c}, cut), given);
            for (uint32_t k = 0; k < given; k++)
                cr_assert_eq(cut[k], whole[k], "%u to %u %s, cuts up to %u, output %u: %.9g, not %.9g", pairs[p].in_hz,
                             pairs[p].out_hz, quality_names[quality], cuts[c], k, cut[k], whole[k]);
        }
        rsd_resampler_destroy(resampler);
        free(cut), free(whole);
    }
    free(in);
}

Test(resampler, a_reset_one_gives_the_samples_of_a_new_one)
{
    const rate_pair rates = {44100, 48000};
    static float in[5000], fresh[5500], again[5500];
    uint32_t seed = 6u;
    for (int n = 0; n < 5000; n++) in[n] = test_noise(&seed);
    rsd_resampler *resampler = make_resampler(rates, RSD_RESAMPLER_MEDIUM);
    const uint32_t given = rsd_resampler_process(resampler, in, 5000u, fresh);
    rsd_resampler_process(resampler, in, 1237u, again);
    rsd_resampler_reset(resampler);
    cr_assert_eq(rsd_resampler_process(resampler, in, 5000u, again), given);
    for (uint32_t k = 0; k < given; k++) cr_assert_eq(again[k], fresh[k], "output %u", k);
    rsd_resampler_destroy(resampler);
}

/*
 * Pushes ones: after the filter's start every output is one, unless the FIFO ran dry and a zero was put in. The least
 * that lies in the FIFO is what the latency has too much: it may be the margin of one input sample, and rounding.
 */
static void check_prefill(rate_pair rates, rsd_resampler_quality quality, uint32_t most, uint32_t length)
{
    rsd_resampler *resampler = make_resampler(rates, quality);
    const uint32_t settled = 2u * rsd_resampler_latency_out_samples(resampler) + 8u;
    const uint32_t room = rsd_resampler_max_out(resampler, most), margin = rsd_resampler_max_out(resampler, 1u);
    float *in = dsp_block(most * sizeof *in), *out = dsp_block((room + 1u) * sizeof *out);
    uint32_t seed = rates.in_hz ^ rates.out_hz, least = UINT32_MAX;
    uint64_t given = 0u;
    for (uint32_t i = 0; i < most; i++) in[i] = 1.0f;
    for (uint32_t at = 0; at < length;) {
        const uint32_t count = test_between(&seed, 1u, most);
        const uint32_t got = rsd_resampler_process(resampler, in, count, out);
        at += count;
        for (uint32_t k = 0; k < got; k++) {
            if (given++ < settled) continue;
            cr_assert_float_eq(out[k], 1.0f, 2e-3, "%u to %u %s, output %llu: %g", rates.in_hz, rates.out_hz,
                               quality_names[quality], (unsigned long long)given, out[k]);
        }
        if (resampler->fifo_count < least) least = resampler->fifo_count;
    }
    cr_assert_gt(given, settled, "%u to %u: too short to measure", rates.in_hz, rates.out_hz);
    cr_assert_leq(least, margin + 1u, "%u to %u %s: latency longer than needed by %u", rates.in_hz, rates.out_hz,
                  quality_names[quality], least);
    rsd_resampler_destroy(resampler);
    free(out), free(in);
}

Test(resampler, never_runs_dry_and_is_no_later_than_it_must_be)
{
    const rate_pair odd[] = {{44100, 44099}, {44099, 44100}, {47999, 48000}, {11025, 48000},
                             {48000, 11025}, {44056, 48000}, {192000, 44100}};
    for (size_t p = 0; p + 1u < PAIRS; p++) { // the last pair is a copy, without a FIFO
        check_prefill(pairs[p], RSD_RESAMPLER_FAST, 1u, 50000u);
        check_prefill(pairs[p], RSD_RESAMPLER_FAST, 200u, 100000u);
    }
    for (size_t p = 0; p < sizeof odd / sizeof *odd; p++) check_prefill(odd[p], RSD_RESAMPLER_FAST, 1u, 50000u);
    uint32_t seed = 41u;
    for (int i = 0; i < 30; i++) {
        const rate_pair rates = {test_between(&seed, 4000u, 200000u), test_between(&seed, 4000u, 200000u)};
        check_prefill(rates, (rsd_resampler_quality)(i % 3), 1u + (uint32_t)(i % 2) * 99u, 10000u);
    }
    check_prefill((rate_pair){768000, 4000}, RSD_RESAMPLER_FAST, 100u, 100000u);
    check_prefill((rate_pair){4000, 768000}, RSD_RESAMPLER_FAST, 3u, 200u);
}

Test(resampler, processing_and_reset_use_no_heap)
{
    static float in[1000], out[6100];
    for (size_t p = 0; p < PAIRS; p++) {
        const size_t before_setup = heap_calls();
        rsd_resampler *resampler = make_resampler(pairs[p], RSD_RESAMPLER_MEDIUM);
        cr_assert_gt(heap_calls(), before_setup, "setup was not counted: nothing is");
        const size_t before = heap_calls();
        for (int i = 0; i < 20; i++) {
            rsd_resampler_process(resampler, in, 1000u - (uint32_t)i, out);
            rsd_resampler_process(resampler, in, 1u, out);
        }
        rsd_resampler_reset(resampler);
        rsd_resampler_process(resampler, in, 1000u, out);
        cr_assert_eq(heap_calls(), before, "%u to %u", pairs[p].in_hz, pairs[p].out_hz);
        rsd_resampler_destroy(resampler);
    }
}

Test(resampler, a_sample_that_is_no_number_leaves_with_the_filter)
{
    const rate_pair rates = {48000, 44100};
    static float in[6000], out[6000];
    rsd_resampler *resampler = make_resampler(rates, RSD_RESAMPLER_FAST);
    in[0] = NAN;
    in[1] = INFINITY;
    const uint32_t given = rsd_resampler_process(resampler, in, 6000u, out);
    for (uint32_t k = 2u * rsd_resampler_latency_out_samples(resampler) + 2u; k < given; k++)
        cr_assert_eq(out[k], 0.0f, "output %u: %g", k, out[k]);
    rsd_resampler_destroy(resampler);
}

Test(resampler, equal_rates_copy_without_delay)
{
    const float in[5] = {1.0f, -2.0f, 3.5f, 0.1f, -0.7f};
    float out[5];
    rsd_resampler *resampler = make_resampler((rate_pair){44100, 44100}, RSD_RESAMPLER_BEST);
    cr_assert_eq(rsd_resampler_latency_out_samples(resampler), 0u);
    cr_assert_eq(rsd_resampler_max_out(resampler, 5u), 5u);
    cr_assert_eq(rsd_resampler_process(resampler, in, 5u, out), 5u);
    for (int i = 0; i < 5; i++) cr_assert_eq(out[i], in[i], "sample %d", i);
    rsd_resampler_destroy(resampler);
}

Test(resampler, the_most_outputs_of_a_push_are_reached_and_not_passed)
{
    const rate_pair rates = {44100, 48000};
    rsd_resampler *resampler = make_resampler(rates, RSD_RESAMPLER_FAST);
    static float in[64], out[128];
    for (uint32_t count = 1u; count <= 64u; count++) {
        uint32_t most = 0u;
        for (int i = 0; i < 200; i++) {
            const uint32_t got = rsd_resampler_process(resampler, in, count, out);
            if (got > most) most = got;
        }
        cr_assert_eq(most, rsd_resampler_max_out(resampler, count), "pushes of %u", count);
    }
    cr_assert_eq(rsd_resampler_max_out(resampler, 0u), 0u);
    cr_assert_eq(rsd_resampler_max_out(resampler, UINT32_MAX), UINT32_MAX, "limited");
    rsd_resampler_destroy(resampler);
}

Test(resampler, create_refuses_what_the_header_excludes)
{
    rsd_resampler *resampler = NULL;
    cr_assert_eq(rsd_resampler_create(3999u, 48000u, RSD_RESAMPLER_FAST, &resampler), RSD_ERR_ARG);
    cr_assert_eq(rsd_resampler_create(48000u, 3999u, RSD_RESAMPLER_FAST, &resampler), RSD_ERR_ARG);
    cr_assert_eq(rsd_resampler_create(768001u, 48000u, RSD_RESAMPLER_FAST, &resampler), RSD_ERR_ARG);
    cr_assert_eq(rsd_resampler_create(48000u, 768001u, RSD_RESAMPLER_FAST, &resampler), RSD_ERR_ARG);
    cr_assert_eq(rsd_resampler_create(48000u, 44100u, (rsd_resampler_quality)9, &resampler), RSD_ERR_ARG);
    cr_assert_eq(rsd_resampler_create(48000u, 44100u, RSD_RESAMPLER_FAST, NULL), RSD_ERR_ARG);
    cr_assert_null(resampler, "written although create failed");
    rsd_resampler_destroy(NULL);
}

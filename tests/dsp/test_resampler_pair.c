// SPDX-License-Identifier: MIT
// The pair of filters up and down again.
#include "support/heap_calls.h"
#include "dsp/resampler_support.h"

#include <math.h>

static const struct {
    uint32_t lower_hz, higher_hz, higher_step;
} pairs[] = {{32000, 48000, 3}, {16000, 48000, 3},  {8000, 48000, 6},  {24000, 48000, 2},
             {22050, 44100, 2}, {37800, 48000, 80}, {4000, 192000, 48}};
#define PAIRS (sizeof pairs / sizeof *pairs)

static rsd_resampler *make_pair(uint32_t in_hz, uint32_t out_hz)
{
    return make_resampler((rate_pair){in_hz, out_hz}, RSD_RESAMPLER_PAIR);
}

static float *white_noise(uint32_t length)
{
    float *noise = dsp_block(length * sizeof *noise);
    uint32_t seed = 5u;
    for (uint32_t n = 0; n < length; n++) noise[n] = test_noise(&seed);
    return noise;
}

/* White noise, all of the band up to the lower rate's Nyquist frequency, up and down again. */
Test(resampler_pair, up_and_down_again_is_the_identity)
{
    for (size_t p = 0; p < PAIRS; p++) {
        const uint32_t lower = pairs[p].lower_hz, higher = pairs[p].higher_hz, length = 6000u;
        float *in = white_noise(length),
              *middle = dsp_block(((uint64_t)length * higher / lower + 16u) * sizeof *middle);
        float *out = dsp_block((length + 16u) * sizeof *out);
        rsd_resampler *up = make_pair(lower, higher), *down = make_pair(higher, lower);
        const uint32_t up_delay = rsd_resampler_latency_out_samples(up), skip = up_delay % pairs[p].higher_step;
        const uint32_t delay =
            (up_delay - skip) / pairs[p].higher_step * (uint32_t)((uint64_t)lower * pairs[p].higher_step / higher) +
            rsd_resampler_latency_out_samples(down);
        const uint32_t count = push_cut(up, (rate_pair){lower, higher}, (cut_input){in, length, 100u, 1u}, middle);
        const uint32_t given =
            push_cut(down, (rate_pair){higher, lower}, (cut_input){middle + skip, count - skip, 100u, 2u}, out);
        double signal = 0.0, error = 0.0;
        for (uint32_t k = 2u * delay; k < given; k++) {
            signal += (double)in[k - delay] * in[k - delay];
            error += ((double)out[k] - in[k - delay]) * ((double)out[k] - in[k - delay]);
        }
        const double snr_db = 10.0 * log10(signal / error);
        cr_assert_gt(snr_db, 78.0, "%u and %u Hz: %.1f dB", lower, higher, snr_db);
        rsd_resampler_destroy(up);
        rsd_resampler_destroy(down);
        free(in), free(middle), free(out);
    }
}

/* Where the middle of a bell-shaped pulse comes out, less where it went in, in output samples. */
static double pulse_delay(rsd_resampler *resampler, uint32_t in_hz, uint32_t out_hz)
{
    const double width = 6.0 * (in_hz > out_hz ? (double)in_hz / out_hz : 1.0), centre = 8.0 * width + 11.37;
    const uint32_t length = 6000u;
    float *in = dsp_block(length * sizeof *in), *out = dsp_block((length * 48u + 16u) * sizeof *out);
    for (uint32_t n = 0; n < length; n++) in[n] = (float)exp(-0.5 * pow((n - centre) / width, 2.0));
    const uint32_t given = push_cut(resampler, (rate_pair){in_hz, out_hz}, (cut_input){in, length, 300u, 3u}, out);
    double mass = 0.0, moment = 0.0;
    for (uint32_t k = 0; k < given; k++) mass += out[k], moment += (double)k * out[k];
    free(in), free(out);
    return moment / mass - centre * out_hz / in_hz;
}

Test(resampler_pair, each_way_is_late_by_the_latency_it_states_and_by_less_than_medium)
{
    for (size_t p = 0; p < 2u * PAIRS; p++) {
        const bool is_up = p % 2u;
        const uint32_t in_hz = is_up ? pairs[p / 2u].lower_hz : pairs[p / 2u].higher_hz;
        const uint32_t out_hz = is_up ? pairs[p / 2u].higher_hz : pairs[p / 2u].lower_hz;
        rsd_resampler *resampler = make_pair(in_hz, out_hz), *medium = NULL;
        const double stated = rsd_resampler_latency_out_samples(resampler);
        const double measured = pulse_delay(resampler, in_hz, out_hz);
        const double slack = 0.002 * out_hz / in_hz; /* of a pulse in floats */
        cr_assert_float_eq(measured, stated, 0.01 + slack, "%u to %u: %.4f, stated %.0f", in_hz, out_hz, measured,
                           stated);
        cr_assert_eq(rsd_resampler_create(in_hz, out_hz, RSD_RESAMPLER_MEDIUM, &medium), RSD_OK);
        cr_assert_lt(stated, 0.6 * rsd_resampler_latency_out_samples(medium), "%u to %u", in_hz, out_hz);
        rsd_resampler_destroy(resampler);
        rsd_resampler_destroy(medium);
    }
}

Test(resampler_pair, cuts_and_a_reset_change_no_sample_and_processing_uses_no_heap)
{
    const uint32_t length = 5000u;
    float *in = white_noise(length);
    for (size_t p = 0; p < PAIRS; p++) {
        const uint32_t in_hz = pairs[p].lower_hz, out_hz = pairs[p].higher_hz;
        float *whole = dsp_block((length * 48u + 16u) * sizeof *whole),
              *cut = dsp_block((length * 48u + 16u) * sizeof *cut);
        rsd_resampler *resampler = make_pair(in_hz, out_hz);
        const size_t before = heap_calls();
        const uint32_t given = rsd_resampler_process(resampler, in, length, whole);
        for (uint32_t most = 1u; most < 2000u; most = 3u * most + 1u) {
            rsd_resampler_reset(resampler);
            cr_assert_eq(push_cut(resampler, (rate_pair){in_hz, out_hz}, (cut_input){in, length, most, most}, cut),
                         given);
            cr_assert_arr_eq(cut, whole, given * sizeof *cut, "%u to %u, cuts up to %u", in_hz, out_hz, most);
        }
        cr_assert_eq(heap_calls(), before, "%u to %u", in_hz, out_hz);
        rsd_resampler_destroy(resampler);
        free(whole), free(cut);
    }
    free(in);
}

Test(resampler_pair, a_sample_that_is_no_number_leaves_with_the_filter)
{
    static float in[3000], out[9100];
    rsd_resampler *resampler = make_pair(16000, 48000);
    in[63] = NAN;
    in[64] = INFINITY;
    const uint32_t given = rsd_resampler_process(resampler, in, 3000u, out);
    for (uint32_t k = 3u * (64u + 60u); k < given; k++) cr_assert_eq(out[k], 0.0f, "output %u: %g", k, (double)out[k]);
    rsd_resampler_destroy(resampler);
}

Test(resampler_pair, rates_that_are_too_near_or_too_odd_are_refused)
{
    rsd_resampler *resampler = NULL;
    cr_assert_eq(rsd_resampler_create(44100, 48000, RSD_RESAMPLER_PAIR, &resampler), RSD_ERR_UNSUPPORTED);
    cr_assert_eq(rsd_resampler_create(48000, 44100, RSD_RESAMPLER_PAIR, &resampler), RSD_ERR_UNSUPPORTED);
    cr_assert_eq(rsd_resampler_create(16001, 48000, RSD_RESAMPLER_PAIR, &resampler), RSD_ERR_UNSUPPORTED);
    cr_assert_eq(rsd_resampler_create(48000, 48000, RSD_RESAMPLER_PAIR, &resampler), RSD_OK);
    cr_assert_eq(rsd_resampler_latency_out_samples(resampler), 0u);
    rsd_resampler_destroy(resampler);
}

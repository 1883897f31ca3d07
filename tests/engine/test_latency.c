// SPDX-License-Identifier: MIT
// The stated latency, to the sample, at every rate.
#include "engine_support.h"

#include "engine/instance_internal.h"
#include "support/correlation.h"

#include <stdio.h>

#define COUNT 48000u
static void assert_latency(uint32_t rate_hz, double tolerance)
{
    rsd_engine *engine = make_engine(rate_hz, 1);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    const uint32_t latency = latency_of(engine);
    test_fill_low_noise(in, COUNT, rate_hz);
    run_blocks(engine, in, out, COUNT, 0);
    const double noise_peak = test_correlation_peak(in, out, COUNT, latency);
    cr_assert_float_eq(noise_peak, (double)latency, tolerance, "%u Hz: noise comes %.3f samples late, stated are %u",
                       rate_hz, noise_peak, latency);

    memset(in, 0, COUNT * sizeof *in);
    for (uint32_t i = 2000; i < COUNT; i += 5003) in[i] = 0.9f;
    rsd_engine_reset(engine);
    run_blocks(engine, in, out, COUNT, 0);
    const double click_peak = test_correlation_peak(in, out, COUNT, latency);
    cr_assert_float_eq(click_peak, (double)latency, 0.5, "%u Hz: clicks come %.3f samples late, stated are %u", rate_hz,
                       click_peak, latency);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(latency, sound_comes_out_after_the_stated_latency_to_the_sample_where_the_codec_runs_at_the_rate)
{
    assert_latency(48000, 0.02);
    assert_latency(44100, 0.02);
}

Test(latency, sound_comes_out_after_the_stated_latency_to_the_sample_with_resampling)
{
    static const uint32_t rates[] = {96000, 88200, 192000, 32000, 22050, 16000, 8000};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) assert_latency(rates[r], 0.2);
}

Test(latency, the_parts_add_up_and_live_adds_two_hops_alone)
{
    static const uint32_t rates[] = {48000, 44100, 96000, 16000, 11025};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        for (int threaded = 0; threaded < 2; threaded++) {
            rsd_engine *engine =
                make_engine_of("live", rates[r], 1, threaded ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE);
            const rsd_codec_info info = codec_of(engine);
            rsd_engine_latency latency;
            rsd_engine_get_latency(engine, &latency);
            cr_assert_eq(latency.total_samples,
                         latency.codec_samples + latency.resampler_samples + latency.schedule_samples);
            cr_assert_eq(latency.schedule, threaded ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE);
            cr_assert_eq(latency.schedule_samples > 0u, threaded != 0);
            if (info.sample_rate_hz == rates[r]) {
                cr_assert_eq(latency.codec_samples, 2u * info.hop_samples);
                cr_assert_eq(latency.resampler_samples, 0u);
                if (threaded) cr_assert_eq(latency.schedule_samples, info.hop_samples);
            } else {
                cr_assert_gt(latency.resampler_samples, 0u);
            }
            rsd_engine_destroy(engine);
        }
    }
}

/* Codec 48 kHz, hop 128, latency 256; resamplers of 95 samples. */
Test(latency, a_plan_with_resampling_is_a_whole_number_of_samples_at_both_rates)
{
    static const uint32_t rates[] = {96000, 192000, 32000, 16000, 8000, 50000, 64000, 384000};
    rsd_codec_info info = {.sample_rate_hz = 48000, .hop_samples = 128, .latency_samples = 256};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        for (uint32_t in_delay = 90; in_delay < 100; in_delay++) {
            const engine_instance_latency plan =
                engine_instance_plan_latency(&info, rates[r], RSD_SCHEDULE_INLINE, in_delay, 95);
            const uint64_t codec_part = in_delay + 256u + plan.align_samples;
            cr_assert_eq(codec_part * rates[r] % 48000u, 0u, "%u Hz", rates[r]);
            cr_assert_eq(plan.total_samples, codec_part * rates[r] / 48000u + 95u + plan.prefill_samples);
        }
    }
}

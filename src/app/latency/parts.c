// SPDX-License-Identifier: MIT
// What a latency is made of, a line each.
#include "app/latency/parts.h"

#include <stdio.h>

static void print_part(const char *name, uint32_t samples, uint32_t sample_rate_hz, const char *why)
{
    printf("  %-13s %6u samples %8.2f ms  %s\n", name, samples, 1e3 * samples / sample_rate_hz, why);
}

void app_print_latency(const rsd_engine_latency *latency, const rsd_codec_info *codec, uint32_t sample_rate_hz,
                       int64_t device_samples)
{
    char why[96];
    snprintf(why, sizeof why, "frames of %u at %u Hz", codec->hop_samples, codec->sample_rate_hz);
    print_part("codec", latency->codec_samples, sample_rate_hz, why);
    print_part("resampler", latency->resampler_samples, sample_rate_hz,
               latency->resampler_samples > 0u ? "to the codec's rate and back" : "the codec runs at this rate");
    print_part("threaded hop", latency->schedule_samples, sample_rate_hz,
               latency->schedule == RSD_SCHEDULE_THREADED ? "coded by a worker, one frame behind" : "coded inline");
    if (device_samples >= 0) print_part("device", (uint32_t)device_samples, sample_rate_hz, "as it says itself");
}

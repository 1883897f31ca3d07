// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_H
#define APP_LATENCY_H

#include <residuum/rsd_engine.h>

/*
 * What a latency is made of, a line each on standard output: the codec, the resampler, the threaded hop.
 * device_samples  of the sound device; negative: there is none, and no line
 */
void app_print_latency(const rsd_engine_latency *latency, const rsd_codec_info *codec, uint32_t sample_rate_hz,
                       int64_t device_samples);

#endif

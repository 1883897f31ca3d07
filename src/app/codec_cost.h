// SPDX-License-Identifier: MIT
#ifndef APP_CODEC_COST_H
#define APP_CODEC_COST_H

#include <residuum/rsd_engine.h>

/* What a codec is like on this machine, in an engine of one channel with all levels. */
typedef struct {
    double codec_ms;            /* processor time of a frame: coding and decoding alone */
    double total_ms;            /* with the resampler from the engine's rate and back */
    rsd_engine_latency latency; /* from input to output at the engine's rate, as `live` would schedule it */
} app_codec_cost;

/*
 * Measures `model` at sample_rate_hz; the schedule is what `live` picks in blocks of block_samples. Errors: those of
 * rsd_engine_create. `*cost` is written only on RSD_OK. Cost: some 100 frames. Thread: [control]
 */
RSD_NODISCARD rsd_status app_codec_cost_measure(rsd_model *model, uint32_t sample_rate_hz, uint32_t block_samples,
                                                app_codec_cost *cost, rsd_error *error);

#endif

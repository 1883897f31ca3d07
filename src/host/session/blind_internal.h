// SPDX-License-Identifier: MIT
#ifndef HOST_BLIND_INTERNAL_H
#define HOST_BLIND_INTERNAL_H

#include "host/session/blind.h"

#include <residuum/rsd_dsp.h>

#define HOST_BLIND_FADE_S 0.01
#define HOST_BLIND_PART_SAMPLES 512u

struct host_blind {
    uint32_t channel_count, latency_samples, fade_samples;
    rsd_engine *engines[2];
    rsd_delay *delays[2][RSD_ENGINE_MAX_CHANNELS]; /* NULL behind the channels; each lies at the start of its block */
    /* audio's own */
    uint64_t playing;
    uint32_t fade_at; /* of the change that is under way: 0 to 2 fade_samples; from there on none is */
    float sound[2][RSD_ENGINE_MAX_CHANNELS][HOST_BLIND_PART_SAMPLES];
};

#endif

// SPDX-License-Identifier: MIT
// Noise and restoring gain. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/fill.h"

#include "codec/live/tuning.h"

#include <residuum/rsd_dsp.h>

#include <string.h>

/* Uniform in +-sqrt(3): variance 1. */
static float next_noise(uint32_t *state)
{
    *state = *state * LIVE_NOISE_MULTIPLIER + LIVE_NOISE_INCREMENT;
    return (float)(int32_t)*state * (1.7320508f / 2147483648.0f);
}

/* Adds noise to a sub-band, as steep as its model wants it. */
static void add_noise(uint32_t width, const float *slope_log2, float amplitude, uint32_t *noise, float *subband)
{
    float slope[LIVE_MAX_HOP];
    memcpy(slope, slope_log2, width * sizeof *slope);
    rsd_exp2f_each(slope, width);
    for (uint32_t i = 0; i < width; i++) subband[i] += amplitude * slope[i] * next_noise(noise);
}

void live_fill_subbands(const live_model *model, const live_scaling *scaling, const live_fill *fill,
                        const live_fill_amounts *amounts, uint32_t *noise, float *sum)
{
    const uint32_t width = model->shape.subband_width;
    for (uint32_t c = 0; c < model->shape.subband_count; c++) {
        float *subband = sum + c * width;
        const float gain = 1.0f + amounts->restore * (fill[c].restore - 1.0f);
        for (uint32_t i = 0; i < width; i++) subband[i] *= gain;
        if (fill[c].noise != 0.0f)
            add_noise(width, scaling->slope_log2 + c * width, amounts->noise * fill[c].noise, noise, subband);
    }
}

// SPDX-License-Identifier: MIT
// The limiter. Nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/limiter.h"

#include <residuum/rsd_dsp.h>

#include <math.h>

#define AS_GOOD_AS_NONE 1e-4f /* 0.001 dB */
#define LOG2_E 1.44269504f

void limiter_init(limiter *self, uint32_t sample_rate_hz)
{
    self->keep = rsd_exp2f(-LOG2_E * 1000.0f / (LIMITER_RELEASE_MS * (float)sample_rate_hz));
    limiter_reset(self);
}

void limiter_reset(limiter *self) { self->reduction = 0.0f; }

static float peak_at(float *const *channels, uint32_t channel_count, uint32_t at)
{
    float peak = 0.0f;
    for (uint32_t c = 0; c < channel_count; c++) {
        const float magnitude = fabsf(channels[c][at]);
        peak = magnitude > peak ? magnitude : peak;
    }
    return peak;
}

/* Rounded down by the ceiling itself: the product of two roundings may lie a bit above it. */
static float under_ceiling(float x)
{
    x = x > LIMITER_CEILING ? LIMITER_CEILING : x;
    return x < -LIMITER_CEILING ? -LIMITER_CEILING : x;
}

float limiter_process(limiter *self, float *const *channels, uint32_t channel_count, uint32_t offset,
                      uint32_t sample_count, bool is_on)
{
    float reduction = self->reduction, most = 0.0f;
    if (!is_on && reduction == 0.0f) return 1.0f;
    for (uint32_t i = offset; i < offset + sample_count; i++) {
        const float peak = is_on ? peak_at(channels, channel_count, i) : 0.0f;
        const float needed = peak > LIMITER_CEILING ? 1.0f - LIMITER_CEILING / peak : 0.0f;
        reduction = reduction > AS_GOOD_AS_NONE ? reduction * self->keep : 0.0f;
        if (needed > reduction) reduction = needed;
        if (reduction > most) most = reduction;
        if (reduction == 0.0f) continue;
        for (uint32_t c = 0; c < channel_count; c++) {
            const float turned_down = channels[c][i] * (1.0f - reduction);
            channels[c][i] = is_on ? under_ceiling(turned_down) : turned_down;
        }
    }
    self->reduction = reduction;
    return 1.0f - most;
}

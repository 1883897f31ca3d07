// SPDX-License-Identifier: MIT
// Real-time half of the paired filter: nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/resampler_internal.h"

#include <string.h>

/* Lanes are summed by themselves, so that compilers need not reorder a sum to use vectors. */
static float product_sum(const float *taps, const float *samples, uint32_t count)
{
    float lanes[RESAMPLER_LANES] = {0}, sum = 0.0f;
    for (uint32_t i = 0; i < count; i += RESAMPLER_LANES) {
        for (uint32_t l = 0; l < RESAMPLER_LANES; l++) lanes[l] += taps[i + l] * samples[i + l];
    }
    for (uint32_t l = 0; l < RESAMPLER_LANES; l++) sum += lanes[l];
    return sum;
}

void rsd_resampler_pair_process(rsd_resampler *self, const float *in, uint32_t in_count, float *out, uint32_t out_count)
{
    resampler_pair *pair = &self->pair;
    const int64_t out_step = self->out_step;
    memcpy(pair->recent + pair->past, in, in_count * sizeof *in);
    for (uint32_t k = 0; k < out_count; k++, pair->position += self->in_step) {
        const int64_t late = pair->position + (int64_t)pair->past * out_step; /* not negative */
        const uint32_t end = (uint32_t)(late / out_step) + pair->half + 1u, phase = (uint32_t)(late % out_step);
        const float *taps = pair->taps + (size_t)phase * pair->stride;
        out[k] = product_sum(taps, pair->recent + end - pair->stride, pair->stride);
    }
    pair->position -= (int64_t)in_count * out_step;
    memmove(pair->recent, pair->recent + in_count, pair->past * sizeof *in);
}

void rsd_resampler_pair_reset(rsd_resampler *self)
{
    memset(self->pair.recent, 0, self->pair.past * sizeof *self->pair.recent);
    self->pair.position = -(int64_t)self->latency_samples * self->in_step;
}

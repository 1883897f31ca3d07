// SPDX-License-Identifier: MIT
// Tables of the polyphase resampler: one filter a phase.
#include "dsp/resampler_internal.h"

#include <stdlib.h>

#define MOST_PHASES 512u

static bool suits(const resampler_design *design, uint32_t in_step, uint32_t out_step)
{
    const uint32_t lower = in_step < out_step ? in_step : out_step, higher = in_step < out_step ? out_step : in_step;
    return (double)higher >= design->least_ratio * lower && in_step <= MOST_PHASES && out_step <= MOST_PHASES;
}

static void fill_phase(const rsd_resampler *self, const resampler_design *design, uint32_t phase, float *taps)
{
    const double lower_per_in = self->out_step < self->in_step ? (double)self->out_step / self->in_step : 1.0;
    const uint32_t count = 2u * self->polyphase.half + 1u;
    for (uint32_t i = 0; i < count; i++) {
        const double t = (double)phase / self->out_step + (double)self->polyphase.half - (double)i;
        taps[self->polyphase.stride - count + i] = (float)(lower_per_in * design->response(design, t * lower_per_in));
    }
}

rsd_status dsp_resampler_polyphase_init(rsd_resampler *self, const resampler_design *design)
{
    if (!suits(design, self->in_step, self->out_step)) return RSD_ERR_UNSUPPORTED;
    resampler_polyphase *filter = &self->polyphase;
    const uint32_t in_per_lower = self->out_step < self->in_step ? self->in_step : self->out_step;
    filter->half = (design->half * in_per_lower + self->out_step - 1u) / self->out_step;
    filter->stride = (2u * filter->half + 1u + RESAMPLER_LANES - 1u) / RESAMPLER_LANES * RESAMPLER_LANES;
    /* An output needs `half` input samples after its time and the count rule gives it with those up to that time. */
    self->latency_samples = (uint32_t)(((uint64_t)(filter->half + 1u) * self->out_step - 1u) / self->in_step);
    filter->past = filter->stride + self->in_step / self->out_step + 4u;
    filter->taps = calloc((size_t)self->out_step * filter->stride, sizeof *filter->taps);
    filter->recent = calloc(filter->past + RESAMPLER_CHUNK_SAMPLES, sizeof *filter->recent);
    if (!filter->taps || !filter->recent) return RSD_ERR_MEMORY;
    for (uint32_t phase = 0; phase < self->out_step; phase++)
        fill_phase(self, design, phase, filter->taps + (size_t)phase * filter->stride);
    return RSD_OK;
}

void dsp_resampler_polyphase_free(rsd_resampler *self)
{
    free(self->polyphase.taps);
    free(self->polyphase.recent);
}

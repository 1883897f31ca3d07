// SPDX-License-Identifier: MIT
// Real-time half of the polyphase filters: nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/resampler_internal.h"

#include <string.h>

/* An output to come: the taps of its phase, and the samples under them. */
typedef struct {
    const float *taps, *samples;
} window;

static float sum_of(const float lanes[RESAMPLER_LANES])
{
    float sum = 0.0f;
    for (uint32_t l = 0; l < RESAMPLER_LANES; l++) sum += lanes[l];
    return sum;
}

/* Lanes are summed by themselves, so that compilers need not reorder a sum to use vectors. Two outputs at a time, as
 * the sums of one would wait for each other. */
static void product_sums(window a, window b, uint32_t count, float *out_a, float *out_b)
{
    float lanes_a[RESAMPLER_LANES] = {0}, lanes_b[RESAMPLER_LANES] = {0};
    for (uint32_t i = 0; i < count; i += RESAMPLER_LANES) {
        for (uint32_t l = 0; l < RESAMPLER_LANES; l++) lanes_a[l] += a.taps[i + l] * a.samples[i + l];
        for (uint32_t l = 0; l < RESAMPLER_LANES; l++) lanes_b[l] += b.taps[i + l] * b.samples[i + l];
    }
    *out_a = sum_of(lanes_a);
    *out_b = sum_of(lanes_b);
}

/* The next output's window; then on to the one after. */
static window next_window(const rsd_resampler *self, uint32_t *end, uint32_t *phase)
{
    const resampler_polyphase *filter = &self->polyphase;
    const window next = {filter->taps + (size_t)*phase * filter->stride, filter->recent + *end - filter->stride};
    *end += self->in_step / self->out_step;
    *phase += self->in_step % self->out_step;
    if (*phase >= self->out_step) {
        *phase -= self->out_step;
        ++*end;
    }
    return next;
}

void dsp_resampler_polyphase_process(rsd_resampler *self, const float *in, uint32_t in_count, float *out,
                                     uint32_t out_count)
{
    resampler_polyphase *filter = &self->polyphase;
    const int64_t late = filter->position + (int64_t)filter->past * self->out_step; /* not negative */
    uint32_t end = (uint32_t)(late / self->out_step) + filter->half + 1u, phase = (uint32_t)(late % self->out_step);
    memcpy(filter->recent + filter->past, in, in_count * sizeof *in);
    for (uint32_t k = 0; k < out_count; k += 2u) {
        float last;
        const window first = next_window(self, &end, &phase);
        if (k + 1u < out_count)
            product_sums(first, next_window(self, &end, &phase), filter->stride, out + k, out + k + 1u);
        else
            product_sums(first, first, filter->stride, out + k, &last);
    }
    filter->position += (int64_t)out_count * self->in_step - (int64_t)in_count * self->out_step;
    memmove(filter->recent, filter->recent + in_count, filter->past * sizeof *in);
}

void dsp_resampler_polyphase_reset(rsd_resampler *self)
{
    memset(self->polyphase.recent, 0, self->polyphase.past * sizeof *self->polyphase.recent);
    self->polyphase.position = -(int64_t)self->latency_samples * self->in_step;
}

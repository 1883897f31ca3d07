// SPDX-License-Identifier: MIT
// Momentary loudness while sound runs. Nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/loudness.h"

#include <string.h>

void loudness_reset(loudness *self)
{
    memset(self->state, 0, sizeof self->state);
    memset(self->sum, 0, sizeof self->sum);
    self->next = 0u;
    self->count = 0u;
}

/* Transposed direct form II. In double: at 384 kHz the high-pass's poles are 1e-4 from the unit circle. */
static inline double filter(const loudness_section *s, double *state, double x)
{
    const double y = s->b[0] * x + state[0];
    state[0] = s->b[1] * x - s->a[0] * y + state[1];
    state[1] = s->b[2] * x - s->a[1] * y;
    return y;
}

void loudness_add(loudness *self, uint32_t channel, const float *samples, uint32_t sample_count)
{
    double *state = self->state[channel], sum = self->sum[channel];
    for (uint32_t i = 0; i < sample_count; i++) {
        const double y = filter(&self->high_pass, state + 2, filter(&self->shelf, state, (double)samples[i]));
        sum += y * y;
    }
    self->sum[channel] = sum;
}

void loudness_weigh(loudness *self, uint32_t channel, const float *samples, float *weighted, uint32_t sample_count)
{
    double *state = self->state[channel];
    for (uint32_t i = 0; i < sample_count; i++)
        weighted[i] = (float)filter(&self->high_pass, state + 2, filter(&self->shelf, state, (double)samples[i]));
}

void loudness_end_segment(loudness *self)
{
    double energy = 0.0;
    for (uint32_t c = 0; c < self->channel_count; c++) energy += self->sum[c];
    memset(self->sum, 0, sizeof self->sum);
    self->energies[self->next] = energy;
    self->next = (self->next + 1u) % LOUDNESS_SEGMENTS;
    if (self->count < LOUDNESS_SEGMENTS) self->count++;
}

/* Summed anew each time: a running sum would keep the rounding errors of all that was ever loud. */
double loudness_mean_square(const loudness *self)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < self->count; i++) sum += self->energies[i];
    return self->count > 0u ? sum / ((double)self->count * (double)self->segment_samples) : 0.0;
}

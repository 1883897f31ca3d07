// SPDX-License-Identifier: MIT
#include "dsp/resampler_internal.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

/* Half of the filter, in samples of the lower rate. */
#define HALF 24u
/* The transition band reaches so far on either side of the lower rate's Nyquist frequency, as a share of it. With HALF:
 * there and back again is the identity but for -80 dB, and what lies beyond the transition is 69 dB down. */
#define ROLL_OFF 0.15
#define MOST_PHASES 512u
/* Intervals of Simpson's rule over the transition band, 3.6 turns of the cosine at most. */
#define INTERVALS 64

/* Amplitude in the transition band at `share` of its width: Meyer's (Daubechies, Ten Lectures on Wavelets, 4.2), whose
 * square and its mirror image add up to 1. */
static double transition(double share)
{
    const double x = share * share * share * share * (35.0 + share * (-84.0 + share * (70.0 - 20.0 * share)));
    return cos(0.5 * PI * x);
}

/* The transition band's amplitude at each point, with its weight in Simpson's rule. */
static void weigh_transition(double amplitude[INTERVALS + 1])
{
    for (int i = 0; i <= INTERVALS; i++) {
        const double weight = i == 0 || i == INTERVALS ? 1.0 : i % 2 ? 4.0 : 2.0;
        amplitude[i] = weight * transition((double)i / INTERVALS);
    }
}

/* Impulse response at time t, in samples of the lower rate: the inverse transform of 1 up to the transition band and of
 * its amplitude there. */
static double response(const double amplitude[INTERVALS + 1], double t)
{
    const double begin = 0.5 * (1.0 - ROLL_OFF), step = ROLL_OFF / INTERVALS;
    double sum = 0.0;
    for (int i = 0; i <= INTERVALS; i++) sum += amplitude[i] * cos(2.0 * PI * t * (begin + i * step));
    const double flat = t == 0.0 ? 2.0 * begin : sin(2.0 * PI * begin * t) / (PI * t);
    return flat + 2.0 * sum * step / 3.0;
}

static bool suits(uint32_t in_step, uint32_t out_step)
{
    const uint32_t lower = in_step < out_step ? in_step : out_step, higher = in_step < out_step ? out_step : in_step;
    return (double)higher >= (1.0 + ROLL_OFF) * lower && in_step <= MOST_PHASES && out_step <= MOST_PHASES;
}

static void fill_phase(const rsd_resampler *self, const double *amplitude, uint32_t phase, float *taps)
{
    const double lower_per_in = self->out_step < self->in_step ? (double)self->out_step / self->in_step : 1.0;
    const uint32_t count = 2u * self->pair.half + 1u;
    for (uint32_t i = 0; i < count; i++) {
        const double t = (double)phase / self->out_step + (double)self->pair.half - (double)i;
        taps[self->pair.stride - count + i] = (float)(lower_per_in * response(amplitude, t * lower_per_in));
    }
}

rsd_status rsd_resampler_pair_init(rsd_resampler *self)
{
    if (!suits(self->in_step, self->out_step)) return RSD_ERR_UNSUPPORTED;
    resampler_pair *pair = &self->pair;
    const uint32_t in_per_lower = self->out_step < self->in_step ? self->in_step : self->out_step;
    pair->half = (HALF * in_per_lower + self->out_step - 1u) / self->out_step;
    pair->stride = (2u * pair->half + 1u + RESAMPLER_LANES - 1u) / RESAMPLER_LANES * RESAMPLER_LANES;
    /* An output needs `half` input samples after its time and the count rule gives it with those up to that time. */
    self->latency_samples = (uint32_t)(((uint64_t)(pair->half + 1u) * self->out_step - 1u) / self->in_step);
    pair->past = pair->stride + self->in_step / self->out_step + 4u;
    pair->taps = calloc((size_t)self->out_step * pair->stride, sizeof *pair->taps);
    pair->recent = calloc(pair->past + RESAMPLER_CHUNK_SAMPLES, sizeof *pair->recent);
    if (!pair->taps || !pair->recent) return RSD_ERR_MEMORY;
    double amplitude[INTERVALS + 1];
    weigh_transition(amplitude);
    for (uint32_t phase = 0; phase < self->out_step; phase++)
        fill_phase(self, amplitude, phase, pair->taps + (size_t)phase * pair->stride);
    return RSD_OK;
}

void rsd_resampler_pair_free(rsd_resampler *self)
{
    free(self->pair.taps);
    free(self->pair.recent);
}

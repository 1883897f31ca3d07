// SPDX-License-Identifier: MIT
// The band filter. Nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/band_filter.h"

#include <string.h>

#define PI 3.14159265f
#define HIGHEST_SHARE 0.45f /* of the sample rate: nearer to its half the filter has no room */
#define BLEND_HZ 1000.0f

/* 1/Q of the two sections of a Butterworth filter of order four: 2 cos(pi/8) and 2 cos(3 pi/8). */
static const float damping[BAND_FILTER_SECTIONS] = {1.84775907f, 0.76536686f};

typedef struct {
    float damping, a1, a2, a3;
} section;

void band_filter_reset(band_filter *self) { memset(self, 0, sizeof *self); }

bool band_filter_is_off(float low_hz, float high_hz)
{
    return low_hz <= BAND_FILTER_ALL_LOW_HZ && high_hz >= BAND_FILTER_ALL_HIGH_HZ;
}

/* Lambert's continued fraction, to the bit the same everywhere; within 1e-5 of the tangent up to 0.45 pi. */
static float tangent(float x)
{
    const float square = x * x;
    return x / (1.0f - square / (3.0f - square / (5.0f - square / (7.0f - square / (9.0f - square / 11.0f)))));
}

static void aim(section sections[BAND_FILTER_SECTIONS], float edge_hz, float sample_rate_hz)
{
    const float most_hz = HIGHEST_SHARE * sample_rate_hz;
    const float g = tangent(PI * (edge_hz < most_hz ? edge_hz : most_hz) / sample_rate_hz);
    for (uint32_t s = 0; s < BAND_FILTER_SECTIONS; s++) {
        const float a1 = 1.0f / (1.0f + g * (g + damping[s]));
        sections[s] = (section){.damping = damping[s], .a1 = a1, .a2 = g * a1, .a3 = g * g * a1};
    }
}

/* One sample through one section; `band` is what its first integrator gives. Returns the low-pass. */
static float step(const section *s, float state[2], float x, float *band)
{
    const float rest = x - state[1];
    *band = s->a1 * state[0] + s->a2 * rest;
    const float low = state[1] + s->a2 * state[0] + s->a3 * rest;
    state[0] = 2.0f * *band - state[0];
    state[1] = 2.0f * low - state[1];
    return low;
}

static void pass_high(float states[BAND_FILTER_SECTIONS][2], const section *sections, float *samples, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        float x = samples[i], band;
        for (uint32_t s = 0; s < BAND_FILTER_SECTIONS; s++) {
            const float low = step(&sections[s], states[s], x, &band);
            x -= sections[s].damping * band + low;
        }
        samples[i] = x;
    }
}

static void pass_low(float states[BAND_FILTER_SECTIONS][2], const section *sections, float share, float *samples,
                     uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        float x = samples[i], band;
        for (uint32_t s = 0; s < BAND_FILTER_SECTIONS; s++) x = step(&sections[s], states[s], x, &band);
        samples[i] += share * (x - samples[i]);
    }
}

void band_filter_process(band_filter *self, float sample_rate_hz, float low_hz, float high_hz, float *samples,
                         uint32_t sample_count)
{
    section sections[BAND_FILTER_SECTIONS];
    if (low_hz > BAND_FILTER_ALL_LOW_HZ) {
        aim(sections, low_hz, sample_rate_hz);
        pass_high(self->low, sections, samples, sample_count);
    }
    if (high_hz < BAND_FILTER_ALL_HIGH_HZ) {
        const float share = (BAND_FILTER_ALL_HIGH_HZ - high_hz) / BLEND_HZ;
        aim(sections, high_hz, sample_rate_hz);
        pass_low(self->high, sections, share < 1.0f ? share : 1.0f, samples, sample_count);
    }
}

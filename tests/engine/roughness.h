// SPDX-License-Identifier: MIT
#ifndef ROUGHNESS_H
#define ROUGHNESS_H

#include <math.h>
#include <stdint.h>

/* Largest energy above 12 kHz in any 512-sample Hann window, and the largest step between second differences. */
typedef struct {
    double high_energy;
    float bend;
} roughness;

/* Twice a 12 kHz Butterworth high-pass at 48 kHz (a quarter of the rate: the pole pair lies on the imaginary axis). */
static inline double high_passed(double x, double state[4])
{
    for (int stage = 0; stage < 2; stage++) {
        double *s = state + 2 * stage;
        const double g = 0.2928932188134524, a2 = 0.1715728752538099; /* bilinear, w0 = pi / 2 */
        const double y = g * x + s[0];
        s[0] = -2.0 * g * x + s[1];
        s[1] = g * x - a2 * y;
        x = y;
    }
    return x;
}

static inline roughness roughness_of(const float *x, uint32_t from, uint32_t to)
{
    roughness r = {0.0, 0.0f};
    double state[4] = {0.0}, window = 0.0, history[512] = {0.0};
    for (uint32_t i = from; i < to; i++) {
        const double y = high_passed((double)x[i], state), energy = y * y;
        window += energy - history[i % 512u];
        history[i % 512u] = energy;
        if (i < from + 600u) continue; /* the filter's own start */
        const float bend = fabsf(x[i] - 2.0f * x[i - 1u] + x[i - 2u]);
        if (window > r.high_energy) r.high_energy = window;
        if (bend > r.bend) r.bend = bend;
    }
    return r;
}

#endif

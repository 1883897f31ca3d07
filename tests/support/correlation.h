// SPDX-License-Identifier: MIT
// Where a sound comes out again, to a fraction of a sample.
#ifndef TEST_CORRELATION_H
#define TEST_CORRELATION_H

#include "support/signals.h"

#define TEST_REACH 40

/* Where the correlation of `out` with `in` is largest, to a fraction of a sample, from the nearest `around`; 1e9: not
 * near it. */
static inline double test_correlation_peak(const float *in, const float *out, uint32_t count, uint32_t around)
{
    double sums[2 * TEST_REACH + 1];
    int best = 0;
    for (int lag = -TEST_REACH; lag <= TEST_REACH; lag++) {
        double sum = 0.0;
        for (uint32_t i = TEST_REACH; i + around + TEST_REACH < count; i++)
            sum += (double)in[i] * (double)out[(uint32_t)((int)(i + around) + lag)];
        sums[lag + TEST_REACH] = sum;
        if (sum > sums[best]) best = lag + TEST_REACH;
    }
    if (best == 0 || best == 2 * TEST_REACH) return 1e9;
    const double left = sums[best - 1], middle = sums[best], right = sums[best + 1];
    return (double)(best - TEST_REACH) + (double)around + 0.5 * (left - right) / (left - 2.0 * middle + right);
}

/* White noise below a third of the lower Nyquist frequency, so that resampling keeps it. */
static inline void test_fill_low_noise(float *x, uint32_t count, double rate_hz)
{
    const double low_hz = rate_hz < 48000.0 ? rate_hz : 48000.0;
    const float pole = (float)exp(-TEST_TWO_PI * low_hz / 16.0 / rate_hz);
    float a = 0.0f, b = 0.0f;
    uint32_t seed = 11u;
    for (uint32_t i = 0; i < count; i++) {
        a += (1.0f - pole) * (test_noise(&seed) - a);
        b += (1.0f - pole) * (a - b);
        x[i] = b;
    }
}

#endif

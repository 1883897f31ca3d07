// SPDX-License-Identifier: MIT
// The low-passed anchor of a rating.
#include "host/listen/anchor.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>

#define EDGE_HZ 250.0   /* from what passes to the middle of the transition */
#define WIDTH_HZ 400.0  /* of the transition: 3550 to 3950 Hz */
#define LEAST_HZ 1000.0 /* over what passes, that a sound has */
#define STOP_DB 60.0
#define PI 3.14159265358979323846

/* The modified Bessel function of order 0, by its power series. */
static double bessel_i0(double x)
{
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 60; k++) {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

/* Kaiser's formulas for length and shape; the gain at 0 Hz is 1. `half` taps on either side of the middle one. */
static void design(double rate_hz, double pass_hz, uint32_t half, double *taps)
{
    const double beta = 0.1102 * (STOP_DB - 8.7), edge = (pass_hz + EDGE_HZ) / rate_hz;
    double sum = 0.0;
    for (uint32_t i = 0; i <= 2u * half; i++) {
        const double n = (double)i - half, place = n / (half + 1.0);
        const double sinc = n == 0.0 ? 2.0 * edge : sin(2.0 * PI * edge * n) / (PI * n);
        taps[i] = sinc * bessel_i0(beta * sqrt(1.0 - place * place)) / bessel_i0(beta);
        sum += taps[i];
    }
    for (uint32_t i = 0; i <= 2u * half; i++) taps[i] /= sum;
}

/* One sample of the filtered sound; silence lies outside of it. */
static float filter_at(const float *in, uint64_t count, uint64_t at, const double *taps, uint32_t half)
{
    double sum = 0.0;
    const uint64_t first = at < half ? half - at : 0u;
    const uint64_t end = at + half < count ? 2u * half + 1u : half + count - at;
    for (uint64_t i = first; i < end; i++) sum += taps[i] * (double)in[at + i - half];
    return (float)sum;
}

rsd_status host_anchor_make(const host_sound *sound, double pass_hz, host_sound *anchor, rsd_error *error)
{
    const double rate_hz = sound->sample_rate_hz;
    if (rate_hz < 2.0 * (pass_hz + LEAST_HZ))
        return base_error_set(error, RSD_ERR_ARG, "a sound of %.0f Hz has no anchor of %g kHz", rate_hz,
                              pass_hz / 1000.0);
    const uint32_t half = (uint32_t)ceil((STOP_DB - 7.95) / 14.36 * rate_hz / WIDTH_HZ / 2.0);
    double *taps = malloc((2u * half + 1u) * sizeof *taps);
    if (!taps) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the anchor");
    const rsd_status status =
        host_sound_create(sound->sample_rate_hz, sound->channel_count, sound->sample_count, anchor, error);
    if (status == RSD_OK) {
        design(rate_hz, pass_hz, half, taps);
        for (uint32_t c = 0; c < sound->channel_count; c++)
            for (uint64_t i = 0; i < sound->sample_count; i++)
                anchor->channel[c][i] = filter_at(sound->channel[c], sound->sample_count, i, taps, half);
    }
    free(taps);
    return status;
}

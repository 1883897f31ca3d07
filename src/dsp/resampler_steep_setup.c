// SPDX-License-Identifier: MIT
// The filter of RSD_RESAMPLER_STEEP: a sinc in Kaiser's window (Oppenheim and Schafer, Discrete-Time Signal Processing,
// 7.6).
#include "dsp/resampler_internal.h"

#include <math.h>

#define PI 3.14159265358979323846

/* Half of the filter, in samples of the lower rate. */
#define HALF 35u
/* As shares of the lower rate: flat up to the first (20 kHz of 48), nothing from the second on. */
#define PASS_END 0.41666666666666667
#define STOP_BEGIN 0.5
/* A window of 2 HALF samples has that transition band at this attenuation. */
#define ATTENUATION_DB (7.95 + 14.36 * 2.0 * HALF * (STOP_BEGIN - PASS_END))
#define WINDOW_BETA (0.1102 * (ATTENUATION_DB - 8.7))
#define SERIES_TERMS 26

/* Modified Bessel function of order 0; x is under 10 here: the term left out is below 1e-17. */
static double bessel_i0(double x)
{
    double term = 1.0, sum = 1.0;
    for (int i = 1; i <= SERIES_TERMS; i++) {
        term *= 0.25 * x * x / ((double)i * i);
        sum += term;
    }
    return sum;
}

static double response(const resampler_design *design, double t)
{
    const double share = t / HALF, cut = PASS_END + STOP_BEGIN; /* twice the middle of the transition band */
    if (share <= -1.0 || share >= 1.0) return 0.0;
    const double window = bessel_i0(WINDOW_BETA * sqrt(1.0 - share * share)) / design->points[0];
    return window * (t == 0.0 ? cut : sin(PI * cut * t) / (PI * t));
}

void dsp_resampler_design_steep(resampler_design *design)
{
    *design = (resampler_design){.half = HALF, .least_ratio = 1.0, .response = response};
    design->points[0] = bessel_i0(WINDOW_BETA);
}

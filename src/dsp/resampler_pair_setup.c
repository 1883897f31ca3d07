// SPDX-License-Identifier: MIT
// The filter of RSD_RESAMPLER_PAIR.
#include "dsp/resampler_internal.h"

#include <math.h>

#define PI 3.14159265358979323846

/* Half of the filter, in samples of the lower rate. */
#define HALF 24u
/* The transition band reaches so far on either side of the lower rate's Nyquist frequency, as a share of it. With HALF:
 * there and back again is the identity but for -80 dB, and what lies beyond the transition is 69 dB down. */
#define ROLL_OFF 0.15
/* Of Simpson's rule over the transition band, 3.6 turns of the cosine at most. */
#define INTERVALS (RESAMPLER_DESIGN_POINTS - 1)

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

/* The inverse transform of 1 up to the transition band and of its amplitude there. */
static double response(const resampler_design *design, double t)
{
    const double begin = 0.5 * (1.0 - ROLL_OFF), step = ROLL_OFF / INTERVALS;
    double sum = 0.0;
    for (int i = 0; i <= INTERVALS; i++) sum += design->points[i] * cos(2.0 * PI * t * (begin + i * step));
    const double flat = t == 0.0 ? 2.0 * begin : sin(2.0 * PI * begin * t) / (PI * t);
    return flat + 2.0 * sum * step / 3.0;
}

void dsp_resampler_design_pair(resampler_design *design)
{
    *design = (resampler_design){.half = HALF, .least_ratio = 1.0 + ROLL_OFF, .response = response};
    weigh_transition(design->points);
}

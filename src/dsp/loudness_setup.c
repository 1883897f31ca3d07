// SPDX-License-Identifier: MIT
// The K-weighting's filters at a rate.
#include "dsp/loudness.h"

#include <math.h>

#define PI 3.14159265358979323846
#define SHELF_HZ 1681.974450955533
#define SHELF_Q 0.7071752369554196
#define SHELF_GAIN 1.5848647011308556     /* +3.9998 dB at the top */
#define SHELF_MID_GAIN 1.2587209302325617 /* its power 0.49967: where the shelf is half way */
#define HIGH_PASS_HZ 38.13547087602444
#define HIGH_PASS_Q 0.5003270373238773
#define SERIES_TERMS 12

/* sin and cos by their series, x in 0..0.7: the same bits whatever the C library is, as gains follow from them. */
static double tangent(double x)
{
    double sine = 0.0, cosine = 0.0, term = 1.0;
    for (int n = 0; n < 2 * SERIES_TERMS; n++) {
        if (n % 2 == 0)
            cosine += n % 4 == 0 ? term : -term;
        else
            sine += n % 4 == 1 ? term : -term;
        term *= x / (double)(n + 1);
    }
    return sine / cosine;
}

static loudness_section make_section(double k, double q, const double numerator[3])
{
    const double a0 = 1.0 + k / q + k * k;
    return (loudness_section){.b = {numerator[0] / a0, numerator[1] / a0, numerator[2] / a0},
                              .a = {2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0}};
}

void loudness_init(loudness *self, uint32_t sample_rate_hz, uint32_t channel_count)
{
    const double shelf_k = tangent(PI * SHELF_HZ / (double)sample_rate_hz), k2 = shelf_k * shelf_k;
    const double side = SHELF_MID_GAIN * shelf_k / SHELF_Q;
    const double shelf[3] = {SHELF_GAIN + side + k2, 2.0 * (k2 - SHELF_GAIN), SHELF_GAIN - side + k2};
    self->shelf = make_section(shelf_k, SHELF_Q, shelf);
    const double high_k = tangent(PI * HIGH_PASS_HZ / (double)sample_rate_hz);
    /* BS.1770 gives this one's zeros without the division. */
    self->high_pass = make_section(high_k, HIGH_PASS_Q, (const double[3]){0.0, 0.0, 0.0});
    self->high_pass.b[0] = 1.0, self->high_pass.b[1] = -2.0, self->high_pass.b[2] = 1.0;
    self->channel_count = channel_count;
    self->segment_samples = sample_rate_hz / LOUDNESS_SEGMENTS_PER_S;
    loudness_reset(self);
}

double loudness_lufs(double mean_square) { return -0.691 + 10.0 * log10(mean_square); }

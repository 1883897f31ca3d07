// SPDX-License-Identifier: MIT
// Tables of the masking model: Bark scale, threshold in quiet, window.
#include "dsp/masking.h"

#include <math.h>
#include <string.h>

#define HIGHEST_HZ 20000.0
#define PI 3.14159265358979323846
/* Square root of 8/3: a sine has the same level with the Hann window as without any. */
#define WINDOW_GAIN 1.63299316185545206546

static double bark_of(double hz) { return 13.0 * atan(0.00076 * hz) + 3.5 * atan((hz / 7500.0) * (hz / 7500.0)); }

static double quiet_of(double hz)
{
    const double khz = hz / 1000.0;
    return 3.64 * pow(khz, -0.8) - 6.5 * exp(-0.6 * (khz - 3.3) * (khz - 3.3)) + 0.001 * pow(khz, 4.0);
}

/* A band is a Bark; what is narrower than a line there is one with the next. */
static void find_bands(dsp_masking *masking)
{
    uint32_t end = 1;
    while (end < masking->line_count && masking->band_count < DSP_MASKING_MAX_BANDS) {
        const double first = floor((double)masking->bark[end]);
        while (end < masking->line_count && floor((double)masking->bark[end]) <= first) end++;
        masking->band_end[masking->band_count++] = (uint16_t)end;
    }
}

void dsp_masking_init(dsp_masking *masking, double sample_rate_hz)
{
    memset(masking, 0, sizeof *masking);
    const double line_hz = sample_rate_hz / DSP_MASKING_POINTS;
    for (uint32_t k = 0; k < DSP_MASKING_LINES; k++) {
        const double hz = line_hz * (k > 0u ? k : 0.5);
        masking->bark[k] = (float)bark_of(hz);
        masking->quiet_db[k] = (float)fmin(quiet_of(hz), (double)DSP_MASKING_FULL_SCALE_DB);
        if (hz <= HIGHEST_HZ) masking->line_count = k + 1u;
    }
    for (uint32_t i = 0; i < DSP_MASKING_POINTS; i++) {
        const double angle = 2.0 * PI * i / DSP_MASKING_POINTS;
        masking->window[i] = (float)(WINDOW_GAIN * 0.5 * (1.0 - cos(angle)));
        masking->roots[i] = (dsp_complex){(float)cos(angle), (float)-sin(angle)};
    }
    find_bands(masking);
}

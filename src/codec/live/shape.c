// SPDX-License-Identifier: MIT
// Bands and sub-bands of a hop. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/shape.h"

#include "codec/live/tuning.h"

#include <residuum/rsd_dsp.h>

static void interpolate_bands(live_shape *shape)
{
    for (uint32_t i = 0; i < shape->hop; i++) {
        uint32_t below = 0;
        while (below + 2u < shape->band_count && 2u * i + 1u >= shape->edges[below + 1u] + shape->edges[below + 2u])
            below++;
        const float low = 0.5f * (float)(shape->edges[below] + shape->edges[below + 1u]);
        const float high = 0.5f * (float)(shape->edges[below + 1u] + shape->edges[below + 2u]);
        const float share = ((float)i + 0.5f - low) / (high - low);
        const float between = share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
        const bool above = i >= shape->edges[below + 1u];
        shape->band_below[i] = (uint8_t)below;
        shape->band_of[i] = (uint8_t)(above ? below + 1u : below);
        shape->share_of_step[i] = above ? between - 1.0f : between;
    }
}

/* Units are wide where sounds have little, and at least one sub-band. */
static void make_units(live_shape *shape)
{
    static const uint8_t ends_8[] = {LIVE_UNIT_ENDS_8}, ends_16[] = {LIVE_UNIT_ENDS_16};
    const uint8_t *ends = shape->subband_count == 8u ? ends_8 : ends_16;
    uint32_t unit = 0;
    for (uint32_t c = 0; c < shape->subband_count; c++) {
        if (c == ends[unit]) unit++;
        shape->unit_of[c] = (uint8_t)unit;
    }
    shape->unit_count = unit + 1u;
}

static const uint8_t widths_64[] = {LIVE_BAND_WIDTHS_64, 0};
static const uint8_t widths_128[] = {LIVE_BAND_WIDTHS_128, 0};
static const uint8_t widths_256[] = {LIVE_BAND_WIDTHS_256, 0};

void live_shape_init(live_shape *shape, uint32_t hop)
{
    const uint8_t *widths = hop == 64u ? widths_64 : hop == 128u ? widths_128 : widths_256;
    shape->hop = hop;
    shape->subband_width = hop == 256u ? 16u : 8u;
    shape->subband_count = hop / shape->subband_width;
    shape->edges[0] = 0;
    for (shape->band_count = 0; *widths; shape->band_count++)
        shape->edges[shape->band_count + 1u] = (uint16_t)(shape->edges[shape->band_count] + *widths++);
    const float most_log2 = rsd_log2f(LIVE_MAX_RMS) + 0.5f * rsd_log2f((float)hop);
    for (uint32_t b = 0; b < shape->band_count; b++) {
        shape->half_width_log2[b] = 0.5f * rsd_log2f((float)(shape->edges[b + 1u] - shape->edges[b]));
        shape->max_envelope_log2[b] = most_log2 - shape->half_width_log2[b];
    }
    interpolate_bands(shape);
    make_units(shape);
}

void live_shape_set(live_shape *shape, const live_constants *constants)
{
    shape->constants = *constants;
    const float low = constants->low_band_weight, step = (1.0f - low) / (float)(shape->band_count - 1u);
    for (uint32_t b = 0; b < shape->band_count; b++) shape->band_weight[b] = low + step * (float)b;
}

float live_mean_square(const float *values, uint32_t count)
{
    /* Eight partial sums: a fixed order of additions that compilers can still turn into vector code. */
    float sums[8] = {0};
    uint32_t i = 0;
    for (; i + 8u <= count; i += 8u) {
        for (uint32_t lane = 0; lane < 8u; lane++) sums[lane] += values[i + lane] * values[i + lane];
    }
    for (; i < count; i++) sums[0] += values[i] * values[i];
    return (((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))) / (float)count;
}

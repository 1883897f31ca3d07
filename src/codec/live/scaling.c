// SPDX-License-Identifier: MIT
// Scale and perceptual weights from the envelope. Real-time: nothing in this file allocates, locks, logs or makes a
// system call.
#include "codec/live/scaling.h"

#include "codec/live/tuning.h"

#include <residuum/rsd_dsp.h>

/* Sub-bands far under the loudest weigh less; the lowest one weighs more. Weights are log2 here. */
static void weigh_subbands(const live_shape *shape, const float power_log2[LIVE_MAX_SUBBANDS], live_scaling *scaling)
{
    const float depth = shape->constants.masking_depth_log2;
    float loudest = -1000.0f;
    for (uint32_t c = 0; c < shape->subband_count; c++) loudest = power_log2[c] > loudest ? power_log2[c] : loudest;
    for (uint32_t c = 0; c < shape->subband_count && depth > 0.0f; c++) {
        const float over = power_log2[c] - (loudest - depth);
        if (over < 0.0f) scaling->weight[c] += over;
    }
    scaling->weight[0] += shape->constants.low_error_weight_log2;
}

static void lower_first_scales(const live_shape *shape, float *scale_log2)
{
    const uint32_t count = shape->hop * LIVE_LOW_HZ / 24000u;
    const float step = shape->constants.low_scale_tilt_log2 / (float)count;
    for (uint32_t i = 0; i < count; i++) scale_log2[i] -= step * (float)(count - i);
}

/* log2 of the envelope at every coefficient. */
static void interpolate_envelope(const live_shape *shape, const float band_log2[LIVE_MAX_BANDS], float *envelope_log2)
{
    float step[LIVE_MAX_BANDS];
    for (uint32_t b = 0; b + 1u < shape->band_count; b++) {
        const float whole = band_log2[b + 1u] - band_log2[b],
                    fall = whole < -LIVE_MAX_SLOPE_LOG2 ? -LIVE_MAX_SLOPE_LOG2 : whole;
        step[b] = fall > LIVE_MAX_SLOPE_LOG2 ? LIVE_MAX_SLOPE_LOG2 : fall;
    }
    for (uint32_t i = 0; i < shape->hop; i++)
        envelope_log2[i] = band_log2[shape->band_of[i]] + shape->share_of_step[i] * step[shape->band_below[i]];
}

void live_scaling_of(const live_shape *shape, const float state[LIVE_MAX_BANDS], live_scaling *scaling)
{
    float band_log2[LIVE_MAX_BANDS];
    for (uint32_t b = 0; b < shape->band_count; b++) band_log2[b] = state[b] + shape->mean_envelope[b];
    live_scaling_of_envelope(shape, band_log2, scaling);
}

void live_scaling_of_envelope(const live_shape *shape, const float envelope_log2[LIVE_MAX_BANDS], live_scaling *scaling)
{
    const float exponent = shape->constants.scale_exponent, slope = shape->constants.fill_slope;
    float power_log2[LIVE_MAX_SUBBANDS];
    interpolate_envelope(shape, envelope_log2, scaling->scale);
    for (uint32_t c = 0; c < shape->subband_count; c++) {
        float *subband = scaling->scale + c * shape->subband_width, sum = 0.0f;
        for (uint32_t i = 0; i < shape->subband_width; i++) sum += subband[i];
        const float mean = sum / (float)shape->subband_width, shared = (1.0f - exponent) * mean;
        for (uint32_t i = 0; i < shape->subband_width; i++) {
            scaling->slope_log2[c * shape->subband_width + i] = slope * ((1.0f - exponent) * subband[i] - shared);
            subband[i] = exponent * subband[i] + shared;
        }
        scaling->weight[c] = 2.0f * shared;
        power_log2[c] = 2.0f * mean;
    }
    weigh_subbands(shape, power_log2, scaling);
    lower_first_scales(shape, scaling->scale);
    rsd_exp2f_each(scaling->scale, shape->hop);
    rsd_exp2f_each(scaling->weight, shape->subband_count);
    for (uint32_t i = 0; i < shape->hop; i++) scaling->inverse[i] = 1.0f / scaling->scale[i];
}

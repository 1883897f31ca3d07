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
        scaling->mean_log2[c] = mean;
        power_log2[c] = 2.0f * mean;
    }
    weigh_subbands(shape, power_log2, scaling);
    lower_first_scales(shape, scaling->scale);
    rsd_exp2f_each(scaling->scale, shape->hop);
    rsd_exp2f_each(scaling->weight, shape->subband_count);
    for (uint32_t i = 0; i < shape->hop; i++) scaling->inverse[i] = 1.0f / scaling->scale[i];
}

/* log2 of the rms of left or right, of what the rotated signals have: cos and sin of the one that is asked for. */
static float unrotated_log2(float first_log2, float second_log2, float cosine, float sine)
{
    return 0.5f *
           rsd_log2f(cosine * cosine * rsd_exp2f(2.0f * first_log2) + sine * sine * rsd_exp2f(2.0f * second_log2));
}

/* Weights of both signals' sub-band c at an angle, log2, and the power that masking is judged by. */
static void join_subband(const live_shape *shape, uint32_t angle, uint32_t c, live_scaling *pair[2],
                         float power_log2[2][LIVE_MAX_SUBBANDS])
{
    const float exponent = shape->constants.scale_exponent;
    const float first = pair[0]->mean_log2[c], second = pair[1]->mean_log2[c];
    float cosine, sine;
    live_rotation_factors(angle, &cosine, &sine);
    const float left = unrotated_log2(first, second, cosine, sine), right = unrotated_log2(first, second, sine, cosine);
    const float at_left = rsd_exp2f(-2.0f * exponent * left), at_right = rsd_exp2f(-2.0f * exponent * right);
    const float cc = cosine * cosine, ss = sine * sine;
    pair[0]->weight[c] = 2.0f * first + rsd_log2f(cc * at_left + ss * at_right);
    pair[1]->weight[c] = 2.0f * second + rsd_log2f(ss * at_left + cc * at_right);
    power_log2[0][c] = 2.0f * (cc >= ss ? left : right);
    power_log2[1][c] = 2.0f * (cc >= ss ? right : left);
}

void live_scaling_join(const live_shape *shape, const live_rotation *rotation, live_scaling *first,
                       live_scaling *second)
{
    live_scaling *pair[2] = {first, second};
    float power_log2[2][LIVE_MAX_SUBBANDS];
    for (uint32_t c = 0; c < shape->subband_count; c++) {
        const uint32_t angle = rotation->angle[shape->unit_of[c]];
        if (angle != LIVE_ANGLE_APART) {
            join_subband(shape, angle, c, pair, power_log2);
            continue;
        }
        for (uint32_t i = 0; i < 2u; i++) {
            pair[i]->weight[c] = 2.0f * (1.0f - shape->constants.scale_exponent) * pair[i]->mean_log2[c];
            power_log2[i][c] = 2.0f * pair[i]->mean_log2[c];
        }
    }
    for (uint32_t i = 0; i < 2u; i++) {
        weigh_subbands(shape, power_log2[i], pair[i]);
        rsd_exp2f_each(pair[i]->weight, shape->subband_count);
    }
}

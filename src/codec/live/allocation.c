// SPDX-License-Identifier: MIT
// Which sub-band a token refines. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/allocation.h"

#include "codec/live/search.h"
#include "codec/live/tuning.h"

#include <residuum/rsd_dsp.h>

float live_restoring_gain(float error, float whole)
{
    const float lost = error / whole;
    return 1.0f / __builtin_sqrtf(1.0f - (lost < LIVE_MAX_RESTORED_SHARE ? lost : LIVE_MAX_RESTORED_SHARE));
}

float live_error_weight_log2(const live_shape *shape, uint32_t subband, uint32_t stage)
{
    const uint32_t centre_hz = 12000u * (2u * subband + 1u) / shape->subband_count;
    if (stage < 2u || centre_hz < LIVE_HIGH_HZ || centre_hz > LIVE_HIGH_END_HZ) return 0.0f;
    return shape->constants.high_error_weight_log2 * (centre_hz < LIVE_HIGH_HZ + LIVE_HIGH_RAMP_HZ ? 0.5f : 1.0f);
}

void live_allocation_init(live_model *model, const float *error)
{
    const live_shape *shape = &model->shape;
    for (uint32_t c = 0; c < shape->subband_count; c++, error += model->stage_count + 1u) {
        for (uint32_t s = 0; s < model->stage_count; s++) {
            const float gain = error[s] - error[s + 1u];
            float counts = live_error_weight_log2(shape, c, s);
            rsd_exp2f_each(&counts, 1u);
            model->reduction[c][s] = (gain > 1e-12f ? gain : 1e-12f) * (float)shape->subband_width * counts;
        }
        model->reduction[c][model->stage_count] = -1.0f;
        for (uint32_t s = 0; s < model->stage_count; s++)
            model->codebook_scale[c][s] = model->stage_is_shared[s] ? __builtin_sqrtf(error[s]) : 1.0f;
        /* Noise that follows the envelope has its energy without being told; noise that follows the scale has not. */
        const float slope = shape->constants.fill_slope;
        model->fill[c] = shape->constants.noise_fill * (slope + (1.0f - slope) * __builtin_sqrtf(error[0]));
        for (uint32_t s = 0; s <= model->stage_count; s++)
            model->restore[c][s] = live_restoring_gain(error[s], error[0]);
    }
}

void live_allocation_begin(const live_model *model, const live_scaling *scaling, live_allocation *allocation)
{
    for (uint32_t c = 0; c < model->shape.subband_count; c++) {
        allocation->reduction[c] = scaling->weight[c] * model->reduction[c][0];
        allocation->scale[c] = 1.0f;
        allocation->stage[c] = 0;
    }
}

uint32_t live_allocation_take(const live_model *model, const live_scaling *scaling, live_allocation *allocation,
                              uint32_t subband)
{
    const uint32_t stage = allocation->stage[subband]++;
    const float scale = allocation->scale[subband];
    allocation->reduction[subband] = scaling->weight[subband] * model->reduction[subband][stage + 1u] * (scale * scale);
    return stage;
}

uint32_t live_allocation_next(const live_model *model, const live_scaling *scaling, live_allocation *allocation,
                              uint32_t *stage)
{
    const uint32_t best = live_argmax(allocation->reduction, model->shape.subband_count);
    *stage = live_allocation_take(model, scaling, allocation, best);
    return best;
}

void live_ratio_table_init(float ratio_of_step[256])
{
    for (int32_t step = INT8_MIN; step <= INT8_MAX; step++)
        ratio_of_step[(uint8_t)step] = (float)step / LIVE_RATIO_STEPS_PER_OCTAVE;
    rsd_exp2f_each(ratio_of_step, 256u);
}

float live_residual_ratio(const live_model *model, uint32_t codebook, int32_t token)
{
    const int8_t *ratio_steps = model->ratio_steps + (size_t)codebook * model->codewords;
    return model->ratio_of_step[(uint8_t)ratio_steps[(uint32_t)token % model->codewords]];
}

float live_next_scale(float scale, float ratio_steps)
{
    const float next = scale * ratio_steps, low = next < 1.0f / LIVE_MAX_RATIO ? 1.0f / LIVE_MAX_RATIO : next;
    return low > LIVE_MAX_RATIO ? LIVE_MAX_RATIO : low;
}

void live_allocation_update(const live_model *model, uint32_t subband, uint32_t stage, int32_t token,
                            live_allocation *allocation)
{
    if (token == RSD_TOKEN_NONE) return;
    const float ratio = live_residual_ratio(model, model->codebook_of[subband][stage], token),
                before = allocation->scale[subband], after = live_next_scale(before, ratio);
    allocation->scale[subband] = after;
    allocation->reduction[subband] *= (after / before) * (after / before);
}

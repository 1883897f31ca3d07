// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include <string.h>

// Which cell a token refines. Real-time: nothing in this file allocates, locks, logs or makes a system call.

float live_stage_worth_log2(const live_shape *shape, uint32_t cell, uint32_t stage)
{
    const uint32_t centre_hz = 12000u * (2u * cell + 1u) / shape->cell_count;
    if (stage < 2u || centre_hz < LIVE_HIGH_HZ || centre_hz > LIVE_HIGH_END_HZ) return 0.0f;
    return shape->constants.high_worth * (centre_hz < LIVE_HIGH_HZ + 1500u ? 0.5f : 1.0f);
}

void live_cells_init(live_model *model, const float *error)
{
    const live_shape *shape = &model->shape;
    for (uint32_t c = 0; c < shape->cell_count; c++, error += model->stage_count + 1u) {
        for (uint32_t s = 0; s < model->stage_count; s++) {
            const float gain = error[s] - error[s + 1u];
            float counts = live_stage_worth_log2(shape, c, s);
            rsd_exp2f_each(&counts, 1u);
            model->worth[c][s] = (gain > 1e-12f ? gain : 1e-12f) * (float)shape->cell_width * counts;
        }
        model->worth[c][model->stage_count] = -1.0f;
        for (uint32_t s = 0; s < model->stage_count; s++)
            model->book_scale[c][s] = model->stage_is_shared[s] ? __builtin_sqrtf(error[s]) : 1.0f;
        /* Noise that follows the envelope has its energy without being told; noise that follows the scale has not. */
        const float slope = shape->constants.fill_slope;
        model->fill[c] = shape->constants.fill * (slope + (1.0f - slope) * __builtin_sqrtf(error[0]));
        for (uint32_t s = 0; s <= model->stage_count; s++)
            model->restore[c][s] = live_restoring_gain(error[s], error[0]);
    }
}

void live_allocation_begin(const live_model *model, const live_scaling *scaling, live_allocation *allocation)
{
    for (uint32_t c = 0; c < model->shape.cell_count; c++) {
        allocation->worth[c] = scaling->power[c] * model->worth[c][0];
        allocation->scale[c] = 1.0f;
        allocation->stage[c] = 0;
    }
}

uint32_t live_allocation_next(const live_model *model, const live_scaling *scaling, live_allocation *allocation,
                              uint32_t *stage)
{
    const uint32_t best = rvq_greatest_of(allocation->worth, model->shape.cell_count);
    *stage = allocation->stage[best]++;
    allocation->worth[best] = scaling->power[best] * model->worth[best][*stage + 1u];
    return best;
}

void live_shares_init(float shares[256])
{
    for (int32_t step = INT8_MIN; step <= INT8_MAX; step++) shares[(uint8_t)step] = (float)step / LIVE_LEAVES_STEPS;
    rsd_exp2f_each(shares, 256u);
}

float live_share_of(const live_model *model, uint32_t book, int32_t token)
{
    const int8_t *leaves = model->leaves + (size_t)book * model->codewords;
    return model->shares[(uint8_t)leaves[(uint32_t)token % model->codewords]];
}

float live_next_scale(float scale, float leaves)
{
    const float next = scale * leaves, low = next < 1.0f / LIVE_MOST_LEFT ? 1.0f / LIVE_MOST_LEFT : next;
    return low > LIVE_MOST_LEFT ? LIVE_MOST_LEFT : low;
}

void live_allocation_took(const live_model *model, uint32_t cell, uint32_t stage, int32_t token,
                          live_allocation *allocation)
{
    if (token == RSD_TOKEN_NONE) return;
    const float share = live_share_of(model, model->book_of[cell][stage], token);
    allocation->scale[cell] = live_next_scale(allocation->scale[cell], share);
}

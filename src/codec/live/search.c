// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include "rvq/rvq_internal.h"

#include <string.h>

/*
 * A codeword is the mean of the vectors that it stands for, and a mean has less energy than what it is the mean of: the
 * sum of a cell's codewords lacks what they leave, on average (Gersho and Gray, Vector Quantization and Signal
 * Compression, 11.2). The decoder gives that back as a gain. The encoder then prefers, of codewords that are about as
 * near, those whose energy is right with this gain. Of the frame's own energy alone: what the frames before lack hangs
 * on how many levels they had, and the tokens of a level must not. Real-time: nothing in this file allocates, locks,
 * logs or makes a system call.
 */

/* In normalised coefficients: keeps the weight of an empty cell finite. */
#define LEAST_ENERGY 1e-9f

float live_restoring_gain(float error, float whole)
{
    const float lost = error / whole;
    return 1.0f / __builtin_sqrtf(1.0f - (lost < 0.8f ? lost : 0.8f));
}

void live_energy_begin(const live_model *model, bool attack, const float *vector, live_energy *energy)
{
    const uint32_t width = model->shape.cell_width;
    memcpy(energy->vector, vector, model->shape.hop * sizeof *vector);
    energy->weight = attack ? 0.0f : model->shape.constants.energy_weight;
    for (uint32_t c = 0; c < model->shape.cell_count; c++) {
        energy->found[c].count = 0;
        energy->wanted[c] = live_mean_square(vector + c * width, width) * (float)width;
    }
}

static rvq_stage stage_of(const live_model *model, uint32_t cell, uint32_t stage, float scale,
                          const live_energy *energy)
{
    const float wanted = energy->wanted[cell], gain = model->restore[cell][stage + 1u];
    return (rvq_stage){.book = model->book_of[cell][stage],
                       .candidate_count = model->shape.constants.paths < 2.0f ? RVQ_CANDIDATES : RVQ_BLOCK,
                       .scale = model->book_scale[cell][stage] * scale,
                       .weight = energy->weight / (wanted + LEAST_ENERGY),
                       .wanted = wanted,
                       .gain = gain * gain};
}

int32_t live_energy_encode(const live_model *model, uint32_t cell, uint32_t stage, float scale, uint32_t codebook_bits,
                           live_energy *energy, float *residual)
{
    const float *vector = energy->vector + cell * model->shape.cell_width;
    const rvq_stage now = stage_of(model, cell, stage, scale, energy);
    const uint32_t path_count = (uint32_t)model->shape.constants.paths;
    if (path_count < 2u || stage + 1u == model->stage_count)
        return rvq_encode_energy(model->books, &now, NULL, codebook_bits, vector, residual, &energy->found[cell]);
    const rvq_ahead ahead = {.stage = stage_of(model, cell, stage + 1u, scale, energy),
                             .leaves = model->leaves + (size_t)now.book * model->codewords,
                             .shares = model->shares,
                             .path_count = path_count};
    return rvq_encode_energy(model->books, &now, &ahead, codebook_bits, vector, residual, &energy->found[cell]);
}

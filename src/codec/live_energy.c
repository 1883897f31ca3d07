// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include "rvq/rvq_internal.h"

#include <string.h>

/*
 * A codeword is the mean of the vectors that it stands for, and a mean has less energy than what it is the mean of: the
 * sum of a cell's codewords lacks what they leave, on average (Gersho and Gray, Vector Quantization and Signal
 * Compression, 11.2). The decoder gives that back as a gain. The encoder then prefers, of codewords that are about as
 * near, those whose energy is right with this gain; what a frame has too little or too much, the next ones make good,
 * as noise shaping does it with samples: hearing (and ViSQOL) looks through tens of milliseconds. Real-time: nothing in
 * this file allocates, locks, logs or makes a system call.
 */

/* What the frames before may ask of one frame, as a share of its own energy. */
#define MOST_DEBT 0.5f

/* Of a debt: more is no sound. */
#define MOST_ENERGY 1e12f

/* In normalised coefficients: keeps the weight of an empty cell finite. */
#define LEAST_ENERGY 1e-9f

float live_restoring_gain(float error, float whole)
{
    const float lost = error / whole;
    return 1.0f / __builtin_sqrtf(1.0f - (lost < 0.8f ? lost : 0.8f));
}

void live_energy_begin(const live_model *model, const live_scaling *scaling, bool attack, const float *vector,
                       live_energy *energy)
{
    const live_shape *shape = &model->shape;
    const uint32_t width = shape->cell_width;
    memcpy(energy->vector, vector, shape->hop * sizeof *vector);
    energy->weight = attack ? 0.0f : shape->constants.energy_weight;
    for (uint32_t c = 0; c < shape->cell_count; c++) {
        const float scale = scaling->scale[c * width + width / 2u];
        energy->power[c] = scale * scale;
        energy->wanted[c] = live_mean_square(vector + c * width, width) * (float)width;
        energy->coded[c] = 0.0f;
    }
}

int32_t live_energy_encode(const live_model *model, uint32_t cell, uint32_t stage, uint32_t codebook_bits,
                           const float *debt, live_energy *energy, float *residual)
{
    const uint32_t width = model->shape.cell_width, book = model->book_of[cell][stage];
    const float wanted = energy->wanted[cell], most = MOST_DEBT * wanted, gain = model->restore[cell][stage + 1u];
    float owed = model->shape.constants.energy_memory * debt[cell] / energy->power[cell];
    owed = owed > most ? most : owed < -most ? -most : owed;
    const rvq_energy goal = {
        .weight = energy->weight / (wanted + LEAST_ENERGY), .wanted = wanted + owed, .gain = gain * gain};
    const float *vector = energy->vector + cell * width;
    const int32_t token =
        rvq_encode_energy(model->books, book, model->book_scale[cell][stage], codebook_bits, &goal, vector, residual);
    float coded = 0.0f;
    for (uint32_t i = 0; i < width; i++) coded += (vector[i] - residual[i]) * (vector[i] - residual[i]);
    energy->coded[cell] = gain * gain * coded;
    return token;
}

void live_energy_settle(const live_model *model, const live_energy *energy, float *debt)
{
    for (uint32_t c = 0; c < model->shape.cell_count; c++) {
        const float missing = (energy->wanted[c] - energy->coded[c]) * energy->power[c];
        const float next = model->shape.constants.energy_memory * debt[c] + missing;
        /* Noise settles its own; what is not finite is forgotten. */
        debt[c] = energy->coded[c] > 0.0f && next > -MOST_ENERGY && next < MOST_ENERGY ? next : 0.0f;
    }
}

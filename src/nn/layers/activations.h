// SPDX-License-Identifier: MIT
#ifndef NN_ACTIVATIONS_H
#define NN_ACTIVATIONS_H

#include "nn/layers/kernel.h"

/*
 * Activations for kernels to include: plain C that compilers turn into whatever vectors the including file may use,
 * with the same bits everywhere.
 */

/* 2^n for whole n in -126..127, from a float that holds 1.5 x 2^23 + n. */
static inline float nn_power_of_two(float shifted)
{
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (int32_t)((uint32_t)(bits - 0x4b400000 + 127) << 23);
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/*
 * exp(x), clamped to x in -87..88; relative error under 2e-7. Cody and Waite, Software Manual for the Elementary
 * Functions, with the Taylor polynomial of degree 7 on +-ln(2)/2.
 */
static inline float nn_exp(float x)
{
    const float low = x < -87.0f ? -87.0f : x, clamped = low > 88.0f ? 88.0f : low;
    const float shifted = clamped * 1.44269504f + 12582912.0f; /* rounds to nearest by the addition */
    const float n = shifted - 12582912.0f;
    const float r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f;
    float sum = 1.0f / 5040.0f;
    sum = sum * r + 1.0f / 720.0f;
    sum = sum * r + 1.0f / 120.0f;
    sum = sum * r + 1.0f / 24.0f;
    sum = sum * r + 1.0f / 6.0f;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
    return sum * nn_power_of_two(shifted);
}

static inline float nn_sigmoid(float x) { return 1.0f / (1.0f + nn_exp(-x)); }

static inline float nn_tanh(float x) { return 1.0f - 2.0f / (nn_exp(2.0f * x) + 1.0f); }

RSD_REALTIME static inline void nn_elu_values(const float *in, float *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const float x = in[i], below = nn_exp(x) - 1.0f;
        out[i] = x > 0.0f ? x : below;
    }
}

static inline void nn_lstm_cell_values(const float *gates, float *restrict cell, float *restrict hidden, uint32_t count)
{
    const float *in = gates, *forget = in + count, *candidate = forget + count, *out = candidate + count;
    for (uint32_t i = 0; i < count; i++) {
        cell[i] = nn_sigmoid(forget[i]) * cell[i] + nn_sigmoid(in[i]) * nn_tanh(candidate[i]);
        hidden[i] = nn_sigmoid(out[i]) * nn_tanh(cell[i]);
    }
}

#endif

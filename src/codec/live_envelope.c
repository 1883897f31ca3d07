// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

// Real-time: nothing in this file allocates, locks, logs or makes a system call.

void live_band_edges(uint32_t hop, uint16_t edges[LIVE_BANDS + 1u])
{
    /* Widths at hop 128. Wide bands that cost few bits and err little beat fine ones (see src/DESIGN.md). */
    static const uint8_t widths[LIVE_BANDS] = {4, 4, 4, 4, 6, 6, 8, 10, 12, 14, 16, 18, 22};
    edges[0] = 0;
    for (uint32_t b = 0; b < LIVE_BANDS; b++) edges[b + 1u] = (uint16_t)(edges[b] + widths[b] * hop / 128u);
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

void live_envelope_of(const live_shape *shape, const float *coefficients, float envelope[LIVE_BANDS])
{
    for (uint32_t b = 0; b < LIVE_BANDS; b++) {
        const uint32_t begin = shape->edges[b], width = shape->edges[b + 1u] - begin;
        envelope[b] = 0.5f * rsd_log2f(live_mean_square(coefficients + begin, width) + LIVE_SILENCE);
    }
}

void live_envelope_decode(const live_shape *shape, const rsd_rvq *books, const int32_t tokens[LIVE_ENVELOPE_BOOKS],
                          float state[LIVE_BANDS])
{
    float step[LIVE_BANDS] = {0};
    for (uint32_t k = 0; k < LIVE_ENVELOPE_BOOKS; k++) rsd_rvq_decode_level(books, k, tokens + k, 1.0f, step);
    for (uint32_t b = 0; b < LIVE_BANDS; b++) {
        /* Limited to what float32 sound can hold, so that damaged tokens cannot drive it away. */
        const float next = shape->constants.prediction * state[b] + step[b] + shape->mean_envelope[b];
        const float limited = next < -20.0f ? -20.0f : next > 12.0f ? 12.0f : next;
        state[b] = limited - shape->mean_envelope[b];
    }
}

void live_envelope_encode(const live_shape *shape, const rsd_rvq *books, const float envelope[LIVE_BANDS],
                          float state[LIVE_BANDS], int32_t tokens[LIVE_ENVELOPE_BOOKS])
{
    float error[LIVE_BANDS];
    for (uint32_t b = 0; b < LIVE_BANDS; b++)
        error[b] = envelope[b] - shape->mean_envelope[b] - shape->constants.prediction * state[b];
    for (uint32_t k = 0; k < LIVE_ENVELOPE_BOOKS; k++) rsd_rvq_encode_level(books, k, 16u, error, tokens + k);
    live_envelope_decode(shape, books, tokens, state);
}

void live_scaling_of(const live_shape *shape, const float state[LIVE_BANDS], live_scaling *scaling)
{
    const float gamma = shape->constants.gamma;
    float total = 0.0f;
    for (uint32_t b = 0; b < LIVE_BANDS; b++) {
        scaling->energy[b] = rsd_exp2f(2.0f * (state[b] + shape->mean_envelope[b]));
        total += scaling->energy[b] * (float)(shape->edges[b + 1u] - shape->edges[b]);
    }
    const float gain_log2 = 0.5f * rsd_log2f(total / (float)shape->hop + 1e-12f);
    for (uint32_t b = 0; b < LIVE_BANDS; b++) {
        const float log2_divisor = gamma * (state[b] + shape->mean_envelope[b]) + (1.0f - gamma) * gain_log2;
        scaling->divisor[b] = rsd_exp2f(log2_divisor);
        scaling->inverse[b] = rsd_exp2f(-log2_divisor);
    }
}

void live_scale_bands(const live_shape *shape, const float *in, const float band_factor[LIVE_BANDS], float *out)
{
    for (uint32_t b = 0; b < LIVE_BANDS; b++) {
        const float factor = band_factor[b];
        for (uint32_t i = shape->edges[b]; i < shape->edges[b + 1u]; i++) out[i] = in[i] * factor;
    }
}

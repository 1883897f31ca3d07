// SPDX-License-Identifier: MIT
// One packed codebook: targets, codewords and classes, for the searches of the real-time half.
#ifndef RVQ_CODEBOOK_H
#define RVQ_CODEBOOK_H

#include "rvq/rvq_internal.h"

#include <float.h>
#include <string.h>

/* What the searches of the real-time half share: nothing here allocates, locks, logs or makes a system call. */

/* Adding and taking away 1.5 x 2^23 rounds to nearest even by plain additions: the same on every machine, and it
 * vectorises. */
#define ROUND_MAGIC 12582912.0f

/* A loop of a length that is known when it is built has no branches: functions that are built for the dims of `live`.
 */
#define RVQ_INLINE static inline __attribute__((always_inline))

static inline float clamp(float x, float limit)
{
    const float low = x < -limit ? -limit : x;
    return low > limit ? limit : low;
}

static inline int32_t bits_of(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/*
 * What a target is multiplied by: less than `factor` where it is too long for the range. Its direction stays, which is
 * all that counts for one much longer than any codeword. Floats without their signs are in the order of their bits, and
 * the greatest of integers is found in vector code.
 */
RVQ_INLINE float range_factor(const float *target, uint32_t dim, float factor, float limit)
{
    int32_t peak_bits = 0;
    float peak;
    for (uint32_t i = 0; i < dim; i++) {
        const int32_t bits = bits_of(target[i]) & INT32_MAX;
        peak_bits = bits > peak_bits ? bits : peak_bits;
    }
    memcpy(&peak, &peak_bits, sizeof peak);
    peak *= factor;
    return peak > limit && peak <= FLT_MAX ? factor * (limit / peak) : factor;
}

/* scale: what the codebook's codewords are multiplied by; dim: the codebook's. Returns what `residual` was multiplied
 * by. */
RVQ_INLINE float quantise_elements(const rvq_packed_codebook *codebook, uint32_t dim, float scale,
                                   const float *residual, int16_t *target)
{
    const float limit = codebook->target_limit;
    const float factor = range_factor(residual, dim, codebook->target_scale / scale, limit);
    for (uint32_t i = 0; i < dim; i++)
        target[i] = (int16_t)((clamp(residual[i] * factor, limit) + ROUND_MAGIC) - ROUND_MAGIC);
    if (dim % 2u) target[dim] = 0;
    return factor;
}

static inline float quantise_target(const rvq_packed_codebook *codebook, float scale, const float *residual,
                                    int16_t *target)
{
    return quantise_elements(codebook, codebook->dim, scale, residual, target);
}

static inline const int8_t *codeword_pairs(const rvq_packed_codebook *codebook, uint32_t token)
{
    const size_t block_bytes = (size_t)codebook->pair_count * RVQ_BLOCK * 2u;
    return codebook->packed + token / RVQ_BLOCK * block_bytes + token % RVQ_BLOCK * 2u;
}

RVQ_INLINE void add_pairs(const int8_t *pairs, uint32_t count, float scale, float *sum)
{
    for (uint32_t p = 0; p < count; p++, pairs += RVQ_BLOCK * 2u) {
        sum[2u * p] += scale * (float)pairs[0];
        sum[2u * p + 1u] += scale * (float)pairs[1];
    }
}

static inline void add_codeword(const rvq_packed_codebook *codebook, uint32_t token, float gain, float *sum)
{
    const float scale = codebook->scale * gain;
    const int8_t *pairs = codeword_pairs(codebook, token);
    const uint32_t whole_pairs = codebook->dim / 2u;
    if (whole_pairs == 4u)
        add_pairs(pairs, 4u, scale, sum);
    else if (whole_pairs == 8u)
        add_pairs(pairs, 8u, scale, sum);
    else
        add_pairs(pairs, whole_pairs, scale, sum);
    if (codebook->dim % 2u) sum[codebook->dim - 1u] += scale * (float)pairs[whole_pairs * RVQ_BLOCK * 2u];
}

static inline uint32_t usable_codewords(const rvq_packed_codebook *codebook, uint32_t codebook_bits)
{
    const uint32_t asked = codebook_bits >= 16u ? codebook->codeword_count : 1u << codebook_bits;
    return asked < codebook->codeword_count ? asked : codebook->codeword_count;
}

RVQ_INLINE float energy(const float *values, uint32_t count)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) sum += values[i] * values[i];
    return sum;
}

/* The nearer one of each class and the one half of the classes away: half as many candidates. */
static inline void join_classes(rvq_nearest *nearest)
{
    for (uint32_t c = 0; c < RVQ_BLOCK / 2u; c++) {
        const uint32_t other = c + RVQ_BLOCK / 2u;
        const bool less = nearest->score[other] < nearest->score[c];
        nearest->score[c] = less ? nearest->score[other] : nearest->score[c];
        nearest->index[c] = less ? nearest->index[other] : nearest->index[c];
    }
}

#endif

// SPDX-License-Identifier: MIT
// Operators of TFLite graphs by Advanced SIMD.
#include "nn/tflite/graph_internal.h"

#include <arm_neon.h>
#include <string.h>

#define TILE_SUMS 4u
#define PARTS 4u                                            /* registers of a block */
#define INLINE static inline __attribute__((always_inline)) /* for constant rows and blocks */

INLINE void sum_f32(const tfl_conv *conv, const tfl_tile *tile, const uint32_t rows, const uint32_t blocks,
                    float sums[][TFL_LANES])
{
    const float *x = tile->x, *w = tile->weights, *bias = tile->bias;
    const size_t step = conv->row_step, length = conv->run_length, next = conv->runs * length * TFL_LANES;
    float32x4_t sum[TILE_SUMS][PARTS];
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows * blocks; i++)
#pragma GCC unroll 8
        for (uint32_t p = 0; p < PARTS; p++) sum[i][p] = vld1q_f32(bias + i % blocks * TFL_LANES + 4u * p);
    for (uint32_t run = 0; run < conv->runs; run++) {
        const float *from = x + (ptrdiff_t)run * conv->run_step;
        for (size_t k = 0; k < length; k++, w += TFL_LANES) {
#pragma GCC unroll 8
            for (uint32_t b = 0; b < blocks; b++) {
                float32x4_t weights[PARTS];
#pragma GCC unroll 8
                for (uint32_t p = 0; p < PARTS; p++) weights[p] = vld1q_f32(w + b * next + 4u * p);
#pragma GCC unroll 8
                for (uint32_t i = 0; i < rows; i++) {
                    const float32x4_t input = vld1q_dup_f32(from + i * step + k);
#pragma GCC unroll 8
                    for (uint32_t p = 0; p < PARTS; p++)
                        sum[i * blocks + b][p] = vfmaq_f32(sum[i * blocks + b][p], input, weights[p]);
                }
            }
        }
    }
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows * blocks; i++)
#pragma GCC unroll 8
        for (uint32_t p = 0; p < PARTS; p++) vst1q_f32(sums[i] + 4u * p, sum[i][p]);
}

INLINE void sum_s8(const tfl_conv *conv, const int16_t *x, const int8_t *w, const int32_t *bias, const uint32_t rows,
                   int32_t sums[][TFL_LANES])
{
    const size_t length = conv->run_length;
    int32x4_t sum[2][PARTS];
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows; i++)
#pragma GCC unroll 8
        for (uint32_t p = 0; p < PARTS; p++) sum[i][p] = vld1q_s32(bias + 4u * p);
    for (uint32_t run = 0; run < conv->runs; run++) {
        const int16_t *from = x + (ptrdiff_t)run * conv->run_step;
        for (size_t k = 0; k < length; k += 2u, w += 2u * TFL_LANES) {
            const int8x16x2_t pairs = vld2q_s8(w); /* the first inputs of all lanes, the second ones */
#pragma GCC unroll 8
            for (uint32_t n = 0; n < 2u; n++) {
                const int16x8_t low = vmovl_s8(vget_low_s8(pairs.val[n])), high = vmovl_s8(vget_high_s8(pairs.val[n]));
                const int16x4_t parts[PARTS] = {vget_low_s16(low), vget_high_s16(low), vget_low_s16(high),
                                                vget_high_s16(high)};
#pragma GCC unroll 8
                for (uint32_t i = 0; i < rows; i++) {
                    const int16x4_t input = vdup_n_s16(from[i * (size_t)conv->row_step + k + n]);
#pragma GCC unroll 8
                    for (uint32_t p = 0; p < PARTS; p++) sum[i][p] = vmlal_s16(sum[i][p], parts[p], input);
                }
            }
        }
    }
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows; i++)
#pragma GCC unroll 8
        for (uint32_t p = 0; p < PARTS; p++) vst1q_s32(sums[i] + 4u * p, sum[i][p]);
}

static RSD_REALTIME void distances(const float (*vectors)[TFL_LANES], const float *target, uint32_t count, float *sums)
{
    float32x4_t sum[PARTS];
#pragma GCC unroll 8
    for (uint32_t p = 0; p < PARTS; p++) sum[p] = vdupq_n_f32(0.0f);
    for (uint32_t i = 0; i < count; i++) {
        const float32x4_t x = vdupq_n_f32(target[i]);
#pragma GCC unroll 8
        for (uint32_t p = 0; p < PARTS; p++) {
            const float32x4_t difference = vsubq_f32(x, vld1q_f32(vectors[i] + 4u * p));
            sum[p] = vaddq_f32(sum[p], vmulq_f32(difference, difference));
        }
    }
#pragma GCC unroll 8
    for (uint32_t p = 0; p < PARTS; p++) vst1q_f32(sums + 4u * p, sum[p]);
}

static bool always(void) { return true; }

#define TFL_KERNELS tfl_kernels_neon
#define TFL_KERNELS_NAME "neon"
#define TFL_KERNELS_SUPPORTED always
#include "nn/tflite/kernels.h"

// SPDX-License-Identifier: MIT
// Operators of TFLite graphs by AVX-512.
#include "nn/tflite/graph_internal.h"

#include <immintrin.h>
#include <string.h>

#define TILE_SUMS 8u
#define INLINE static inline __attribute__((always_inline)) /* for constant rows and blocks */

INLINE void sum_f32(const tfl_conv *conv, const tfl_tile *tile, const uint32_t rows, const uint32_t blocks,
                    float sums[][TFL_LANES])
{
    const float *x = tile->x, *w = tile->weights, *bias = tile->bias;
    const size_t step = conv->row_step, length = conv->run_length, next = conv->runs * length * TFL_LANES;
    __m512 sum[TILE_SUMS];
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows * blocks; i++) sum[i] = _mm512_load_ps(bias + i % blocks * TFL_LANES);
    for (uint32_t run = 0; run < conv->runs; run++) {
        const float *from = x + (ptrdiff_t)run * conv->run_step;
        for (size_t k = 0; k < length; k++, w += TFL_LANES) {
#pragma GCC unroll 8
            for (uint32_t b = 0; b < blocks; b++) {
                const __m512 weights = _mm512_load_ps(w + b * next);
#pragma GCC unroll 8
                for (uint32_t i = 0; i < rows; i++)
                    sum[i * blocks + b] =
                        _mm512_fmadd_ps(_mm512_set1_ps(from[i * step + k]), weights, sum[i * blocks + b]);
            }
        }
    }
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows * blocks; i++) _mm512_storeu_ps(sums[i], sum[i]);
}

/* Multiply-add-pairs of int16 rather than VNNI's bytes: those take one side unsigned, and these are a tenth of a frame.
 */
INLINE void sum_s8(const tfl_conv *conv, const int16_t *x, const int8_t *w, const int32_t *bias, const uint32_t rows,
                   int32_t sums[][TFL_LANES])
{
    const size_t length = conv->run_length;
    __m512i sum[2];
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows; i++) sum[i] = _mm512_load_si512(bias);
    for (uint32_t run = 0; run < conv->runs; run++) {
        const int16_t *from = x + (ptrdiff_t)run * conv->run_step;
        for (size_t k = 0; k < length; k += 2u, w += 2u * TFL_LANES) {
            const __m512i weights = _mm512_cvtepi8_epi16(_mm256_load_si256((const __m256i *)(const void *)w));
#pragma GCC unroll 8
            for (uint32_t i = 0; i < rows; i++) {
                int32_t pair;
                memcpy(&pair, from + i * (size_t)conv->row_step + k, sizeof pair);
                sum[i] = _mm512_add_epi32(sum[i], _mm512_madd_epi16(_mm512_set1_epi32(pair), weights));
            }
        }
    }
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows; i++) _mm512_storeu_si512(sums[i], sum[i]);
}

static RSD_REALTIME void distances(const float (*vectors)[TFL_LANES], const float *target, uint32_t count, float *sums)
{
    __m512 sum = _mm512_setzero_ps();
    for (uint32_t i = 0; i < count; i++) {
        const __m512 difference = _mm512_sub_ps(_mm512_set1_ps(target[i]), _mm512_load_ps(vectors[i]));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(difference, difference));
    }
    _mm512_storeu_ps(sums, sum);
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
}

#define TFL_KERNELS tfl_kernels_avx512
#define TFL_KERNELS_NAME "avx512"
#define TFL_KERNELS_SUPPORTED has_avx512
#include "nn/tflite/kernels.h"

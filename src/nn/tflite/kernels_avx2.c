// SPDX-License-Identifier: MIT
// Operators of TFLite graphs by AVX2 and FMA.
#include "nn/tflite/graph_internal.h"

#include <immintrin.h>
#include <string.h>

#define TILE_SUMS 4u
#define INLINE static inline __attribute__((always_inline)) /* for constant rows and blocks */

INLINE void sum_f32(const tfl_conv *conv, const tfl_tile *tile, const uint32_t rows, const uint32_t blocks,
                    float sums[][TFL_LANES])
{
    const float *x = tile->x, *w = tile->weights, *bias = tile->bias;
    const size_t step = conv->row_step, length = conv->run_length, next = conv->runs * length * TFL_LANES;
    __m256 low[TILE_SUMS], high[TILE_SUMS];
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows * blocks; i++) {
        low[i] = _mm256_load_ps(bias + i % blocks * TFL_LANES);
        high[i] = _mm256_load_ps(bias + i % blocks * TFL_LANES + 8);
    }
    for (uint32_t run = 0; run < conv->runs; run++) {
        const float *from = x + (ptrdiff_t)run * conv->run_step;
        for (size_t k = 0; k < length; k++, w += TFL_LANES) {
#pragma GCC unroll 8
            for (uint32_t b = 0; b < blocks; b++) {
                const __m256 w_low = _mm256_load_ps(w + b * next), w_high = _mm256_load_ps(w + b * next + 8);
#pragma GCC unroll 8
                for (uint32_t i = 0; i < rows; i++) {
                    const __m256 input = _mm256_broadcast_ss(from + i * step + k);
                    low[i * blocks + b] = _mm256_fmadd_ps(input, w_low, low[i * blocks + b]);
                    high[i * blocks + b] = _mm256_fmadd_ps(input, w_high, high[i * blocks + b]);
                }
            }
        }
    }
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows * blocks; i++) {
        _mm256_storeu_ps(sums[i], low[i]);
        _mm256_storeu_ps(sums[i] + 8, high[i]);
    }
}

static inline __m256i pair_at(const int16_t *inputs)
{
    int32_t both;
    memcpy(&both, inputs, sizeof both);
    return _mm256_set1_epi32(both);
}

INLINE void sum_s8(const tfl_conv *conv, const int16_t *x, const int8_t *w, const int32_t *bias, const uint32_t rows,
                   int32_t sums[][TFL_LANES])
{
    const size_t length = conv->run_length;
    __m256i low[2], high[2];
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows; i++) {
        low[i] = _mm256_load_si256((const __m256i *)bias);
        high[i] = _mm256_load_si256((const __m256i *)(bias + 8));
    }
    for (uint32_t run = 0; run < conv->runs; run++) {
        const int16_t *from = x + (ptrdiff_t)run * conv->run_step;
        for (size_t k = 0; k < length; k += 2u, w += 2u * TFL_LANES) {
            const __m256i w_low = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)w));
            const __m256i w_high = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)w + 1));
#pragma GCC unroll 8
            for (uint32_t i = 0; i < rows; i++) {
                const __m256i pair = pair_at(from + i * (size_t)conv->row_step + k);
                low[i] = _mm256_add_epi32(low[i], _mm256_madd_epi16(pair, w_low));
                high[i] = _mm256_add_epi32(high[i], _mm256_madd_epi16(pair, w_high));
            }
        }
    }
#pragma GCC unroll 8
    for (uint32_t i = 0; i < rows; i++) {
        _mm256_storeu_si256((__m256i *)sums[i], low[i]);
        _mm256_storeu_si256((__m256i *)(sums[i] + 8), high[i]);
    }
}

static RSD_REALTIME void distances(const float (*vectors)[TFL_LANES], const float *target, uint32_t count, float *sums)
{
    __m256 low = _mm256_setzero_ps(), high = low;
    for (uint32_t i = 0; i < count; i++) {
        const __m256 x = _mm256_broadcast_ss(target + i);
        const __m256 a = _mm256_sub_ps(x, _mm256_load_ps(vectors[i]));
        const __m256 b = _mm256_sub_ps(x, _mm256_load_ps(vectors[i] + 8));
        low = _mm256_add_ps(low, _mm256_mul_ps(a, a));
        high = _mm256_add_ps(high, _mm256_mul_ps(b, b));
    }
    _mm256_storeu_ps(sums, low);
    _mm256_storeu_ps(sums + 8, high);
}

static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#define TFL_KERNELS tfl_kernels_avx2
#define TFL_KERNELS_NAME "avx2"
#define TFL_KERNELS_SUPPORTED has_avx2
#include "nn/tflite/kernels.h"

// SPDX-License-Identifier: MIT
#include "nn/tflite_graph_internal.h"

#include <immintrin.h>
#include <string.h>

/* `rows` is a constant where this is called, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void rows_f32(const tfl_conv *conv, const float *x, const float *w,
                                                           const float *bias, const uint32_t rows,
                                                           float sums[][TFL_LANES])
{
    __m256 low[4], high[4];
    const size_t step = conv->row_step;
    for (uint32_t i = 0; i < rows; i++) {
        low[i] = _mm256_load_ps(bias);
        high[i] = _mm256_load_ps(bias + 8);
    }
    for (uint32_t run = 0; run < conv->runs; run++) {
        const float *from = x + (ptrdiff_t)run * conv->run_step;
        for (uint32_t k = 0; k < conv->run_length; k++, w += TFL_LANES) {
            const __m256 w_low = _mm256_load_ps(w), w_high = _mm256_load_ps(w + 8);
            for (uint32_t i = 0; i < rows; i++) {
                const __m256 input = _mm256_broadcast_ss(from + i * step + k);
                low[i] = _mm256_fmadd_ps(input, w_low, low[i]);
                high[i] = _mm256_fmadd_ps(input, w_high, high[i]);
            }
        }
    }
    for (uint32_t i = 0; i < rows; i++) {
        _mm256_storeu_ps(sums[i], low[i]);
        _mm256_storeu_ps(sums[i] + 8, high[i]);
    }
}

static void tile_f32(const tfl_conv *conv, const float *x, const float *weights, const float *bias, uint32_t rows,
                     float sums[][TFL_LANES])
{
    if (rows == 4u)
        rows_f32(conv, x, weights, bias, 4u, sums);
    else if (rows == 2u)
        rows_f32(conv, x, weights, bias, 2u, sums);
    else
        rows_f32(conv, x, weights, bias, 1u, sums);
}

static inline __m256i pair_at(const int16_t *inputs)
{
    int32_t both;
    memcpy(&both, inputs, sizeof both);
    return _mm256_set1_epi32(both);
}

static inline __attribute__((always_inline)) void rows_s8(const tfl_conv *conv, const int16_t *x, const int8_t *w,
                                                          const int32_t *bias, const uint32_t rows,
                                                          int32_t sums[][TFL_LANES])
{
    __m256i low[2], high[2];
    for (uint32_t i = 0; i < rows; i++) {
        low[i] = _mm256_load_si256((const __m256i *)bias);
        high[i] = _mm256_load_si256((const __m256i *)(bias + 8));
    }
    for (uint32_t run = 0; run < conv->runs; run++) {
        const int16_t *from = x + (ptrdiff_t)run * conv->run_step;
        for (uint32_t k = 0; k < conv->run_length; k += 2u, w += 2u * TFL_LANES) {
            const __m256i w_low = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)w));
            const __m256i w_high = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)w + 1));
            for (uint32_t i = 0; i < rows; i++) {
                const __m256i pair = pair_at(from + i * (size_t)conv->row_step + k);
                low[i] = _mm256_add_epi32(low[i], _mm256_madd_epi16(pair, w_low));
                high[i] = _mm256_add_epi32(high[i], _mm256_madd_epi16(pair, w_high));
            }
        }
    }
    for (uint32_t i = 0; i < rows; i++) {
        _mm256_storeu_si256((__m256i *)sums[i], low[i]);
        _mm256_storeu_si256((__m256i *)(sums[i] + 8), high[i]);
    }
}

static void tile_s8(const tfl_conv *conv, const int16_t *x, const int8_t *weights, const int32_t *bias, uint32_t rows,
                    int32_t sums[][TFL_LANES])
{
    if (rows == 2u)
        rows_s8(conv, x, weights, bias, 2u, sums);
    else
        rows_s8(conv, x, weights, bias, 1u, sums);
}

static void distances(const float (*vectors)[TFL_LANES], const float *target, uint32_t count, float *sums)
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
#include "nn/tflite_kernels.h"

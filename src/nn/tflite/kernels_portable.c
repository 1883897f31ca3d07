// SPDX-License-Identifier: MIT
// Operators of TFLite graphs in plain C.
#include "nn/tflite/graph_internal.h"

#include <string.h>

#define TILE_SUMS 4u

/* Fused multiply-adds in the order run, input. */
static inline void sum_f32(const tfl_conv *conv, const tfl_tile *tile, const uint32_t rows, const uint32_t blocks,
                           float sums[][TFL_LANES])
{
    const float *x = tile->x, *weights = tile->weights, *bias = tile->bias;
    const size_t next = (size_t)conv->runs * conv->run_length * TFL_LANES;
    for (uint32_t i = 0; i < rows * blocks; i++) {
        const float *w = weights + i % blocks * next, *row = x + (size_t)(i / blocks) * conv->row_step;
        float local[TFL_LANES];
        memcpy(local, bias + i % blocks * TFL_LANES, sizeof local);
        for (uint32_t run = 0; run < conv->runs; run++) {
            const float *from = row + (ptrdiff_t)run * conv->run_step;
            for (uint32_t k = 0; k < conv->run_length; k++, w += TFL_LANES) {
                for (uint32_t j = 0; j < TFL_LANES; j++) local[j] = __builtin_fmaf(from[k], w[j], local[j]);
            }
        }
        memcpy(sums[i], local, sizeof local);
    }
}

static inline void sum_s8(const tfl_conv *conv, const int16_t *x, const int8_t *weights, const int32_t *bias,
                          const uint32_t rows, int32_t sums[][TFL_LANES])
{
    for (uint32_t i = 0; i < rows; i++, x += conv->row_step) {
        const int8_t *w = weights;
        int32_t local[TFL_LANES];
        memcpy(local, bias, sizeof local);
        for (uint32_t run = 0; run < conv->runs; run++) {
            const int16_t *from = x + (ptrdiff_t)run * conv->run_step;
            for (uint32_t k = 0; k < conv->run_length; k += 2u, w += 2u * TFL_LANES) {
                for (uint32_t j = 0; j < TFL_LANES; j++)
                    local[j] += from[k] * w[2u * j] + from[k + 1u] * w[2u * j + 1u];
            }
        }
        memcpy(sums[i], local, sizeof local);
    }
}

static RSD_REALTIME void distances(const float (*vectors)[TFL_LANES], const float *target, uint32_t count, float *sums)
{
    float local[TFL_LANES] = {0.0f};
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t c = 0; c < TFL_LANES; c++) {
            const float difference = target[i] - vectors[i][c];
            local[c] += difference * difference;
        }
    }
    memcpy(sums, local, sizeof local);
}

static bool always(void) { return true; }

#define TFL_KERNELS tfl_kernels_portable
#define TFL_KERNELS_NAME "portable"
#define TFL_KERNELS_SUPPORTED always
#include "nn/tflite/kernels.h"

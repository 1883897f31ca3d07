// SPDX-License-Identifier: MIT
#ifndef NN_KERNEL_LANES_H
#define NN_KERNEL_LANES_H

/*
 * The product for registers of NN_LANES floats (a divisor of NN_BLOCK), by the compiler's vector types. A file that
 * defines NN_LANES and is built for such registers includes this once.
 */

#include "nn/layers/activations.h"
#include "nn/layers/kernel.h"

#define NN_REGISTERS (NN_BLOCK / NN_LANES) /* a block's */
#define NN_MOST 4u                         /* blocks or steps of a tile */

typedef float nn_lanes __attribute__((vector_size(NN_LANES * 4u), aligned(4), may_alias));

typedef uint32_t nn_words __attribute__((vector_size(NN_LANES * 4u), aligned(4), may_alias));
typedef int32_t nn_whole_lanes __attribute__((vector_size(NN_LANES * 4u)));

static inline const nn_lanes *lanes_at(const float *from) { return (const nn_lanes *)(const void *)from; }

/* Adds bias, and what `out` holds where that is asked for. */
__attribute__((always_inline)) static inline void tile_bias(const nn_product *p, uint32_t block, uint32_t step,
                                                            nn_lanes *sums)
{
    const float *bias = p->matrix->bias + block * NN_BLOCK;
    for (uint32_t r = 0; r < NN_REGISTERS; r++) sums[r] += lanes_at(bias)[r];
    if (!p->add) return;
    const uint32_t left = p->row_count - block * NN_BLOCK, rows = left < NN_BLOCK ? left : NN_BLOCK;
    float held[NN_BLOCK] = {0};
    memcpy(held, p->out + (size_t)step * p->row_count + block * NN_BLOCK, rows * sizeof *held);
    for (uint32_t r = 0; r < NN_REGISTERS; r++) sums[r] += lanes_at(held)[r];
}

/* The sums of a tile before the first column. */
__attribute__((always_inline)) static inline void tile_begin(const nn_product *p, uint32_t block, uint32_t step,
                                                             nn_lanes *sums, const bool narrow)
{
    for (uint32_t r = 0; r < NN_REGISTERS; r++) sums[r] = (nn_lanes){0};
    if (!narrow) tile_bias(p, block, step, sums);
}

__attribute__((always_inline)) static inline void tile_end(const nn_product *p, uint32_t block, uint32_t step,
                                                           nn_lanes *sums, const bool narrow)
{
    if (narrow) {
        for (uint32_t r = 0; r < NN_REGISTERS; r++) sums[r] *= lanes_at(p->matrix->scale + block * NN_BLOCK)[r];
        tile_bias(p, block, step, sums);
    }
    float *out = p->out + (size_t)step * p->row_count + block * NN_BLOCK;
    const uint32_t left = p->row_count - block * NN_BLOCK;
    if (left >= NN_BLOCK) {
        memcpy(out, sums, NN_BLOCK * sizeof *out);
    } else {
        float held[NN_BLOCK];
        memcpy(held, sums, sizeof held);
        memcpy(out, held, left * sizeof *out);
    }
}

/* What one column (place: its weights in the packed matrix) adds to a tile's sums. */
__attribute__((always_inline)) static inline void tile_column(const nn_product *p, size_t place, const uint32_t blocks,
                                                              const float *window, const uint32_t steps,
                                                              nn_lanes (*sums)[NN_MOST][NN_REGISTERS])
{
    const size_t block_floats = (size_t)p->matrix->column_count * NN_BLOCK;
#pragma GCC unroll 4
    for (uint32_t b = 0; b < blocks; b++) {
#pragma GCC unroll 4
        for (uint32_t r = 0; r < NN_REGISTERS; r++) {
            const nn_lanes weights = *lanes_at(p->matrix->packed + place + b * block_floats + r * NN_LANES);
#pragma GCC unroll 4
            for (uint32_t t = 0; t < steps; t++) sums[b][t][r] += weights * window[t * p->in_step];
        }
    }
}

/* What two columns of a narrow matrix add, one after the other. */
__attribute__((always_inline)) static inline void tile_pair(const nn_product *p, size_t place, const uint32_t blocks,
                                                            const float *window, const uint32_t steps,
                                                            nn_lanes (*sums)[NN_MOST][NN_REGISTERS])
{
    const size_t block_words = (size_t)p->matrix->column_count / 2u * NN_BLOCK;
#pragma GCC unroll 4
    for (uint32_t b = 0; b < blocks; b++) {
#pragma GCC unroll 4
        for (uint32_t r = 0; r < NN_REGISTERS; r++) {
            const uint32_t *words = p->matrix->narrow + place + b * block_words + r * NN_LANES;
            const nn_words both = *(const nn_words *)(const void *)words;
            const nn_lanes even = __builtin_convertvector((nn_whole_lanes)(both << 16), nn_lanes);
            const nn_lanes odd = __builtin_convertvector((nn_whole_lanes)(both & 0xffff0000u), nn_lanes);
#pragma GCC unroll 4
            for (uint32_t t = 0; t < steps; t++) {
                sums[b][t][r] += even * window[t * p->in_step];
                sums[b][t][r] += odd * window[t * p->in_step + 1u];
            }
        }
    }
}

/* `blocks` blocks of rows at `steps` steps; both (and narrow) are constants where this is called, so that the sums stay
 * in registers.
 */
__attribute__((always_inline)) static inline void tile(const nn_product *p, uint32_t block, const uint32_t blocks,
                                                       uint32_t step, const uint32_t steps, const bool narrow)
{
    const uint32_t columns = narrow ? 2u : 1u; /* of one round */
    const float *window = p->in + step * p->in_step;
    size_t place = (size_t)block * (p->matrix->column_count / columns) * NN_BLOCK;
    nn_lanes sums[NN_MOST][NN_MOST][NN_REGISTERS];
#pragma GCC unroll 4
    for (uint32_t b = 0; b < blocks; b++)
#pragma GCC unroll 4
        for (uint32_t t = 0; t < steps; t++) tile_begin(p, block + b, step + t, sums[b][t], narrow);
    for (uint32_t s = 0; s < p->segment_count; s++, window += p->segment_step) {
        for (uint32_t i = 0; i < p->segment_length; i += columns, place += NN_BLOCK) {
            if (narrow)
                tile_pair(p, place, blocks, window + i, steps, sums);
            else
                tile_column(p, place, blocks, window + i, steps, sums);
        }
    }
#pragma GCC unroll 4
    for (uint32_t b = 0; b < blocks; b++)
#pragma GCC unroll 4
        for (uint32_t t = 0; t < steps; t++) tile_end(p, block + b, step + t, sums[b][t], narrow);
}

/* Steps that are over when the others went by fours: many blocks at once, as one sum alone would wait for itself. */
__attribute__((always_inline)) static inline void product_rest(const nn_product *p, uint32_t step, const bool narrow)
{
    const uint32_t block_count = (p->row_count + NN_BLOCK - 1u) / NN_BLOCK;
    for (; step < p->step_count; step++) {
        uint32_t block = 0;
        for (; block + 4u <= block_count; block += 4u) tile(p, block, 4u, step, 1u, narrow);
        for (; block < block_count; block++) tile(p, block, 1u, step, 1u, narrow);
    }
}

__attribute__((always_inline)) static inline void product_of(const nn_product *p, const bool narrow)
{
    const uint32_t block_count = (p->row_count + NN_BLOCK - 1u) / NN_BLOCK, fours = p->step_count / 4u * 4u;
    for (uint32_t block = 0; fours > 0u && block < block_count; block++)
        for (uint32_t step = 0; step < fours; step += 4u) tile(p, block, 1u, step, 4u, narrow);
    product_rest(p, fours, narrow);
}

static RSD_REALTIME void product(const nn_product *p)
{
    if (p->matrix->narrow)
        product_of(p, true);
    else
        product_of(p, false);
}

static RSD_REALTIME void elu(const float *in, float *out, size_t count) { nn_elu_values(in, out, count); }

static RSD_REALTIME void lstm_cells(const float *gates, float *cell, float *hidden, uint32_t hidden_count)
{
    nn_lstm_cell_values(gates, cell, hidden, hidden_count);
}

#endif

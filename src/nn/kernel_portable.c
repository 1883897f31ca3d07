// SPDX-License-Identifier: MIT
#include "nn/activations.h"
#include "nn/kernel.h"

static bool supported(void) { return true; }

/* Plain C twin of the vector kernels; compilers turn the lane loops into whatever the target has. */
static void sum_block(const nn_product *p, uint32_t block, const float *window, float *sums)
{
    const float *packed = p->matrix->packed + (size_t)block * p->matrix->column_count * NN_BLOCK;
    for (uint32_t s = 0; s < p->segment_count; s++) {
        const float *run = window + s * p->segment_step;
        for (uint32_t i = 0; i < p->segment_length; i++, packed += NN_BLOCK)
            for (uint32_t r = 0; r < NN_BLOCK; r++) sums[r] += packed[r] * run[i];
    }
}

static void product(const nn_product *p)
{
    for (uint32_t first = 0; first < p->row_count; first += NN_BLOCK) {
        const uint32_t rows = p->row_count - first < NN_BLOCK ? p->row_count - first : NN_BLOCK;
        for (uint32_t t = 0; t < p->step_count; t++) {
            float sums[NN_BLOCK], *out = p->out + (size_t)t * p->row_count + first;
            memcpy(sums, p->matrix->bias + first, sizeof sums);
            for (uint32_t r = 0; p->add && r < rows; r++) sums[r] += out[r];
            sum_block(p, first / NN_BLOCK, p->in + t * p->in_step, sums);
            memcpy(out, sums, rows * sizeof *out);
        }
    }
}

static void elu(const float *in, float *out, size_t count) { nn_elu_values(in, out, count); }

static void lstm_cells(const float *gates, float *cell, float *hidden, uint32_t hidden_count)
{
    nn_lstm_cell_values(gates, cell, hidden, hidden_count);
}

const nn_kernel nn_kernel_portable = {"portable", supported, product, elu, lstm_cells};

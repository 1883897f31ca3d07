// SPDX-License-Identifier: MIT
// The layers' products in plain C.
#include "nn/layers/activations.h"
#include "nn/layers/kernel.h"

static bool supported(void) { return true; }

/* Plain C twin of the vector kernels; compilers turn the lane loops into whatever the target has. */
static void sum_block(const nn_product *p, const float *packed, const float *window, float *sums)
{
    for (uint32_t s = 0; s < p->segment_count; s++) {
        const float *run = window + s * p->segment_step;
        for (uint32_t i = 0; i < p->segment_length; i++, packed += NN_BLOCK)
            for (uint32_t r = 0; r < NN_BLOCK; r++) sums[r] += packed[r] * run[i];
    }
}

static void sum_narrow_block(const nn_product *p, const uint32_t *narrow, const float *window, float *sums)
{
    for (uint32_t s = 0; s < p->segment_count; s++) {
        const float *run = window + s * p->segment_step;
        for (uint32_t i = 0; i < p->segment_length; i += 2u, narrow += NN_BLOCK) {
            for (uint32_t r = 0; r < NN_BLOCK; r++) {
                sums[r] += (float)nn_narrow_even(narrow[r]) * run[i];
                sums[r] += (float)nn_narrow_odd(narrow[r]) * run[i + 1u];
            }
        }
    }
}

static void add_bias(const nn_product *p, uint32_t first, uint32_t rows, const float *out, float *sums)
{
    for (uint32_t r = 0; r < NN_BLOCK; r++) sums[r] += p->matrix->bias[first + r];
    for (uint32_t r = 0; p->add && r < rows; r++) sums[r] += out[r];
}

static RSD_REALTIME void product(const nn_product *p)
{
    const nn_matrix *matrix = p->matrix;
    for (uint32_t first = 0; first < p->row_count; first += NN_BLOCK) {
        const uint32_t rows = p->row_count - first < NN_BLOCK ? p->row_count - first : NN_BLOCK;
        const size_t place = (size_t)first * matrix->column_count;
        for (uint32_t t = 0; t < p->step_count; t++) {
            float sums[NN_BLOCK] = {0}, *out = p->out + (size_t)t * p->row_count + first;
            const float *window = p->in + t * p->in_step;
            if (matrix->narrow) {
                sum_narrow_block(p, matrix->narrow + place / 2u, window, sums);
                for (uint32_t r = 0; r < NN_BLOCK; r++) sums[r] *= matrix->scale[first + r];
                add_bias(p, first, rows, out, sums);
            } else {
                add_bias(p, first, rows, out, sums);
                sum_block(p, matrix->packed + place, window, sums);
            }
            memcpy(out, sums, rows * sizeof *out);
        }
    }
}

static RSD_REALTIME void elu(const float *in, float *out, size_t count) { nn_elu_values(in, out, count); }

static RSD_REALTIME void lstm_cells(const float *gates, float *cell, float *hidden, uint32_t hidden_count)
{
    nn_lstm_cell_values(gates, cell, hidden, hidden_count);
}

const nn_kernel nn_kernel_portable = {"portable", supported, product, elu, lstm_cells};

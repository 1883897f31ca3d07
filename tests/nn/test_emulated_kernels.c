// SPDX-License-Identifier: MIT
#include "nn/kernel.h"
#include "nn/layers.h"
#include "support/signals.h"

#include <criterion/criterion.h>

/* The wide kernels of the float layers, built without their instruction sets: as C they are the portable one to the
 * bit on any processor. test_layers runs the machine's own. */

extern const nn_kernel emulated_nn_kernel_avx2, emulated_nn_kernel_avx512;
static const nn_kernel *const kernels[] = {&emulated_nn_kernel_avx2, &emulated_nn_kernel_avx512};
#define KERNEL_COUNT 2u

/* Rows beside whole blocks, gaps between segments, partial rows, calls of 1 to 13 steps; every third matrix narrow. */
Test(emulated_kernels, products_are_the_portable_ones_to_the_bit)
{
    static float values[150 * 160], bias[150], in[4000], out[13 * 150], other[13 * 150];
    uint32_t seed = 5;
    for (int round = 0; round < 200; round++) {
        const uint32_t rows = test_between(&seed, 1, 150), steps = test_between(&seed, 1, 13);
        const uint32_t segments = test_between(&seed, 1, 4);
        const bool narrow = round % 3 == 2;
        const uint32_t length = narrow ? 2u * test_between(&seed, 1, 20) : test_between(&seed, 1, 40);
        nn_matrix matrix;
        test_fill_noise(values, rows * segments * length, 1.0f, test_random(&seed));
        test_fill_noise(bias, rows, 1.0f, test_random(&seed));
        test_fill_noise(in, 4000, 1.0f, test_random(&seed));
        cr_assert_eq(nn_matrix_init(&matrix, rows, segments * length, values, bias), RSD_OK);
        if (narrow) cr_assert_eq(nn_matrix_narrow(&matrix), RSD_OK);
        nn_product p = {.matrix = &matrix,
                        .row_count = test_between(&seed, 1, rows),
                        .in = in,
                        .in_step = test_between(&seed, 1, 100),
                        .segment_step = length + 3u,
                        .segment_count = segments,
                        .segment_length = length,
                        .step_count = steps,
                        .add = round % 2 == 1,
                        .out = out};
        test_fill_noise(out, 13 * 150, 1.0f, 9);
        nn_kernel_portable.product(&p);
        p.out = other;
        for (uint32_t k = 0; k < KERNEL_COUNT; k++) {
            test_fill_noise(other, 13 * 150, 1.0f, 9);
            kernels[k]->product(&p);
            cr_assert_arr_eq(out, other, sizeof out, "%s, round %d", kernels[k]->name, round);
        }
        nn_matrix_destroy(&matrix);
    }
}

Test(emulated_kernels, activations_are_the_portable_ones_to_the_bit)
{
    enum { COUNT = 1003, HIDDEN = 37 };
    static float x[4 * COUNT], out[COUNT], other[COUNT];
    test_fill_noise(x, 4 * COUNT, 30.0f, 3);
    x[0] = 0.0f, x[1] = -0.0f, x[2] = -1e-30f, x[3] = -1e30f, x[4] = 1e30f;
    nn_kernel_portable.elu(x, out, COUNT);
    for (uint32_t k = 0; k < KERNEL_COUNT; k++) {
        kernels[k]->elu(x, other, COUNT);
        cr_assert_arr_eq(out, other, sizeof out, "%s", kernels[k]->name);
    }
    float cell[HIDDEN], hidden[HIDDEN], other_cell[HIDDEN], other_hidden[HIDDEN];
    for (uint32_t k = 0; k < KERNEL_COUNT; k++) {
        test_fill_noise(cell, HIDDEN, 1.0f, 7);
        test_fill_noise(other_cell, HIDDEN, 1.0f, 7);
        nn_kernel_portable.lstm_cells(x, cell, hidden, HIDDEN);
        kernels[k]->lstm_cells(x, other_cell, other_hidden, HIDDEN);
        cr_assert_arr_eq(cell, other_cell, sizeof cell, "%s", kernels[k]->name);
        cr_assert_arr_eq(hidden, other_hidden, sizeof hidden, "%s", kernels[k]->name);
    }
}

// SPDX-License-Identifier: MIT
#ifndef PRODUCT_CASES_H
#define PRODUCT_CASES_H

#include "nn/layers/layers.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#define PRODUCT_MOST_ROWS 150u
#define PRODUCT_MOST_STEPS 13u
#define PRODUCT_OUT (PRODUCT_MOST_ROWS * PRODUCT_MOST_STEPS)

/* A kernel's product against the portable one's, `wanted`: every bit, what lies beside the rows too. */
static inline void check_product(const nn_kernel *kernel, nn_product p, const float *wanted, int round)
{
    static float out[PRODUCT_OUT];
    test_fill_noise(out, PRODUCT_OUT, 1.0f, 9);
    p.out = out;
    kernel->product(&p);
    cr_assert_arr_eq(wanted, out, sizeof out, "%s, round %d", kernel->name, round);
}

/*
 * Products of shapes by chance: rows beside whole blocks, gaps between segments, partial rows, 1 to 13 steps, every
 * third matrix narrow. The kernels must run here, whatever their `supported` says.
 */
static inline void check_products(const nn_kernel *const *kernels, uint32_t kernel_count)
{
    static float values[PRODUCT_MOST_ROWS * 160], bias[PRODUCT_MOST_ROWS], in[4000], wanted[PRODUCT_OUT];
    uint32_t seed = 5;
    for (int round = 0; round < 200; round++) {
        const bool narrow = round % 3 == 2;
        const uint32_t rows = test_between(&seed, 1, PRODUCT_MOST_ROWS), segments = test_between(&seed, 1, 4);
        const uint32_t length = narrow ? 2u * test_between(&seed, 1, 20) : test_between(&seed, 1, 40);
        test_fill_noise(values, rows * segments * length, 1.0f, test_random(&seed));
        test_fill_noise(bias, rows, 1.0f, test_random(&seed));
        test_fill_noise(in, 4000, 1.0f, test_random(&seed));
        nn_matrix matrix;
        cr_assert_eq(nn_matrix_init(&matrix, rows, segments * length, values, bias), RSD_OK);
        if (narrow) cr_assert_eq(nn_matrix_narrow(&matrix), RSD_OK);
        const nn_product p = {.matrix = &matrix,
                              .row_count = test_between(&seed, 1, rows),
                              .in = in,
                              .in_step = test_between(&seed, 1, 100),
                              .segment_step = length + 3u,
                              .segment_count = segments,
                              .segment_length = length,
                              .step_count = test_between(&seed, 1, PRODUCT_MOST_STEPS),
                              .add = round % 2 == 1,
                              .out = wanted};
        test_fill_noise(wanted, PRODUCT_OUT, 1.0f, 9);
        nn_kernel_portable.product(&p);
        for (uint32_t k = 0; k < kernel_count; k++) check_product(kernels[k], p, wanted, round);
        nn_matrix_destroy(&matrix);
    }
}

#endif

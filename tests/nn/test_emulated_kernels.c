// SPDX-License-Identifier: MIT
// Kernels of other processors, emulated, against plain C.
#include "product_cases.h"

/* The wide kernels of the float layers, built without their instruction sets: as C they are the portable one to the
 * bit on any processor. test_layers runs the machine's own. */

extern const nn_kernel emulated_nn_kernel_avx2, emulated_nn_kernel_avx512;
static const nn_kernel *const kernels[] = {&emulated_nn_kernel_avx2, &emulated_nn_kernel_avx512};
#define KERNEL_COUNT 2u

Test(emulated_kernels, products_are_the_portable_ones_to_the_bit) { check_products(kernels, KERNEL_COUNT); }

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

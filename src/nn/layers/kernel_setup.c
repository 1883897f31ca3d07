// SPDX-License-Identifier: MIT
// Which of the layers' kernels this processor runs.
#include "nn/layers/kernel.h"

#include "base/kernel.h"

const nn_kernel *const nn_kernels[] = {
#if defined(__x86_64__)
    &nn_kernel_avx512,
    &nn_kernel_avx2,
#endif
    &nn_kernel_portable,
};
const uint32_t nn_kernel_count = sizeof nn_kernels / sizeof *nn_kernels;

static base_kernel row(uint32_t index) { return (base_kernel){nn_kernels[index]->name, nn_kernels[index]->supported}; }

const nn_kernel *nn_best_kernel(void) { return nn_kernels[base_choose_kernel(nn_kernel_count, row)]; }

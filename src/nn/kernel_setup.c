// SPDX-License-Identifier: MIT
#include "nn/kernel.h"

#include <stdlib.h>

const nn_kernel *const nn_kernels[] = {
#if defined(__x86_64__)
    &nn_kernel_avx512,
    &nn_kernel_avx2,
#endif
    &nn_kernel_portable,
};
const uint32_t nn_kernel_count = sizeof nn_kernels / sizeof *nn_kernels;

const nn_kernel *nn_best_kernel(void)
{
    const char *wanted = getenv("RESIDUUM_KERNEL");
    const nn_kernel *best = NULL;
    for (uint32_t k = 0; k < nn_kernel_count; k++) {
        if (!nn_kernels[k]->supported()) continue;
        if (wanted && strcmp(wanted, nn_kernels[k]->name) == 0) return nn_kernels[k];
        if (!best) best = nn_kernels[k];
    }
    return best;
}

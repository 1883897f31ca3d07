// SPDX-License-Identifier: MIT
// Which of several kernels runs on this machine.
#include "base/kernel.h"

#include <stdlib.h>
#include <string.h>

uint32_t base_choose_kernel(uint32_t count, base_kernel (*row)(uint32_t index))
{
    const char *wanted = getenv("RESIDUUM_KERNEL");
    uint32_t best = count;
    for (uint32_t k = 0; k < count; k++) {
        const base_kernel kernel = row(k);
        if (!kernel.supported()) continue;
        if (wanted && strcmp(wanted, kernel.name) == 0) return k;
        if (best == count) best = k;
    }
    return best;
}

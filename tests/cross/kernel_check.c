// SPDX-License-Identifier: MIT
// kernel_check: every kernel that this machine has against plain arithmetic; 1 where one chooses wrongly.
#include "rvq/kernel_support.h"

int main(void)
{
    int status = 0;
    for (uint32_t k = 0; k < rvq_kernel_count; k++) {
        if (!rvq_kernels[k].supported()) continue;
        const uint32_t wrong = wrong_choices(rvq_kernels[k].search);
        printf("%s: %u wrong choices\n", rvq_kernels[k].name, wrong);
        if (wrong) status = 1;
    }
    return status;
}

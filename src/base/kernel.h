// SPDX-License-Identifier: MIT
// Which of several kernels runs on this machine: one rule for codebook search, layers and TFLite graphs.
#ifndef BASE_KERNEL_H
#define BASE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* A row of a list of kernels, fastest first. The last one must run everywhere. */
typedef struct {
    const char *name;
    bool (*supported)(void); /* by this machine and its system */
} base_kernel;

/*
 * Index of the kernel to use: the one that the environment variable RESIDUUM_KERNEL names, where it runs here, else the
 * first that does. row: of the list by index. Thread: [setup]
 */
uint32_t base_choose_kernel(uint32_t count, base_kernel (*row)(uint32_t index));

#endif

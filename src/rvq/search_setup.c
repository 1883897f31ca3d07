// SPDX-License-Identifier: MIT
// Which search kernel this machine gets.
#include "rvq/rvq_internal.h"

#include "base/kernel.h"

#include <stdbool.h>

static bool always(void) { return true; }

#if defined(__x86_64__)
/* These ask whether the system saves the registers, too. */
static bool has_avx2(void) { return __builtin_cpu_supports("avx2"); }
static bool has_avx512(void) { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"); }
static bool has_avx512_vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
#endif

const rvq_kernel rvq_kernels[] = {
#if defined(__x86_64__)
    {"avx512-vnni", rvq_search_avx512_vnni, has_avx512_vnni},
    {"avx512", rvq_search_avx512, has_avx512},
    {"avx2", rvq_search_avx2, has_avx2},
    {"sse2", rvq_search_sse2, always},
#elif defined(__aarch64__)
    {"neon", rvq_search_neon, always},
#endif
    {"portable", rvq_search_portable, always},
};
const uint32_t rvq_kernel_count = sizeof rvq_kernels / sizeof *rvq_kernels;

static base_kernel row(uint32_t index) { return (base_kernel){rvq_kernels[index].name, rvq_kernels[index].supported}; }

const rvq_kernel *rvq_best_kernel(void) { return &rvq_kernels[base_choose_kernel(rvq_kernel_count, row)]; }

// SPDX-License-Identifier: MIT
// The layers' products by AVX-512.
#define NN_LANES 16u
#include "nn/layers/kernel_lanes.h"

static bool supported(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

const nn_kernel nn_kernel_avx512 = {"avx512", supported, product, elu, lstm_cells};

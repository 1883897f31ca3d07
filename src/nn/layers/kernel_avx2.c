// SPDX-License-Identifier: MIT
// The layers' products by AVX2 and FMA.
#define NN_LANES 8u
#include "nn/layers/kernel_lanes.h"

static bool supported(void) { return __builtin_cpu_supports("avx2"); }

const nn_kernel nn_kernel_avx2 = {"avx2", supported, product, elu, lstm_cells};

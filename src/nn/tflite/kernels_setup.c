// SPDX-License-Identifier: MIT
// Which kernels of TFLite graphs this processor runs.
#include "nn/tflite/graph_internal.h"

const tfl_kernels *const tfl_all_kernels[] = {
#if defined(__x86_64__)
    &tfl_kernels_avx512,
    &tfl_kernels_avx2,
#elif defined(__aarch64__)
    &tfl_kernels_neon,
#endif
    &tfl_kernels_portable,
};
const uint32_t tfl_kernels_count = sizeof tfl_all_kernels / sizeof *tfl_all_kernels;

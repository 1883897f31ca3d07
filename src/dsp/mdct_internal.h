// SPDX-License-Identifier: MIT
#ifndef DSP_MDCT_INTERNAL_H
#define DSP_MDCT_INTERNAL_H

#include "dsp/fft_internal.h"

#include <residuum/rsd_dsp.h>

/* Everything below lies in the caller's one block, each table on cache lines of its own. N is hop_samples. */
struct rsd_mdct {
    uint32_t hop_samples;
    float *window;        /* N floats: the rising half; the falling one is its mirror */
    dsp_complex *roots;   /* N/2, of the FFT of N/2 points */
    dsp_complex *twiddle; /* N/2: (2/N)^(1/4) exp(-i pi (n + 1/8) / N), used before and after the FFT */
    float *folded;        /* N floats, scratch */
    dsp_split time, bins; /* N/2 each, scratch of the FFT */
};

#endif

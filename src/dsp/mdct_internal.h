// SPDX-License-Identifier: MIT
#ifndef RSD_MDCT_INTERNAL_H
#define RSD_MDCT_INTERNAL_H

#include <residuum/rsd_dsp.h>

#include <kiss_fft.h>

/* Everything below lies in the caller's one block, each table on cache lines of its own. N is hop_samples. */
struct rsd_mdct {
    uint32_t hop_samples;
    kiss_fft_cfg fft;      /* N/2 points, forward */
    float *window;         /* N floats: the rising half; the falling one is its mirror */
    kiss_fft_cpx *twiddle; /* N/2: (2/N)^(1/4) exp(-i pi (n + 1/8) / N), used before and after the FFT */
    float *folded;         /* N floats, scratch */
    kiss_fft_cpx *time;    /* N/2, scratch: FFT input */
    kiss_fft_cpx *bins;    /* N/2, scratch: FFT output; apart from `time`, or kissfft would allocate */
};

#endif

// SPDX-License-Identifier: MIT
#ifndef DSP_FFT_INTERNAL_H
#define DSP_FFT_INTERNAL_H

#include <residuum/rsd_status.h>

#include <stdint.h>

typedef struct {
    float r, i;
} dsp_complex;

/* Complex numbers as two arrays of floats that overlap nothing. */
typedef struct {
    float *r, *i;
} dsp_split;

/*
 * X[k] = sum_n x[n] exp(-2 pi i n k / count) of `count` points, a power of two of at least 4. `x` and `scratch` are
 * both overwritten; returns the one of them that holds the result. Additions and multiplications come in one order,
 * uncontracted: every machine gives the same bits (which a library, built for each, does not).
 * Method: autosort by passes of four (Stockham; Cochran et al. 1967). Cost: O(count log count)
 */
RSD_REALTIME dsp_split dsp_fft(const dsp_complex *roots, uint32_t count, dsp_split x, dsp_split scratch);

#endif

// SPDX-License-Identifier: MIT
// Real-time half of the MDCT: nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/mdct_internal.h"

/*
 * Windows 2N samples (a b c d, each N/2) and folds them to the N samples (-c_r - d, a - b_r), where _r is time
 * reversed: the MDCT of the former is the DCT-IV of the latter (Princen, Johnson, Bradley 1987).
 */
static void window_and_fold(const float *restrict x, const float *restrict window, float *restrict folded, uint32_t hop)
{
    const uint32_t half = hop / 2u;
    for (uint32_t n = 0; n < half; n++) {
        const float c_reversed = x[3u * half - 1u - n] * window[half + n];
        const float d = x[3u * half + n] * window[half - 1u - n];
        folded[n] = -c_reversed - d;
    }
    for (uint32_t n = 0; n < half; n++) {
        const float a = x[n] * window[n];
        const float b_reversed = x[hop - 1u - n] * window[hop - 1u - n];
        folded[half + n] = a - b_reversed;
    }
}

/* The transpose of window_and_fold: N samples to 2N. */
static void unfold_and_window(const float *restrict folded, const float *restrict window, float *restrict y,
                              uint32_t hop)
{
    const uint32_t half = hop / 2u;
    for (uint32_t n = 0; n < half; n++) {
        y[n] = folded[half + n] * window[n];
        y[half + n] = -folded[hop - 1u - n] * window[half + n];
    }
    for (uint32_t n = 0; n < half; n++) {
        y[hop + n] = -folded[half - 1u - n] * window[hop - 1u - n];
        y[hop + half + n] = -folded[n] * window[half - 1u - n];
    }
}

/*
 * Orthonormal DCT-IV of N real samples by one complex FFT of N/2 points. With z[n] = u[2n] + i u[N-1-2n] the phase
 * pi/N (2n + 1/2)(2k + 1/2) of the sum is 4 pi n k / N, the FFT's own, and pi/N (n + 1/8) + pi/N (k + 1/8): the twiddle
 * before and the same one after. Its own inverse, so both directions use it.
 */
static void dct4(rsd_mdct *mdct, const float *restrict u, float *restrict spectrum)
{
    const uint32_t hop = mdct->hop_samples, half = hop / 2u;
    const dsp_complex *restrict twiddle = mdct->twiddle;
    float *restrict real = mdct->time.r, *restrict imaginary = mdct->time.i;
    for (uint32_t n = 0; n < half; n++) {
        const float even = u[2u * n], odd = u[hop - 1u - 2u * n];
        real[n] = even * twiddle[n].r - odd * twiddle[n].i;
        imaginary[n] = even * twiddle[n].i + odd * twiddle[n].r;
    }
    const dsp_split bins = dsp_fft(mdct->roots, half, mdct->time, mdct->bins);
    for (uint32_t k = 0; k < half; k++) {
        spectrum[2u * k] = bins.r[k] * twiddle[k].r - bins.i[k] * twiddle[k].i;
        spectrum[hop - 1u - 2u * k] = -(bins.r[k] * twiddle[k].i + bins.i[k] * twiddle[k].r);
    }
}

void rsd_mdct_forward(rsd_mdct *mdct, const float *x, float *coefficients)
{
    window_and_fold(x, mdct->window, mdct->folded, mdct->hop_samples);
    dct4(mdct, mdct->folded, coefficients);
}

void rsd_mdct_inverse(rsd_mdct *mdct, const float *coefficients, float *y)
{
    dct4(mdct, coefficients, mdct->folded);
    unfold_and_window(mdct->folded, mdct->window, y, mdct->hop_samples);
}

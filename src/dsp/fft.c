// SPDX-License-Identifier: MIT
// Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/fft_internal.h"

/* Butterflies of four for `stride` neighbouring transforms: from x[0], x[quarter].. to y[0], y[stride].. */
typedef struct {
    uint32_t quarter, stride;
    dsp_complex w[3];
} butterfly;

static inline void four(const float *restrict xr, const float *restrict xi, float *restrict yr, float *restrict yi,
                        const butterfly *of)
{
    const uint32_t quarter = of->quarter, stride = of->stride;
    const dsp_complex w[3] = {of->w[0], of->w[1], of->w[2]};
    for (uint32_t q = 0; q < stride; q++) {
        const float ar = xr[q], br = xr[q + quarter], cr = xr[q + 2u * quarter], dr = xr[q + 3u * quarter];
        const float ai = xi[q], bi = xi[q + quarter], ci = xi[q + 2u * quarter], di = xi[q + 3u * quarter];
        const float ac_r = ar + cr, ac_i = ai + ci, bd_r = br + dr, bd_i = bi + di;
        const float ad_r = ar - cr, ad_i = ai - ci, be_r = br - dr, be_i = bi - di;
        const float y1r = ad_r + be_i, y1i = ad_i - be_r, y3r = ad_r - be_i, y3i = ad_i + be_r;
        const float y2r = ac_r - bd_r, y2i = ac_i - bd_i;
        yr[q] = ac_r + bd_r;
        yi[q] = ac_i + bd_i;
        yr[q + stride] = y1r * w[0].r - y1i * w[0].i;
        yi[q + stride] = y1r * w[0].i + y1i * w[0].r;
        yr[q + 2u * stride] = y2r * w[1].r - y2i * w[1].i;
        yi[q + 2u * stride] = y2r * w[1].i + y2i * w[1].r;
        yr[q + 3u * stride] = y3r * w[2].r - y3i * w[2].i;
        yi[q + 3u * stride] = y3r * w[2].i + y3i * w[2].r;
    }
}

static void pass_of_four(const dsp_complex *roots, uint32_t count, uint32_t stride, dsp_split x, dsp_split y)
{
    const uint32_t quarter = count / 4u;
    for (uint32_t at = 0; at < quarter; at += stride) {
        const butterfly of = {quarter, stride, {roots[at], roots[2u * at], roots[3u * at]}};
        four(x.r + at, x.i + at, y.r + 4u * at, y.i + 4u * at, &of);
    }
}

static void pass_of_two(const float *restrict x, float *restrict y, uint32_t half)
{
    for (uint32_t q = 0; q < half; q++) {
        y[q] = x[q] + x[q + half];
        y[q + half] = x[q] - x[q + half];
    }
}

dsp_split dsp_fft(const dsp_complex *roots, uint32_t count, dsp_split x, dsp_split scratch)
{
    uint32_t stride = 1;
    for (; stride * 4u <= count; stride *= 4u) {
        pass_of_four(roots, count, stride, x, scratch);
        const dsp_split done = scratch;
        scratch = x;
        x = done;
    }
    if (stride == count) return x;
    pass_of_two(x.r, scratch.r, count / 2u);
    pass_of_two(x.i, scratch.i, count / 2u);
    return scratch;
}

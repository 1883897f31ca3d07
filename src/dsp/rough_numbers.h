// SPDX-License-Identifier: MIT
// log2 and exp2 within some percent, for choices that need no more: see rsd_log2f and rsd_exp2f for exact ones.
#ifndef DSP_ROUGH_NUMBERS_H
#define DSP_ROUGH_NUMBERS_H

#include <stdint.h>
#include <string.h>

/*
 * The bits of a float are its logarithm, evenly between powers of two (Blinn, Floating-point tricks, 1997): the same on
 * every machine.
 */

/* 2^x, up to 6.2 % too great and never too small; x is clamped to -120..120. Thread: [any] */
static inline float dsp_rough_exp2(float x)
{
    const float clamped = x < -120.0f ? -120.0f : x > 120.0f ? 120.0f : x;
    const int32_t bits = (int32_t)((clamped + 127.0f) * 8388608.0f);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* log2 x, up to 0.087 too small and never too great; x is normal and over 0. Thread: [any] */
static inline float dsp_rough_log2(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (float)bits * (1.0f / 8388608.0f) - 127.0f;
}

#endif

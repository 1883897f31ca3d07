// SPDX-License-Identifier: MIT
// log2 and exp2 that give the same bits on every machine with IEEE single precision: integer bit work, and a fixed
// order of correctly rounded operations (the build forbids fused multiply-adds). Nothing here allocates or calls the
// system.
#include <residuum/rsd_dsp.h>

#include <string.h>

#define SMALLEST_NORMAL 0x1p-126f
#define ONE_BITS 0x3f800000u
#define SQRT_HALF_BITS 0x3f3504f3u
#define MANTISSA_MASK 0x007fffffu

/* Adding and taking away 1.5 x 2^23 rounds to nearest even by plain additions: no call, no branch, so that loops become
 * vector code. */
#define ROUND_MAGIC 12582912.0f

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/*
 * x = 2^e m with m in sqrt(1/2)..sqrt(2); log2 m = 2/ln 2 (s + s^3/3 + s^5/5 + s^7/7), s = (m - 1)/(m + 1), |s| <
 * 0.172: the term left out is below 5e-8. Infinity gives 128.
 */
float rsd_log2f(float x)
{
    if (!(x >= SMALLEST_NORMAL)) x = SMALLEST_NORMAL; // negated, so that NaN lands here too
    const uint32_t shifted = bits_of(x) + (ONE_BITS - SQRT_HALF_BITS);
    const float exponent = (float)((int32_t)(shifted >> 23) - 127);
    const float m = float_of((shifted & MANTISSA_MASK) + SQRT_HALF_BITS);
    const float s = (m - 1.0f) / (m + 1.0f), s2 = s * s;
    const float series = ((0x1.a61762p-2f * s2 + 0x1.2776c6p-1f) * s2 + 0x1.ec709ep-1f) * s2 + 0x1.715476p+1f;
    return exponent + s * series;
}

/*
 * 2^x = 2^i 2^f, f in -1/2..1/2; 2^f by a degree-6 polynomial with p(0) = 1 (whole numbers are exact), interpolated at
 * Chebyshev nodes: relative error of the polynomial 9.2e-9.
 */
static inline float exp2_of(float x)
{
    const float low = x >= -126.0f ? x : -126.0f; // NaN lands here too
    const float clamped = low > 127.0f ? 127.0f : low;
    const float whole = (clamped + ROUND_MAGIC) - ROUND_MAGIC, f = clamped - whole;
    float p = 0x1.44138ap-13f;
    p = p * f + 0x1.5f0890p-10f;
    p = p * f + 0x1.3b2a54p-7f;
    p = p * f + 0x1.c6af6cp-5f;
    p = p * f + 0x1.ebfbe0p-3f;
    p = p * f + 0x1.62e430p-1f;
    p = p * f + 1.0f;
    return p * float_of((uint32_t)((int32_t)whole + 127) << 23);
}

float rsd_exp2f(float x) { return exp2_of(x); }

void rsd_exp2f_each(float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) values[i] = exp2_of(values[i]);
}

// SPDX-License-Identifier: MIT
// Small numbers that every module needs. Everything here is [any].
#ifndef BASE_NUMBERS_H
#define BASE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* Bytes up to the next multiple of 64: a cache line, and what aligned_alloc(64, ...) wants. */
#define BASE_ROUND_UP_64(bytes) (((bytes) + (size_t)63u) & ~(size_t)63u)

static inline size_t base_round_up_64(size_t bytes) { return BASE_ROUND_UP_64(bytes); }

/* Bits that tell one of `count` things; 0 and 1 need none. */
static inline uint32_t base_log2_ceil(uint32_t count)
{
    uint32_t bits = 0;
    while (((uint64_t)1 << bits) < count) bits++;
    return bits;
}

static inline uint32_t base_min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static inline uint32_t base_max_u32(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* White noise in -1..1 from a linear congruential generator (Numerical Recipes); `seed` is its state. */
static inline float base_noise(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(*seed >> 8) / 8388608.0f - 1.0f;
}

/* Greatest common divisor; of 0 and x: x. */
static inline uint32_t base_gcd_u32(uint32_t a, uint32_t b)
{
    while (b != 0u) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif

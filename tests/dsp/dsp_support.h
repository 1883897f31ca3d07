// SPDX-License-Identifier: MIT
#ifndef DSP_SUPPORT_H
#define DSP_SUPPORT_H

#include <stdint.h>
#include <stdlib.h>

/* White noise in -1..1 from a 32-bit linear congruential generator (Numerical Recipes constants); `seed` is its state.
 */
static inline float dsp_noise(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(*seed >> 8) / 8388608.0f - 1.0f;
}

/* A whole number in low..high from the same generator. */
static inline uint32_t dsp_random_between(uint32_t *seed, uint32_t low, uint32_t high)
{
    *seed = *seed * 1664525u + 1013904223u;
    return low + (uint32_t)(((uint64_t)*seed * (high - low + 1u)) >> 32);
}

/* At least `bytes` bytes aligned to 64; ends the test program when there is no memory. */
static inline void *dsp_block(size_t bytes)
{
    void *block = aligned_alloc(64, (bytes + 63u) & ~(size_t)63u);
    if (!block) abort();
    return block;
}

#endif

// SPDX-License-Identifier: MIT
// Search kernel for NEON.
#include "rvq/rvq_internal.h"

#include <arm_neon.h>

/* Advanced SIMD, which every aarch64 has. */

#define SEARCH_LANES 4u
#define SEARCH_MOST_BLOCKS 2u
typedef int32x4_t search_lanes;
typedef struct {
    int16_t even, odd;
} search_pair;

static inline search_pair search_pair_at(const int16_t *elements) { return (search_pair){elements[0], elements[1]}; }

static inline int32x4_t search_fill(int32_t x) { return vdupq_n_s32(x); }
static inline int32x4_t search_load(const int32_t *from) { return vld1q_s32(from); }
static inline void search_store(int32_t *to, int32x4_t x) { vst1q_s32(to, x); }
static inline int32x4_t search_add(int32x4_t a, int32x4_t b) { return vaddq_s32(a, b); }

/* Adds element x 16 bytes, one a codeword. */
static inline void add_products(int32x4_t *sums, int8x16_t bytes, int16_t element)
{
    const int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_high_s8(bytes);
    sums[0] = vmlal_n_s16(sums[0], vget_low_s16(low), element);
    sums[1] = vmlal_high_n_s16(sums[1], low, element);
    sums[2] = vmlal_n_s16(sums[2], vget_low_s16(high), element);
    sums[3] = vmlal_high_n_s16(sums[3], high, element);
}

static inline void search_add_block(int32x4_t *sums, const int8_t *packed, search_pair pair)
{
    const int8x16x2_t columns = vld2q_s8(packed); /* all even elements, all odd ones */
    add_products(sums, columns.val[0], pair.even);
    add_products(sums, columns.val[1], pair.odd);
}

static inline void search_keep_less(int32x4_t *best, int32x4_t *best_index, int32x4_t score, int32x4_t index)
{
    const uint32x4_t less = vcltq_s32(score, *best);
    *best = vminq_s32(*best, score);
    *best_index = vbslq_s32(less, index, *best_index);
}

#include "rvq/search_blocks.h"

void rvq_search_neon(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest)
{
    search_least(codebook, target, count, nearest);
}

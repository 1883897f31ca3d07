// SPDX-License-Identifier: MIT
// Body of the AVX-512 kernels.
#ifndef RVQ_SEARCH_AVX512_H
#define RVQ_SEARCH_AVX512_H

#include "rvq/rvq_internal.h"

#include <immintrin.h>
#include <string.h>

/* All of the AVX-512 kernels but search_add_pairs(sum, wide, pair), which each defines for itself. */

#define SEARCH_LANES 16u
#define SEARCH_MOST_BLOCKS 4u
typedef __m512i search_lanes, search_pair;

static inline __m512i search_add_pairs(__m512i sum, __m512i wide, __m512i pair);

static inline __m512i search_pair_at(const int16_t *elements)
{
    int32_t both;
    memcpy(&both, elements, sizeof both);
    return _mm512_set1_epi32(both);
}

static inline __m512i search_fill(int32_t x) { return _mm512_set1_epi32(x); }
static inline __m512i search_load(const int32_t *from) { return _mm512_loadu_si512(from); }
static inline void search_store(int32_t *to, __m512i x) { _mm512_storeu_si512(to, x); }
static inline __m512i search_add(__m512i a, __m512i b) { return _mm512_add_epi32(a, b); }

static inline void search_add_block(__m512i *sums, const int8_t *packed, __m512i pair)
{
    const __m512i wide = _mm512_cvtepi8_epi16(_mm256_load_si256((const __m256i *)packed));
    sums[0] = search_add_pairs(sums[0], wide, pair);
}

static inline void search_keep_less(__m512i *best, __m512i *best_index, __m512i score, __m512i index)
{
    const __mmask16 less = _mm512_cmpgt_epi32_mask(*best, score);
    *best = _mm512_min_epi32(*best, score);
    *best_index = _mm512_mask_mov_epi32(*best_index, less, index);
}

#include "rvq/search_blocks.h"

#endif

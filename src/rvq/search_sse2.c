// SPDX-License-Identifier: MIT
// Search kernel for SSE2.
#include "rvq/rvq_internal.h"

#include <emmintrin.h>
#include <string.h>

/* The baseline of x86-64: nothing later than SSE2 in this file. */

#define SEARCH_LANES 4u
#define SEARCH_MOST_BLOCKS 2u
typedef __m128i search_lanes, search_pair;

static inline __m128i search_pair_at(const int16_t *elements)
{
    int32_t both;
    memcpy(&both, elements, sizeof both);
    return _mm_set1_epi32(both);
}

static inline __m128i search_fill(int32_t x) { return _mm_set1_epi32(x); }
static inline __m128i search_load(const int32_t *from) { return _mm_loadu_si128((const __m128i *)from); }
static inline void search_store(int32_t *to, __m128i x) { _mm_storeu_si128((__m128i *)to, x); }
static inline __m128i search_add(__m128i a, __m128i b) { return _mm_add_epi32(a, b); }

static inline void search_add_block(__m128i *sums, const int8_t *packed, __m128i pair)
{
    for (int half = 0; half < 2; half++, sums += 2) {
        const __m128i bytes = _mm_load_si128((const __m128i *)packed + half);
        const __m128i signs = _mm_cmpgt_epi8(_mm_setzero_si128(), bytes);
        sums[0] = _mm_add_epi32(sums[0], _mm_madd_epi16(_mm_unpacklo_epi8(bytes, signs), pair));
        sums[1] = _mm_add_epi32(sums[1], _mm_madd_epi16(_mm_unpackhi_epi8(bytes, signs), pair));
    }
}

/* a where `mask` is set, else b. */
static inline __m128i chosen(__m128i mask, __m128i a, __m128i b)
{
    return _mm_or_si128(_mm_and_si128(mask, a), _mm_andnot_si128(mask, b));
}

static inline void search_keep_less(__m128i *best, __m128i *best_index, __m128i score, __m128i index)
{
    const __m128i less = _mm_cmpgt_epi32(*best, score);
    *best = chosen(less, score, *best);
    *best_index = chosen(less, index, *best_index);
}

#include "rvq/search_blocks.h"

void rvq_search_sse2(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest)
{
    search_least(codebook, target, count, nearest);
}

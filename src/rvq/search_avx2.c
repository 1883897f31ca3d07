// SPDX-License-Identifier: MIT
#include "rvq/rvq_internal.h"

#include <immintrin.h>
#include <string.h>

#define SEARCH_LANES 8u
#define SEARCH_MOST_BLOCKS 4u
typedef __m256i search_lanes, search_pair;

static inline __m256i search_pair_at(const int16_t *elements)
{
    int32_t both;
    memcpy(&both, elements, sizeof both);
    return _mm256_set1_epi32(both);
}

static inline __m256i search_fill(int32_t x) { return _mm256_set1_epi32(x); }
static inline __m256i search_load(const int32_t *from) { return _mm256_loadu_si256((const __m256i *)from); }
static inline __m256i search_sum(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }

static inline void search_add_block(__m256i *sums, const int8_t *packed, __m256i pair)
{
    for (int half = 0; half < 2; half++) {
        const __m256i wide = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)packed + half));
        sums[half] = _mm256_add_epi32(sums[half], _mm256_madd_epi16(wide, pair));
    }
}

static inline void search_keep_less(__m256i *best, __m256i *best_index, __m256i score, __m256i index)
{
    const __m256i less = _mm256_cmpgt_epi32(*best, score);
    *best = _mm256_min_epi32(*best, score);
    *best_index = _mm256_blendv_epi8(*best_index, index, less);
}

static inline int32_t least_lane(__m256i x)
{
    __m128i least = _mm_min_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    least = _mm_min_epi32(least, _mm_shuffle_epi32(least, _MM_SHUFFLE(1, 0, 3, 2)));
    least = _mm_min_epi32(least, _mm_shuffle_epi32(least, _MM_SHUFFLE(2, 3, 0, 1)));
    return _mm_cvtsi128_si32(least);
}

static inline uint32_t search_first_least(__m256i best, __m256i best_index)
{
    const __m256i lost = _mm256_cmpgt_epi32(best, _mm256_set1_epi32(least_lane(best)));
    return (uint32_t)least_lane(_mm256_or_si256(best_index, _mm256_srli_epi32(lost, 1))); /* lost: INT32_MAX */
}

#include "rvq/search_blocks.h"

uint32_t rvq_search_avx2(const rvq_packed_book *book, const int16_t *target, uint32_t count)
{
    return search_least(book, target, count);
}

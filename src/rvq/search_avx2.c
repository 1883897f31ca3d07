// SPDX-License-Identifier: MIT
// Search kernel for AVX2.
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
static inline void search_store(int32_t *to, __m256i x) { _mm256_storeu_si256((__m256i *)to, x); }
static inline __m256i search_add(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }

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

#include "rvq/search_blocks.h"

void rvq_search_avx2(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest)
{
    search_least(codebook, target, count, nearest);
}

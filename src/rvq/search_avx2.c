// SPDX-License-Identifier: MIT
#include "rvq/rvq_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

/* Two elements of the target in every 32-bit lane. */
static __m256i pair_of(const int16_t *target, uint32_t pair)
{
    int32_t both;
    __builtin_memcpy(&both, target + 2u * pair, sizeof both);
    return _mm256_set1_epi32(both);
}

static __m256i widened(const int8_t *bytes) { return _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)bytes)); }

/* Best lane of a run of scores and indices: lowest score, then lowest index. */
static uint32_t best_of_lanes(__m256i score, __m256i index)
{
    _Alignas(32) int32_t scores[8], indices[8];
    _mm256_store_si256((__m256i *)scores, score);
    _mm256_store_si256((__m256i *)indices, index);
    int best = 0;
    for (int i = 1; i < 8; i++) {
        if (scores[i] < scores[best] || (scores[i] == scores[best] && indices[i] < indices[best])) best = i;
    }
    return (uint32_t)indices[best];
}

uint32_t rvq_search_avx2(const rvq_packed_book *book, const int16_t *target, uint32_t count)
{
    if (count < RVQ_BLOCK) return rvq_search_portable(book, target, count);
    const __m256i eight = _mm256_set1_epi32(8);
    __m256i best_score = _mm256_set1_epi32(INT32_MAX), best_index = _mm256_setzero_si256();
    __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const int8_t *packed = book->packed;
    for (uint32_t first = 0; first < count; first += RVQ_BLOCK) {
        __m256i dot_low = _mm256_setzero_si256(), dot_high = _mm256_setzero_si256();
        for (uint32_t p = 0; p < book->pair_count; p++, packed += 2u * RVQ_BLOCK) {
            const __m256i pair = pair_of(target, p);
            dot_low = _mm256_add_epi32(dot_low, _mm256_madd_epi16(widened(packed), pair));
            dot_high = _mm256_add_epi32(dot_high, _mm256_madd_epi16(widened(packed + RVQ_BLOCK), pair));
        }
        const __m256i dots[2] = {dot_low, dot_high};
        for (uint32_t half = 0; half < 2u; half++) {
            const __m256i norm = _mm256_load_si256((const __m256i *)(book->norms + first + 8u * half));
            const __m256i score = _mm256_sub_epi32(norm, _mm256_slli_epi32(dots[half], 1));
            const __m256i better = _mm256_cmpgt_epi32(best_score, score);
            best_score = _mm256_blendv_epi8(best_score, score, better);
            best_index = _mm256_blendv_epi8(best_index, index, better);
            index = _mm256_add_epi32(index, eight);
        }
    }
    return best_of_lanes(best_score, best_index);
}
#endif

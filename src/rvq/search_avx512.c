// SPDX-License-Identifier: MIT
// Search kernel for AVX-512.
#include "rvq/search_avx512.h"

static inline __m512i search_add_pairs(__m512i sum, __m512i wide, __m512i pair)
{
    return _mm512_add_epi32(sum, _mm512_madd_epi16(wide, pair));
}

void rvq_search_avx512(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest)
{
    search_least(codebook, target, count, nearest);
}

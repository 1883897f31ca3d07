// SPDX-License-Identifier: MIT
// Search kernel for AVX-512 with VNNI.
#include "rvq/search_avx512.h"

/* Multiplies, adds the pair and accumulates in one instruction, without saturation. */
static inline __m512i search_add_pairs(__m512i sum, __m512i wide, __m512i pair)
{
    return _mm512_dpwssd_epi32(sum, wide, pair);
}

void rvq_search_avx512_vnni(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                            rvq_nearest *nearest)
{
    search_least(codebook, target, count, nearest);
}

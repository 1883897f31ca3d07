// SPDX-License-Identifier: MIT
// Search kernel in plain C, which every other kernel equals.
#include "rvq/rvq_internal.h"

/* Plain C twin of the vector kernels. A sum for each element of the pairs: loops over neighbours, which compilers turn
 * into whatever vectors the target has. */
static void block_scores(const int8_t *packed, const int32_t *norms, const int16_t *target, uint32_t pair_count,
                         int32_t *scores)
{
    int32_t dots[2u * RVQ_BLOCK] = {0};
    for (uint32_t p = 0; p < pair_count; p++, packed += RVQ_BLOCK * 2u) {
        int16_t pairs[2u * RVQ_BLOCK];
        for (uint32_t w = 0; w < RVQ_BLOCK; w++) {
            pairs[2u * w] = target[2u * p];
            pairs[2u * w + 1u] = target[2u * p + 1u];
        }
        for (uint32_t i = 0; i < 2u * RVQ_BLOCK; i++) dots[i] += pairs[i] * packed[i];
    }
    for (uint32_t w = 0; w < RVQ_BLOCK; w++) scores[w] = norms[w] - 2 * (dots[2u * w] + dots[2u * w + 1u]);
}

void rvq_search_portable(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                         rvq_nearest *nearest)
{
    const size_t block_bytes = (size_t)codebook->pair_count * RVQ_BLOCK * 2u;
    for (uint32_t c = 0; c < RVQ_BLOCK; c++) {
        nearest->score[c] = INT32_MAX;
        nearest->index[c] = (int32_t)c;
    }
    for (uint32_t first = 0; first < count; first += RVQ_BLOCK) {
        int32_t scores[RVQ_BLOCK];
        block_scores(codebook->packed + first / RVQ_BLOCK * block_bytes, codebook->norms + first, target,
                     codebook->pair_count, scores);
        const uint32_t lanes = count - first < RVQ_BLOCK ? count - first : RVQ_BLOCK;
        for (uint32_t c = 0; c < lanes; c++) {
            const bool less = scores[c] < nearest->score[c];
            nearest->score[c] = less ? scores[c] : nearest->score[c];
            nearest->index[c] = less ? (int32_t)(first + c) : nearest->index[c];
        }
    }
}

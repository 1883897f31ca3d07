// SPDX-License-Identifier: MIT
// Codes and decodes with packed codebooks. Real-time: nothing in this file allocates, locks, logs or makes a system
// call.
#include "rvq/rvq_codebook.h"

int32_t rsd_rvq_encode_codebook(const rsd_rvq *rvq, uint32_t index, float scale, uint32_t codebook_bits,
                                float *residual)
{
    _Alignas(64) int16_t target[RSD_RVQ_MAX_DIM + 2u];
    const rvq_packed_codebook *codebook = &rvq->codebooks[index];
    (void)quantise_target(codebook, scale, residual, target);
    rvq_nearest nearest;
    rvq->search(codebook, target, usable_codewords(codebook, codebook_bits), &nearest);
    const uint32_t token = rvq_nearest_of_all(&nearest);
    add_codeword(codebook, token, -scale, residual);
    return (int32_t)token;
}

void rsd_rvq_decode_codebook(const rsd_rvq *rvq, uint32_t index, int32_t token, float gain, float *sum)
{
    const rvq_packed_codebook *codebook = &rvq->codebooks[index];
    if (token != RSD_TOKEN_NONE) add_codeword(codebook, (uint32_t)token % codebook->codeword_count, gain, sum);
}

void rsd_rvq_encode_level(const rsd_rvq *rvq, uint32_t level, uint32_t codebook_bits, float *residual, int32_t *tokens)
{
    for (uint32_t b = rvq->level_begin[level]; b < rvq->level_begin[level + 1u]; b++)
        *tokens++ = rsd_rvq_encode_codebook(rvq, b, 1.0f, codebook_bits, residual + rvq->codebooks[b].begin);
}

void rsd_rvq_decode_level(const rsd_rvq *rvq, uint32_t level, const int32_t *tokens, float gain, float *sum)
{
    for (uint32_t b = rvq->level_begin[level]; b < rvq->level_begin[level + 1u]; b++)
        rsd_rvq_decode_codebook(rvq, b, *tokens++, gain, sum + rvq->codebooks[b].begin);
}

uint32_t rsd_rvq_level_begin(const rsd_rvq *rvq, uint32_t level)
{
    return rvq->level_begin[level < rvq->level_count ? level : rvq->level_count];
}

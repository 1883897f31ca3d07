// SPDX-License-Identifier: MIT
#include "rvq/rvq_codebook.h"

// Real-time half of the quantiser: nothing in this file allocates, locks, logs or makes a system call.

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

/* ---- two codebooks together ---- */

/* A path through both codebooks: what its codewords leave. */
typedef struct {
    int32_t token;
    float left, residual[RVQ_PAIR_MAX_DIM];
} pair_hypothesis;

/* Keeps the RVQ_PAIR_WIDTH that leave least, in order. */
static uint32_t keep_hypothesis(pair_hypothesis *hypotheses, uint32_t count, const pair_hypothesis *hypothesis)
{
    uint32_t at = count < RVQ_PAIR_WIDTH ? count : RVQ_PAIR_WIDTH;
    while (at > 0u && hypothesis->left < hypotheses[at - 1u].left) at--;
    if (at == RVQ_PAIR_WIDTH) return count;
    const uint32_t kept = count < RVQ_PAIR_WIDTH ? count + 1u : RVQ_PAIR_WIDTH;
    memmove(hypotheses + at + 1u, hypotheses + at, (kept - 1u - at) * sizeof *hypotheses);
    hypotheses[at] = *hypothesis;
    return kept;
}

/* The classes whose nearest codeword may be chosen, of the first `most`; all but one left out where none may. */
static uint32_t choosable_classes(const rvq_packed_codebook *codebook, const rvq_nearest *nearest, uint32_t most,
                                  uint32_t codeword_count, uint32_t classes[RVQ_BLOCK])
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < most; c++) {
        const uint32_t token = (uint32_t)nearest->index[c];
        classes[count] = c;
        count += token < codeword_count && codebook->norms[token] != RVQ_RESERVED;
    }
    if (count == 0u) classes[count++] = 0;
    return count;
}

static uint32_t begin_hypotheses(const rsd_rvq *rvq, const rvq_packed_codebook *codebook, const float *vector,
                                 pair_hypothesis *hypotheses)
{
    _Alignas(64) int16_t target[RVQ_PAIR_MAX_DIM + 2u];
    rvq_nearest nearest;
    uint32_t count = 0;
    (void)quantise_target(codebook, 1.0f, vector, target);
    rvq->search(codebook, target, codebook->codeword_count, &nearest);
    join_classes(&nearest);
    uint32_t classes[RVQ_BLOCK];
    const uint32_t class_count =
        choosable_classes(codebook, &nearest, RVQ_JOINED_CLASSES, codebook->codeword_count, classes);
    for (uint32_t k = 0; k < class_count; k++) {
        const uint32_t token = (uint32_t)nearest.index[classes[k]];
        pair_hypothesis hypothesis = {.token = (int32_t)token};
        memcpy(hypothesis.residual, vector, codebook->dim * sizeof *vector);
        add_codeword(codebook, token, -1.0f, hypothesis.residual);
        hypothesis.left = energy(hypothesis.residual, codebook->dim);
        count = keep_hypothesis(hypotheses, count, &hypothesis);
    }
    return count;
}

void rvq_encode_pair(const rsd_rvq *rvq, uint32_t first, const float *vector, int32_t tokens[2])
{
    pair_hypothesis hypotheses[RVQ_PAIR_WIDTH];
    const uint32_t dim = rvq->codebooks[first].dim,
                   count = begin_hypotheses(rvq, &rvq->codebooks[first], vector, hypotheses);
    float least = 0.0f;
    for (uint32_t i = 0; i < count; i++) {
        const int32_t second = rsd_rvq_encode_codebook(rvq, first + 1u, 1.0f, 16u, hypotheses[i].residual);
        const float left = energy(hypotheses[i].residual, dim);
        if (i == 0u || left < least) {
            least = left;
            tokens[0] = hypotheses[i].token;
            tokens[1] = second;
        }
    }
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

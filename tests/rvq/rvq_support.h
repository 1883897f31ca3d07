// SPDX-License-Identifier: MIT
#ifndef RVQ_SUPPORT_H
#define RVQ_SUPPORT_H

#include "rvq/rvq_internal.h"
#include "support/signals.h"

#include <stdlib.h>

/* A quantiser with seeded random codebooks, and the codebooks row by row for brute force. */
#define RS_MAX_CODEBOOKS 8u
typedef struct {
    rsd_rvq_shape shape;
    rsd_rvq_codebook codebooks[RS_MAX_CODEBOOKS];
    int8_t *rows[RS_MAX_CODEBOOKS];
    rsd_rvq *rvq;
    void *block;
} random_rvq;

/* `codebook` without its codewords, which are drawn. */
static inline void random_rvq_add(random_rvq *self, rsd_rvq_codebook codebook, uint32_t *seed)
{
    const uint32_t b = self->shape.codebook_count++;
    const size_t elements = (size_t)codebook.codeword_count * codebook.dim;
    self->rows[b] = malloc(elements);
    for (size_t i = 0; i < elements; i++) self->rows[b][i] = (int8_t)(test_noise(seed) * 127.0f);
    self->codebooks[b] = codebook;
    self->codebooks[b].codewords = self->rows[b];
    self->shape.level_count = codebook.level + 1u;
}

static inline rsd_status random_rvq_build(random_rvq *self, uint32_t dim)
{
    self->shape.dim = dim;
    self->shape.codebooks = self->codebooks;
    const size_t bytes = rsd_rvq_size_bytes(&self->shape);
    free(self->block);
    self->block = aligned_alloc(64, bytes ? (bytes + 63u) / 64u * 64u : 64u);
    return rsd_rvq_init(self->block, bytes, &self->shape, &self->rvq);
}

static inline void random_rvq_free(random_rvq *self)
{
    for (uint32_t b = 0; b < RS_MAX_CODEBOOKS; b++) free(self->rows[b]);
    free(self->block);
}

#endif

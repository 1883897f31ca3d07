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

static inline void random_rvq_add(random_rvq *self, uint32_t level, uint32_t begin, uint32_t dim, uint32_t words,
                                  float scale, uint32_t *seed)
{
    const uint32_t b = self->shape.codebook_count++;
    self->rows[b] = malloc((size_t)words * dim);
    for (size_t i = 0; i < (size_t)words * dim; i++) self->rows[b][i] = (int8_t)(test_noise(seed) * 127.0f);
    self->codebooks[b] = (rsd_rvq_codebook){level, begin, dim, words, scale, self->rows[b]};
    self->shape.level_count = level + 1u;
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

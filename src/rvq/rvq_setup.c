// SPDX-License-Identifier: MIT
// Packs codebooks for the search kernels.
#include "rvq/rvq_internal.h"

#include "base/numbers.h"

#include <stdbool.h>
#include <string.h>

#define ALIGNMENT 64u

static uint32_t stored_codewords(const rsd_rvq_codebook *codebook)
{
    return (codebook->codeword_count + RVQ_BLOCK - 1u) / RVQ_BLOCK * RVQ_BLOCK;
}

static size_t packed_bytes(const rsd_rvq_codebook *codebook)
{
    return base_round_up_64((size_t)stored_codewords(codebook) * ((codebook->dim + 1u) / 2u) * 2u);
}

static size_t norm_bytes(const rsd_rvq_codebook *codebook)
{
    return base_round_up_64(stored_codewords(codebook) * sizeof(int32_t));
}

static bool power_of_two(uint32_t x) { return x && !(x & (x - 1u)); }

static bool codebook_is_valid(const rsd_rvq_shape *shape, const rsd_rvq_codebook *codebook)
{
    return codebook->dim >= 1u && codebook->begin < shape->dim && codebook->dim <= shape->dim - codebook->begin &&
           power_of_two(codebook->codeword_count) && codebook->codeword_count >= 2u &&
           codebook->codeword_count <= RSD_RVQ_MAX_CODEWORDS && codebook->scale > 1e-20f && codebook->scale < 1e20f &&
           codebook->codewords;
}

static bool shape_is_valid(const rsd_rvq_shape *shape)
{
    if (!shape || !shape->codebooks || shape->dim < 1u || shape->dim > RSD_RVQ_MAX_DIM || shape->level_count < 1u ||
        shape->level_count > RSD_MAX_LEVELS || shape->codebook_count < 1u || shape->codebook_count > RSD_MAX_SEQUENCES)
        return false;
    uint32_t level = 0;
    for (uint32_t b = 0; b < shape->codebook_count; b++) {
        const uint32_t own = shape->codebooks[b].level;
        if (!codebook_is_valid(shape, &shape->codebooks[b]) || own < level || own > level + (b > 0u)) return false;
        level = own;
    }
    return level + 1u == shape->level_count;
}

size_t rsd_rvq_size_bytes(const rsd_rvq_shape *shape)
{
    if (!shape_is_valid(shape)) return 0;
    size_t bytes = base_round_up_64(sizeof(rsd_rvq));
    for (uint32_t b = 0; b < shape->codebook_count; b++)
        bytes += packed_bytes(&shape->codebooks[b]) + norm_bytes(&shape->codebooks[b]);
    return bytes;
}

static void pack_codewords(const rsd_rvq_codebook *codebook, int8_t *packed, int32_t *norms)
{
    const uint32_t pair_count = (codebook->dim + 1u) / 2u, stored = stored_codewords(codebook);
    memset(packed, 0, packed_bytes(codebook));
    for (uint32_t w = 0; w < stored; w++) {
        int8_t *block = packed + (size_t)(w / RVQ_BLOCK) * pair_count * RVQ_BLOCK * 2u + w % RVQ_BLOCK * 2u;
        norms[w] = w < codebook->codeword_count ? 0 : RVQ_RESERVED;
        for (uint32_t i = 0; w < codebook->codeword_count && i < codebook->dim; i++) {
            const int8_t value = codebook->codewords[(size_t)w * codebook->dim + i];
            block[i / 2u * RVQ_BLOCK * 2u + i % 2u] = value;
            norms[w] += value * value * (1 << rvq_fraction_bits(codebook->dim));
        }
    }
}

void rvq_set_search(rsd_rvq *rvq, rvq_search search) { rvq->search = search ? search : rvq_best_kernel()->search; }

void rvq_reserve_codeword(rsd_rvq *rvq, uint32_t codebook, uint32_t codeword)
{
    /* The codebooks lie in the block that init was given: not constant, only borrowed as such. */
    int32_t *norms = (int32_t *)(uintptr_t)rvq->codebooks[codebook].norms;
    norms[codeword] = RVQ_RESERVED;
}

static char *init_codebook(const rsd_rvq_codebook *from, rvq_packed_codebook *to, char *memory)
{
    int8_t *packed = (int8_t *)memory;
    int32_t *norms = (int32_t *)(void *)(memory + packed_bytes(from));
    pack_codewords(from, packed, norms);
    *to = (rvq_packed_codebook){
        .packed = packed,
        .norms = norms,
        .begin = from->begin,
        .dim = from->dim,
        .pair_count = (from->dim + 1u) / 2u,
        .codeword_count = from->codeword_count,
        .scale = from->scale,
        .target_scale = (float)(1u << rvq_fraction_bits(from->dim)) / from->scale,
        .target_limit = rvq_target_limit(from->dim),
    };
    return memory + packed_bytes(from) + norm_bytes(from);
}

rsd_status rsd_rvq_init(void *block, size_t block_bytes, const rsd_rvq_shape *shape, rsd_rvq **rvq)
{
    const size_t needed = rsd_rvq_size_bytes(shape);
    if (!block || (uintptr_t)block % ALIGNMENT || !rvq || needed == 0u) return RSD_ERR_ARG;
    if (block_bytes < needed) return RSD_ERR_SIZE;

    rsd_rvq *self = block;
    memset(self, 0, sizeof *self);
    self->dim = shape->dim;
    self->level_count = shape->level_count;
    self->codebook_count = shape->codebook_count;
    char *memory = (char *)block + base_round_up_64(sizeof *self);
    for (uint32_t b = 0; b < shape->codebook_count; b++) {
        memory = init_codebook(&shape->codebooks[b], &self->codebooks[b], memory);
        self->level_begin[shape->codebooks[b].level + 1u] = (uint16_t)(b + 1u);
    }
    rvq_set_search(self, NULL);
    *rvq = self;
    return RSD_OK;
}

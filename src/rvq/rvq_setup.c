// SPDX-License-Identifier: MIT
#include "rvq/rvq_internal.h"

#include <stdbool.h>
#include <string.h>

#define ALIGNMENT 64u

static size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1u) & ~(size_t)(ALIGNMENT - 1u); }

static uint32_t stored_codewords(const rsd_rvq_book *book)
{
    return (book->codeword_count + RVQ_BLOCK - 1u) / RVQ_BLOCK * RVQ_BLOCK;
}

static size_t packed_bytes(const rsd_rvq_book *book)
{
    return aligned((size_t)stored_codewords(book) * ((book->dim + 1u) / 2u) * 2u);
}

static size_t norm_bytes(const rsd_rvq_book *book) { return aligned(stored_codewords(book) * sizeof(int32_t)); }

static bool power_of_two(uint32_t x) { return x && !(x & (x - 1u)); }

static bool book_is_valid(const rsd_rvq_shape *shape, const rsd_rvq_book *book)
{
    return book->dim >= 1u && book->begin < shape->dim && book->dim <= shape->dim - book->begin &&
           power_of_two(book->codeword_count) && book->codeword_count >= 2u &&
           book->codeword_count <= RSD_RVQ_MAX_CODEWORDS && book->scale > 1e-20f && book->scale < 1e20f &&
           book->codewords;
}

static bool shape_is_valid(const rsd_rvq_shape *shape)
{
    if (!shape || !shape->books || shape->dim < 1u || shape->dim > RSD_RVQ_MAX_DIM || shape->level_count < 1u ||
        shape->level_count > RSD_MAX_LEVELS || shape->book_count < 1u || shape->book_count > RSD_MAX_SEQUENCES)
        return false;
    uint32_t level = 0;
    for (uint32_t b = 0; b < shape->book_count; b++) {
        const uint32_t own = shape->books[b].level;
        if (!book_is_valid(shape, &shape->books[b]) || own < level || own > level + (b > 0u)) return false;
        level = own;
    }
    return level + 1u == shape->level_count;
}

size_t rsd_rvq_size_bytes(const rsd_rvq_shape *shape)
{
    if (!shape_is_valid(shape)) return 0;
    size_t bytes = aligned(sizeof(rsd_rvq));
    for (uint32_t b = 0; b < shape->book_count; b++)
        bytes += packed_bytes(&shape->books[b]) + norm_bytes(&shape->books[b]);
    return bytes;
}

static void pack_codewords(const rsd_rvq_book *book, int8_t *packed, int32_t *norms)
{
    const uint32_t pair_count = (book->dim + 1u) / 2u, stored = stored_codewords(book);
    memset(packed, 0, packed_bytes(book));
    for (uint32_t w = 0; w < stored; w++) {
        int8_t *block = packed + (size_t)(w / RVQ_BLOCK) * pair_count * RVQ_BLOCK * 2u + w % RVQ_BLOCK * 2u;
        norms[w] = w < book->codeword_count ? 0 : RVQ_RESERVED;
        for (uint32_t i = 0; w < book->codeword_count && i < book->dim; i++) {
            const int8_t value = book->codewords[(size_t)w * book->dim + i];
            block[i / 2u * RVQ_BLOCK * 2u + i % 2u] = value;
            norms[w] += value * value * (1 << rvq_fraction_bits(book->dim));
        }
    }
}

void rvq_set_search(rsd_rvq *rvq, rvq_search search) { rvq->search = search ? search : rvq_best_kernel()->search; }

void rvq_reserve_codeword(rsd_rvq *rvq, uint32_t book, uint32_t codeword)
{
    /* The books lie in the block that init was given: not constant, only borrowed as such. */
    int32_t *norms = (int32_t *)(uintptr_t)rvq->books[book].norms;
    norms[codeword] = RVQ_RESERVED;
}

static char *init_book(const rsd_rvq_book *from, rvq_packed_book *to, char *memory)
{
    int8_t *packed = (int8_t *)memory;
    int32_t *norms = (int32_t *)(void *)(memory + packed_bytes(from));
    pack_codewords(from, packed, norms);
    *to = (rvq_packed_book){
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
    self->book_count = shape->book_count;
    char *memory = (char *)block + aligned(sizeof *self);
    for (uint32_t b = 0; b < shape->book_count; b++) {
        memory = init_book(&shape->books[b], &self->books[b], memory);
        self->level_begin[shape->books[b].level + 1u] = (uint16_t)(b + 1u);
    }
    rvq_set_search(self, NULL);
    *rvq = self;
    return RSD_OK;
}

// SPDX-License-Identifier: MIT
#include "rvq/rvq_book.h"

// Real-time half of the quantiser: nothing in this file allocates, locks, logs or makes a system call.

int32_t rsd_rvq_encode_book(const rsd_rvq *rvq, uint32_t index, float scale, uint32_t codebook_bits, float *residual)
{
    _Alignas(64) int16_t target[RSD_RVQ_MAX_DIM + 2u];
    const rvq_packed_book *book = &rvq->books[index];
    (void)quantise_target(book, scale, residual, target);
    rvq_nearest nearest;
    rvq->search(book, target, usable_codewords(book, codebook_bits), &nearest);
    const uint32_t token = rvq_nearest_of_all(&nearest);
    add_codeword(book, token, -scale, residual);
    return (int32_t)token;
}

/* ---- two books together ---- */

/* A path through both books: what its codewords leave. */
typedef struct {
    int32_t token;
    float left, residual[RVQ_PAIR_MAX_DIM];
} pair_path;

/* Keeps the RVQ_PAIR_PATHS that leave least, in order. */
static uint32_t keep_path(pair_path *paths, uint32_t count, const pair_path *path)
{
    uint32_t at = count < RVQ_PAIR_PATHS ? count : RVQ_PAIR_PATHS;
    while (at > 0u && path->left < paths[at - 1u].left) at--;
    if (at == RVQ_PAIR_PATHS) return count;
    const uint32_t kept = count < RVQ_PAIR_PATHS ? count + 1u : RVQ_PAIR_PATHS;
    memmove(paths + at + 1u, paths + at, (kept - 1u - at) * sizeof *paths);
    paths[at] = *path;
    return kept;
}

/* The classes whose nearest codeword may be chosen, of the first `most`; all but one left out where none may. */
static uint32_t choosable_classes(const rvq_packed_book *book, const rvq_nearest *nearest, uint32_t most,
                                  uint32_t codeword_count, uint32_t classes[RVQ_BLOCK])
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < most; c++) {
        const uint32_t token = (uint32_t)nearest->index[c];
        classes[count] = c;
        count += token < codeword_count && book->norms[token] != RVQ_RESERVED;
    }
    if (count == 0u) classes[count++] = 0;
    return count;
}

static uint32_t begin_paths(const rsd_rvq *rvq, const rvq_packed_book *book, const float *vector, pair_path *paths)
{
    _Alignas(64) int16_t target[RVQ_PAIR_MAX_DIM + 2u];
    rvq_nearest nearest;
    uint32_t count = 0;
    (void)quantise_target(book, 1.0f, vector, target);
    rvq->search(book, target, book->codeword_count, &nearest);
    join_classes(&nearest);
    uint32_t classes[RVQ_BLOCK];
    const uint32_t class_count = choosable_classes(book, &nearest, RVQ_CANDIDATES, book->codeword_count, classes);
    for (uint32_t k = 0; k < class_count; k++) {
        const uint32_t token = (uint32_t)nearest.index[classes[k]];
        pair_path path = {.token = (int32_t)token};
        memcpy(path.residual, vector, book->dim * sizeof *vector);
        add_codeword(book, token, -1.0f, path.residual);
        path.left = energy(path.residual, book->dim);
        count = keep_path(paths, count, &path);
    }
    return count;
}

void rvq_encode_pair(const rsd_rvq *rvq, uint32_t first, const float *vector, int32_t tokens[2])
{
    pair_path paths[RVQ_PAIR_PATHS];
    const uint32_t dim = rvq->books[first].dim, count = begin_paths(rvq, &rvq->books[first], vector, paths);
    float least = 0.0f;
    for (uint32_t i = 0; i < count; i++) {
        const int32_t second = rsd_rvq_encode_book(rvq, first + 1u, 1.0f, 16u, paths[i].residual);
        const float left = energy(paths[i].residual, dim);
        if (i == 0u || left < least) {
            least = left;
            tokens[0] = paths[i].token;
            tokens[1] = second;
        }
    }
}

void rsd_rvq_decode_book(const rsd_rvq *rvq, uint32_t index, int32_t token, float gain, float *sum)
{
    const rvq_packed_book *book = &rvq->books[index];
    if (token != RSD_TOKEN_NONE) add_codeword(book, (uint32_t)token % book->codeword_count, gain, sum);
}

void rsd_rvq_encode_level(const rsd_rvq *rvq, uint32_t level, uint32_t codebook_bits, float *residual, int32_t *tokens)
{
    for (uint32_t b = rvq->level_begin[level]; b < rvq->level_begin[level + 1u]; b++)
        *tokens++ = rsd_rvq_encode_book(rvq, b, 1.0f, codebook_bits, residual + rvq->books[b].begin);
}

void rsd_rvq_decode_level(const rsd_rvq *rvq, uint32_t level, const int32_t *tokens, float gain, float *sum)
{
    for (uint32_t b = rvq->level_begin[level]; b < rvq->level_begin[level + 1u]; b++)
        rsd_rvq_decode_book(rvq, b, *tokens++, gain, sum + rvq->books[b].begin);
}

uint32_t rsd_rvq_level_begin(const rsd_rvq *rvq, uint32_t level)
{
    return rvq->level_begin[level < rvq->level_count ? level : rvq->level_count];
}

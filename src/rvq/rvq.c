// SPDX-License-Identifier: MIT
#include "rvq/rvq_internal.h"

#include <string.h>

// Real-time half of the quantiser: nothing in this file allocates, locks, logs or makes a system call.

/* Targets are limited so that norm - 2 <target, codeword> fits 32 bits: 2 x 1024 x 127 x 4096 < 2^31. */
#define TARGET_LIMIT 4095.0f

/* Adding and taking away 1.5 x 2^23 rounds to nearest even by plain additions: the same on every machine, and it
 * vectorises. */
#define ROUND_MAGIC 12582912.0f

static float limit(float x)
{
    const float low = x < -TARGET_LIMIT ? -TARGET_LIMIT : x;
    return low > TARGET_LIMIT ? TARGET_LIMIT : low;
}

static void quantise_target(const rvq_packed_book *book, float inverse_scale, const float *residual, int16_t *target)
{
    for (uint32_t i = 0; i < book->dim; i++)
        target[i] = (int16_t)((limit(residual[i] * inverse_scale) + ROUND_MAGIC) - ROUND_MAGIC);
    if (book->dim % 2u) target[book->dim] = 0;
}

static const int8_t *codeword_pairs(const rvq_packed_book *book, uint32_t token)
{
    const size_t block_bytes = (size_t)book->pair_count * RVQ_BLOCK * 2u;
    return book->packed + token / RVQ_BLOCK * block_bytes + token % RVQ_BLOCK * 2u;
}

static void add_codeword(const rvq_packed_book *book, uint32_t token, float gain, float *sum)
{
    const float scale = book->scale * gain;
    const int8_t *pairs = codeword_pairs(book, token);
    const uint32_t whole_pairs = book->dim / 2u;
    for (uint32_t p = 0; p < whole_pairs; p++, pairs += RVQ_BLOCK * 2u) {
        sum[2u * p] += scale * (float)pairs[0];
        sum[2u * p + 1u] += scale * (float)pairs[1];
    }
    if (book->dim % 2u) sum[book->dim - 1u] += scale * (float)pairs[0];
}

int32_t rsd_rvq_encode_book(const rsd_rvq *rvq, uint32_t index, float scale, uint32_t codebook_bits, float *residual)
{
    _Alignas(64) int16_t target[RSD_RVQ_MAX_DIM + 2u];
    const rvq_packed_book *book = &rvq->books[index];
    const uint32_t asked = codebook_bits >= 16u ? book->codeword_count : 1u << codebook_bits;
    const uint32_t count = asked < book->codeword_count ? asked : book->codeword_count;
    quantise_target(book, book->inverse_scale / scale, residual, target);
    const uint32_t token = rvq->search(book, target, count);
    add_codeword(book, token, -scale, residual);
    return (int32_t)token;
}

/* ---- two books together ---- */

/* A path through both books: what its codewords leave. */
typedef struct {
    int32_t token;
    float left, residual[RVQ_PAIR_MAX_DIM];
} pair_path;

static float energy(const float *values, uint32_t count)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) sum += values[i] * values[i];
    return sum;
}

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

/* The nearest of each part is as dear to find as the nearest of all, and the nearest few are mostly in parts of their
 * own. */
static uint32_t begin_paths(const rsd_rvq *rvq, const rvq_packed_book *book, const float *vector, pair_path *paths)
{
    _Alignas(64) int16_t target[RVQ_PAIR_MAX_DIM + 2u];
    quantise_target(book, book->inverse_scale, vector, target);
    const uint32_t share = book->codeword_count / RVQ_PAIR_PARTS;
    const uint32_t part_size = share >= RVQ_BLOCK ? share : book->codeword_count;
    uint32_t count = 0;
    for (uint32_t begin = 0; begin < book->codeword_count; begin += part_size) {
        rvq_packed_book part = *book;
        part.packed = codeword_pairs(book, begin);
        part.norms += begin;
        pair_path path = {.token = (int32_t)(begin + rvq->search(&part, target, part_size))};
        memcpy(path.residual, vector, book->dim * sizeof *vector);
        add_codeword(book, (uint32_t)path.token, -1.0f, path.residual);
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

// SPDX-License-Identifier: MIT
#include "rvq/rvq_internal.h"

#include <float.h>
#include <string.h>

// Real-time half of the quantiser: nothing in this file allocates, locks, logs or makes a system call.

/* Adding and taking away 1.5 x 2^23 rounds to nearest even by plain additions: the same on every machine, and it
 * vectorises. */
#define ROUND_MAGIC 12582912.0f

static float limited(float x, float limit)
{
    const float low = x < -limit ? -limit : x;
    return low > limit ? limit : low;
}

/*
 * What a target is multiplied by: less than `factor` where it is too long for the range. Its direction stays, which is
 * all that counts for one much longer than any codeword. Floats without their signs are in the order of their bits, and
 * the greatest of integers is found in vector code.
 */
static float range_factor(const float *target, uint32_t dim, float factor, float limit)
{
    int32_t peak_bits = 0;
    float peak;
    for (uint32_t i = 0; i < dim; i++) {
        int32_t bits;
        memcpy(&bits, target + i, sizeof bits);
        bits &= INT32_MAX;
        peak_bits = bits > peak_bits ? bits : peak_bits;
    }
    memcpy(&peak, &peak_bits, sizeof peak);
    peak *= factor;
    return peak > limit && peak <= FLT_MAX ? factor * (limit / peak) : factor;
}

/* scale: what the book's codewords are multiplied by. */
static void quantise_target(const rvq_packed_book *book, float scale, const float *residual, int16_t *target)
{
    const float limit = book->target_limit;
    const float factor = range_factor(residual, book->dim, book->target_scale / scale, limit);
    for (uint32_t i = 0; i < book->dim; i++)
        target[i] = (int16_t)((limited(residual[i] * factor, limit) + ROUND_MAGIC) - ROUND_MAGIC);
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

static uint32_t usable_codewords(const rvq_packed_book *book, uint32_t codebook_bits)
{
    const uint32_t asked = codebook_bits >= 16u ? book->codeword_count : 1u << codebook_bits;
    return asked < book->codeword_count ? asked : book->codeword_count;
}

int32_t rsd_rvq_encode_book(const rsd_rvq *rvq, uint32_t index, float scale, uint32_t codebook_bits, float *residual)
{
    _Alignas(64) int16_t target[RSD_RVQ_MAX_DIM + 2u];
    const rvq_packed_book *book = &rvq->books[index];
    quantise_target(book, scale, residual, target);
    const uint32_t token = rvq->search(book, target, usable_codewords(book, codebook_bits));
    add_codeword(book, token, -scale, residual);
    return (int32_t)token;
}

/* ---- several candidates ---- */

/*
 * The nearest of each part of the first `count` codewords: as dear to find as the nearest of all, which is among them,
 * and the nearest few are mostly in parts of their own. Returns the number of parts.
 */
static uint32_t nearest_of_parts(const rsd_rvq *rvq, const rvq_packed_book *book, const int16_t *target, uint32_t count,
                                 uint32_t tokens[RVQ_PARTS])
{
    const uint32_t share = count / RVQ_PARTS, part_size = share >= RVQ_BLOCK ? share : count;
    uint32_t part_count = 0;
    for (uint32_t begin = 0; begin < count; begin += part_size) {
        rvq_packed_book part = *book;
        part.packed = codeword_pairs(book, begin);
        part.norms += begin;
        tokens[part_count++] = begin + rvq->search(&part, target, part_size);
    }
    return part_count;
}

/* What each candidate leaves, and the energy of what is coded then: candidates side by side, for vector code. */
typedef struct {
    float left[RVQ_PARTS], coded[RVQ_PARTS];
} candidate_energies;

static void weigh_candidates(const rvq_packed_book *book, const uint32_t tokens[RVQ_PARTS], float scale,
                             const float *vector, const float *residual, candidate_energies *energies)
{
    const int8_t *codewords[RVQ_PARTS];
    for (uint32_t p = 0; p < RVQ_PARTS; p++) codewords[p] = codeword_pairs(book, tokens[p]);
    memset(energies, 0, sizeof *energies);
    for (uint32_t i = 0; i < book->dim; i++) {
        const uint32_t at = i / 2u * RVQ_BLOCK * 2u + i % 2u;
        float elements[RVQ_PARTS];
        for (uint32_t p = 0; p < RVQ_PARTS; p++) elements[p] = (float)codewords[p][at];
        for (uint32_t p = 0; p < RVQ_PARTS; p++) {
            const float left = residual[i] - scale * elements[p], coded = vector[i] - left;
            energies->left[p] += left * left;
            energies->coded[p] += coded * coded;
        }
    }
}

int32_t rvq_encode_energy(const rsd_rvq *rvq, uint32_t index, float scale, uint32_t codebook_bits,
                          const rvq_energy *energy, const float *vector, float *residual)
{
    _Alignas(64) int16_t target[RSD_RVQ_MAX_DIM + 2u];
    const rvq_packed_book *book = &rvq->books[index];
    uint32_t tokens[RVQ_PARTS] = {0};
    candidate_energies energies;
    quantise_target(book, scale, residual, target);
    const uint32_t count = nearest_of_parts(rvq, book, target, usable_codewords(book, codebook_bits), tokens);
    weigh_candidates(book, tokens, book->scale * scale, vector, residual, &energies);
    uint32_t best = 0;
    float least = 0.0f;
    for (uint32_t p = 0; p < count; p++) {
        if (p > 0u && book->norms[tokens[p]] == RVQ_RESERVED) continue;
        const float missing = energy->wanted - energy->gain * energies.coded[p];
        const float cost = energies.left[p] + energy->weight * missing * missing;
        if (p > 0u && !(cost < least)) continue;
        least = cost;
        best = p;
    }
    add_codeword(book, tokens[best], -scale, residual);
    return (int32_t)tokens[best];
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

static uint32_t begin_paths(const rsd_rvq *rvq, const rvq_packed_book *book, const float *vector, pair_path *paths)
{
    _Alignas(64) int16_t target[RVQ_PAIR_MAX_DIM + 2u];
    uint32_t tokens[RVQ_PARTS], count = 0;
    quantise_target(book, 1.0f, vector, target);
    const uint32_t part_count = nearest_of_parts(rvq, book, target, book->codeword_count, tokens);
    for (uint32_t p = 0; p < part_count; p++) {
        if (p > 0u && book->norms[tokens[p]] == RVQ_RESERVED) continue; /* so is all of this part */
        pair_path path = {.token = (int32_t)tokens[p]};
        memcpy(path.residual, vector, book->dim * sizeof *vector);
        add_codeword(book, tokens[p], -1.0f, path.residual);
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

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

/* scale: what the book's codewords are multiplied by. Returns what `residual` was multiplied by. */
static float quantise_target(const rvq_packed_book *book, float scale, const float *residual, int16_t *target)
{
    const float limit = book->target_limit;
    const float factor = range_factor(residual, book->dim, book->target_scale / scale, limit);
    for (uint32_t i = 0; i < book->dim; i++)
        target[i] = (int16_t)((limited(residual[i] * factor, limit) + ROUND_MAGIC) - ROUND_MAGIC);
    if (book->dim % 2u) target[book->dim] = 0;
    return factor;
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
    (void)quantise_target(book, scale, residual, target);
    rvq_nearest nearest;
    rvq->search(book, target, usable_codewords(book, codebook_bits), &nearest);
    const uint32_t token = rvq_nearest_of_all(&nearest);
    add_codeword(book, token, -scale, residual);
    return (int32_t)token;
}

static float energy(const float *values, uint32_t count)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) sum += values[i] * values[i];
    return sum;
}

/* ---- several candidates ---- */

/* The nearer one of each class and the one half of the classes away: half as many candidates. */
static void join_classes(rvq_nearest *nearest)
{
    for (uint32_t c = 0; c < RVQ_BLOCK / 2u; c++) {
        const uint32_t other = c + RVQ_BLOCK / 2u;
        const bool less = nearest->score[other] < nearest->score[c];
        nearest->score[c] = less ? nearest->score[other] : nearest->score[c];
        nearest->index[c] = less ? nearest->index[other] : nearest->index[c];
    }
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

/* Products of `values` with one codeword of each of the first `count` classes, by the kernel that searches: the
 * codewords as a block. */
typedef struct {
    float factor;               /* of values */
    int32_t doubled[RVQ_BLOCK]; /* -2 <factor x values, codeword> */
} class_products;

static void multiply_classes(const rsd_rvq *rvq, const rvq_packed_book *book, const rvq_nearest *nearest,
                             uint32_t count, float scale, const float *values, class_products *products)
{
    static const _Alignas(64) int32_t zeros[RVQ_BLOCK];
    _Alignas(64) int8_t block[RVQ_ENERGY_MAX_DIM * RVQ_BLOCK];
    _Alignas(64) int16_t target[RVQ_ENERGY_MAX_DIM];
    rvq_packed_book gathered = *book;
    rvq_nearest scores;
    memset(block, 0, (size_t)book->pair_count * RVQ_BLOCK * 2u);
    for (uint32_t c = 0; c < count; c++) {
        const int8_t *from = codeword_pairs(book, (uint32_t)nearest->index[c]);
        for (uint32_t p = 0; p < book->pair_count; p++)
            memcpy(block + (p * RVQ_BLOCK + c) * 2u, from + p * RVQ_BLOCK * 2u, 2u);
    }
    gathered.packed = block;
    gathered.norms = zeros;
    products->factor = quantise_target(book, scale, values, target);
    rvq->search(&gathered, target, RVQ_BLOCK, &scores);
    memcpy(products->doubled, scores.score, sizeof scores.score);
}

static void keep_candidate(rvq_candidates *kept, uint32_t token, float cost)
{
    uint32_t at = kept->count++;
    for (; at > 0u && cost < kept->cost[at - 1u]; at--) {
        kept->tokens[at] = kept->tokens[at - 1u];
        kept->cost[at] = kept->cost[at - 1u];
    }
    kept->tokens[at] = token;
    kept->cost[at] = cost;
}

/*
 * Of what the kernel counted: |residual - scale x codeword|^2 and |sum + scale x codeword|^2, where `sum` is what is
 * coded already. Norms and products are in integers, so that no candidate's elements are seen as floats.
 */
static void find_candidates(const rsd_rvq *rvq, const rvq_stage *stage, uint32_t codebook_bits, const float *vector,
                            const float *residual, rvq_candidates *found)
{
    _Alignas(64) int16_t target[RVQ_ENERGY_MAX_DIM];
    float sum[RVQ_ENERGY_MAX_DIM];
    const rvq_packed_book *book = &rvq->books[stage->book];
    const uint32_t count = usable_codewords(book, codebook_bits);
    const float scale = book->scale * stage->scale, unit = 1.0f / (float)(1u << rvq_fraction_bits(book->dim));
    rvq_nearest nearest;
    class_products products;
    const float factor = quantise_target(book, stage->scale, residual, target);
    rvq->search(book, target, count, &nearest);
    if (stage->candidate_count < RVQ_BLOCK) join_classes(&nearest);
    for (uint32_t i = 0; i < book->dim; i++) sum[i] = vector[i] - residual[i];
    multiply_classes(rvq, book, &nearest, stage->candidate_count, stage->scale, sum, &products);
    const float residual_energy = energy(residual, book->dim), sum_energy = energy(sum, book->dim);
    uint32_t classes[RVQ_BLOCK];
    const uint32_t class_count = choosable_classes(book, &nearest, stage->candidate_count, count, classes);
    *found = (rvq_candidates){.count = 0};
    for (uint32_t k = 0; k < class_count; k++) {
        const uint32_t c = classes[k], token = (uint32_t)nearest.index[c];
        const float norm = (float)book->norms[token], codeword_energy = scale * scale * unit * norm;
        const float left = residual_energy - scale / factor * (norm - (float)nearest.score[c]) + codeword_energy;
        const float coded = sum_energy - scale / products.factor * (float)products.doubled[c] + codeword_energy;
        const float missing = stage->wanted - stage->gain * coded;
        keep_candidate(found, token, left + stage->weight * missing * missing);
    }
}

/* So many of the candidates are dear to tell apart: the first, and those that cost about as much. */
static uint32_t close_candidates(const rvq_candidates *found, uint32_t most)
{
    uint32_t count = 1u;
    while (count < found->count && count < most && found->cost[count] <= RVQ_CLOSE_COST * found->cost[0]) count++;
    return count;
}

/* The candidate after which the next stage does best; `after`: the next stage's candidates then. */
static uint32_t best_ahead(const rsd_rvq *rvq, const rvq_stage *stage, const rvq_ahead *ahead, uint32_t codebook_bits,
                           const float *vector, const float *residual, const rvq_candidates *found,
                           rvq_candidates *after)
{
    const rvq_packed_book *book = &rvq->books[stage->book];
    const uint32_t count = close_candidates(found, ahead->path_count);
    uint32_t best = 0;
    float least = 0.0f;
    for (uint32_t i = 0; i < count && count > 1u; i++) {
        float left[RVQ_ENERGY_MAX_DIM];
        rvq_candidates next;
        rvq_stage following = ahead->stage;
        following.scale *= ahead->leaves[found->tokens[i]];
        memcpy(left, residual, book->dim * sizeof *left);
        add_codeword(book, found->tokens[i], -stage->scale, left);
        find_candidates(rvq, &following, codebook_bits, vector, left, &next);
        const float cost = next.cost[0] + RVQ_OWN_COST * found->cost[i];
        if (i > 0u && !(cost < least)) continue;
        least = cost;
        best = i;
        *after = next;
    }
    return best;
}

int32_t rvq_encode_energy(const rsd_rvq *rvq, const rvq_stage *stage, const rvq_ahead *ahead, uint32_t codebook_bits,
                          const float *vector, float *residual, rvq_candidates *candidates)
{
    rvq_candidates found;
    if (candidates && candidates->count > 0u)
        found = *candidates;
    else
        find_candidates(rvq, stage, codebook_bits, vector, residual, &found);
    uint32_t best = 0;
    if (candidates) candidates->count = 0;
    if (ahead && candidates) best = best_ahead(rvq, stage, ahead, codebook_bits, vector, residual, &found, candidates);
    add_codeword(&rvq->books[stage->book], found.tokens[best], -stage->scale, residual);
    return (int32_t)found.tokens[best];
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

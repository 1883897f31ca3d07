// SPDX-License-Identifier: MIT
#include "rvq/rvq_book.h"

// Real-time: nothing in this file allocates, locks, logs or makes a system call.

/* ---- the greatest ---- */

/* Bits of the first 32 indices: a table, since not every vector can be shifted by another. */
static const uint32_t places[32] = {1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
                                    1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
                                    1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
                                    1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31};

/*
 * Floats from 0 on are in the order of their bits, and the greatest of integers is found in vector code, without a
 * branch (a token is a choice that no branch prediction knows). flip: of all bits, -1 for the least.
 */
RVQ_INLINE uint32_t first_greatest(const float *values, uint32_t count, int32_t flip)
{
    int32_t greatest = INT32_MIN;
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int32_t bits = bits_of(values[i]) ^ flip;
        greatest = bits > greatest ? bits : greatest;
    }
    for (uint32_t i = 0; i < count; i++)
        found |= ((bits_of(values[i]) ^ flip) == greatest ? UINT32_MAX : 0u) & places[i];
    return (uint32_t)__builtin_ctz(found);
}

uint32_t rvq_greatest_of(const float *values, uint32_t count)
{
    return count == 16u ? first_greatest(values, 16u, 0) : first_greatest(values, count, 0);
}

/* ---- candidates of one stage ---- */

/* The nearest codeword of each of the first classes, their energies as they are scaled. */
typedef struct {
    const int32_t *tokens;
    float whole[RVQ_BLOCK]; /* |scale x codeword|^2 */
    float left[RVQ_BLOCK];  /* |residual - scale x codeword|^2; FLT_MAX where it may not be chosen */
} class_energies;

/* Of norms and what the kernel counted, in integers: no codeword's elements are seen. `factor`: of the target. */
RVQ_INLINE void find_energies(const rvq_packed_book *book, const rvq_nearest *nearest, uint32_t class_count,
                              uint32_t codeword_count, float scale, float factor, float residual_energy,
                              class_energies *classes)
{
    classes->tokens = nearest->index;
    const float unit = scale * scale / (float)(1u << rvq_fraction_bits(book->dim)), part = scale / factor;
    int32_t norms[RVQ_BLOCK];
    for (uint32_t c = 0; c < class_count; c++) norms[c] = book->norms[nearest->index[c]];
    for (uint32_t c = 0; c < class_count; c++) {
        const float norm = (float)norms[c], whole = unit * norm;
        const float left = residual_energy - part * (norm - (float)nearest->score[c]) + whole;
        const bool reserved = norms[c] == RVQ_RESERVED, missing = nearest->index[c] >= (int32_t)codeword_count;
        classes->whole[c] = whole;
        classes->left[c] = (reserved | missing) ? FLT_MAX : left;
    }
}

/* What a codeword adds to: its target as a book wants it, and its energy. */
typedef struct {
    _Alignas(64) int16_t target[RVQ_ENERGY_MAX_DIM];
    float factor, energy;
} coded_sum;

RVQ_INLINE void find_sum(const rvq_packed_book *book, uint32_t dim, float scale, const float *vector,
                         const float *residual, coded_sum *sum)
{
    float values[RVQ_ENERGY_MAX_DIM];
    for (uint32_t i = 0; i < dim; i++) values[i] = vector[i] - residual[i];
    sum->factor = quantise_elements(book, dim, scale, values, sum->target);
    sum->energy = energy(values, dim);
}

RVQ_INLINE int32_t product_with(const rvq_packed_book *book, uint32_t dim, uint32_t token, const int16_t *target)
{
    const int8_t *pairs = codeword_pairs(book, token);
    int32_t sum = 0;
    for (uint32_t p = 0; p < (dim + 1u) / 2u; p++, pairs += RVQ_BLOCK * 2u)
        sum += target[2u * p] * pairs[0] + target[2u * p + 1u] * pairs[1];
    return sum;
}

/* Of the cheapest RVQ_MOST_PATHS, in order. */
static void keep_candidate(rvq_candidates *kept, uint32_t token, float cost)
{
    uint32_t at = kept->count;
    if (at < RVQ_MOST_PATHS)
        kept->count++;
    else if (!(cost < kept->cost[--at]))
        return;
    for (; at > 0u && cost < kept->cost[at - 1u]; at--) {
        kept->tokens[at] = kept->tokens[at - 1u];
        kept->cost[at] = kept->cost[at - 1u];
    }
    kept->tokens[at] = token;
    kept->cost[at] = cost;
}

/* Bits of the classes that leave at most `limit`. */
RVQ_INLINE uint32_t classes_within(const float *left, uint32_t class_count, float limit)
{
    uint32_t found = 0;
    for (uint32_t c = 0; c < class_count; c++) found |= (left[c] <= limit ? UINT32_MAX : 0u) & places[c];
    return found;
}

RVQ_INLINE float candidate_cost(const rvq_packed_book *book, uint32_t dim, const rvq_stage *stage,
                                const class_energies *classes, uint32_t c, const coded_sum *sum)
{
    const float product = (float)(2 * product_with(book, dim, (uint32_t)classes->tokens[c], sum->target));
    const float coded = sum->energy + book->scale * stage->scale / sum->factor * product + classes->whole[c];
    const float missing = stage->wanted - stage->gain * coded;
    return classes->left[c] + stage->weight * missing * missing;
}

/*
 * A candidate costs at least what it leaves: those that leave more than `close` times the cost of the nearest are
 * passed over, their energies unseen, which is most of them.
 */
RVQ_INLINE void keep_cheapest(const rvq_packed_book *book, uint32_t dim, uint32_t class_count, const rvq_stage *stage,
                              float close, const class_energies *classes, const coded_sum *sum, rvq_candidates *found)
{
    const uint32_t first = first_greatest(classes->left, class_count, -1);
    uint32_t near[RVQ_BLOCK], near_count = 1;
    near[0] = first;
    float costs[RVQ_BLOCK], least = costs[0] = candidate_cost(book, dim, stage, classes, first, sum);
    uint32_t others = classes_within(classes->left, class_count, close * least) & ~places[first];
    for (; others; others &= others - 1u, near_count++) {
        const uint32_t c = near[near_count] = (uint32_t)__builtin_ctz(others);
        const float cost = costs[near_count] = candidate_cost(book, dim, stage, classes, c, sum);
        least = cost < least ? cost : least;
    }
    found->count = 0;
    for (uint32_t i = 0; i < near_count; i++) {
        if (costs[i] <= close * least) keep_candidate(found, (uint32_t)classes->tokens[near[i]], costs[i]);
    }
    /* By rounding a cost is below 0, or it is no number. */
    if (found->count == 0u) keep_candidate(found, (uint32_t)classes->tokens[first], costs[0]);
}

RVQ_INLINE void find_candidates_of(const rsd_rvq *rvq, uint32_t dim, uint32_t class_count, const rvq_stage *stage,
                                   float close, uint32_t codebook_bits, const float *vector, const float *residual,
                                   rvq_candidates *found)
{
    _Alignas(64) int16_t target[RVQ_ENERGY_MAX_DIM];
    const rvq_packed_book *book = &rvq->books[stage->book];
    const uint32_t count = usable_codewords(book, codebook_bits);
    rvq_nearest nearest;
    class_energies classes;
    coded_sum sum;
    const float residual_energy = energy(residual, dim);
    const float factor = quantise_elements(book, dim, stage->scale, residual, target);
    find_sum(book, dim, stage->scale, vector, residual, &sum);
    rvq->search(book, target, count, &nearest);
    if (class_count < RVQ_BLOCK) join_classes(&nearest);
    find_energies(book, &nearest, class_count, count, book->scale * stage->scale, factor, residual_energy, &classes);
    keep_cheapest(book, dim, class_count, stage, close, &classes, &sum, found);
}

/* Those that cost up to `close` times the cheapest: so many are dear to tell apart. */
static void find_candidates(const rsd_rvq *rvq, const rvq_stage *stage, float close, uint32_t codebook_bits,
                            const float *vector, const float *residual, rvq_candidates *found)
{
    const uint32_t dim = rvq->books[stage->book].dim;
    if (dim == 8u && stage->candidate_count == 8u)
        find_candidates_of(rvq, 8u, 8u, stage, close, codebook_bits, vector, residual, found);
    else if (dim == 16u && stage->candidate_count == 16u)
        find_candidates_of(rvq, 16u, 16u, stage, close, codebook_bits, vector, residual, found);
    else
        find_candidates_of(rvq, dim, stage->candidate_count, stage, close, codebook_bits, vector, residual, found);
}

/* ---- the stage after ---- */

/* The candidate after which the next stage does best; `after`: the next stage's candidates then. */
static uint32_t best_ahead(const rsd_rvq *rvq, const rvq_stage *stage, const rvq_ahead *ahead, uint32_t codebook_bits,
                           const float *vector, const float *residual, const rvq_candidates *found,
                           rvq_candidates *after)
{
    const rvq_packed_book *book = &rvq->books[stage->book];
    const uint32_t count = found->count < ahead->path_count ? found->count : ahead->path_count;
    uint32_t best = 0;
    float least = 0.0f;
    for (uint32_t i = 0; i < count && count > 1u; i++) {
        float left[RVQ_ENERGY_MAX_DIM];
        rvq_candidates next;
        rvq_stage following = ahead->stage;
        following.scale *= ahead->shares[(uint8_t)ahead->leaves[found->tokens[i]]];
        memcpy(left, residual, book->dim * sizeof *left);
        add_codeword(book, found->tokens[i], -stage->scale, left);
        find_candidates(rvq, &following, RVQ_CLOSE_COST, codebook_bits, vector, left, &next);
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
        find_candidates(rvq, stage, ahead ? RVQ_CLOSE_COST : 1.0f, codebook_bits, vector, residual, &found);
    uint32_t best = 0;
    if (candidates) candidates->count = 0;
    if (ahead && candidates) best = best_ahead(rvq, stage, ahead, codebook_bits, vector, residual, &found, candidates);
    add_codeword(&rvq->books[stage->book], found.tokens[best], -stage->scale, residual);
    return (int32_t)found.tokens[best];
}

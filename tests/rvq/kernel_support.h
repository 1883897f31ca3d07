// SPDX-License-Identifier: MIT
#ifndef KERNEL_SUPPORT_H
#define KERNEL_SUPPORT_H

#include "rvq/rvq_support.h"

#include <stdio.h>

/*
 * Codebooks and targets that are hard on a search kernel, and what plain 64-bit arithmetic chooses. No test framework
 * in here: the same comparison runs under an emulator of another processor.
 */

typedef enum { ROWS_ANY, ROWS_EXTREME, ROWS_FEW, ROWS_KINDS } row_kind;
typedef enum { TARGET_SMALL, TARGET_ANY, TARGET_EXTREME, TARGET_ZERO, TARGET_KINDS } target_kind;

static inline int8_t hard_element(row_kind kind, uint32_t *seed)
{
    if (kind == ROWS_EXTREME) return test_random(seed) >> 31 ? 127 : -128;
    return (int8_t)(test_random(seed) >> 24);
}

/* ROWS_FEW: only eight rows that differ, so that nearly every search ends in a tie. */
static inline void fill_hard_rows(int8_t *rows, uint32_t words, uint32_t dim, row_kind kind, uint32_t *seed)
{
    for (size_t i = 0; i < (size_t)words * dim; i++) {
        const size_t earlier = i - (size_t)(i / dim / 8u) * 8u * dim;
        rows[i] = kind == ROWS_FEW && earlier != i ? rows[earlier] : hard_element(kind, seed);
    }
}

static inline void fill_hard_target(int16_t *target, uint32_t dim, target_kind kind, uint32_t *seed)
{
    const float limit = rvq_target_limit(dim);
    for (uint32_t i = 0; i < dim; i++) {
        const float x = test_noise(seed);
        target[i] = (int16_t)(kind == TARGET_SMALL     ? 100.0f * x
                              : kind == TARGET_ANY     ? limit * x
                              : kind == TARGET_EXTREME ? (x < 0.0f ? -limit : limit)
                                                       : 0.0f);
    }
    if (dim % 2u) target[dim] = 0;
}

/* Norms are the codebook's own: a reserved codeword has one that keeps it from being chosen. */
static inline uint32_t plain_choice(const rvq_packed_codebook *codebook, const int8_t *rows, const int16_t *target,
                                    uint32_t count, rvq_nearest *of_class)
{
    int64_t best_score = INT64_MAX;
    uint32_t best = 0;
    for (uint32_t c = 0; c < RVQ_BLOCK; c++) of_class->score[c] = INT32_MAX;
    for (uint32_t w = 0; w < count; w++) {
        int64_t score = codebook->norms[w];
        for (uint32_t i = 0; i < codebook->dim; i++) score -= 2 * target[i] * rows[(size_t)w * codebook->dim + i];
        if (score < best_score) {
            best_score = score;
            best = w;
        }
        if (score < of_class->score[w % RVQ_BLOCK]) {
            of_class->score[w % RVQ_BLOCK] = (int32_t)score;
            of_class->index[w % RVQ_BLOCK] = (int32_t)w;
        }
    }
    return best;
}

static inline uint32_t wrong_classes(const rvq_nearest *got, const rvq_nearest *right)
{
    uint32_t wrong = 0;
    for (uint32_t c = 0; c < RVQ_BLOCK; c++)
        wrong += got->score[c] != right->score[c] || (right->score[c] != INT32_MAX && got->index[c] != right->index[c]);
    return wrong;
}

/* Searches one codebook with every kind of target, every prefix of codewords; the number of wrong indices. */
static inline uint32_t wrong_in_codebook(rvq_search search, const rvq_packed_codebook *codebook, const int8_t *rows,
                                         uint32_t *seed)
{
    static _Alignas(64) int16_t target[RSD_RVQ_MAX_DIM + 2u];
    uint32_t wrong = 0;
    for (int kind = 0; kind < TARGET_KINDS; kind++) {
        fill_hard_target(target, codebook->dim, (target_kind)kind, seed);
        for (uint32_t count = 2u; count <= codebook->codeword_count; count *= 2u) {
            rvq_nearest classes, right_classes;
            search(codebook, target, count, &classes);
            const uint32_t right = plain_choice(codebook, rows, target, count, &right_classes);
            const uint32_t got = rvq_nearest_of_all(&classes);
            if (got == right && wrong_classes(&classes, &right_classes) == 0u) continue;
            if (wrong++ == 0u)
                printf("dim %u, %u of %u codewords, target kind %d: %u, not %u\n", codebook->dim, count,
                       codebook->codeword_count, kind, got, right);
        }
    }
    return wrong;
}

/* One codebook of `words` hard rows, one in `reserve_one_in` reserved (0: none). */
static inline uint32_t wrong_with(rvq_search search, uint32_t dim, uint32_t words, row_kind kind,
                                  uint32_t reserve_one_in, uint32_t *seed)
{
    random_rvq made = {.shape = {.level_count = 1, .codebook_count = 1}};
    made.rows[0] = malloc((size_t)words * dim);
    fill_hard_rows(made.rows[0], words, dim, kind, seed);
    made.codebooks[0] = (rsd_rvq_codebook){0, 0, dim, words, 1.0f, made.rows[0]};
    if (random_rvq_build(&made, dim) != RSD_OK) abort();
    for (uint32_t w = 0; reserve_one_in && w < words; w++)
        if (test_random(seed) % 65536u < 65536u / reserve_one_in) rvq_reserve_codeword(made.rvq, 0, w);
    const uint32_t wrong = wrong_in_codebook(search, made.rvq->codebooks, made.rows[0], seed);
    random_rvq_free(&made);
    return wrong;
}

/* Every dim of 1..256 and some above, every kind of row; sizes of codebook go round. Returns the number of wrong
 * indices.
 */
static inline uint32_t wrong_choices(rvq_search search)
{
    uint32_t seed = 17, wrong = 0;
    for (uint32_t dim = 1; dim <= 256u; dim++) {
        for (uint32_t kind = 0; kind < ROWS_KINDS; kind++) {
            const uint32_t words = 2u << (dim + 3u * kind) % 9u, reserve_one_in = (dim + kind) % 2u ? 4u : 0u;
            wrong += wrong_with(search, dim, words, (row_kind)kind, reserve_one_in, &seed);
        }
    }
    for (int kind = 0; kind < ROWS_KINDS; kind++) {
        wrong += wrong_with(search, 10, RSD_RVQ_MAX_CODEWORDS, (row_kind)kind, 100, &seed);
        wrong += wrong_with(search, 77, 1024, (row_kind)kind, 0, &seed);
        wrong += wrong_with(search, RSD_RVQ_MAX_DIM, 64, (row_kind)kind, 16, &seed);
    }
    return wrong;
}

#endif

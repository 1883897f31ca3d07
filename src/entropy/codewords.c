// SPDX-License-Identifier: MIT
// Guesses from codewords. Nothing here allocates or can fail, and every number is whole.
#include "entropy/codewords_internal.h"

#include "base/numbers.h"

/* A distance as a logit would be: of a row's mean energy. What is far over any that says something is all the same. */
#define FAR (1 << 20)

void entropy_codewords_add(const entropy_codewords *self, uint32_t row, uint32_t token, int32_t *sum)
{
    if (row >= self->row_count || token >= self->rows[row].codeword_count) return;
    const int32_t *codeword = self->rows[row].codewords + (size_t)token * self->dim;
    for (uint32_t i = 0; i < self->dim; i++) sum[i] += codeword[i];
}

/* Squared distance of a codeword from the target, less the target's own energy, which is the same for all. */
static int32_t distance(const codeword_row *row, uint32_t token, const int32_t *target, uint32_t dim)
{
    const int32_t *codeword = row->codewords + (size_t)token * dim;
    int64_t product = 0;
    for (uint32_t i = 0; i < dim; i++) product += (int64_t)target[i] * codeword[i];
    const int64_t share = (row->energies[token] - 2 * product) * ENTROPY_LOGIT_ONE / row->energy;
    if (share > FAR) return FAR;
    return share < -FAR ? -FAR : (int32_t)share;
}

/* Distances as the leaves of a tree, and above them the lesser of two. Returns the nearest codeword. */
static uint32_t fill_tree(const codeword_row *row, uint32_t bits, const int32_t *target, uint32_t dim, int32_t *tree)
{
    const uint32_t leaves = 1u << bits;
    uint32_t nearest = 0;
    for (uint32_t c = 0; c < leaves; c++) {
        tree[leaves + c] = c < row->codeword_count ? distance(row, c, target, dim) : FAR;
        if (tree[leaves + c] < tree[leaves + nearest]) nearest = c;
    }
    for (uint32_t n = leaves - 1u; n > 0u; n--)
        tree[n] = tree[2u * n] < tree[2u * n + 1u] ? tree[2u * n] : tree[2u * n + 1u];
    return nearest;
}

/* Of each guess, in halves, how much the last frame counts, and the one before. */
static const int32_t guess_halves[ENTROPY_GUESSES][2] = {{2, 0}, {1, 1}};

void entropy_codewords_guess(const entropy_codewords *self, uint32_t row, const int32_t *sum,
                             const int32_t *const before[2], entropy_view *view, uint32_t nearest[ENTROPY_GUESSES])
{
    int32_t target[CODEWORDS_MAX_DIM];
    view->guess_count = 0;
    if (row >= self->row_count || view->bits > ENTROPY_MAX_GUESS_BITS) return;
    for (uint32_t g = 0; g < ENTROPY_GUESSES; g++) {
        for (uint32_t i = 0; i < self->dim; i++)
            target[i] = (guess_halves[g][0] * before[0][i] + guess_halves[g][1] * before[1][i]) / 2 - sum[i];
        nearest[g] = fill_tree(&self->rows[row], view->bits, target, self->dim, view->guesses[g]);
    }
    view->guess_count = ENTROPY_GUESSES;
}

// SPDX-License-Identifier: MIT
// A codec's codebooks as whole numbers, in a block of the caller's.
#include "entropy/codewords_internal.h"

#include "base/numbers.h"

#include <math.h>
#include <string.h>

/* Rows that the codec tells, all of one dimension and within the limits; 0: it cannot be guessed from them. */
static uint32_t count_rows(const rsd_model *model, uint32_t *dim, size_t *number_count)
{
    codec_codebook book;
    uint32_t row = 0;
    *number_count = 0;
    for (; row < RSD_MAX_SEQUENCES && codec_codebook_of(model, row, &book); row++) {
        if (row == 0u) *dim = book.dim;
        if (book.dim != *dim || book.dim > CODEWORDS_MAX_DIM || book.codeword_count > 1u << ENTROPY_MAX_GUESS_BITS ||
            book.codeword_count < 1u)
            return 0;
        *number_count += (size_t)book.codeword_count * book.dim;
    }
    return row;
}

size_t entropy_codewords_bytes(const rsd_model *model)
{
    uint32_t dim = 0;
    size_t number_count;
    if (count_rows(model, &dim, &number_count) == 0u) return 0;
    return base_round_up_64(sizeof(entropy_codewords)) + base_round_up_64(number_count * sizeof(int32_t));
}

uint32_t entropy_codewords_dim(const rsd_model *model)
{
    uint32_t dim = 0;
    size_t number_count;
    return count_rows(model, &dim, &number_count) > 0u ? dim : 0u;
}

static float largest(const rsd_model *model, uint32_t row_count)
{
    float most = 0.0f;
    codec_codebook book;
    for (uint32_t q = 0; q < row_count; q++)
        if (codec_codebook_of(model, q, &book))
            for (uint32_t i = 0; i < book.codeword_count * book.dim; i++) most = fmaxf(most, fabsf(book.codewords[i]));
    return most > 0.0f ? most : 1.0f;
}

/* Each number is rounded to the nearest by itself, and so is the same on every machine. */
static void fill_row(codeword_row *row, const codec_codebook *book, float most)
{
    row->codeword_count = book->codeword_count;
    for (uint32_t c = 0; c < book->codeword_count; c++) {
        int64_t energy = 0;
        for (uint32_t i = 0; i < book->dim; i++) {
            const double x = (double)book->codewords[c * book->dim + i] * CODEWORDS_ONE / (double)most;
            const int32_t whole = (int32_t)llround(x);
            row->codewords[c * book->dim + i] = whole;
            energy += (int64_t)whole * whole;
        }
        row->energies[c] = energy;
        row->energy += energy;
    }
    if (book->codeword_count > 0u) row->energy /= book->codeword_count;
    if (row->energy < 1) row->energy = 1;
}

entropy_codewords *entropy_codewords_init(void *block, const rsd_model *model)
{
    entropy_codewords *self = block;
    size_t number_count;
    int32_t *numbers = (int32_t *)((char *)block + base_round_up_64(sizeof *self));
    memset(self, 0, sizeof *self);
    self->row_count = count_rows(model, &self->dim, &number_count);
    const float most = largest(model, self->row_count);
    for (uint32_t q = 0; q < self->row_count; q++) {
        codec_codebook book;
        if (!codec_codebook_of(model, q, &book)) continue;
        self->rows[q].codewords = numbers;
        numbers += book.codeword_count * book.dim;
        fill_row(&self->rows[q], &book, most);
    }
    return self;
}

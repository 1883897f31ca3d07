// SPDX-License-Identifier: MIT
#include "codec/live_train.h"

#include "rvq/rvq_train.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODEWORDS 1024u
#define ITERATIONS 16u
#define SAMPLE_LIMIT 200000u
#define ENOUGH (8u * CODEWORDS)

/* The first stages have a book for every cell; what they leave looks alike everywhere, and one book serves all cells.
 */
#define OWN_STAGES 2u

/* Share of the rate-distortion bound of a Gaussian that a token reaches: for the choice of training vectors alone. */
#define EFFICIENCY 0.85f

/* In means of the vectors that a stage sees: one of more is left out of the training of a book, and counts as so much
 * in mean errors. A few (where the envelope lags behind a sound) are thousands of times the mean: they took whole
 * books, and made the int8 steps of all other codewords coarse (src/DESIGN.md). */
#define OUTLIER 50.0f

/* Mean square of normalised coefficients under which a cell is silent: its band is under the floor of the envelope.
 * What it gets of tokens that nothing else wants must not count as what a stage sees. */
#define SILENT_CELL 0.01f

/* So many vectors of average leavings are seen with every codeword: what a few left is chance. */
#define AVERAGE_VECTORS 8.0f

/* No error is less: cells in which the sounds have nothing must not make a scale of 0. */
#define LEAST_ERROR 1e-12f

/* Level 1 carries most; a level lies near each of the rates that codecs are compared at. A short frame has bits for one
 * envelope book, which follows a smoothed envelope: what is heard of it is slower than such a frame. */
const live_plan *live_plan_of(uint32_t hop)
{
    static const live_plan hop_64 = {.level_tokens = {1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 9},
                                     .envelope_codewords = {1024, 0},
                                     .constants = {.prediction = 0.95f,
                                                   .gamma = 0.5f,
                                                   .fill = 0.92f,
                                                   .smoothing = 0.5f,
                                                   .fill_slope = 1.0f,
                                                   .low_weight = 1.0f,
                                                   .energy_weight = 0.1f,
                                                   .paths = 1.0f}};
    static const live_plan hop_128 = {.level_tokens = {1, 1, 1, 1, 2, 2, 3, 4, 4, 5, 4, 4, 8, 10},
                                      .envelope_codewords = {1024, 1024},
                                      .constants = {.prediction = 0.85f,
                                                    .gamma = 0.6f,
                                                    .fill = 0.85f,
                                                    .low_weight = 1.0f,
                                                    .low_slope = 1.0f,
                                                    .low_worth = 1.0f,
                                                    .masked = 19.0f,
                                                    .energy_weight = 0.1f,
                                                    .paths = 1.0f}};
    static const live_plan hop_256 = {.level_tokens = {2, 2, 2, 3, 4, 5, 6, 7, 9, 10, 8, 8, 8, 10, 16},
                                      .envelope_codewords = {1024, 1024},
                                      .constants = {.prediction = 0.85f,
                                                    .gamma = 0.74f,
                                                    .fill = 0.9f,
                                                    .low_weight = 0.5f,
                                                    .low_slope = 2.0f,
                                                    .low_worth = 2.0f,
                                                    .high_worth = 1.5f,
                                                    .masked = 21.0f,
                                                    .energy_weight = 1.0f,
                                                    .paths = 4.0f}};
    return hop == 64u ? &hop_64 : hop == 128u ? &hop_128 : &hop_256;
}

/* ---- which vectors a stage sees: those whose cell would get a token of that stage with all levels on ---- */

static void count_tokens(rsd_trainer *self, uint32_t token_count, size_t vector)
{
    const uint32_t cells = self->shape.cell_count;
    const float step = exp2f(-2.0f * log2f((float)CODEWORDS) / (float)self->shape.cell_width * EFFICIENCY);
    float worth[LIVE_MAX_CELLS];
    uint8_t *depth = self->depths + vector * cells;
    memcpy(worth, self->powers + vector * cells, cells * sizeof *worth);
    memset(depth, 0, cells);
    for (uint32_t t = 0; t < token_count; t++) {
        uint32_t best = 0;
        for (uint32_t c = 1; c < cells; c++) best = worth[c] > worth[best] ? c : best;
        if (depth[best] == LIVE_MAX_STAGES) return;
        const float stage_worth = live_stage_worth_log2(&self->shape, best, depth[best] + 1u) -
                                  live_stage_worth_log2(&self->shape, best, depth[best]);
        worth[best] *= step * exp2f(stage_worth);
        depth[best]++;
    }
}

static float *cell_of(const rsd_trainer *self, size_t vector, uint32_t cell)
{
    return self->vectors + vector * self->shape.hop + (size_t)cell * self->shape.cell_width;
}

static void forget_silent_cells(rsd_trainer *self, size_t vector)
{
    for (uint32_t c = 0; c < self->shape.cell_count; c++) {
        if (live_mean_square(cell_of(self, vector, c), self->shape.cell_width) < SILENT_CELL)
            self->depths[vector * self->shape.cell_count + c] = 0u;
    }
}

static rsd_status count_all_tokens(rsd_trainer *self)
{
    uint32_t token_count = 0;
    for (const int32_t *tokens = live_plan_of(self->shape.hop)->level_tokens; *tokens; tokens++)
        token_count += (uint32_t)*tokens;
    self->depths = malloc(self->vector_count * self->shape.cell_count);
    if (!self->depths) return RSD_ERR_MEMORY;
    uint32_t deepest = 0;
    for (size_t i = 0; i < self->vector_count; i++) {
        count_tokens(self, token_count, i);
        forget_silent_cells(self, i);
        for (uint32_t c = 0; c < self->shape.cell_count; c++) {
            const uint32_t depth = self->depths[i * self->shape.cell_count + c];
            deepest = depth > deepest ? depth : deepest;
        }
    }
    self->stage_count = deepest;
    self->work_total += deepest;
    return RSD_OK;
}

static bool is_seen(const rsd_trainer *self, size_t vector, uint32_t cell, uint32_t stage)
{
    return self->depths[vector * self->shape.cell_count + cell] > stage;
}

/* The scale that the cell's tokens so far leave the next one. */
static float *left_of(const rsd_trainer *self, size_t vector, uint32_t cell)
{
    return self->left + vector * self->shape.cell_count + cell;
}

static float error_of(const rsd_trainer *self, uint32_t cell, uint32_t stage)
{
    return self->errors[cell * (LIVE_MAX_STAGES + 1u) + stage];
}

/* Sum of the mean squares of a cell where the stage sees it (or of all), each counting as `most` at most. */
static double seen_energy(const rsd_trainer *self, uint32_t cell, uint32_t stage, bool all, float most)
{
    double sum = 0.0;
    for (size_t i = 0; i < self->vector_count; i++) {
        if (all || is_seen(self, i, cell, stage))
            sum += fminf(most, live_mean_square(cell_of(self, i, cell), self->shape.cell_width));
    }
    return sum;
}

static size_t seen_count(const rsd_trainer *self, uint32_t cell, uint32_t stage)
{
    size_t seen = 0;
    for (size_t i = 0; i < self->vector_count; i++) seen += is_seen(self, i, cell, stage);
    return seen;
}

/* Too few vectors come so far for a mean of them: all are measured instead. */
static bool is_rare(const rsd_trainer *self, uint32_t cell, uint32_t stage)
{
    return seen_count(self, cell, stage) < 64u;
}

/* The mean square from which a vector is an outlier. Of those that the stage sees: a cell may be silent but for them.
 */
static float outlier_of(const rsd_trainer *self, uint32_t cell, uint32_t stage)
{
    const size_t seen = seen_count(self, cell, stage);
    const double energy = seen_energy(self, cell, stage, false, FLT_MAX);
    return seen > 0u && energy > 0.0 ? OUTLIER * (float)(energy / (double)seen) : FLT_MAX;
}

/* ---- one book ---- */

typedef struct {
    float *vectors; /* room for SAMPLE_LIMIT of cell_width */
    size_t count;
} sample;

/* Takes every step-th vector of cells [first, end) that the stage sees (or of all), as the stage's book sees it. */
static void take_vectors(const rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end, bool all, size_t step,
                         sample *to)
{
    const uint32_t width = self->shape.cell_width;
    size_t seen = 0;
    to->count = 0;
    for (uint32_t c = first; c < end; c++) {
        const float inverse = stage < OWN_STAGES ? 1.0f : 1.0f / sqrtf(error_of(self, c, stage));
        const float outlier = outlier_of(self, c, stage);
        for (size_t i = 0; i < self->vector_count; i++) {
            const float *vector = cell_of(self, i, c);
            if (!(all || is_seen(self, i, c, stage)) || seen++ % step != 0u || to->count == SAMPLE_LIMIT ||
                live_mean_square(vector, width) > outlier)
                continue;
            const float scale = inverse / *left_of(self, i, c);
            for (uint32_t d = 0; d < width; d++) to->vectors[to->count * width + d] = vector[d] * scale;
            to->count++;
        }
    }
}

static void choose_vectors(const rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end, sample *to)
{
    size_t seen = 0;
    for (uint32_t c = first; c < end; c++) seen += seen_count(self, c, stage);
    const bool all = seen < ENOUGH;
    const size_t candidates = all ? self->vector_count * (end - first) : seen;
    take_vectors(self, stage, first, end, all, (candidates + SAMPLE_LIMIT - 1u) / SAMPLE_LIMIT, to);
}

static rsd_status train_book(rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end, sample *room)
{
    const uint32_t width = self->shape.cell_width, index = self->book_count;
    if (index == RSD_MAX_SEQUENCES) return RSD_ERR_SIZE;
    live_book *book = &self->books[index];
    *book = (live_book){.dim = width, .codewords = CODEWORDS, .data = malloc((size_t)CODEWORDS * width)};
    if (!book->data) return RSD_ERR_MEMORY;
    self->book_count++;
    if (stage < OWN_STAGES)
        snprintf(book->name, sizeof book->name, "stage.%u.cell.%u", stage, first);
    else
        snprintf(book->name, sizeof book->name, "stage.%u", stage);
    choose_vectors(self, stage, first, end, room);
    const rvq_kmeans_config config = {.vectors = room->vectors,
                                      .stride = width,
                                      .count = room->count,
                                      .dim = width,
                                      .codeword_count = CODEWORDS,
                                      .iteration_count = ITERATIONS,
                                      .thread_count = self->config.thread_count,
                                      .seed = self->config.seed + 100u + index};
    return rvq_kmeans(&config, book->data, &self->scales[index]);
}

/* ---- what a stage leaves ---- */

/* Codes the cell of every vector with the stage's book. The mean error falls by what it falls where the stage is used.
 */
static void code_cell(rsd_trainer *self, const rsd_rvq *rvq, uint32_t cell, uint32_t stage)
{
    const bool all = is_rare(self, cell, stage);
    const float before = error_of(self, cell, stage), scale = stage < OWN_STAGES ? 1.0f : sqrtf(before);
    const float outlier = outlier_of(self, cell, stage);
    const double energy = seen_energy(self, cell, stage, all, outlier);
    for (size_t i = 0; i < self->vector_count; i++)
        self->tokens[i * self->shape.cell_count + cell] =
            (int16_t)rsd_rvq_encode_book(rvq, 0, scale * *left_of(self, i, cell), 16u, cell_of(self, i, cell));
    const double share = seen_energy(self, cell, stage, all, outlier) / (energy + 1e-30);
    self->errors[cell * (LIVE_MAX_STAGES + 1u) + stage + 1u] =
        fmaxf(LEAST_ERROR, before * (float)fmin(0.9, fmax(0.01, share)));
}

/* ---- what each codeword leaves ---- */

typedef struct {
    double energy[CODEWORDS], count[CODEWORDS];
} leavings;

/* In the scale that the book had, so that all cells of a shared book count alike. */
static void add_leavings(const rsd_trainer *self, uint32_t stage, uint32_t cell, leavings *sums)
{
    const float error = stage < OWN_STAGES ? 1.0f : error_of(self, cell, stage);
    const bool all = is_rare(self, cell, stage);
    for (size_t i = 0; i < self->vector_count; i++) {
        if (!all && !is_seen(self, i, cell, stage)) continue;
        const float left = *left_of(self, i, cell);
        const int16_t token = self->tokens[i * self->shape.cell_count + cell];
        const float energy = live_mean_square(cell_of(self, i, cell), self->shape.cell_width) / (error * left * left);
        sums->energy[token] += fminf(energy, OUTLIER);
        sums->count[token] += 1.0;
    }
}

/* How much larger than the average what each codeword of the last book leaves is. */
static void set_leaves(const leavings *sums, int8_t *leaves)
{
    double energy = 0.0, count = 0.0;
    for (uint32_t t = 0; t < CODEWORDS; t++) {
        energy += sums->energy[t];
        count += sums->count[t];
    }
    const double average = energy / count + (double)LEAST_ERROR;
    for (uint32_t t = 0; t < CODEWORDS; t++) {
        const double mean = (sums->energy[t] + AVERAGE_VECTORS * average) / (sums->count[t] + AVERAGE_VECTORS);
        leaves[t] = (int8_t)lrint(fmin(127.0, fmax(-127.0, 0.5 * log2(mean / average) * LIVE_LEAVES_STEPS)));
    }
}

static void follow_leaves(const rsd_trainer *self, uint32_t cell, const int8_t *leaves)
{
    float shares[256];
    live_shares_init(shares);
    for (size_t i = 0; i < self->vector_count; i++) {
        float *left = left_of(self, i, cell);
        const uint8_t step = (uint8_t)leaves[self->tokens[i * self->shape.cell_count + cell]];
        *left = live_next_scale(*left, shares[step]);
    }
}

static rsd_status measure_leavings(rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end)
{
    leavings *sums = calloc(1, sizeof *sums);
    if (!sums) return RSD_ERR_MEMORY;
    int8_t *leaves = self->leaves + (size_t)(self->book_count - 1u) * CODEWORDS;
    for (uint32_t c = first; c < end; c++) add_leavings(self, stage, c, sums);
    set_leaves(sums, leaves);
    for (uint32_t c = first; c < end; c++) follow_leaves(self, c, leaves);
    free(sums);
    return RSD_OK;
}

static rsd_status code_cells(rsd_trainer *self, uint32_t stage, uint32_t first, uint32_t end)
{
    const live_book *from = &self->books[self->book_count - 1u];
    const rsd_rvq_book book = {.dim = from->dim,
                               .codeword_count = from->codewords,
                               .scale = self->scales[self->book_count - 1u],
                               .codewords = from->data};
    const rsd_rvq_shape shape = {.dim = from->dim, .level_count = 1, .book_count = 1, .books = &book};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    void *block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    rsd_rvq *rvq;
    const rsd_status status = block ? rsd_rvq_init(block, bytes, &shape, &rvq) : RSD_ERR_MEMORY;
    for (uint32_t c = first; status == RSD_OK && c < end; c++) code_cell(self, rvq, c, stage);
    free(block);
    return status;
}

static rsd_status train_stage(rsd_trainer *self, uint32_t stage, sample *room)
{
    char what[32];
    snprintf(what, sizeof what, "stage %u of %u", stage + 1u, self->stage_count);
    const uint32_t cells = self->shape.cell_count, step = stage < OWN_STAGES ? 1u : cells;
    rsd_status status = RSD_OK;
    for (uint32_t c = 0; status == RSD_OK && c < cells; c += step) {
        status = live_train_report(self, (double)step / cells, what);
        if (status == RSD_OK) status = train_book(self, stage, c, c + step, room);
        if (status == RSD_OK) status = code_cells(self, stage, c, c + step);
        if (status == RSD_OK) status = measure_leavings(self, stage, c, c + step);
    }
    return status;
}

static rsd_status begin_leavings(rsd_trainer *self)
{
    const size_t count = self->vector_count * self->shape.cell_count;
    self->left = malloc(count * sizeof *self->left);
    self->tokens = malloc(count * sizeof *self->tokens);
    self->leaves = calloc(RSD_MAX_SEQUENCES, CODEWORDS);
    if (!self->left || !self->tokens || !self->leaves) return RSD_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) self->left[i] = 1.0f;
    return RSD_OK;
}

rsd_status live_train_levels(rsd_trainer *self)
{
    rsd_status status = count_all_tokens(self);
    if (status == RSD_OK) status = begin_leavings(self);
    sample room = {.vectors = malloc((size_t)SAMPLE_LIMIT * self->shape.cell_width * sizeof *room.vectors)};
    if (!room.vectors) return RSD_ERR_MEMORY;
    for (uint32_t c = 0; status == RSD_OK && c < self->shape.cell_count; c++)
        self->errors[c * (LIVE_MAX_STAGES + 1u)] =
            fmaxf(LEAST_ERROR, (float)(seen_energy(self, c, 0, true, FLT_MAX) / (double)self->vector_count));
    for (uint32_t stage = 0; status == RSD_OK && stage < self->stage_count; stage++)
        status = train_stage(self, stage, &room);
    free(room.vectors);
    return status;
}

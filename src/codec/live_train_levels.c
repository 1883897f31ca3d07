// SPDX-License-Identifier: MIT
#include "codec/live_train.h"

#include "rvq/rvq_train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_ITERATIONS 12u
#define WATER_FRAMES 20000u

/* Bits a frame are the price: few groups with many codewords beat many with few at the same bits, and whole-frame books
 * come first, so that level 1 carries most (measurements in src/DESIGN.md). */
const live_level_layout *live_layout(uint32_t hop)
{
    static const live_level_layout hop_64[] = {{1024, 1}, {1024, 1}, {1024, 1}, {1024, 2}, {1024, 2},
                                               {1024, 2}, {1024, 3}, {1024, 3}, {1024, 4}, {1024, 4},
                                               {1024, 4}, {1024, 4}, {0, 0}};
    static const live_level_layout hop_128[] = {{1024, 1}, {1024, 1}, {1024, 2}, {1024, 2}, {1024, 2},
                                                {1024, 3}, {1024, 4}, {1024, 4}, {1024, 4}, {1024, 4},
                                                {1024, 5}, {1024, 6}, {1024, 6}, {1024, 6}, {0, 0}};
    static const live_level_layout hop_256[] = {{1024, 1},  {1024, 1},  {1024, 2},  {1024, 2}, {1024, 3}, {1024, 4},
                                                {1024, 4},  {1024, 6},  {1024, 6},  {1024, 8}, {1024, 8}, {1024, 10},
                                                {1024, 10}, {1024, 12}, {1024, 12}, {0, 0}};
    return hop == 64u ? hop_64 : hop == 128u ? hop_128 : hop_256;
}

void live_group_edges(uint32_t hop, uint32_t groups, uint16_t *edges)
{
    /* Low coefficients carry more and are fewer to a group: exponent 1.6. */
    for (uint32_t g = 0; g <= groups; g++)
        edges[g] = (uint16_t)lrint((double)hop * pow((double)g / (double)groups, 1.6));
}

/* ---- one level
 * --------------------------------------------------------------------------------------------------------- */

static rsd_status train_group(rsd_trainer *self, uint32_t group, uint32_t begin, uint32_t end, uint32_t codewords)
{
    live_book *book = &self->books[self->book_count];
    *book = (live_book){.level = self->level_count, .begin = begin, .dim = end - begin, .codewords = codewords};
    snprintf(book->name, sizeof book->name, "level.%u.group.%u", self->level_count, group);
    book->data = malloc((size_t)codewords * book->dim);
    if (!book->data) return RSD_ERR_MEMORY;
    const uint32_t index = self->book_count++;
    const rvq_kmeans_config config = {.vectors = self->vectors + begin,
                                      .stride = self->shape.hop,
                                      .count = self->vector_count,
                                      .dim = book->dim,
                                      .codeword_count = codewords,
                                      .iteration_count = LEVEL_ITERATIONS,
                                      .seed = self->config.seed + 100u + index};
    return rvq_kmeans(&config, book->data, &self->scales[index]);
}

/* Leaves in the vectors what the books from first_book on do not code. */
static rsd_status take_away_level(rsd_trainer *self, uint32_t first_book)
{
    rsd_rvq_book books[RSD_MAX_SEQUENCES];
    const uint32_t count = self->book_count - first_book;
    for (uint32_t b = 0; b < count; b++) {
        const live_book *from = &self->books[first_book + b];
        books[b] = (rsd_rvq_book){.begin = from->begin,
                                  .dim = from->dim,
                                  .codeword_count = from->codewords,
                                  .scale = self->scales[first_book + b],
                                  .codewords = from->data};
    }
    const rsd_rvq_shape shape = {.dim = self->shape.hop, .level_count = 1, .book_count = count, .books = books};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    void *block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    rsd_rvq *rvq;
    const rsd_status status = block ? rsd_rvq_init(block, bytes, &shape, &rvq) : RSD_ERR_MEMORY;
    for (size_t i = 0; status == RSD_OK && i < self->vector_count; i++) {
        int32_t tokens[RSD_MAX_SEQUENCES];
        rsd_rvq_encode_level(rvq, 0, 16u, self->vectors + i * self->shape.hop, tokens);
    }
    free(block);
    return status;
}

static rsd_status train_level(rsd_trainer *self, const live_level_layout *layout)
{
    uint16_t edges[RSD_MAX_SEQUENCES + 1u];
    char what[32];
    const uint32_t first_book = self->book_count;
    live_group_edges(self->shape.hop, layout->groups, edges);
    snprintf(what, sizeof what, "level %u", self->level_count + 1u);
    for (uint32_t g = 0; g < layout->groups; g++) {
        rsd_status status = live_train_report(self, 2.0 / layout->groups, what);
        if (status == RSD_OK) status = train_group(self, g, edges[g], edges[g + 1u], layout->codewords);
        if (status != RSD_OK) return status;
    }
    self->level_count++;
    return take_away_level(self, first_book);
}

/* ---- water levels: the D for which the mean of min(D, energy of a band) is the error that a level count leaves
 * ------------ */

typedef struct {
    float *energies; /* frame_count x LIVE_BANDS: mean square of the normalised coefficients */
    size_t frame_count;
} band_energies;

static rsd_status measure_bands(const rsd_trainer *self, band_energies *bands)
{
    bands->frame_count = self->vector_count < WATER_FRAMES ? self->vector_count : WATER_FRAMES;
    bands->energies = malloc(bands->frame_count * LIVE_BANDS * sizeof *bands->energies);
    if (!bands->energies) return RSD_ERR_MEMORY;
    const size_t step = self->vector_count / bands->frame_count;
    for (size_t i = 0; i < bands->frame_count; i++) {
        const float *vector = self->vectors + i * step * self->shape.hop;
        for (uint32_t b = 0; b < LIVE_BANDS; b++) {
            const uint32_t begin = self->shape.edges[b];
            bands->energies[i * LIVE_BANDS + b] = live_mean_square(vector + begin, self->shape.edges[b + 1u] - begin);
        }
    }
    return RSD_OK;
}

static double mean_under_water(const rsd_trainer *self, const band_energies *bands, double water)
{
    double sum = 0.0;
    for (size_t i = 0; i < bands->frame_count; i++) {
        for (uint32_t b = 0; b < LIVE_BANDS; b++)
            sum +=
                fmin(water, bands->energies[i * LIVE_BANDS + b]) * (self->shape.edges[b + 1u] - self->shape.edges[b]);
    }
    return sum / ((double)bands->frame_count * self->shape.hop);
}

static float water_level(const rsd_trainer *self, const band_energies *bands, double error)
{
    double low = 1e-9, high = 1e6;
    for (int i = 0; i < 60; i++) {
        const double middle = sqrt(low * high);
        if (mean_under_water(self, bands, middle) < error)
            low = middle;
        else
            high = middle;
    }
    return (float)sqrt(low * high);
}

static double mean_error(const rsd_trainer *self)
{
    double sum = 0.0;
    for (size_t i = 0; i < self->vector_count; i++)
        sum += live_mean_square(self->vectors + i * self->shape.hop, self->shape.hop);
    return sum / (double)self->vector_count;
}

rsd_status live_train_levels(rsd_trainer *self)
{
    band_energies bands;
    rsd_status status = measure_bands(self, &bands);
    if (status != RSD_OK) return status;
    self->water_level[0] = 1e9f;
    for (const live_level_layout *layout = live_layout(self->shape.hop); layout->codewords; layout++) {
        status = train_level(self, layout);
        if (status != RSD_OK) break;
        self->water_level[self->level_count] = water_level(self, &bands, mean_error(self));
    }
    free(bands.energies);
    return status;
}

// SPDX-License-Identifier: MIT
#include "codec/live_train.h"

#include "rvq/rvq_internal.h"
#include "rvq/rvq_train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENVELOPE_CODEWORDS 1024u
#define ENVELOPE_ITERATIONS 12u
#define ENVELOPE_PASSES 3u /* the first predicts from true envelopes, the others from coded ones */
#define VECTOR_LIMIT 140000u
#define QUIET 1e-8f /* frames quieter than -80 dBFS are no example for the levels */

static const float *frame_at(const rsd_trainer *self, size_t f) { return self->frames + f * self->shape.hop; }

static bool is_silent(const rsd_trainer *self, size_t f)
{
    return live_mean_square(frame_at(self, f), self->shape.hop) < LIVE_SILENCE;
}

static rsd_status measure_envelopes(rsd_trainer *self)
{
    self->envelopes = malloc(self->frame_count * LIVE_BANDS * sizeof *self->envelopes);
    if (!self->envelopes) return RSD_ERR_MEMORY;
    double sums[LIVE_BANDS] = {0};
    size_t count = 0;
    for (size_t f = 0; f < self->frame_count; f++) {
        float *envelope = self->envelopes + f * LIVE_BANDS;
        live_envelope_of(&self->shape, frame_at(self, f), envelope);
        if (is_silent(self, f)) continue;
        for (uint32_t b = 0; b < LIVE_BANDS; b++) sums[b] += envelope[b];
        count++;
    }
    for (uint32_t b = 0; b < LIVE_BANDS; b++) self->shape.mean_envelope[b] = (float)(sums[b] / (double)count);
    return RSD_OK;
}

static rsd_status build_books(const rsd_trainer *self, void **block, rsd_rvq **rvq)
{
    rsd_rvq_book books[LIVE_ENVELOPE_BOOKS];
    for (uint32_t k = 0; k < LIVE_ENVELOPE_BOOKS; k++)
        books[k] = (rsd_rvq_book){.level = k,
                                  .dim = LIVE_BANDS,
                                  .codeword_count = ENVELOPE_CODEWORDS,
                                  .scale = self->envelope_scales[k],
                                  .codewords = self->envelope_books[k].data};
    const rsd_rvq_shape shape = {
        .dim = LIVE_BANDS, .level_count = LIVE_ENVELOPE_BOOKS, .book_count = LIVE_ENVELOPE_BOOKS, .books = books};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    *block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    if (!*block) return RSD_ERR_MEMORY;
    const rsd_status status = rsd_rvq_init(*block, bytes, &shape, rvq);
    if (status == RSD_OK) rvq_reserve_codeword(*rvq, 0, 0);
    return status;
}

/*
 * What the predictor leaves of every sounding frame. Prediction starts anew (from the mean) at every sound, after
 * silence, and at one frame in 64, so that the books know how to begin. books NULL: predicted from the true envelope of
 * the frame before.
 */
static size_t collect_errors(const rsd_trainer *self, const rsd_rvq *books, float *errors)
{
    float state[LIVE_BANDS] = {0};
    size_t count = 0;
    for (size_t f = 0; f < self->frame_count; f++) {
        if (self->starts[f] || f % 64u == 0u) memset(state, 0, sizeof state);
        if (is_silent(self, f)) {
            memset(state, 0, sizeof state);
            continue;
        }
        const float *envelope = self->envelopes + f * LIVE_BANDS;
        for (uint32_t b = 0; b < LIVE_BANDS; b++)
            errors[count * LIVE_BANDS + b] =
                envelope[b] - self->shape.mean_envelope[b] - self->shape.constants.prediction * state[b];
        count++;
        int32_t tokens[LIVE_ENVELOPE_BOOKS];
        if (books) live_envelope_encode(&self->shape, books, envelope, state, tokens);
        for (uint32_t b = 0; !books && b < LIVE_BANDS; b++) state[b] = envelope[b] - self->shape.mean_envelope[b];
    }
    return count;
}

static rsd_status train_book(rsd_trainer *self, uint32_t k, float *errors, size_t count)
{
    live_book *book = &self->envelope_books[k];
    if (!book->data) book->data = malloc(ENVELOPE_CODEWORDS * LIVE_BANDS);
    if (!book->data) return RSD_ERR_MEMORY;
    snprintf(book->name, sizeof book->name, "envelope.%u", k);
    book->dim = LIVE_BANDS;
    book->codewords = ENVELOPE_CODEWORDS;
    const rvq_kmeans_config config = {.vectors = errors,
                                      .stride = LIVE_BANDS,
                                      .count = count,
                                      .dim = LIVE_BANDS,
                                      .codeword_count = ENVELOPE_CODEWORDS,
                                      .iteration_count = ENVELOPE_ITERATIONS,
                                      .seed = self->config.seed + k,
                                      .reserve_first = k == 0u};
    return rvq_kmeans(&config, book->data, &self->envelope_scales[k]);
}

/* Leaves in `errors` what book k does not code. */
static rsd_status take_away_book(const rsd_trainer *self, uint32_t k, float *errors, size_t count)
{
    void *block;
    rsd_rvq *rvq;
    const rsd_status status = build_books(self, &block, &rvq);
    for (size_t i = 0; status == RSD_OK && i < count; i++) {
        int32_t token;
        rsd_rvq_encode_level(rvq, k, 16u, errors + i * LIVE_BANDS, &token);
    }
    free(block);
    return status;
}

static rsd_status train_pass(rsd_trainer *self, uint32_t pass, float *errors)
{
    void *block = NULL;
    rsd_rvq *rvq = NULL;
    rsd_status status = pass > 0u ? build_books(self, &block, &rvq) : RSD_OK;
    if (status != RSD_OK) return status;
    const size_t count = collect_errors(self, rvq, errors);
    free(block);
    for (uint32_t k = 0; status == RSD_OK && k < LIVE_ENVELOPE_BOOKS; k++) {
        status = live_train_report(self, 1.0, "envelope");
        if (status == RSD_OK) status = train_book(self, k, errors, count);
        /* Book 1 has no data in the first pass yet: build_books needs some. */
        if (status == RSD_OK && k == 0u && !self->envelope_books[1].data) {
            self->envelope_books[1].data = calloc(ENVELOPE_CODEWORDS, LIVE_BANDS);
            self->envelope_scales[1] = 1.0f;
            if (!self->envelope_books[1].data) status = RSD_ERR_MEMORY;
        }
        if (status == RSD_OK && k + 1u < LIVE_ENVELOPE_BOOKS) status = take_away_book(self, k, errors, count);
    }
    return status;
}

rsd_status live_train_envelope(rsd_trainer *self)
{
    rsd_status status = measure_envelopes(self);
    if (status != RSD_OK) return status;
    float *errors = malloc(self->frame_count * LIVE_BANDS * sizeof *errors);
    if (!errors) return RSD_ERR_MEMORY;
    for (const live_level_layout *level = live_layout(self->shape.hop); level->codewords; level++)
        self->work_total += 2.0;
    self->work_total += (double)ENVELOPE_PASSES * LIVE_ENVELOPE_BOOKS;
    for (uint32_t pass = 0; status == RSD_OK && pass < ENVELOPE_PASSES; pass++) status = train_pass(self, pass, errors);
    free(errors);
    return status;
}

/* ---- normalised vectors
 * ------------------------------------------------------------------------------------------------ */

/* Keeps each of the frames still to come with the chance that fills the room that is left (selection sampling,
 * Knuth 3.4.2 S). */
static bool choose(uint64_t *random, size_t frames_left, size_t room_left)
{
    return rvq_random(random) % frames_left < room_left;
}

static size_t loud_frames(const rsd_trainer *self)
{
    size_t count = 0;
    for (size_t f = 0; f < self->frame_count; f++)
        count += live_mean_square(frame_at(self, f), self->shape.hop) >= QUIET;
    return count;
}

static void normalise_frames(rsd_trainer *self, const rsd_rvq *books, size_t room)
{
    float state[LIVE_BANDS] = {0};
    uint64_t random = self->config.seed * 2u + 1u;
    size_t left = loud_frames(self);
    for (size_t f = 0; f < self->frame_count; f++) {
        if (self->starts[f] || is_silent(self, f)) memset(state, 0, sizeof state);
        if (is_silent(self, f)) continue;
        int32_t tokens[LIVE_ENVELOPE_BOOKS];
        live_envelope_encode(&self->shape, books, self->envelopes + f * LIVE_BANDS, state, tokens);
        if (live_mean_square(frame_at(self, f), self->shape.hop) < QUIET) continue;
        if (!choose(&random, left--, room - self->vector_count)) continue;
        live_scaling scaling;
        live_scaling_of(&self->shape, state, &scaling);
        live_scale_bands(&self->shape, frame_at(self, f), scaling.inverse,
                         self->vectors + self->vector_count++ * self->shape.hop);
    }
}

rsd_status live_train_normalise(rsd_trainer *self)
{
    const size_t loud = loud_frames(self), room = loud < VECTOR_LIMIT ? loud : VECTOR_LIMIT;
    self->vectors = malloc((room + 1u) * self->shape.hop * sizeof *self->vectors);
    if (!self->vectors) return RSD_ERR_MEMORY;
    void *block;
    rsd_rvq *rvq;
    const rsd_status status = build_books(self, &block, &rvq);
    if (status == RSD_OK) normalise_frames(self, rvq, room);
    free(block);
    /* The frames themselves are not needed any more. */
    free(self->frames);
    self->frames = NULL;
    self->frame_count = 0;
    return status;
}

// SPDX-License-Identifier: MIT
// Trains the envelope codebooks, and normalises frames by the coded envelope.
#include "codec/live/training.h"

#include "base/memory.h"

#include "codec/live/attack.h"
#include "codec/live/envelope.h"
#include "codec/live/envelope_search.h"
#include "codec/live/scaling.h"
#include "codec/live/tuning.h"

#include "rvq/rvq_internal.h"
#include "rvq/rvq_train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const float *frame_at(const rsd_trainer *self, size_t f) { return self->frames + f * self->shape.hop; }

static bool is_silent(const rsd_trainer *self, size_t f)
{
    return live_mean_square(frame_at(self, f), self->shape.hop) < LIVE_SILENCE;
}

static rsd_status measure_envelopes(rsd_trainer *self)
{
    self->envelopes = malloc(self->frame_count * self->shape.band_count * sizeof *self->envelopes);
    if (!self->envelopes) return RSD_ERR_MEMORY;
    double sums[LIVE_MAX_BANDS] = {0};
    float power[LIVE_MAX_BANDS];
    size_t count = 0;
    bool sounds = false;
    for (size_t f = 0; f < self->frame_count; f++) {
        float *envelope = self->envelopes + f * self->shape.band_count;
        const bool restart = self->starts[f] || !sounds || self->attacks[f] >= 0;
        live_envelope_measure(&self->shape, frame_at(self, f), restart, power, envelope);
        sounds = !is_silent(self, f);
        if (!sounds) continue;
        for (uint32_t b = 0; b < self->shape.band_count; b++) sums[b] += envelope[b];
        count++;
    }
    for (uint32_t b = 0; b < self->shape.band_count; b++)
        self->shape.mean_envelope[b] = (float)(sums[b] / (double)count);
    return RSD_OK;
}

static rsd_status build_codebooks(const rsd_trainer *self, void **block, rsd_rvq **rvq)
{
    const uint32_t codebook_count = self->shape.envelope_codebook_count;
    rsd_rvq_codebook codebooks[LIVE_MAX_ENVELOPE_CODEBOOKS];
    for (uint32_t k = 0; k < codebook_count; k++)
        codebooks[k] = (rsd_rvq_codebook){.dim = self->shape.band_count,
                                          .codeword_count = self->shape.envelope_codewords[k],
                                          .scale = self->envelope_scales[k],
                                          .codewords = self->envelope_codebooks[k].data};
    const rsd_rvq_shape shape = {
        .dim = self->shape.band_count, .level_count = 1, .codebook_count = codebook_count, .codebooks = codebooks};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    *block = base_alloc_64(bytes);
    if (!*block) return RSD_ERR_MEMORY;
    const rsd_status status = rsd_rvq_init(*block, bytes, &shape, rvq);
    if (status == RSD_OK) rvq_reserve_codeword(*rvq, 0, 0);
    if (status == RSD_OK) live_attack_reserve(&self->shape, *rvq);
    return status;
}

/*
 * What the predictor leaves of every sounding frame. Prediction starts restart (from the mean) at every sound, after
 * silence, and at one frame in LIVE_RESTART_FRAMES, so that the codebooks know how to begin. codebooks NULL: predicted
 * from the true envelope of the frame before.
 */
static size_t collect_errors(const rsd_trainer *self, const rsd_rvq *codebooks, float *errors)
{
    float state[LIVE_MAX_BANDS] = {0};
    size_t count = 0;
    for (size_t f = 0; f < self->frame_count; f++) {
        if (self->starts[f] || f % LIVE_RESTART_FRAMES == 0u) memset(state, 0, sizeof state);
        if (is_silent(self, f)) {
            memset(state, 0, sizeof state);
            continue;
        }
        const float *envelope = self->envelopes + f * self->shape.band_count;
        for (uint32_t b = 0; b < self->shape.band_count; b++)
            errors[count * self->shape.band_count + b] =
                self->shape.band_weight[b] *
                (envelope[b] - self->shape.mean_envelope[b] - self->shape.constants.prediction * state[b]);
        count++;
        int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS];
        if (codebooks)
            live_envelope_encode(&self->shape, codebooks, envelope, &(live_side_notes){self->attacks[f], NULL}, state,
                                 tokens);
        for (uint32_t b = 0; !codebooks && b < self->shape.band_count; b++)
            state[b] = envelope[b] - self->shape.mean_envelope[b];
    }
    return count;
}

static int8_t nearest_int8(float value) { return (int8_t)lrintf(fminf(127.0f, fmaxf(-127.0f, value))); }

static void set_escapes(rsd_trainer *self, uint32_t k)
{
    const float steps[LIVE_ESCAPE_STEPS] = {LIVE_ESCAPE_STEPS_LOG2};
    const uint32_t bands = self->shape.band_count;
    const live_codebook *codebook = &self->envelope_codebooks[k];
    int8_t *codeword = codebook->data + (size_t)live_envelope_first_escape(&self->shape, k) * bands;
    for (uint32_t s = 0; s < LIVE_ESCAPE_STEPS; s++) {
        for (uint32_t moved = 0; moved <= bands; moved++, codeword += bands) {
            memset(codeword, 0, bands);
            for (uint32_t b = 0; b < bands; b++) {
                if (moved == b || moved == bands)
                    codeword[b] = nearest_int8(steps[s] * self->shape.band_weight[b] / self->envelope_scales[k]);
            }
        }
    }
}

static rsd_status train_codebook(rsd_trainer *self, uint32_t k, float *errors, size_t count)
{
    live_codebook *codebook = &self->envelope_codebooks[k];
    if (!codebook->data) codebook->data = malloc(self->shape.envelope_codewords[k] * self->shape.band_count);
    if (!codebook->data) return RSD_ERR_MEMORY;
    snprintf(codebook->name, sizeof codebook->name, "envelope.%u", k);
    codebook->dim = self->shape.band_count;
    codebook->codewords = self->shape.envelope_codewords[k];
    const rvq_kmeans_config config = {.vectors = errors,
                                      .stride = self->shape.band_count,
                                      .count = count,
                                      .dim = self->shape.band_count,
                                      .codeword_count = self->shape.envelope_codewords[k],
                                      .iteration_count = LIVE_ENVELOPE_KMEANS_ITERATIONS,
                                      .thread_count = self->config.thread_count,
                                      .seed = self->config.seed + k,
                                      .reserve_first = k == 0u,
                                      .reserve_last = self->shape.envelope_codewords[k] -
                                                      live_envelope_first_escape(&self->shape, k)};
    const rsd_status status = rvq_kmeans(&config, codebook->data, &self->envelope_scales[k]);
    if (status == RSD_OK) set_escapes(self, k);
    return status;
}

/* Leaves in `errors` what codebook k does not code. */
static rsd_status take_away_codebook(const rsd_trainer *self, uint32_t k, float *errors, size_t count)
{
    void *block;
    rsd_rvq *rvq;
    const rsd_status status = build_codebooks(self, &block, &rvq);
    for (size_t i = 0; status == RSD_OK && i < count; i++) {
        (void)rsd_rvq_encode_codebook(rvq, k, 1.0f, 16u, errors + i * self->shape.band_count);
    }
    free(block);
    return status;
}

static rsd_status train_pass(rsd_trainer *self, uint32_t pass, float *errors)
{
    void *block = NULL;
    rsd_rvq *rvq = NULL;
    rsd_status status = pass > 0u ? build_codebooks(self, &block, &rvq) : RSD_OK;
    if (status != RSD_OK) return status;
    const uint32_t codebook_count = self->shape.envelope_codebook_count;
    const size_t count = collect_errors(self, rvq, errors);
    free(block);
    for (uint32_t k = 0; status == RSD_OK && k < codebook_count; k++) {
        status = live_train_report(self, 1.0, "envelope");
        if (status == RSD_OK) status = train_codebook(self, k, errors, count);
        /* Codebook 1 has no data in the first pass yet: build_codebooks needs some. */
        if (status == RSD_OK && k == 0u && codebook_count > 1u && !self->envelope_codebooks[1].data) {
            self->envelope_codebooks[1].data = calloc(self->shape.envelope_codewords[1], self->shape.band_count);
            self->envelope_scales[1] = 1.0f;
            if (!self->envelope_codebooks[1].data) status = RSD_ERR_MEMORY;
        }
        if (status == RSD_OK && k + 1u < codebook_count) status = take_away_codebook(self, k, errors, count);
    }
    return status;
}

rsd_status live_train_envelope(rsd_trainer *self)
{
    rsd_status status = measure_envelopes(self);
    if (status != RSD_OK) return status;
    float *errors = malloc(self->frame_count * self->shape.band_count * sizeof *errors);
    if (!errors) return RSD_ERR_MEMORY;
    self->work_total += (double)LIVE_ENVELOPE_PASSES * self->shape.envelope_codebook_count;
    for (uint32_t pass = 0; status == RSD_OK && pass < LIVE_ENVELOPE_PASSES; pass++)
        status = train_pass(self, pass, errors);
    free(errors);
    return status;
}

/* ---- normalised vectors ---- */

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
        count += live_mean_square(frame_at(self, f), self->shape.hop) >= LIVE_TRAIN_QUIET;
    return count;
}

static void normalise_frames(rsd_trainer *self, const rsd_rvq *codebooks, size_t room)
{
    float state[LIVE_MAX_BANDS] = {0};
    uint64_t random = self->config.seed * 2u + 1u;
    size_t left = loud_frames(self);
    for (size_t f = 0; f < self->frame_count; f++) {
        if (self->starts[f] || is_silent(self, f)) memset(state, 0, sizeof state);
        if (is_silent(self, f)) continue;
        int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS];
        live_envelope_encode(&self->shape, codebooks, self->envelopes + f * self->shape.band_count,
                             &(live_side_notes){self->attacks[f], NULL}, state, tokens);
        if (live_mean_square(frame_at(self, f), self->shape.hop) < LIVE_TRAIN_QUIET) continue;
        if (!choose(&random, left--, room - self->vector_count)) continue;
        live_scaling scaling;
        live_scaling_of(&self->shape, state, &scaling);
        float *vector = self->vectors + self->vector_count * self->shape.hop;
        for (uint32_t i = 0; i < self->shape.hop; i++) vector[i] = frame_at(self, f)[i] * scaling.inverse[i];
        memcpy(self->weights + self->vector_count++ * self->shape.subband_count, scaling.weight,
               self->shape.subband_count * sizeof(float));
    }
}

rsd_status live_train_normalise(rsd_trainer *self)
{
    const size_t loud = loud_frames(self), room = loud < LIVE_MAX_TRAIN_VECTORS ? loud : LIVE_MAX_TRAIN_VECTORS;
    self->vectors = malloc((room + 1u) * self->shape.hop * sizeof *self->vectors);
    self->weights = malloc((room + 1u) * self->shape.subband_count * sizeof *self->weights);
    if (!self->vectors || !self->weights) return RSD_ERR_MEMORY;
    void *block;
    rsd_rvq *rvq;
    const rsd_status status = build_codebooks(self, &block, &rvq);
    if (status == RSD_OK) normalise_frames(self, rvq, room);
    free(block);
    /* The frames themselves are not needed any more. */
    free(self->frames);
    self->frames = NULL;
    self->frame_count = 0;
    return status;
}

// SPDX-License-Identifier: MIT
// The trainer: sounds in, a model file out.
#include "codec/live/training.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sized.h"

#include "codec/live/attack.h"
#include "codec/live/model.h"
#include "codec/live/tuning.h"

#include "base/text.h"

#include "nn/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rsd_status rsd_trainer_create_sized(const rsd_train_config *given, size_t config_bytes, rsd_trainer **trainer)
{
    if (!given || !trainer) return RSD_ERR_ARG;
    rsd_train_config known;
    base_sized_copy(&known, sizeof known, given, config_bytes);
    const rsd_train_config *config = &known;
    if (config->thread_count > RSD_TRAIN_MAX_THREADS ||
        (config->hop_samples != 64u && config->hop_samples != 128u && config->hop_samples != 256u))
        return RSD_ERR_ARG;
    rsd_trainer *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    const size_t mdct_bytes = rsd_mdct_size_bytes(config->hop_samples);
    void *block = base_alloc_64(mdct_bytes);
    rsd_status status = block ? rsd_mdct_init(block, mdct_bytes, config->hop_samples, &self->mdct) : RSD_ERR_MEMORY;
    if (status != RSD_OK) {
        free(block);
        free(self);
        return status;
    }
    self->config = *config;
    text_to_utf8(config->name ? config->name : "live", self->name, sizeof self->name);
    live_shape_init(&self->shape, config->hop_samples);
    const live_plan *plan = live_plan_of(config->hop_samples);
    live_shape_set(&self->shape, &plan->constants);
    self->shape.envelope_codebook_count = plan->envelope_codewords[1] ? 2u : 1u;
    memcpy(self->shape.envelope_codewords, plan->envelope_codewords, sizeof plan->envelope_codewords);
    *trainer = self;
    return RSD_OK;
}

void rsd_trainer_destroy(rsd_trainer *self)
{
    if (!self) return;
    for (uint32_t k = 0; k < LIVE_MAX_ENVELOPE_CODEBOOKS; k++) free(self->envelope_codebooks[k].data);
    for (uint32_t b = 0; b < self->codebook_count; b++) free(self->codebooks[b].data);
    free(self->mdct);
    free(self->frames);
    free(self->starts);
    free(self->attacks);
    free(self->envelopes);
    free(self->vectors);
    free(self->weights);
    free(self->depths);
    free(self->silent);
    free(self->next_scale);
    free(self->tokens);
    free(self->ratio_steps);
    free(self);
}

static rsd_status reserve_frames(rsd_trainer *self, size_t count)
{
    if (count <= self->frame_capacity) return RSD_OK;
    const size_t capacity = count > 2u * self->frame_capacity ? count : 2u * self->frame_capacity;
    float *frames = realloc(self->frames, capacity * self->shape.hop * sizeof *frames);
    if (frames) self->frames = frames;
    uint8_t *starts = realloc(self->starts, capacity);
    if (starts) self->starts = starts;
    int16_t *attacks = realloc(self->attacks, capacity * sizeof *attacks);
    if (attacks) self->attacks = attacks;
    if (!frames || !starts || !attacks) return RSD_ERR_MEMORY;
    self->frame_capacity = capacity;
    return RSD_OK;
}

/* One frame after the other, attacks flattened as the encoder does it. */
static void add_frames(rsd_trainer *self, const float *samples, size_t hop_count)
{
    const uint32_t hop = self->shape.hop;
    float window[2u * LIVE_MAX_HOP], gain[LIVE_MAX_HOP], background = 0.0f, gain_log2 = 0.0f;
    for (size_t h = 0; h < hop_count; h++) {
        bool flat;
        const int32_t attack = live_attack_place(&self->shape, live_attack_find(samples + h * hop, hop, &background));
        gain_log2 = live_attack_gain(hop, gain_log2, attack, gain, &flat);
        memcpy(window, window + hop, hop * sizeof *window);
        for (uint32_t i = 0; i < hop; i++) window[hop + i] = samples[h * hop + i] / (flat ? 1.0f : gain[i]);
        if (h == 0u) continue;
        rsd_mdct_forward(self->mdct, window, self->frames + self->frame_count * hop);
        self->attacks[self->frame_count] = (int16_t)attack;
        self->starts[self->frame_count++] = h == 1u;
    }
}

rsd_status rsd_trainer_add(rsd_trainer *self, const float *samples, size_t sample_count)
{
    const size_t hop_count = sample_count / self->shape.hop;
    if (!samples || hop_count < 2u) return RSD_ERR_ARG;
    for (size_t i = 0; i < sample_count; i++) {
        if (!isfinite(samples[i])) return RSD_ERR_ARG;
    }
    const rsd_status status = reserve_frames(self, self->frame_count + hop_count - 1u);
    if (status == RSD_OK) add_frames(self, samples, hop_count);
    return status;
}

rsd_status live_train_report(rsd_trainer *self, double work, const char *what)
{
    self->work_done += work;
    if (!self->config.progress) return RSD_OK;
    const double done = self->work_total > 0.0 ? fmin(1.0, self->work_done / self->work_total) : 0.0;
    return self->config.progress(self->config.progress_context, done, what) ? RSD_ERR_CANCELLED : RSD_OK;
}

/* ---- writing ---- */

static void add_floats(st_write_tensor *tensors, uint32_t *count, const char *name, const float *values, uint32_t n)
{
    tensors[(*count)++] =
        (st_write_tensor){.name = name, .dtype = ST_F32, .dim_count = 1, .shape = {n}, .data = values};
}

static void add_codebook(st_write_tensor *tensors, uint32_t *count, const live_codebook *codebook)
{
    tensors[(*count)++] = (st_write_tensor){.name = codebook->name,
                                            .dtype = ST_I8,
                                            .dim_count = 2,
                                            .shape = {codebook->codewords, codebook->dim},
                                            .data = codebook->data};
}

/* Rows of stage_count + 1, as the file has them. */
static void pack_errors(const rsd_trainer *self, float *errors)
{
    const uint32_t columns = self->stage_count + 1u;
    for (uint32_t c = 0; c < self->shape.subband_count; c++)
        memcpy(errors + c * columns, self->errors + c * (LIVE_MAX_STAGES + 1u), columns * sizeof *errors);
}

static rsd_status write_model(const rsd_trainer *self, const char *path, rsd_error *error)
{
    st_write_tensor *tensors = calloc(RSD_MAX_SEQUENCES + 16u, sizeof *tensors);
    if (!tensors) return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    char hop[16], seed[32];
    snprintf(hop, sizeof hop, "%u", self->shape.hop);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)self->config.seed);
    const char *const metadata[] = {
        "format", LIVE_FORMAT_NAME, "version", LIVE_FORMAT_VERSION, "hop_samples", hop, "seed", seed,
        "name",   self->name,       NULL};
    float constants[LIVE_CONSTANT_COUNT];
    memcpy(constants, &self->shape.constants, sizeof constants);
    const int32_t *layout = live_plan_of(self->shape.hop)->level_tokens;
    float errors[LIVE_MAX_SUBBANDS * (LIVE_MAX_STAGES + 1u)];
    uint32_t count = 0, level_count = 0;
    while (layout[level_count]) level_count++;
    pack_errors(self, errors);
    add_floats(tensors, &count, "constants", constants, LIVE_CONSTANT_COUNT);
    add_floats(tensors, &count, "envelope.mean", self->shape.mean_envelope, self->shape.band_count);
    add_floats(tensors, &count, "envelope.scales", self->envelope_scales, self->shape.envelope_codebook_count);
    add_floats(tensors, &count, "stage.scales", self->scales, self->codebook_count);
    tensors[count++] = (st_write_tensor){
        .name = "level.tokens", .dtype = ST_I32, .dim_count = 1, .shape = {level_count}, .data = layout};
    tensors[count++] = (st_write_tensor){.name = "subband.error",
                                         .dtype = ST_F32,
                                         .dim_count = 2,
                                         .shape = {self->shape.subband_count, self->stage_count + 1u},
                                         .data = errors};
    tensors[count++] = (st_write_tensor){.name = "stage.residual_ratios",
                                         .dtype = ST_I8,
                                         .dim_count = 2,
                                         .shape = {self->codebook_count, self->codebooks[0].codewords},
                                         .data = self->ratio_steps};
    for (uint32_t k = 0; k < self->shape.envelope_codebook_count; k++)
        add_codebook(tensors, &count, &self->envelope_codebooks[k]);
    for (uint32_t b = 0; b < self->codebook_count; b++) add_codebook(tensors, &count, &self->codebooks[b]);
    const rsd_status status = st_write(path, tensors, count, metadata, error);
    free(tensors);
    return status;
}

/* ---- the whole ---- */

static size_t sounding_frames(const rsd_trainer *self)
{
    size_t count = 0;
    for (size_t f = 0; f < self->frame_count; f++)
        count += live_mean_square(self->frames + f * self->shape.hop, self->shape.hop) >= LIVE_SILENCE;
    return count;
}

double rsd_trainer_sounding_s(const rsd_trainer *self)
{
    return self ? (double)sounding_frames(self) * self->shape.hop / LIVE_TRAIN_RATE_HZ : 0.0;
}

rsd_status rsd_trainer_run(rsd_trainer *self, const char *out_path, rsd_error *error)
{
    const uint32_t min_frames = LIVE_TRAIN_MIN_FRAMES;
    if (sounding_frames(self) < min_frames)
        return base_error_set(error, RSD_ERR_ARG,
                              "too little sound to train on: %.1f s that are not silent, %.1f are needed (a frame for "
                              "each codeword of a codebook)",
                              rsd_trainer_sounding_s(self), (double)min_frames * self->shape.hop / LIVE_TRAIN_RATE_HZ);
    live_train_draw(self);
    rsd_status status = live_train_envelope(self);
    if (status == RSD_OK) status = live_train_normalise(self);
    if (status == RSD_OK) status = live_train_levels(self);
    if (status == RSD_ERR_CANCELLED) return base_error_set(error, status, "training was stopped; nothing was written");
    if (status == RSD_ERR_ARG)
        return base_error_set(error, status,
                              "too little varied sound to train on: a codebook has more codewords than there "
                              "are vectors for it");
    if (status != RSD_OK) return base_error_set(error, status, "training failed: %s", rsd_status_text(status));
    return write_model(self, out_path, error);
}

// SPDX-License-Identifier: MIT
// Real-time encoder of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/codec.h"

#include "base/numbers.h"

#include "codec/live/allocation.h"
#include "codec/live/attack.h"
#include "codec/live/envelope.h"
#include "codec/live/search.h"
#include "codec/live/tuning.h"

#include <string.h>

static uint32_t sequence_count(const live_model *model) { return model->level_end[model->level_count - 1u]; }

static void clear_frame(const live_model *model, rsd_token_frame *frame, rsd_level_meter *meter)
{
    for (uint32_t s = 0; s < sequence_count(model); s++) frame->tokens[s] = RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < model->shape.envelope_codebook_count; s++) frame->side[s] = 0;
    if (meter) memset(meter, 0, sizeof *meter);
}

/* Takes in a hop of sound, its attack flattened. Returns the attack's code, or -1. */
static int32_t take_hop(live_codec *self, const float *in)
{
    const uint32_t hop = self->model->shape.hop;
    float gain[LIVE_MAX_HOP], *now = self->history + hop;
    bool flat;
    memcpy(self->history, now, hop * sizeof *in);
    memcpy(now, in, hop * sizeof *in);
    const int32_t attack = live_attack_find(in, hop, &self->background);
    self->encoder_gain_log2 = live_attack_gain(hop, self->encoder_gain_log2, attack, gain, &flat);
    for (uint32_t i = 0; i < hop && !flat; i++) now[i] /= gain[i];
    return attack;
}

/* What a sub-band's coding adds and leaves, in the scale of the sound. */
typedef struct {
    float error[LIVE_MAX_SUBBANDS], added;
} subband_energies;

static float scaled_energy(const float *values, const float *scale, uint32_t count)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) sum += values[i] * scale[i] * (values[i] * scale[i]);
    return sum;
}

/* Of the encoder, while it codes the levels of a frame. */
typedef struct {
    rsd_codec *codec;
    const live_model *model;
    const live_scaling *scaling;
    float *residual; /* the normalised coefficients, then what the levels leave of them */
    live_allocation allocation;
    live_search_frame search;
} level_coder;

static int32_t code_subband(level_coder *coder, subband_energies *energies)
{
    const live_model *model = coder->model;
    const uint32_t width = model->shape.subband_width;
    uint32_t stage;
    const uint32_t subband = live_allocation_next(model, coder->scaling, &coder->allocation, &stage);
    const float *scale = coder->scaling->scale + subband * width;
    float *residual = coder->residual + subband * width, before[LIVE_MAX_HOP];
    if (energies) memcpy(before, residual, width * sizeof *before);
    const int32_t token =
        live_search_encode(model, subband, stage, coder->allocation.scale[subband], &coder->search, residual);
    live_allocation_update(model, subband, stage, token, &coder->allocation);
    if (energies) {
        for (uint32_t i = 0; i < width; i++) before[i] -= residual[i];
        energies->added += scaled_energy(before, scale, width);
        energies->error[subband] = scaled_energy(residual, scale, width);
    }
    return token;
}

/* Of a coder whose allocation and search have begun. */
static void code_levels(level_coder *coder, rsd_token_frame *frame, rsd_level_meter *meter)
{
    const live_model *model = coder->model;
    const uint32_t width = model->shape.subband_width, subband_count = model->shape.subband_count;
    subband_energies energies;
    for (uint32_t c = 0; meter && c < subband_count; c++)
        energies.error[c] = scaled_energy(coder->residual + c * width, coder->scaling->scale + c * width, width);
    uint32_t s = 0;
    uint64_t mark = codec_stages_begin(coder->codec->stages);
    for (uint32_t k = 0; k < frame->level_count; k++) {
        energies.added = 0.0f;
        for (; s < model->level_end[k]; s++) frame->tokens[s] = code_subband(coder, meter ? &energies : NULL);
        codec_mark_level(coder->codec, k, &mark);
        if (!meter) continue;
        meter->level_energy[k] = energies.added;
        for (uint32_t c = 0; c < subband_count; c++) meter->error_energy[k] += energies.error[c];
    }
}

/* Silence needs no levels: side token 0 says it all, the levels' tokens are 0 so that the file has no holes. */
static void code_silence(live_codec *self, rsd_token_frame *frame)
{
    const uint32_t end = frame->level_count > 0u ? self->model->level_end[frame->level_count - 1u] : 0u;
    for (uint32_t s = 0; s < end; s++) frame->tokens[s] = 0;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
    self->encoder_sounds = false;
    self->encoder_gain_log2 = 0.0f;
}

static void finish_meter(const rsd_token_frame *frame, uint32_t level_count, rsd_level_meter *meter)
{
    float error = frame->level_count > 0u ? meter->error_energy[frame->level_count - 1u] : meter->input_energy;
    for (uint32_t k = frame->level_count; k < level_count; k++) meter->error_energy[k] = error;
}

static void code_sound(live_codec *self, int32_t attack, float *coefficients, const rsd_encode_controls *controls,
                       rsd_token_frame *frame, rsd_level_meter *meter)
{
    const live_model *model = self->model;
    const live_shape *shape = &model->shape;
    float envelope[LIVE_MAX_BANDS];
    live_scaling scaling;
    live_envelope_measure(shape, coefficients, attack >= 0 || !self->encoder_sounds, self->encoder_power, envelope);
    self->encoder_sounds = true;
    live_envelope_encode(shape, model->envelope_codebooks, envelope, attack, self->encoder_envelope, frame->side);
    live_scaling_of(shape, self->encoder_envelope, &scaling);
    for (uint32_t i = 0; i < shape->hop; i++) coefficients[i] *= scaling.inverse[i];
    level_coder coder = {.codec = &self->base, .model = model, .scaling = &scaling, .residual = coefficients};
    live_allocation_begin(model, &scaling, &coder.allocation);
    live_search_begin(model, attack >= 0, controls->codebook_bits, coefficients, &coder.search);
    code_levels(&coder, frame, meter);
}

void live_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                 rsd_level_meter *meter)
{
    live_codec *self = (live_codec *)codec;
    const live_model *model = self->model;
    const uint32_t hop = model->shape.hop;
    float coefficients[LIVE_MAX_HOP];
    const int32_t attack = take_hop(self, in);
    rsd_mdct_forward(self->mdct, self->history, coefficients);
    clear_frame(model, frame, meter);
    frame->level_count = base_min_u32(controls->level_count, model->level_count);
    const float mean_square = live_mean_square(coefficients, hop);
    if (meter) meter->input_energy = mean_square * (float)hop;
    if (mean_square < LIVE_SILENCE)
        code_silence(self, frame);
    else
        code_sound(self, attack, coefficients, controls, frame, meter);
    if (meter) finish_meter(frame, model->level_count, meter);
}

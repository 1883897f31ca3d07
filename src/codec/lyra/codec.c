// SPDX-License-Identifier: MIT
// Real-time half of Lyra V2: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/lyra/internal.h"

#include "base/numbers.h"

#include <string.h>

static float energy_of(const float *values)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < LYRA_FEATURES; i++) sum += values[i] * values[i];
    return sum;
}

/* ---- encoder ---- */

/* The first of the nearest among the first `count` codewords of a level, and how far it is. */
static uint32_t nearest(const lyra_model *model, uint32_t level, const float *target, uint32_t count, float *distance)
{
    float sums[LYRA_CODEWORDS];
    const lyra_row *codebook = model->by_feature + (size_t)level * LYRA_FEATURES;
    tfl_graph_distances(model->encoder, (const float(*)[LYRA_CODEWORDS])codebook, target, LYRA_FEATURES, sums);
    uint32_t best = 0;
    for (uint32_t c = 1; c < count; c++) best = sums[c] < sums[best] ? c : best;
    *distance = sums[best];
    return best;
}

/*
 * What the level leaves over, by the roundabout way of the reference (a straight-through estimator that training left
 * in the graph): the last bit depends on it.
 */
static void take_away(const float *codeword, float *residual)
{
    for (uint32_t i = 0; i < LYRA_FEATURES; i++) {
        const float step = codeword[i] - residual[i], coded = residual[i] + step;
        residual[i] -= coded;
    }
}

static void code_levels(lyra_codec *self, float *residual, uint32_t codebook_bits, rsd_token_frame *frame,
                        rsd_level_meter *meter)
{
    const lyra_model *model = self->model;
    uint64_t mark = codec_stages_begin(self->base.stages);
    const uint32_t count = codebook_bits >= 4u ? LYRA_CODEWORDS : 1u << codebook_bits;
    for (uint32_t k = 0; k < frame->level_count; k++) {
        float distance;
        const uint32_t token = nearest(model, k, residual, count, &distance);
        const size_t row = (size_t)k * LYRA_CODEWORDS + token;
        take_away(model->codewords + row * LYRA_FEATURES, residual);
        frame->tokens[k] = (int32_t)token;
        codec_mark_level(&self->base, k, &mark);
        if (!meter) continue;
        meter->level_energy[k] = model->energies[row];
        meter->error_energy[k] = distance;
    }
}

void lyra_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                 rsd_level_meter *meter)
{
    lyra_codec *self = (lyra_codec *)codec;
    const lyra_model *model = self->model;
    float features[LYRA_FEATURES];
    tfl_graph_run(model->encoder, self->encoder_state, self->scratch, in, features);
    frame->level_count = base_min_u32(controls->level_count, model->level_count);
    if (meter) {
        memset(meter, 0, sizeof *meter);
        meter->input_energy = energy_of(features);
    }
    code_levels(self, features, controls->codebook_bits, frame, meter);
    for (uint32_t k = frame->level_count; k < model->level_count; k++) {
        frame->tokens[k] = RSD_TOKEN_NONE;
        if (meter) meter->error_energy[k] = k > 0u ? meter->error_energy[k - 1u] : meter->input_energy;
    }
    codec_scale_meter(in, LYRA_HOP, meter);
}

/* ---- decoder ---- */

/* Adds the levels with their gains to `latent`. Returns the largest gain of a level that has a token. */
static float add_levels(const lyra_model *model, const codec_frame *frame, const rsd_decode_controls *controls,
                        float *latent)
{
    float largest = 0.0f;
    for (uint32_t k = 0; k < base_min_u32(frame->level_count, model->level_count); k++) {
        const float gain = controls->level_gain[k];
        if (gain == 0.0f || frame->tokens[k] < 0) continue;
        const uint32_t token = (uint32_t)frame->tokens[k] % LYRA_CODEWORDS;
        const float *codeword = model->codewords + ((size_t)k * LYRA_CODEWORDS + token) * LYRA_FEATURES;
        for (uint32_t i = 0; i < LYRA_FEATURES; i++) latent[i] += gain * codeword[i];
        largest = gain > largest ? gain : largest;
    }
    return largest;
}

/* Sums the levels into `latent`. Returns the largest gain that sounds. */
static float sum_levels(const lyra_model *model, const codec_frame *frame, const rsd_decode_controls *controls,
                        float *latent)
{
    rsd_decode_controls own, others;
    const codec_shaping *shaping = frame->shaping;
    memset(latent, 0, LYRA_FEATURES * sizeof *latent);
    if (!shaping || !shaping->other) return add_levels(model, frame, controls, latent);
    codec_share_levels(shaping, controls, &own, &others);
    const float largest = add_levels(model, frame, &own, latent);
    const float largest_other = add_levels(model, shaping->other, &others, latent), sum = largest + largest_other;
    return sum < 2.0f ? sum : 2.0f; /* the shares of one level add up to its gain */
}

/* loudness: 0..1, reached over a frame. */
static void fade(lyra_codec *self, float loudness, float *out)
{
    const float from = self->loudness, step = (loudness - from) / (float)LYRA_HOP;
    self->loudness = loudness;
    if (from == 1.0f && loudness == 1.0f) return;
    for (uint32_t i = 0; i < LYRA_HOP; i++) out[i] *= from + step * (float)(i + 1u);
}

void lyra_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame)
{
    const lyra_model *model = ((lyra_codec *)codec)->model;
    frame->level_count = base_min_u32(tokens->level_count, model->level_count);
    memcpy(frame->tokens, tokens->tokens, model->level_count * sizeof(int32_t));
}

void lyra_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls, float *out)
{
    lyra_codec *self = (lyra_codec *)codec;
    float latent[LYRA_FEATURES];
    const float largest = sum_levels(self->model, frame, controls, latent);
    tfl_graph_run(self->model->decoder, self->decoder_state, self->scratch, latent, out);
    /* The network makes a sound even of nothing: with all gains 0 it is faded out. Gains over 1 are its matter alone. */
    fade(self, (largest > 1.0f ? 1.0f : largest) * frame->amplitude, out);
}

void lyra_reset(rsd_codec *codec)
{
    lyra_codec *self = (lyra_codec *)codec;
    tfl_graph_reset(self->model->encoder, self->encoder_state);
    tfl_graph_reset(self->model->decoder, self->decoder_state);
    self->loudness = 1.0f;
}

// SPDX-License-Identifier: MIT
// Real-time half of EnCodec: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/encodec/internal.h"

#include "base/numbers.h"

#include <string.h>

#define OUT_LIMIT 64.0f

static float sum_of_squares(const float *values, uint32_t count)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) sum += values[i] * values[i];
    return sum;
}

/* False where a value is infinite or no number, or so large that a filter's next sum may be. */
static bool all_sane(const float *values, size_t count)
{
    bool sane = true;
    for (size_t i = 0; i < count; i++) sane &= values[i] > -1e15f && values[i] < 1e15f;
    return sane;
}

/*
 * Codeword nearest to the residual, lowest index on a tie. The distance is put together as the reference does, in its
 * order: where a late level's residuals are far smaller than its codewords, what the roundings leave equal must be so
 * here too.
 */
static uint32_t nearest(const encodec_codec *self, uint32_t level, uint32_t count, const float *residual)
{
    const nn_matrix *codebook = &self->model->codebooks[level];
    const float *squares = self->model->squares[level], own = sum_of_squares(residual, codebook->column_count);
    const nn_product p = {
        .matrix = codebook,
        .row_count = count,
        .in = residual,
        .segment_count = 1,
        .segment_length = codebook->column_count,
        .step_count = 1,
        .out = self->scores,
    };
    self->model->kernel->product(&p);
    for (uint32_t w = 0; w < count; w++) self->scores[w] = (own - 2.0f * self->scores[w]) + squares[w];
    uint32_t best = 0;
    float least = self->scores[0];
    for (uint32_t w = 1; w < count; w++) {
        if (self->scores[w] < least) {
            least = self->scores[w];
            best = w;
        }
    }
    return best;
}

static void clear_frame(const encodec_model *model, rsd_token_frame *frame, rsd_level_meter *meter)
{
    frame->level_count = 0;
    for (uint32_t k = 0; k < model->level_count; k++) frame->tokens[k] = RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < RSD_MAX_SIDE; s++) frame->side[s] = RSD_TOKEN_NONE;
    if (meter) *meter = (rsd_level_meter){0};
}

void encodec_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                    rsd_level_meter *meter)
{
    encodec_codec *self = (encodec_codec *)codec;
    const encodec_model *model = self->model;
    const uint32_t dim = model->config.dim, codeword_count = model->config.codewords;
    float *residual = self->latent;
    self->encoder_primed = false;
    nn_net_run(model->kernel, &model->encoder, &(nn_io){self->encoder_state, self->scratch, in, 1, residual});
    clear_frame(model, frame, meter);
    if (!all_sane(residual, dim)) { /* weights that blow up: begin anew rather than stay so for ever */
        memset(self->encoder_state, 0, model->encoder.state_floats * sizeof(float));
        memset(residual, 0, dim * sizeof *residual);
    }
    const uint32_t asked = controls->codebook_bits >= 16u ? codeword_count : 1u << controls->codebook_bits;
    const uint32_t count = asked < codeword_count ? asked : codeword_count;
    frame->level_count = controls->level_count < model->level_count ? controls->level_count : model->level_count;
    if (meter) meter->input_energy = sum_of_squares(residual, dim);
    float error = meter ? meter->input_energy : 0.0f;
    uint64_t mark = codec_stages_begin(codec->stages);
    for (uint32_t k = 0; k < model->level_count; k++) {
        if (k < frame->level_count) {
            const uint32_t token = nearest(self, k, count, residual);
            nn_matrix_add_row(&model->codebooks[k], token, -1.0f, residual);
            frame->tokens[k] = (int32_t)token;
            if (meter) meter->level_energy[k] = model->squares[k][token];
            if (meter) error = sum_of_squares(residual, dim);
            codec_mark_level(codec, k, &mark);
        }
        if (meter) meter->error_energy[k] = error;
    }
    codec_scale_meter(in, model->config.hop_samples, meter);
}

static float add_levels(const encodec_model *model, const codec_frame *frame, const rsd_decode_controls *controls,
                        float *latent)
{
    const uint32_t coded = frame->level_count < model->level_count ? frame->level_count : model->level_count;
    float gate = 0.0f;
    for (uint32_t k = 0; k < coded; k++) {
        const float gain = controls->level_gain[k];
        if (gain == 0.0f || frame->tokens[k] == RSD_TOKEN_NONE) continue;
        nn_matrix_add_row(&model->codebooks[k], (uint32_t)frame->tokens[k] % model->config.codewords, gain, latent);
        gate = 1.0f;
    }
    return gate;
}

float encodec_latent(const encodec_model *model, const codec_frame *frame, const rsd_decode_controls *controls,
                     float *latent)
{
    rsd_decode_controls own, others;
    const codec_shaping *shaping = frame->shaping;
    memset(latent, 0, model->config.dim * sizeof *latent);
    if (!shaping || !shaping->other) return add_levels(model, frame, controls, latent);
    codec_share_levels(shaping, controls, &own, &others);
    const float gate = add_levels(model, frame, &own, latent);
    const float other_gate = add_levels(model, shaping->other, &others, latent);
    return gate > other_gate ? gate : other_gate;
}

/* The decoder's biases sound without any level: a frame that has none is faded to silence and back. */
static void apply_gate(encodec_codec *self, float gate, float *out, uint32_t count)
{
    const float before = self->gate, step = (gate - before) / (float)count;
    self->gate = gate;
    if (gate == 1.0f && before == 1.0f) return;
    for (uint32_t i = 0; i < count; i++) out[i] *= before + step * (float)(i + 1u);
}

void encodec_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame)
{
    const encodec_model *model = ((encodec_codec *)codec)->model;
    frame->level_count = base_min_u32(tokens->level_count, model->level_count);
    memcpy(frame->tokens, tokens->tokens, model->level_count * sizeof(int32_t));
}

void encodec_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls, float *out)
{
    encodec_codec *self = (encodec_codec *)codec;
    const encodec_model *model = self->model;
    const uint32_t hop = model->config.hop_samples;
    self->decoder_primed = false;
    const float gate = encodec_latent(model, frame, controls, self->latent) * frame->amplitude;
    nn_net_run(model->kernel, &model->decoder, &(nn_io){self->decoder_state, self->scratch, self->latent, 1, out});
    if (!all_sane(out, hop)) {
        memset(self->decoder_state, 0, model->decoder.state_floats * sizeof(float));
        memset(out, 0, hop * sizeof *out);
    }
    for (uint32_t i = 0; i < hop; i++) {
        const float low = out[i] < -OUT_LIMIT ? -OUT_LIMIT : out[i];
        out[i] = low > OUT_LIMIT ? OUT_LIMIT : low;
    }
    apply_gate(self, gate, out, hop);
}

void encodec_reset(rsd_codec *codec)
{
    encodec_codec *self = (encodec_codec *)codec;
    if (!self->encoder_primed) memset(self->encoder_state, 0, self->model->encoder.state_floats * sizeof(float));
    if (!self->decoder_primed) memset(self->decoder_state, 0, self->model->decoder.state_floats * sizeof(float));
    self->gate = 1.0f; /* the first frame is not faded in: it is the reference's, to the sample */
}

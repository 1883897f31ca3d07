// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include <string.h>

// Real-time half of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.

#define NOISE_SEED 0x9E3779B9u

static uint32_t at_most(uint32_t x, uint32_t limit) { return x < limit ? x : limit; }

static uint32_t sequence_count(const live_model *model) { return model->level_end[model->level_count - 1u]; }

/* ---- encoder ---- */

static void clear_frame(const live_model *model, rsd_token_frame *frame, rsd_level_meter *meter)
{
    for (uint32_t s = 0; s < sequence_count(model); s++) frame->tokens[s] = RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < model->shape.envelope_book_count; s++) frame->side[s] = 0;
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

/* What a cell's coding adds and leaves, in the scale of the sound. */
typedef struct {
    float left[LIVE_MAX_CELLS], added;
} cell_energies;

static float scaled_energy(const float *values, const float *scale, uint32_t count)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) sum += values[i] * scale[i] * (values[i] * scale[i]);
    return sum;
}

/* Of the encoder, while it codes the levels of a frame. */
typedef struct {
    const live_model *model;
    const live_scaling *scaling;
    uint32_t codebook_bits;
    float *residual;
    live_allocation allocation;
    live_energy energy;
} level_coder;

static int32_t code_cell(level_coder *coder, cell_energies *energies)
{
    const live_model *model = coder->model;
    const uint32_t width = model->shape.cell_width;
    uint32_t stage;
    const uint32_t cell = live_allocation_next(model, coder->scaling, &coder->allocation, &stage);
    const float *scale = coder->scaling->scale + cell * width;
    float *residual = coder->residual + cell * width, before[LIVE_MAX_HOP];
    if (energies) memcpy(before, residual, width * sizeof *before);
    const int32_t token = live_energy_encode(model, cell, stage, coder->allocation.scale[cell], coder->codebook_bits,
                                             &coder->energy, residual);
    live_allocation_took(model, cell, stage, token, &coder->allocation);
    if (energies) {
        for (uint32_t i = 0; i < width; i++) before[i] -= residual[i];
        energies->added += scaled_energy(before, scale, width);
        energies->left[cell] = scaled_energy(residual, scale, width);
    }
    return token;
}

/* residual: the normalised coefficients, then what the levels leave of them. */
static void code_levels(const live_model *model, const live_scaling *scaling, bool attack, float *residual,
                        const rsd_encode_controls *controls, rsd_token_frame *frame, rsd_level_meter *meter)
{
    const uint32_t width = model->shape.cell_width, cell_count = model->shape.cell_count;
    level_coder coder = {
        .model = model, .scaling = scaling, .codebook_bits = controls->codebook_bits, .residual = residual};
    cell_energies energies;
    live_allocation_begin(model, scaling, &coder.allocation);
    live_energy_begin(model, attack, residual, &coder.energy);
    for (uint32_t c = 0; meter && c < cell_count; c++)
        energies.left[c] = scaled_energy(residual + c * width, scaling->scale + c * width, width);
    uint32_t s = 0;
    for (uint32_t k = 0; k < frame->level_count; k++) {
        energies.added = 0.0f;
        for (; s < model->level_end[k]; s++) frame->tokens[s] = code_cell(&coder, meter ? &energies : NULL);
        if (!meter) continue;
        meter->level_energy[k] = energies.added;
        for (uint32_t c = 0; c < cell_count; c++) meter->error_energy[k] += energies.left[c];
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
    float left = frame->level_count > 0u ? meter->error_energy[frame->level_count - 1u] : meter->input_energy;
    for (uint32_t k = frame->level_count; k < level_count; k++) meter->error_energy[k] = left;
}

static void code_sound(live_codec *self, int32_t attack, float *coefficients, const rsd_encode_controls *controls,
                       rsd_token_frame *frame, rsd_level_meter *meter)
{
    const live_model *model = self->model;
    const live_shape *shape = &model->shape;
    float envelope[LIVE_MAX_BANDS];
    live_scaling scaling;
    live_envelope_of(shape, coefficients, attack >= 0 || !self->encoder_sounds, self->encoder_power, envelope);
    self->encoder_sounds = true;
    live_envelope_encode(shape, model->envelope_books, envelope, attack, self->encoder_envelope, frame->side);
    live_scaling_of(shape, self->encoder_envelope, &scaling);
    for (uint32_t i = 0; i < shape->hop; i++) coefficients[i] *= scaling.inverse[i];
    code_levels(model, &scaling, attack >= 0, coefficients, controls, frame, meter);
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
    frame->level_count = at_most(controls->level_count, model->level_count);
    const float mean_square = live_mean_square(coefficients, hop);
    if (meter) meter->input_energy = mean_square * (float)hop;
    if (mean_square < LIVE_SILENCE)
        code_silence(self, frame);
    else
        code_sound(self, attack, coefficients, controls, frame, meter);
    if (meter) finish_meter(frame, model->level_count, meter);
}

/* ---- decoder ---- */

/* How much of level k counts as coded, whatever its gain: muting a level must not fill its place with noise. */
static float active_share(const rsd_decode_controls *controls, uint32_t level)
{
    const float share = controls->active_levels - (float)level;
    return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
}

/* What is to be done to a cell beside its codewords, as far as the active levels go. */
typedef struct {
    float noise;   /* amplitude of the noise that they leave room for */
    float restore; /* gain that gives their sum the energy of what they code */
} cell_fill;

/* Sums the levels with their gains. */
static void sum_levels(const live_model *model, const live_scaling *scaling, const rsd_token_frame *frame,
                       const rsd_decode_controls *controls, float *sum, cell_fill fill[LIVE_MAX_CELLS])
{
    const uint32_t width = model->shape.cell_width, coded = at_most(frame->level_count, model->level_count);
    live_allocation allocation;
    live_allocation_begin(model, scaling, &allocation);
    memset(sum, 0, model->shape.hop * sizeof *sum);
    for (uint32_t c = 0; c < model->shape.cell_count; c++) fill[c] = (cell_fill){model->fill[c], 1.0f};
    uint32_t s = 0;
    for (uint32_t k = 0; k < coded; k++) {
        const float gain = controls->level_gain[k], share = active_share(controls, k);
        for (; s < model->level_end[k]; s++) {
            uint32_t stage;
            const uint32_t cell = live_allocation_next(model, scaling, &allocation, &stage);
            fill[cell].noise -= share * fill[cell].noise;
            fill[cell].restore += share * (model->restore[cell][stage + 1u] - fill[cell].restore);
            if (gain != 0.0f)
                rsd_rvq_decode_book(model->books, model->book_of[cell][stage], frame->tokens[s],
                                    gain * (model->book_scale[cell][stage] * allocation.scale[cell]),
                                    sum + cell * width);
            live_allocation_took(model, cell, stage, frame->tokens[s], &allocation);
        }
    }
}

/* Noise fill is scaled by the largest gain: with all gains 0 the codec is silent. */
static float fill_amount(const live_model *model, const rsd_token_frame *frame, const rsd_decode_controls *controls)
{
    float largest = 0.0f;
    for (uint32_t k = 0; k < at_most(frame->level_count, model->level_count); k++)
        largest = controls->level_gain[k] > largest ? controls->level_gain[k] : largest;
    return (largest > 1.0f ? 1.0f : largest) * controls->noise_fill;
}

/* Uniform in +-sqrt(3): variance 1. */
static float next_noise(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(int32_t)*state * (1.7320508f / 2147483648.0f);
}

/* Adds noise to a cell, as steep as its model wants it. */
static void add_noise(live_codec *self, const float *slope_log2, float amplitude, float *cell)
{
    const uint32_t width = self->model->shape.cell_width;
    float slope[LIVE_MAX_HOP];
    memcpy(slope, slope_log2, width * sizeof *slope);
    rsd_exp2f_each(slope, width);
    for (uint32_t i = 0; i < width; i++) cell[i] += amplitude * slope[i] * next_noise(&self->noise);
}

/* The energy that the envelope promises and the active levels do not have. A gain is of what they have, whatever their
 * own gains are: these stay gains. */
static void fill_cells(live_codec *self, const live_scaling *scaling, const cell_fill fill[LIVE_MAX_CELLS],
                       float noise_fill, float noise_amount, float *sum)
{
    const uint32_t width = self->model->shape.cell_width;
    for (uint32_t c = 0; c < self->model->shape.cell_count; c++) {
        float *cell = sum + c * width;
        const float gain = 1.0f + noise_fill * (fill[c].restore - 1.0f);
        for (uint32_t i = 0; i < width; i++) cell[i] *= gain;
        if (fill[c].noise != 0.0f) add_noise(self, scaling->slope_log2 + c * width, noise_amount * fill[c].noise, cell);
    }
}

/* Coefficients of one frame; all zero for silence. */
static void decode_coefficients(live_codec *self, const rsd_token_frame *frame, const rsd_decode_controls *controls,
                                float *coefficients)
{
    const live_model *model = self->model;
    if (frame->side[0] <= 0) {
        memset(self->decoder_envelope, 0, sizeof self->decoder_envelope);
        memset(coefficients, 0, model->shape.hop * sizeof *coefficients);
        return;
    }
    live_scaling scaling;
    cell_fill fill[LIVE_MAX_CELLS] = {{0}};
    live_envelope_decode(&model->shape, model->envelope_books, frame->side, self->decoder_envelope);
    live_scaling_of(&model->shape, self->decoder_envelope, &scaling);
    sum_levels(model, &scaling, frame, controls, coefficients, fill);
    const float amount = fill_amount(model, frame, controls);
    if (amount > 0.0f) fill_cells(self, &scaling, fill, controls->noise_fill, amount, coefficients);
    for (uint32_t i = 0; i < model->shape.hop; i++) coefficients[i] *= scaling.scale[i];
}

/* The hop that this frame completes is the one whose gain the last frame told; this frame's is kept for the next. */
static void apply_gain(live_codec *self, const rsd_token_frame *frame, float *out)
{
    const uint32_t hop = self->model->shape.hop;
    float step;
    const int32_t attack = live_attack_place(&self->model->shape, frame->side, &step);
    for (uint32_t i = 0; i < hop && !self->late_flat; i++) out[i] *= self->late_gain[i];
    if (frame->side[0] <= 0) self->decoder_gain_log2 = 0.0f;
    self->decoder_gain_log2 = live_attack_gain(hop, self->decoder_gain_log2, attack, self->late_gain, &self->late_flat);
}

void live_decode(rsd_codec *codec, const rsd_token_frame *frame, const rsd_decode_controls *controls, float *out)
{
    live_codec *self = (live_codec *)codec;
    const uint32_t hop = self->model->shape.hop;
    float coefficients[LIVE_MAX_HOP], windowed[2u * LIVE_MAX_HOP];
    decode_coefficients(self, frame, controls, coefficients);
    rsd_mdct_inverse(self->mdct, coefficients, windowed);
    for (uint32_t i = 0; i < hop; i++) out[i] = self->overlap[i] + windowed[i];
    memcpy(self->overlap, windowed + hop, hop * sizeof *out);
    apply_gain(self, frame, out);
}

void live_reset(rsd_codec *codec)
{
    live_codec *self = (live_codec *)codec;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
    memset(self->decoder_envelope, 0, sizeof self->decoder_envelope);
    self->encoder_sounds = false;
    memset(self->history, 0, sizeof self->history);
    memset(self->overlap, 0, sizeof self->overlap);
    self->background = self->encoder_gain_log2 = self->decoder_gain_log2 = 0.0f;
    self->late_flat = true;
    self->noise = NOISE_SEED;
}

// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include <string.h>

// Real-time half of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.

#define NOISE_SEED 0x9E3779B9u

static float sum_of_squares(const float *x, uint32_t count) { return live_mean_square(x, count) * (float)count; }

static uint32_t at_most(uint32_t x, uint32_t limit) { return x < limit ? x : limit; }

/* ---- encoder -------------------------------------------------------------------------------------------------------
 */

static void clear_frame(const live_model *model, rsd_token_frame *frame, rsd_level_meter *meter)
{
    const uint32_t sequence_count = rsd_rvq_level_begin(model->books, model->level_count);
    for (uint32_t s = 0; s < sequence_count; s++) frame->tokens[s] = RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < LIVE_ENVELOPE_BOOKS; s++) frame->side[s] = 0;
    if (meter) memset(meter, 0, sizeof *meter);
}

/* Energy of `now` and of `before - now`, in the scale of the sound. */
static void measure_level(const live_model *model, const live_scaling *scaling, const float *before, const float *now,
                          uint32_t level, rsd_level_meter *meter)
{
    const uint32_t hop = model->shape.hop;
    float added[LIVE_MAX_HOP], left[LIVE_MAX_HOP];
    for (uint32_t i = 0; i < hop; i++) added[i] = before[i] - now[i];
    live_scale_bands(&model->shape, added, scaling->divisor, added);
    live_scale_bands(&model->shape, now, scaling->divisor, left);
    meter->level_energy[level] = sum_of_squares(added, hop);
    meter->error_energy[level] = sum_of_squares(left, hop);
}

static void code_levels(const live_model *model, const live_scaling *scaling, float *residual,
                        const rsd_encode_controls *controls, rsd_token_frame *frame, rsd_level_meter *meter)
{
    float before[LIVE_MAX_HOP];
    for (uint32_t k = 0; k < frame->level_count; k++) {
        if (meter) memcpy(before, residual, model->shape.hop * sizeof *before);
        rsd_rvq_encode_level(model->books, k, controls->codebook_bits, residual,
                             frame->tokens + rsd_rvq_level_begin(model->books, k));
        if (meter) measure_level(model, scaling, before, residual, k, meter);
    }
}

/* Silence needs no levels: side token 0 says it all, the levels' tokens are 0 so that the file has no holes. */
static void code_silence(live_codec *self, rsd_token_frame *frame)
{
    const uint32_t end = rsd_rvq_level_begin(self->model->books, frame->level_count);
    for (uint32_t s = 0; s < end; s++) frame->tokens[s] = 0;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
}

static void finish_meter(const rsd_token_frame *frame, uint32_t level_count, rsd_level_meter *meter)
{
    float left = frame->level_count > 0u ? meter->error_energy[frame->level_count - 1u] : meter->input_energy;
    for (uint32_t k = frame->level_count; k < level_count; k++) meter->error_energy[k] = left;
}

void live_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                 rsd_level_meter *meter)
{
    live_codec *self = (live_codec *)codec;
    const live_model *model = self->model;
    const uint32_t hop = model->shape.hop;
    float coefficients[LIVE_MAX_HOP], envelope[LIVE_BANDS];

    memmove(self->history, self->history + hop, hop * sizeof *in);
    memcpy(self->history + hop, in, hop * sizeof *in);
    rsd_mdct_forward(self->mdct, self->history, coefficients);
    clear_frame(model, frame, meter);
    frame->level_count = at_most(controls->level_count, model->level_count);
    const float mean_square = live_mean_square(coefficients, hop);
    if (meter) meter->input_energy = mean_square * (float)hop;
    if (mean_square < LIVE_SILENCE) {
        code_silence(self, frame);
    } else {
        live_scaling scaling;
        live_envelope_of(&model->shape, coefficients, envelope);
        live_envelope_encode(&model->shape, model->envelope_books, envelope, self->encoder_envelope, frame->side);
        live_scaling_of(&model->shape, self->encoder_envelope, &scaling);
        live_scale_bands(&model->shape, coefficients, scaling.inverse, coefficients);
        code_levels(model, &scaling, coefficients, controls, frame, meter);
    }
    if (meter) finish_meter(frame, model->level_count, meter);
}

/* ---- decoder
 * ----------------------------------------------------------------------------------------------------------- */

/* How much of level k counts as coded, whatever its gain: muting a level must not fill its place with noise. */
static float active_share(const rsd_decode_controls *controls, uint32_t level)
{
    const float share = controls->active_levels - (float)level;
    return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
}

/* Sum of the levels with their gains, and the sum as noise fill sees it; `same` when they are one. */
static bool sum_levels(const live_model *model, const rsd_token_frame *frame, const rsd_decode_controls *controls,
                       float *sum, float *active_sum)
{
    const uint32_t coded = at_most(frame->level_count, model->level_count);
    bool same = true;
    for (uint32_t k = 0; k < coded; k++) same = same && controls->level_gain[k] == active_share(controls, k);
    memset(sum, 0, model->shape.hop * sizeof *sum);
    memset(active_sum, 0, model->shape.hop * sizeof *sum);
    for (uint32_t k = 0; k < coded; k++) {
        const int32_t *tokens = frame->tokens + rsd_rvq_level_begin(model->books, k);
        const float gain = controls->level_gain[k], share = active_share(controls, k);
        if (gain != 0.0f) rsd_rvq_decode_level(model->books, k, tokens, gain, sum);
        if (!same && share != 0.0f) rsd_rvq_decode_level(model->books, k, tokens, share, active_sum);
    }
    return same;
}

/* Noise fill is scaled by the largest gain: with all gains 0 the codec is silent. */
static float fill_amount(const live_model *model, const rsd_token_frame *frame, const rsd_decode_controls *controls)
{
    float largest = 0.0f;
    for (uint32_t k = 0; k < at_most(frame->level_count, model->level_count); k++)
        largest = controls->level_gain[k] > largest ? controls->level_gain[k] : largest;
    return (largest > 1.0f ? 1.0f : largest) * controls->noise_fill * model->shape.constants.fill;
}

/* Water level at a fractional level count. */
static float water_at(const live_model *model, float active_levels)
{
    const float last = (float)model->level_count;
    const float levels = active_levels < 0.0f ? 0.0f : active_levels > last ? last : active_levels;
    const uint32_t whole = (uint32_t)levels < model->level_count ? (uint32_t)levels : model->level_count - 1u;
    const float share = levels - (float)whole;
    return model->water_level[whole] * (1.0f - share) + model->water_level[whole + 1u] * share;
}

/* Uniform in +-sqrt(3): variance 1. */
static float next_noise(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(int32_t)*state * (1.7320508f / 2147483648.0f);
}

/*
 * Adds noise of the energy that the envelope promises and the active levels do not have. Bands whose normalised energy
 * stands well above the water level (the mean error that the active levels leave) were coded and are left alone.
 */
static void add_noise(live_codec *self, const live_scaling *scaling, float water, float amount, const float *coded,
                      float *sum)
{
    const live_shape *shape = &self->model->shape;
    const float fade = shape->constants.fade;
    for (uint32_t b = 0; b < LIVE_BANDS; b++) {
        const uint32_t begin = shape->edges[b], width = shape->edges[b + 1u] - begin;
        const float inverse = scaling->inverse[b];
        const float wanted = scaling->energy[b] * inverse * inverse;
        const float missing = wanted - live_mean_square(coded + begin, width);
        float share = (fade - wanted / water) / (fade - 1.0f);
        share = share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
        if (missing <= 0.0f || share == 0.0f) continue;
        const float amplitude = amount * share * __builtin_sqrtf(missing);
        for (uint32_t i = begin; i < begin + width; i++) sum[i] += amplitude * next_noise(&self->noise);
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
    float active_sum[LIVE_MAX_HOP];
    live_scaling scaling;
    live_envelope_decode(&model->shape, model->envelope_books, frame->side, self->decoder_envelope);
    live_scaling_of(&model->shape, self->decoder_envelope, &scaling);
    const bool same = sum_levels(model, frame, controls, coefficients, active_sum);
    const float amount = fill_amount(model, frame, controls);
    if (amount > 0.0f) {
        /* coded may not alias the sum that noise is added to band by band: each band is measured before it is filled.
         */
        add_noise(self, &scaling, water_at(model, controls->active_levels), amount, same ? coefficients : active_sum,
                  coefficients);
    }
    live_scale_bands(&model->shape, coefficients, scaling.divisor, coefficients);
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
}

void live_reset(rsd_codec *codec)
{
    live_codec *self = (live_codec *)codec;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
    memset(self->decoder_envelope, 0, sizeof self->decoder_envelope);
    memset(self->history, 0, sizeof self->history);
    memset(self->overlap, 0, sizeof self->overlap);
    self->noise = NOISE_SEED;
}

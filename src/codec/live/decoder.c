// SPDX-License-Identifier: MIT
// Real-time decoder of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/codec.h"

#include "base/numbers.h"

#include "codec/live/allocation.h"
#include "codec/live/attack.h"
#include "codec/live/envelope.h"
#include "codec/live/tuning.h"

#include <string.h>

/* How much of level k counts as coded, whatever its gain: muting a level must not fill its place with noise. */
static float active_share(const rsd_decode_controls *controls, uint32_t level)
{
    const float share = controls->active_levels - (float)level;
    return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
}

/* What is to be done to a sub-band beside its codewords, as far as the active levels go. */
typedef struct {
    float noise;   /* amplitude of the noise that they leave room for */
    float restore; /* gain that gives their sum the energy of what they code */
} subband_fill;

/* Sums the levels with their gains. */
static void sum_levels(const live_model *model, const live_scaling *scaling, const rsd_token_frame *frame,
                       const rsd_decode_controls *controls, float *sum, subband_fill fill[LIVE_MAX_SUBBANDS])
{
    const uint32_t width = model->shape.subband_width, coded = base_min_u32(frame->level_count, model->level_count);
    live_allocation allocation;
    live_allocation_begin(model, scaling, &allocation);
    memset(sum, 0, model->shape.hop * sizeof *sum);
    for (uint32_t c = 0; c < model->shape.subband_count; c++) fill[c] = (subband_fill){model->fill[c], 1.0f};
    uint32_t s = 0;
    for (uint32_t k = 0; k < coded; k++) {
        const float gain = controls->level_gain[k], share = active_share(controls, k);
        for (; s < model->level_end[k]; s++) {
            uint32_t stage;
            const uint32_t subband = live_allocation_next(model, scaling, &allocation, &stage);
            fill[subband].noise -= share * fill[subband].noise;
            fill[subband].restore += share * (model->restore[subband][stage + 1u] - fill[subband].restore);
            if (gain != 0.0f)
                rsd_rvq_decode_codebook(model->codebooks, model->codebook_of[subband][stage], frame->tokens[s],
                                        gain * (model->codebook_scale[subband][stage] * allocation.scale[subband]),
                                        sum + subband * width);
            live_allocation_update(model, subband, stage, frame->tokens[s], &allocation);
        }
    }
}

/* Noise fill is scaled by the largest gain: with all gains 0 the codec is silent. */
static float fill_amount(const live_model *model, const rsd_token_frame *frame, const rsd_decode_controls *controls)
{
    float largest = 0.0f;
    for (uint32_t k = 0; k < base_min_u32(frame->level_count, model->level_count); k++)
        largest = controls->level_gain[k] > largest ? controls->level_gain[k] : largest;
    return (largest > 1.0f ? 1.0f : largest) * controls->noise_fill;
}

/* Uniform in +-sqrt(3): variance 1. */
static float next_noise(uint32_t *state)
{
    *state = *state * LIVE_NOISE_MULTIPLIER + LIVE_NOISE_INCREMENT;
    return (float)(int32_t)*state * (1.7320508f / 2147483648.0f);
}

/* Adds noise to a sub-band, as steep as its model wants it. */
static void add_noise(live_codec *self, const float *slope_log2, float amplitude, float *subband)
{
    const uint32_t width = self->model->shape.subband_width;
    float slope[LIVE_MAX_HOP];
    memcpy(slope, slope_log2, width * sizeof *slope);
    rsd_exp2f_each(slope, width);
    for (uint32_t i = 0; i < width; i++) subband[i] += amplitude * slope[i] * next_noise(&self->noise);
}

/* The energy that the envelope promises and the active levels do not have. A gain is of what they have, whatever their
 * own gains are: these stay gains. */
static void fill_subbands(live_codec *self, const live_scaling *scaling, const subband_fill fill[LIVE_MAX_SUBBANDS],
                          float noise_fill, float noise_amount, float *sum)
{
    const uint32_t width = self->model->shape.subband_width;
    for (uint32_t c = 0; c < self->model->shape.subband_count; c++) {
        float *subband = sum + c * width;
        const float gain = 1.0f + noise_fill * (fill[c].restore - 1.0f);
        for (uint32_t i = 0; i < width; i++) subband[i] *= gain;
        if (fill[c].noise != 0.0f)
            add_noise(self, scaling->slope_log2 + c * width, noise_amount * fill[c].noise, subband);
    }
}

/* Tokens may be anything: those of another model or of chance must not burst. */
static void limit_energy(uint32_t hop, float *coefficients)
{
    const float most = LIVE_MAX_RMS * LIVE_MAX_RMS, mean_square = live_mean_square(coefficients, hop);
    if (mean_square <= most) return;
    const float gain = __builtin_sqrtf(most / mean_square);
    for (uint32_t i = 0; i < hop; i++) coefficients[i] *= gain;
}

/* Share of the noise after silence or an attack. Noise has peaks of four times its rms, and a sound that begins is often
 * a tone, which has not. Steps the count of frames. */
static float onset_share(live_codec *self, const rsd_token_frame *frame)
{
    float step_log2;
    if (live_attack_position(&self->model->shape, frame->side, &step_log2) >= 0) self->onset_frames = LIVE_ONSET_FRAMES;
    if (self->onset_frames == 0u) return 1.0f;
    self->onset_frames--;
    return LIVE_ONSET_NOISE_SHARE;
}

/* Coefficients of one frame; all zero for silence. */
static void decode_coefficients(live_codec *self, const rsd_token_frame *frame, const rsd_decode_controls *controls,
                                float *coefficients)
{
    const live_model *model = self->model;
    if (frame->side[0] <= 0) {
        memset(self->decoder_envelope, 0, sizeof self->decoder_envelope);
        memset(coefficients, 0, model->shape.hop * sizeof *coefficients);
        self->onset_frames = LIVE_ONSET_FRAMES;
        return;
    }
    live_scaling scaling;
    subband_fill fill[LIVE_MAX_SUBBANDS] = {{0}};
    live_envelope_decode(&model->shape, model->envelope_codebooks, frame->side, self->decoder_envelope);
    live_scaling_of(&model->shape, self->decoder_envelope, &scaling);
    sum_levels(model, &scaling, frame, controls, coefficients, fill);
    const float amount = fill_amount(model, frame, controls) * onset_share(self, frame);
    if (amount > 0.0f) fill_subbands(self, &scaling, fill, controls->noise_fill, amount, coefficients);
    for (uint32_t i = 0; i < model->shape.hop; i++) coefficients[i] *= scaling.scale[i];
    limit_energy(model->shape.hop, coefficients);
}

static float clamp_sample(float sample)
{
    const float low = sample < -LIVE_MAX_PEAK ? -LIVE_MAX_PEAK : sample;
    return low > LIVE_MAX_PEAK ? LIVE_MAX_PEAK : low;
}

/* The hop that this frame completes is the one whose gain the last frame told; this frame's is kept for the next. */
static void apply_gain(live_codec *self, const rsd_token_frame *frame, float *out)
{
    const uint32_t hop = self->model->shape.hop;
    float step;
    const int32_t attack = live_attack_position(&self->model->shape, frame->side, &step);
    for (uint32_t i = 0; i < hop && !self->late_flat; i++) out[i] *= self->late_gain[i];
    if (frame->side[0] <= 0) self->decoder_gain_log2 = 0.0f;
    self->decoder_gain_log2 = live_attack_gain(hop, self->decoder_gain_log2, attack, self->late_gain, &self->late_flat);
    for (uint32_t i = 0; i < hop; i++) out[i] = clamp_sample(out[i]);
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
    self->onset_frames = LIVE_ONSET_FRAMES;
    self->noise = LIVE_NOISE_SEED;
}

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

/* Levels whose tokens count. */
static uint32_t levels_of(const live_model *model, const codec_frame *frame)
{
    return frame->is_noise ? 0u : base_min_u32(frame->level_count, model->level_count);
}

/* Sums the levels with their gains. */
static void sum_levels(const live_model *model, const live_scaling *scaling, const codec_frame *frame,
                       const rsd_decode_controls *controls, float *sum, subband_fill fill[LIVE_MAX_SUBBANDS])
{
    const uint32_t width = model->shape.subband_width, coded = levels_of(model, frame);
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

/* Share of the frame's tokens that are the other frame's: so much of what is filled is as that one has it. */
static float shared_fill(const live_model *model, const codec_frame *frame, const codec_shaping *shaping)
{
    const uint32_t coded = levels_of(model, frame), end = base_min_u32(shaping->other_end, coded);
    if (end <= shaping->other_begin) return 0.0f;
    const uint32_t before = shaping->other_begin > 0u ? model->level_end[shaping->other_begin - 1u] : 0u;
    return shaping->other_share * (float)(model->level_end[end - 1u] - before) / (float)model->level_end[coded - 1u];
}

static void bound_envelope(const live_shape *shape, const float *told_log2, float envelope_log2[LIVE_MAX_BANDS]);

/* Adds the codewords of another frame, each where that frame's own envelope gives it its place. */
static void add_other(const live_model *model, const codec_frame *frame, const rsd_decode_controls *controls,
                      float *sum, subband_fill fill[LIVE_MAX_SUBBANDS])
{
    const codec_frame *other = frame->shaping->other;
    const float weight = shared_fill(model, frame, frame->shaping);
    subband_fill other_fill[LIVE_MAX_SUBBANDS] = {{0}};
    float other_sum[LIVE_MAX_HOP] = {0}, envelope_log2[LIVE_MAX_BANDS];
    live_scaling scaling;
    for (uint32_t c = 0; c < model->shape.subband_count; c++) other_fill[c].restore = 1.0f;
    if (!other->is_silent) {
        bound_envelope(&model->shape, other->envelope_log2, envelope_log2);
        live_scaling_of_envelope(&model->shape, envelope_log2, &scaling);
        sum_levels(model, &scaling, other, controls, other_sum, other_fill);
    }
    for (uint32_t i = 0; i < model->shape.hop; i++) sum[i] += other_sum[i];
    for (uint32_t c = 0; c < model->shape.subband_count; c++) {
        fill[c].noise += weight * (other_fill[c].noise - fill[c].noise);
        fill[c].restore += weight * (other_fill[c].restore - fill[c].restore);
    }
}

/* The levels of the frame, and of the one that shares them with it. */
static void sum_frame(const live_model *model, const live_scaling *scaling, const codec_frame *frame,
                      const rsd_decode_controls *controls, float *sum, subband_fill fill[LIVE_MAX_SUBBANDS])
{
    rsd_decode_controls own, others;
    if (!frame->shaping || !frame->shaping->other) {
        sum_levels(model, scaling, frame, controls, sum, fill);
        return;
    }
    codec_share_levels(frame->shaping, controls, &own, &others);
    sum_levels(model, scaling, frame, &own, sum, fill);
    add_other(model, frame, &others, sum, fill);
}

/* Noise fill is scaled by the largest gain: with all gains 0 the codec is silent. */
static float fill_amount(const live_model *model, const codec_frame *frame, const rsd_decode_controls *controls)
{
    float largest = 0.0f;
    for (uint32_t k = 0; k < base_min_u32(frame->level_count, model->level_count); k++)
        largest = controls->level_gain[k] > largest ? controls->level_gain[k] : largest;
    return (largest > 1.0f ? 1.0f : largest) * (frame->is_noise ? 1.0f : controls->noise_fill);
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
static float onset_share(live_codec *self, const codec_frame *frame)
{
    if (frame->gain.attack_samples >= 0) self->onset_frames = LIVE_ONSET_FRAMES;
    if (self->onset_frames == 0u) return 1.0f;
    self->onset_frames--;
    return LIVE_ONSET_NOISE_SHARE;
}

/* An effect may have made the envelope anything; what a stream tells is within these to its last bit. */
static void bound_envelope(const live_shape *shape, const float *told_log2, float envelope_log2[LIVE_MAX_BANDS])
{
    for (uint32_t b = 0; b < shape->band_count; b++) {
        const float least = LIVE_MIN_ENVELOPE_LOG2 - LIVE_ENVELOPE_SLACK_LOG2,
                    most = shape->max_envelope_log2[b] + LIVE_ENVELOPE_SLACK_LOG2;
        const float low = told_log2[b] > least ? told_log2[b] : least; /* not-a-number is the least */
        envelope_log2[b] = low < most ? low : most;
    }
}

/* Once the levels are summed: from here on the scale is that of the moved envelope. */
static void move_envelope(const live_shape *shape, const codec_shaping *shaping, float envelope_log2[LIVE_MAX_BANDS],
                          live_scaling *scaling)
{
    float moved_log2[LIVE_MAX_BANDS];
    for (uint32_t b = 0; b < shape->band_count; b++) moved_log2[b] = envelope_log2[b] + shaping->move_log2[b];
    bound_envelope(shape, moved_log2, envelope_log2);
    live_scaling_of_envelope(shape, envelope_log2, scaling);
}

static void silence_subbands(const live_shape *shape, uint32_t absent, float *coefficients)
{
    for (uint32_t c = 0; absent != 0u && c < shape->subband_count; c++, absent >>= 1)
        if (absent & 1u)
            memset(coefficients + c * shape->subband_width, 0, shape->subband_width * sizeof *coefficients);
}

/* Coefficients of one frame; all zero for silence. */
static void decode_coefficients(live_codec *self, const codec_frame *frame, const rsd_decode_controls *controls,
                                float *coefficients)
{
    const live_model *model = self->model;
    if (frame->is_silent || frame->amplitude == 0.0f) {
        memset(coefficients, 0, model->shape.hop * sizeof *coefficients);
        self->onset_frames = LIVE_ONSET_FRAMES;
        return;
    }
    live_scaling scaling;
    subband_fill fill[LIVE_MAX_SUBBANDS] = {{0}};
    float envelope_log2[LIVE_MAX_BANDS];
    bound_envelope(&model->shape, frame->envelope_log2, envelope_log2);
    live_scaling_of_envelope(&model->shape, envelope_log2, &scaling);
    sum_frame(model, &scaling, frame, controls, coefficients, fill);
    if (frame->shaping && frame->shaping->is_moved)
        move_envelope(&model->shape, frame->shaping, envelope_log2, &scaling);
    const float amount = fill_amount(model, frame, controls) * onset_share(self, frame);
    if (amount > 0.0f) fill_subbands(self, &scaling, fill, controls->noise_fill, amount, coefficients);
    for (uint32_t i = 0; i < model->shape.hop; i++) coefficients[i] *= scaling.scale[i] * frame->amplitude;
    if (frame->shaping) silence_subbands(&model->shape, frame->shaping->absent_subbands, coefficients);
    limit_energy(model->shape.hop, coefficients);
}

static float clamp_sample(float sample)
{
    const float low = sample < -LIVE_MAX_PEAK ? -LIVE_MAX_PEAK : sample;
    return low > LIVE_MAX_PEAK ? LIVE_MAX_PEAK : low;
}

/*
 * The hop that a frame completes is the one whose gain the frame before told. In a stream the frame agrees, as both
 * halves of the window were divided by the same gain. Where an effect has put it behind another one, each half has its
 * own.
 */
static void join_hop(const live_codec *self, const codec_frame *frame, const float *windowed, float *out)
{
    const uint32_t hop = self->model->shape.hop;
    const codec_gain before = frame->gain_before;
    if (before.start_log2 == self->late.start_log2 && before.attack_samples == self->late.attack_samples) {
        for (uint32_t i = 0; i < hop; i++) out[i] = self->overlap[i] + windowed[i];
        for (uint32_t i = 0; i < hop && !self->late_flat; i++) out[i] *= self->late_gain[i];
        return;
    }
    float gain[LIVE_MAX_HOP];
    bool flat;
    (void)live_attack_gain(hop, before.start_log2, before.attack_samples, gain, &flat);
    for (uint32_t i = 0; i < hop; i++)
        out[i] =
            self->overlap[i] * (self->late_flat ? 1.0f : self->late_gain[i]) + windowed[i] * (flat ? 1.0f : gain[i]);
}

void live_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame)
{
    live_codec *self = (live_codec *)codec;
    const live_shape *shape = &self->model->shape;
    float step_log2;
    frame->level_count = base_min_u32(tokens->level_count, self->model->level_count);
    memcpy(frame->tokens, tokens->tokens, self->model->level_end[self->model->level_count - 1u] * sizeof(int32_t));
    frame->band_count = shape->band_count;
    frame->is_silent = tokens->side[0] <= 0;
    if (frame->is_silent) {
        memset(self->decoder_envelope, 0, sizeof self->decoder_envelope);
        self->read_gain_log2 = 0.0f;
    } else {
        live_envelope_decode(shape, self->model->envelope_codebooks, tokens->side, self->decoder_envelope);
    }
    for (uint32_t b = 0; b < shape->band_count; b++)
        frame->envelope_log2[b] =
            frame->is_silent ? LIVE_MIN_ENVELOPE_LOG2 : self->decoder_envelope[b] + shape->mean_envelope[b];
    frame->gain_before = self->read_gain;
    frame->gain = (codec_gain){self->read_gain_log2, live_attack_position(shape, tokens->side, &step_log2)};
    self->read_gain = frame->gain;
    self->read_gain_log2 = live_attack_gain_end(shape->hop, frame->gain.start_log2, frame->gain.attack_samples);
}

void live_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls, float *out)
{
    live_codec *self = (live_codec *)codec;
    const uint32_t hop = self->model->shape.hop;
    float coefficients[LIVE_MAX_HOP], windowed[2u * LIVE_MAX_HOP];
    decode_coefficients(self, frame, controls, coefficients);
    rsd_mdct_inverse(self->mdct, coefficients, windowed);
    join_hop(self, frame, windowed, out);
    memcpy(self->overlap, windowed + hop, hop * sizeof *out);
    self->late = frame->gain;
    (void)live_attack_gain(hop, self->late.start_log2, self->late.attack_samples, self->late_gain, &self->late_flat);
    for (uint32_t i = 0; i < hop; i++) out[i] = clamp_sample(out[i]);
}

void live_reset(rsd_codec *codec)
{
    live_codec *self = (live_codec *)codec;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
    memset(self->decoder_envelope, 0, sizeof self->decoder_envelope);
    self->encoder_sounds = false;
    memset(self->history, 0, sizeof self->history);
    memset(self->overlap, 0, sizeof self->overlap);
    self->background = self->encoder_gain_log2 = self->read_gain_log2 = 0.0f;
    self->read_gain = self->late = (codec_gain){0.0f, -1};
    self->late_flat = true;
    self->onset_frames = LIVE_ONSET_FRAMES;
    self->noise = LIVE_NOISE_SEED;
}

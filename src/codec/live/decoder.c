// SPDX-License-Identifier: MIT
// Real-time decoder of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/decoded.h"

#include "base/numbers.h"

#include "codec/live/envelope.h"
#include "codec/live/tuning.h"

#include <string.h>

/* How much of level k counts as coded, whatever its gain: muting a level must not fill its place with noise. */
static float active_share(const rsd_decode_controls *controls, uint32_t level)
{
    const float share = controls->active_levels - (float)level;
    return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
}

uint32_t live_decoded_levels(const live_model *model, const codec_frame *frame)
{
    return frame->is_noise ? 0u : base_min_u32(frame->level_count, model->level_count);
}

void live_decoded_add_token(live_decoded *channel, const live_decoded *row, uint32_t level, int32_t token,
                            uint32_t subband, uint32_t stage)
{
    const live_model *model = channel->codec->model;
    const float gain = row->levels->level_gain[level], share = active_share(row->levels, level);
    live_allocation *allocation = &channel->allocation;
    live_fill *fill = &channel->fill[subband];
    fill->noise -= share * fill->noise;
    fill->restore += share * (model->restore[subband][stage + 1u] - fill->restore);
    if (gain != 0.0f)
        rsd_rvq_decode_codebook(model->codebooks, model->codebook_of[subband][stage], token,
                                gain * (model->codebook_scale[subband][stage] * allocation->scale[subband]),
                                channel->coefficients + subband * model->shape.subband_width);
    live_allocation_update(model, subband, stage, token, allocation);
}

/* Sums the levels with their gains. */
static void sum_levels(live_decoded *channel)
{
    const live_model *model = channel->codec->model;
    const codec_frame *frame = channel->frame;
    const uint32_t coded = live_decoded_levels(model, frame);
    for (uint32_t k = 0, s = 0; k < coded; k++) {
        for (; s < model->level_end[k]; s++) {
            uint32_t stage;
            const uint32_t subband = live_allocation_next(model, &channel->scaling, &channel->allocation, &stage);
            live_decoded_add_token(channel, channel, k, frame->tokens[s], subband, stage);
        }
    }
}

static float largest_gain(const live_model *model, const codec_frame *frame, const rsd_decode_controls *controls)
{
    float largest = 0.0f;
    for (uint32_t k = 0; k < base_min_u32(frame->level_count, model->level_count); k++)
        largest = controls->level_gain[k] > largest ? controls->level_gain[k] : largest;
    return largest;
}

/* Noise fill is scaled by the largest gain: with all gains 0 the codec is silent. */
static float fill_amount(const live_model *model, const codec_frame *frame, const rsd_decode_controls *controls)
{
    const float largest = largest_gain(model, frame, controls);
    return (largest > 1.0f ? 1.0f : largest) * (frame->is_noise ? 1.0f : controls->noise_fill);
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

/* What a frame is that sounds, before its levels are summed. */
static void begin_sum(live_decoded *channel)
{
    const live_model *model = channel->codec->model;
    bound_envelope(&model->shape, channel->frame->envelope_log2, channel->envelope_log2);
    live_scaling_of_envelope(&model->shape, channel->envelope_log2, &channel->scaling);
    for (uint32_t c = 0; c < model->shape.subband_count; c++) channel->fill[c] = (live_fill){model->fill[c], 1.0f};
}

void live_decoded_begin(live_decoded *channel)
{
    const codec_frame *frame = channel->frame;
    const codec_shaping *shaping = frame->shaping;
    const uint32_t hop = channel->codec->model->shape.hop;
    memset(channel->coefficients, 0, hop * sizeof *channel->coefficients);
    channel->sounding.codec = channel->codec;
    channel->sounding.frame = frame;
    channel->sounding.active_levels = channel->controls->active_levels;
    channel->sounding.coefficients = channel->coefficients;
    channel->sounds = !(frame->is_silent || frame->amplitude == 0.0f);
    channel->sounding.begins =
        live_onset_step(&channel->codec->onset, hop, channel->sounds, frame->gain.attack_samples >= 0);
    channel->sounding.is_filled = false;
    channel->sounding.gain = 1.0f;
    channel->sounding.told_energy = 0.0f;
    channel->levels = channel->controls;
    if (shaping && shaping->other) {
        codec_share_levels(shaping, channel->controls, &channel->own, &channel->others);
        channel->levels = &channel->own;
    }
    if (!channel->sounds) {
        memset(channel->sounding.coded, 0, hop * sizeof *channel->sounding.coded);
        channel->codec->onset_frames = LIVE_ONSET_FRAMES;
        return;
    }
    begin_sum(channel);
}

/* Share of the frame's tokens that are the other frame's: so much of what is filled is as that one has it. */
static float shared_fill(const live_model *model, const codec_frame *frame, const codec_shaping *shaping)
{
    const uint32_t coded = live_decoded_levels(model, frame), end = base_min_u32(shaping->other_end, coded);
    if (end <= shaping->other_begin) return 0.0f;
    const uint32_t before = shaping->other_begin > 0u ? model->level_end[shaping->other_begin - 1u] : 0u;
    return shaping->other_share * (float)(model->level_end[end - 1u] - before) / (float)model->level_end[coded - 1u];
}

void live_decoded_begin_other(const live_decoded *channel, live_decoded *other)
{
    const live_shape *shape = &channel->codec->model->shape;
    other->codec = channel->codec;
    other->frame = channel->frame->shaping->other;
    other->controls = other->levels = &channel->others;
    other->sounds = !other->frame->is_silent;
    memset(other->coefficients, 0, shape->hop * sizeof *other->coefficients);
    for (uint32_t c = 0; c < shape->subband_count; c++) other->fill[c] = (live_fill){0.0f, 1.0f};
    if (other->sounds) begin_sum(other);
}

void live_decoded_merge_other(live_decoded *channel, const live_decoded *other)
{
    const live_model *model = channel->codec->model;
    const float weight = shared_fill(model, channel->frame, channel->frame->shaping);
    for (uint32_t i = 0; i < model->shape.hop; i++) channel->coefficients[i] += other->coefficients[i];
    for (uint32_t c = 0; c < model->shape.subband_count; c++) {
        // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): begun, as many as the shape has
        channel->fill[c].noise += weight * (other->fill[c].noise - channel->fill[c].noise);
        // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): begun, as many as the shape has
        channel->fill[c].restore += weight * (other->fill[c].restore - channel->fill[c].restore);
    }
}

bool live_decoded_has_other(const live_decoded *channel)
{
    return channel->frame->shaping && channel->frame->shaping->other;
}

/* Adds the codewords of another frame, each where that frame's own envelope gives it its place. */
static void add_other(live_decoded *channel)
{
    live_decoded other;
    live_decoded_begin_other(channel, &other);
    if (other.sounds) {
        live_allocation_begin(channel->codec->model, &other.scaling, &other.allocation);
        sum_levels(&other);
    }
    live_decoded_merge_other(channel, &other);
}

/* Once the levels are summed: from here on the scale is that of the moved envelope. */
static void move_envelope(live_decoded *channel, const codec_shaping *shaping)
{
    const live_shape *shape = &channel->codec->model->shape;
    float moved_log2[LIVE_MAX_BANDS];
    for (uint32_t b = 0; b < shape->band_count; b++)
        // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): begun, as many as the shape has
        moved_log2[b] = channel->envelope_log2[b] + shaping->move_log2[b];
    bound_envelope(shape, moved_log2, channel->envelope_log2);
    live_scaling_of_envelope(shape, channel->envelope_log2, &channel->scaling);
}

static void silence_subbands(const live_shape *shape, uint32_t absent, float *coefficients)
{
    for (uint32_t c = 0; absent != 0u && c < shape->subband_count; c++, absent >>= 1)
        if (absent & 1u)
            memset(coefficients + c * shape->subband_width, 0, shape->subband_width * sizeof *coefficients);
}

/* Normalised coefficients become those of the sound. */
static void scale_coefficients(const live_decoded *channel, float *coefficients)
{
    const codec_shaping *shaping = channel->frame->shaping;
    const live_shape *shape = &channel->codec->model->shape;
    for (uint32_t i = 0; i < shape->hop; i++)
        // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): begun, as many as the shape has
        coefficients[i] *= channel->scaling.scale[i] * channel->frame->amplitude;
    if (shaping) silence_subbands(shape, shaping->absent_subbands, coefficients);
}

void live_decoded_finish(live_decoded *channel)
{
    live_codec *self = channel->codec;
    const live_shape *shape = &self->model->shape;
    const rsd_decode_controls *controls = channel->controls;
    const codec_shaping *shaping = channel->frame->shaping;
    if (shaping && shaping->is_moved) move_envelope(channel, shaping);
    const float amount = fill_amount(self->model, channel->frame, controls) * onset_share(self, channel->frame);
    channel->sounding.is_filled = amount > 0.0f;
    channel->sounding.gain = largest_gain(self->model, channel->frame, controls) * channel->frame->amplitude;
    channel->sounding.begins = channel->sounding.begins && amount > 0.0f;
    if (channel->sounding.is_filled) {
        memcpy(channel->sounding.coded, channel->coefficients, shape->hop * sizeof *channel->sounding.coded);
        scale_coefficients(channel, channel->sounding.coded);
    }
    if (channel->sounding.begins) {
        const float gain = channel->sounding.gain;
        channel->sounding.told_energy = gain * gain * live_envelope_energy(shape, channel->envelope_log2);
    }
    if (amount > 0.0f)
        live_fill_subbands(self->model, &channel->scaling, channel->fill,
                           &(live_fill_amounts){controls->noise_fill, amount}, &self->noise, channel->coefficients);
    scale_coefficients(channel, channel->coefficients);
}

void live_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls, float *out)
{
    live_decoded channel;
    channel.codec = (live_codec *)codec;
    channel.frame = frame;
    channel.controls = controls;
    live_decoded_begin(&channel);
    if (channel.sounds) {
        live_allocation_begin(channel.codec->model, &channel.scaling, &channel.allocation);
        sum_levels(&channel);
        if (live_decoded_has_other(&channel)) add_other(&channel);
        live_decoded_finish(&channel);
    }
    live_sound(&channel.sounding, out);
}

void live_reset(rsd_codec *codec)
{
    live_codec *self = (live_codec *)codec;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
    memset(self->decoder_envelope, 0, sizeof self->decoder_envelope);
    self->encoder_sounds = false;
    memset(self->history, 0, sizeof self->history);
    memset(self->overlap, 0, sizeof self->overlap);
    memset(self->error, 0, sizeof self->error);
    self->error_energy = self->peak_energy = 0.0f;
    self->background = self->encoder_gain_log2 = self->read_gain_log2 = 0.0f;
    self->read_gain = self->late = (codec_gain){0.0f, -1};
    self->hop_gain = self->hop_gain_before = (codec_gain){0.0f, -1};
    live_rotation_reset(&self->encoder_rotation);
    live_rotation_reset(&self->read_rotation);
    live_rotation_choice_reset(&self->choice);
    self->late_flat = true;
    self->onset_frames = LIVE_ONSET_FRAMES;
    self->onset = (live_onset){0};
    self->noise = LIVE_NOISE_SEED;
}

// SPDX-License-Identifier: MIT
// Real-time decoder of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/codec.h"

#include "base/numbers.h"

#include "codec/live/allocation.h"
#include "codec/live/attack.h"
#include "codec/live/envelope.h"
#include "codec/live/fill.h"
#include "codec/live/pair.h"
#include "codec/live/sounding.h"
#include "codec/live/tuning.h"

#include <string.h>

/* How much of level k counts as coded, whatever its gain: muting a level must not fill its place with noise. */
static float active_share(const rsd_decode_controls *controls, uint32_t level)
{
    const float share = controls->active_levels - (float)level;
    return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
}

/* Levels whose tokens count. */
static uint32_t levels_of(const live_model *model, const codec_frame *frame)
{
    return frame->is_noise ? 0u : base_min_u32(frame->level_count, model->level_count);
}

/* One channel, or signal of a pair, while a frame of it is put together. */
typedef struct {
    live_codec *codec;
    const codec_frame *frame;
    const rsd_decode_controls *controls;
    const rsd_decode_controls *levels; /* the same, but the gains of what a frame keeps of its own levels */
    rsd_decode_controls own, others;   /* in cross-synthesis */
    bool sounds;
    float envelope_log2[LIVE_MAX_BANDS], coefficients[LIVE_MAX_HOP];
    live_sounding sounding;
    live_scaling scaling;
    live_allocation allocation;
    live_fill fill[LIVE_MAX_SUBBANDS];
} decoded_channel;

/* What a sub-band gets: a token of `row`, which may be another channel's. */
static void add_token(decoded_channel *channel, const decoded_channel *row, uint32_t level, int32_t token,
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
static void sum_levels(decoded_channel *channel)
{
    const live_model *model = channel->codec->model;
    const codec_frame *frame = channel->frame;
    const uint32_t coded = levels_of(model, frame);
    for (uint32_t k = 0, s = 0; k < coded; k++) {
        for (; s < model->level_end[k]; s++) {
            uint32_t stage;
            const uint32_t subband = live_allocation_next(model, &channel->scaling, &channel->allocation, &stage);
            add_token(channel, channel, k, frame->tokens[s], subband, stage);
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
static void begin_sum(decoded_channel *channel)
{
    const live_model *model = channel->codec->model;
    bound_envelope(&model->shape, channel->frame->envelope_log2, channel->envelope_log2);
    live_scaling_of_envelope(&model->shape, channel->envelope_log2, &channel->scaling);
    for (uint32_t c = 0; c < model->shape.subband_count; c++) channel->fill[c] = (live_fill){model->fill[c], 1.0f};
}

static void begin_channel(decoded_channel *channel)
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
    const uint32_t coded = levels_of(model, frame), end = base_min_u32(shaping->other_end, coded);
    if (end <= shaping->other_begin) return 0.0f;
    const uint32_t before = shaping->other_begin > 0u ? model->level_end[shaping->other_begin - 1u] : 0u;
    return shaping->other_share * (float)(model->level_end[end - 1u] - before) / (float)model->level_end[coded - 1u];
}

/* The frame that shares its levels with a channel's. */
static void begin_other(const decoded_channel *channel, decoded_channel *other)
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

static void merge_other(decoded_channel *channel, const decoded_channel *other)
{
    const live_model *model = channel->codec->model;
    const float weight = shared_fill(model, channel->frame, channel->frame->shaping);
    for (uint32_t i = 0; i < model->shape.hop; i++) channel->coefficients[i] += other->coefficients[i];
    for (uint32_t c = 0; c < model->shape.subband_count; c++) {
        channel->fill[c].noise += weight * (other->fill[c].noise - channel->fill[c].noise);
        channel->fill[c].restore += weight * (other->fill[c].restore - channel->fill[c].restore);
    }
}

static bool has_other(const decoded_channel *channel)
{
    return channel->frame->shaping && channel->frame->shaping->other;
}

/* Adds the codewords of another frame, each where that frame's own envelope gives it its place. */
static void add_other(decoded_channel *channel)
{
    decoded_channel other;
    begin_other(channel, &other);
    if (other.sounds) {
        live_allocation_begin(channel->codec->model, &other.scaling, &other.allocation);
        sum_levels(&other);
    }
    merge_other(channel, &other);
}

/* Once the levels are summed: from here on the scale is that of the moved envelope. */
static void move_envelope(decoded_channel *channel, const codec_shaping *shaping)
{
    const live_shape *shape = &channel->codec->model->shape;
    float moved_log2[LIVE_MAX_BANDS];
    for (uint32_t b = 0; b < shape->band_count; b++) moved_log2[b] = channel->envelope_log2[b] + shaping->move_log2[b];
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
static void scale_coefficients(const decoded_channel *channel, float *coefficients)
{
    const codec_shaping *shaping = channel->frame->shaping;
    const live_shape *shape = &channel->codec->model->shape;
    for (uint32_t i = 0; i < shape->hop; i++) coefficients[i] *= channel->scaling.scale[i] * channel->frame->amplitude;
    if (shaping) silence_subbands(shape, shaping->absent_subbands, coefficients);
}

/* What the levels leave room for, what effects do to the sound, and the scale. */
static void finish_channel(decoded_channel *channel)
{
    live_codec *self = channel->codec;
    const live_shape *shape = &self->model->shape;
    const rsd_decode_controls *controls = channel->controls;
    const codec_shaping *shaping = channel->frame->shaping;
    if (shaping && shaping->is_moved) move_envelope(channel, shaping);
    const float amount = fill_amount(self->model, channel->frame, controls) * onset_share(self, channel->frame);
    channel->sounding.begins = channel->sounding.begins && amount > 0.0f;
    if (channel->sounding.begins) {
        memcpy(channel->sounding.coded, channel->coefficients, shape->hop * sizeof *channel->sounding.coded);
        scale_coefficients(channel, channel->sounding.coded);
        const float gain = largest_gain(self->model, channel->frame, controls) * channel->frame->amplitude;
        channel->sounding.told_energy = gain * gain * live_envelope_energy(shape, channel->envelope_log2);
    }
    if (amount > 0.0f)
        live_fill_subbands(self->model, &channel->scaling, channel->fill,
                           &(live_fill_amounts){controls->noise_fill, amount}, &self->noise, channel->coefficients);
    scale_coefficients(channel, channel->coefficients);
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
    decoded_channel channel;
    channel.codec = (live_codec *)codec;
    channel.frame = frame;
    channel.controls = controls;
    begin_channel(&channel);
    if (channel.sounds) {
        live_allocation_begin(channel.codec->model, &channel.scaling, &channel.allocation);
        sum_levels(&channel);
        if (has_other(&channel)) add_other(&channel);
        finish_channel(&channel);
    }
    live_sound(&channel.sounding, out);
}

/* ---- a pair: two channels as one sound ---- */

void live_read_pair(rsd_codec *const codecs[2], const rsd_token_frame *const tokens[2], codec_frame *const frames[2])
{
    live_codec *const selves[2] = {(live_codec *)codecs[0], (live_codec *)codecs[1]};
    const live_shape *shape = &selves[0]->model->shape;
    for (uint32_t i = 0; i < 2u; i++) {
        live_read_frame(codecs[i], tokens[i], frames[i]);
        memcpy(frames[i]->pair_angle, selves[0]->read_rotation.angle, sizeof selves[0]->read_rotation.angle);
    }
    live_rotation_take_pair(shape, (const int32_t *[]){tokens[0]->side, tokens[1]->side}, &selves[0]->read_rotation);
    if (frames[0]->is_silent == frames[1]->is_silent) return;
    const uint32_t silent = frames[0]->is_silent ? 0u : 1u;
    frames[silent]->gain = frames[1u - silent]->gain;
    selves[silent]->read_gain = selves[1u - silent]->read_gain;
    selves[silent]->read_gain_log2 = selves[1u - silent]->read_gain_log2;
}

/* Where an effect has put frames of two times beside each other, they may not agree. */
static live_rotation rotation_of(const codec_frame *const frames[2])
{
    live_rotation rotation;
    live_rotation_set_apart(&rotation);
    if (!live_gains_equal(&frames[0]->gain_before, &frames[1]->gain_before) ||
        !live_gains_equal(&frames[0]->gain, &frames[1]->gain))
        return rotation;
    for (uint32_t u = 0; u < LIVE_MAX_UNITS; u++)
        if (frames[0]->pair_angle[u] == frames[1]->pair_angle[u]) rotation.angle[u] = frames[0]->pair_angle[u];
    return rotation;
}

static void sum_pair_levels(decoded_channel pair[2], live_pair *places)
{
    const live_model *model = places->model;
    const uint32_t coded[2] = {levels_of(model, pair[0].frame), levels_of(model, pair[1].frame)};
    for (uint32_t k = 0; k < coded[0] || k < coded[1]; k++) {
        for (uint32_t row = 0; row < 2u; row++) {
            for (uint32_t s = k > 0u ? model->level_end[k - 1u] : 0u; s < model->level_end[k]; s++) {
                live_pair_place to;
                const int32_t token = k < coded[row] ? pair[row].frame->tokens[s] : RSD_TOKEN_NONE;
                if (k < coded[row] && live_pair_next(places, row, &to))
                    add_token(&pair[to.channel], &pair[row], k, token, to.subband, to.stage);
            }
        }
    }
}

/* Of channels that have begun. */
static void sum_pair(decoded_channel pair[2], const live_rotation *rotation)
{
    live_pair places = {.model = pair[0].codec->model};
    live_pair_begin(&places, rotation, (live_scaling *[]){&pair[0].scaling, &pair[1].scaling},
                    (live_allocation *[]){&pair[0].allocation, &pair[1].allocation},
                    (bool[]){pair[0].sounds, pair[1].sounds});
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) live_allocation_begin(places.model, &pair[i].scaling, &pair[i].allocation);
    sum_pair_levels(pair, &places);
}

/* Another pair's codewords: its first signal's to the first, its second's to the second. */
static void add_other_pair(decoded_channel pair[2])
{
    decoded_channel others[2];
    for (uint32_t i = 0; i < 2u; i++) begin_other(&pair[i], &others[i]);
    const live_rotation rotation = rotation_of((const codec_frame *[]){others[0].frame, others[1].frame});
    sum_pair(others, &rotation);
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) merge_other(&pair[i], &others[i]);
}

/* A silent one of two goes on as the other does, so that equal channels stay equal when both sound again. */
static void follow_sounding(decoded_channel pair[2])
{
    if (pair[0].sounds == pair[1].sounds) return;
    const uint32_t silent = pair[0].sounds ? 1u : 0u, other = 1u - silent;
    pair[silent].codec->noise = pair[other].codec->noise;
    pair[silent].codec->onset_frames = pair[other].codec->onset_frames;
    pair[silent].codec->onset = pair[other].codec->onset;
    pair[silent].sounding.begins = pair[other].sounding.begins;
}

/* Of first and second, left and right. Where they are coded together, what has begun in one has begun in both. */
static bool rotate_back(decoded_channel pair[2], const live_rotation *rotation)
{
    const live_shape *shape = &pair[0].codec->model->shape;
    const bool shared = live_rotation_is_shared(shape, rotation),
               begins = pair[0].sounding.begins && pair[1].sounding.begins;
    live_rotation_back(shape, rotation, pair[0].coefficients, pair[1].coefficients);
    if (!shared) return false;
    if (begins) live_rotation_back(shape, rotation, pair[0].sounding.coded, pair[1].sounding.coded);
    const float told_energy = pair[0].sounding.told_energy + pair[1].sounding.told_energy;
    for (uint32_t i = 0; i < 2u; i++) {
        pair[i].sounding.begins = begins;
        pair[i].sounding.told_energy = told_energy;
    }
    return true;
}

void live_synthesise_pair(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                          const rsd_decode_controls *const controls[2], float *const out[2])
{
    decoded_channel pair[2];
    const live_rotation rotation = rotation_of(frames);
    for (uint32_t i = 0; i < 2u; i++) {
        pair[i].codec = (live_codec *)codecs[i];
        pair[i].frame = frames[i];
        pair[i].controls = controls[i];
        begin_channel(&pair[i]);
    }
    sum_pair(pair, &rotation);
    if (has_other(&pair[0]) && has_other(&pair[1])) add_other_pair(pair);
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) finish_channel(&pair[i]);
    follow_sounding(pair);
    const bool shared = rotate_back(pair, &rotation);
    live_sound_pair((live_sounding *[]){&pair[0].sounding, &pair[1].sounding}, shared, out);
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
    self->hop_gain = self->hop_gain_before = (codec_gain){0.0f, -1};
    live_rotation_reset(&self->encoder_rotation);
    live_rotation_reset(&self->read_rotation);
    live_rotation_choice_reset(&self->choice);
    self->late_flat = true;
    self->onset_frames = LIVE_ONSET_FRAMES;
    self->onset = (live_onset){0};
    self->noise = LIVE_NOISE_SEED;
}

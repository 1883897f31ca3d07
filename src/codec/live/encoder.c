// SPDX-License-Identifier: MIT
// Real-time encoder of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/codec.h"

#include "base/numbers.h"

#include "codec/live/allocation.h"
#include "codec/live/attack.h"
#include "codec/live/envelope.h"
#include "codec/live/pair.h"
#include "codec/live/search.h"
#include "codec/live/tuning.h"

#include <string.h>

/* What a channel's coding adds and leaves, in the scale of the sound. */
typedef struct {
    float error[LIVE_MAX_SUBBANDS], added;
} subband_energies;

/* One channel, or signal of a pair, while a frame of it is coded. */
typedef struct {
    live_codec *codec;
    rsd_token_frame *frame;
    rsd_level_meter *meter; /* or NULL */
    int32_t attack;         /* its code, or -1 */
    bool sounds;
    float coefficients[LIVE_MAX_HOP]; /* then normalised, then what the levels leave of them */
    live_scaling scaling;
    live_allocation allocation;
    live_search_frame search;
    subband_energies energies;
} coded_channel;

static const live_model *model_of(const coded_channel *channel) { return channel->codec->model; }

static uint32_t sequence_count(const live_model *model) { return model->level_end[model->level_count - 1u]; }

static void clear_frame(const live_model *model, rsd_token_frame *frame, rsd_level_meter *meter)
{
    for (uint32_t s = 0; s < sequence_count(model); s++) frame->tokens[s] = RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < model->shape.envelope_codebook_count; s++) frame->side[s] = 0;
    if (meter) memset(meter, 0, sizeof *meter);
}

static int32_t find_attack(live_codec *codec, const float *in)
{
    const live_shape *shape = &codec->model->shape;
    return live_attack_place(shape, live_attack_find(in, shape->hop, &codec->background));
}

/* Takes in a hop of sound, flattens its attack, and transforms. */
static void transform_hop(coded_channel *channel, const float *in)
{
    live_codec *self = channel->codec;
    const uint32_t hop = self->model->shape.hop;
    float gain[LIVE_MAX_HOP], *now = self->history + hop;
    bool flat;
    memcpy(self->history, now, hop * sizeof *in);
    memcpy(now, in, hop * sizeof *in);
    self->hop_gain_before = self->hop_gain;
    self->hop_gain = (codec_gain){self->encoder_gain_log2, channel->attack};
    self->encoder_gain_log2 = live_attack_gain(hop, self->encoder_gain_log2, channel->attack, gain, &flat);
    for (uint32_t i = 0; i < hop && !flat; i++) now[i] /= gain[i];
    rsd_mdct_forward(self->mdct, self->history, channel->coefficients);
}

static float scaled_energy(const float *values, const float *scale, uint32_t count)
{
    float sum = 0.0f;
    for (uint32_t i = 0; i < count; i++) sum += values[i] * scale[i] * (values[i] * scale[i]);
    return sum;
}

/* ---- side tokens ---- */

/* Silence needs no levels: side token 0 says it all, the levels' tokens are 0 so that the file has no holes. */
static void code_silence(coded_channel *channel)
{
    live_codec *self = channel->codec;
    rsd_token_frame *frame = channel->frame;
    const uint32_t end = frame->level_count > 0u ? self->model->level_end[frame->level_count - 1u] : 0u;
    for (uint32_t s = 0; s < end; s++) frame->tokens[s] = 0;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
    self->encoder_sounds = false;
    self->encoder_gain_log2 = 0.0f;
    self->hop_gain = (codec_gain){0.0f, -1};
}

/* telling: see live_envelope_encode. */
static void code_envelope(coded_channel *channel, const live_telling *telling)
{
    live_codec *self = channel->codec;
    const live_shape *shape = &self->model->shape;
    float envelope[LIVE_MAX_BANDS];
    live_envelope_measure(shape, channel->coefficients, channel->attack >= 0 || !self->encoder_sounds,
                          self->encoder_power, envelope);
    self->encoder_sounds = true;
    live_envelope_encode(shape, self->model->envelope_codebooks, envelope, &(live_side_notes){channel->attack, telling},
                         self->encoder_envelope, channel->frame->side);
    live_scaling_of(shape, self->encoder_envelope, &channel->scaling);
}

/* Of coefficients in which a pair is rotated already. */
static void code_side(coded_channel *channel, const rsd_encode_controls *controls, const live_telling *telling)
{
    const live_model *model = model_of(channel);
    clear_frame(model, channel->frame, channel->meter);
    channel->frame->level_count = base_min_u32(controls->level_count, model->level_count);
    const float mean_square = live_mean_square(channel->coefficients, model->shape.hop);
    if (channel->meter) channel->meter->input_energy = mean_square * (float)model->shape.hop;
    channel->sounds = !(mean_square < LIVE_SILENCE);
    if (channel->sounds)
        code_envelope(channel, telling);
    else
        code_silence(channel);
}

/* ---- levels ---- */

static void begin_levels(coded_channel *channel, const rsd_encode_controls *controls)
{
    const live_model *model = model_of(channel);
    const uint32_t width = model->shape.subband_width;
    const live_scaling *scaling = &channel->scaling;
    for (uint32_t i = 0; i < model->shape.hop; i++) channel->coefficients[i] *= scaling->inverse[i];
    live_allocation_begin(model, scaling, &channel->allocation);
    live_search_begin(model, channel->attack >= 0, controls->codebook_bits, channel->coefficients, &channel->search);
    for (uint32_t c = 0; channel->meter && c < model->shape.subband_count; c++)
        channel->energies.error[c] =
            scaled_energy(channel->coefficients + c * width, scaling->scale + c * width, width);
}

static int32_t code_subband(coded_channel *channel, uint32_t subband, uint32_t stage)
{
    const live_model *model = model_of(channel);
    const uint32_t width = model->shape.subband_width;
    const float *scale = channel->scaling.scale + subband * width;
    const bool is_metered = channel->meter != NULL;
    float *residual = channel->coefficients + subband * width, before[LIVE_MAX_HOP];
    if (is_metered) memcpy(before, residual, width * sizeof *before);
    const int32_t token =
        live_search_encode(model, subband, stage, channel->allocation.scale[subband], &channel->search, residual);
    live_allocation_update(model, subband, stage, token, &channel->allocation);
    if (is_metered) {
        for (uint32_t i = 0; i < width; i++) before[i] -= residual[i];
        channel->energies.added += scaled_energy(before, scale, width);
        channel->energies.error[subband] = scaled_energy(residual, scale, width);
    }
    return token;
}

static void meter_level(coded_channel *channel, uint32_t level)
{
    if (!channel->meter || !channel->sounds) return;
    channel->meter->level_energy[level] = channel->energies.added;
    for (uint32_t c = 0; c < model_of(channel)->shape.subband_count; c++)
        channel->meter->error_energy[level] += channel->energies.error[c];
    channel->energies.added = 0.0f;
}

static void code_levels(coded_channel *channel)
{
    const live_model *model = model_of(channel);
    rsd_token_frame *frame = channel->frame;
    uint64_t mark = codec_stages_begin(channel->codec->base.stages);
    channel->energies.added = 0.0f;
    for (uint32_t k = 0, s = 0; k < frame->level_count; k++) {
        for (; s < model->level_end[k]; s++) {
            uint32_t stage;
            const uint32_t subband = live_allocation_next(model, &channel->scaling, &channel->allocation, &stage);
            frame->tokens[s] = code_subband(channel, subband, stage);
        }
        meter_level(channel, k);
        codec_mark_level(&channel->codec->base, k, &mark);
    }
}

static void finish_meter(const coded_channel *channel)
{
    rsd_level_meter *meter = channel->meter;
    const uint32_t coded = channel->frame->level_count;
    if (!meter) return;
    const float error = coded > 0u ? meter->error_energy[coded - 1u] : meter->input_energy;
    for (uint32_t k = coded; k < model_of(channel)->level_count; k++) meter->error_energy[k] = error;
}

void live_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                 rsd_level_meter *meter)
{
    coded_channel channel;
    channel.codec = (live_codec *)codec;
    channel.frame = frame;
    channel.meter = meter;
    channel.attack = find_attack(channel.codec, in);
    transform_hop(&channel, in);
    code_side(&channel, controls, NULL);
    if (channel.sounds) {
        begin_levels(&channel, controls);
        code_levels(&channel);
    }
    finish_meter(&channel);
}

/* ---- a pair: two channels as one sound ---- */

/* Where most of the sound is coded together, an attack in one channel is one in both: both are flattened alike, and stay
 * the sum and difference of each other. */
static void find_attacks(coded_channel pair[2], const float *const in[2])
{
    live_codec *first = pair[0].codec;
    for (uint32_t i = 0; i < 2u; i++) pair[i].attack = find_attack(pair[i].codec, in[i]);
    if (first->choice.shared_share <= LIVE_SHARED_ATTACK_SHARE) return;
    const int32_t a = pair[0].attack, b = pair[1].attack;
    pair[0].attack = pair[1].attack = a < 0 || (b >= 0 && b < a) ? b : a;
}

/* A silent one of two follows the gain of the other, so that both are flattened alike when it sounds. */
static void share_gain(coded_channel pair[2], bool first_sounds, bool second_sounds)
{
    if (first_sounds == second_sounds) return;
    live_codec *silent = pair[first_sounds ? 1 : 0].codec;
    const live_codec *other = pair[first_sounds ? 0 : 1].codec;
    silent->hop_gain = other->hop_gain;
    silent->encoder_gain_log2 = other->encoder_gain_log2;
    pair[0].attack = pair[1].attack = other->hop_gain.attack_samples;
}

static bool is_sound(const coded_channel *channel)
{
    return !(live_mean_square(channel->coefficients, model_of(channel)->shape.hop) < LIVE_SILENCE);
}

static bool attacks_equal(const coded_channel pair[2])
{
    const live_codec *a = pair[0].codec, *b = pair[1].codec;
    return live_gains_equal(&a->hop_gain_before, &b->hop_gain_before) && live_gains_equal(&a->hop_gain, &b->hop_gain);
}

static bool are_equal(const coded_channel pair[2])
{
    return memcmp(pair[0].coefficients, pair[1].coefficients, model_of(&pair[0])->shape.hop * sizeof(float)) == 0;
}

/* Each tells what is urgent of the rotation; equal channels that begin have to tell the same. */
static void code_both_sides(coded_channel pair[2], const rsd_encode_controls *controls)
{
    live_codec *first = pair[0].codec;
    const live_shape *shape = &first->model->shape;
    live_rotation told = first->encoder_rotation;
    const bool equal = told.is_fresh && are_equal(pair), alone = is_sound(&pair[0]) != is_sound(&pair[1]);
    for (uint32_t i = 0; i < 2u; i++) {
        const live_telling telling = alone ? live_rotation_telling_alone(shape, &told, &first->choice)
                                           : live_rotation_telling(shape, &told, &first->choice, i);
        code_side(&pair[i], controls, equal ? NULL : &telling);
        if (alone && pair[i].sounds) live_rotation_count_alone(shape, pair[i].frame->side, &first->choice);
        if (equal || alone) continue;
        live_rotation_take(shape, pair[i].frame->side, &told);
        live_rotation_count(shape, pair[i].frame->side, &first->choice);
    }
    live_rotation_take_pair(shape, (const int32_t *[]){pair[0].frame->side, pair[1].frame->side},
                            &first->encoder_rotation);
}

/* Rotates where both are flattened alike, and has both told. Returns the rotation of this frame. */
static live_rotation code_sides(coded_channel pair[2], const rsd_encode_controls *controls)
{
    live_codec *first = pair[0].codec;
    const live_shape *shape = &first->model->shape;
    const bool begins = pair[0].attack >= 0 || pair[1].attack >= 0;
    live_rotation_choose(shape, pair[0].coefficients, pair[1].coefficients, begins, &first->encoder_rotation,
                         &first->choice);
    live_rotation rotation = first->encoder_rotation;
    share_gain(pair, is_sound(&pair[0]), is_sound(&pair[1]));
    if (!attacks_equal(pair)) live_rotation_set_apart(&rotation);
    live_rotation_forward(shape, &rotation, pair[0].coefficients, pair[1].coefficients);
    code_both_sides(pair, controls);
    share_gain(pair, pair[0].sounds, pair[1].sounds);
    if (!pair[0].sounds && !pair[1].sounds) first->choice.sounds = false;
    return rotation;
}

static void code_pair_levels(coded_channel pair[2], live_pair *places)
{
    const live_model *model = places->model;
    uint64_t mark = codec_stages_begin(pair[0].codec->base.stages);
    pair[0].energies.added = pair[1].energies.added = 0.0f;
    for (uint32_t k = 0; k < pair[0].frame->level_count; k++) {
        for (uint32_t row = 0; row < 2u; row++) {
            for (uint32_t s = k > 0u ? model->level_end[k - 1u] : 0u; s < model->level_end[k]; s++) {
                live_pair_place place;
                if (live_pair_next(places, row, &place))
                    pair[row].frame->tokens[s] = code_subband(&pair[place.channel], place.subband, place.stage);
            }
        }
        for (uint32_t i = 0; i < 2u; i++) meter_level(&pair[i], k);
        codec_mark_level(&pair[0].codec->base, k, &mark);
    }
}

void live_encode_pair(rsd_codec *const codecs[2], const float *const in[2], const rsd_encode_controls *controls,
                      rsd_token_frame *const frames[2], rsd_level_meter *const meters[2])
{
    coded_channel pair[2];
    live_pair places = {.model = ((live_codec *)codecs[0])->model};
    for (uint32_t i = 0; i < 2u; i++) {
        pair[i].codec = (live_codec *)codecs[i];
        pair[i].frame = frames[i];
        pair[i].meter = meters[i];
    }
    find_attacks(pair, in);
    for (uint32_t i = 0; i < 2u; i++) transform_hop(&pair[i], in[i]);
    const live_rotation rotation = code_sides(pair, controls);
    live_pair_begin(&places, &rotation, (live_scaling *[]){&pair[0].scaling, &pair[1].scaling},
                    (live_allocation *[]){&pair[0].allocation, &pair[1].allocation},
                    (bool[]){pair[0].sounds, pair[1].sounds});
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) begin_levels(&pair[i], controls);
    code_pair_levels(pair, &places);
    for (uint32_t i = 0; i < 2u; i++) finish_meter(&pair[i]);
}

// SPDX-License-Identifier: MIT
// Real-time encoder of the `live` codec: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/coded.h"

#include "base/numbers.h"

#include "codec/live/attack.h"
#include "codec/live/envelope.h"
#include "codec/live/peaks.h"
#include "codec/live/tuning.h"

#include <string.h>

static const live_model *model_of(const live_coded *channel) { return channel->codec->model; }

static uint32_t sequence_count(const live_model *model) { return model->level_end[model->level_count - 1u]; }

static void clear_frame(const live_model *model, rsd_token_frame *frame, rsd_level_meter *meter)
{
    for (uint32_t s = 0; s < sequence_count(model); s++) frame->tokens[s] = RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < model->shape.envelope_codebook_count; s++) frame->side[s] = 0;
    if (meter) memset(meter, 0, sizeof *meter);
}

int32_t live_coded_find_attack(live_codec *codec, const float *in)
{
    const live_shape *shape = &codec->model->shape;
    return live_attack_place(shape, live_attack_find(in, shape->hop, &codec->background));
}

/* Takes in a hop of sound, flattens its attack, and transforms. */
void live_coded_transform(live_coded *channel, const float *in)
{
    live_codec *self = channel->codec;
    const uint32_t hop = self->model->shape.hop;
    float gain[LIVE_MAX_HOP], *now = self->history + hop;
    bool flat;
    self->peak_energy = live_peaks_follow(in, hop, self->peak_energy);
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
static void code_silence(live_coded *channel)
{
    live_codec *self = channel->codec;
    rsd_token_frame *frame = channel->frame;
    const uint32_t end = frame->level_count > 0u ? self->model->level_end[frame->level_count - 1u] : 0u;
    for (uint32_t s = 0; s < end; s++) frame->tokens[s] = 0;
    memset(self->encoder_envelope, 0, sizeof self->encoder_envelope);
    self->encoder_sounds = false;
    memset(self->error, 0, sizeof self->error);
    self->error_energy = self->peak_energy = 0.0f;
    self->encoder_gain_log2 = 0.0f;
    self->hop_gain = (codec_gain){0.0f, -1};
}

/* telling: see live_envelope_encode. */
static void code_envelope(live_coded *channel, const live_telling *telling)
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
void live_coded_side(live_coded *channel, const rsd_encode_controls *controls, const live_telling *telling)
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

void live_coded_begin_levels(live_coded *channel, const rsd_encode_controls *controls)
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

int32_t live_coded_subband(live_coded *channel, uint32_t subband, uint32_t stage)
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

void live_coded_meter(live_coded *channel, uint32_t level)
{
    if (!channel->meter || !channel->sounds) return;
    channel->meter->level_energy[level] = channel->energies.added;
    for (uint32_t c = 0; c < model_of(channel)->shape.subband_count; c++)
        channel->meter->error_energy[level] += channel->energies.error[c];
    channel->energies.added = 0.0f;
}

void live_coded_level(live_coded *channel, uint32_t k)
{
    const live_model *model = model_of(channel);
    for (uint32_t s = k > 0u ? model->level_end[k - 1u] : 0u; s < model->level_end[k]; s++) {
        uint32_t stage;
        const uint32_t subband = live_allocation_next(model, &channel->scaling, &channel->allocation, &stage);
        channel->frame->tokens[s] = live_coded_subband(channel, subband, stage);
    }
}

static void code_levels(live_coded *channel)
{
    const live_model *model = model_of(channel);
    rsd_token_frame *frame = channel->frame;
    uint64_t mark = codec_stages_begin(channel->codec->base.stages);
    channel->energies.added = 0.0f;
    for (uint32_t k = 0; k < frame->level_count; k++) {
        if (k + 1u == model->level_count)
            live_coded_last_level(channel);
        else
            live_coded_level(channel, k);
        live_coded_meter(channel, k);
        codec_mark_level(&channel->codec->base, k, &mark);
    }
}

void live_coded_finish(const live_coded *channel)
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
    live_coded channel;
    channel.codec = (live_codec *)codec;
    channel.frame = frame;
    channel.meter = meter;
    channel.attack = live_coded_find_attack(channel.codec, in);
    live_coded_transform(&channel, in);
    live_coded_side(&channel, controls, NULL);
    if (channel.sounds) {
        live_coded_begin_levels(&channel, controls);
        code_levels(&channel);
    }
    live_coded_finish(&channel);
}

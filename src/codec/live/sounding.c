// SPDX-License-Identifier: MIT
// Coefficients become samples. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/sounding.h"

#include "codec/live/attack.h"
#include "codec/live/tuning.h"

#include "dsp/mdct_internal.h"

#include <string.h>

/* What a channel's frame is in time; coded: where it is softened. */
typedef struct {
    float windowed[2u * LIVE_MAX_HOP], coded[2u * LIVE_MAX_HOP], gain[LIVE_MAX_HOP];
    bool flat; /* the gain is 1 all the way */
    live_onset_frame onset;
} sounding_time;

/* Tokens may be anything: those of another model or of chance must not burst. */
static void limit_energy(uint32_t hop, float *coefficients)
{
    const float most = LIVE_MAX_RMS * LIVE_MAX_RMS, mean_square = live_mean_square(coefficients, hop);
    if (mean_square <= most) return;
    const float gain = __builtin_sqrtf(most / mean_square);
    for (uint32_t i = 0; i < hop; i++) coefficients[i] *= gain;
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
    if (live_gains_equal(&before, &self->late)) {
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

/* Back to time, without the overlap. */
static void transform_back(live_sounding *channel, sounding_time *time)
{
    live_codec *self = channel->codec;
    const uint32_t hop = self->model->shape.hop;
    const codec_gain now = channel->frame->gain;
    (void)live_attack_gain(hop, now.start_log2, now.attack_samples, time->gain, &time->flat);
    limit_energy(hop, channel->coefficients);
    rsd_mdct_inverse(self->mdct, channel->coefficients, time->windowed);
}

/* Whether no sample can reach what is too high for any sound. */
static bool is_soft(const live_codec *self, const sounding_time *time, float full)
{
    const uint32_t hop = self->model->shape.hop;
    float own = 0.0f, before = 0.0f;
    for (uint32_t i = 0; i < 2u * hop; i++)
        own = __builtin_fabsf(time->windowed[i]) > own ? __builtin_fabsf(time->windowed[i]) : own;
    for (uint32_t i = 0; i < hop; i++)
        before = __builtin_fabsf(self->overlap[i]) > before ? __builtin_fabsf(self->overlap[i]) : before;
    return self->late_flat && time->flat && own + before < LIVE_FULL_SCALE_PEAK * full;
}

/* Whether a frame peaks too high, as one of a beginning or as one of any sound. */
static bool exceeds(const live_sounding *channel, sounding_time *time)
{
    live_codec *self = channel->codec;
    const uint32_t hop = self->model->shape.hop;
    const float energy = live_mean_square(channel->coefficients, hop) * (float)hop;
    time->onset = (live_onset_frame){
        .hop = hop,
        .window = self->mdct->window,
        .gain = {self->late_flat ? NULL : self->late_gain, time->flat ? NULL : time->gain},
        .attack_samples = {self->late.attack_samples, channel->frame->gain.attack_samples},
        .overlap = self->overlap,
        .begins = channel->begins,
        .full_scale = channel->gain,
        .energy = channel->begins && channel->told_energy < energy ? channel->told_energy : energy,
        .active_levels = channel->active_levels,
        .coded = time->coded,
        .windowed = time->windowed,
    };
    if (channel->begins || !is_soft(self, time, channel->gain)) return live_onset_exceeds(&self->onset, &time->onset);
    self->onset.before = self->onset.rms = 0.0f;
    return false;
}

static live_onset_shares shares_of(live_sounding *channel, sounding_time *time)
{
    live_codec *self = channel->codec;
    limit_energy(self->model->shape.hop, channel->coded);
    rsd_mdct_inverse(self->mdct, channel->coded, time->coded);
    return live_onset_shares_of(&self->onset, &time->onset);
}

static void overlap_add(live_sounding *channel, const sounding_time *time, float *out)
{
    live_codec *self = channel->codec;
    const uint32_t hop = self->model->shape.hop;
    join_hop(self, channel->frame, time->windowed, out);
    memcpy(self->overlap, time->windowed + hop, hop * sizeof *out);
    self->late = channel->frame->gain;
    self->late_flat = time->flat;
    if (!time->flat) memcpy(self->late_gain, time->gain, hop * sizeof *out);
    for (uint32_t i = 0; i < hop; i++) out[i] = clamp_sample(out[i]);
}

void live_sound(live_sounding *channel, float *out)
{
    sounding_time time;
    transform_back(channel, &time);
    if (channel->is_filled && exceeds(channel, &time)) live_onset_soften(&time.onset, shares_of(channel, &time));
    overlap_add(channel, &time, out);
}

/* Where left and right are softened alike, what they have in common stays so. */
static void soften_pair(live_sounding *const pair[2], sounding_time time[2])
{
    const bool first = exceeds(pair[0], &time[0]), second = exceeds(pair[1], &time[1]);
    if (!first && !second) return;
    const live_onset_shares a = shares_of(pair[0], &time[0]), b = shares_of(pair[1], &time[1]);
    const live_onset_shares shares = {a.coded < b.coded ? a.coded : b.coded, a.filled < b.filled ? a.filled : b.filled};
    for (uint32_t i = 0; i < 2u; i++) live_onset_soften(&time[i].onset, shares);
}

void live_sound_pair(live_sounding *const pair[2], bool shared, float *const out[2])
{
    sounding_time time[2];
    if (!shared) {
        for (uint32_t i = 0; i < 2u; i++) live_sound(pair[i], out[i]);
        return;
    }
    for (uint32_t i = 0; i < 2u; i++) transform_back(pair[i], &time[i]);
    if (pair[0]->is_filled && pair[1]->is_filled) soften_pair(pair, time);
    for (uint32_t i = 0; i < 2u; i++) overlap_add(pair[i], &time[i], out[i]);
}

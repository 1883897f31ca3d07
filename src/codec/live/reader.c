// SPDX-License-Identifier: MIT
// The decoder's reading half: what tokens tell beside codewords. Real-time: nothing in this file allocates, locks, logs or
// makes a system call.
#include "codec/live/codec.h"

#include "base/numbers.h"

#include "codec/live/attack.h"
#include "codec/live/envelope.h"
#include "codec/live/tuning.h"

#include <string.h>

void live_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame)
{
    live_codec *self = (live_codec *)codec;
    const live_shape *shape = &self->model->shape;
    live_attack_envelope attack;
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
    frame->gain = (codec_gain){self->read_gain_log2, live_attack_position(shape, tokens->side, &attack)};
    self->read_gain = frame->gain;
    self->read_gain_log2 = live_attack_gain_end(shape->hop, frame->gain.start_log2, frame->gain.attack_samples);
}

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

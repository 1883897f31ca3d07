// SPDX-License-Identifier: MIT
// One channel, or signal of a pair, while a frame of it is put together: what decoder.c and decoder_pair.c share.
#ifndef CODEC_LIVE_DECODED_H
#define CODEC_LIVE_DECODED_H

#include "codec/live/allocation.h"
#include "codec/live/fill.h"
#include "codec/live/sounding.h"

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
} live_decoded;

/* Levels whose tokens count. Thread: [any] */
RSD_REALTIME uint32_t live_decoded_levels(const live_model *model, const codec_frame *frame);

/* Begins a frame, before its levels are summed: codec, frame and controls are set. Thread: [audio] */
RSD_REALTIME void live_decoded_begin(live_decoded *channel);

/* What a sub-band gets of a level: a token of `row`, which may be another channel's. Thread: [audio] */
RSD_REALTIME void live_decoded_add_token(live_decoded *channel, const live_decoded *row, uint32_t level, int32_t token,
                                         uint32_t subband, uint32_t stage);

/* Whether another frame shares its levels with a channel's. Thread: [any] */
RSD_REALTIME bool live_decoded_has_other(const live_decoded *channel);

/* Begins that frame; once its levels are summed: adds them to the channel's. Thread: [audio] */
RSD_REALTIME void live_decoded_begin_other(const live_decoded *channel, live_decoded *other);
RSD_REALTIME void live_decoded_merge_other(live_decoded *channel, const live_decoded *other);

/* What the levels leave room for, what effects do to the sound, and the scale. Thread: [audio] */
RSD_REALTIME void live_decoded_finish(live_decoded *channel);

#endif

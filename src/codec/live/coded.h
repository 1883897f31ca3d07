// SPDX-License-Identifier: MIT
// One channel, or signal of a pair, while a frame of it is coded: what encoder.c, encoder_pair.c and last_level.c share.
#ifndef CODEC_LIVE_CODED_H
#define CODEC_LIVE_CODED_H

#include "codec/live/allocation.h"
#include "codec/live/codec.h"
#include "codec/live/search.h"

/* What a channel's coding adds and leaves, in the scale of the sound. */
typedef struct {
    float error[LIVE_MAX_SUBBANDS], added;
} live_coded_energies;

typedef struct {
    live_codec *codec;
    rsd_token_frame *frame;
    rsd_level_meter *meter; /* or NULL */
    int32_t attack;         /* its position, or -1 */
    bool sounds;
    float coefficients[LIVE_MAX_HOP]; /* then normalised, then what the levels leave of them */
    live_scaling scaling;
    live_allocation allocation;
    live_search_frame search;
    live_coded_energies energies;
} live_coded;

/* Position of an attack in a hop, as a token can tell it, or -1. Thread: [audio] */
RSD_REALTIME int32_t live_coded_find_attack(live_codec *codec, const float *in);

/* Takes in a hop of sound, flattens its attack, and transforms. Thread: [audio] */
RSD_REALTIME void live_coded_transform(live_coded *channel, const float *in);

/* Side tokens, of coefficients in which a pair is rotated already; telling: see live_envelope_encode. Thread: [audio] */
RSD_REALTIME void live_coded_side(live_coded *channel, const rsd_encode_controls *controls,
                                  const live_telling *telling);

/* Begins the levels of a frame that sounds. Thread: [audio] */
RSD_REALTIME void live_coded_begin_levels(live_coded *channel, const rsd_encode_controls *controls);

/* Chooses the next token of a sub-band, which has `stage` before. Thread: [audio] */
RSD_REALTIME int32_t live_coded_subband(live_coded *channel, uint32_t subband, uint32_t stage);

/* Chooses the tokens of a level, of a channel alone. The last one of all keeps the peaks: peaks.h. Thread: [audio] */
RSD_REALTIME void live_coded_level(live_coded *channel, uint32_t level);
RSD_REALTIME void live_coded_last_level(live_coded *channel);

/* The meter of a level, and of a frame. Thread: [audio] */
RSD_REALTIME void live_coded_meter(live_coded *channel, uint32_t level);
RSD_REALTIME void live_coded_finish(const live_coded *channel);

#endif

// SPDX-License-Identifier: MIT
// What a codec knows of its next token before it is there: for whoever models tokens.
#ifndef CODEC_PLACES_H
#define CODEC_PLACES_H

#include <residuum/rsd_codec.h>

/* Of one token. Numbers are below the limits, whatever the codec has. */
#define CODEC_PLACES_MAX_SUBBANDS 64u
#define CODEC_PLACES_MAX_STAGES 32u

typedef struct {
    uint32_t channel;           /* that it refines: of a pair, either of its two signals */
    uint32_t subband;           /* that it refines */
    uint32_t stage;             /* how many tokens the sub-band had in this frame */
    uint32_t codebook;          /* its codebook among all */
    uint32_t angle;             /* of a pair: of the two signals' rotation in this sub-band; 0: left and right */
    int32_t scale_half_log2;    /* log2 of what its codeword is multiplied by, in halves */
    int32_t envelope_half_log2; /* log2 of the envelope of its sub-band, in halves */
} codec_place;

/*
 * The state of one channel, or of two that are a pair, in a block of the caller's. Fed with the tokens of every frame in
 * order, it says where each token goes. Codecs whose rows say it all have none. The order of a pair's tokens is that of
 * the codec: side tokens of both, then level by level, in a level channel by channel.
 */
typedef struct codec_places codec_places;

/* Channels that have one state: 2 where `channel_count` channels are a pair, else 1. Thread: [any] */
uint32_t codec_places_channels(const rsd_model *model, uint32_t channel_count);
/* Bytes of the block, a multiple of 64; 0: there is nothing to know but a token's row. Thread: [any] */
size_t codec_places_bytes(const rsd_model *model);
/* `block`: aligned to 64; `model` is borrowed. channel_count: codec_places_channels. Thread: [setup] */
codec_places *codec_places_init(void *block, const rsd_model *model, uint32_t channel_count);
RSD_REALTIME void codec_places_restart(codec_places *places);

/* A frame's side tokens are known, of each channel. Thread: [any] */
RSD_REALTIME void codec_places_begin(codec_places *places, const int32_t *const side[]);
/* Where the next token of channel `row` goes, and then what it is (any integer); false: nowhere, as all that it could
 * refine is silent, and it is not to be taken. Thread: [any] */
RSD_REALTIME bool codec_places_next(codec_places *places, uint32_t row, codec_place *place);
RSD_REALTIME void codec_places_take(codec_places *places, int32_t token);

#endif

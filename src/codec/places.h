// SPDX-License-Identifier: MIT
// What a codec knows of its next token before it is there: for whoever models tokens.
#ifndef CODEC_PLACES_H
#define CODEC_PLACES_H

#include <residuum/rsd_codec.h>

/* Of one token. Numbers are below the limits, whatever the codec has. */
#define CODEC_PLACES_MAX_SUBBANDS 64u
#define CODEC_PLACES_MAX_STAGES 32u

typedef struct {
    uint32_t subband;           /* that it refines */
    uint32_t stage;             /* how many tokens the sub-band had in this frame */
    uint32_t codebook;          /* its codebook among all */
    int32_t scale_half_log2;    /* log2 of what its codeword is multiplied by, in halves */
    int32_t envelope_half_log2; /* log2 of the envelope of its sub-band, in halves */
} codec_place;

/*
 * The state of one channel, in a block of the caller's. Fed with the tokens of every frame in order, it says where each
 * token goes. Codecs whose rows say it all have none.
 */
typedef struct codec_places codec_places;

/* Bytes of the block, a multiple of 64; 0: there is nothing to know but a token's row. Thread: [any] */
size_t codec_places_bytes(const rsd_model *model);
/* `block`: aligned to 64; `model` is borrowed. Thread: [setup] */
codec_places *codec_places_init(void *block, const rsd_model *model);
RSD_REALTIME void codec_places_restart(codec_places *places);

/* A frame's side tokens are known. False: it is silence, and its tokens go nowhere. Thread: [any] */
RSD_REALTIME bool codec_places_begin(codec_places *places, const int32_t *side);
/* Where the next token goes, and then what it is (any integer). Thread: [any] */
RSD_REALTIME void codec_places_next(codec_places *places, codec_place *place);
RSD_REALTIME void codec_places_take(codec_places *places, int32_t token);

#endif

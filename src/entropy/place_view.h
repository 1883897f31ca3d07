// SPDX-License-Identifier: MIT
// What is known around a token whose codec says where it goes.
#ifndef ENTROPY_PLACE_VIEW_H
#define ENTROPY_PLACE_VIEW_H

#include "codec/places.h"
#include "entropy/model.h"

/* Tokens of the last frames by sub-band and stage, as far as contexts look. */
#define PLACE_STAGES 8u
#define PLACE_FRAMES 3u /* this one and two before */

typedef struct {
    int16_t tokens[PLACE_FRAMES][CODEC_PLACES_MAX_SUBBANDS][PLACE_STAGES]; /* -1: none */
    int16_t envelope_half_log2[PLACE_FRAMES][CODEC_PLACES_MAX_SUBBANDS];   /* where there was a token */
    uint32_t cost, bits;        /* of this frame so far, in 256ths of a bit; in bits */
    uint32_t cost_class_before; /* of the frame before */
} place_history;

RSD_REALTIME void place_history_restart(place_history *history);
RSD_REALTIME void place_history_begin_frame(place_history *history);
/* other: of the other signal of a pair; NULL: there is none */
RSD_REALTIME void place_view(const place_history *history, const place_history *other, const codec_place *place,
                             uint32_t bits, entropy_view *view);
RSD_REALTIME void place_history_take(place_history *history, const codec_place *place, uint32_t token, uint32_t bits,
                                     uint32_t cost);

#endif

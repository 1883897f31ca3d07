// SPDX-License-Identifier: MIT
// Where the tokens of `live` go, for codec/places.h.
#ifndef CODEC_LIVE_PLACES_H
#define CODEC_LIVE_PLACES_H

#include "codec/places.h"

#include "codec/live/pair.h"

/* What a decoder follows of one channel, or of each of two that are a pair. */
typedef struct {
    float envelope[LIVE_MAX_BANDS];
    bool sounds;
    live_scaling scaling;
    live_allocation allocation;
} live_places_channel;

typedef struct {
    const live_model *model;
    uint32_t channel_count; /* 1, or 2: a pair */
    live_places_channel channels[2];
    live_rotation rotation; /* of the frame at hand, and what its side tokens make of it for the next one */
    live_rotation next_rotation;
    live_pair pair;
    live_pair_place at; /* of the token at hand */
} live_places;

size_t live_places_bytes(void);
void live_places_init(live_places *places, const rsd_model *model, uint32_t channel_count);
RSD_REALTIME void live_places_restart(live_places *places);
RSD_REALTIME void live_places_begin(live_places *places, const int32_t *const side[]);
RSD_REALTIME bool live_places_next(live_places *places, uint32_t row, codec_place *place);
RSD_REALTIME void live_places_take(live_places *places, int32_t token);

#endif

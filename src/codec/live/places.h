// SPDX-License-Identifier: MIT
// Where the tokens of `live` go, for codec/places.h.
#ifndef CODEC_LIVE_PLACES_H
#define CODEC_LIVE_PLACES_H

#include "codec/places.h"

#include "codec/live/allocation.h"

typedef struct {
    const live_model *model;
    float envelope[LIVE_MAX_BANDS]; /* as a decoder's */
    live_scaling scaling;
    live_allocation allocation;
    uint32_t subband, stage; /* of the token at hand */
} live_places;

size_t live_places_bytes(void);
void live_places_init(live_places *places, const rsd_model *model);
RSD_REALTIME void live_places_restart(live_places *places);
RSD_REALTIME bool live_places_begin(live_places *places, const int32_t *side);
RSD_REALTIME void live_places_next(live_places *places, codec_place *place);
RSD_REALTIME void live_places_take(live_places *places, int32_t token);

#endif

// SPDX-License-Identifier: MIT
// `live` is the one codec whose tokens' places follow from other tokens.
#include "codec/places.h"

#include "codec/codec_internal.h"
#include "codec/live/places.h"

size_t codec_places_bytes(const rsd_model *model)
{
    return model && model->class == &codec_live ? live_places_bytes() : 0u;
}

codec_places *codec_places_init(void *block, const rsd_model *model)
{
    live_places_init(block, model);
    return block;
}

void codec_places_restart(codec_places *places) { live_places_restart((live_places *)places); }

bool codec_places_begin(codec_places *places, const int32_t *side)
{
    return live_places_begin((live_places *)places, side);
}

void codec_places_next(codec_places *places, codec_place *place) { live_places_next((live_places *)places, place); }

void codec_places_take(codec_places *places, int32_t token) { live_places_take((live_places *)places, token); }

// SPDX-License-Identifier: MIT
// `live` is the one codec whose tokens' places follow from other tokens.
#include "codec/places.h"

#include "codec/codec_internal.h"
#include "codec/live/places.h"

uint32_t codec_places_channels(const rsd_model *model, uint32_t channel_count)
{
    return codec_places_bytes(model) > 0u && channel_count == 2u && codec_has_pairs(model) ? 2u : 1u;
}

size_t codec_places_bytes(const rsd_model *model)
{
    return model && model->class == &codec_live ? live_places_bytes() : 0u;
}

codec_places *codec_places_init(void *block, const rsd_model *model, uint32_t channel_count)
{
    live_places_init(block, model, channel_count);
    return block;
}

void codec_places_restart(codec_places *places) { live_places_restart((live_places *)places); }

void codec_places_begin(codec_places *places, const int32_t *const side[])
{
    live_places_begin((live_places *)places, side);
}

bool codec_places_next(codec_places *places, uint32_t row, codec_place *place)
{
    return live_places_next((live_places *)places, row, place);
}

void codec_places_take(codec_places *places, int32_t token) { live_places_take((live_places *)places, token); }

// SPDX-License-Identifier: MIT
// The decoder's walk over a frame without its sound: nothing here allocates or can fail.
#include "codec/live/places.h"

#include "base/numbers.h"

#include "codec/live/envelope.h"

#include <string.h>

size_t live_places_bytes(void) { return base_round_up_64(sizeof(live_places)); }

void live_places_init(live_places *places, const rsd_model *model)
{
    places->model = (const live_model *)model;
    live_places_restart(places);
}

void live_places_restart(live_places *places) { memset(places->envelope, 0, sizeof places->envelope); }

bool live_places_begin(live_places *places, const int32_t *side)
{
    const live_shape *shape = &places->model->shape;
    if (side[0] <= 0) {
        live_places_restart(places);
        return false;
    }
    live_envelope_decode(shape, places->model->envelope_codebooks, side, places->envelope);
    live_scaling_of(shape, places->envelope, &places->scaling);
    live_allocation_begin(places->model, &places->scaling, &places->allocation);
    return true;
}

/* Twice the exponent of a float: log2 in halves, without a logarithm. 0 and less: the least. */
static int32_t half_log2(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (!(value > 0.0f)) return -300;
    return 2 * ((int32_t)(bits >> 23) - 127) + (int32_t)((bits & 0x7FFFFFu) >= 0x3504F3u);
}

void live_places_next(live_places *places, codec_place *place)
{
    const live_model *model = places->model;
    places->subband = live_allocation_next(model, &places->scaling, &places->allocation, &places->stage);
    const uint32_t stage = base_min_u32(places->stage, LIVE_MAX_STAGES - 1u);
    const float codebook = model->codebook_scale[places->subband][stage];
    place->subband = places->subband;
    place->stage = places->stage;
    place->codebook = model->codebook_of[places->subband][stage];
    place->scale_half_log2 = half_log2(codebook * places->allocation.scale[places->subband]);
    place->envelope_half_log2 = half_log2(places->scaling.scale[places->subband * model->shape.subband_width]);
}

void live_places_take(live_places *places, int32_t token)
{
    live_allocation_update(places->model, places->subband, places->stage, token, &places->allocation);
}

// SPDX-License-Identifier: MIT
// The decoder's walk over a frame without its sound: nothing here allocates or can fail.
#include "codec/live/places.h"

#include "base/numbers.h"

#include "codec/live/envelope.h"

#include <string.h>

size_t live_places_bytes(void) { return base_round_up_64(sizeof(live_places)); }

void live_places_init(live_places *places, const rsd_model *model, uint32_t channel_count)
{
    memset(places, 0, sizeof *places);
    places->model = (const live_model *)model;
    places->channel_count = channel_count;
    live_places_restart(places);
}

void live_places_restart(live_places *places)
{
    for (uint32_t i = 0; i < 2u; i++) memset(places->channels[i].envelope, 0, sizeof places->channels[i].envelope);
    live_rotation_reset(&places->next_rotation);
}

static void begin_channel(const live_model *model, const int32_t *side, live_places_channel *channel)
{
    channel->sounds = side[0] > 0;
    if (!channel->sounds) {
        memset(channel->envelope, 0, sizeof channel->envelope);
        return;
    }
    live_envelope_decode(&model->shape, model->envelope_codebooks, side, channel->envelope);
    live_scaling_of(&model->shape, channel->envelope, &channel->scaling);
}

/* As live_read_pair and the sum of a pair's levels. */
static void begin_pair(live_places *places, const int32_t *const side[2])
{
    live_places_channel *first = &places->channels[0], *second = &places->channels[1];
    places->rotation = places->next_rotation;
    live_rotation_take_pair(&places->model->shape, side, &places->next_rotation);
    places->pair.model = places->model;
    live_pair_begin(&places->pair, &places->rotation, (live_scaling *[]){&first->scaling, &second->scaling},
                    (live_allocation *[]){&first->allocation, &second->allocation},
                    (bool[]){first->sounds, second->sounds});
}

void live_places_begin(live_places *places, const int32_t *const side[])
{
    for (uint32_t i = 0; i < places->channel_count; i++) begin_channel(places->model, side[i], &places->channels[i]);
    if (places->channel_count == 2u) begin_pair(places, side);
    for (uint32_t i = 0; i < places->channel_count; i++) {
        live_places_channel *channel = &places->channels[i];
        if (channel->sounds) live_allocation_begin(places->model, &channel->scaling, &channel->allocation);
    }
}

/* Twice the exponent of a float: log2 in halves, without a logarithm. 0 and less: the least. */
static int32_t half_log2(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (!(value > 0.0f)) return -300;
    return 2 * ((int32_t)(bits >> 23) - 127) + (int32_t)((bits & 0x7FFFFFu) >= 0x3504F3u);
}

/* Whether a token of the row goes anywhere: `at` then says where. */
static bool choose(live_places *places, uint32_t row)
{
    live_places_channel *channel = &places->channels[0];
    if (places->channel_count == 2u) return live_pair_next(&places->pair, row, &places->at);
    if (!channel->sounds) return false;
    places->at.channel = 0;
    places->at.subband =
        live_allocation_next(places->model, &channel->scaling, &channel->allocation, &places->at.stage);
    return true;
}

bool live_places_next(live_places *places, uint32_t row, codec_place *place)
{
    const live_model *model = places->model;
    if (!choose(places, row)) return false;
    const live_pair_place at = places->at;
    const live_places_channel *channel = &places->channels[at.channel];
    const uint32_t stage = base_min_u32(at.stage, LIVE_MAX_STAGES - 1u);
    const float codebook = model->codebook_scale[at.subband][stage];
    place->channel = at.channel;
    place->subband = at.subband;
    place->stage = at.stage;
    place->codebook = model->codebook_of[at.subband][stage];
    place->angle = places->channel_count == 2u ? places->rotation.angle[model->shape.unit_of[at.subband]] : 0u;
    place->scale_half_log2 = half_log2(codebook * channel->allocation.scale[at.subband]);
    place->envelope_half_log2 = half_log2(channel->scaling.scale[at.subband * model->shape.subband_width]);
    return true;
}

void live_places_take(live_places *places, int32_t token)
{
    live_allocation_update(places->model, places->at.subband, places->at.stage, token,
                           &places->channels[places->at.channel].allocation);
}

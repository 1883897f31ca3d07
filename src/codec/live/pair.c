// SPDX-License-Identifier: MIT
// Allocation of a stereo pair's tokens. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/pair.h"

#include "codec/live/search.h"
#include "codec/live/tuning.h"

void live_pair_begin(live_pair *pair, const live_rotation *rotation, live_scaling *const scaling[2],
                     live_allocation *const allocation[2], const bool sounds[2])
{
    const live_shape *shape = &pair->model->shape;
    pair->shared = 0;
    for (uint32_t c = 0; c < shape->subband_count; c++)
        if (rotation->angle[shape->unit_of[c]] != LIVE_ANGLE_APART) pair->shared |= 1u << c;
    for (uint32_t i = 0; i < 2u; i++) {
        pair->scaling[i] = scaling[i];
        pair->allocation[i] = allocation[i];
        pair->sounds[i] = sounds[i];
        for (uint32_t c = 0; c < shape->subband_count && !sounds[i]; c++)
            scaling[i]->mean_log2[c] = LIVE_MIN_ENVELOPE_LOG2;
    }
    if (pair->shared != 0u && (sounds[0] || sounds[1])) live_scaling_join(shape, rotation, scaling[0], scaling[1]);
}

/* The greatest reduction of the other channel where it is shared; under 0: there is none. */
static float best_shared(const live_pair *pair, uint32_t channel, uint32_t *subband)
{
    const float *reduction = pair->allocation[channel]->reduction;
    const uint32_t count = pair->model->shape.subband_count;
    float open[LIVE_MAX_SUBBANDS];
    for (uint32_t c = 0; c < count; c++) open[c] = pair->shared >> c & 1u ? reduction[c] : -1.0f;
    *subband = live_argmax(open, count);
    return open[*subband];
}

bool live_pair_next(live_pair *pair, uint32_t row, live_pair_place *place)
{
    const uint32_t other = 1u - row;
    float most = -1.0f;
    *place = (live_pair_place){.channel = row};
    if (pair->sounds[row]) {
        place->subband = live_argmax(pair->allocation[row]->reduction, pair->model->shape.subband_count);
        most = pair->allocation[row]->reduction[place->subband];
    }
    if (pair->shared != 0u && pair->sounds[other]) {
        uint32_t subband;
        const float there = best_shared(pair, other, &subband);
        if (there > most) {
            *place = (live_pair_place){.channel = other, .subband = subband};
            most = there;
        }
    }
    if (most < 0.0f) return false;
    place->stage = live_allocation_take(pair->model, pair->scaling[place->channel], pair->allocation[place->channel],
                                        place->subband);
    return true;
}

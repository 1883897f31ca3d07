// SPDX-License-Identifier: MIT
// Real-time decoder of a stereo pair: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/decoded.h"

#include "base/numbers.h"

#include "codec/live/attack.h"
#include "codec/live/pair.h"

#include <string.h>

/* Where an effect has put frames of two times beside each other, they may not agree. */
static live_rotation rotation_of(const codec_frame *const frames[2])
{
    live_rotation rotation;
    live_rotation_set_apart(&rotation);
    if (!live_gains_equal(&frames[0]->gain_before, &frames[1]->gain_before) ||
        !live_gains_equal(&frames[0]->gain, &frames[1]->gain))
        return rotation;
    for (uint32_t u = 0; u < LIVE_MAX_UNITS; u++)
        if (frames[0]->pair_angle[u] == frames[1]->pair_angle[u]) rotation.angle[u] = frames[0]->pair_angle[u];
    return rotation;
}

static void sum_pair_levels(live_decoded pair[2], live_pair *places)
{
    const live_model *model = places->model;
    const uint32_t coded[2] = {live_decoded_levels(model, pair[0].frame), live_decoded_levels(model, pair[1].frame)};
    for (uint32_t k = 0; k < coded[0] || k < coded[1]; k++) {
        for (uint32_t row = 0; row < 2u; row++) {
            for (uint32_t s = k > 0u ? model->level_end[k - 1u] : 0u; s < model->level_end[k]; s++) {
                live_pair_place to;
                const int32_t token = k < coded[row] ? pair[row].frame->tokens[s] : RSD_TOKEN_NONE;
                if (k < coded[row] && live_pair_next(places, row, &to))
                    live_decoded_add_token(&pair[to.channel], &pair[row], k, token, to.subband, to.stage);
            }
        }
    }
}

/* Of channels that have begun. */
static void sum_pair(live_decoded pair[2], const live_rotation *rotation)
{
    live_pair places = {.model = pair[0].codec->model};
    live_pair_begin(&places, rotation, (live_scaling *[]){&pair[0].scaling, &pair[1].scaling},
                    (live_allocation *[]){&pair[0].allocation, &pair[1].allocation},
                    (bool[]){pair[0].sounds, pair[1].sounds});
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) live_allocation_begin(places.model, &pair[i].scaling, &pair[i].allocation);
    sum_pair_levels(pair, &places);
}

/* Another pair's codewords: its first signal's to the first, its second's to the second. */
static void add_other_pair(live_decoded pair[2])
{
    live_decoded others[2];
    for (uint32_t i = 0; i < 2u; i++) live_decoded_begin_other(&pair[i], &others[i]);
    const live_rotation rotation = rotation_of((const codec_frame *[]){others[0].frame, others[1].frame});
    sum_pair(others, &rotation);
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) live_decoded_merge_other(&pair[i], &others[i]);
}

/* A silent one of two goes on as the other does, so that equal channels stay equal when both sound again. */
static void follow_sounding(live_decoded pair[2])
{
    if (pair[0].sounds == pair[1].sounds) return;
    const uint32_t silent = pair[0].sounds ? 1u : 0u, other = 1u - silent;
    pair[silent].codec->noise = pair[other].codec->noise;
    pair[silent].codec->onset_frames = pair[other].codec->onset_frames;
    pair[silent].codec->onset = pair[other].codec->onset;
    pair[silent].sounding.begins = pair[other].sounding.begins;
    pair[silent].sounding.is_filled = pair[other].sounding.is_filled;
    pair[silent].sounding.gain = pair[other].sounding.gain;
}

/* Of first and second, left and right. Where they are coded together, what has begun in one has begun in both. */
static bool rotate_back(live_decoded pair[2], const live_rotation *rotation)
{
    const live_shape *shape = &pair[0].codec->model->shape;
    const bool shared = live_rotation_is_shared(shape, rotation),
               begins = pair[0].sounding.begins && pair[1].sounding.begins,
               is_filled = pair[0].sounding.is_filled && pair[1].sounding.is_filled;
    live_rotation_back(shape, rotation, pair[0].coefficients, pair[1].coefficients);
    if (!shared) return false;
    if (is_filled) live_rotation_back(shape, rotation, pair[0].sounding.coded, pair[1].sounding.coded);
    const float told_energy = pair[0].sounding.told_energy + pair[1].sounding.told_energy;
    for (uint32_t i = 0; i < 2u; i++) {
        pair[i].sounding.begins = begins;
        pair[i].sounding.is_filled = is_filled;
        pair[i].sounding.told_energy = told_energy;
    }
    return true;
}

void live_synthesise_pair(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                          const rsd_decode_controls *const controls[2], float *const out[2])
{
    live_decoded pair[2];
    const live_rotation rotation = rotation_of(frames);
    for (uint32_t i = 0; i < 2u; i++) {
        pair[i].codec = (live_codec *)codecs[i];
        pair[i].frame = frames[i];
        pair[i].controls = controls[i];
        live_decoded_begin(&pair[i]);
    }
    sum_pair(pair, &rotation);
    if (live_decoded_has_other(&pair[0]) && live_decoded_has_other(&pair[1])) add_other_pair(pair);
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) live_decoded_finish(&pair[i]);
    follow_sounding(pair);
    const bool shared = rotate_back(pair, &rotation);
    live_sound_pair((live_sounding *[]){&pair[0].sounding, &pair[1].sounding}, shared, out);
}

// SPDX-License-Identifier: MIT
// Real-time encoder of a stereo pair: two channels as one sound. Nothing in this file allocates, locks, logs or makes a
// system call.
#include "codec/live/coded.h"

#include "codec/live/attack.h"
#include "codec/live/pair.h"
#include "codec/live/tuning.h"

#include <string.h>

/* Where most of the sound is coded together, an attack in one channel is one in both: both are flattened alike, and stay
 * the sum and difference of each other. */
static void find_attacks(live_coded pair[2], const float *const in[2])
{
    live_codec *first = pair[0].codec;
    for (uint32_t i = 0; i < 2u; i++) pair[i].attack = live_coded_find_attack(pair[i].codec, in[i]);
    if (first->choice.shared_share <= LIVE_SHARED_ATTACK_SHARE) return;
    const int32_t a = pair[0].attack, b = pair[1].attack;
    pair[0].attack = pair[1].attack = a < 0 || (b >= 0 && b < a) ? b : a;
}

/* A silent one of two follows the gain of the other, so that both are flattened alike when it sounds. */
static void share_gain(live_coded pair[2], bool first_sounds, bool second_sounds)
{
    if (first_sounds == second_sounds) return;
    live_codec *silent = pair[first_sounds ? 1 : 0].codec;
    const live_codec *other = pair[first_sounds ? 0 : 1].codec;
    silent->hop_gain = other->hop_gain;
    silent->encoder_gain_log2 = other->encoder_gain_log2;
    pair[0].attack = pair[1].attack = other->hop_gain.attack_samples;
}

static bool is_sound(const live_coded *channel)
{
    return !(live_mean_square(channel->coefficients, channel->codec->model->shape.hop) < LIVE_SILENCE);
}

static bool attacks_equal(const live_coded pair[2])
{
    const live_codec *a = pair[0].codec, *b = pair[1].codec;
    return live_gains_equal(&a->hop_gain_before, &b->hop_gain_before) && live_gains_equal(&a->hop_gain, &b->hop_gain);
}

static bool are_equal(const live_coded pair[2])
{
    return memcmp(pair[0].coefficients, pair[1].coefficients, pair[0].codec->model->shape.hop * sizeof(float)) == 0;
}

/* Each tells what is urgent of the rotation; equal channels that begin have to tell the same. */
static void code_both_sides(live_coded pair[2], const rsd_encode_controls *controls)
{
    live_codec *first = pair[0].codec;
    const live_shape *shape = &first->model->shape;
    live_rotation told = first->encoder_rotation;
    const bool equal = told.is_fresh && are_equal(pair), alone = is_sound(&pair[0]) != is_sound(&pair[1]);
    for (uint32_t i = 0; i < 2u; i++) {
        const live_telling telling = alone ? live_rotation_telling_alone(shape, &told, &first->choice)
                                           : live_rotation_telling(shape, &told, &first->choice, i);
        live_coded_side(&pair[i], controls, equal ? NULL : &telling);
        live_rotation_count_all(shape, pair[i].frame->side, &first->choice);
        if (equal || alone || told.is_apart) continue;
        live_rotation_take(shape, pair[i].frame->side, &told);
        live_rotation_count(shape, pair[i].frame->side, &first->choice);
    }
    live_rotation_take_pair(shape, (const int32_t *[]){pair[0].frame->side, pair[1].frame->side},
                            &first->encoder_rotation);
}

/* Rotates where both are flattened alike, and has both told. Returns the rotation of this frame. */
static live_rotation code_sides(live_coded pair[2], const rsd_encode_controls *controls)
{
    live_codec *first = pair[0].codec;
    const live_shape *shape = &first->model->shape;
    const bool begins = pair[0].attack >= 0 || pair[1].attack >= 0;
    const bool sounds[2] = {is_sound(&pair[0]), is_sound(&pair[1])};
    if (!sounds[0] && !sounds[1]) {
        live_rotation_rest(&first->choice);
        code_both_sides(pair, controls);
        return first->encoder_rotation;
    }
    live_rotation_choose(shape, pair[0].coefficients, pair[1].coefficients, begins, &first->encoder_rotation,
                         &first->choice);
    live_rotation rotation = first->encoder_rotation;
    share_gain(pair, sounds[0], sounds[1]);
    if (!attacks_equal(pair)) live_rotation_set_apart(&rotation);
    live_rotation_forward(shape, &rotation, pair[0].coefficients, pair[1].coefficients);
    code_both_sides(pair, controls);
    share_gain(pair, pair[0].sounds, pair[1].sounds);
    if (!pair[0].sounds && !pair[1].sounds) live_rotation_rest(&first->choice);
    return rotation;
}

static void code_pair_levels(live_coded pair[2], live_pair *places)
{
    const live_model *model = places->model;
    uint64_t mark = codec_stages_begin(pair[0].codec->base.stages);
    pair[0].energies.added = pair[1].energies.added = 0.0f;
    for (uint32_t k = 0; k < pair[0].frame->level_count; k++) {
        for (uint32_t row = 0; row < 2u; row++) {
            for (uint32_t s = k > 0u ? model->level_end[k - 1u] : 0u; s < model->level_end[k]; s++) {
                live_pair_place place;
                if (live_pair_next(places, row, &place))
                    pair[row].frame->tokens[s] = live_coded_subband(&pair[place.channel], place.subband, place.stage);
            }
        }
        for (uint32_t i = 0; i < 2u; i++) live_coded_meter(&pair[i], k);
        codec_mark_level(&pair[0].codec->base, k, &mark);
    }
}

void live_encode_pair(rsd_codec *const codecs[2], const float *const in[2], const rsd_encode_controls *controls,
                      rsd_token_frame *const frames[2], rsd_level_meter *const meters[2])
{
    live_coded pair[2];
    live_pair places = {.model = ((live_codec *)codecs[0])->model};
    for (uint32_t i = 0; i < 2u; i++) {
        pair[i].codec = (live_codec *)codecs[i];
        pair[i].frame = frames[i];
        pair[i].meter = meters[i];
    }
    find_attacks(pair, in);
    for (uint32_t i = 0; i < 2u; i++) live_coded_transform(&pair[i], in[i]);
    const live_rotation rotation = code_sides(pair, controls);
    live_pair_begin(&places, &rotation, (live_scaling *[]){&pair[0].scaling, &pair[1].scaling},
                    (live_allocation *[]){&pair[0].allocation, &pair[1].allocation},
                    (bool[]){pair[0].sounds, pair[1].sounds});
    for (uint32_t i = 0; i < 2u; i++)
        if (pair[i].sounds) live_coded_begin_levels(&pair[i], controls);
    code_pair_levels(pair, &places);
    for (uint32_t i = 0; i < 2u; i++) live_coded_finish(&pair[i]);
}

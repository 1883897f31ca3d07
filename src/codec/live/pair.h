// SPDX-License-Identifier: MIT
// Which channel and sub-band a token of a stereo pair refines.
#ifndef CODEC_LIVE_PAIR_H
#define CODEC_LIVE_PAIR_H

#include "codec/live/allocation.h"

/*
 * One or two channels while their levels are coded or decoded. A channel alone has its tokens for itself. In a pair, a
 * token of either channel may refine either signal of a sub-band that is rotated, and its own channel's where it is not.
 * So a pair that has all in common spends the tokens of both channels on the sum, and one that has nothing in common is
 * coded as two channels are. The order is level by level, in a level channel by channel.
 */
typedef struct {
    const live_model *model;
    const live_scaling *scaling[2];
    live_allocation *allocation[2]; /* begun where the channel sounds */
    bool sounds[2];
    uint32_t shared; /* bits of the sub-bands that are rotated */
} live_pair;

/*
 * Begins a frame: shares what is rotated where both sound or one does, and joins the weights.
 * scaling  of a channel that is silent: written
 * Thread: [audio]
 */
RSD_REALTIME void live_pair_begin(live_pair *pair, const live_rotation *rotation, live_scaling *const scaling[2],
                                  live_allocation *const allocation[2], const bool sounds[2]);

/*
 * Where the next token of channel `row` goes: channel, sub-band and how many tokens it had. false: nowhere, as this
 * channel is silent and shares nothing. Thread: [audio]
 */
typedef struct {
    uint32_t channel, subband, stage;
} live_pair_place;
RSD_REALTIME bool live_pair_next(live_pair *pair, uint32_t row, live_pair_place *place);

#endif

// SPDX-License-Identifier: MIT
// Attacks: found, flattened before the transform by a gain, told by reserved side tokens.
#ifndef CODEC_LIVE_ATTACK_H
#define CODEC_LIVE_ATTACK_H

#include "codec/codec_frame.h"

#include "codec/live/shape.h"

#include <residuum/rsd_rvq.h>

/*
 * Attacks are coded as the last tokens of the last envelope codebook, one for each sample of the hop: these never stand
 * for a codeword. The codebooks before it tell the envelope of such a frame. Where there is none, a token tells the fourth
 * sample at or before the attack, and of all bands a step and a tilt: what begins within a frame and is flattened is
 * nearly white, and the envelope before it was not.
 */
#define LIVE_ATTACK_GRID 4u
#define LIVE_ATTACK_ENVELOPES 16u
RSD_REALTIME uint32_t live_attack_token_count(const live_shape *shape);

/* How an attack's token moves the envelope; 0 where a codebook tells it. */
typedef struct {
    float step_log2, tilt_log2; /* of the middle band; of the highest beside it, and of the lowest the other way */
} live_attack_envelope;

/* log2 by which it moves band b. Thread: [any] */
RSD_REALTIME float live_attack_move(const live_shape *shape, const live_attack_envelope *envelope, uint32_t b);

/* Keeps the tokens of attacks from being chosen as codewords. Thread: [setup] */
void live_attack_reserve(const live_shape *shape, rsd_rvq *envelope_codebooks);

/* The position that a token can tell: the nearest one that is not after an attack (or -1) at `position`. Thread: [any] */
RSD_REALTIME int32_t live_attack_place(const live_shape *shape, int32_t position);

/*
 * Token of an attack at a position of live_attack_place.
 * missing_log2  what the bands lack; the nearest step and tilt are told, where no codebook tells more
 * Thread: [audio]
 */
RSD_REALTIME int32_t live_attack_token(const live_shape *shape, uint32_t position, const float *missing_log2);

/*
 * Position of the attack that a frame's side tokens tell, or -1. Any integer is a token: it is wrapped into its
 * codebook. Thread: [audio]
 */
RSD_REALTIME int32_t live_attack_position(const live_shape *shape, const int32_t *tokens,
                                          live_attack_envelope *envelope);

/* The sample of one hop of input at which an attack begins, or -1. `background` is the detector's memory.
 * Thread: [audio] */
RSD_REALTIME int32_t live_attack_find(const float *in, uint32_t hop, float *background);

/*
 * Gain of one hop of samples.
 * start_log2  log2 gain at its start, which decays to 0 within the hop
 * attack      position of an attack in it, whose gain decays to 0 at the end of the next hop, or -1
 * gain        hop values; not written where all of them are 1
 * flat        true where all of them are 1
 * Returns the log2 gain at its end. Thread: [audio]
 */
RSD_REALTIME float live_attack_gain(uint32_t hop, float start_log2, int32_t attack, float *gain, bool *flat);

/* What live_attack_gain returns, alone. Thread: [audio] */
RSD_REALTIME float live_attack_gain_end(uint32_t hop, float start_log2, int32_t attack);

/* Whether two hops were flattened alike. Thread: [any] */
RSD_REALTIME bool live_gains_equal(const codec_gain *a, const codec_gain *b);

#endif

// SPDX-License-Identifier: MIT
// Attacks: found, flattened before the transform by a gain, told by reserved side tokens.
#ifndef CODEC_LIVE_ATTACK_H
#define CODEC_LIVE_ATTACK_H

#include "codec/codec_frame.h"

#include "codec/live/shape.h"

#include <residuum/rsd_rvq.h>

/*
 * Attacks are coded as the last tokens of the last envelope codebook, `hop` positions each: these never stand for a
 * codeword. The codebooks before it tell the envelope of such a frame; where there is none, there are LIVE_ATTACK_STEPS
 * times as many tokens, each for a step of all bands.
 */
#define LIVE_ATTACK_STEPS 4u
RSD_REALTIME uint32_t live_attack_token_count(const live_shape *shape);

/* Keeps the tokens of attacks from being chosen as codewords. Thread: [setup] */
void live_attack_reserve(const live_shape *shape, rsd_rvq *envelope_codebooks);

/* Token of an attack at sample `position` of the hop, with the step nearest to `step_log2`. Thread: [audio] */
RSD_REALTIME int32_t live_attack_token(const live_shape *shape, uint32_t position, float step_log2);

/*
 * Position of the attack that a frame's side tokens tell, or -1. Any integer is a token: it is wrapped into its
 * codebook.
 * step_log2  of all bands; 0 where a codebook tells more
 * Thread: [audio]
 */
RSD_REALTIME int32_t live_attack_position(const live_shape *shape, const int32_t *tokens, float *step_log2);

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

// SPDX-License-Identifier: MIT
// The encoder's search: candidates of one token, what they cost, and looking one token ahead.
#ifndef CODEC_LIVE_SEARCH_H
#define CODEC_LIVE_SEARCH_H

#include "codec/live/model.h"

#define LIVE_MAX_SUBBAND_WIDTH 32u /* even: odd ones have a pair with a zero */
#define LIVE_MAX_LOOKAHEAD_WIDTH 4u

/* Near codewords, cheapest first. */
typedef struct {
    uint32_t count, tokens[LIVE_MAX_LOOKAHEAD_WIDTH];
    float cost[LIVE_MAX_LOOKAHEAD_WIDTH];
} live_candidates;

/*
 * One stage: the codebook, how many candidates it gives (one for each of RVQ_CLASSES classes, or one for each pair of
 * them), and the energy that the sum of all codewords up to it should have, multiplied by `gain`.
 */
typedef struct {
    uint32_t codebook, candidate_count;
    float scale;
    float energy_weight; /* of the squared energy error, beside the squared error */
    float target_energy, gain;
} live_search_stage;

/*
 * One token to choose. A candidate costs
 *
 *   |error|^2 + energy_weight x (target_energy - gain x |vector - error|^2)^2
 *
 * where `error` is the residual after the codeword, and `vector` is what was there before the first stage. Of
 * codewords that are about as near, the one that gives the sum the right energy is taken.
 */
typedef struct {
    const rsd_rvq *codebooks;
    live_search_stage stage, next; /* next: the sub-band's stage after, where lookahead_width is over 1 */
    uint32_t lookahead_width;      /* 1: no looking ahead; to LIVE_MAX_LOOKAHEAD_WIDTH */
    const int8_t *ratio_steps;     /* of this stage's codewords: they scale the next stage */
    const float *ratio_of_step;    /* 256 */
    uint32_t codebook_bits;
    const float *vector;    /* subband_width floats, not aliased with the residual */
    float *residual;        /* what the stages before left; on return what this one leaves */
    live_candidates *found; /* from stage to stage of a sub-band: what looking ahead found for it already */
} live_search_job;

/*
 * Chooses a token: the cheapest candidate, or with looking ahead, of the cheapest lookahead_width within
 * LIVE_LOOKAHEAD_COST_RATIO, the one after which the next stage costs least (M-best search of multi-stage quantisers,
 * LeBlanc et al. 1993, one stage deep). The token is decided whether or not the next stage is coded, so that tokens of
 * fewer levels are a prefix.
 * Thread: [audio]   Cost: a codebook search and a product for each near candidate; times lookahead_width at most
 */
RSD_REALTIME int32_t live_search_token(const live_search_job *job);

/*
 * Whether a residual is so long that no codeword is near: an element of it is over four codewords long, the range of a
 * target. Then the token is the escape, the last codeword of every codebook: nothing is added, and its residual-energy
 * ratio, LIVE_ESCAPE_RATIO_STEPS, makes the next codeword of the sub-band longer by 24 dB.
 * scale  of the codebook
 * Thread: [audio]
 */
RSD_REALTIME bool live_search_is_out_of_reach(const rsd_rvq *codebooks, uint32_t codebook, float scale,
                                              const float *residual);

/* Keeps the last codeword of every codebook from being chosen for its elements: it is the escape. Thread: [setup] */
void live_search_reserve(rsd_rvq *codebooks);

/* What the search keeps of one frame, in normalised coefficients. */
typedef struct {
    float vector[LIVE_MAX_HOP];
    float target_energy[LIVE_MAX_SUBBANDS];
    float energy_weight; /* 0 at attacks: there the nearest codeword is taken */
    uint32_t codebook_bits;
    live_candidates found[LIVE_MAX_SUBBANDS];
} live_search_frame;
RSD_REALTIME void live_search_begin(const live_model *model, bool attack, uint32_t codebook_bits, const float *vector,
                                    live_search_frame *frame);

/*
 * Chooses the next token of a sub-band and takes its codeword from `residual`.
 * scale  multiplies the codebook: live_allocation.scale
 * Thread: [audio]
 */
RSD_REALTIME int32_t live_search_encode(const live_model *model, uint32_t subband, uint32_t stage, float scale,
                                        live_search_frame *frame, float *residual);

/* Index of the greatest of 1 to 32 values, the lowest on a tie; no NaN among them, any order among negative ones.
 * Thread: [any] */
RSD_REALTIME uint32_t live_argmax(const float *values, uint32_t count);

#endif

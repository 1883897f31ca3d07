// SPDX-License-Identifier: MIT
// Which sub-band each token refines: reverse water-filling, token by token, from what the decoder knows by then.
#ifndef CODEC_LIVE_ALLOCATION_H
#define CODEC_LIVE_ALLOCATION_H

#include "codec/live/model.h"
#include "codec/live/scaling.h"

/*
 * Each token goes to the sub-band where it reduces the weighted error most (Cover and Thomas, Elements of Information
 * Theory, 10.3.3, done token by token). What a token would reduce follows from the envelope, and from the residual-energy
 * ratios of the tokens before it in this frame. Both sides know these, and any prefix of the tokens is the allocation
 * for its own rate. A damaged token misleads the tokens after it in its frame, and no other frame.
 */
typedef struct {
    float reduction[LIVE_MAX_SUBBANDS]; /* distortion reduction of the next token in each sub-band */
    float scale[LIVE_MAX_SUBBANDS];     /* product of its tokens' residual-energy ratios, in amplitude */
    uint8_t stage[LIVE_MAX_SUBBANDS];   /* how many tokens it has */
} live_allocation;

/* Begins a frame. Thread: [audio] */
RSD_REALTIME void live_allocation_begin(const live_model *model, const live_scaling *scaling,
                                        live_allocation *allocation);

/* A sub-band takes the next token. Returns how many it had before. Thread: [audio] */
RSD_REALTIME uint32_t live_allocation_take(const live_model *model, const live_scaling *scaling,
                                           live_allocation *allocation, uint32_t subband);

/* The sub-band that the next token refines, the lowest on a tie; *stage: how many tokens it had before.
 * Thread: [audio] */
RSD_REALTIME uint32_t live_allocation_next(const live_model *model, const live_scaling *scaling,
                                           live_allocation *allocation, uint32_t *stage);

/*
 * A sub-band has its token of `stage` (any integer is one: it is wrapped into the codebook; RSD_TOKEN_NONE changes
 * nothing). A codeword with a large residual-energy ratio enlarges the scale of the next one, within LIVE_MAX_RATIO, and
 * what the next one would reduce. Thread: [audio]
 */
RSD_REALTIME void live_allocation_update(const live_model *model, uint32_t subband, uint32_t stage, int32_t token,
                                         live_allocation *allocation);

/* Residual-energy ratio of a token (any integer is one) beside the average of its codebook. Thread: [any] */
float live_residual_ratio(const live_model *model, uint32_t codebook, int32_t token);

/* scale times ratio, within 1 / LIVE_MAX_RATIO to LIVE_MAX_RATIO. Thread: [any] */
RSD_REALTIME float live_next_scale(float scale, float ratio);

/* Fills the table of live_model.ratio_of_step. Thread: [any] */
void live_ratio_table_init(float ratio_of_step[256]);

/* log2 of the additional weight of error in a sub-band after `stage` tokens there. Thread: [any] */
RSD_REALTIME float live_error_weight_log2(const live_shape *shape, uint32_t subband, uint32_t stage);

/* Gain that gives a sum of codewords the energy of what they code: they leave `error` of `whole`. Thread: [any] */
float live_restoring_gain(float error, float whole);

/*
 * Distortion reduction, noise fill and restoring gain of every sub-band and stage.
 * error  mean error of normalised coefficients after 0, 1, ... tokens: subband_count rows of stage_count + 1
 * Thread: [setup]
 */
void live_allocation_init(live_model *model, const float *error);

#endif

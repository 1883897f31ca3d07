// SPDX-License-Identifier: MIT
// Whole frames of a codec through the model and the range coder, in the codec's own order, without looking ahead.
#ifndef ENTROPY_TOKEN_CODER_H
#define ENTROPY_TOKEN_CODER_H

#include "entropy/model.h"

#include <residuum/rsd_codec.h>

/*
 * Every token is coded with all tokens before it known: side tokens first, then level by level, channel after channel;
 * of a stereo pair of `live` the side tokens of both, then level by level, in a level channel by channel. Codecs whose
 * rows are levels are a grid; where a codec knows more of a token's place (`live`: sub-band, stage, scale, envelope, and
 * of a pair signal and angle; codec/places.h) or tells its codewords (Lyra V2; codec/codebooks.h), the model is told
 * that. Encoder and decoder hold the same state after the same frames.
 */

/* Of all that decides a probability. 1: codewords were not known; 2: a pair of `live` was two channels. All else is the
 * same since. */
#define TOKEN_CODER_MODEL_VERSION 3u
#define TOKEN_CODER_FIRST_OF_PAIRS 3u

/* Whether a coder with this model knows more than one without. Thread: [any] */
bool token_coder_needs_model(const rsd_model *model);

typedef struct {
    const rsd_codec_info *codec; /* borrowed until init returns */
    const rsd_model *model;      /* borrowed as long as the coder; NULL: tokens are all that is known */
    uint32_t channel_count;
    entropy_model_config size; /* 0: the usual; both sides must have the same */
} token_coder_config;

typedef struct token_coder token_coder;

/* Bytes of the coder's block, a multiple of 64: 32 MB, and some KB a channel. Thread: [any] */
size_t token_coder_bytes(const token_coder_config *config);
/* `block`: aligned to 64. Thread: [setup] */
token_coder *token_coder_init(void *block, const token_coder_config *config);
/* Forgets all frames. Thread: [any]   Cost: the block's size, nothing where nothing was coded since */
RSD_REALTIME void token_coder_restart(token_coder *coder);

/* Most bytes of one frame with so many levels. Thread: [any] */
size_t token_coder_frame_bytes(const token_coder_config *config, uint32_t level_count);

/*
 * One frame of every channel, its first levels. `range` NULL: learns alone. Returns the cost, of 65536 bits.
 * Thread: [any]   Cost: about 1.3 us a bit
 */
RSD_REALTIME uint64_t token_coder_encode(token_coder *coder, const rsd_token_frame *frames, uint32_t level_count,
                                         range_encoder *range);
/* The other way: any bytes are some tokens, each within the bits of its codebook. Thread: [any] */
RSD_REALTIME void token_coder_decode(token_coder *coder, rsd_token_frame *frames, uint32_t level_count,
                                     range_decoder *range);

/* Cost so far of each level, side tokens in level 0, of 65536 bits; counted since init. Thread: [any] */
RSD_REALTIME uint64_t token_coder_level_cost(const token_coder *coder, uint32_t level);

#endif

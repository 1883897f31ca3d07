// SPDX-License-Identifier: MIT
// Effects on the frames of one channel, between the two halves of decoding.
#ifndef TOKEN_EFFECTS_H
#define TOKEN_EFFECTS_H

#include "codec/codec_frame.h"
#include "codec/predictor/predictor.h"

/*
 * A chain of effects that change codec_frames: which frame in time, which tokens, how many levels. It sees no sample.
 * What each does, to the token, is in docs/token-effects.md, in the order of the chain.
 *
 * All chance is a function of seed, channel, frame and place: the same seed gives the same sound, whatever the block
 * size, and nothing hangs on how often somebody asked. The frame clock is the index of the frame since the start.
 */

#define TOKEN_EFFECTS_MAX_GRAIN_FRAMES 64u
#define TOKEN_EFFECTS_MAX_STUTTER_FRAMES 512u
#define TOKEN_EFFECTS_MAX_HOLD_FRAMES 256u
#define TOKEN_EFFECTS_MAX_REVERSE_FRAMES 256u

/* What is heard in place of a lost frame, in the order of rsd_conceal. */
typedef enum {
    TOKEN_CONCEAL_SILENCE,
    TOKEN_CONCEAL_REPEAT,
    TOKEN_CONCEAL_FADE,
    TOKEN_CONCEAL_NOISE,
    TOKEN_CONCEAL_REVERSE,
    TOKEN_CONCEAL_IMAGINE
} token_conceal;

/* Of one frame, for all channels, in the order of the chain. Levels count from 0. All zero: everything is off. */
typedef struct {
    bool is_on;     /* false: nothing below is */
    bool is_linked; /* one chance and one clock for all channels */
    uint32_t seed;
    float loss;          /* 0..1: share of lost frames */
    float loss_burst_ms; /* mean length of a loss */
    token_conceal conceal;
    uint32_t predict_from; /* levels from this one up are imagined, counted from 1; 0: none is */
    bool is_continuing;    /* while the input is quiet, whole frames are imagined */
    float stutter_frames;  /* 1..TOKEN_EFFECTS_MAX_STUTTER_FRAMES; loops of a fraction are right on average; 0: off */
    bool stutter_follows;  /* a tempo: small changes of stutter_frames do not begin anew */
    uint32_t stutter_from; /* lowest level that stutters */
    uint32_t stutter_repeats; /* times that a slice is heard; 0: for ever */
    bool is_frozen;
    uint32_t freeze_from;       /* lowest level that is */
    uint32_t freeze_frames;     /* 1..TOKEN_EFFECTS_MAX_GRAIN_FRAMES */
    float freeze_drift;         /* 0..1: chance that a frozen frame is replaced by the one that comes in */
    uint32_t level_skew_frames; /* level k is k times so many frames late */
    uint32_t hold_frames;       /* the first of so many frames is heard; 0 or 1: all */
    uint32_t reverse_frames;    /* 0..TOKEN_EFFECTS_MAX_REVERSE_FRAMES, backwards; 0 or 1: off */
    float scramble;             /* 0..1: share of the codewords that have changed places */
    int32_t token_shift;
    uint32_t error_from, error_to; /* levels [from, to) of the next two */
    float token_error;             /* 0..1: chance of a token to be replaced */
    float bit_flip;                /* 0..1: chance of a token to have a bit flipped */
    float starve;                  /* 0..1: share of the levels that the loudest passages lose */
} token_effect_controls;

typedef struct token_effects token_effects;

/*
 * Bytes for token_effects_init, a multiple of 64. Thread: [any]
 */
size_t token_effects_size_bytes(const rsd_codec_info *info, const codec_bands *bands);

/*
 * State of one channel of a codec.
 * block    token_effects_size_bytes, aligned to 64; there is nothing to destroy
 * bands    codec_bands_of the codec
 * channel  counts from 0
 * Thread: [setup]
 */
token_effects *token_effects_init(void *block, const rsd_codec_info *info, const codec_bands *bands, uint32_t channel);

/*
 * Gives the chain what imagines levels. Without it, what would be imagined is left as it is, and a lost frame fades.
 * state  of its own, for this channel; lives as long as the chain. NULL: none
 * Thread: [setup]
 */
void token_effects_use_predictor(token_effects *effects, predictor_state *state);

/* Forgets all frames. Thread: [audio] */
RSD_REALTIME void token_effects_reset(token_effects *effects);

/*
 * Changes a frame. While all are off it is left as it is, and remembered.
 * frame_index  counts from the start; the next call has the next one, or comes after a reset
 * frame        of codec_read_frame
 * Thread: [audio]   Cost: off, one copy of the frame; on, linear in the codec's sequences
 */
RSD_REALTIME void token_effects_apply(token_effects *effects, const token_effect_controls *controls,
                                      uint64_t frame_index, codec_frame *frame);

/* Whether the latest frame was one that loss has lost. Thread: [audio] */
RSD_REALTIME bool token_effects_is_lost(const token_effects *effects);

#endif

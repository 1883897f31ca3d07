// SPDX-License-Identifier: MIT
// State of the token effects of one channel, and what their files share.
#ifndef TOKEN_EFFECTS_INTERNAL_H
#define TOKEN_EFFECTS_INTERNAL_H

#include "token/effects/effects.h"

#include <stddef.h>

/*
 * A frame in the history: what a codec_frame has before its tokens, up to the last band of the codec, then its tokens,
 * 16 bits each. The head is copied in one piece: a few instructions where field by field takes many.
 */
typedef struct {
    uint32_t packed_level_count; /* those over it have no tokens, and are not in the row */
    char head[];
} frame_row;

/* The last frames that came out of what loops: a ring of rows. */
typedef struct {
    char *rows;
    uint32_t capacity_frames; /* a power of two */
    uint64_t count;           /* frames since reset */
} frame_history;

/* What goes round. Frames are counted since it began. */
typedef struct {
    float length_frames;    /* of the loops that are to come; 0: there is none */
    int64_t position;       /* of the next frame; under 0 it waits */
    int64_t begin;          /* of this loop */
    double next;            /* where the next loop begins, to a fraction */
    uint32_t length_before; /* of the loop before this one, which is heard again */
    uint32_t number;        /* of this loop, from 0 */
} effect_loop;

struct token_effects {
    rsd_codec_info info;
    codec_bands bands;
    size_t head_bytes, row_bytes;
    uint32_t channel;
    frame_history history;
    bool runs; /* something was on with the last frame */
    bool is_lost;
    uint32_t lost_frames; /* of this loss so far */
    effect_loop stutter;
    float hunger; /* 0..1: of starve */
    predictor_state *predictor;
    uint32_t predicted_levels; /* that it knows */
    bool is_imagining;         /* it has heard the last frame */
    bool has_heard;            /* something, since `continue` is on */
};

/* [begin, end); what is over the codec's is left out. With level 0 goes all else of a frame, its envelope too. */
typedef struct {
    uint32_t begin, end;
} effect_levels;

/* One frame of one channel as the effects see it. */
typedef struct {
    token_effects *effects;
    const token_effect_controls *controls;
    uint64_t clock;  /* frame clock, of this channel where channels are free */
    uint32_t offset; /* of it from the frame's index */
    uint32_t chance; /* what draws begin with: seed and channel */
    codec_frame *frame;
} effect_frame;

/* ---- chance ---- */

/* What a number is drawn for: two effects never see the same ones. */
typedef enum {
    DRAW_CLOCK = 1,
    DRAW_DRIFT,
    DRAW_LOSS,
    DRAW_CONCEAL,
    DRAW_ERROR,
    DRAW_ERROR_TOKEN,
    DRAW_FLIP,
    DRAW_FLIP_BIT,
    DRAW_IMAGINE
} effect_draw;

/* The finaliser of MurmurHash3 (Appleby, public domain). */
static inline uint32_t effect_mix(uint32_t bits)
{
    bits = (bits ^ (bits >> 16)) * 0x85EBCA6Bu;
    bits = (bits ^ (bits >> 13)) * 0xC2B2AE35u;
    return bits ^ (bits >> 16);
}

/* 32 random bits of this frame for place `index`. */
static inline uint32_t effect_bits(const effect_frame *at, effect_draw draw, uint32_t index)
{
    const uint32_t of_draw = effect_mix(at->chance + (uint32_t)draw * 0x9E3779B9u);
    const uint32_t of_frame = effect_mix(of_draw ^ (uint32_t)at->clock) + (uint32_t)(at->clock >> 32);
    return effect_mix(of_frame + index * 0x9E3779B9u);
}

/* True with a probability of 0..1. */
static inline bool effect_chance(uint32_t bits, float probability)
{
    return (float)(bits >> 8) < probability * 16777216.0f;
}

/* 0..count - 1, all as likely. */
static inline uint32_t effect_pick(uint32_t bits, uint32_t count) { return (uint32_t)(((uint64_t)bits * count) >> 32); }

/* ---- history.c ---- */

/* First sequence of a level. */
RSD_REALTIME uint32_t effect_level_begin(const token_effects *effects, uint32_t level);
/* With the tokens of its first levels; those over them count as not coded. */
RSD_REALTIME void effect_remember(token_effects *effects, const codec_frame *frame, uint32_t level_count);
/* Levels of the frame that was remembered `age_frames` before the newest. false: there is none, nothing is changed. */
RSD_REALTIME bool effect_recall(const token_effects *effects, uint64_t age_frames, effect_levels levels,
                                codec_frame *frame);

/* ---- loss.c ---- */
RSD_REALTIME void effect_loss(const effect_frame *at);

/* ---- imagine.c ---- */
/* Levels that the frame lacks, as the controls want them, or all of a lost one. */
RSD_REALTIME void effect_imagine(const effect_frame *at);

/* ---- time.c ---- */
/* Before effect_remember: what goes round is what was heard. */
RSD_REALTIME void effect_stutter(const effect_frame *at);
RSD_REALTIME void effect_freeze(const effect_frame *at);
/* After effect_remember. */
RSD_REALTIME void effect_move_in_time(const effect_frame *at);

/* ---- tokens.c ---- */
/* Codewords of a sequence that are no escapes. */
RSD_REALTIME uint32_t effect_codewords(const token_effects *effects, uint32_t sequence);
RSD_REALTIME void effect_change_tokens(const effect_frame *at);

/* ---- permutation.c ---- */
/* `token` of 0..count - 1 in the seed's permutation, of which the share 0..1 of all pairs have changed places. */
RSD_REALTIME uint32_t effect_permuted(uint32_t token, uint32_t count, uint32_t seed, float share);

/* ---- starve.c ---- */
RSD_REALTIME void effect_starve(const effect_frame *at);

#endif

// SPDX-License-Identifier: MIT
// What a sound that begins may peak at: noise that fills what is not coded has peaks that a tone has not.
#ifndef CODEC_LIVE_ONSET_H
#define CODEC_LIVE_ONSET_H

#include "codec/live/shape.h"

/*
 * For LIVE_ONSET_SAMPLES after silence or an attack, a decoded frame may peak at LIVE_ONSET_CREST times the greatest rms
 * since the sound began, as its envelope tells it. Where a frame would peak higher, what fills it (noise, and the gain
 * that restores energy) is made softer by one factor for the whole frame: no sample is clipped. Codewords alone may peak
 * higher, the more levels there are: what they tell is true, and what is filled is not. Whatever begins or goes on, a
 * frame that is filled is also held to LIVE_FULL_SCALE_PEAK in the same way, with what the frame before left counted.
 */
typedef struct {
    uint32_t age_samples; /* since the sound began */
    float before, rms;    /* of the frame before; the mean of the last two */
    float loudest;        /* the greatest since the sound began */
} live_onset;

/* A frame of one channel. Rows of two: the hop that the frame completes, and its own. */
typedef struct {
    uint32_t hop;
    const float *window;       /* hop: the rising half of the transform's window */
    const float *gain[2];      /* that attacks were divided by; NULL: 1 */
    int32_t attack_samples[2]; /* position of an attack in the hop, or -1 */
    const float *overlap;      /* hop: what the frame before has left for the first one */
    bool begins;               /* or any frame, whose peak is limited by full scale alone */
    float full_scale;          /* 1, times the gains of levels and frame */
    float energy;              /* of the frame's coefficients, as far as it is told */
    float active_levels;
    const float *coded; /* 2 x hop: windowed samples of the codewords alone; not read by live_onset_exceeds */
    float *windowed;    /* 2 x hop: of the whole */
} live_onset_frame;

/* Steps by a frame. Returns whether it belongs to a beginning. Thread: [audio] */
RSD_REALTIME bool live_onset_step(live_onset *onset, uint32_t hop, bool sounds, bool has_attack);

/* Takes in the rms of a frame that belongs to a beginning. Returns whether it peaks too high. Thread: [audio] */
RSD_REALTIME bool live_onset_exceeds(live_onset *onset, const live_onset_frame *frame);

/* What a frame that peaks too high keeps of all of it, and of what fills it beside. Thread: [audio] */
typedef struct {
    float coded, filled;
} live_onset_shares;
RSD_REALTIME live_onset_shares live_onset_shares_of(const live_onset *onset, const live_onset_frame *frame);

/* Makes a frame so much softer: `windowed` is written. Thread: [audio] */
RSD_REALTIME void live_onset_soften(const live_onset_frame *frame, live_onset_shares shares);

#endif

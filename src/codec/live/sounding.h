// SPDX-License-Identifier: MIT
// The end of decoding: coefficients of a frame become samples.
#ifndef CODEC_LIVE_SOUNDING_H
#define CODEC_LIVE_SOUNDING_H

#include "codec/live/codec.h"

/* A frame of one channel that is put together. */
typedef struct {
    live_codec *codec;
    const codec_frame *frame;
    float active_levels;
    float *coefficients;       /* hop; written */
    bool begins, is_filled;    /* a sound begins; what fills it is to be softened where it peaks too high: onset.h */
    float coded[LIVE_MAX_HOP]; /* the coefficients without what fills them */
    float gain;                /* of levels and frame */
    float told_energy;         /* of the coefficients, as the envelope tells it */
} live_sounding;

/* The next hop of samples. Thread: [audio] */
RSD_REALTIME void live_sound(live_sounding *channel, float *out);

/* The same of left and right. shared: they are coded together, and what fills them stays alike. Thread: [audio] */
RSD_REALTIME void live_sound_pair(live_sounding *const pair[2], bool shared, float *const out[2]);

#endif

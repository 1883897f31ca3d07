// SPDX-License-Identifier: MIT
// The last level keeps peaks: what the decoder will make of a frame is looked at before its last tokens are chosen.
#ifndef CODEC_LIVE_PEAKS_H
#define CODEC_LIVE_PEAKS_H

#include "codec/live/codec.h"

/*
 * Error that is 20 dB under a sound in the mean is a tenth of its peak or more at single samples, and what begins is then
 * heard louder than it was. Where a frame with all its levels would peak by more than LIVE_PEAK_OVER over the sound, what
 * is too much of it is taken from the target of the last level (which no other level's tokens follow), and that level is
 * chosen anew.
 */
typedef struct {
    const live_codec *codec;
    float gain[2][LIVE_MAX_HOP]; /* of attacks, in the frame's two hops; flat: 1 */
    bool flat[2];
    float most;                      /* peak of the sound so far */
    float before[LIVE_MAX_HOP];      /* error that the frame before leaves in the first hop */
    float excess[2u * LIVE_MAX_HOP]; /* what the last look found too much, in the window */
} live_peaks;

/* Squared peak of the sound after a hop more of it; the peak before falls by 60 dB a second. Thread: [audio] */
RSD_REALTIME float live_peaks_follow(const float *in, uint32_t hop, float peak_energy);

/* Whether an error of this energy may be heard as a peak. Thread: [audio] */
RSD_REALTIME bool live_peaks_may_exceed(const live_codec *codec, float error_energy);

/* Begins a frame. Thread: [audio] */
RSD_REALTIME void live_peaks_begin(const live_codec *codec, live_peaks *peaks);

/* Peak of the frame over that of the sound, with an error of its coefficients. Thread: [audio] */
RSD_REALTIME float live_peaks_look(live_peaks *peaks, const float *error);

/* Adds to `shift`, in coefficients, what takes the excess of the last look from the target. Thread: [audio] */
RSD_REALTIME void live_peaks_shift(const live_peaks *peaks, float *shift);

#endif

// SPDX-License-Identifier: MIT
// What a decoded envelope means for a frame: the scale of every coefficient and the weight of error in every sub-band.
#ifndef CODEC_LIVE_SCALING_H
#define CODEC_LIVE_SCALING_H

#include <residuum/rsd_status.h>

#include "codec/live/rotation.h"

typedef struct {
    float scale[LIVE_MAX_HOP];          /* coefficient = scale x normalised coefficient */
    float inverse[LIVE_MAX_HOP];        /* 1 / scale */
    float weight[LIVE_MAX_SUBBANDS];    /* perceptual weight of error in a sub-band */
    float slope_log2[LIVE_MAX_HOP];     /* of noise in sub-bands without token, over the scale */
    float mean_log2[LIVE_MAX_SUBBANDS]; /* mean of the log envelope over a sub-band */
} live_scaling;

/* state: the decoded envelope less its mean. The same on both sides, so that it costs no bits. Thread: [audio] */
RSD_REALTIME void live_scaling_of(const live_shape *shape, const float state[LIVE_MAX_BANDS], live_scaling *scaling);

/* The same of the envelope itself, which need not be the decoded one. Thread: [audio] */
RSD_REALTIME void live_scaling_of_envelope(const live_shape *shape, const float envelope_log2[LIVE_MAX_BANDS],
                                           live_scaling *scaling);

/*
 * Weights of a pair that is rotated: an error counts as much as it does where it is heard, in left and right.
 * mean_log2 of both is read; the weights of both are written. Thread: [audio]
 */
RSD_REALTIME void live_scaling_join(const live_shape *shape, const live_rotation *rotation, live_scaling *first,
                                    live_scaling *second);

#endif

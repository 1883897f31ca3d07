// SPDX-License-Identifier: MIT
// What a decoder adds to the codewords of a frame: the energy that its envelope promises and that they do not have.
#ifndef CODEC_LIVE_FILL_H
#define CODEC_LIVE_FILL_H

#include "codec/live/model.h"
#include "codec/live/scaling.h"

/* What is to be done to a sub-band beside its codewords, as far as the active levels go. */
typedef struct {
    float noise;   /* amplitude of the noise that they leave room for */
    float restore; /* gain that gives their sum the energy of what they code */
} live_fill;

/* How much of either, for all sub-bands: 0 is none. */
typedef struct {
    float restore, noise;
} live_fill_amounts;

/*
 * Fills a frame of normalised coefficients. A gain is of what they have, whatever the levels' own gains are: these stay
 * gains.
 * fill   a row a sub-band
 * noise  state of the generator
 * sum    the codewords' sum, hop floats; written
 * Thread: [audio]
 */
RSD_REALTIME void live_fill_subbands(const live_model *model, const live_scaling *scaling, const live_fill *fill,
                                     const live_fill_amounts *amounts, uint32_t *noise, float *sum);

#endif

// SPDX-License-Identifier: MIT
// Frames of the `live` codec: bands of the envelope, sub-bands of the tokens, and the constants of a hop.
#ifndef CODEC_LIVE_SHAPE_H
#define CODEC_LIVE_SHAPE_H

#include <residuum/rsd_status.h>

#include "codec/live/constants.h"

#include <residuum/rsd_limits.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVE_MAX_BANDS 20u
#define LIVE_MAX_HOP 256u
#define LIVE_MAX_SUBBANDS 32u
#define LIVE_MAX_STAGES 24u
#define LIVE_MAX_ENVELOPE_CODEBOOKS 2u

typedef struct {
    uint32_t hop, band_count, subband_count, subband_width;
    uint32_t envelope_codebook_count;
    uint16_t envelope_codewords[LIVE_MAX_ENVELOPE_CODEBOOKS];
    uint16_t edges[LIVE_MAX_BANDS + 1u];
    uint8_t band_of[LIVE_MAX_HOP];     /* coefficient i lies in this band, */
    uint8_t band_below[LIVE_MAX_HOP];  /* between the centres of this one and the next, */
    float share_of_step[LIVE_MAX_HOP]; /* this share of the step between them over its own band; -1 to 1 */
    float mean_envelope[LIVE_MAX_BANDS];
    float band_weight[LIVE_MAX_BANDS];       /* of envelope errors */
    float max_envelope_log2[LIVE_MAX_BANDS]; /* of a band that has all the energy that a frame may have */
    float half_width_log2[LIVE_MAX_BANDS];   /* log2 of a band's amplitude (root of its energy) over its rms */
    uint32_t unit_count;                     /* of the rotation of a stereo pair: rotation.h */
    uint8_t unit_of[LIVE_MAX_SUBBANDS];
    live_constants constants;
} live_shape;

/* Bands, sub-bands and interpolation for a hop of 64, 128 or 256: the same in Hz for all. Thread: [any] */
void live_shape_init(live_shape *shape, uint32_t hop);

/* Takes over the constants. After live_shape_init. Thread: [any] */
void live_shape_set(live_shape *shape, const live_constants *constants);

/* Mean square of `count` values, added in a fixed order. Thread: [audio] */
RSD_REALTIME float live_mean_square(const float *values, uint32_t count);

#endif

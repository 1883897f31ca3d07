// SPDX-License-Identifier: MIT
#ifndef CODEC_LIVE_INTERNAL_H
#define CODEC_LIVE_INTERNAL_H

#include "codec/codec_internal.h"

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_rvq.h>

/*
 * The `live` codec: MDCT of 2 x hop, an envelope (log2 rms of LIVE_BANDS bands) coded as side information, coefficients
 * divided by a power of the envelope, RVQ of the quotient, noise fill of what the active levels leave.
 */

#define LIVE_BANDS 13u
#define LIVE_MAX_HOP 256u
#define LIVE_ENVELOPE_BOOKS 2u

/* Mean square of a frame's coefficients under which it is silence: -100 dBFS. Coded as side token 0, decoded as zeros.
 */
#define LIVE_SILENCE 1e-10f

/* Numbers that a model file carries, in the order of its tensor "constants". */
typedef struct {
    float prediction; /* share of the last decoded envelope (less its mean) that predicts the next */
    float gamma;      /* coefficients are divided by envelope^gamma x gain^(1 - gamma) */
    float fill;       /* amplitude of noise fill as a share of the missing energy's root */
    float fade;       /* no fill where the band's normalised energy exceeds this many water levels */
} live_constants;
#define LIVE_CONSTANT_COUNT 4u

typedef struct {
    uint32_t hop;
    uint16_t edges[LIVE_BANDS + 1u];
    float mean_envelope[LIVE_BANDS];
    live_constants constants;
} live_shape;

/* Band edges for a hop of 64, 128 or 256: the same bands in Hz for all. Thread: [any] */
void live_band_edges(uint32_t hop, uint16_t edges[LIVE_BANDS + 1u]);

/* log2 rms of each band of a frame's coefficients. Thread: [audio] */
void live_envelope_of(const live_shape *shape, const float *coefficients, float envelope[LIVE_BANDS]);

/* Mean square of count values. Thread: [audio] */
float live_mean_square(const float *values, uint32_t count);

/*
 * One step of the predictive envelope quantiser. `state` is the decoded envelope less its mean; starts as zeros.
 * encode writes the tokens and steps the state exactly as decode does with these tokens.
 */
void live_envelope_encode(const live_shape *shape, const rsd_rvq *books, const float envelope[LIVE_BANDS],
                          float state[LIVE_BANDS], int32_t tokens[LIVE_ENVELOPE_BOOKS]);
void live_envelope_decode(const live_shape *shape, const rsd_rvq *books, const int32_t tokens[LIVE_ENVELOPE_BOOKS],
                          float state[LIVE_BANDS]);

/* Divisor of each band, and its reciprocal, from a quantiser state. */
typedef struct {
    float divisor[LIVE_BANDS], inverse[LIVE_BANDS];
    float energy[LIVE_BANDS]; /* mean square of the band's coefficients by the decoded envelope */
} live_scaling;
void live_scaling_of(const live_shape *shape, const float state[LIVE_BANDS], live_scaling *scaling);

/* out[i] = in[i] * band_factor[band of i]; may be in place. */
void live_scale_bands(const live_shape *shape, const float *in, const float band_factor[LIVE_BANDS], float *out);

typedef struct {
    rsd_model base;
    char name[64];
    live_shape shape;
    uint32_t level_count;
    float water_level[RSD_MAX_LEVELS + 1u]; /* mean error of a normalised coefficient after 0..K levels */
    rsd_rvq *envelope_books, *books;
    uint16_t sequence_codewords[RSD_MAX_SEQUENCES];
    uint16_t side_codewords[LIVE_ENVELOPE_BOOKS];
} live_model;

/* State of one channel. */
typedef struct {
    rsd_codec base;
    const live_model *model;
    rsd_mdct *mdct;
    float encoder_envelope[LIVE_BANDS], decoder_envelope[LIVE_BANDS];
    uint32_t noise;
    float history[2u * LIVE_MAX_HOP]; /* the last two hops of input */
    float overlap[LIVE_MAX_HOP];
    _Alignas(64) char mdct_block[];
} live_codec;

void live_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                 rsd_level_meter *meter);
void live_decode(rsd_codec *codec, const rsd_token_frame *frame, const rsd_decode_controls *controls, float *out);
void live_reset(rsd_codec *codec);

#endif

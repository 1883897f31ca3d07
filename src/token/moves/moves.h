// SPDX-License-Identifier: MIT
// Moves of the envelope of one channel's frames, between the two halves of decoding.
#ifndef TOKEN_MOVES_H
#define TOKEN_MOVES_H

#include "codec/codec_frame.h"

/*
 * What the decoded envelope of a frame becomes, for what sounds alone: the tokens keep the places that the true envelope
 * gives them. In the order of the chain, band by band in log2 of the rms:
 *
 *   smear over time    the power of each band follows a one-pole low-pass of time constant smear_ms
 *   smear over bands   the mean over the neighbours, of weights 1 - distance / (smear_bands + 1), where positive
 *   formant            the envelope at frequency f is what it was at f / 2^(formant / 12): linear between the centres
 *                      of the bands, level beyond the first and the last
 *   tilt               tilt dB for each octave over 1 kHz
 *   birdies            chunks of about 20 ms in which a sub-band is absent: never under 1.5 kHz, from 6 kHz on with a
 *                      probability of 0.9 birdies
 *
 * Chance is a function of seed, channel, sub-band and frame index. Codecs without an envelope are left as they are.
 */

typedef struct {
    bool is_on;     /* false: nothing below is */
    bool is_linked; /* one chance for all channels */
    uint32_t seed;
    float smear_ms, smear_bands; /* 0: none */
    float formant_semitones, tilt_db_per_octave;
    float birdies; /* 0..1 */
} token_move_controls;

typedef struct {
    codec_bands bands;
    uint32_t channel;
    float rate_hz, frame_ms;
    uint32_t chunk_frames;              /* of birdies */
    float centre_log2[CODEC_MAX_BANDS]; /* log2 of the middle of each band, in Hz over 1 kHz */
    bool remembers;                     /* power is of the frame before */
    float power[CODEC_MAX_BANDS];       /* smeared over time */
} token_moves;

/* Thread: [setup] */
void token_moves_init(token_moves *moves, const rsd_codec_info *info, const codec_bands *bands, uint32_t channel);

/* Forgets the frames before. Thread: [audio] */
RSD_REALTIME void token_moves_reset(token_moves *moves);

/*
 * Writes is_moved, move_log2 and absent_subbands of `shaping`.
 * frame  as it will be synthesised; not written
 * Thread: [audio]   Cost: off, a branch; on, linear in the bands
 */
RSD_REALTIME void token_moves_apply(token_moves *moves, const token_move_controls *controls, uint64_t frame_index,
                                    const codec_frame *frame, codec_shaping *shaping);

#endif

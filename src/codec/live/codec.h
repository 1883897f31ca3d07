// SPDX-License-Identifier: MIT
// State of one channel of the `live` codec, and its encoder and decoder.
#ifndef CODEC_LIVE_CODEC_H
#define CODEC_LIVE_CODEC_H

#include "codec/live/model.h"
#include "codec/live/onset.h"
#include "codec/live/rotation.h"

#include <residuum/rsd_dsp.h>

/*
 * The `live` codec: an MDCT of 2 x hop; an envelope (log2 rms of up to LIVE_MAX_BANDS bands) coded as side information;
 * coefficients divided by it; residual vector quantisation of sub-bands, which are short runs of neighbouring
 * coefficients. Which sub-band a token refines follows from the envelope and the tokens before it (allocation.h). Attacks
 * are flattened before the transform (gain control, as in the SSR profile of ISO/IEC 13818-7).
 */
typedef struct {
    rsd_codec base;
    const live_model *model;
    rsd_mdct *mdct;
    float encoder_power[LIVE_MAX_BANDS]; /* smoothed mean squares of the bands */
    bool encoder_sounds;                 /* the last frame was no silence */
    float encoder_envelope[LIVE_MAX_BANDS];
    float background, encoder_gain_log2;  /* attacks: detector, gain at the end of the last hop */
    float history[2u * LIVE_MAX_HOP];     /* the last two hops of input, attacks flattened */
    codec_gain hop_gain_before, hop_gain; /* of these two hops */
    float error[LIVE_MAX_HOP];            /* that all levels left of the last frame, in coefficients */
    float error_energy;
    float peak_energy; /* of the sound so far: peaks.h */

    /* The decoder's reading half: where the true stream is. */
    float decoder_envelope[LIVE_MAX_BANDS];
    codec_gain read_gain; /* of the last frame's hop */
    float read_gain_log2; /* at its end */

    /* Of a stereo pair, in the state of its first channel: what the encoder and the reading half have told and read. */
    live_rotation encoder_rotation, read_rotation;
    live_rotation_choice choice;

    /* Its sounding half. */
    codec_gain late; /* gain of the hop that the next frame completes, and its values; flat: all of them are 1 */
    bool late_flat;
    float late_gain[LIVE_MAX_HOP];
    uint32_t onset_frames; /* how long noise has less than its amplitude */
    live_onset onset;
    uint32_t noise;
    float overlap[LIVE_MAX_HOP];
    _Alignas(64) char mdct_block[];
} live_codec;

/* The entries of codec_class. Thread: [audio] */
RSD_REALTIME void live_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                              rsd_token_frame *frame, rsd_level_meter *meter);
RSD_REALTIME void live_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame);
RSD_REALTIME void live_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls,
                                  float *out);
RSD_REALTIME void live_encode_pair(rsd_codec *const codecs[2], const float *const in[2],
                                   const rsd_encode_controls *controls, rsd_token_frame *const frames[2],
                                   rsd_level_meter *const meters[2]);
RSD_REALTIME void live_read_pair(rsd_codec *const codecs[2], const rsd_token_frame *const tokens[2],
                                 codec_frame *const frames[2]);
RSD_REALTIME void live_synthesise_pair(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                                       const rsd_decode_controls *const controls[2], float *const out[2]);
RSD_REALTIME void live_reset(rsd_codec *codec);

#endif

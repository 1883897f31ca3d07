// SPDX-License-Identifier: MIT
// Two models of one shape: one codes, the other decodes.
#ifndef CODEC_FOREIGN_H
#define CODEC_FOREIGN_H

#include "codec/codec_internal.h"

/*
 * The wrong decoder: tokens and envelope of one model, codewords of another. The coder's side tokens are read by the
 * coder, so that the decoder gets a codec_frame and never a side token of a codebook that is not its own.
 */
typedef struct {
    rsd_model base;
    rsd_model *coder, *decoder; /* a reference each */
} foreign_model;

/* State of one channel. Both decode all the time, so that a change of `morph` finds both in step. */
typedef struct {
    rsd_codec base;
    rsd_codec *coder, *decoder; /* behind this structure */
    float *other;               /* a hop of the decoder's sound */
    uint32_t hop_samples;
    float morph; /* where the last frame ended */
    bool is_new; /* the first frame begins where it ends */
} foreign_codec;

/*
 * Joins two models; takes over the caller's references, on failure too.
 * name   of both, for errors: "live-128@mine.safetensors"
 * Error  RSD_ERR_UNSUPPORTED: they differ in shape; says in what
 * Thread: [setup], [control]
 */
RSD_NODISCARD rsd_status foreign_open(const char *name, rsd_model *coder, rsd_model *decoder, rsd_model **model,
                                      rsd_error *error);

RSD_REALTIME void foreign_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                                 rsd_token_frame *frame, rsd_level_meter *meter);
RSD_REALTIME void foreign_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame);
RSD_REALTIME void foreign_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls,
                                     float *out);
RSD_REALTIME void foreign_encode_stereo(rsd_codec *const codecs[2], const float *const in[2],
                                        const rsd_encode_controls *controls, rsd_token_frame *const frames[2],
                                        rsd_level_meter *const meters[2]);
RSD_REALTIME void foreign_read_stereo(rsd_codec *const codecs[2], const rsd_token_frame *const tokens[2],
                                      codec_frame *const frames[2]);
RSD_REALTIME void foreign_synthesise_stereo(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                                            const rsd_decode_controls *const controls[2], float *const out[2]);
RSD_REALTIME void foreign_reset(rsd_codec *codec);

#endif

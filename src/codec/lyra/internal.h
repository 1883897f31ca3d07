// SPDX-License-Identifier: MIT
#ifndef LYRA_INTERNAL_H
#define LYRA_INTERNAL_H

#include "codec/codec_internal.h"
#include "nn/tflite/graph.h"

/*
 * Lyra V2 (SoundStream, arXiv:2107.03312) from its three TFLite files: encoder and decoder are graphs, the quantiser's
 * codebooks are read out of its graph.
 */

#define LYRA_RATE_HZ 16000u
#define LYRA_HOP 320u
#define LYRA_FEATURES 64u
#define LYRA_CODEWORDS 16u
#define LYRA_LEVEL_KBPS 0.2f /* 4 bits, 50 times a second */

typedef float lyra_row[LYRA_CODEWORDS];

typedef struct {
    rsd_model base;
    char name[64];
    tfl_graph *encoder, *decoder;
    tfl_graph_info encoder_info, decoder_info;
    uint32_t level_count;
    float *codewords;     /* level, codeword, feature */
    lyra_row *by_feature; /* level, feature, codeword: what the search reads */
    float *energies;      /* level, codeword: sums of squares */
    predictor *predictor; /* NULL: none */
} lyra_model;

typedef struct {
    rsd_codec base;
    const lyra_model *model;
    void *encoder_state, *decoder_state, *scratch; /* behind this structure, aligned to 64 */
    float loudness;                                /* 0..1: what the last frame ended with; 0 where all gains are 0 */
} lyra_codec;

/* Reads the codebooks of quantizer.tflite into the model (codebooks_setup.c). */
rsd_status lyra_read_codebooks(const tfl_file *file, lyra_model *model, rsd_error *error);

RSD_REALTIME void lyra_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                              rsd_token_frame *frame, rsd_level_meter *meter);
RSD_REALTIME void lyra_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame);
RSD_REALTIME void lyra_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls,
                                  float *out);
RSD_REALTIME void lyra_reset(rsd_codec *codec);

#endif

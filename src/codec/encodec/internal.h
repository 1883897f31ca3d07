// SPDX-License-Identifier: MIT
#ifndef CODEC_ENCODEC_INTERNAL_H
#define CODEC_ENCODEC_INTERNAL_H

#include "codec/codec_internal.h"
#include "nn/layers/layers.h"
#include "nn/safetensors.h"

/*
 * EnCodec (arXiv:2210.13438), causal models: a folder in the Hugging Face layout, config.json and model.safetensors.
 * SEANet encoder (convolutions, residual units, LSTM), residual vector quantiser, the mirrored decoder. One level is
 * one codebook. A stream begins from silence; encodec_prime_* begin it as the reference begins a file, by reflection.
 * RSD_CODEC_INT16 behind the folder's name asks for weights and codebooks of 16 bits: half the memory, three quarters of
 * the time; a few tokens in ten thousand differ (docs/experiments/030-encodec-16-bit-weights.md).
 */

#define ENCODEC_MAX_RATIOS 8u

/* What config.json says, checked. */
typedef struct {
    uint32_t sample_rate_hz, dim, filters, residual_layers, ratio_count,
        ratios[ENCODEC_MAX_RATIOS]; /* decoder's order */
    uint32_t kernel, last_kernel, residual_kernel, dilation_growth, compress, lstm_layers;
    uint32_t codewords;
    bool shortcut, weight_norm;
    uint32_t hop_samples; /* product of the ratios */
} encodec_config;

typedef struct {
    rsd_model base;
    char name[64];
    encodec_config config;
    const nn_kernel *kernel;
    bool narrow; /* weights and codebooks have 16 bits */
    nn_net encoder, decoder;
    size_t parameter_count; /* of both nets, as they are run: weight norm folded; codebooks beside */
    uint32_t level_count;
    nn_matrix all_codebooks; /* rows: the codewords of every level, each level's rounded up to whole blocks */
    nn_matrix codebooks[RSD_MAX_LEVELS]; /* views of it */
    float *squares[RSD_MAX_LEVELS];      /* |codeword|^2 */
} encodec_model;

/* State of one channel. Floats lie behind it in its block. */
typedef struct {
    rsd_codec base;
    const encodec_model *model;
    float *encoder_state, *decoder_state, *scratch, *latent, *scores;
    bool encoder_primed, decoder_primed; /* by encodec_prime_*, and no frame since */
    float gate;                          /* of the last decoded frame: 0 silence, 1 sound */
} encodec_codec;

/* Reads and checks config.json at `path`. RSD_ERR_UNSUPPORTED names what cannot stream. Thread: [setup] */
RSD_NODISCARD rsd_status encodec_config_read(const char *path, encodec_config *config, rsd_error *error);

/*
 * Builds both nets and the codebooks from the file's tensors, in the form that model->narrow says; on failure
 * encodec_destroy_parts frees. Thread: [setup]
 */
RSD_NODISCARD rsd_status encodec_weights_read(const st_file *file, encodec_model *model, rsd_error *error);
void encodec_destroy_parts(encodec_model *model);

/*
 * Begin the encoder's stream as if its past mirrored its beginning, and the decoder's alike, as the reference does with
 * whole files. start: the first sample_count samples (frame_count frames) that will be coded, at least
 * encoder.prime_frames hops (decoder.prime_frames frames) of them or all that there are; what is beyond counts as
 * zeros. Errors: RSD_ERR_MEMORY. Thread: [setup]
 */
RSD_NODISCARD rsd_status encodec_prime_encoder(rsd_codec *codec, const float *start, uint64_t sample_count);
RSD_NODISCARD rsd_status encodec_prime_decoder(rsd_codec *codec, const rsd_token_frame *start, uint64_t frame_count,
                                               const rsd_decode_controls *controls);

/* The latent that a frame's tokens stand for; returns the gate: 1 where any level sounds, else 0. Thread: [audio] */
RSD_REALTIME float encodec_latent(const encodec_model *model, const codec_frame *frame,
                                  const rsd_decode_controls *controls, float *latent);

RSD_REALTIME void encodec_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                                 rsd_token_frame *frame, rsd_level_meter *meter);
RSD_REALTIME void encodec_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame);
RSD_REALTIME void encodec_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls,
                                     float *out);
RSD_REALTIME void encodec_reset(rsd_codec *codec);

#endif

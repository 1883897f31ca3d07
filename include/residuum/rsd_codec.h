// SPDX-License-Identifier: MIT
#ifndef RSD_CODEC_H
#define RSD_CODEC_H

#include <residuum/rsd_limits.h>
#include <residuum/rsd_status.h>

#include <stddef.h>
#include <stdint.h>

/*
 * A codec turns frames of `hop_samples` samples into tokens and tokens back into sound.
 *
 *   level        what a person turns: level 1 codes most of the sound, each further level codes what the ones before
 *                left over
 *   sequence     one row of tokens over time. A level owns one or more sequences (each of `live` refines one sub-band
 *                of the spectrum). K of the (K, T) token array is the number of sequences
 *   side tokens  what every level count needs (an envelope): coded always, never switched off
 *
 * From examples/encode.c and examples/decode.c:
 *
 *   rsd_model_info(model, 48000, &info);
 *   rsd_encode_controls controls = {info->level_count, info->max_codebook_bits};
 *   void *block = aligned_alloc(64, rsd_codec_size_bytes(model));
 *   rsd_codec_encode(codec, hop, &controls, &frame, NULL);
 *   rsd_codec_decode_controls_init(&controls, levels);
 *   rsd_codec_decode(codec, &frame, &controls, hop);
 *
 * Two objects: a *model* is the immutable, shared, reference-counted data (codebooks, tables); a *codec* is the state
 * of one channel of one stream, in a block of the caller's. Many codecs, on many threads, may use one model.
 */

typedef struct rsd_model rsd_model;
typedef struct rsd_codec rsd_codec;

/* What a model is when it runs for a given host rate. Constant for the life of the model. */
typedef struct {
    char name[64];            /* "live-128", or the file's name for a user's own */
    char description[160];    /* one line for a list */
    uint32_t sample_rate_hz;  /* rate that the codec runs at; where it is not the host's, the engine resamples */
    uint32_t hop_samples;     /* per frame, at sample_rate_hz */
    uint32_t prime_samples;   /* that rsd_codec_prime wants, and rsd_codec_prime_decode in frames; 0: a file begins as a
                                 stream does */
    uint32_t latency_samples; /* input to output of the codec alone, at sample_rate_hz, exact */
    uint32_t level_count;     /* 1..RSD_MAX_LEVELS */
    uint32_t sequence_count;  /* 1..RSD_MAX_SEQUENCES */
    uint32_t side_count;      /* 0..RSD_MAX_SIDE */
    uint32_t max_codebook_bits;                     /* log2 of the largest codebook */
    uint16_t level_sequence_end[RSD_MAX_LEVELS];    /* sequences of level k: [end[k-1], end[k]), end[-1] = 0 */
    uint16_t sequence_codewords[RSD_MAX_SEQUENCES]; /* codebook size of each sequence */
    uint16_t side_codewords[RSD_MAX_SIDE];
    float level_kbps[RSD_MAX_LEVELS]; /* bitrate with levels 1..k+1 active, side included, fixed rate */
} rsd_codec_info;

/* The tokens of one frame of one channel. */
typedef struct {
    uint32_t level_count; /* levels coded; sequences of the others hold RSD_TOKEN_NONE */
    int32_t side[RSD_MAX_SIDE];
    int32_t tokens[RSD_MAX_SEQUENCES];
} rsd_token_frame;

typedef struct {
    uint32_t level_count;   /* 0..K levels to code; more is taken as K. Cost is linear in it */
    uint32_t codebook_bits; /* 1..16: only the first 2^bits codewords of each book are searched */
} rsd_encode_controls;

typedef struct {
    float level_gain[RSD_MAX_LEVELS]; /* finite, 0..2: gain on what each level adds; 0 = off, its cost is not spent */
    float active_levels; /* 0..K, fractional: what noise fill takes as coded (a muted level is not filled with noise) */
    /* 0..1: how much of the energy that the active levels lack is put back, by shaped noise where nothing is coded and
     * by a gain on what is. 0: codewords alone, so that the levels add up to the whole. The noise is also scaled by the
     * largest level_gain up to 1: all gains 0 is silence */
    float noise_fill;
} rsd_decode_controls;

/* Controls with which every level sounds: all gains 1, `level_count` levels active, noise fill 1. Thread: [any] */
RSD_API void rsd_codec_decode_controls_init(rsd_decode_controls *controls, uint32_t level_count);

/* Energies (sums of squares over one frame, in the codec's transform domain) for meters. Filled by encode. */
typedef struct {
    float input_energy;
    float level_energy[RSD_MAX_LEVELS]; /* of what level k adds; 0 where not coded */
    float error_energy[RSD_MAX_LEVELS]; /* of input - sum of levels 1..k, before noise fill and its gain; = previous
                                           where not coded */
} rsd_level_meter;

#define RSD_CODEC_INT16 ":int16"

/*
 * Opens a model by name ("live" = "live-128", "live-64", "live-256"; "lyra-v2", "encodec-24khz", whose files lie in
 * $RESIDUUM_MODELS/NAME or where `residuum models get NAME` puts them) or by path: NAME.safetensors of `residuum train`,
 * a folder with an EnCodec in the Hugging Face layout (config.json, model.safetensors), or a folder with the three
 * .tflite files of Lyra V2. RSD_CODEC_INT16 behind an EnCodec folder's name asks for weights of 16 bits: half the
 * memory and about three quarters of the time; tokens are then no longer exactly the reference's.
 * Embedded models and folders are built once per process and shared. Starts with one reference; release when done.
 * Errors   RSD_ERR_NOT_FOUND, RSD_ERR_IO, RSD_ERR_FORMAT, RSD_ERR_UNSUPPORTED (a model that cannot be streamed: the
 * text names what and why), RSD_ERR_MEMORY; `error` (may be NULL) says what and where. Thread: [setup], [control]
 */
RSD_API RSD_NODISCARD rsd_status rsd_model_open(const char *name_or_path, rsd_model **model, rsd_error *error);
RSD_API rsd_model *rsd_model_retain(rsd_model *model); /* [any] atomic; returns model */
RSD_API void rsd_model_release(rsd_model *model);      /* [setup], [control]: may free. NULL is fine */

/*
 * Name and one-line description of built-in model `index`; false past the end. The files of one of them, "lyra-v2", lie
 * outside of the library and may not be there: rsd_model_open then says how to get them. Thread: [any]
 */
RSD_API int rsd_model_builtin(uint32_t index, const char **name, const char **description);

/* Describes the model as it runs for host_rate_hz (the codec picks the nearest rate that it runs at). Thread: [any] */
RSD_API void rsd_model_info(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info);

/* Bytes for one codec state of this model: a multiple of 64, as aligned_alloc wants it. Thread: [any] */
RSD_API size_t rsd_codec_size_bytes(const rsd_model *model);

/*
 * Builds a codec in `block` (aligned to 64, rsd_codec_size_bytes). Borrows `model`: hold a reference as long as it
 * lives. codec_rate_hz  info.sample_rate_hz of rsd_model_info. Thread: [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_codec_init(void *block, size_t block_bytes, const rsd_model *model,
                                                uint32_t codec_rate_hz, rsd_codec **codec);

/*
 * encode: `in` is the next hop_samples samples (finite, |x| <= 64). Writes the frame, and the meter if not NULL.
 * decode: `out` gets the next hop_samples samples. decode(encode(x)) is x delayed by latency_samples - hop_samples,
 * plus coding error; the engine's hop buffer adds the other hop. Encoder and decoder state are separate: decode may be
 * given frames from a file. Tokens out of range (a damaged file, an effect) are wrapped into the book; RSD_TOKEN_NONE
 * adds nothing. A frame decodes to the same samples wherever it runs. Neither can fail.  Thread: [audio]
 */
RSD_API RSD_REALTIME void rsd_codec_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                                           rsd_token_frame *frame, rsd_level_meter *meter);
RSD_API RSD_REALTIME void rsd_codec_decode(rsd_codec *codec, const rsd_token_frame *frame,
                                           const rsd_decode_controls *controls, float *out);
/* Back to the state after init. Thread: [audio] */
RSD_API RSD_REALTIME void rsd_codec_reset(rsd_codec *codec);

/*
 * Makes the encoder begin as the model's reference begins a whole file, where that is not as from silence (EnCodec pads
 * by reflection). Before the first frame; a reset before the first frame keeps it. Codecs that know no difference do
 * nothing.
 * start  the first info.prime_samples samples that will be coded, or all where the sound is shorter
 * Errors RSD_ERR_MEMORY. Thread: [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_codec_prime(rsd_codec *codec, const float *start, uint64_t sample_count);

/*
 * The same for the decoder, before the first frame of tokens that were made from a file's beginning.
 * start  the first info.prime_samples / info.hop_samples frames that will be decoded, or all where there are fewer
 * controls  of the first frame. Errors RSD_ERR_MEMORY. Thread: [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_codec_prime_decode(rsd_codec *codec, const rsd_token_frame *start,
                                                        uint64_t frame_count, const rsd_decode_controls *controls);

#endif

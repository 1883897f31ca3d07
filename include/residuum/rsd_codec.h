// SPDX-License-Identifier: MIT
#ifndef RSD_CODEC_H
#define RSD_CODEC_H

#include <residuum/rsd_limits.h>
#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A codec turns frames of `hop_samples` samples into tokens, and tokens back into sound.
 *
 *   level        what a person turns: level 1 codes most of the sound, each further level codes what the ones before
 *                left over
 *   sequence     one row of tokens over time. A level owns one or more sequences (each of `live` refines one sub-band
 *                of the spectrum). K of the (K, T) token array is the number of sequences
 *   side tokens  what every level count needs (an envelope): coded always, never switched off
 *
 * From examples/encode.c and examples/decode.c:
 *
 *   if (rsd_model_open("live-128", &model, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
 *   rsd_model_info(model, 48000, &info);
 *   rsd_encode_controls controls = {info->level_count, info->max_codebook_bits};
 *   void *block = aligned_alloc(64, rsd_codec_size_bytes(model));
 *   rsd_codec_encode(codec, hop, &controls, &frame, NULL);
 *   rsd_codec_decode_controls_init(&controls, levels);
 *   rsd_codec_decode(codec, &frame, &controls, hop);
 *   free(block);
 *   rsd_model_release(model);
 *
 * There are two objects. A *model* is the immutable, shared, reference-counted data (codebooks, tables). A *codec* is
 * the state of one channel of one stream, in a block of the caller's. Many codecs, on many threads, may use one model;
 * one codec is used by one thread at a time.
 */

typedef struct rsd_model rsd_model;
typedef struct rsd_codec rsd_codec;

/* Properties of a model that runs for a given host rate. Constant for the life of the model. May grow: see
 * rsd_version.h. */
typedef struct {
    uint32_t size_bytes;        /* of what the library has filled */
    char name[64];              /* "live-128", or the file's name for a user's own */
    char description[160];      /* one line for a list */
    uint32_t sample_rate_hz;    /* rate that the codec runs at; where it is not the host's, the engine resamples */
    uint32_t hop_samples;       /* per frame, at sample_rate_hz */
    uint32_t prime_samples;     /* that rsd_codec_prime wants; 0: a file begins as a stream does */
    uint32_t latency_samples;   /* input to output of the codec alone, at sample_rate_hz, exact */
    uint32_t level_count;       /* 1..RSD_MAX_LEVELS */
    uint32_t sequence_count;    /* 1..RSD_MAX_SEQUENCES */
    uint32_t side_count;        /* 0..RSD_MAX_SIDE */
    uint32_t max_codebook_bits; /* log2 of the largest codebook's size */
    uint16_t level_sequence_end[RSD_MAX_LEVELS];    /* sequences of level k: [end[k-1], end[k]), end[-1] = 0 */
    uint16_t sequence_codewords[RSD_MAX_SEQUENCES]; /* codebook size of each sequence */
    uint16_t side_codewords[RSD_MAX_SIDE];          /* the same of each row of side tokens */
    float level_kbps[RSD_MAX_LEVELS]; /* [k]: constant bitrate of levels 0..k of one channel, side tokens included */
} rsd_codec_info;

/* The tokens of one frame of one channel. Stays as it is: see rsd_version.h. */
typedef struct {
    uint32_t level_count;              /* levels coded */
    int32_t side[RSD_MAX_SIDE];        /* side_count of them */
    int32_t tokens[RSD_MAX_SEQUENCES]; /* sequences of levels that are not coded hold RSD_TOKEN_NONE */
} rsd_token_frame;

/* May grow: see rsd_version.h. Members to come have their standard value at 0. */
typedef struct {
    uint32_t level_count;   /* levels to code, 0..level_count of the codec; more is taken as that. Cost is linear */
    uint32_t codebook_bits; /* 1..16: only the first 2^codebook_bits codewords of each codebook are searched */
} rsd_encode_controls;

/* Start from rsd_codec_decode_controls_init. May grow: see rsd_version.h. */
typedef struct {
    float level_gain[RSD_MAX_LEVELS]; /* finite, 0..2: gain on what each level adds; a level of gain 0 costs nothing */
    float active_levels; /* fractional: levels that count as coded, so that a muted one is not filled with noise */
    float noise_fill;    /* 0..1: see below */
    float morph;         /* 0..1, with a foreign decoder: how much of it is heard; 0 is the coder's own */
} rsd_decode_controls;

/*
 * Noise fill says how much of the energy that the active levels lack is put back: by shaped noise where nothing is
 * coded, and by a gain on what is coded. At 0 there are codewords alone, and the levels add up to the whole. The noise
 * is also scaled by the largest level_gain up to 1, so that all gains at 0 are silence.
 */

/*
 * Energies of one frame for meters: sums of squares in the codec's transform domain; of a codec of latents, scaled such
 * that input_energy is the energy of the samples. Stays as it is.
 */
typedef struct {
    float input_energy;
    float level_energy[RSD_MAX_LEVELS]; /* of what each level adds; 0 where it is not coded */
    float error_energy[RSD_MAX_LEVELS]; /* of the input less the sum of the levels up to this one, before noise fill and
                                           its gain; as of the level before where it is not coded */
} rsd_level_meter;

/* Behind an EnCodec folder's name: weights of 16 bits, half the memory and about three quarters of the time. Tokens are
 * then no longer exactly the reference's. */
#define RSD_CODEC_INT16 ":int16"

/* Between two names, CODER@DECODER: the tokens of one codec are decoded by another one of the same shape. The coder
 * reads the envelope, the decoder has the codewords. A file or folder whose whole path is so called comes first. */
#define RSD_CODEC_DECODER_SIGN '@'

/*
 * Opens a model. Built-in models and folders are built once a process and shared.
 *
 * name_or_path  a built-in name ("live" is "live-128", "live-64", "live-256", "lyra-v2"); or a path: NAME.safetensors of
 *               `residuum train`, a folder with an EnCodec in the Hugging Face layout (config.json, model.safetensors),
 *               which RSD_CODEC_INT16 may follow, or a folder with the three .tflite files of Lyra V2; or two of all
 *               these with RSD_CODEC_DECODER_SIGN between them
 * model         gets a reference: rsd_model_release gives it back
 * error         may be NULL; says what and where
 * Errors        RSD_ERR_ARG, RSD_ERR_NOT_FOUND, RSD_ERR_IO, RSD_ERR_FORMAT, RSD_ERR_MEMORY; RSD_ERR_UNSUPPORTED: a
 *               model that cannot be streamed, two models that differ in shape
 * Thread        [setup], [control]: any number of threads at a time
 * Cost          milliseconds, for neural codecs up to seconds
 */
RSD_API RSD_NODISCARD rsd_status rsd_model_open(const char *name_or_path, rsd_model **model, rsd_error *error);

/*
 * Takes one more reference on a model.
 *
 * model    NULL is fine
 * Returns  model
 * Thread   [any] that has a reference
 */
RSD_API rsd_model *rsd_model_retain(rsd_model *model);

/*
 * Gives a reference back. The last one frees the model.
 *
 * model   NULL is fine
 * Thread  [setup], [control]
 */
RSD_API void rsd_model_release(rsd_model *model);

/*
 * Name and one-line description of a built-in model.
 *
 * index        0.. in the order of a list
 * name         gets the name; static storage
 * description  gets the description; static storage
 * Returns      false past the end
 * Thread       [any]
 */
RSD_API bool rsd_model_builtin(uint32_t index, const char **name, const char **description);

RSD_API void rsd_model_info_sized(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info,
                                  size_t info_bytes);
/*
 * Describes a model as it runs for a host.
 *
 * host_rate_hz  the codec picks the rate of its own that suits it
 * info          gets the description
 * Thread        [any]
 */
static inline void rsd_model_info(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info)
{
    rsd_model_info_sized(model, host_rate_hz, info, sizeof *info);
}

/*
 * A number that is the same for models that decode alike, on every machine, and differs else: a sum over the samples
 * of a few frames of fixed tokens. Files of tokens carry it, so that tokens of another model are told.
 *
 * Returns  0: there was no memory
 * Thread   [setup], [control]
 * Cost     four frames
 */
RSD_API uint64_t rsd_model_fingerprint(const rsd_model *model);

/*
 * The codewords of a row of tokens, for models of tokens: vectors whose sum over the rows is what the decoder gets.
 *
 * row             counts from 0
 * codeword_count  gets how many there are; unchanged where there are none
 * dim             gets the floats of each
 * Returns         codeword after codeword, borrowed from the model; NULL: no such row, or a codec that tells none: `live`,
 *                 whose tokens mean what their place says, EnCodec, pairs
 * Thread          [any]
 */
RSD_API const float *rsd_model_codebook(const rsd_model *model, uint32_t row, uint32_t *codeword_count, uint32_t *dim);

/*
 * Size of the state of one codec of a model.
 *
 * Returns  bytes for rsd_codec_init, a multiple of 64, as aligned_alloc wants it
 * Thread   [any]
 */
RSD_API size_t rsd_codec_size_bytes(const rsd_model *model);

/*
 * Builds a codec. There is nothing to destroy: free the block.
 *
 * block          aligned to 64
 * block_bytes    rsd_codec_size_bytes at least
 * model          borrowed: hold a reference as long as the codec is used
 * codec_rate_hz  sample_rate_hz of rsd_model_info
 * codec          gets the codec, which lies in the block
 * Errors         RSD_ERR_ARG: pointer, alignment or rate; RSD_ERR_SIZE: the block is too small
 * Thread         [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_codec_init(void *block, size_t block_bytes, const rsd_model *model,
                                                uint32_t codec_rate_hz, rsd_codec **codec);

RSD_API RSD_REALTIME void rsd_codec_encode_sized(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                                                 size_t controls_bytes, rsd_token_frame *frame, rsd_level_meter *meter);
/*
 * Codes the next frame. Cannot fail.
 *
 * in        the next hop_samples samples, finite, at most 64 in magnitude
 * controls  may change from frame to frame
 * frame     gets the tokens
 * meter     gets the energies; may be NULL
 * Thread    [audio]
 * Cost      linear in the levels coded: see `residuum codecs`
 */
RSD_REALTIME static inline void rsd_codec_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                                                 rsd_token_frame *frame, rsd_level_meter *meter)
{
    rsd_codec_encode_sized(codec, in, controls, sizeof *controls, frame, meter);
}

RSD_API void rsd_codec_decode_controls_init_sized(rsd_decode_controls *controls, size_t controls_bytes,
                                                  uint32_t level_count);
/*
 * Controls with which every level sounds: all gains 1, noise fill 1, morph 1.
 *
 * level_count  levels that are coded: active_levels
 * Thread       [any]
 */
static inline void rsd_codec_decode_controls_init(rsd_decode_controls *controls, uint32_t level_count)
{
    rsd_codec_decode_controls_init_sized(controls, sizeof *controls, level_count);
}

RSD_API RSD_REALTIME void rsd_codec_decode_sized(rsd_codec *codec, const rsd_token_frame *frame,
                                                 const rsd_decode_controls *controls, size_t controls_bytes,
                                                 float *out);
/*
 * Decodes the next frame. Cannot fail. What comes out is what went into the encoder, later by latency_samples -
 * hop_samples, with the coding's error; an engine's hop buffer adds the other hop. Encoder and decoder have states of
 * their own, so that frames may come from a file as well. A frame decodes to the same samples on every machine.
 *
 * frame     tokens out of range (a damaged file, an effect) are wrapped into the codebook; RSD_TOKEN_NONE adds nothing
 * controls  may change from frame to frame
 * out       gets the next hop_samples samples
 * Thread    [audio]
 * Cost      linear in the levels that sound
 */
RSD_REALTIME static inline void rsd_codec_decode(rsd_codec *codec, const rsd_token_frame *frame,
                                                 const rsd_decode_controls *controls, float *out)
{
    rsd_codec_decode_sized(codec, frame, controls, sizeof *controls, out);
}

/*
 * A stereo pair: two codecs of one model, one for each channel, coded together. `live` codes what the channels have in
 * common once, band by band (docs/codec-live.md, "Stereo"); tokens of a pair are for a pair, and one channel's mean little
 * without the other's. Codecs that know no pairs code each channel by itself. An engine of two channels does this.
 */
RSD_API RSD_REALTIME void rsd_codec_encode_pair_sized(rsd_codec *const codecs[2], const float *const in[2],
                                                      const rsd_encode_controls *controls, size_t controls_bytes,
                                                      rsd_token_frame *const frames[2],
                                                      rsd_level_meter *const meters[2]);
/*
 * rsd_codec_encode of left and right.
 *
 * codecs  two, not the same, in the same order in every call
 * in      the next hop_samples samples of each
 * frames  get the tokens
 * meters  get the energies of the two signals that are coded; NULL, or either of them NULL: none. Only the sums over both
 *         are those of the channels
 * Thread  [audio]
 * Cost    of two channels, and a few percent
 */
RSD_REALTIME static inline void rsd_codec_encode_pair(rsd_codec *const codecs[2], const float *const in[2],
                                                      const rsd_encode_controls *controls,
                                                      rsd_token_frame *const frames[2],
                                                      rsd_level_meter *const meters[2])
{
    rsd_codec_encode_pair_sized(codecs, in, controls, sizeof *controls, frames, meters);
}

RSD_API RSD_REALTIME void rsd_codec_decode_pair_sized(rsd_codec *const codecs[2],
                                                      const rsd_token_frame *const frames[2],
                                                      const rsd_decode_controls *controls, size_t controls_bytes,
                                                      float *const out[2]);
/*
 * rsd_codec_decode of left and right, of frames that rsd_codec_encode_pair made.
 *
 * codecs    two, not the same, in the same order in every call
 * frames    one of each
 * controls  of both
 * out       get the next hop_samples samples of left and right
 * Thread    [audio]
 * Cost      of two channels, and a few percent
 */
RSD_REALTIME static inline void rsd_codec_decode_pair(rsd_codec *const codecs[2],
                                                      const rsd_token_frame *const frames[2],
                                                      const rsd_decode_controls *controls, float *const out[2])
{
    rsd_codec_decode_pair_sized(codecs, frames, controls, sizeof *controls, out);
}

/*
 * Puts encoder and decoder back to the state after rsd_codec_init.
 *
 * Thread  [audio]
 */
RSD_API RSD_REALTIME void rsd_codec_reset(rsd_codec *codec);

/*
 * Makes the encoder begin as the model's reference begins a whole file, where that is not as from silence (EnCodec pads
 * by reflection). For use before the first frame; a reset before the first frame keeps it. Codecs that know no
 * difference do nothing.
 *
 * start         the first prime_samples samples that will be coded, or all where the sound is shorter
 * sample_count  how many those are
 * Errors        RSD_ERR_MEMORY
 * Thread        [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_codec_prime(rsd_codec *codec, const float *start, uint64_t sample_count);

RSD_API RSD_NODISCARD rsd_status rsd_codec_prime_decode_sized(rsd_codec *codec, const rsd_token_frame *start,
                                                              uint64_t frame_count, const rsd_decode_controls *controls,
                                                              size_t controls_bytes);
/*
 * The same for the decoder, before the first frame of tokens that were made from a file's beginning.
 *
 * start        the first prime_samples / hop_samples frames that will be decoded, or all where there are fewer
 * frame_count  how many those are
 * controls     of the first frame
 * Errors       RSD_ERR_MEMORY
 * Thread       [setup]
 */
static inline RSD_NODISCARD rsd_status rsd_codec_prime_decode(rsd_codec *codec, const rsd_token_frame *start,
                                                              uint64_t frame_count, const rsd_decode_controls *controls)
{
    return rsd_codec_prime_decode_sized(codec, start, frame_count, controls, sizeof *controls);
}

#ifdef __cplusplus
}
#endif

#endif

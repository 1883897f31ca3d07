// SPDX-License-Identifier: MIT
#ifndef CODEC_INTERNAL_H
#define CODEC_INTERNAL_H

#include "codec/codebooks.h"
#include "codec/codec_cost.h"
#include "codec/codec_frame.h"
#include "codec/predictor/predictor.h"
#include "codec/stages.h"

#include <residuum/rsd_codec.h>

#include <stdatomic.h>
#include <stdbool.h>

#define CODEC_IDENTITY_BYTES 384u

/*
 * What a codec implements. A new codec is one such table, named in CLASSES (codec_setup.c), and files of its own.
 */
typedef struct codec_class {
    const char *path_words; /* what a path to one of its models leads to, for a person: "a .safetensors file" */
    /* Does this class read the file or folder at `path`? Looks at the name and first bytes only. [setup] */
    bool (*recognises)(const char *path);
    /* Opens a file, or bytes embedded in the library (data not NULL; `path` then is the name). [setup] */
    rsd_status (*open)(const char *path, const void *data, size_t size_bytes, rsd_model **model, rsd_error *error);
    void (*destroy)(rsd_model *model); /* [setup] */
    void (*info)(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info);
    size_t (*size_bytes)(const rsd_model *model);
    rsd_status (*init)(rsd_codec *codec, const rsd_model *model, uint32_t codec_rate_hz); /* block is zeroed */
    void (*encode)(rsd_codec *codec, const float *in, const rsd_encode_controls *controls, rsd_token_frame *frame,
                   rsd_level_meter *meter) RSD_REALTIME;
    /* The two halves of decoding: see codec_frame.h. */
    void (*read_frame)(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame) RSD_REALTIME;
    void (*synthesise)(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls,
                       float *out) RSD_REALTIME;
    /* May be NULL: no envelope, no escapes. `bands` is zeroed. [any] */
    void (*bands)(const rsd_model *model, codec_bands *bands);
    /* May be NULL: two channels are coded each by itself. See rsd_codec_encode_pair and codec_frame.h. */
    bool (*has_pairs)(const rsd_model *model) RSD_REALTIME; /* may be NULL: where encode_pair is there */
    void (*encode_pair)(rsd_codec *const codecs[2], const float *const in[2], const rsd_encode_controls *controls,
                        rsd_token_frame *const frames[2], rsd_level_meter *const meters[2]) RSD_REALTIME;
    void (*read_pair)(rsd_codec *const codecs[2], const rsd_token_frame *const tokens[2],
                      codec_frame *const frames[2]) RSD_REALTIME;
    void (*synthesise_pair)(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                            const rsd_decode_controls *const controls[2], float *const out[2]) RSD_REALTIME;
    void (*reset)(rsd_codec *codec) RSD_REALTIME;
    /* May be NULL: a stream and a file begin alike. See rsd_codec_prime. [setup] */
    rsd_status (*prime)(rsd_codec *codec, const float *start, uint64_t sample_count);
    rsd_status (*prime_decode)(rsd_codec *codec, const rsd_token_frame *start, uint64_t frame_count,
                               const rsd_decode_controls *controls);
    /* May be NULL: every open makes a model of its own. Else a text that is the same for what is the same file; empty
     * where that cannot be told. [setup] */
    void (*identity)(const char *path, char text[CODEC_IDENTITY_BYTES]);
    /* May be NULL: frames are no sums of codewords. See codec_codebook_of. */
    bool (*codebook)(const rsd_model *model, uint32_t row, codec_codebook *book);
    /* May be NULL, and give NULL: none imagines missing levels. See codec_predictor_of. */
    const predictor *(*predictor)(const rsd_model *model);
} codec_class;

/* First member of every model and every codec state. */
struct rsd_model {
    const codec_class *class;
    atomic_uint references;
    char known_name[64];    /* that it was opened by, where it lies outside of the library; else empty */
    rsd_model *next_shared; /* of those that are open, where `identity` is not empty; under the lock */
    char identity[CODEC_IDENTITY_BYTES];
    _Atomic uint64_t frame_ns[CODEC_COST_MAX_CHANNELS]; /* by channel count less one; see codec_cost.h */
};

struct rsd_codec {
    const codec_class *class;
    const rsd_model *model;
    codec_stages *stages; /* NULL: nobody wants to know where the time goes. Set before the first frame */
    uint64_t searched;    /* of the frame that is being encoded, in the clock of `stages` */
};

/* A class that searches level after level says so: `*mark` is when this level's search began (0: it is not
 * measured), and goes on to now. */
RSD_REALTIME static inline void codec_mark_level(rsd_codec *codec, uint32_t level, uint64_t *mark)
{
    codec_stages *stages = codec->stages;
    if (*mark == 0u) return;
    const uint64_t now = stages->now(), took = now - *mark;
    atomic_fetch_add_explicit(&stages->level[level], took, memory_order_relaxed);
    codec->searched += took;
    *mark = now;
}

/*
 * Latents have a scale of their own. A class that codes them ends its encoding by this: the meter's energies, of latents
 * until then, become those of the sound `in` that they stand for, as a transform's are. NULL is fine.
 */
RSD_REALTIME void codec_scale_meter(const float *in, uint32_t sample_count, rsd_level_meter *meter);

/* Whether two channels coded as a pair are another thing than two channels. Thread: [any] */
RSD_REALTIME bool codec_has_pairs(const rsd_model *model);

extern const codec_class codec_live;
extern const codec_class codec_encodec;
extern const codec_class codec_lyra;
extern const codec_class codec_foreign; /* of no file: opened by the names of both its models */

#endif

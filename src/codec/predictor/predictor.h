// SPDX-License-Identifier: MIT
// A small recurrent network that imagines the levels that a frame lacks, from the past and from the levels it has.
#ifndef PREDICTOR_H
#define PREDICTOR_H

#include <residuum/rsd_codec.h>

#include <stdbool.h>

/*
 * Made and trained by python/src/residuum/models/live.py, whose LivePredictor says what it computes; the same here but
 * for the order of sums. Weights are shared between channels and do not change. It knows codecs that tell their
 * codebooks, of one row a level. Docs: docs/token-models.md.
 */
typedef struct predictor predictor;
typedef struct predictor_state predictor_state; /* of one channel */

/* The file's name in a codec's folder. */
#define PREDICTOR_FILE "predictor.safetensors"

/*
 * Reads weights.
 * path    the file, or what it is called where there is `data`
 * data    size_bytes of it in memory, needed during the call alone; NULL: the file is read
 * model   whose tokens they are of; not kept
 * Errors  RSD_ERR_FORMAT: not such a file, of another codec, not finite; RSD_ERR_IO, RSD_ERR_MEMORY
 * Thread  [setup]
 */
RSD_NODISCARD rsd_status predictor_open(const char *path, const void *data, size_t size_bytes, const rsd_model *model,
                                        predictor **opened, rsd_error *error);
void predictor_destroy(predictor *self); /* NULL is fine. [setup] */

/*
 * The model's predictor, borrowed; NULL: it has none. Thread: [any]
 */
const predictor *codec_predictor_of(const rsd_model *model);

/* Levels that it knows: the first so many of the codec's. Thread: [any] */
RSD_REALTIME uint32_t predictor_level_count(const predictor *self);
RSD_REALTIME uint32_t predictor_levels_of(const predictor_state *state);

/* Bytes of predictor_state_init, a multiple of 64; 0 of NULL. Thread: [any] */
size_t predictor_state_bytes(const predictor *self);
/* Nothing to destroy. block: aligned to 64. Thread: [setup] */
predictor_state *predictor_state_init(void *block, const predictor *self);
/* Forgets the past. Thread: [audio] */
RSD_REALTIME void predictor_reset(predictor_state *state);

/* What is known of a frame, and how the rest is chosen. */
typedef struct {
    uint32_t known_levels;  /* 0..predictor_level_count: the first so many have a token */
    float temperature;      /* 0: the likeliest token; else tokens are drawn, the more freely the higher it is */
    const uint32_t *random; /* a number of 32 bits for each level; not read at temperature 0 */
} predictor_job;

/*
 * Imagines the levels of the next frame that are not known.
 * tokens  of known_levels levels; gets those of all others that the predictor knows
 * Thread  [audio]   Cost: some 0.3 M multiply-adds at 96 cells and 16 levels
 */
RSD_REALTIME void predictor_run(predictor_state *state, const predictor_job *job, int32_t *tokens);

#endif

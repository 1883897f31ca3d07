// SPDX-License-Identifier: MIT
// A model of the `live` codec: what a model file holds, ready for encoder and decoder.
#ifndef CODEC_LIVE_MODEL_H
#define CODEC_LIVE_MODEL_H

#include "codec/codec_internal.h"

#include "codec/live/shape.h"

#include <residuum/rsd_rvq.h>

typedef struct {
    rsd_model base;
    char name[64];
    live_shape shape;
    uint32_t level_count, stage_count;
    uint16_t level_end[RSD_MAX_LEVELS]; /* tokens (= sequences) up to and with each level */
    rsd_rvq *envelope_codebooks, *codebooks;
    uint16_t codewords; /* of every codebook of the levels */

    /* By sub-band and stage (how many tokens the sub-band had before). */
    uint16_t codebook_of[LIVE_MAX_SUBBANDS][LIVE_MAX_STAGES];
    float codebook_scale[LIVE_MAX_SUBBANDS][LIVE_MAX_STAGES];
    float reduction[LIVE_MAX_SUBBANDS][LIVE_MAX_STAGES + 1u]; /* error that the token takes away; last: under any */
    float restore[LIVE_MAX_SUBBANDS][LIVE_MAX_STAGES + 1u];   /* gain of the sum of so many tokens */
    float fill[LIVE_MAX_SUBBANDS];                            /* amplitude of noise where there is no token */
    bool stage_is_shared[LIVE_MAX_STAGES]; /* one codebook for all sub-bands, scaled by the error left in each */

    /* Residual-energy ratio of each codeword beside its codebook's average: a step (a row of `codewords` a codebook),
     * and the ratio that a step, taken as an unsigned byte, stands for. Bytes: fewer for the caches than floats. */
    int8_t *ratio_steps;
    float ratio_of_step[256];
} live_model;

/* Reads and checks a model file's bytes; `path` names them in errors. On failure the model is left for
 * live_model_free. Thread: [setup] */
RSD_NODISCARD rsd_status live_model_read(const char *path, const void *data, size_t size_bytes, live_model *model,
                                         rsd_error *error);
void live_model_free(live_model *model);

#define LIVE_FORMAT_NAME "residuum-live"
#define LIVE_FORMAT_VERSION "7"

#endif

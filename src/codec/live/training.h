// SPDX-License-Identifier: MIT
// Inside of the trainer: allocates, [setup] only.
#ifndef CODEC_LIVE_TRAINING_H
#define CODEC_LIVE_TRAINING_H

#include "codec/live/shape.h"

#include <residuum/rsd_dsp.h>

#include <residuum/rsd_rvq.h>
#include <residuum/rsd_train.h>

/* What a hop is trained to. */
typedef struct {
    int32_t level_tokens[RSD_MAX_LEVELS + 1u];                /* tokens of each level; ends with 0 */
    uint16_t envelope_codewords[LIVE_MAX_ENVELOPE_CODEBOOKS]; /* 0: there is no second codebook */
    live_constants constants;
} live_plan;
const live_plan *live_plan_of(uint32_t hop);

/* One trained codebook. */
typedef struct {
    char name[32];
    uint32_t dim, codewords;
    int8_t *data; /* owned */
} live_codebook;

struct rsd_trainer {
    rsd_train_config config;
    char name[64];
    live_shape shape;
    float *frames;    /* frame_count x hop coefficients, whole sounds one after the other */
    uint8_t *starts;  /* 1 where a sound begins: prediction restarts */
    int16_t *attacks; /* of each frame, or -1 */
    size_t frame_count, frame_capacity;
    rsd_mdct *mdct;

    float *envelopes; /* frame_count x band_count */
    live_codebook envelope_codebooks[LIVE_MAX_ENVELOPE_CODEBOOKS];
    float envelope_scales[LIVE_MAX_ENVELOPE_CODEBOOKS];

    float *vectors;    /* vector_count x hop: normalised coefficients, then what the trained stages leave */
    float *weights;    /* vector_count x subband_count: what error in each sub-band counts */
    uint8_t *depths;   /* vector_count x subband_count: tokens that each sub-band gets with all levels on */
    bool *silent;      /* vector_count x subband_count: nothing there to train on */
    float *next_scale; /* vector_count x subband_count: of the next codeword, by the tokens so far */
    int16_t *tokens;   /* vector_count x subband_count: of the stage in training */
    size_t vector_count;
    float errors[LIVE_MAX_SUBBANDS *
                 (LIVE_MAX_STAGES + 1u)]; /* mean of a normalised coefficient, by sub-band and stage */
    live_codebook codebooks[RSD_MAX_SEQUENCES];
    float scales[RSD_MAX_SEQUENCES];
    int8_t *ratio_steps; /* RSD_MAX_SEQUENCES rows of codewords, as the file has them */
    uint32_t codebook_count, stage_count;
    double work_done, work_total;
};

/* RSD_ERR_CANCELLED when the caller asked to stop. */
RSD_NODISCARD rsd_status live_train_report(rsd_trainer *self, double work, const char *what);

/* Of more than LIVE_DRAW_TOTAL_S of sound, keeps so much: seeded segments of LIVE_DRAW_SEGMENT_S (selection sampling,
 * Knuth 3.4.2 S). */
void live_train_draw(rsd_trainer *self);
/* Trains the envelope codebooks on the trainer's frames. */
RSD_NODISCARD rsd_status live_train_envelope(rsd_trainer *self);
/* Fills vectors with a seeded choice of normalised frames, coded with the trained envelope codebooks. */
RSD_NODISCARD rsd_status live_train_normalise(rsd_trainer *self);
/* Trains every stage on what the ones before left, and measures what each leaves. */
RSD_NODISCARD rsd_status live_train_levels(rsd_trainer *self);

#endif

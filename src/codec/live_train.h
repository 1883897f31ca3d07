// SPDX-License-Identifier: MIT
#ifndef CODEC_LIVE_TRAIN_H
#define CODEC_LIVE_TRAIN_H

#include "codec/live_internal.h"

#include <residuum/rsd_train.h>

/* Inside of the trainer: allocates, [setup] only. */

typedef struct {
    uint16_t codewords, groups;
} live_level_layout;

/* Levels that a hop is trained for; ends with codewords = 0. */
const live_level_layout *live_layout(uint32_t hop);

/* Edges of `groups` neighbouring groups of the hop's coefficients, narrow ones first: edges[0..groups]. */
void live_group_edges(uint32_t hop, uint32_t groups, uint16_t *edges);

/* One trained book. */
typedef struct {
    char name[32];
    uint32_t level, begin, dim, codewords;
    int8_t *data; /* owned */
} live_book;

struct rsd_trainer {
    rsd_train_config config;
    char name[64];
    live_shape shape;
    float *frames;   /* frame_count x hop coefficients, whole sounds one after the other */
    uint8_t *starts; /* 1 where a sound begins: prediction restarts */
    size_t frame_count, frame_capacity;
    rsd_mdct *mdct;

    float *envelopes; /* frame_count x LIVE_BANDS */
    live_book envelope_books[LIVE_ENVELOPE_BOOKS];
    float envelope_scales[LIVE_ENVELOPE_BOOKS];

    float *vectors; /* vector_count x hop: normalised coefficients, then what the trained levels leave */
    size_t vector_count;
    live_book books[RSD_MAX_SEQUENCES];
    float scales[RSD_MAX_SEQUENCES];
    uint32_t book_count, level_count;
    float water_level[RSD_MAX_LEVELS + 1u];
    double work_done, work_total;
};

/* RSD_ERR_UNSUPPORTED when the caller asked to stop. */
RSD_NODISCARD rsd_status live_train_report(rsd_trainer *self, double work, const char *what);

/* Trains the two envelope books on the trainer's frames. */
RSD_NODISCARD rsd_status live_train_envelope(rsd_trainer *self);
/* Fills vectors with a seeded choice of normalised frames, coded with the trained envelope books. */
RSD_NODISCARD rsd_status live_train_normalise(rsd_trainer *self);
/* Trains every level on what the ones before left, and the water levels. */
RSD_NODISCARD rsd_status live_train_levels(rsd_trainer *self);

#endif

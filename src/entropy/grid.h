// SPDX-License-Identifier: MIT
// What is known around a token of a codec whose rows are levels: tokens of its frame and of frames nearby.
#ifndef ENTROPY_GRID_H
#define ENTROPY_GRID_H

#include "entropy/codewords.h"

#include <residuum/rsd_limits.h>

/*
 * A grid of rows and frames. A token is unknown until it is revealed; what may be looked at is what is known, and so
 * the order in which tokens are revealed (a pattern's, or the codec's own) is all that a caller has to see to.
 */

#define GRID_AHEAD 2u    /* frames behind a token that are looked at, where they are known */
#define GRID_HISTORY 16u /* frames that a stream has to keep */

typedef struct entropy_grid entropy_grid;

typedef struct {
    uint32_t row_count;
    uint8_t row_bits[RSD_MAX_SEQUENCES];
    const entropy_codewords *codewords; /* borrowed; NULL: the codec does not tell them */
    uint32_t dim;                       /* of these; 0 without */
    uint32_t frame_capacity;            /* a power of two: all of a sound and GRID_AHEAD, or GRID_HISTORY of a stream */
} entropy_grid_config;

/* Bytes of the grid's block, a multiple of 64. Thread: [any] */
size_t entropy_grid_bytes(const entropy_grid_config *config);
/* `block`: aligned to 64. Nothing is known. Thread: [setup] */
entropy_grid *entropy_grid_init(void *block, const entropy_grid_config *config);
RSD_REALTIME void entropy_grid_restart(entropy_grid *grid);

/* A stream begins a frame: the oldest one is forgotten. Thread: [any] */
RSD_REALTIME void entropy_grid_begin_frame(entropy_grid *grid, uint64_t frame);

/* What is known of a token. Thread: [any]   Cost: O(rows) */
RSD_REALTIME void entropy_grid_view(const entropy_grid *grid, uint32_t row, uint64_t frame, entropy_view *view);

/* A token and what it cost (of 65536 bits). Thread: [any] */
RSD_REALTIME void entropy_grid_reveal(entropy_grid *grid, uint32_t row, uint64_t frame, uint32_t token, uint32_t cost);

#endif

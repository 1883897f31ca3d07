// SPDX-License-Identifier: MIT
#ifndef INTERLEAVE_INTERNAL_H
#define INTERLEAVE_INTERNAL_H

#include "pattern/pattern_internal.h"

/* Frames that are not all sent, or not all there; row after row behind the struct. */
typedef struct {
    rsd_pattern pattern;
    int32_t special[RSD_MAX_SEQUENCES];
    uint32_t start_left; /* start steps that are still to come */
    uint32_t inner;      /* of `time`: the next step */
    uint64_t time;
    uint32_t frame_capacity;
    int32_t *tokens; /* frame_capacity x row_count */
} interleave_ring;

struct rsd_interleaver {
    interleave_ring ring;
    uint64_t frame_count; /* pushed */
    bool is_flushed;
};

struct rsd_deinterleaver {
    interleave_ring ring;
    uint64_t whole_frame;
    bool has_frame;
};

static inline int32_t *interleave_frame(interleave_ring *ring, uint64_t frame)
{
    return ring->tokens + (size_t)(frame % ring->frame_capacity) * ring->pattern.row_count;
}

#endif

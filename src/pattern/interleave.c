// SPDX-License-Identifier: MIT
// Real-time half of the streams: nothing here allocates or can fail.
#include "pattern/interleave_internal.h"

#include <string.h>

void rsd_interleaver_push(rsd_interleaver *self, const int32_t *frame)
{
    interleave_ring *ring = &self->ring;
    if (ring->time < self->frame_count) { /* its steps were not pulled */
        ring->time = self->frame_count;
        ring->inner = 0;
    }
    ring->start_left = self->frame_count > 0u ? 0u : ring->start_left;
    memcpy(interleave_frame(ring, self->frame_count), frame, ring->pattern.row_count * sizeof *frame);
    self->frame_count++;
}

void rsd_interleaver_flush(rsd_interleaver *self) { self->is_flushed = true; }

/* Goes on to the next time that has a step and whose frame is there; false: none. */
static bool find_step(rsd_interleaver *self)
{
    interleave_ring *ring = &self->ring;
    const uint64_t end = self->frame_count + (self->is_flushed ? ring->pattern.max_delay : 0u);
    for (; ring->time < end; ring->time++, ring->inner = 0)
        if (ring->inner < pattern_inner_count(&ring->pattern, self->frame_count, ring->time)) return true;
    return false;
}

bool rsd_interleaver_pull(rsd_interleaver *self, int32_t *step)
{
    interleave_ring *ring = &self->ring;
    const bool is_start = ring->start_left > 0u;
    if (is_start)
        ring->start_left--;
    else if (!find_step(self))
        return false;
    for (uint32_t q = 0; q < ring->pattern.row_count; q++) {
        uint64_t frame = 0;
        const bool has_token = !is_start && pattern_frame_at(&ring->pattern, q, ring->time, ring->inner, &frame) &&
                               frame < self->frame_count;
        step[q] = has_token ? interleave_frame(ring, frame)[q] : ring->special[q];
    }
    if (!is_start) ring->inner++;
    return true;
}

/* The frame that the end of a time makes whole. */
static void close_time(rsd_deinterleaver *self)
{
    interleave_ring *ring = &self->ring;
    const uint64_t first = ring->pattern.flatten_first_frames, wait = ring->pattern.max_delay;
    if (ring->time < first) {
        self->whole_frame = ring->time;
        self->has_frame = true;
    } else if (ring->time >= first + wait) {
        self->whole_frame = ring->time - wait;
        self->has_frame = true;
    }
    ring->time++;
    ring->inner = 0;
}

void rsd_deinterleaver_push(rsd_deinterleaver *self, const int32_t *step)
{
    interleave_ring *ring = &self->ring;
    self->has_frame = false;
    if (ring->start_left > 0u) {
        ring->start_left--;
        return;
    }
    /* Where every row is late, the first times have no step. How long the sound will be is not known: UINT64_MAX. */
    while (pattern_inner_count(&ring->pattern, UINT64_MAX, ring->time) == 0u) close_time(self);
    for (uint32_t q = 0; q < ring->pattern.row_count; q++) {
        uint64_t frame = 0;
        if (!pattern_frame_at(&ring->pattern, q, ring->time, ring->inner, &frame)) continue;
        interleave_frame(ring, frame)[q] = step[q] == ring->special[q] ? RSD_TOKEN_NONE : step[q];
    }
    ring->inner++;
    if (ring->inner >= pattern_inner_count(&ring->pattern, UINT64_MAX, ring->time)) close_time(self);
}

bool rsd_deinterleaver_pull(rsd_deinterleaver *self, int32_t *frame)
{
    interleave_ring *ring = &self->ring;
    if (!self->has_frame) return false;
    memcpy(frame, interleave_frame(ring, self->whole_frame), ring->pattern.row_count * sizeof *frame);
    self->has_frame = false;
    return true;
}

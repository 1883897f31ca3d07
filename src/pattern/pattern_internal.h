// SPDX-License-Identifier: MIT
#ifndef PATTERN_INTERNAL_H
#define PATTERN_INTERNAL_H

#include <residuum/rsd_pattern.h>

#include "base/numbers.h"

/*
 * Delay and unroll patterns go by *time*: frame t of row q stands at time t + delay[q], and a time has one or more inner
 * steps. Of those, the empty ones come first, then the groups of rows in the order of inner_rank: the largest delay
 * first, for it brings the oldest frame. Groups with a delay over the time are not there yet. (Audiocraft sorts lists
 * of steps by time and coordinates; this is the order that comes of it.)
 */
static inline bool pattern_is_timed(const rsd_pattern *pattern)
{
    return pattern->kind == RSD_PATTERN_DELAY || pattern->kind == RSD_PATTERN_UNROLL;
}

/* Whether `row` begins a group: rows of one inner step are neighbours. */
static inline bool pattern_begins_group(const rsd_pattern *pattern, uint32_t row)
{
    return row == 0u || pattern->flattening[row] != pattern->flattening[row - 1u];
}

/* Groups that are not there yet at `time`. Thread: [any] */
RSD_REALTIME uint32_t pattern_late_group_count(const rsd_pattern *pattern, uint64_t time);

/* Inner steps of `time` of a sound of frame_count frames. Thread: [any] */
RSD_REALTIME uint32_t pattern_inner_count(const rsd_pattern *pattern, uint64_t frame_count, uint64_t time);

/*
 * Frame of `row` at an inner step of `time`; false: there is none. It may lie behind the sound's end. Thread: [any]
 */
RSD_REALTIME bool pattern_frame_at(const rsd_pattern *pattern, uint32_t row, uint64_t time, uint32_t inner,
                                   uint64_t *frame);

#endif

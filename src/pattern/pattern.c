// SPDX-License-Identifier: MIT
// Where a token stands, by arithmetic. Nothing here allocates or can fail.
#include "pattern/pattern_internal.h"

static uint64_t min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t excess(uint64_t a, uint64_t b) { return a > b ? a - b : 0u; }

/* ---- timed patterns ---- */

uint32_t pattern_late_group_count(const rsd_pattern *pattern, uint64_t time)
{
    uint32_t count = 0;
    if (time >= pattern->max_delay) return 0;
    for (uint32_t q = 0; q < pattern->row_count; q++)
        count += pattern_begins_group(pattern, q) && pattern->delay[q] > time;
    return count;
}

uint32_t pattern_inner_count(const rsd_pattern *pattern, uint64_t frame_count, uint64_t time)
{
    if (pattern->kind == RSD_PATTERN_UNROLL)
        return pattern->empty_inner_count + pattern->inner_group_count - pattern_late_group_count(pattern, time);
    if (time >= pattern->flatten_first_frames) return 1;
    return time < frame_count ? pattern->row_count : 0u;
}

/* Steps before `time`, without the start steps. */
static uint64_t steps_before(const rsd_pattern *pattern, uint64_t frame_count, uint64_t time)
{
    const uint64_t first = pattern->flatten_first_frames;
    if (pattern->kind == RSD_PATTERN_DELAY)
        return pattern->row_count * min_u64(time, min_u64(first, frame_count)) + excess(time, first);
    uint64_t steps = pattern->empty_inner_count * time;
    for (uint32_t q = 0; q < pattern->row_count; q++)
        if (pattern_begins_group(pattern, q)) steps += excess(time, pattern->delay[q]);
    return steps;
}

static uint64_t timed_step_of(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t frame)
{
    const bool is_flattened = frame < pattern->flatten_first_frames;
    const uint64_t time = is_flattened ? frame : frame + pattern->delay[row];
    uint32_t inner = is_flattened ? row : 0u;
    if (pattern->kind == RSD_PATTERN_UNROLL)
        inner = pattern->empty_inner_count + pattern->inner_rank[row] - pattern_late_group_count(pattern, time);
    return steps_before(pattern, frame_count, time) + inner;
}

bool pattern_frame_at(const rsd_pattern *pattern, uint32_t row, uint64_t time, uint32_t inner, uint64_t *frame)
{
    if (pattern->kind == RSD_PATTERN_DELAY && time < pattern->flatten_first_frames) {
        *frame = time;
        return row == inner;
    }
    if (time < (uint64_t)pattern->delay[row] + pattern->flatten_first_frames) return false;
    *frame = time - pattern->delay[row];
    return pattern->kind == RSD_PATTERN_DELAY ||
           inner + pattern_late_group_count(pattern, time) == pattern->empty_inner_count + pattern->inner_rank[row];
}

/* The time that the step belongs to, by bisection: steps_before never falls. */
static uint64_t time_of_step(const rsd_pattern *pattern, uint64_t frame_count, uint64_t step)
{
    uint64_t low = 0, high = frame_count + pattern->max_delay;
    while (high - low > 1u) {
        const uint64_t middle = low + (high - low) / 2u;
        if (steps_before(pattern, frame_count, middle) <= step)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool timed_at(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t step, uint64_t *frame)
{
    const uint64_t time = time_of_step(pattern, frame_count, step);
    const uint64_t inner = step - steps_before(pattern, frame_count, time);
    return pattern_frame_at(pattern, row, time, (uint32_t)inner, frame);
}

/* ---- patterns over the whole sound ---- */

static uint64_t whole_step_of(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t frame)
{
    if (pattern->kind == RSD_PATTERN_COARSE_FIRST) return row == 0u ? frame : frame_count + frame + pattern->delay[row];
    const uint32_t group = row / pattern->group_rows;
    return (group * frame_count + frame) * pattern->group_rows + row % pattern->group_rows;
}

static bool whole_at(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t step, uint64_t *frame)
{
    if (pattern->kind == RSD_PATTERN_COARSE_FIRST) {
        const uint64_t first = row == 0u ? 0u : frame_count + pattern->delay[row];
        *frame = step - first;
        return row == 0u ? step < frame_count : step >= first;
    }
    const uint64_t first = whole_step_of(pattern, frame_count, row, 0);
    *frame = (step - first) / pattern->group_rows;
    return step >= first && *frame < frame_count && (step - first) % pattern->group_rows == 0u;
}

/* ---- all of them ---- */

uint64_t rsd_pattern_step_count(const rsd_pattern *pattern, uint64_t frame_count)
{
    const uint64_t start = pattern->start_step_count;
    if (pattern_is_timed(pattern)) return start + steps_before(pattern, frame_count, frame_count + pattern->max_delay);
    if (pattern->kind == RSD_PATTERN_MUSICLM) return start + pattern->row_count * frame_count;
    return start + frame_count + (pattern->row_count > 1u ? frame_count + pattern->max_delay : 0u);
}

uint64_t rsd_pattern_step_of(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t frame)
{
    return pattern->start_step_count + (pattern_is_timed(pattern) ? timed_step_of(pattern, frame_count, row, frame)
                                                                  : whole_step_of(pattern, frame_count, row, frame));
}

bool rsd_pattern_at(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t step, uint64_t *frame)
{
    if (step < pattern->start_step_count || step >= rsd_pattern_step_count(pattern, frame_count)) return false;
    step -= pattern->start_step_count;
    return pattern_is_timed(pattern) ? timed_at(pattern, frame_count, row, step, frame)
                                     : whole_at(pattern, frame_count, row, step, frame);
}

uint64_t rsd_pattern_first_frame_steps(const rsd_pattern *pattern, uint64_t frame_count)
{
    uint64_t last = 0;
    for (uint32_t q = 0; q < pattern->row_count; q++) {
        const uint64_t step = rsd_pattern_step_of(pattern, frame_count, q, 0) - pattern->start_step_count;
        if (step > last) last = step;
    }
    return last + 1u;
}

/* The layout ends in frames that the sound does not have: as many as its earliest row is before its latest. */
uint64_t rsd_pattern_valid_step_count(const rsd_pattern *pattern, uint64_t frame_count)
{
    const uint64_t steps = rsd_pattern_step_count(pattern, frame_count);
    const uint32_t earliest = pattern->kind == RSD_PATTERN_COARSE_FIRST ? 1u : 0u;
    if (earliest >= pattern->row_count) return steps;
    const uint64_t tail = pattern->max_delay - pattern->delay[earliest];
    /* With all frames flattened, the tail has only what the delays leave behind them. */
    const uint64_t laid_out = frame_count + tail > pattern->flatten_first_frames ? tail : 0u;
    return excess(steps, laid_out);
}

uint64_t rsd_pattern_delay_frames(const rsd_pattern *pattern)
{
    return pattern_is_timed(pattern) || pattern->row_count == 1u ? pattern->max_delay : UINT64_MAX;
}

void rsd_pattern_forward(const rsd_pattern *pattern, const int32_t *special, const int32_t *tokens,
                         uint64_t frame_count, int32_t *sequence)
{
    const uint64_t steps = rsd_pattern_step_count(pattern, frame_count);
    for (uint32_t q = 0; q < pattern->row_count; q++) {
        int32_t *row = sequence + q * steps;
        for (uint64_t s = 0; s < steps; s++) row[s] = special[q];
        for (uint64_t t = 0; t < frame_count; t++)
            row[rsd_pattern_step_of(pattern, frame_count, q, t)] = tokens[q * frame_count + t];
    }
}

void rsd_pattern_inverse(const rsd_pattern *pattern, const int32_t *special, rsd_pattern_sequence sequence,
                         uint64_t frame_count, int32_t *tokens)
{
    for (uint32_t q = 0; q < pattern->row_count; q++) {
        const int32_t *row = sequence.tokens + q * sequence.step_count;
        for (uint64_t t = 0; t < frame_count; t++) {
            const uint64_t step = rsd_pattern_step_of(pattern, frame_count, q, t);
            const int32_t token = step < sequence.step_count ? row[step] : RSD_TOKEN_NONE;
            tokens[q * frame_count + t] = token == special[q] ? RSD_TOKEN_NONE : token;
        }
    }
}

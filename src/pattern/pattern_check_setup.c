// SPDX-License-Identifier: MIT
// Whole sequences held against their pattern.
#include "pattern/pattern_internal.h"

#include "base/error.h"

#include <inttypes.h>

/* A row of a sequence beside its layout. */
static rsd_status check_row(const rsd_pattern *pattern, int32_t special, const int32_t *row, uint32_t q,
                            uint64_t frame_count, rsd_error *error)
{
    const uint64_t steps = rsd_pattern_step_count(pattern, frame_count);
    uint64_t next_frame = 0, next_step = frame_count > 0u ? rsd_pattern_step_of(pattern, frame_count, q, 0) : steps;
    for (uint64_t s = 0; s < steps; s++) {
        if (s != next_step) {
            if (row[s] == special) continue;
            return base_error_set(error, RSD_ERR_FORMAT,
                                  "[%u, %" PRIu64 "] (row, step, from 0) is %d, where the pattern has no token and the "
                                  "special token %d is wanted",
                                  q, s, row[s], special);
        }
        if (row[s] < RSD_TOKEN_NONE || row[s] >= special)
            return base_error_set(error, RSD_ERR_FORMAT,
                                  "[%u, %" PRIu64 "] (row, step, from 0) is %d, where the token of frame %" PRIu64
                                  " is wanted: 0 to %d, or -1 for none",
                                  q, s, row[s], next_frame, special - 1);
        next_frame++;
        next_step = next_frame < frame_count ? rsd_pattern_step_of(pattern, frame_count, q, next_frame) : steps;
    }
    return RSD_OK;
}

rsd_status rsd_pattern_check(const rsd_pattern *pattern, const int32_t *special, rsd_pattern_sequence sequence,
                             uint64_t frame_count, rsd_error *error)
{
    const uint64_t steps = rsd_pattern_step_count(pattern, frame_count);
    if (sequence.step_count != steps)
        return base_error_set(error, RSD_ERR_FORMAT,
                              "the sequence is cut short or too long: %" PRIu64 " steps, where %" PRIu64
                              " frames of this pattern have %" PRIu64,
                              sequence.step_count, frame_count, steps);
    rsd_status status = RSD_OK;
    for (uint32_t q = 0; q < pattern->row_count && status == RSD_OK; q++)
        status = check_row(pattern, special[q], sequence.tokens + q * steps, q, frame_count, error);
    return status;
}

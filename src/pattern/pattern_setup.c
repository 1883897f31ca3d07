// SPDX-License-Identifier: MIT
// Patterns checked and made ready.
#include "pattern/pattern_internal.h"

#include "base/error.h"

#include <string.h>

static rsd_status check_counts(const rsd_pattern *pattern, rsd_error *error)
{
    if (pattern->row_count < 1u || pattern->row_count > RSD_MAX_SEQUENCES)
        return base_error_set(error, RSD_ERR_ARG, "a pattern has 1 to %u rows, not %u", RSD_MAX_SEQUENCES,
                              pattern->row_count);
    if (pattern->start_step_count > RSD_PATTERN_MAX_START)
        return base_error_set(error, RSD_ERR_ARG, "a pattern begins with 0 to %u start steps, not %u",
                              RSD_PATTERN_MAX_START, pattern->start_step_count);
    if (pattern->flatten_first_frames > 0u && pattern->kind != RSD_PATTERN_DELAY)
        return base_error_set(error, RSD_ERR_ARG, "only delay patterns can flatten their first frames");
    if (pattern->kind != RSD_PATTERN_MUSICLM) return RSD_OK;
    if (pattern->group_rows >= 1u && pattern->row_count % pattern->group_rows == 0u) return RSD_OK;
    return base_error_set(error, RSD_ERR_ARG, "groups of %u rows do not divide %u rows", pattern->group_rows,
                          pattern->row_count);
}

static rsd_status check_row(const rsd_pattern *pattern, uint32_t row, rsd_error *error)
{
    const uint16_t *delay = pattern->delay, *flattening = pattern->flattening;
    if (delay[row] > RSD_PATTERN_MAX_DELAY || flattening[row] >= RSD_PATTERN_MAX_INNER)
        return base_error_set(error, RSD_ERR_ARG, "row %u: delays go to %u frames and inner steps to %u", row + 1u,
                              RSD_PATTERN_MAX_DELAY, RSD_PATTERN_MAX_INNER - 1u);
    if (row == 0u) return RSD_OK;
    if (delay[row] < delay[row - 1u])
        return base_error_set(error, RSD_ERR_ARG,
                              "the delays must not decrease, but row %u has %u after %u (rows from 1)", row + 1u,
                              delay[row], delay[row - 1u]);
    if (flattening[row] < flattening[row - 1u])
        return base_error_set(error, RSD_ERR_ARG,
                              "the inner steps must not decrease, but row %u has %u after %u (rows from 1)", row + 1u,
                              flattening[row], flattening[row - 1u]);
    if (pattern->kind == RSD_PATTERN_UNROLL && flattening[row] == flattening[row - 1u] && delay[row] != delay[row - 1u])
        return base_error_set(
            error, RSD_ERR_ARG,
            "rows %u and %u share inner step %u, so they must share a delay, not have %u and %u (rows from 1)", row,
            row + 1u, flattening[row], delay[row - 1u], delay[row]);
    return RSD_OK;
}

/* What a kind has no use for is 0, so that equal patterns are equal. */
static void clear_unused(rsd_pattern *pattern)
{
    if (pattern->kind != RSD_PATTERN_UNROLL) memset(pattern->flattening, 0, sizeof pattern->flattening);
    if (pattern->kind == RSD_PATTERN_MUSICLM) memset(pattern->delay, 0, sizeof pattern->delay);
    if (pattern->kind != RSD_PATTERN_MUSICLM) pattern->group_rows = 0;
    if (pattern->kind == RSD_PATTERN_COARSE_FIRST) pattern->delay[0] = 0;
}

/* Groups by delay, the largest first; those of one delay as they come. */
static uint16_t rank_of(const rsd_pattern *pattern, uint32_t row)
{
    uint16_t rank = 0;
    for (uint32_t q = 0; q < pattern->row_count; q++) {
        if (!pattern_begins_group(pattern, q) || pattern->flattening[q] == pattern->flattening[row]) continue;
        const bool is_later = pattern->delay[q] > pattern->delay[row];
        rank = (uint16_t)(rank + (is_later || (pattern->delay[q] == pattern->delay[row] && q < row)));
    }
    return rank;
}

static void complete(rsd_pattern *pattern)
{
    const uint32_t last = pattern->row_count - 1u;
    pattern->max_delay = pattern->delay[last];
    pattern->inner_group_count = 0;
    for (uint32_t q = 0; q <= last; q++) {
        pattern->inner_group_count += pattern_begins_group(pattern, q);
        pattern->inner_rank[q] = pattern->kind == RSD_PATTERN_UNROLL ? rank_of(pattern, q) : 0u;
    }
    pattern->empty_inner_count = pattern->flattening[last] + 1u - pattern->inner_group_count;
}

rsd_status rsd_pattern_init(rsd_pattern *pattern, rsd_error *error)
{
    if (!pattern) return base_error_set(error, RSD_ERR_ARG, "there is no pattern");
    rsd_status status = check_counts(pattern, error);
    if (status != RSD_OK) return status;
    clear_unused(pattern);
    for (uint32_t q = 0; q < pattern->row_count && status == RSD_OK; q++) status = check_row(pattern, q, error);
    if (status == RSD_OK) complete(pattern);
    return status;
}

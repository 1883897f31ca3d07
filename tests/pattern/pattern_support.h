// SPDX-License-Identifier: MIT
#ifndef PATTERN_SUPPORT_H
#define PATTERN_SUPPORT_H

#include <residuum/rsd_pattern.h>

#include "support/signals.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static inline rsd_pattern make_pattern(const char *text, uint32_t row_count)
{
    rsd_pattern pattern;
    rsd_error error = {0};
    cr_assert_eq(rsd_pattern_parse(text, row_count, &pattern, &error), RSD_OK, "%s", error.text);
    return pattern;
}

/* A whole pattern that is drawn at random: any kind, lists, start steps. */
static inline rsd_pattern random_pattern(uint32_t *seed, uint32_t row_count)
{
    rsd_pattern p = {.kind = (rsd_pattern_kind)test_between(seed, RSD_PATTERN_DELAY, RSD_PATTERN_MUSICLM),
                     .row_count = row_count,
                     .start_step_count = test_between(seed, 0, 3)};
    rsd_error error = {0};
    if (p.kind == RSD_PATTERN_DELAY && test_between(seed, 0, 2) == 0u)
        p.flatten_first_frames = test_between(seed, 0, 70);
    p.delay[0] = (uint16_t)test_between(seed, 0, 2);
    p.flattening[0] = (uint16_t)test_between(seed, 0, 2);
    for (uint32_t q = 1; q < row_count; q++) {
        p.flattening[q] = (uint16_t)(p.flattening[q - 1u] + test_between(seed, 0, 2));
        const bool shares = p.kind == RSD_PATTERN_UNROLL && p.flattening[q] == p.flattening[q - 1u];
        p.delay[q] = (uint16_t)(p.delay[q - 1u] + (shares ? 0u : test_between(seed, 0, 2)));
    }
    do p.group_rows = test_between(seed, 1, row_count);
    while (row_count % p.group_rows != 0u);
    cr_assert_eq(rsd_pattern_init(&p, &error), RSD_OK, "%s", error.text);
    return p;
}

/* Rows of one size each, tokens that differ, and some that are not known. */
typedef struct {
    uint32_t row_count;
    uint64_t frame_count;
    int32_t special[RSD_MAX_SEQUENCES];
    int32_t *tokens;
} test_rows;

static inline test_rows make_rows(uint32_t *seed, uint32_t row_count, uint64_t frame_count)
{
    test_rows rows = {.row_count = row_count, .frame_count = frame_count};
    rows.tokens = malloc((row_count * frame_count + 1u) * sizeof *rows.tokens);
    cr_assert_not_null(rows.tokens);
    for (uint32_t q = 0; q < row_count; q++) {
        rows.special[q] = (int32_t)test_between(seed, 1, 2048);
        for (uint64_t t = 0; t < frame_count; t++)
            rows.tokens[q * frame_count + t] = test_between(seed, 0, 20) == 0u
                                                   ? RSD_TOKEN_NONE
                                                   : (int32_t)test_between(seed, 0, (uint32_t)rows.special[q] - 1u);
    }
    return rows;
}

#endif

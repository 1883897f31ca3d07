// SPDX-License-Identifier: MIT
// Token sets interleaved, lined up, and misaligned on purpose.
#include "token/token_pattern.h"

#include "base/error.h"
#include "token/token_internal.h"

#include <stdlib.h>
#include <string.h>

static void special_of(const rsd_token_set *set, int32_t special[RSD_MAX_SEQUENCES])
{
    for (uint32_t q = 0; q < set->sequence_count; q++) special[q] = set->sequence_codewords[q];
}

rsd_status token_pattern_of(const rsd_token_set *set, const char *path, rsd_pattern *pattern, rsd_error *error)
{
    rsd_error reason;
    const rsd_status status = rsd_pattern_parse(set->pattern, set->sequence_count, pattern, &reason);
    if (status != RSD_OK) return base_error_set(error, status, "'%s': %s", path, reason.text);
    for (uint32_t q = 0; q < set->sequence_count; q++)
        if (set->sequence_codewords[q] == 0u)
            return base_error_set(error, RSD_ERR_FORMAT,
                                  "'%s': a pattern needs \"sequence_codewords\", which say what the special token is",
                                  path);
    return RSD_OK;
}

static int32_t *make_rows(const rsd_token_set *set, uint32_t row_count, uint64_t column_count)
{
    const uint64_t shape[3] = {set->channel_count, row_count, column_count};
    const uint64_t count = npy_entry_count(shape, 3u);
    return count <= RSD_TOKEN_MAX_ENTRIES ? malloc((size_t)count * sizeof(int32_t) + 1u) : NULL;
}

static void interleave(const rsd_token_set *set, const rsd_pattern *pattern, uint64_t steps, int32_t *rows)
{
    int32_t special[RSD_MAX_SEQUENCES];
    special_of(set, special);
    for (uint32_t c = 0; c < set->channel_count; c++)
        rsd_pattern_forward(pattern, special, set->tokens + c * set->sequence_count * set->frame_count,
                            set->frame_count, rows + c * set->sequence_count * steps);
}

rsd_status token_pattern_interleave(const rsd_token_set *set, const char *path, int32_t **rows, uint64_t *step_count,
                                    rsd_error *error)
{
    rsd_pattern pattern;
    const rsd_status status = token_pattern_of(set, path, &pattern, error);
    if (status != RSD_OK) return status;
    *step_count = rsd_pattern_step_count(&pattern, set->frame_count);
    *rows = make_rows(set, set->sequence_count, *step_count);
    if (!*rows) return base_error_set(error, RSD_ERR_MEMORY, "no memory to interleave '%s'", path);
    interleave(set, &pattern, *step_count, *rows);
    return RSD_OK;
}

static rsd_status align_rows(const rsd_token_set *set, const rsd_pattern *pattern, const char *path,
                             rsd_pattern_sequence rows, rsd_error *error)
{
    int32_t special[RSD_MAX_SEQUENCES];
    rsd_error reason;
    special_of(set, special);
    for (uint32_t c = 0; c < set->channel_count; c++) {
        const rsd_pattern_sequence one = {rows.tokens + c * set->sequence_count * rows.step_count, rows.step_count};
        const rsd_status status = rsd_pattern_check(pattern, special, one, set->frame_count, &reason);
        if (status != RSD_OK)
            return base_error_set(error, status, "'%s', channel %u, is not of pattern '%.200s': %s", path, c + 1u,
                                  set->pattern, reason.text);
        rsd_pattern_inverse(pattern, special, one, set->frame_count,
                            set->tokens + c * set->sequence_count * set->frame_count);
    }
    return RSD_OK;
}

rsd_status token_pattern_align(rsd_token_set *set, const char *path, int32_t *rows, uint64_t step_count,
                               rsd_error *error)
{
    rsd_pattern pattern;
    rsd_status status = token_pattern_of(set, path, &pattern, error);
    set->tokens = status == RSD_OK ? make_rows(set, set->sequence_count, set->frame_count) : NULL;
    if (status == RSD_OK && !set->tokens)
        status = base_error_set(error, RSD_ERR_MEMORY, "no memory to line '%s' up", path);
    if (status == RSD_OK) status = align_rows(set, &pattern, path, (rsd_pattern_sequence){rows, step_count}, error);
    free(rows);
    return status;
}

/* ---- fewer rows ---- */

uint32_t token_set_held_levels(const rsd_token_set *set, const rsd_codec_info *codec)
{
    if (set->side_count != codec->side_count) return 0;
    for (uint32_t k = codec->level_count; k > 0u; k--)
        if (codec->level_sequence_end[k - 1u] == set->sequence_count) return k;
    return 0;
}

void token_set_keep_levels(rsd_token_set *set, uint32_t level_count)
{
    const uint32_t kept = set->level_sequence_end[level_count - 1u];
    const size_t from = (size_t)set->sequence_count * (size_t)set->frame_count;
    const size_t to = (size_t)kept * (size_t)set->frame_count;
    for (uint32_t c = 1; c < set->channel_count; c++)
        memmove(set->tokens + c * to, set->tokens + c * from, to * sizeof *set->tokens);
    set->sequence_count = kept;
    set->codec_level_count = level_count;
}

/* ---- not lined up ---- */

/* The newest frame at a step, or `before` where it has none. */
static uint64_t newest_frame(const rsd_token_set *set, const rsd_pattern *pattern, uint64_t step, uint64_t before)
{
    uint64_t newest = 0, frame;
    bool has_frame = false;
    for (uint32_t q = 0; q < set->sequence_count; q++) {
        if (!rsd_pattern_at(pattern, set->frame_count, q, step, &frame) || frame >= set->frame_count) continue;
        if (!has_frame || frame > newest) newest = frame;
        has_frame = true;
    }
    return has_frame ? newest : before;
}

/* Drops the start steps, in place. */
static void make_frames(const rsd_token_set *set, int32_t *rows, uint64_t steps, uint64_t start)
{
    const uint64_t kept = steps - start;
    for (uint64_t r = 0; r < (uint64_t)set->channel_count * set->sequence_count; r++) {
        const int32_t special = set->sequence_codewords[r % set->sequence_count];
        for (uint64_t s = 0; s < kept; s++) {
            const int32_t token = rows[r * steps + start + s];
            rows[r * kept + s] = token == special ? RSD_TOKEN_NONE : token;
        }
    }
}

static void spread_side(const rsd_token_set *set, const rsd_pattern *pattern, uint64_t kept, int32_t *side)
{
    for (uint64_t s = 0, frame = 0; s < kept; s++) {
        frame = newest_frame(set, pattern, s + pattern->start_step_count, frame);
        for (uint64_t r = 0; r < (uint64_t)set->channel_count * set->side_count; r++)
            side[r * kept + s] = set->side[r * set->frame_count + frame];
    }
}

rsd_status token_set_misalign(rsd_token_set *set, const rsd_pattern *pattern)
{
    const uint64_t start = pattern->start_step_count;
    rsd_token_set_trim(set, set->frame_count);
    if (set->frame_count == 0u) return RSD_OK;
    const uint64_t steps = rsd_pattern_step_count(pattern, set->frame_count), kept = steps - start;
    int32_t *rows = make_rows(set, set->sequence_count, steps);
    int32_t *side = set->side_count > 0u ? make_rows(set, set->side_count, kept) : NULL;
    if (!rows || (set->side_count > 0u && !side)) {
        free(rows);
        free(side);
        return RSD_ERR_MEMORY;
    }
    interleave(set, pattern, steps, rows);
    make_frames(set, rows, steps, start);
    if (side) spread_side(set, pattern, kept, side);
    free(set->tokens);
    free(set->side);
    set->tokens = rows;
    set->side = side;
    set->sample_count = (uint64_t)((double)set->sample_count * (double)kept / (double)set->frame_count);
    set->frame_count = set->frame_capacity = kept;
    return RSD_OK;
}

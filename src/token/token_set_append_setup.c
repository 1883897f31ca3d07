// SPDX-License-Identifier: MIT
// Token sets that grow.
#include "token/token_internal.h"

#include "base/sized.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_CAPACITY_FRAMES 64u

/* Copies rows of `from` frames each into rows of `to` frames each; `kept` frames of a row are copied. */
static void spread_rows(const int32_t *old, uint64_t from, int32_t *made, uint64_t to, uint64_t row_count,
                        uint64_t kept)
{
    for (uint64_t r = 0; r < row_count; r++) memcpy(made + r * to, old + r * from, (size_t)kept * sizeof *made);
}

/* As `set`, with rows of its own that have room for `capacity` frames, at least frame_count. */
static rsd_status copy_rows(const rsd_token_set *set, uint64_t capacity, rsd_token_set *copy)
{
    const uint64_t rows = (uint64_t)set->channel_count * set->sequence_count;
    const uint64_t side_rows = (uint64_t)set->channel_count * set->side_count;
    if (capacity > RSD_TOKEN_MAX_ENTRIES / (rows > side_rows ? rows : side_rows)) return RSD_ERR_SIZE;
    int32_t *tokens = malloc((size_t)(rows * capacity) * sizeof *tokens + 1u);
    int32_t *side = side_rows > 0u ? malloc((size_t)(side_rows * capacity) * sizeof *side + 1u) : NULL;
    if (!tokens || (side_rows > 0u && !side)) {
        free(tokens);
        free(side);
        return RSD_ERR_MEMORY;
    }
    spread_rows(set->tokens, set->frame_capacity, tokens, capacity, rows, set->frame_count);
    if (side) spread_rows(set->side, set->frame_capacity, side, capacity, side_rows, set->frame_count);
    base_sized_copy(copy, sizeof *copy, set, set->size_bytes);
    copy->size_bytes = sizeof *copy;
    copy->tokens = tokens;
    copy->side = side;
    copy->frame_capacity = capacity;
    return RSD_OK;
}

rsd_status token_set_copy(const rsd_token_set *set, rsd_token_set *copy)
{
    return set->tokens ? copy_rows(set, set->frame_count, copy) : RSD_ERR_ARG;
}

static rsd_status make_room(rsd_token_set *set)
{
    const uint64_t twice = 2u * set->frame_capacity;
    rsd_token_set grown;
    const rsd_status status = copy_rows(set, twice > LEAST_CAPACITY_FRAMES ? twice : LEAST_CAPACITY_FRAMES, &grown);
    if (status != RSD_OK) return status;
    free(set->tokens);
    free(set->side);
    set->tokens = grown.tokens;
    set->side = grown.side;
    set->frame_capacity = grown.frame_capacity;
    return RSD_OK;
}

rsd_status rsd_token_set_append(rsd_token_set *set, const rsd_token_frame *frames)
{
    if (!set || !set->tokens || !frames) return RSD_ERR_ARG;
    const rsd_status status = set->frame_count == set->frame_capacity ? make_room(set) : RSD_OK;
    if (status != RSD_OK) return status;
    set->frame_count++;
    for (uint32_t c = 0; c < set->channel_count; c++) rsd_token_set_put(set, c, set->frame_count - 1u, &frames[c]);
    return RSD_OK;
}

/* In place: a row only ever moves down. */
static void pack_rows(int32_t *rows, uint64_t row_count, uint64_t from, uint64_t to)
{
    for (uint64_t r = 1; r < row_count; r++) memmove(rows + r * to, rows + r * from, (size_t)to * sizeof *rows);
}

void rsd_token_set_trim(rsd_token_set *set, uint64_t frame_count)
{
    if (!set || !set->tokens) return;
    if (frame_count > set->frame_count) frame_count = set->frame_count;
    pack_rows(set->tokens, (uint64_t)set->channel_count * set->sequence_count, set->frame_capacity, frame_count);
    if (set->side)
        pack_rows(set->side, (uint64_t)set->channel_count * set->side_count, set->frame_capacity, frame_count);
    set->frame_count = set->frame_capacity = frame_count;
}

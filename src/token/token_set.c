// SPDX-License-Identifier: MIT
// Real-time half of the token set: a tap or a source runs these on the audio thread. Nothing here allocates or can
// fail.
#include "token/token_internal.h"

/* First entry of `row` of `row_count` rows of one channel, at frame 0. */
static size_t row_start(const rsd_token_set *set, uint32_t channel, uint32_t row, uint32_t row_count)
{
    return ((size_t)channel * row_count + row) * (size_t)set->frame_capacity;
}

static bool is_inside(const rsd_token_set *set, uint32_t channel, uint64_t frame_index)
{
    return set->tokens && channel < set->channel_count && frame_index < set->frame_count;
}

void rsd_token_set_put(rsd_token_set *set, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    if (!is_inside(set, channel, frame_index)) return;
    const size_t t = (size_t)frame_index;
    for (uint32_t q = 0; q < set->sequence_count; q++)
        set->tokens[row_start(set, channel, q, set->sequence_count) + t] = frame->tokens[q];
    for (uint32_t s = 0; s < set->side_count; s++)
        set->side[row_start(set, channel, s, set->side_count) + t] = frame->side[s];
    if (frame->level_count > set->level_count) set->level_count = frame->level_count;
}

bool rsd_token_set_get(const rsd_token_set *set, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame)
{
    if (!is_inside(set, channel, frame_index)) return false;
    const size_t t = (size_t)frame_index;
    frame->level_count = set->level_count;
    for (uint32_t q = 0; q < RSD_MAX_SEQUENCES; q++)
        frame->tokens[q] =
            q < set->sequence_count ? set->tokens[row_start(set, channel, q, set->sequence_count) + t] : RSD_TOKEN_NONE;
    for (uint32_t s = 0; s < RSD_MAX_SIDE; s++)
        frame->side[s] = s < set->side_count ? set->side[row_start(set, channel, s, set->side_count) + t] : 0;
    return true;
}

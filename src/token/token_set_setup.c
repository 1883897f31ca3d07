// SPDX-License-Identifier: MIT
// Token sets are made, handed out and freed.
#include "token/token_internal.h"

#include "base/sized.h"

#include <stdlib.h>
#include <string.h>

/* Rows x frames entries, all RSD_TOKEN_NONE; NULL when there are none to make or no memory. */
static int32_t *create_rows(uint64_t row_count, uint64_t frame_count)
{
    const size_t count = (size_t)(row_count * frame_count);
    if (row_count == 0u) return NULL;
    int32_t *rows = malloc(count ? count * sizeof *rows : 1u);
    if (rows)
        for (size_t i = 0; i < count; i++) rows[i] = RSD_TOKEN_NONE;
    return rows;
}

static bool sizes_are_valid(const rsd_codec_info *info, uint32_t channel_count, uint64_t frame_count)
{
    if (channel_count < 1u || channel_count > RSD_TOKEN_MAX_CHANNELS) return false;
    if (info->sequence_count < 1u || info->sequence_count > RSD_MAX_SEQUENCES) return false;
    if (info->side_count > RSD_MAX_SIDE) return false;
    const uint64_t shape[3] = {channel_count, info->sequence_count, frame_count};
    const uint64_t side_shape[3] = {channel_count, info->side_count, frame_count};
    return npy_entry_count(shape, 3u) <= RSD_TOKEN_MAX_ENTRIES &&
           npy_entry_count(side_shape, 3u) <= RSD_TOKEN_MAX_ENTRIES;
}

rsd_status rsd_token_set_create_sized(const rsd_codec_info *info, uint32_t channel_count, uint64_t frame_count,
                                      rsd_token_set *set, size_t set_bytes)
{
    if (!info || !set || !sizes_are_valid(info, channel_count, frame_count)) return RSD_ERR_ARG;
    rsd_token_set made;
    memset(&made, 0, sizeof made);
    made.size_bytes = sizeof made;
    made.channel_count = channel_count;
    made.sequence_count = info->sequence_count;
    made.side_count = info->side_count;
    made.frame_count = made.frame_capacity = frame_count;
    made.codec_level_count = info->level_count <= RSD_MAX_LEVELS ? info->level_count : 0u;
    memcpy(made.level_sequence_end, info->level_sequence_end, sizeof made.level_sequence_end);
    memcpy(made.sequence_codewords, info->sequence_codewords, sizeof made.sequence_codewords);
    made.tokens = create_rows((uint64_t)channel_count * info->sequence_count, frame_count);
    made.side = create_rows((uint64_t)channel_count * info->side_count, frame_count);
    if (!made.tokens || (made.side_count > 0u && !made.side)) {
        rsd_token_set_destroy(&made);
        return RSD_ERR_MEMORY;
    }
    token_set_give(set, set_bytes, &made);
    return RSD_OK;
}

void rsd_token_set_destroy(rsd_token_set *set)
{
    if (!set) return;
    free(set->tokens);
    free(set->side);
    set->tokens = set->side = NULL;
    memset(set, 0, set->size_bytes);
}

void token_set_give(rsd_token_set *set, size_t set_bytes, const rsd_token_set *made)
{
    base_sized_copy(set, set_bytes, made, sizeof *made);
    set->size_bytes = (uint32_t)set_bytes;
}

uint64_t token_set_whole_samples(const rsd_token_set *set, const rsd_codec_info *codec)
{
    const double hop_samples = (double)codec->hop_samples * set->sample_rate_hz / codec->sample_rate_hz;
    const double whole = (double)set->frame_count * hop_samples - set->latency_samples;
    return whole > 0.0 ? (uint64_t)whole : 0u;
}

// SPDX-License-Identifier: MIT
// How many codewords a sound uses, without bias by its length.
#include "app/analyze/usage.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Pairs of tokens of one sequence, over all channels. */
typedef struct {
    double pair_count, equal_count;
} pair_counts;

struct analyze_usage {
    rsd_codec_info codec;
    uint32_t channel_count, apart_frames;
    size_t codeword_count;                /* of all sequences */
    size_t start[RSD_MAX_SEQUENCES + 1u]; /* of a sequence's counts */
    uint32_t *counts;                     /* owned; a channel's run of codewords after the other's: tokens that are
                                             apart_frames old and older */
    uint32_t *totals;                     /* owned; a channel's sequence_count sums of these */
    int32_t *recent;                      /* owned; a channel's last apart_frames frames of tokens, a ring */
    uint64_t *frame_counts;               /* owned; a channel's */
    pair_counts pairs[RSD_MAX_SEQUENCES];
};

static bool make_room(analyze_usage *usage)
{
    const uint32_t sequence_count = usage->codec.sequence_count, channel_count = usage->channel_count;
    for (uint32_t q = 0; q < sequence_count; q++)
        usage->start[q + 1u] = usage->start[q] + usage->codec.sequence_codewords[q];
    usage->codeword_count = usage->start[sequence_count];
    usage->counts = calloc(channel_count * (usage->codeword_count + 1u), sizeof *usage->counts);
    usage->totals = calloc(channel_count * (sequence_count + 1u), sizeof *usage->totals);
    usage->recent = calloc((size_t)channel_count * usage->apart_frames * (sequence_count + 1u), sizeof *usage->recent);
    usage->frame_counts = calloc(channel_count, sizeof *usage->frame_counts);
    return usage->counts && usage->totals && usage->recent && usage->frame_counts;
}

analyze_usage *analyze_usage_create(const rsd_codec_info *codec, uint32_t channel_count)
{
    analyze_usage *usage = calloc(1, sizeof *usage);
    if (!usage) return NULL;
    usage->codec = *codec;
    usage->channel_count = channel_count;
    usage->apart_frames = (uint32_t)ceil(ANALYZE_APART_S * codec->sample_rate_hz / codec->hop_samples);
    if (make_room(usage)) return usage;
    analyze_usage_destroy(usage);
    return NULL;
}

void analyze_usage_destroy(analyze_usage *usage)
{
    if (!usage) return;
    free(usage->counts);
    free(usage->totals);
    free(usage->recent);
    free(usage->frame_counts);
    free(usage);
}

static bool is_coded(const analyze_usage *usage, uint32_t sequence, int32_t token)
{
    return token >= 0 && (uint32_t)token < usage->codec.sequence_codewords[sequence];
}

void analyze_usage_take(analyze_usage *usage, uint32_t channel, const rsd_token_frame *frame)
{
    const uint32_t sequence_count = usage->codec.sequence_count;
    const uint64_t index = usage->frame_counts[channel]++;
    uint32_t *counts = usage->counts + channel * usage->codeword_count;
    uint32_t *totals = usage->totals + channel * sequence_count;
    int32_t *recent =
        usage->recent + (channel * (size_t)usage->apart_frames + index % usage->apart_frames) * sequence_count;
    for (uint32_t q = 0; q < sequence_count; q++) {
        if (index >= usage->apart_frames && is_coded(usage, q, recent[q])) {
            counts[usage->start[q] + (uint32_t)recent[q]]++;
            totals[q]++;
        }
        recent[q] = frame->tokens[q];
        if (!is_coded(usage, q, recent[q])) continue;
        usage->pairs[q].pair_count += totals[q];
        usage->pairs[q].equal_count += counts[usage->start[q] + (uint32_t)recent[q]];
    }
}

double analyze_usage_codewords(const analyze_usage *usage, uint32_t level)
{
    pair_counts sum = {0};
    for (uint32_t q = level > 0u ? usage->codec.level_sequence_end[level - 1u] : 0u;
         q < usage->codec.level_sequence_end[level]; q++) {
        sum.pair_count += usage->pairs[q].pair_count;
        sum.equal_count += usage->pairs[q].equal_count;
    }
    return sum.equal_count > 0.0 ? sum.pair_count / sum.equal_count : NAN;
}

// SPDX-License-Identifier: MIT
// Frames of the past, packed. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

#include <string.h>

#define NO_TOKEN UINT16_MAX

uint32_t effect_level_begin(const token_effects *effects, uint32_t level)
{
    const uint32_t last = effects->info.level_count;
    if (level == 0u) return 0u;
    return effects->info.level_sequence_end[(level < last ? level : last) - 1u];
}

static char *row_at(const token_effects *effects, uint64_t number)
{
    const frame_history *history = &effects->history;
    return history->rows + (size_t)(number & (history->capacity_frames - 1u)) * effects->row_bytes;
}

static uint16_t *tokens_of(const token_effects *effects, char *row)
{
    return (uint16_t *)(void *)(row + sizeof(frame_row) + effects->head_bytes);
}

/* Of a stream, tokens are within their codebooks, and that is all there is to do: all of them are looked at at once. */
static void pack_tokens(const token_effects *effects, const int32_t *restrict tokens, uint32_t count,
                        uint16_t *restrict packed)
{
    const uint16_t *restrict codewords = effects->info.sequence_codewords;
    uint32_t below_or_above = 0u; /* its sign bit: a token is under -1, or not under its codebook's size */
    for (uint32_t s = 0; s < count; s++) packed[s] = (uint16_t)tokens[s]; /* RSD_TOKEN_NONE becomes NO_TOKEN */
    for (uint32_t s = 0; s < count; s++)
        below_or_above |= ((uint32_t)tokens[s] + 1u) | (codewords[s] - 1u - (uint32_t)tokens[s]);
    if (below_or_above >> 31 == 0u) return;
    for (uint32_t s = 0; s < count; s++) /* as the decoder takes them */
        if (tokens[s] != RSD_TOKEN_NONE) packed[s] = (uint16_t)((uint32_t)tokens[s] % codewords[s]);
}

void effect_remember(token_effects *effects, const codec_frame *frame, uint32_t level_count)
{
    const uint32_t packed = level_count < effects->info.level_count ? level_count : effects->info.level_count;
    char *row = row_at(effects, effects->history.count++);
    frame_row *kept = (frame_row *)(void *)row;
    memcpy(kept->head, frame, effects->head_bytes);
    kept->packed_level_count = packed;
    pack_tokens(effects, frame->tokens, effect_level_begin(effects, packed), tokens_of(effects, row));
}

bool effect_recall(const token_effects *effects, uint64_t age_frames, effect_levels levels, codec_frame *frame)
{
    const frame_history *history = &effects->history;
    if (age_frames >= history->count || age_frames >= history->capacity_frames) return false;
    char *row = row_at(effects, history->count - 1u - age_frames);
    const uint16_t *tokens = tokens_of(effects, row);
    const frame_row *kept = (const frame_row *)(const void *)row;
    const uint32_t end = effect_level_begin(effects, levels.end);
    const uint32_t packed_end = effect_level_begin(effects, kept->packed_level_count);
    for (uint32_t s = effect_level_begin(effects, levels.begin); s < end; s++)
        frame->tokens[s] = s >= packed_end || tokens[s] == NO_TOKEN ? RSD_TOKEN_NONE : (int32_t)tokens[s];
    if (levels.begin > 0u) return true;
    codec_frame was;
    memcpy(&was, kept->head, effects->head_bytes);
    frame->gain_before = was.gain_before;
    frame->gain = was.gain;
    frame->amplitude = was.amplitude;
    frame->level_count = was.level_count;
    frame->is_silent = was.is_silent;
    frame->is_noise = was.is_noise;
    memcpy(frame->pair_angle, was.pair_angle, sizeof frame->pair_angle);
    memcpy(frame->envelope_log2, was.envelope_log2, effects->bands.band_count * sizeof *frame->envelope_log2);
    return true;
}

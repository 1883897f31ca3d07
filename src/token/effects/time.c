// SPDX-License-Identifier: MIT
// Effects that play other frames than the newest. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

/* What comes out is remembered: the last frames that were heard go round for as long as nothing else comes in. */
static void play_again(const effect_frame *at, uint32_t length_frames, uint32_t from_level)
{
    (void)effect_recall(at->effects, length_frames - 1u, (effect_levels){from_level, RSD_MAX_LEVELS}, at->frame);
}

void effect_freeze(const effect_frame *at)
{
    const token_effect_controls *controls = at->controls;
    if (!controls->is_frozen || effect_chance(effect_bits(at, DRAW_DRIFT, 0u), controls->freeze_drift)) return;
    play_again(at, controls->freeze_frames, controls->freeze_from);
}

/* Age of the frame that is heard in place of the newest; at the start of a hold nothing older than the first is. */
static uint64_t source_age(const effect_frame *at)
{
    const uint32_t hold_frames = at->controls->hold_frames;
    const uint64_t oldest = at->effects->history.count - 1u;
    const uint64_t age = hold_frames > 1u ? at->clock % hold_frames : 0u;
    return age < oldest ? age : oldest;
}

void effect_move_in_time(const effect_frame *at)
{
    const uint64_t age = source_age(at);
    if (age > 0u) (void)effect_recall(at->effects, age, (effect_levels){0u, RSD_MAX_LEVELS}, at->frame);
}

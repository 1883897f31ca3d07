// SPDX-License-Identifier: MIT
// Effects that play other frames than the newest. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

#define STEADY 0.02f /* share of its length by which a loop may change while it goes round */

/* What comes out is remembered: the last frames that were heard go round for as long as nothing else comes in. */
static void play_again(const effect_frame *at, uint32_t length_frames, uint32_t from_level)
{
    (void)effect_recall(at->effects, length_frames - 1u, (effect_levels){from_level, RSD_MAX_LEVELS}, at->frame);
}

static int64_t nearest_frame(double frames) { return (int64_t)(frames + 0.5); }

/* A slice was heard once when it came in; after its repeats the next one comes in. */
static bool is_repeat(uint32_t loop, uint32_t repeats) { return repeats == 0u || loop % repeats + 1u < repeats; }

static void begin_loops(const effect_frame *at, effect_loop *loop, float length_frames)
{
    loop->position = -(int64_t)(at->offset % (uint32_t)length_frames);
    loop->begin = 0;
    loop->next = (double)length_frames;
    loop->length_before = (uint32_t)nearest_frame(loop->next);
    loop->number = 0u;
}

/* Loops of a length that is no whole number begin as near as frames allow, so that they never drift. */
static void go_round(const effect_frame *at, effect_loop *loop)
{
    const int64_t position = loop->position++;
    if (position < 0) return;
    if (position >= nearest_frame(loop->next)) {
        loop->length_before = (uint32_t)(position - loop->begin);
        loop->begin = position;
        loop->next += (double)loop->length_frames;
        loop->number++;
    }
    if (is_repeat(loop->number, at->controls->stutter_repeats))
        play_again(at, loop->length_before, at->controls->stutter_from);
}

/* A tempo that moves a little does not begin anew what goes round. */
static bool is_other(const effect_loop *loop, const token_effect_controls *controls)
{
    const float change = controls->stutter_frames - loop->length_frames;
    if (!controls->stutter_follows || loop->length_frames == 0.0f) return change != 0.0f;
    return change > STEADY * loop->length_frames || change < -STEADY * loop->length_frames;
}

void effect_stutter(const effect_frame *at)
{
    effect_loop *loop = &at->effects->stutter;
    const float length_frames = at->controls->stutter_frames;
    const bool is_new = is_other(loop, at->controls);
    if (length_frames == 0.0f || (is_new && (float)at->effects->history.count < length_frames)) {
        loop->length_frames = 0.0f;
        return;
    }
    if (is_new) begin_loops(at, loop, length_frames);
    loop->length_frames = length_frames;
    go_round(at, loop);
}

void effect_freeze(const effect_frame *at)
{
    const token_effect_controls *controls = at->controls;
    if (!controls->is_frozen || effect_chance(effect_bits(at, DRAW_DRIFT, 0u), controls->freeze_drift)) return;
    play_again(at, controls->freeze_frames, controls->freeze_from);
}

/*
 * Age of the frame that is heard in place of the newest, where a level comes late: hold and reverse are of what arrives
 * then. Each is a map of time, and their ages add up.
 */
static uint64_t source_age(const effect_frame *at, uint64_t late_frames)
{
    const uint32_t hold_frames = at->controls->hold_frames, reverse_frames = at->controls->reverse_frames;
    const uint64_t oldest = at->effects->history.count - 1u;
    uint64_t age = late_frames;
    if (hold_frames > 1u && age <= oldest) {
        const uint64_t held = age + (at->clock - age) % hold_frames;
        age = held < oldest ? held : oldest; /* at the start nothing older than the first is */
    }
    if (reverse_frames > 1u && age <= oldest) age += 2u * ((at->clock - age) % reverse_frames) + 1u;
    return age;
}

/* What is not there yet is not heard: a level without tokens, and silence where the first level is. */
static void miss(const effect_frame *at, effect_levels levels)
{
    const uint32_t end = effect_level_begin(at->effects, levels.end);
    for (uint32_t s = effect_level_begin(at->effects, levels.begin); s < end; s++)
        at->frame->tokens[s] = RSD_TOKEN_NONE;
    if (levels.begin == 0u) at->frame->amplitude = 0.0f;
}

static void take_levels(const effect_frame *at, effect_levels levels, uint64_t age_frames)
{
    if (age_frames > 0u && !effect_recall(at->effects, age_frames, levels, at->frame)) miss(at, levels);
}

void effect_move_in_time(const effect_frame *at)
{
    const uint32_t skew_frames = at->controls->level_skew_frames, level_count = at->effects->info.level_count;
    if (skew_frames == 0u) {
        take_levels(at, (effect_levels){0u, RSD_MAX_LEVELS}, source_age(at, 0u));
        return;
    }
    for (uint32_t k = 0; k < level_count; k++) {
        const uint32_t late = k * skew_frames, most = at->effects->history.capacity_frames - 1u;
        take_levels(at, (effect_levels){k, k + 1u}, source_age(at, late < most ? late : most));
    }
}

// SPDX-License-Identifier: MIT
// The chain of token effects. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

#define MOST_OFFSET_FRAMES 1024u

static void stop(token_effects *effects)
{
    effects->runs = false;
    effects->is_lost = false;
    effects->stutter.length_frames = 0.0f;
    effects->hunger = 0.0f;
    effects->is_imagining = false;
    effects->has_heard = false;
}

bool token_effects_is_lost(const token_effects *effects) { return effects->is_lost; }

void token_effects_reset(token_effects *effects)
{
    stop(effects);
    effects->history.count = 0u;
}

/* Free channels have clocks of their own: their grids lie elsewhere. The first channel is always the linked one. */
static effect_frame frame_of(token_effects *effects, const token_effect_controls *controls, uint64_t frame_index,
                             codec_frame *frame)
{
    const uint32_t channel = controls->is_linked ? 0u : effects->channel;
    effect_frame at = {.effects = effects, .controls = controls, .frame = frame};
    at.chance = effect_mix(controls->seed * 0x9E3779B9u + channel);
    at.offset = channel > 0u ? effect_pick(effect_bits(&at, DRAW_CLOCK, 0u), MOST_OFFSET_FRAMES) : 0u;
    at.clock = frame_index + at.offset;
    return at;
}

void token_effects_apply(token_effects *effects, const token_effect_controls *controls, uint64_t frame_index,
                         codec_frame *frame)
{
    if (!controls->is_on) {
        if (effects->runs) stop(effects);
        effect_remember(effects, frame, frame->level_count); /* as it was read: no level over these has tokens */
        return;
    }
    const effect_frame at = frame_of(effects, controls, frame_index, frame);
    effects->runs = true;
    effect_loss(&at);
    effect_imagine(&at);
    effect_stutter(&at);
    effect_freeze(&at);
    effect_remember(effects, frame, RSD_MAX_LEVELS);
    effect_move_in_time(&at);
    effect_change_tokens(&at);
    effect_starve(&at);
}

// SPDX-License-Identifier: MIT
// Controls of the token effects of a frame. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

/* A level as a person counts it, from 1. */
static uint32_t level_of(float value) { return (uint32_t)value - 1u; }

static bool any_is_on(const token_effect_controls *effects) { return effects->hold_frames > 1u || effects->is_frozen; }

void engine_take_effects(const float params[ENGINE_VALUE_COUNT], token_effect_controls *effects)
{
    effects->is_linked = params[RSD_PARAM_LINK] != 0.0f;
    effects->seed = (uint32_t)params[RSD_PARAM_SEED];
    effects->hold_frames = (uint32_t)params[RSD_PARAM_HOLD_FRAMES];
    effects->is_frozen = params[RSD_PARAM_FREEZE] != 0.0f;
    effects->freeze_from = level_of(params[RSD_PARAM_FREEZE_FROM]);
    effects->freeze_frames = (uint32_t)params[RSD_PARAM_FREEZE_GRAIN_FRAMES];
    effects->freeze_drift = params[RSD_PARAM_FREEZE_DRIFT];
    effects->is_on = any_is_on(effects);
}

// SPDX-License-Identifier: MIT
// Controls of the token effects of a frame. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include "base/numbers.h"

#define MOST_PAST_FRAMES 64u /* whoever waits for a preset does not wait longer */

/* A level as a person counts it, from 1. */
static uint32_t level_of(float value) { return (uint32_t)value - 1u; }

_Static_assert((int)RSD_CONCEAL_COUNT == (int)TOKEN_CONCEAL_IMAGINE + 1, "both name the same ways to conceal");

bool engine_effects_are_on(const float params[ENGINE_VALUE_COUNT])
{
    return params[RSD_PARAM_LOSS] > 0.0f || params[RSD_PARAM_STUTTER_FRAMES] > 0.0f ||
           params[RSD_PARAM_STUTTER_SYNC] != 0.0f || params[RSD_PARAM_FREEZE] != 0.0f ||
           params[RSD_PARAM_LEVEL_SKEW] > 0.0f || params[RSD_PARAM_HOLD_FRAMES] > 1.0f ||
           params[RSD_PARAM_REVERSE_FRAMES] > 1.0f || params[RSD_PARAM_SCRAMBLE] > 0.0f ||
           params[RSD_PARAM_TOKEN_SHIFT] != 0.0f || params[RSD_PARAM_TOKEN_ERROR] > 0.0f ||
           params[RSD_PARAM_BIT_FLIP] > 0.0f || params[RSD_PARAM_STARVE] > 0.0f ||
           params[RSD_PARAM_PREDICT_FROM] > 0.0f || params[RSD_PARAM_CONTINUATION] != 0.0f;
}

static void take_time(const float params[ENGINE_VALUE_COUNT], token_effect_controls *effects)
{
    effects->loss = params[RSD_PARAM_LOSS];
    effects->loss_burst_ms = params[RSD_PARAM_LOSS_BURST_MS];
    effects->conceal = (token_conceal)params[RSD_PARAM_CONCEAL];
    effects->predict_from = (uint32_t)params[RSD_PARAM_PREDICT_FROM];
    effects->stutter_frames = params[RSD_PARAM_STUTTER_FRAMES];
    effects->stutter_from = level_of(params[RSD_PARAM_STUTTER_FROM]);
    effects->stutter_repeats = (uint32_t)params[RSD_PARAM_STUTTER_REPEATS];
    effects->is_frozen = params[RSD_PARAM_FREEZE] != 0.0f;
    effects->freeze_from = level_of(params[RSD_PARAM_FREEZE_FROM]);
    effects->freeze_frames = (uint32_t)params[RSD_PARAM_FREEZE_GRAIN_FRAMES];
    effects->freeze_drift = params[RSD_PARAM_FREEZE_DRIFT];
    effects->level_skew_frames = (uint32_t)params[RSD_PARAM_LEVEL_SKEW];
    effects->hold_frames = (uint32_t)params[RSD_PARAM_HOLD_FRAMES];
    effects->reverse_frames = (uint32_t)params[RSD_PARAM_REVERSE_FRAMES];
}

static void take_tokens(const float params[ENGINE_VALUE_COUNT], token_effect_controls *effects)
{
    effects->scramble = params[RSD_PARAM_SCRAMBLE];
    effects->token_shift = (int32_t)params[RSD_PARAM_TOKEN_SHIFT];
    effects->error_from = level_of(params[RSD_PARAM_ERROR_FROM]);
    effects->error_to = (uint32_t)params[RSD_PARAM_ERROR_TO]; /* that level too */
    effects->token_error = params[RSD_PARAM_TOKEN_ERROR];
    effects->bit_flip = params[RSD_PARAM_BIT_FLIP];
    effects->starve = params[RSD_PARAM_STARVE];
}

/* A note value at the tempo. The history knows no longer loops: a half or a quarter of it is still in time. */
static void follow_tempo(const rsd_engine *engine, const engine_instance *instance, token_effect_controls *effects)
{
    const float sync = instance->state.params[RSD_PARAM_STUTTER_SYNC];
    effects->stutter_follows = sync != 0.0f;
    if (!effects->stutter_follows) return;
    const double frames_per_s = (double)instance->info.sample_rate_hz / instance->info.hop_samples;
    double frames = engine_seconds_of_sync(engine, instance->state.params, sync) * frames_per_s;
    while (frames > TOKEN_EFFECTS_MAX_STUTTER_FRAMES) frames *= 0.5;
    effects->stutter_frames = frames < 1.0 ? 1.0f : (float)frames;
}

void engine_take_effects(const rsd_engine *engine, const engine_instance *instance, token_effect_controls *effects)
{
    const float *params = instance->state.params;
    effects->is_linked = params[RSD_PARAM_LINK] != 0.0f;
    effects->seed = (uint32_t)params[RSD_PARAM_SEED];
    take_time(params, effects);
    follow_tempo(engine, instance, effects);
    take_tokens(params, effects);
}

uint32_t engine_effects_past_frames(const float params[ENGINE_VALUE_COUNT], uint32_t level_count)
{
    const bool is_synced = params[RSD_PARAM_STUTTER_SYNC] != 0.0f;
    const uint32_t frozen = params[RSD_PARAM_FREEZE] != 0.0f ? (uint32_t)params[RSD_PARAM_FREEZE_GRAIN_FRAMES] : 0u;
    const uint32_t looped = is_synced ? MOST_PAST_FRAMES : (uint32_t)params[RSD_PARAM_STUTTER_FRAMES];
    const uint32_t reversed = 2u * (uint32_t)params[RSD_PARAM_REVERSE_FRAMES];
    const uint32_t late = (uint32_t)params[RSD_PARAM_LEVEL_SKEW] * (level_count - 1u);
    const uint32_t longest = base_max_u32(base_max_u32(frozen, looped), base_max_u32(reversed, late));
    return longest < MOST_PAST_FRAMES ? longest : MOST_PAST_FRAMES;
}

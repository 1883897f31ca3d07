// SPDX-License-Identifier: MIT
// From the values of the parameters to the ramps of a state. Nothing in this file allocates, locks, logs or makes a
// system call.
#include "engine/engine_internal.h"

#include <string.h>

#define LOG2_OF_10_OVER_20 0.16609640474f

const engine_ramp_row engine_ramp_rows[ENGINE_RAMP_COUNT] = {
    [ENGINE_RAMP_WET] = {RSD_RAMP_MIXER, RSD_PARAM_MIX},
    [ENGINE_RAMP_DRY] = {RSD_RAMP_MIXER, RSD_PARAM_MIX},
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ramp, ...)                           \
    ENGINE_ROW_HAS_RAMP(ramp, [ENGINE_RAMP_##SYMBOL] = {RSD_RAMP_##ramp, RSD_PARAM_##SYMBOL}, )
#include <residuum/rsd_params.def>
};

uint32_t engine_samples_of_ms(const rsd_engine *engine, float ms)
{
    return (uint32_t)((float)engine->config.sample_rate_hz * ms / 1000.0f + 0.5f);
}

void engine_ramp_to(const rsd_engine *engine, rsd_ramp *ramp, float target)
{
    if (engine->time == 0u)
        rsd_ramp_init(ramp, target, ramp->ramp_samples); /* nothing has sounded yet: no way to go */
    else
        rsd_ramp_set(ramp, target);
}

static float gain_of_db(float db) { return db == 0.0f ? 1.0f : rsd_exp2f(db * LOG2_OF_10_OVER_20); }

static void mixer_targets(const float *params, float *wet, float *dry)
{
    *wet = params[RSD_PARAM_MIX], *dry = 1.0f - *wet;
    switch ((rsd_monitor)params[RSD_PARAM_MONITOR]) {
    case RSD_MONITOR_DRY:
        *wet = 0.0f, *dry = 1.0f;
        break;
    case RSD_MONITOR_RESIDUAL:
        *wet = -1.0f, *dry = 1.0f;
        break;
    case RSD_MONITOR_DELTA:
        *wet = 1.0f, *dry = 0.0f;
        break;
    case RSD_MONITOR_WET:
    case RSD_MONITOR_COUNT:
        break;
    }
}

/* Where the parameters alone lead a ramp: not where it is the transport's, which begins there all the same. */
static float target_of(const float *params, uint32_t ramp)
{
    const engine_ramp_row *row = &engine_ramp_rows[ramp];
    float wet, dry;
    mixer_targets(params, &wet, &dry);
    if (row->ramp == RSD_RAMP_MIXER) return ramp == ENGINE_RAMP_WET ? wet : dry;
    return row->ramp == RSD_RAMP_GAIN_DB ? gain_of_db(params[row->param_id]) : params[row->param_id];
}

static void take_params(engine_state *state, const float params[ENGINE_VALUE_COUNT])
{
    memcpy(state->params, params, sizeof state->params);
    state->has_effects = engine_effects_are_on(params);
    state->has_moves = engine_moves_are_on(params);
}

void engine_state_start(const rsd_engine *engine, const float params[ENGINE_VALUE_COUNT], engine_state *state)
{
    take_params(state, params);
    for (uint32_t i = 0; i < ENGINE_RAMP_COUNT; i++) {
        const float ms = rsd_param_by_id(engine_ramp_rows[i].param_id)->smooth_ms;
        rsd_ramp_init(&state->ramps[i], target_of(state->params, i), engine_samples_of_ms(engine, ms));
    }
    state->running = state->params[RSD_PARAM_BYPASS] == 0.0f;
    state->run_in_left = 0u;
}

/*
 * Of one decoded and one dry sound, both weights together are a cross-fade of all that is heard: a change of the monitor
 * takes as long as a transition does. A change of the mix is a turn of a knob.
 */
static void choose_mixer_length(const rsd_engine *engine, engine_state *state)
{
    const bool by_monitor = engine->params[RSD_PARAM_MONITOR] != state->params[RSD_PARAM_MONITOR];
    const bool by_mix = engine->params[RSD_PARAM_MIX] != state->params[RSD_PARAM_MIX];
    if (!by_monitor && !by_mix) return;
    const float ms = by_monitor ? engine->params[RSD_PARAM_TRANSITION_MS] : rsd_param_by_id(RSD_PARAM_MIX)->smooth_ms;
    state->ramps[ENGINE_RAMP_WET].ramp_samples = engine_samples_of_ms(engine, ms);
    state->ramps[ENGINE_RAMP_DRY].ramp_samples = engine_samples_of_ms(engine, ms);
}

void engine_state_take(const rsd_engine *engine, engine_state *state)
{
    choose_mixer_length(engine, state);
    take_params(state, engine->params);
    for (uint32_t i = 0; i < ENGINE_RAMP_COUNT; i++) {
        if (engine_ramp_rows[i].ramp != RSD_RAMP_TRANSPORT)
            engine_ramp_to(engine, &state->ramps[i], target_of(state->params, i));
    }
}

void engine_advance_ramp(rsd_ramp *ramp, engine_curve *curve, uint32_t sample_count)
{
    curve->moving = ramp->remaining_samples > 0u;
    curve->value = ramp->target;
    if (curve->moving) rsd_ramp_next(ramp, curve->values, sample_count);
}

void engine_state_advance(engine_state *state, uint32_t sample_count)
{
    for (uint32_t i = 0; i < ENGINE_RAMP_COUNT; i++)
        engine_advance_ramp(&state->ramps[i], &state->curves[i], sample_count);
}

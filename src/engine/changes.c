// SPDX-License-Identifier: MIT
// Tells of every change that the engine takes. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

static void tell(rsd_engine *engine, engine_change change)
{
    change.sample_time = engine->time;
    if (rsd_ring_write(engine->changes, &change, 1u) == 1u) return;
    atomic_fetch_add_explicit(&engine->changes_lost, 1u, memory_order_relaxed); /* read by who writes them down */
}

/* The parameter that lies at `index`, and which level of it; NULL: none does. */
static const rsd_param_info *param_at(uint32_t index, uint32_t *level)
{
    *level = 0u;
    if (index < (uint32_t)RSD_PARAM_ID_END) {
        const rsd_param_info *info = rsd_param_by_id(index);
        return info && info->unit != RSD_UNIT_TEXT && !rsd_param_is_per_level(info) ? info : NULL;
    }
    return rsd_param_of_target(index, level);
}

void engine_tell_value(rsd_engine *engine, uint32_t index, float value)
{
    uint32_t level;
    const rsd_param_info *info = engine->changes ? param_at(index, &level) : NULL;
    if (!info) return;
    tell(engine, (engine_change){.kind = ENGINE_CHANGE_VALUE, .param_id = info->id, .level = level, .value = value});
}

static bool is_in_state(const rsd_param_info *info) { return info && !rsd_param_is_of_session(info); }

/* What is of the session is no part of a state, and told by itself. */
void engine_tell_state(rsd_engine *engine, const float before[ENGINE_VALUE_COUNT])
{
    uint32_t level;
    if (!engine->changes) return;
    for (uint32_t index = 0; index < (uint32_t)ENGINE_VALUE_COUNT; index++) {
        const rsd_param_info *info = param_at(index, &level);
        if (info && !is_in_state(info) && engine->base[index] != before[index])
            engine_tell_value(engine, index, engine->base[index]);
    }
    tell(engine, (engine_change){.kind = ENGINE_CHANGE_STATE});
    for (uint32_t index = 0; index < (uint32_t)ENGINE_VALUE_COUNT; index++) {
        const rsd_param_info *info = param_at(index, &level);
        const float value = engine->base[index];
        if (!is_in_state(info) || value == info->default_value) continue;
        tell(engine,
             (engine_change){.kind = ENGINE_CHANGE_STATE_VALUE, .param_id = info->id, .level = level, .value = value});
    }
}

void engine_tell_codec(rsd_engine *engine)
{
    if (engine->changes) tell(engine, (engine_change){.kind = ENGINE_CHANGE_CODEC});
}

void engine_tell_transport(rsd_engine *engine, float bpm, double beats, bool is_rolling)
{
    if (!engine->changes) return;
    tell(engine,
         (engine_change){.kind = ENGINE_CHANGE_TRANSPORT, .value = bpm, .beats = beats, .is_rolling = is_rolling});
}

void engine_watch_changes(rsd_engine *engine, rsd_ring *changes) { engine->changes = changes; }

uint32_t engine_lost_changes(const rsd_engine *engine)
{
    return atomic_load_explicit(&engine->changes_lost, memory_order_relaxed); /* raised by audio in tell */
}

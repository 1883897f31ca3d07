// SPDX-License-Identifier: MIT
// Parameter values between the threads. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include "engine/levels_share.h"

#include <math.h>
#include <string.h>

uint32_t engine_value_index(rsd_param_id param_id, uint32_t level)
{
    const rsd_param_info *info = rsd_param_by_id(param_id);
    if (!info || info->unit == RSD_UNIT_TEXT) return ENGINE_VALUE_COUNT;
    if (!rsd_param_is_per_level(info)) return param_id;
    if (level >= RSD_MAX_LEVELS) return ENGINE_VALUE_COUNT;
    switch (info->id) {
#define RSD_PARAM(number, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ...)                             \
    ENGINE_ROW_PER_LEVEL(scale, case RSD_PARAM_##SYMBOL : return ENGINE_VALUE_##SYMBOL + level;)
#include <residuum/rsd_params.def>
    default:
        return ENGINE_VALUE_COUNT;
    }
}

bool engine_value_is_valid(rsd_param_id param_id, uint32_t level, float *value)
{
    if (engine_value_index(param_id, level) == ENGINE_VALUE_COUNT) return false;
    const rsd_param_info *info = rsd_param_by_id(param_id);
    if (!(*value >= info->min && *value <= info->max)) return false; /* not-a-number fails both */
    if (rsd_param_is_whole(info)) *value = floorf(*value + 0.5f);
    return true;
}

/* Most whole levels of `info` within `kbps`. */
static uint32_t levels_within(const rsd_codec_info *info, float kbps)
{
    const float rounding_kbps = 1e-3f; /* a bitrate read off a display still gets its level */
    uint32_t count = 0;
    while (count < info->level_count && info->level_kbps[count] <= kbps + rounding_kbps) count++;
    return count;
}

float rsd_engine_levels_in_use(const rsd_codec_info *info, float levels, float bitrate_kbps)
{
    const bool is_limited = bitrate_kbps < rsd_param_by_id(RSD_PARAM_BITRATE_KBPS)->max;
    const float most = (float)(is_limited ? levels_within(info, bitrate_kbps) : info->level_count);
    return levels < most ? levels : most;
}

/* Control's store; audio's acquire of the generation orders it. */
static void store(rsd_engine *engine, uint32_t index, float value)
{
    atomic_store_explicit(&engine->values[index], value, memory_order_relaxed);
}

void engine_raise_generation(rsd_engine *engine)
{
    const uint32_t generation = atomic_load_explicit(&engine->generation, memory_order_relaxed); /* control's own */
    /* Read by audio in engine_pick_up_params. */
    atomic_store_explicit(&engine->generation, generation + 1u, memory_order_release);
}

rsd_status rsd_engine_set(rsd_engine *engine, rsd_param_id param_id, uint32_t level, float value)
{
    if (!engine || !engine_value_is_valid(param_id, level, &value)) return RSD_ERR_ARG;
    store(engine, engine_value_index(param_id, level), value);
    if (param_id == RSD_PARAM_LEVELS) engine_drop_levels_share(engine);
    engine_raise_generation(engine);
    return RSD_OK;
}

/* Instance, then flag, then generation: an audio thread that has seen the generation finds both others. */
void engine_store_state(rsd_engine *engine, const float values[ENGINE_VALUE_COUNT], engine_instance *instance)
{
    for (uint32_t index = 0; index < ENGINE_VALUE_COUNT; index++) store(engine, index, values[index]);
    engine_drop_levels_share(engine);
    if (instance) {
        /* Control's own. */
        instance->generation = atomic_load_explicit(&engine->generation, memory_order_relaxed) + 1u;
        /* Taken by audio in engine_receive_instance. */
        atomic_store_explicit(&engine->handed_over, instance, memory_order_release);
    }
    /* Read by audio in engine_pick_up_params, behind the generation. */
    atomic_fetch_add_explicit(&engine->states_asked, 1u, memory_order_relaxed);
    engine_raise_generation(engine);
}

rsd_status rsd_engine_get(const rsd_engine *engine, rsd_param_id param_id, uint32_t level, float *value)
{
    const uint32_t index = engine_value_index(param_id, level);
    if (!engine || !value || index == ENGINE_VALUE_COUNT) return RSD_ERR_ARG;
    /* Stored by control (set) and audio (events). Nothing else hangs on it: relaxed. */
    *value = atomic_load_explicit(&engine->values[index], memory_order_relaxed);
    const float share = atomic_load_explicit(&engine->held_share, memory_order_relaxed);
    if (param_id == RSD_PARAM_LEVELS && share >= 0.0f)
        *value = engine_levels_of_share(share, engine_reported_level_count(engine));
    return RSD_OK;
}

void rsd_engine_get_range(const rsd_engine *engine, rsd_param_id param_id, float *min, float *max)
{
    const rsd_param_info *info = rsd_param_by_id(param_id);
    /* Stored by audio; control frees no instance that is reported. */
    const rsd_codec_info *codec = &atomic_load_explicit(&engine->reported, memory_order_acquire)->info;
    *min = info ? info->min : 0.0f;
    *max = info ? info->max : 0.0f;
    float limit = *max;
    if (info && info->unit == RSD_UNIT_LEVELS) limit = (float)codec->level_count;
    if (param_id == RSD_PARAM_CODEBOOK_BITS) limit = (float)codec->max_codebook_bits;
    if (param_id == RSD_PARAM_BITRATE_KBPS) limit = codec->level_kbps[codec->level_count - 1u];
    if (limit < *max) *max = limit;
}

static RSD_REALTIME void take_values(rsd_engine *engine, bool is_state)
{
    float before[ENGINE_VALUE_COUNT];
    memcpy(before, engine->base, sizeof before);
    for (uint32_t index = 0; index < ENGINE_VALUE_COUNT; index++) {
        const float value = atomic_load_explicit(&engine->values[index], memory_order_relaxed);
        engine->base[index] = engine->params[index] = value;
        if (!is_state && value != before[index]) engine_tell_value(engine, index, value);
    }
    if (is_state) engine_tell_state(engine, before);
}

void engine_pick_up_params(rsd_engine *engine)
{
    /* Raised by control after its stores. */
    const uint32_t generation = atomic_load_explicit(&engine->generation, memory_order_acquire);
    if (generation == engine->seen_generation) return;
    engine->seen_generation = generation;
    const uint32_t states = atomic_load_explicit(&engine->states_asked, memory_order_relaxed); /* behind the acquire */
    const bool is_state = states != engine->seen_states;
    engine->wants_state = engine->wants_state || is_state;
    engine->seen_states = states;
    take_values(engine, is_state);
    engine->is_changed = true;
    engine_remodulate(engine);
    engine_pick_up_levels_share(engine);
}

void rsd_engine_apply(rsd_engine *engine, rsd_param_id param_id, uint32_t level, float value)
{
    if (!engine_value_is_valid(param_id, level, &value)) return;
    const uint32_t index = engine_value_index(param_id, level);
    if (index >= (uint32_t)ENGINE_VALUE_COUNT) return; /* never: it is valid */
    if (value != engine->base[index]) engine_tell_value(engine, index, value);
    engine->base[index] = engine->params[index] = value;
    engine_remodulate(engine);
    engine->is_changed = true;
    if (param_id == RSD_PARAM_LEVELS) {
        engine->levels_share = ENGINE_NO_SHARE;
        engine_drop_levels_share(engine);
    }
    store(engine, index, value); /* for get; a set that control makes now is picked up at the next process call */
}

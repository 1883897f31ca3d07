// SPDX-License-Identifier: MIT
// Levels as a share of what the codec has. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/levels_share.h"

#include "engine/engine_internal.h"

#include <math.h>

#define STEPS_PER_LEVEL 1000.0

float engine_levels_of_share(float share, uint32_t level_count)
{
    if (share >= 1.0f) return rsd_param_by_id(RSD_PARAM_LEVELS)->max;
    if (!(share > 0.0f)) return 0.0f;
    return (float)(floor((double)share * (double)level_count * STEPS_PER_LEVEL + 0.5) / STEPS_PER_LEVEL);
}

bool engine_is_open_ended(const rsd_param_info *info) { return info->default_value == info->max; }

float engine_level_of_share(const rsd_param_info *info, float share, uint32_t level_count)
{
    const float top = (float)level_count, span = top > info->min ? top - info->min : 0.0f;
    if (share >= 1.0f) return engine_is_open_ended(info) ? info->max : info->min + span;
    return share > 0.0f ? info->min + floorf(share * span + 0.5f) : info->min;
}

float engine_share_of_level(const rsd_param_info *info, float level, uint32_t level_count)
{
    const float top = (float)level_count;
    if (top <= info->min) return engine_is_open_ended(info) ? 1.0f : 0.0f;
    if (level >= top) return 1.0f;
    return level > info->min ? (level - info->min) / (top - info->min) : 0.0f;
}

void engine_follow_levels_share(rsd_engine *engine, const rsd_codec_info *codec)
{
    if (engine->levels_share < 0.0f) return;
    const float levels = engine_levels_of_share(engine->levels_share, codec->level_count);
    engine->base[RSD_PARAM_LEVELS] = engine->params[RSD_PARAM_LEVELS] = levels;
    engine_remodulate(engine);
}

static const rsd_codec_info *newest_codec(const rsd_engine *engine)
{
    return engine->incoming ? &engine->incoming->info : &engine->current->info;
}

void engine_pick_up_levels_share(rsd_engine *engine)
{
    engine->levels_share = atomic_load_explicit(&engine->held_share, memory_order_relaxed); /* behind the generation */
    engine_follow_levels_share(engine, newest_codec(engine));
}

void engine_apply_levels_share(rsd_engine *engine, float share)
{
    if (!(share >= 0.0f && share <= 1.0f)) return;
    engine->levels_share = share;
    engine_follow_levels_share(engine, newest_codec(engine));
    engine->is_changed = true;
    atomic_store_explicit(&engine->held_share, share, memory_order_relaxed); /* for get, as in rsd_engine_apply */
}

void engine_set_levels_share(rsd_engine *engine, float share)
{
    if (!(share >= 0.0f && share <= 1.0f)) return;
    atomic_store_explicit(&engine->held_share, share, memory_order_relaxed); /* read by audio behind the generation */
    engine_raise_generation(engine);
}

void engine_drop_levels_share(rsd_engine *engine)
{
    atomic_store_explicit(&engine->held_share, ENGINE_NO_SHARE, memory_order_relaxed); /* as what is stored beside it */
}

uint32_t engine_reported_level_count(const rsd_engine *engine)
{
    return atomic_load_explicit(&engine->reported_level_count, memory_order_relaxed); /* stored by audio */
}

bool engine_get_levels_share(const rsd_engine *engine, float *share)
{
    float levels = 0.0f;
    *share = atomic_load_explicit(&engine->held_share, memory_order_relaxed); /* stored by control and audio */
    if (*share >= 0.0f) return true;
    (void)!rsd_engine_get(engine, RSD_PARAM_LEVELS, 0u, &levels);
    const float max = (float)engine_reported_level_count(engine);
    *share = max > 0.0f && levels < max ? levels / max : 1.0f;
    return false;
}

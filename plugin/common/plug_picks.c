// SPDX-License-Identifier: MIT
// Controls that name a level, as hosts have them: a share that goes with the codec. Nothing in this file allocates, locks,
// logs or makes a system call.
#include "plug_internal.h"

static float level_now(const plug *self, uint32_t param)
{
    float level = 0.0f;
    (void)!rsd_engine_get(self->engine, self->params[param].info->id, 0u, &level);
    return level;
}

/* Stored by audio, and by control where a preset or a state comes. Each value stands for itself: relaxed. */
static float picked(const plug *self, uint32_t param)
{
    return atomic_load_explicit(&self->picked[param], memory_order_relaxed);
}

static void keep(plug *self, uint32_t param, float share)
{
    atomic_store_explicit(&self->picked[param], share, memory_order_relaxed);
}

void plug_pick(plug *self, uint32_t param, float share)
{
    const rsd_param_info *info = self->params[param].info;
    keep(self, param, share);
    rsd_engine_apply(self->engine, info->id, 0u, plug_levels_of(self, &self->params[param], share));
}

/* OSC, MIDI or a preset may have named another level since: then the share is that of the level. */
float plug_picked_share(const plug *self, uint32_t param)
{
    const plug_param *s = &self->params[param];
    const float share = picked(self, param), level = level_now(self, param);
    if (share >= 0.0f && level == plug_levels_of(self, s, share)) return share;
    return plug_share_of(self, s, level);
}

/* A level that was named since by something else stays, and so does one that came with the codec itself. */
static void follow(plug *self, uint32_t param, uint32_t before)
{
    const plug_param *s = &self->params[param];
    const float share = picked(self, param), level = level_now(self, param);
    if (share < 0.0f || level == plug_levels_of(self, s, share)) return;
    if (level == engine_level_of_share(s->info, share, before))
        plug_pick(self, param, share);
    else
        keep(self, param, PLUG_NOT_PICKED);
}

void plug_follow_picks(plug *self)
{
    const uint32_t before = self->picked_level_count, now = engine_reported_level_count(self->engine);
    if (before == now) return;
    self->picked_level_count = now;
    for (uint32_t i = 0; i < self->param_count; i++)
        if (self->params[i].is_pick) follow(self, i, before);
}

void plug_forget_picks(plug *self)
{
    for (uint32_t i = 0; i < PLUG_MAX_PARAMS; i++) keep(self, i, PLUG_NOT_PICKED);
}

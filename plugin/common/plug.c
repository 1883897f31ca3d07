// SPDX-License-Identifier: MIT
// The audio side. Nothing in this file allocates, locks, logs or makes a system call.
#include "plug_internal.h"

#include <math.h>

#define MAX_STEPS 256u

float plug_get(const plug *self, uint32_t param)
{
    float value = 0.0f;
    if (param >= self->param_count || self->params[param].kind != PLUG_PARAM_ROW) return 0.0f;
    const plug_param *s = &self->params[param];
    /* Stored by audio; each for itself, relaxed. */
    if (atomic_load_explicit(&self->is_modulated[param], memory_order_relaxed))
        return atomic_load_explicit(&self->unmodulated[param], memory_order_relaxed);
    if (s->is_pick) return plug_picked_share(self, param);
    if (s->is_share) {
        (void)engine_get_levels_share(self->engine, &value);
        return value;
    }
    if (rsd_engine_get(self->engine, s->info->id, s->level, &value) != RSD_OK) return s->default_value;
    return plug_param_from_engine(s, value);
}

void plug_apply(plug *self, rsd_param_id param_id, uint32_t level, float value)
{
    rsd_engine_apply(self->engine, param_id, level, value);
}

static void set_in_engine(plug *self, uint32_t param, float value)
{
    const plug_param *s = &self->params[param];
    if (s->is_pick)
        plug_pick(self, param, value);
    else if (s->is_share)
        engine_apply_levels_share(self->engine, value);
    else
        rsd_engine_apply(self->engine, s->info->id, s->level, plug_param_to_engine(s, value));
}

float plug_share_of(const plug *self, const plug_param *param, float levels)
{
    const uint32_t level_count = engine_reported_level_count(self->engine);
    if (param->is_pick) return engine_share_of_level(param->info, levels, level_count);
    return levels < (float)level_count ? levels / (float)level_count : 1.0f;
}

float plug_levels_of(const plug *self, const plug_param *param, float share)
{
    const uint32_t level_count = engine_reported_level_count(self->engine);
    return param->is_pick ? engine_level_of_share(param->info, share, level_count)
                          : engine_levels_of_share(share, level_count);
}

/* Sessions and automation of versions whose levels were no share: what no share can be is a number of levels. */
float plug_taken(const plug *self, const plug_param *s, float value)
{
    return plug_param_clamp(s, s->is_share && value > 1.0f ? plug_share_of(self, s, value) : value);
}

static void drop_ramp(plug *self, uint32_t param)
{
    for (uint32_t i = 0; i < self->ramp_count; i++)
        if (self->ramps[i].param == param) self->ramps[i] = self->ramps[--self->ramp_count];
}

void plug_set(plug *self, uint32_t param, float value)
{
    if (param >= self->param_count || self->params[param].kind != PLUG_PARAM_ROW) return;
    const plug_param *s = &self->params[param];
    if (self->ramp_count > 0u) drop_ramp(self, param);
    const float clamped = plug_taken(self, s, value);
    /* Both are read by whoever shows or saves values. */
    atomic_store_explicit(&self->unmodulated[param], clamped, memory_order_relaxed);
    atomic_store_explicit(&self->is_modulated[param], self->modulation[param] != 0.0f, memory_order_relaxed);
    set_in_engine(self, param, plug_param_clamp(s, clamped + self->modulation[param]));
}

void plug_modulate(plug *self, uint32_t param, float amount)
{
    if (param >= self->param_count || self->params[param].kind != PLUG_PARAM_ROW || !isfinite(amount)) return;
    const float value = plug_get(self, param);
    self->modulation[param] = amount;
    plug_set(self, param, value);
}

void plug_aim(plug *self, uint32_t param, float value)
{
    if (param >= self->param_count || self->params[param].kind != PLUG_PARAM_ROW) return;
    const plug_param *s = &self->params[param];
    if (!s->is_ramped || rsd_engine_sample_time(self->engine) == 0u || self->ramp_count == PLUG_MAX_PARAMS) {
        plug_set(self, param, value);
        return;
    }
    drop_ramp(self, param);
    plug_ramp *ramp = &self->ramps[self->ramp_count++];
    ramp->param = param;
    ramp->from = plug_get(self, param);
    ramp->to = plug_taken(self, s, value);
}

static void step_ramps(plug *self, uint32_t step, uint32_t step_count)
{
    for (uint32_t i = 0; i < self->ramp_count; i++) {
        const plug_ramp *ramp = &self->ramps[i];
        const float share = (float)(step + 1u) / (float)step_count;
        const float value = step + 1u == step_count ? ramp->to : ramp->from + (ramp->to - ramp->from) * share;
        set_in_engine(self, ramp->param, value);
    }
}

static void process_part(plug *self, const rsd_engine_block *block, uint32_t from, uint32_t until)
{
    const float *part_in[RSD_ENGINE_MAX_CHANNELS], *part_side[RSD_ENGINE_MAX_CHANNELS];
    float *part_out[RSD_ENGINE_MAX_CHANNELS];
    for (uint32_t c = 0; c < self->config.channel_count; c++) {
        part_in[c] = block->in[c] + from;
        part_out[c] = block->out[c] + from;
        if (block->sidechain) part_side[c] = block->sidechain[c] + from;
    }
    const rsd_engine_block part = {part_in, part_out, block->sidechain ? part_side : NULL, until - from};
    rsd_engine_process_block(self->engine, &part);
}

static void process_ramped(plug *self, const rsd_engine_block *block)
{
    const uint32_t sample_count = block->sample_count;
    uint32_t steps = sample_count / self->step_samples;
    if (steps < 1u) steps = 1u;
    if (steps > MAX_STEPS) steps = MAX_STEPS;
    uint32_t from = 0u;
    for (uint32_t step = 0; step < steps; step++) {
        const uint32_t until = (uint32_t)((uint64_t)sample_count * (step + 1u) / steps);
        step_ramps(self, step, steps);
        process_part(self, block, from, until);
        from = until;
    }
    self->ramp_count = 0u;
}

void plug_process(plug *self, const float *const *in, float *const *out, uint32_t sample_count)
{
    plug_process_sidechain(self, in, NULL, out, sample_count);
}

void plug_process_sidechain(plug *self, const float *const *in, const float *const *sidechain, float *const *out,
                            uint32_t sample_count)
{
    const rsd_engine_block block = {in, out, sidechain, sample_count};
    if (sample_count == 0u) return;
    const uint64_t now_ns = host_clock_now_ns();
    const bool is_fast = host_pace_update(&self->pace, now_ns, sample_count);
    /* Stored in plug_set_offline; nothing else hangs on it. */
    rsd_engine_wait_for_frames(self->engine, is_fast || atomic_load_explicit(&self->is_offline, memory_order_relaxed));
    /* Set by plug_osc.c while its server is up. */
    if (atomic_load_explicit(&self->osc_is_on, memory_order_relaxed))
        host_clock_update(&self->clock, rsd_engine_sample_time(self->engine), now_ns, sample_count);
    plug_follow_picks(self);
    if (self->ramp_count > 0u)
        process_ramped(self, &block);
    else
        rsd_engine_process_block(self->engine, &block);
    plug_take_telemetry(self);
}

void plug_set_transport(plug *self, float bpm, double beats, bool is_rolling)
{
    rsd_engine_set_transport(self->engine, bpm, beats, is_rolling);
}

void plug_reset(plug *self)
{
    self->ramp_count = 0u;
    rsd_engine_reset(self->engine);
    plug_clear_meters(self);
}

void plug_set_offline(plug *self, bool is_offline)
{
    atomic_store_explicit(&self->is_offline, is_offline, memory_order_relaxed); /* read by audio in plug_process */
}

uint32_t plug_latency_samples(const plug *self)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(self->engine, &latency);
    return latency.total_samples;
}

uint64_t plug_sample_time(const plug *self) { return rsd_engine_sample_time(self->engine); }

const plug_meters *plug_get_meters(const plug *self) { return &self->meters; }

/* Both are set by the control side; nothing else hangs on them: relaxed. */
bool plug_wants_poll(const plug *self)
{
    return atomic_load_explicit(&self->wants_poll, memory_order_relaxed) || rsd_engine_wants_generations(self->engine);
}
uint32_t plug_change_count(const plug *self) { return atomic_load_explicit(&self->change_count, memory_order_relaxed); }

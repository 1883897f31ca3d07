// SPDX-License-Identifier: MIT
// Cross-fades of whole states, and bypass. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#define LEVEL_MATCH_LISTENS_MS 100.0f

/*
 * What sounds goes on in its instance, with its own state. What will sound runs in unheard in another instance: its
 * twin, or one of another codec. Then one is faded into the other, and nothing of the two is ever mixed otherwise.
 * One transition at a time; what comes meanwhile waits, and only the latest of it counts.
 */

engine_instance *engine_heard_instance(const rsd_engine *engine)
{
    return engine->incoming_heard ? engine->incoming : engine->current;
}

static engine_instance *newest_instance(const rsd_engine *engine)
{
    return engine->incoming ? engine->incoming : engine->current;
}

static uint32_t samples_of_frames(const engine_instance *instance, uint32_t frame_count)
{
    const uint64_t codec_samples = (uint64_t)frame_count * instance->info.hop_samples;
    return (uint32_t)(codec_samples * instance->engine_rate_hz / instance->info.sample_rate_hz);
}

void engine_receive_instance(rsd_engine *engine)
{
    if (engine->received) return;
    /* Put there by control in rsd_engine_swap or rsd_preset_load, which puts no other one until it has this one back. */
    engine_instance *instance = atomic_load_explicit(&engine->handed_over, memory_order_acquire);
    if (!instance || (int32_t)(instance->generation - engine->seen_generation) > 0) return; /* its values come yet */
    engine->received = instance;
    engine_tell_codec(engine);
    instance->codec_number = instance->twin->codec_number = ++engine->received_count;
    /* Read by control where it destroys the engine. */
    atomic_store_explicit(&engine->handed_over, NULL, memory_order_relaxed);
}

/* ---- one transition ---- */

static bool is_delta(const float *params) { return params[RSD_PARAM_MONITOR] == (float)RSD_MONITOR_DELTA; }

/* The delta is decoded otherwise than all else: no weights of one decoded sound lead to it. */
static bool wants_twin(const rsd_engine *engine)
{
    return engine->wants_state || is_delta(engine->params) != is_delta(newest_instance(engine)->state.params);
}

static engine_match_mode match_mode(const rsd_engine *engine, const float *params)
{
    if (engine->params[RSD_PARAM_LEVEL_MATCH] != 0.0f) return LEVEL_MATCH_MOMENTARY;
    return params[RSD_PARAM_AUTO_GAIN] != 0.0f ? LEVEL_MATCH_AVERAGE : LEVEL_MATCH_OFF;
}

/*
 * What fades in runs in first, and only listens. Its loudness is known when it is heard: it is measured once its effects
 * have come through.
 */
static void plan_run_in(rsd_engine *engine, const engine_instance *instance)
{
    const bool is_matched = match_mode(engine, engine->params) != LEVEL_MATCH_OFF;
    const uint32_t frames =
        ENGINE_SWAP_SETTLE_FRAMES + engine_effects_past_frames(engine->params, instance->info.level_count);
    engine->incoming_measured = is_matched ? engine_samples_of_ms(engine, LEVEL_MATCH_LISTENS_MS) : 0u;
    engine->incoming_acting = engine->incoming_measured + instance->latency.total_samples;
    engine->incoming_left = engine->incoming_acting + samples_of_frames(instance, frames);
}

static void begin(rsd_engine *engine, engine_instance *instance)
{
    engine->incoming = instance;
    engine->incoming_heard = false;
    engine->incoming_tapped = false;
    plan_run_in(engine, instance);
    engine_instance_clear_delays(instance);
    engine_instance_restart(instance, engine->time);
    engine_follow_levels_share(engine, &instance->info);
    engine_state_start(engine, engine->params, &instance->state);
    engine_level_match_fade_in(&instance->match, engine_recent_peak(engine));
    engine->is_changed = false;
    engine->wants_state = false;
}

static void end(rsd_engine *engine)
{
    /* One codec at a time and a place in the ring for it: it always fits. Read by control in rsd_engine_collect. */
    if (engine->incoming != engine->current->twin) rsd_ring_write(engine->retired, &engine->current, 1u);
    engine->current = engine->incoming;
    engine->incoming = NULL;
    engine->incoming_heard = false;
    engine->incoming_tapped = false;
    engine->recent_peak = 0.0f; /* that was of what has faded out */
    rsd_ramp_init(&engine->fade, 0.0f, 0u);
}

/*
 * The fade is over, and the tap has had the last frame of the codec that leaves: a worker's comes two hops after its
 * last sample. Where the new codec's first frame was there before, nobody waits for it.
 */
static bool may_end(const rsd_engine *engine)
{
    if (engine->fade.remaining_samples > 0u) return false;
    return engine->incoming_tapped || !engine->incoming->state.running ||
           !engine_instance_has_heard_frames(engine->current);
}

static void go_on(rsd_engine *engine)
{
    if (engine->incoming_heard) {
        if (may_end(engine)) end(engine);
    } else if (engine->incoming_left == 0u) {
        engine->incoming_heard = true;
        engine_publish_instance(engine, engine->incoming);
        rsd_ramp_init(&engine->fade, 0.0f, engine_samples_of_ms(engine, engine->params[RSD_PARAM_TRANSITION_MS]));
        rsd_ramp_set(&engine->fade, 1.0f);
    }
}

static void begin_next(rsd_engine *engine)
{
    engine_instance *received = engine->received;
    engine->received = NULL;
    if (received)
        begin(engine, received);
    else if (wants_twin(engine))
        begin(engine, engine->current->twin);
}

static void settle_on(rsd_engine *engine, engine_instance *instance)
{
    if (!instance) return;
    engine_follow_levels_share(engine, &instance->info);
    engine->incoming = instance;
    engine_publish_instance(engine, instance);
    end(engine);
}

void engine_settle(rsd_engine *engine)
{
    settle_on(engine, engine->incoming);
    settle_on(engine, engine->received);
    engine->received = NULL;
    engine_state_take(engine, &engine->current->state);
    engine->is_changed = false;
    engine->wants_state = false;
}

static void update_states(rsd_engine *engine)
{
    if (engine->time == 0u) {
        engine_settle(engine);
        return;
    }
    if (engine->incoming) go_on(engine);
    if (!engine->incoming) begin_next(engine);
    if (!engine->is_changed || wants_twin(engine)) return;
    engine_state_take(engine, &newest_instance(engine)->state);
    engine->is_changed = false;
}

/* ---- bypass ---- */

static void start_codec(const rsd_engine *engine, engine_instance *instance)
{
    instance->state.running = true;
    /* At 0 all is silent anyway. */
    instance->state.run_in_left = engine->time == 0u ? 0u : instance->latency.total_samples;
    engine_instance_restart(instance, engine->time);
}

static void update_bypass(const rsd_engine *engine, engine_instance *instance)
{
    engine_state *state = &instance->state;
    rsd_ramp *bypass = &state->ramps[ENGINE_RAMP_BYPASS];
    if (state->params[RSD_PARAM_BYPASS] != 0.0f) {
        engine_ramp_to(engine, bypass, 1.0f);
        if (bypass->remaining_samples == 0u) state->running = false;
        return;
    }
    if (!state->running) start_codec(engine, instance);
    if (state->run_in_left == 0u) engine_ramp_to(engine, bypass, 0.0f);
}

/* What has bypass settled on is not measured: it is the input. */
static void update_instance(const rsd_engine *engine, engine_instance *instance)
{
    const bool is_early = instance == engine->incoming && engine->incoming_left > engine->incoming_measured;
    update_bypass(engine, instance);
    engine_level_match_switch(&instance->match, instance->state.running && !is_early
                                                    ? match_mode(engine, instance->state.params)
                                                    : LEVEL_MATCH_OFF);
}

void engine_update_transport(rsd_engine *engine)
{
    update_states(engine);
    update_instance(engine, engine->current);
    if (engine->incoming) update_instance(engine, engine->incoming);
}

// SPDX-License-Identifier: MIT
// The process loop. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include "base/numbers.h"
#include "base/sized.h"

/* A sub-block ends where something that is under way ends; 0: it is not under way. */
static uint32_t cut_at(uint32_t length, uint32_t left) { return left > 0u ? base_min_u32(length, left) : length; }

/* Likewise where no more than `until` of it is left: how a call is cut into blocks must not be heard. */
static uint32_t cut_where_left(uint32_t length, uint32_t left, uint32_t until)
{
    return left > until ? base_min_u32(length, left - until) : length;
}

static uint32_t cut_at_instance(uint32_t length, const engine_instance *instance)
{
    const engine_state *state = &instance->state;
    length = base_min_u32(length, engine_level_match_left(&instance->match));
    length = cut_at(length, state->run_in_left);
    for (uint32_t i = 0; i < ENGINE_RAMP_COUNT; i++) length = cut_at(length, state->ramps[i].remaining_samples);
    return length;
}

/* Looked at here, as feedback that is off is to cost nothing. */
static bool feedback_is_at_rest(const rsd_engine *engine)
{
    return !engine->feedback.was_on && !engine_feeds_back(engine->current) && !engine_feeds_back(engine->incoming);
}

static uint32_t sub_block_length(rsd_engine *engine, uint32_t left)
{
    uint32_t length = base_min_u32(left, ENGINE_SUB_BLOCK_SAMPLES);
    length = engine_event_distance(engine, length);
    length = engine_modulation_distance(engine, length);
    length = cut_at(length, engine->period_left);
    length = cut_at(length, engine->incoming_left);
    length = cut_where_left(length, engine->incoming_left, engine->incoming_acting);
    length = cut_where_left(length, engine->incoming_left, engine->incoming_measured);
    length = cut_at(length, engine->fade.remaining_samples);
    length = cut_at_instance(length, engine->current);
    if (engine->incoming) length = cut_at_instance(length, engine->incoming);
    if (engine->sidechain.channel_count > 0u) length = engine_sidechain_begin(engine, length);
    return feedback_is_at_rest(engine) ? length : engine_feedback_begin(engine, length);
}

static void take_input(rsd_engine *engine, const float *const *in, uint32_t offset, uint32_t sample_count)
{
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        float *raw = engine->raw + c * ENGINE_SUB_BLOCK_SAMPLES;
        const float peak = engine_sanitise(in[c] + offset, raw, sample_count);
        if (peak > engine->period.input_peak) engine->period.input_peak = peak;
        if (peak > engine->modulation.tick_peak) engine->modulation.tick_peak = peak;
    }
}

static void count_down(uint32_t *left, uint32_t sample_count) { *left -= base_min_u32(*left, sample_count); }

/* As the dry sound of this state has it. */
static float loudest_input(const rsd_engine *engine, const engine_state *state)
{
    return engine_recent_input_peak(engine) * state->curves[ENGINE_RAMP_INPUT_GAIN_DB].value;
}

static void run_instance(rsd_engine *engine, engine_instance *instance, uint32_t sample_count)
{
    engine_state *state = &instance->state;
    engine_state_advance(state, sample_count);
    engine_level_match_begin(&instance->match, loudest_input(engine, state), sample_count);
    const float *gained = engine_gain_input(engine, state, sample_count);
    const engine_instance_input input = {
        .raw = engine->raw, .gained = gained, .coded = engine_feedback_add(engine, state, gained, sample_count)};
    engine_instance_run(engine, instance, &input, sample_count, state->running);
    count_down(&state->run_in_left, sample_count);
}

static void process_sub_block(rsd_engine *engine, const float *const *in, float *const *out, uint32_t offset,
                              uint32_t sample_count)
{
    take_input(engine, in, offset, sample_count);
    if (engine->sidechain.channel_count > 0u) engine_sidechain_take(engine, offset, sample_count);
    if (engine->feedback.was_on) engine_feedback_read(engine, sample_count);
    run_instance(engine, engine->current, sample_count);
    if (engine->incoming) run_instance(engine, engine->incoming, sample_count);
    engine_advance_ramp(&engine->fade, &engine->fade_curve, sample_count);
    engine_feedback_keep(engine, sample_count);
    const uint64_t start = codec_stages_begin(engine->stages);
    engine_mix(engine, out, offset, sample_count);
    codec_stages_end(engine->stages, CODEC_STAGE_MIXER, start);
    count_down(&engine->incoming_left, sample_count);
    engine->time += sample_count;
    engine_account_samples(engine, sample_count);
}

static void process(rsd_engine *engine, const float *const *in, float *const *out, uint32_t sample_count)
{
    const rsd_fp_state fp = rsd_fp_flush_denormals();
    engine_pick_up_params(engine);
    engine_receive_events(engine);
    engine_receive_instance(engine);
    /* Stored by any thread in rsd_engine_wait_for_frames; nothing else hangs on it. */
    engine->waits = atomic_load_explicit(&engine->wait_for_frames, memory_order_relaxed);
    for (uint32_t done = 0; done < sample_count;) {
        engine_apply_due_events(engine);
        engine_modulate(engine);
        engine_update_transport(engine);
        const uint32_t length = sub_block_length(engine, sample_count - done);
        engine->call_left = sample_count - done - length;
        process_sub_block(engine, in, out, done, length);
        done += length;
    }
    /* Read by any thread in rsd_engine_sample_time: a count alone, relaxed. */
    atomic_store_explicit(&engine->sample_time, engine->time, memory_order_relaxed);
    rsd_fp_restore(fp);
}

void rsd_engine_process(rsd_engine *engine, const float *const *in, float *const *out, uint32_t sample_count)
{
    engine->sidechain.in = NULL;
    process(engine, in, out, sample_count);
}

void rsd_engine_process_block_sized(rsd_engine *engine, const rsd_engine_block *block, size_t block_bytes)
{
    rsd_engine_block known;
    base_sized_copy(&known, sizeof known, block, block_bytes);
    engine->sidechain.in = known.sidechain;
    process(engine, known.in, known.out, known.sample_count);
}

void rsd_engine_wait_for_frames(rsd_engine *engine, bool wait)
{
    /* Read by audio at its next call. */
    atomic_store_explicit(&engine->wait_for_frames, wait, memory_order_relaxed);
}

uint64_t rsd_engine_sample_time(const rsd_engine *engine)
{
    /* Stored by audio. */
    return atomic_load_explicit(&engine->sample_time, memory_order_relaxed);
}

static void clear_instance(const rsd_engine *engine, engine_instance *instance)
{
    engine_instance_restart(instance, 0u);
    engine_instance_clear_delays(instance);
    engine_state_start(engine, engine->params, &instance->state);
    engine_level_match_restart(&instance->match);
}

void rsd_engine_reset(rsd_engine *engine)
{
    engine_drop_events(engine);
    engine->time = 0u;
    engine->incoming_left = 0u;
    engine->recent_peak = engine->recent_input_peak = 0.0f;
    engine_feedback_forget(&engine->feedback);
    engine_line_forget(&engine->sidechain.line);
    engine_modulation_reset(engine);
    engine_pick_up_params(engine);
    engine_receive_instance(engine);
    engine_settle(engine);
    clear_instance(engine, engine->current);
    limiter_reset(&engine->limiter);
    engine_reset_telemetry(engine);
    atomic_store_explicit(&engine->sample_time, 0u, memory_order_relaxed); /* read by any thread */
}

// SPDX-License-Identifier: MIT
// The decoded sound, coded again later. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include "base/numbers.h"

#include <string.h>

_Static_assert(ENGINE_LINE_PART_SAMPLES >= ENGINE_SUB_BLOCK_SAMPLES, "a sub-block is one part of a line");

void engine_feedback_forget(engine_feedback *feedback)
{
    engine_line_forget(&feedback->line);
    feedback->was_on = false;
}

/*
 * A preset that feeds back fades in beside one that does not: what was before it is not repeated, so that it sounds alike
 * whatever was loaded before. A knob that is turned up finds the last two seconds.
 */
static bool begins_without_past(const rsd_engine *engine)
{
    return engine_feeds_back(engine->incoming) && !engine_feeds_back(engine->current);
}

/* Samples between the loop's output and the codecs' input. */
static uint32_t wanted_delay(const rsd_engine *engine)
{
    const engine_instance *heard = engine_heard_instance(engine);
    const uint32_t latency = heard->latency.total_samples;
    const float samples = heard->state.params[RSD_PARAM_FEEDBACK_MS] * 0.001f * (float)engine->config.sample_rate_hz;
    const uint32_t whole = (uint32_t)(samples + 0.5f), least = latency + ENGINE_FEEDBACK_SHORTEST_SAMPLES;
    return (whole > least ? whole : least) - latency;
}

static void start(engine_feedback *feedback)
{
    for (uint32_t c = 0; c < RSD_ENGINE_MAX_CHANNELS; c++) feedback->limiter_gain[c] = 1.0f;
    memset(feedback->last_in, 0, sizeof feedback->last_in);
    memset(feedback->last_out, 0, sizeof feedback->last_out);
}

uint32_t engine_feedback_begin(rsd_engine *engine, uint32_t length)
{
    engine_feedback *feedback = &engine->feedback;
    const bool was_on = feedback->was_on;
    const bool is_running_in = begins_without_past(engine) && !engine->incoming_heard;
    if (is_running_in || !engine_heard_instance(engine)->state.running) engine_line_forget(&feedback->line);
    feedback->was_on = engine_feeds_back(engine->current) || engine_feeds_back(engine->incoming);
    if (!feedback->was_on) return length;
    engine_line_aim(&feedback->line, wanted_delay(engine), !was_on);
    if (!was_on) start(feedback);
    const uint32_t line = base_min_u32(feedback->line.delay_samples, feedback->line.next_delay_samples);
    return engine_line_part(&feedback->line, base_min_u32(length, line));
}

/* One pole and a zero at 0 Hz. */
static void high_pass(engine_feedback *feedback, uint32_t channel, float *samples, uint32_t sample_count)
{
    float last_in = feedback->last_in[channel], last_out = feedback->last_out[channel];
    for (uint32_t i = 0; i < sample_count; i++) {
        last_out = samples[i] - last_in + feedback->high_pass * last_out;
        last_in = samples[i];
        samples[i] = last_out;
    }
    feedback->last_in[channel] = last_in;
    feedback->last_out[channel] = last_out;
}

/* One gain for channels [begin, end). It falls at once, as a later one would let a peak through, and rises slowly. */
static void find_gains(engine_feedback *feedback, uint32_t begin, uint32_t end, float *gains, uint32_t sample_count)
{
    float gain = feedback->limiter_gain[begin];
    for (uint32_t i = 0; i < sample_count; i++) {
        float peak = 0.0f;
        for (uint32_t c = begin; c < end; c++) {
            const float x = feedback->looped[c * ENGINE_SUB_BLOCK_SAMPLES + i], size = x < 0.0f ? -x : x;
            peak = size > peak ? size : peak;
        }
        gain += (1.0f - gain) * feedback->release;
        if (peak * gain > ENGINE_FEEDBACK_CEILING) gain = ENGINE_FEEDBACK_CEILING / peak;
        gains[i] = gain;
    }
    for (uint32_t c = begin; c < end; c++) feedback->limiter_gain[c] = gain;
}

void engine_feedback_read(rsd_engine *engine, uint32_t sample_count)
{
    engine_feedback *feedback = &engine->feedback;
    const uint32_t channel_count = engine->config.channel_count;
    float gains[ENGINE_SUB_BLOCK_SAMPLES];
    for (uint32_t c = 0; c < channel_count; c++) {
        float *row = feedback->looped + c * ENGINE_SUB_BLOCK_SAMPLES;
        engine_line_read(&feedback->line, c, 0u, row, sample_count);
        (void)engine_sanitise(row, row, sample_count); /* a loop would keep what is not a number for ever */
        high_pass(feedback, c, row, sample_count);
    }
    engine_line_step(&feedback->line, sample_count);
    const bool is_linked = engine_heard_instance(engine)->state.params[RSD_PARAM_LINK] != 0.0f;
    for (uint32_t c = 0; c < channel_count; c++) {
        if (c == 0u || !is_linked) find_gains(feedback, c, is_linked ? channel_count : c + 1u, gains, sample_count);
        for (uint32_t i = 0; i < sample_count; i++) feedback->looped[c * ENGINE_SUB_BLOCK_SAMPLES + i] *= gains[i];
    }
}

const float *engine_feedback_add(rsd_engine *engine, const engine_state *state, const float *gained,
                                 uint32_t sample_count)
{
    engine_feedback *feedback = &engine->feedback;
    const engine_curve *amount = &state->curves[ENGINE_RAMP_FEEDBACK];
    if (!feedback->was_on || (!amount->moving && amount->value == 0.0f)) return gained;
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        const uint32_t at = c * ENGINE_SUB_BLOCK_SAMPLES;
        const float *looped = feedback->looped + at;
        float *row = feedback->fed + at;
        for (uint32_t i = 0; i < sample_count; i++)
            row[i] = gained[at + i] + (amount->moving ? amount->values[i] : amount->value) * looped[i];
        engine_clamp(row, sample_count);
    }
    return feedback->fed;
}

/* What is heard, to out: while a state fades in, the fade. */
static const float *heard_wet(rsd_engine *engine, uint32_t at, bool is_from_silence, uint32_t sample_count)
{
    const engine_curve *fade = &engine->fade_curve;
    const float *wet = engine_heard_instance(engine)->wet + at;
    if (!fade->moving) return wet;
    memcpy(engine->fade_scratch, engine->current->wet + at, sample_count * sizeof *wet);
    if (is_from_silence) memset(engine->fade_scratch, 0, sample_count * sizeof *wet); /* what is there is old */
    engine_cross_fade(fade->values, wet, engine->fade_scratch, sample_count);
    return engine->fade_scratch;
}

static void keep_fade(rsd_engine *engine, uint32_t sample_count)
{
    const bool is_from_silence = !engine->current->state.running || begins_without_past(engine);
    if (!engine_heard_instance(engine)->state.running || (is_from_silence && !engine->incoming_heard)) return;
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        const float *wet = heard_wet(engine, c * ENGINE_SUB_BLOCK_SAMPLES, is_from_silence, sample_count);
        engine_line_write(&engine->feedback.line, c, wet, sample_count);
    }
    engine_line_advance(&engine->feedback.line, sample_count);
}

void engine_feedback_keep(rsd_engine *engine, uint32_t sample_count)
{
    if (engine->incoming) {
        keep_fade(engine, sample_count);
        return;
    }
    if (!engine->current->state.running) return;
    for (uint32_t c = 0; c < engine->config.channel_count; c++)
        engine_line_write(&engine->feedback.line, c, engine->current->wet + c * ENGINE_SUB_BLOCK_SAMPLES, sample_count);
    engine_line_advance(&engine->feedback.line, sample_count);
}

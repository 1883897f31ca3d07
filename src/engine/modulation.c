// SPDX-License-Identifier: MIT
// LFOs, envelope follower and step sequencer, and what they do to parameters. Nothing in this file allocates, locks,
// logs or makes a system call.
#include "engine/engine_internal.h"

#include <math.h>

#define LOG2_E 1.44269504f
#define BEATS_PER_BAR 4.0
#define JUMP_BEATS 0.02 /* a transport that is further off has been moved */

enum { SHAPE_SINE, SHAPE_TRIANGLE, SHAPE_SAW, SHAPE_SQUARE, SHAPE_RANDOM, SHAPE_STEPS };

#define LFO_ROW(n)                                                                                                     \
    {                                                                                                                  \
        RSD_PARAM_LFO##n##_SHAPE, RSD_PARAM_LFO##n##_RATE_HZ, RSD_PARAM_LFO##n##_SYNC, RSD_PARAM_LFO##n##_PHASE        \
    }
static const struct {
    rsd_param_id shape, rate_hz, sync, phase;
} lfos[ENGINE_LFO_COUNT] = {LFO_ROW(1), LFO_ROW(2), LFO_ROW(3), LFO_ROW(4)};

static const struct {
    rsd_param_id target, depth;
} routes[ENGINE_ROUTE_COUNT] = {
    {RSD_PARAM_LFO1_TARGET, RSD_PARAM_LFO1_DEPTH},         {RSD_PARAM_LFO2_TARGET, RSD_PARAM_LFO2_DEPTH},
    {RSD_PARAM_LFO3_TARGET, RSD_PARAM_LFO3_DEPTH},         {RSD_PARAM_LFO4_TARGET, RSD_PARAM_LFO4_DEPTH},
    {RSD_PARAM_ENVELOPE_TARGET, RSD_PARAM_ENVELOPE_DEPTH}, {RSD_PARAM_SEQUENCER_TARGET, RSD_PARAM_SEQUENCER_DEPTH}};
#define ENVELOPE_ROUTE ENGINE_LFO_COUNT
#define SEQUENCER_ROUTE (ENGINE_ROUTE_COUNT - 1u)

/* ---- time ---- */

static double bpm_of(const rsd_engine *engine)
{
    const engine_modulation *m = &engine->modulation;
    return (double)(m->bpm > 0.0f ? m->bpm : engine->params[RSD_PARAM_TEMPO_BPM]);
}

static double beats_at(const rsd_engine *engine, uint64_t time)
{
    const engine_modulation *m = &engine->modulation;
    return m->beats + bpm_of(engine) * (double)(time - m->beats_time) / (60.0 * engine->config.sample_rate_hz);
}

static void move_beats(rsd_engine *engine)
{
    engine->modulation.beats = beats_at(engine, engine->time);
    engine->modulation.beats_time = engine->time;
}

/* 1: 8 bars, 2: 4 bars ... 4: a bar, 5: a half ... 10: 1/64. */
static double beats_of_sync(float sync) { return BEATS_PER_BAR * 8.0 / (double)(1u << ((uint32_t)sync - 1u)); }

static bool is_other_tempo(const engine_modulation *m, float bpm)
{
    return bpm != m->bpm && (bpm == 0.0f || (bpm >= 1.0f && bpm <= 1000.0f));
}

static void start_transport(rsd_engine *engine, double beats)
{
    engine_modulation *m = &engine->modulation;
    for (uint32_t i = 0; i < ENGINE_LFO_COUNT; i++) m->lfo_cycles[i] = 0.0;
    if (beats >= 0.0) return;
    m->beats = 0.0;
    m->beats_time = engine->time;
}

double engine_seconds_of_sync(const rsd_engine *engine, const float *params, float sync)
{
    const float bpm = engine->modulation.bpm > 0.0f ? engine->modulation.bpm : params[RSD_PARAM_TEMPO_BPM];
    return beats_of_sync(sync) * 60.0 / (double)bpm;
}

void rsd_engine_set_transport(rsd_engine *engine, float bpm, double beats, bool is_rolling)
{
    engine_modulation *m = &engine->modulation;
    const bool starts = is_rolling && !m->is_rolling, has_other_tempo = is_other_tempo(m, bpm);
    bool changes = has_other_tempo || is_rolling != m->is_rolling;
    m->is_rolling = is_rolling;
    if (has_other_tempo) {
        move_beats(engine);
        m->bpm = bpm;
    }
    if (is_rolling && beats >= 0.0 && fabs(beats_at(engine, engine->time) - beats) > JUMP_BEATS) {
        m->beats = beats;
        m->beats_time = engine->time;
        changes = true;
    }
    if (changes) engine_tell_transport(engine, bpm, beats, is_rolling);
    if (starts && engine->params[RSD_PARAM_LFO_RESTART] != 0.0f) start_transport(engine, beats);
}

/* ---- sources ---- */

/* The same numbers on every machine: a parabola through the zeros and extremes, bent to within 0.0011 of the sine. */
static float sine(float x)
{
    const float t = x < 0.5f ? 2.0f * x : 2.0f * x - 1.0f; /* half a wave, 0..1 */
    const float p = 4.0f * t * (1.0f - t);
    const float bent = 0.225f * (p * p - p) + p;
    return x < 0.5f ? bent : -bent;
}

static float triangle(float x) { return x < 0.25f ? 4.0f * x : x < 0.75f ? 2.0f - 4.0f * x : 4.0f * x - 4.0f; }

/* White noise of a whole number, -1..1 (the finaliser of MurmurHash3). */
static float random_of(uint32_t lfo, int64_t cycle)
{
    uint32_t h = (uint32_t)cycle * 2654435761u + lfo * 40503u + 1u;
    h = (h ^ (h >> 16)) * 0x85ebca6bu;
    h = (h ^ (h >> 13)) * 0xc2b2ae35u;
    h ^= h >> 16;
    return (float)(h >> 8) / 8388608.0f - 1.0f;
}

static float wave(uint32_t lfo, uint32_t shape, double cycles)
{
    const double whole = floor(cycles);
    const float x = (float)(cycles - whole);
    const float here = random_of(lfo, (int64_t)whole);
    switch (shape) {
    case SHAPE_TRIANGLE:
        return triangle(x);
    case SHAPE_SAW:
        return 2.0f * x - 1.0f;
    case SHAPE_SQUARE:
        return x < 0.5f ? 1.0f : -1.0f;
    case SHAPE_RANDOM:
        return here + (random_of(lfo, (int64_t)whole + 1) - here) * x * x * (3.0f - 2.0f * x);
    case SHAPE_STEPS:
        return here;
    default:
        return sine(x);
    }
}

static void move_lfo(rsd_engine *engine, uint32_t i, double beats)
{
    engine_modulation *m = &engine->modulation;
    const float *params = engine->params;
    const float sync = params[lfos[i].sync];
    const double cycles = sync == 0.0f ? m->lfo_cycles[i] : beats / beats_of_sync(sync);
    m->sources[i] = wave(i, (uint32_t)params[lfos[i].shape], cycles + (double)params[lfos[i].phase]);
    m->lfo_cycles[i] += (double)params[lfos[i].rate_hz] * m->tick_samples / engine->config.sample_rate_hz;
}

static void move_envelope(rsd_engine *engine)
{
    engine_modulation *m = &engine->modulation;
    const float tick_ms = 1000.0f * (float)m->tick_samples / (float)engine->config.sample_rate_hz;
    const float share = 1.0f - rsd_exp2f(-LOG2_E * tick_ms / engine->params[RSD_PARAM_ENVELOPE_MS]);
    const float loudest = engine->params[RSD_PARAM_ENVELOPE_SIDECHAIN] != 0.0f ? m->side_peak : m->tick_peak;
    const float peak = loudest < 1.0f ? loudest : 1.0f;
    m->envelope += share * (peak - m->envelope);
    m->tick_peak = m->side_peak = 0.0f;
    m->sources[ENVELOPE_ROUTE] = m->envelope;
}

static void move_sequencer(rsd_engine *engine, double beats)
{
    const float *params = engine->params;
    const uint32_t length = (uint32_t)params[RSD_PARAM_SEQUENCER_LENGTH];
    const double steps = floor(beats / beats_of_sync(params[RSD_PARAM_SEQUENCER_SYNC]));
    const uint32_t step = (uint32_t)((uint64_t)steps % length);
    engine->modulation.sources[SEQUENCER_ROUTE] = params[RSD_PARAM_SEQUENCER_STEP_1 + step];
}

static void move_sources(rsd_engine *engine)
{
    move_beats(engine);
    const double beats = engine->modulation.beats;
    for (uint32_t i = 0; i < ENGINE_LFO_COUNT; i++) move_lfo(engine, i, beats);
    move_envelope(engine);
    move_sequencer(engine, beats);
}

/* ---- targets ---- */

/* The value that a route moves; ENGINE_VALUE_COUNT: none. */
static uint32_t target_of(const rsd_engine *engine, uint32_t route)
{
    const uint32_t index = (uint32_t)engine->base[routes[route].target];
    if (index == 0u || index >= (uint32_t)ENGINE_VALUE_COUNT || engine->base[routes[route].depth] == 0.0f)
        return ENGINE_VALUE_COUNT;
    const rsd_param_info *info = rsd_param_of_target(index, NULL);
    return info && info->unit != RSD_UNIT_TARGET ? index : (uint32_t)ENGINE_VALUE_COUNT;
}

/* LFOs swing around what was set, by half of the range at full depth; the envelope adds; the sequencer takes its place. */
static float moved(const rsd_engine *engine, uint32_t route, float value, float min, float max)
{
    const float depth = engine->base[routes[route].depth], source = engine->modulation.sources[route];
    if (route == SEQUENCER_ROUTE) {
        const float share = depth < 0.0f ? 1.0f - source : source;
        return value + fabsf(depth) * (min + share * (max - min) - value);
    }
    return value + depth * source * (max - min) * (route == ENVELOPE_ROUTE ? 1.0f : 0.5f);
}

static void touch(rsd_engine *engine, uint32_t index)
{
    engine_modulation *m = &engine->modulation;
    for (uint32_t i = 0; i < m->touched_count; i++)
        if (m->touched[i] == index) return;
    m->touched[m->touched_count++] = index;
}

static void move_target(rsd_engine *engine, uint32_t route, uint32_t index)
{
    float min, max;
    const rsd_param_info *info = rsd_param_of_target(index, NULL);
    rsd_engine_get_range(engine, info->id, &min, &max);
    const float from = engine->params[index] < max ? engine->params[index] : max;
    float value = moved(engine, route, from, min, max);
    value = value < min ? min : value > max ? max : value;
    engine->params[index] = rsd_param_is_whole(info) ? floorf(value + 0.5f) : value;
    touch(engine, index);
}

void engine_remodulate(rsd_engine *engine)
{
    engine_modulation *m = &engine->modulation;
    for (uint32_t i = 0; i < m->touched_count; i++) engine->params[m->touched[i]] = engine->base[m->touched[i]];
    m->touched_count = 0u;
    bool is_active = false;
    /* The sequencer first: the others move around what it says. */
    for (uint32_t i = ENGINE_ROUTE_COUNT; i-- > 0u;) {
        const uint32_t index = target_of(engine, i);
        if (index == (uint32_t)ENGINE_VALUE_COUNT) continue;
        if (m->is_active) move_target(engine, i, index);
        is_active = true;
    }
    if (is_active && !m->is_active)
        m->next_tick = (engine->time + m->tick_samples - 1u) / m->tick_samples * m->tick_samples;
    m->is_active = is_active;
}

void engine_modulate(rsd_engine *engine)
{
    engine_modulation *m = &engine->modulation;
    if (!m->is_active || engine->time < m->next_tick) return;
    m->next_tick = engine->time + m->tick_samples;
    move_sources(engine);
    engine_remodulate(engine);
    engine->is_changed = true;
}

uint32_t engine_modulation_distance(const rsd_engine *engine, uint32_t limit)
{
    const engine_modulation *m = &engine->modulation;
    if (!m->is_active) return limit;
    const uint64_t distance = m->next_tick - engine->time; /* what is due has been done: never negative */
    return distance < limit ? (uint32_t)distance : limit;
}

void engine_modulation_reset(rsd_engine *engine)
{
    engine_modulation *m = &engine->modulation;
    for (uint32_t i = 0; i < ENGINE_LFO_COUNT; i++) m->lfo_cycles[i] = 0.0;
    m->envelope = m->tick_peak = m->side_peak = 0.0f;
    m->beats = 0.0;
    m->beats_time = m->next_tick = 0u;
}

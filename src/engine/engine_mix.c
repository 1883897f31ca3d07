// SPDX-License-Identifier: MIT
// Gains and mixing of whole sub-blocks. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include <string.h>

#define MAGNITUDE_MASK 0x7fffffff
#define INFINITY_BITS 0x7f800000
#define LIMIT_BITS 0x42800000 /* ENGINE_INPUT_LIMIT */

/*
 * In integers: comparisons of magnitudes are comparisons of bits, denormals pass whole though the processor flushes
 * them, and the loop needs no branch.
 */
float engine_sanitise(const float *in, float *out, uint32_t sample_count)
{
    int32_t peak_bits = 0;
    for (uint32_t i = 0; i < sample_count; i++) {
        int32_t bits;
        memcpy(&bits, &in[i], sizeof bits);
        const int32_t sign = bits & ~MAGNITUDE_MASK;
        int32_t magnitude = bits & MAGNITUDE_MASK;
        bits = magnitude > LIMIT_BITS ? sign | LIMIT_BITS : bits;
        bits = magnitude >= INFINITY_BITS ? 0 : bits;
        magnitude = bits & MAGNITUDE_MASK;
        peak_bits = magnitude > peak_bits ? magnitude : peak_bits;
        memcpy(&out[i], &bits, sizeof bits);
    }
    float peak;
    memcpy(&peak, &peak_bits, sizeof peak);
    return peak;
}

void engine_clamp(float *samples, uint32_t sample_count)
{
    for (uint32_t i = 0; i < sample_count; i++) {
        float x = samples[i];
        x = x > ENGINE_INPUT_LIMIT ? ENGINE_INPUT_LIMIT : x;
        samples[i] = x < -ENGINE_INPUT_LIMIT ? -ENGINE_INPUT_LIMIT : x;
    }
}

static float peak_of(const float *samples, uint32_t sample_count)
{
    int32_t peak_bits = 0;
    for (uint32_t i = 0; i < sample_count; i++) {
        int32_t bits;
        memcpy(&bits, &samples[i], sizeof bits);
        bits &= MAGNITUDE_MASK;
        peak_bits = bits > peak_bits ? bits : peak_bits;
    }
    float peak;
    memcpy(&peak, &peak_bits, sizeof peak);
    return peak;
}

static bool stands_at(const engine_curve *c, float value) { return !c->moving && c->value == value; }

static void scale(const engine_curve *gain, const float *in, float *out, uint32_t sample_count)
{
    if (gain->moving)
        for (uint32_t i = 0; i < sample_count; i++) out[i] = in[i] * gain->values[i];
    else
        for (uint32_t i = 0; i < sample_count; i++) out[i] = in[i] * gain->value;
}

const float *engine_gain_input(rsd_engine *engine, const engine_state *state, uint32_t sample_count)
{
    const engine_curve *gain = &state->curves[ENGINE_RAMP_INPUT_GAIN_DB];
    if (stands_at(gain, 1.0f)) return engine->raw;
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        float *gained = engine->gained + c * ENGINE_SUB_BLOCK_SAMPLES;
        scale(gain, engine->raw + c * ENGINE_SUB_BLOCK_SAMPLES, gained, sample_count);
        engine_clamp(gained, sample_count);
    }
    return engine->gained;
}

/* n samples of out from wet and dry. */
static void mix_monitor(const engine_curve *curves, const float *wet, const float *dry, float *out, uint32_t n)
{
    const engine_curve *of_wet = &curves[ENGINE_RAMP_WET], *of_dry = &curves[ENGINE_RAMP_DRY];
    if (of_wet->moving || of_dry->moving) {
        /* Both ramps are set by the same parameters, but one of the two may have had no way to go. */
        for (uint32_t i = 0; i < n; i++) {
            const float a = of_wet->moving ? of_wet->values[i] : of_wet->value;
            const float b = of_dry->moving ? of_dry->values[i] : of_dry->value;
            out[i] = a * wet[i] + b * dry[i];
        }
    } else if (of_wet->value == 0.0f && of_dry->value == 1.0f) {
        memcpy(out, dry, n * sizeof *out); /* bit for bit: dry is exact */
    } else if (of_wet->value == 1.0f && of_dry->value == 0.0f) {
        memcpy(out, wet, n * sizeof *out);
    } else {
        const float a = of_wet->value, b = of_dry->value;
        for (uint32_t i = 0; i < n; i++) out[i] = a * wet[i] + b * dry[i];
    }
}

/* Of what is heard of an instance, before its level is matched. */
static void mix_unmatched(const engine_instance *instance, uint32_t channel, float *out, uint32_t n)
{
    const engine_curve *curves = instance->state.curves, *output_gain = &curves[ENGINE_RAMP_OUTPUT_GAIN_DB];
    const uint32_t at = channel * ENGINE_SUB_BLOCK_SAMPLES;
    mix_monitor(curves, instance->wet + at, instance->dry + at, out, n);
    if (!stands_at(output_gain, 1.0f)) scale(output_gain, out, out, n);
}

/* All channels are looked at before one of them is mixed: the guard has one gain for all. */
static void guard_instance(rsd_engine *engine, engine_instance *instance, uint32_t sample_count)
{
    if (!instance || !engine_level_match_is_guarded(&instance->match)) return;
    const engine_curve *curves = instance->state.curves;
    const bool is_dry = stands_at(&curves[ENGINE_RAMP_WET], 0.0f) && stands_at(&curves[ENGINE_RAMP_DRY], 1.0f);
    engine_level_match_guard_begin(&instance->match, is_dry);
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        mix_unmatched(instance, c, engine->fade_scratch, sample_count);
        engine_level_match_guard(&instance->match, c, instance->dry + c * ENGINE_SUB_BLOCK_SAMPLES,
                                 engine->fade_scratch, sample_count);
    }
    engine_level_match_guard_end(&instance->match, sample_count);
}

/* What the engine would give out if `instance` were its only one. */
static void mix_instance(engine_instance *instance, uint32_t channel, float *out, uint32_t n)
{
    const engine_curve *bypass = &instance->state.curves[ENGINE_RAMP_BYPASS];
    const uint32_t at = channel * ENGINE_SUB_BLOCK_SAMPLES;
    const float *raw = instance->raw + at;
    if (stands_at(bypass, 1.0f)) {
        memcpy(out, raw, n * sizeof *out); /* bit for bit, and wet may be stale: the codec rests */
        return;
    }
    mix_unmatched(instance, channel, out, n);
    engine_level_match_apply(&instance->match, channel, instance->dry + at, out, n);
    if (bypass->moving)
        for (uint32_t i = 0; i < n; i++) out[i] = (1.0f - bypass->values[i]) * out[i] + bypass->values[i] * raw[i];
}

/*
 * The ramp is bent into an S (3t^2 - 2t^3): two codecs of different latency may be in opposite phase, and the corners
 * of a straight fade would then be heard. Both shares add to 1: no sample lies outside of the two that it is between.
 */
void engine_cross_fade(const float *ramp, const float *incoming, float *out, uint32_t sample_count)
{
    for (uint32_t i = 0; i < sample_count; i++) {
        const float share = ramp[i] * ramp[i] * (3.0f - 2.0f * ramp[i]);
        out[i] = (1.0f - share) * out[i] + share * incoming[i];
    }
}

/* All of one channel: what sounds, what fades in, and what has to be heard for its loudness alone. */
static void mix_channel(rsd_engine *engine, uint32_t channel, float *to, uint32_t sample_count)
{
    const engine_curve *fade = &engine->fade_curve;
    engine_instance *incoming = engine->incoming;
    if (stands_at(fade, 1.0f)) {
        mix_instance(incoming, channel, to, sample_count);
        return;
    }
    mix_instance(engine->current, channel, to, sample_count);
    if (!fade->moving && !(incoming && incoming->match.mode != LEVEL_MATCH_OFF)) return;
    mix_instance(incoming, channel, engine->fade_scratch, sample_count);
    if (fade->moving) engine_cross_fade(fade->values, engine->fade_scratch, to, sample_count);
}

/* What went into the codec that sounds and what came out of it, before anything is made of them. */
static void tap_sound(const rsd_engine *engine, uint32_t sample_count)
{
    const engine_instance *heard = stands_at(&engine->fade_curve, 1.0f) ? engine->incoming : engine->current;
    if (!engine->sound_tap || stands_at(&heard->state.curves[ENGINE_RAMP_BYPASS], 1.0f)) return;
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        const uint32_t at = c * ENGINE_SUB_BLOCK_SAMPLES;
        engine->sound_tap(engine->sound_tap_context, c, heard->dry + at, heard->wet + at, sample_count);
    }
}

static uint32_t count_clipped(const float *samples, uint32_t sample_count)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < sample_count; i++) count += samples[i] > 1.0f || samples[i] < -1.0f;
    return count;
}

static void measure_output(rsd_engine *engine, const float *samples, uint32_t sample_count)
{
    rsd_telemetry *period = &engine->period;
    const float peak = peak_of(samples, sample_count);
    if (peak > period->output_peak) period->output_peak = peak;
    if (peak > 1.0f) period->clipped_count += count_clipped(samples, sample_count);
}

void engine_mix(rsd_engine *engine, float *const *out, uint32_t offset, uint32_t sample_count)
{
    const uint32_t channel_count = engine->config.channel_count;
    const bool is_limited = engine->params[RSD_PARAM_LIMITER] != 0.0f;
    guard_instance(engine, engine->current, sample_count);
    guard_instance(engine, engine->incoming, sample_count);
    for (uint32_t c = 0; c < channel_count; c++) mix_channel(engine, c, out[c] + offset, sample_count);
    tap_sound(engine, sample_count);
    engine_level_match_end(&engine->current->match, sample_count);
    if (engine->incoming) engine_level_match_end(&engine->incoming->match, sample_count);
    const float gain = limiter_process(&engine->limiter, out, channel_count, offset, sample_count, is_limited);
    if (gain < engine->period.limiter_gain) engine->period.limiter_gain = gain;
    for (uint32_t c = 0; c < channel_count; c++) measure_output(engine, out[c] + offset, sample_count);
}

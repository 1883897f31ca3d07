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

void engine_advance_ramps(rsd_engine *engine, uint32_t sample_count)
{
    for (uint32_t i = 0; i < ENGINE_RAMP_COUNT; i++) {
        engine_curve *curve = &engine->curves[i];
        curve->moving = engine->ramps[i].remaining_samples > 0u;
        curve->value = engine->ramps[i].target;
        if (curve->moving) rsd_ramp_next(&engine->ramps[i], curve->values, sample_count);
    }
}

static bool stands_at(const engine_curve *c, float value) { return !c->moving && c->value == value; }

static void scale(const engine_curve *gain, const float *in, float *out, uint32_t sample_count)
{
    if (gain->moving)
        for (uint32_t i = 0; i < sample_count; i++) out[i] = in[i] * gain->values[i];
    else
        for (uint32_t i = 0; i < sample_count; i++) out[i] = in[i] * gain->value;
}

const float *engine_gain_input(rsd_engine *engine, uint32_t sample_count)
{
    const engine_curve *gain = &engine->curves[ENGINE_RAMP_INPUT_GAIN_DB];
    if (stands_at(gain, 1.0f)) return engine->raw;
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        float *gained = engine->gained + c * ENGINE_SUB_BLOCK_SAMPLES;
        scale(gain, engine->raw + c * ENGINE_SUB_BLOCK_SAMPLES, gained, sample_count);
        engine_clamp(gained, sample_count);
    }
    return engine->gained;
}

typedef struct {
    const engine_curve *wet, *dry, *output_gain, *bypass, *swap;
    uint32_t sample_count;
} mixer;

static void mix_monitor(const mixer *m, const float *wet, const float *dry, float *out)
{
    const uint32_t n = m->sample_count;
    if (m->wet->moving || m->dry->moving) {
        /* Both ramps are set by the same parameters, but one of the two may have had no way to go. */
        for (uint32_t i = 0; i < n; i++) {
            const float a = m->wet->moving ? m->wet->values[i] : m->wet->value;
            const float b = m->dry->moving ? m->dry->values[i] : m->dry->value;
            out[i] = a * wet[i] + b * dry[i];
        }
    } else if (m->wet->value == 0.0f && m->dry->value == 1.0f) {
        memcpy(out, dry, n * sizeof *out); /* bit for bit: dry is exact */
    } else if (m->wet->value == 1.0f && m->dry->value == 0.0f) {
        memcpy(out, wet, n * sizeof *out);
    } else {
        const float a = m->wet->value, b = m->dry->value;
        for (uint32_t i = 0; i < n; i++) out[i] = a * wet[i] + b * dry[i];
    }
}

/* What the engine would give out if `instance` were its only one. */
static void mix_instance(const mixer *m, const engine_instance *instance, uint32_t channel, float *out)
{
    const uint32_t n = m->sample_count, at = channel * ENGINE_SUB_BLOCK_SAMPLES;
    const float *raw = instance->raw + at;
    if (stands_at(m->bypass, 1.0f)) {
        memcpy(out, raw, n * sizeof *out); /* bit for bit, and wet may be stale: the codec rests */
        return;
    }
    mix_monitor(m, instance->wet + at, instance->dry + at, out);
    if (!stands_at(m->output_gain, 1.0f)) scale(m->output_gain, out, out, n);
    if (m->bypass->moving)
        for (uint32_t i = 0; i < n; i++)
            out[i] = (1.0f - m->bypass->values[i]) * out[i] + m->bypass->values[i] * raw[i];
}

/*
 * The ramp is bent into an S (3t^2 - 2t^3): two codecs of different latency may be in opposite phase, and the corners
 * of a straight fade would then be heard.
 */
void engine_cross_fade(const float *ramp, const float *incoming, float *out, uint32_t sample_count)
{
    for (uint32_t i = 0; i < sample_count; i++) {
        const float share = ramp[i] * ramp[i] * (3.0f - 2.0f * ramp[i]);
        out[i] = (1.0f - share) * out[i] + share * incoming[i];
    }
}

void engine_mix(rsd_engine *engine, float *const *out, uint32_t offset, uint32_t sample_count)
{
    const engine_curve *curves = engine->curves;
    const mixer m = {.wet = &curves[ENGINE_RAMP_WET],
                     .dry = &curves[ENGINE_RAMP_DRY],
                     .output_gain = &curves[ENGINE_RAMP_OUTPUT_GAIN_DB],
                     .bypass = &curves[ENGINE_RAMP_BYPASS],
                     .swap = &curves[ENGINE_RAMP_SWAP],
                     .sample_count = sample_count};
    const engine_instance *first = stands_at(m.swap, 1.0f) ? engine->incoming : engine->current;
    for (uint32_t c = 0; c < engine->config.channel_count; c++) {
        float *to = out[c] + offset;
        mix_instance(&m, first, c, to);
        if (m.swap->moving) {
            mix_instance(&m, engine->incoming, c, engine->fade_scratch);
            engine_cross_fade(m.swap->values, engine->fade_scratch, to, sample_count);
        }
        const float peak = peak_of(to, sample_count);
        if (peak > engine->period.output_peak) engine->period.output_peak = peak;
    }
}

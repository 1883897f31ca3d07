// SPDX-License-Identifier: MIT
// A loop in software with a known delay, whole or fractional, and the faults of real ones.
#include "app/latency/loop.h"

#include "base/error.h"
#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define LINE_SAMPLES (1u << 18) /* the delay, an echo as long, and a drop */
#define LINE_MASK (LINE_SAMPLES - 1u)
#define HALF_TAPS 32
#define TAP_COUNT (2 * HALF_TAPS)
#define KAISER_BETA 9.0 /* -90 dB outside of what it lets through */

struct latency_loop {
    latency_loop_config config;
    uint32_t whole_samples; /* of the delay, up to the first of the taps */
    bool is_whole;
    float taps[TAP_COUNT];
    float gain, echo_gain, feedback_gain, noise_peak;
    uint64_t position; /* samples played */
    uint32_t lost_samples, seed;
    float line[LINE_SAMPLES];
};

/* Modified Bessel function of the first kind, order 0. */
static double bessel_i0(double x)
{
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 64; k++) {
        term *= x / (2.0 * k) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

/* A sinc in Kaiser's window whose middle lies `fraction` behind tap HALF_TAPS - 1. */
static void make_taps(latency_loop *loop, double fraction)
{
    for (int i = 0; i < TAP_COUNT; i++) {
        const double t = i - (HALF_TAPS - 1) - fraction, share = t / HALF_TAPS;
        const double window = fabs(share) < 1.0 ? bessel_i0(KAISER_BETA * sqrt(1.0 - share * share)) : 0.0;
        loop->taps[i] = (float)(window / bessel_i0(KAISER_BETA) * (t == 0.0 ? 1.0 : sin(PI * t) / (PI * t)));
    }
}

static rsd_status check(const latency_loop_config *config, rsd_error *error)
{
    const double delay = config->delay_samples;
    const bool is_whole = delay == floor(delay);
    if (!(delay >= 0.0 && delay <= LATENCY_LOOP_MAX_SAMPLES))
        return base_error_set(error, RSD_ERR_ARG, "a delay of 0 to %.0f samples can be inserted, not %g",
                              LATENCY_LOOP_MAX_SAMPLES, delay);
    if (!is_whole && delay < LATENCY_LOOP_MIN_FRACTIONAL_SAMPLES)
        return base_error_set(error, RSD_ERR_ARG, "a delay that is no whole number has %.0f samples at least, not %g",
                              LATENCY_LOOP_MIN_FRACTIONAL_SAMPLES, delay);
    if (config->drop_samples >= delay && config->drop_samples > 0u)
        return base_error_set(error, RSD_ERR_ARG, "%u samples to drop: fewer than the delay", config->drop_samples);
    if (config->echo_samples > (uint32_t)LATENCY_LOOP_MAX_SAMPLES)
        return base_error_set(error, RSD_ERR_ARG, "an echo %u samples late: too late", config->echo_samples);
    return RSD_OK;
}

rsd_status latency_loop_create(const latency_loop_config *config, latency_loop **loop, rsd_error *error)
{
    const rsd_status status = check(config, error);
    if (status != RSD_OK) return status;
    latency_loop *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the loop");
    const double whole = floor(config->delay_samples);
    self->config = *config;
    self->is_whole = whole == config->delay_samples;
    self->whole_samples = (uint32_t)whole - (self->is_whole ? 0u : HALF_TAPS - 1u);
    make_taps(self, config->delay_samples - whole);
    self->gain = (float)pow(10.0, config->gain_db / 20.0) * (config->is_inverted ? -1.0f : 1.0f);
    if (config->is_cut_off) self->gain = 0.0f;
    if (config->echo_samples > 0u) self->echo_gain = (float)pow(10.0, config->echo_db / 20.0);
    if (config->feedback_db != 0.0) self->feedback_gain = (float)pow(10.0, config->feedback_db / 20.0);
    self->noise_peak = (float)(config->noise_rms * sqrt(3.0));
    self->seed = 1u;
    *loop = self;
    return RSD_OK;
}

void latency_loop_destroy(latency_loop *loop) { free(loop); }

/* What was played `late` samples before the delay that is configured. */
static float arrival(const latency_loop *loop, uint32_t late)
{
    const uint64_t at = loop->position + loop->lost_samples - loop->whole_samples - late;
    if (loop->is_whole) return loop->line[at & LINE_MASK];
    float sum = 0.0f;
    for (uint32_t i = 0; i < TAP_COUNT; i++) sum += loop->taps[i] * loop->line[(at - i) & LINE_MASK];
    return sum;
}

static float limit(float sample, float most)
{
    if (most <= 0.0f) return sample;
    return sample > most ? most : sample < -most ? -most : sample;
}

void latency_loop_process(latency_loop *loop, const float *played, float *captured, uint32_t sample_count)
{
    const latency_loop_config *config = &loop->config;
    for (uint32_t i = 0; i < sample_count; i++, loop->position++) {
        if (config->drop_samples > 0u && loop->position == config->drop_at_sample)
            loop->lost_samples = config->drop_samples;
        loop->line[loop->position & LINE_MASK] = played[i];
        float sample = arrival(loop, 0u);
        if (loop->feedback_gain != 0.0f) loop->line[loop->position & LINE_MASK] += loop->feedback_gain * sample;
        if (config->echo_samples > 0u) sample += loop->echo_gain * arrival(loop, config->echo_samples);
        const float noise = loop->noise_peak > 0.0f ? loop->noise_peak * base_noise(&loop->seed) : 0.0f;
        captured[i] = limit(loop->gain * sample + noise, (float)config->clip_at);
    }
}

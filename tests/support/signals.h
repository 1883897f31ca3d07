// SPDX-License-Identifier: MIT
#ifndef TEST_SIGNALS_H
#define TEST_SIGNALS_H

#include <math.h>
#include <stdint.h>

/* Deterministic test sound, the same on every machine up to libm's last bit. */

#define TEST_TWO_PI 6.283185307179586

/* Linear congruential generator (Numerical Recipes); `seed` is its state. */
static inline uint32_t test_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed;
}

/* White noise in -1..1. */
static inline float test_noise(uint32_t *seed) { return (float)(test_random(seed) >> 8) / 8388608.0f - 1.0f; }

/* A whole number in low..high. */
static inline uint32_t test_between(uint32_t *seed, uint32_t low, uint32_t high)
{
    return low + (uint32_t)(((uint64_t)test_random(seed) * (high - low + 1u)) >> 32);
}

static inline void test_fill_noise(float *x, uint32_t count, float amplitude, uint32_t seed)
{
    for (uint32_t i = 0; i < count; i++) x[i] = amplitude * test_noise(&seed);
}

static inline void test_fill_tone(float *x, uint32_t count, double frequency_hz, double rate_hz, float amplitude)
{
    for (uint32_t i = 0; i < count; i++)
        x[i] = amplitude * (float)sin(TEST_TWO_PI * frequency_hz * (double)i / rate_hz);
}

/* Something like music: three decaying harmonic notes a second over quiet noise, peak below 0.8. */
static inline void test_fill_notes(float *x, uint32_t count, double rate_hz, uint32_t seed)
{
    static const double notes_hz[] = {220.0, 329.63, 261.63, 392.0, 146.83, 493.88};
    const uint32_t note_samples = (uint32_t)(rate_hz / 3.0);
    for (uint32_t i = 0; i < count; i++) {
        const double t = (double)(i % note_samples) / rate_hz, f = notes_hz[i / note_samples % 6u];
        double sum = 0.0;
        for (int h = 1; h <= 8; h++) sum += sin(TEST_TWO_PI * f * h * t) / h * exp(-t * (2.0 + h));
        x[i] = (float)(0.3 * sum) + 0.005f * test_noise(&seed);
    }
}

/*
 * Bursts of noise, white and dark in turn, at levels from full to 1/128 with silence and very quiet noise between them.
 * Sums and products of floats alone, without libm: the same bits on every machine.
 */
static inline void test_fill_bursts(float *x, uint32_t count, uint32_t burst_samples, uint32_t seed)
{
    float low = 0.0f;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t burst = i / burst_samples;
        const float noise = test_noise(&seed);
        float level = 1.0f / (float)(1u << (burst * 3u % 8u));
        if (burst % 5u == 4u) level = burst % 2u ? 0.0f : 1e-4f * (float)(1u + burst / 10u);
        low += 0.0625f * (noise - low);
        x[i] = level * (burst % 2u ? 0.5f * noise : 2.0f * low + 0.125f * noise);
    }
}

#endif

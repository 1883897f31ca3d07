// SPDX-License-Identifier: MIT
// The guard of what was just loaded. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/guard.h"

#include <residuum/rsd_dsp.h>

#include <math.h>
#include <string.h>

#define LOG2_E 1.44269504f
#define FIRST_ROOM 0.5f     /* -6 dB: of the samples, where something fades in */
#define KNOWN_ROOM 1.0f     /* where the gain is trusted, and of what begins */
#define LAST_ROOM 4.0f      /* 12 dB: where the ceilings end */
#define LEAST_CEILING 1e-4f /* -80 dBFS: where the dry sound is silent there is nothing to compare with */

void engine_guard_init(engine_guard *self, uint32_t sample_rate_hz, uint32_t channel_count)
{
    loudness_init(&self->dry, sample_rate_hz, channel_count);
    loudness_init(&self->heard, sample_rate_hz, channel_count);
    self->keep = rsd_exp2f(-LOG2_E * 1000.0f / (ENGINE_GUARD_RELEASE_MS * (float)sample_rate_hz));
    engine_guard_fade_in(self, false, 0.0f);
    engine_guard_reset(self);
}

void engine_guard_reset(engine_guard *self)
{
    loudness_reset(&self->dry);
    loudness_reset(&self->heard);
    for (uint32_t w = 0; w < ENGINE_GUARD_WAYS; w++) {
        self->ways[w].largest = LEAST_CEILING;
        self->ways[w].newest = 0.0f;
        self->ways[w].envelope = 0.0f;
    }
}

static void take_larger(float *peaks, const float *samples, bool is_first, uint32_t sample_count)
{
    for (uint32_t i = 0; i < sample_count; i++) {
        const float magnitude = fabsf(samples[i]);
        peaks[i] = is_first || magnitude > peaks[i] ? magnitude : peaks[i];
    }
}

void engine_guard_add(engine_guard *self, uint32_t channel, const float *dry, const float *heard, uint32_t sample_count)
{
    engine_guard_way *plain = &self->ways[ENGINE_GUARD_PLAIN], *of_weighted = &self->ways[ENGINE_GUARD_WEIGHTED];
    const bool is_first = channel == 0u;
    float weighted[ENGINE_SUB_BLOCK_SAMPLES];
    take_larger(plain->dry_peaks, dry, is_first, sample_count);
    take_larger(plain->heard_peaks, heard, is_first, sample_count);
    loudness_weigh(&self->dry, channel, dry, weighted, sample_count);
    take_larger(of_weighted->dry_peaks, weighted, is_first, sample_count);
    loudness_weigh(&self->heard, channel, heard, weighted, sample_count);
    take_larger(of_weighted->heard_peaks, weighted, is_first, sample_count);
}

/* Turns `gains` down where this way of looking asks for it. */
static void find(engine_guard_way *way, float keep, float *gains, uint32_t sample_count)
{
    float largest = way->largest, envelope = way->envelope;
    for (uint32_t i = 0; i < sample_count; i++) {
        way->newest = way->dry_peaks[i] > way->newest ? way->dry_peaks[i] : way->newest;
        largest = way->dry_peaks[i] > largest ? way->dry_peaks[i] : largest;
        envelope *= keep;
        envelope = way->heard_peaks[i] > envelope ? way->heard_peaks[i] : envelope;
        const float of_dry = way->room * largest, ceiling = of_dry > way->floor ? of_dry : way->floor;
        if (envelope * gains[i] > ceiling) gains[i] = ceiling / envelope;
    }
    way->largest = largest;
    way->envelope = envelope;
}

float engine_guard_take_newest(engine_guard *self)
{
    const float newest = self->ways[ENGINE_GUARD_PLAIN].newest;
    self->ways[ENGINE_GUARD_PLAIN].newest = 0.0f;
    return newest;
}

void engine_guard_fade_in(engine_guard *self, bool fades_in, float outgoing)
{
    self->fades_in = fades_in;
    self->outgoing = outgoing;
}

/*
 * While the gain becomes known the ceilings rise to where they end, or, where something sounded before, from under the dry
 * sound to it, and on from there while the gain settles.
 */
static float room_at(const engine_guard *self, float known, float settled)
{
    const float late = known * known * known * known; /* most of the way is gone at its end */
    if (settled >= 1.0f) return 0.0f;
    if (!self->fades_in) return KNOWN_ROOM + late * (LAST_ROOM - KNOWN_ROOM);
    return FIRST_ROOM + late * (KNOWN_ROOM - FIRST_ROOM) + settled * settled * (LAST_ROOM - KNOWN_ROOM);
}

void engine_guard_begin(engine_guard *self, float known, float settled)
{
    engine_guard_way *plain = &self->ways[ENGINE_GUARD_PLAIN], *weighted = &self->ways[ENGINE_GUARD_WEIGHTED];
    plain->room = weighted->room = room_at(self, known, settled);
    plain->floor = self->outgoing;
    weighted->floor = 0.0f;
}

void engine_guard_find(engine_guard *self, uint32_t sample_count)
{
    for (uint32_t i = 0; i < sample_count; i++) self->gains[i] = 1.0f;
    for (uint32_t w = 0; w < ENGINE_GUARD_WAYS; w++)
        if (self->ways[w].room > 0.0f) find(&self->ways[w], self->keep, self->gains, sample_count);
}

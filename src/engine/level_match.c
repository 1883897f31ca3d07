// SPDX-License-Identifier: MIT
// The gain that makes what is heard as loud as the dry sound. Nothing in this file allocates, locks, logs or makes a
// system call.
#include "engine/engine_internal.h"

#include <math.h>

#define MOST 3.98107171f             /* +12 dB */
#define LEAST 0.25118864f            /* -12 dB */
#define MOST_ON_AVERAGE 7.94328235f  /* 18 dB */
#define LEAST_ON_AVERAGE 0.06309573f /* -24 dB */
#define AVERAGE_SEGMENTS 300u        /* 3 s */
#define RELATIVE_GATE 0.1            /* -10 LU */
#define TRUSTED_SEGMENTS 200u        /* 2 s */
#define TRUSTED_FADED_SEGMENTS 300u  /* 3 s: where something sounded before, and both are compared */
#define SETTLED_SEGMENTS 900u        /* 9 s: three of the mean's, which has forgotten when it began */
#define TRUSTED_LOUD_SEGMENTS 16u    /* of these, loud ones */
#define LOUD 0.5f                    /* -6 dB under what came in lately */
#define LONGEST_REST_SEGMENTS 100u   /* 1 s */
#define FORGOTTEN 0.998              /* a pause: what was before is forgotten by 10 LU in 11.5 s */

void engine_level_match_init(engine_level_match *self, uint32_t sample_rate_hz, uint32_t channel_count)
{
    loudness_init(&self->dry, sample_rate_hz, channel_count);
    loudness_init(&self->heard, sample_rate_hz, channel_count);
    engine_guard_init(&self->guard, sample_rate_hz, channel_count);
    self->mode = LEVEL_MATCH_OFF;
    engine_level_match_restart(self);
}

static void forget(engine_level_match *self)
{
    loudness_reset(&self->dry);
    loudness_reset(&self->heard);
    engine_guard_reset(&self->guard);
    self->left = self->dry.segment_samples;
    self->mean_dry = self->mean_heard = 0.0;
    self->mean_segments = self->heard_segments = self->loud_segments = 0u;
    self->soft_segments = LONGEST_REST_SEGMENTS; /* nothing has been heard yet */
}

void engine_level_match_restart(engine_level_match *self)
{
    forget(self);
    rsd_ramp_init(&self->gain, 1.0f, self->dry.segment_samples);
    engine_guard_fade_in(&self->guard, false, 0.0f);
}

void engine_level_match_fade_in(engine_level_match *self, float outgoing)
{
    engine_level_match_restart(self);
    engine_guard_fade_in(&self->guard, true, outgoing);
}

void engine_level_match_switch(engine_level_match *self, engine_match_mode mode)
{
    if (mode == self->mode) return;
    self->mode = mode;
    forget(self);
    if (mode == LEVEL_MATCH_OFF) rsd_ramp_set(&self->gain, 1.0f);
}

uint32_t engine_level_match_left(const engine_level_match *self)
{
    const uint32_t ramp = self->gain.remaining_samples > 0u ? self->gain.remaining_samples : UINT32_MAX;
    return self->mode != LEVEL_MATCH_OFF && self->left < ramp ? self->left : ramp;
}

void engine_level_match_begin(engine_level_match *self, float loudest, uint32_t sample_count)
{
    self->loudest = loudest;
    engine_advance_ramp(&self->gain, &self->curve, sample_count);
}

static void scale(const engine_level_match *self, float *heard, uint32_t sample_count)
{
    if (self->curve.moving)
        for (uint32_t i = 0; i < sample_count; i++) heard[i] *= self->curve.values[i];
    else if (self->curve.value != 1.0f)
        for (uint32_t i = 0; i < sample_count; i++) heard[i] *= self->curve.value;
}

static uint32_t trusted_segments(const engine_level_match *self)
{
    return self->guard.fades_in ? TRUSTED_FADED_SEGMENTS : TRUSTED_SEGMENTS;
}

/* How far the gain is trusted, 0..1: by how long it has listened, and whether to anything loud. */
static float known(const engine_level_match *self)
{
    const float by_time = (float)self->heard_segments / (float)trusted_segments(self);
    const float by_loudness = (float)self->loud_segments / (float)TRUSTED_LOUD_SEGMENTS;
    const float least = by_time < by_loudness ? by_time : by_loudness;
    return least < 1.0f ? least : 1.0f;
}

/* And how far it is then the same as if it had listened for ever, 0..1. What began the sound is compared with nothing. */
static float settled(const engine_level_match *self)
{
    if (known(self) < 1.0f) return 0.0f;
    if (!self->guard.fades_in) return 1.0f;
    return (float)(self->heard_segments - TRUSTED_FADED_SEGMENTS) / (float)(SETTLED_SEGMENTS - TRUSTED_FADED_SEGMENTS);
}

bool engine_level_match_is_guarded(const engine_level_match *self)
{
    return self->mode == LEVEL_MATCH_AVERAGE && settled(self) < 1.0f;
}

void engine_level_match_guard_begin(engine_level_match *self, bool is_dry)
{
    engine_guard_begin(&self->guard, is_dry ? 1.0f : known(self), is_dry ? 1.0f : settled(self));
}

void engine_level_match_guard(engine_level_match *self, uint32_t channel, const float *dry, float *heard,
                              uint32_t sample_count)
{
    scale(self, heard, sample_count);
    engine_guard_add(&self->guard, channel, dry, heard, sample_count);
}

void engine_level_match_guard_end(engine_level_match *self, uint32_t sample_count)
{
    engine_guard_find(&self->guard, sample_count);
}

void engine_level_match_apply(engine_level_match *self, uint32_t channel, const float *dry, float *heard,
                              uint32_t sample_count)
{
    if (self->mode != LEVEL_MATCH_OFF) {
        loudness_add(&self->dry, channel, dry, sample_count);
        loudness_add(&self->heard, channel, heard, sample_count);
    }
    scale(self, heard, sample_count);
    if (engine_level_match_is_guarded(self))
        for (uint32_t i = 0; i < sample_count; i++) heard[i] *= self->guard.gains[i];
}

/* Equal figures give exactly 1: what is dry stays dry to the bit. */
static float gain_between(double ratio, float least, float most)
{
    const float gain = sqrtf((float)ratio);
    return gain > most ? most : gain < least ? least : gain;
}

static void follow(engine_level_match *self, double dry, double heard)
{
    if (dry > LOUDNESS_GATE && heard > LOUDNESS_GATE) rsd_ramp_set(&self->gain, gain_between(dry / heard, LEAST, MOST));
}

/* A pause between two notes belongs to the sound; a longer one is none of it, and slowly forgets what was. */
static bool is_pause(engine_level_match *self, double dry)
{
    if (dry > LOUDNESS_GATE && dry >= RELATIVE_GATE * self->mean_dry)
        self->soft_segments = 0u;
    else
        self->soft_segments += self->soft_segments < LONGEST_REST_SEGMENTS;
    return self->soft_segments == LONGEST_REST_SEGMENTS;
}

/* What begins slowly is not yet soft: little is made louder until it has been heard for a while. */
static float most_on_average(const engine_level_match *self)
{
    const float way = known(self), late = self->guard.fades_in ? way * way * way * way : way * way;
    return way < 1.0f ? 1.0f + late * (MOST_ON_AVERAGE - 1.0f) : MOST_ON_AVERAGE;
}

static void follow_average(engine_level_match *self, double dry, double heard)
{
    if (is_pause(self, dry)) {
        self->mean_dry *= FORGOTTEN;
        self->mean_heard *= FORGOTTEN;
        return;
    }
    if (self->mean_segments < AVERAGE_SEGMENTS) self->mean_segments++;
    if (self->heard_segments < SETTLED_SEGMENTS) self->heard_segments++;
    if (engine_guard_take_newest(&self->guard) >= LOUD * self->loudest && self->loud_segments < TRUSTED_LOUD_SEGMENTS)
        self->loud_segments++;
    self->mean_dry += (dry - self->mean_dry) / self->mean_segments;
    self->mean_heard += (heard - self->mean_heard) / self->mean_segments;
    if (self->mean_dry > LOUDNESS_GATE && self->mean_heard > LOUDNESS_GATE)
        rsd_ramp_set(&self->gain,
                     gain_between(self->mean_dry / self->mean_heard, LEAST_ON_AVERAGE, most_on_average(self)));
}

void engine_level_match_end(engine_level_match *self, uint32_t sample_count)
{
    if (self->mode == LEVEL_MATCH_OFF) return;
    self->left -= sample_count;
    if (self->left > 0u) return;
    self->left = self->dry.segment_samples;
    loudness_end_segment(&self->dry);
    loudness_end_segment(&self->heard);
    const double dry = loudness_mean_square(&self->dry), heard = loudness_mean_square(&self->heard);
    if (self->mode == LEVEL_MATCH_AVERAGE)
        follow_average(self, dry, heard);
    else
        follow(self, dry, heard);
}

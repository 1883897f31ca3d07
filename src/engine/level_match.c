// SPDX-License-Identifier: MIT
// The gain that makes what is heard as loud as the dry sound. Nothing in this file allocates, locks, logs or makes a
// system call.
#include "engine/engine_internal.h"

#include <math.h>

#define MOST 3.98107171f  /* +12 dB */
#define LEAST 0.25118864f /* -12 dB */

void engine_level_match_init(engine_level_match *self, uint32_t sample_rate_hz, uint32_t channel_count)
{
    loudness_init(&self->dry, sample_rate_hz, channel_count);
    loudness_init(&self->heard, sample_rate_hz, channel_count);
    self->is_on = false;
    engine_level_match_restart(self);
}

static void forget(engine_level_match *self)
{
    loudness_reset(&self->dry);
    loudness_reset(&self->heard);
    self->left = self->dry.segment_samples;
}

void engine_level_match_restart(engine_level_match *self)
{
    forget(self);
    rsd_ramp_init(&self->gain, 1.0f, self->dry.segment_samples);
}

void engine_level_match_switch(engine_level_match *self, bool is_on)
{
    if (is_on == self->is_on) return;
    self->is_on = is_on;
    forget(self);
    if (!is_on) rsd_ramp_set(&self->gain, 1.0f);
}

uint32_t engine_level_match_left(const engine_level_match *self)
{
    const uint32_t ramp = self->gain.remaining_samples > 0u ? self->gain.remaining_samples : UINT32_MAX;
    return self->is_on && self->left < ramp ? self->left : ramp;
}

void engine_level_match_begin(engine_level_match *self, uint32_t sample_count)
{
    engine_advance_ramp(&self->gain, &self->curve, sample_count);
}

void engine_level_match_apply(engine_level_match *self, uint32_t channel, const float *dry, float *heard,
                              uint32_t sample_count)
{
    if (self->is_on) {
        loudness_add(&self->dry, channel, dry, sample_count);
        loudness_add(&self->heard, channel, heard, sample_count);
    }
    if (self->curve.moving)
        for (uint32_t i = 0; i < sample_count; i++) heard[i] *= self->curve.values[i];
    else if (self->curve.value != 1.0f)
        for (uint32_t i = 0; i < sample_count; i++) heard[i] *= self->curve.value;
}

/* Equal figures give exactly 1: what is dry stays dry to the bit. */
static float gain_between(double dry, double heard)
{
    const float gain = sqrtf((float)(dry / heard));
    return gain > MOST ? MOST : gain < LEAST ? LEAST : gain;
}

void engine_level_match_end(engine_level_match *self, uint32_t sample_count)
{
    if (!self->is_on) return;
    self->left -= sample_count;
    if (self->left > 0u) return;
    self->left = self->dry.segment_samples;
    loudness_end_segment(&self->dry);
    loudness_end_segment(&self->heard);
    const double dry = loudness_mean_square(&self->dry), heard = loudness_mean_square(&self->heard);
    if (dry > LOUDNESS_GATE && heard > LOUDNESS_GATE) rsd_ramp_set(&self->gain, gain_between(dry, heard));
}

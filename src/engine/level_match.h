// SPDX-License-Identifier: MIT
#ifndef ENGINE_LEVEL_MATCH_H
#define ENGINE_LEVEL_MATCH_H

#include "dsp/loudness.h"
#include "engine/guard.h"
#include "engine/state_internal.h"

/*
 * Level matching of one instance: what is heard of it gets a gain, so that its loudness follows the dry sound's. Both are
 * the momentary loudness of 400 ms, aligned, as the dry sound has the instance's latency. Every 10 ms the gain begins a
 * ramp to where their ratio says, within +-12 dB; where one of both is silent it stays.
 *
 * On average, as a preset asks for, the ratio is that of means over some 3 s of dry sound: what the sound does by itself,
 * its pumping and its tails, is left to it. Where the dry sound is 10 LU under its mean (the relative gate of BS.1770) for
 * over a second, nothing counts. The gain is -24 to 18 dB.
 */
typedef enum { LEVEL_MATCH_OFF, LEVEL_MATCH_MOMENTARY, LEVEL_MATCH_AVERAGE } engine_match_mode;

typedef struct {
    loudness dry, heard;
    engine_match_mode mode;
    double mean_dry, mean_heard; /* mean squares */
    uint32_t mean_segments;      /* that they are over */
    uint32_t heard_segments;     /* as many, counted on until the gain has settled */
    uint32_t loud_segments;      /* of these, in which the dry sound was as loud as it has been lately */
    float loudest;               /* sample that came in lately, also before this began to listen */
    uint32_t soft_segments;      /* since the dry sound was as loud as its mean less 10 LU */
    uint32_t left;               /* samples of this segment that are to come */
    rsd_ramp gain;
    engine_curve curve; /* of this sub-block */
    engine_guard guard;
} engine_level_match;

/* Thread: [setup] */
void engine_level_match_init(engine_level_match *self, uint32_t sample_rate_hz, uint32_t channel_count);
/* As just begun: the gain is 1, and nothing has been heard. Thread: [audio] */
RSD_REALTIME void engine_level_match_restart(engine_level_match *self);
/* The same, and it fades in from what peaked at `outgoing`. Thread: [audio] */
RSD_REALTIME void engine_level_match_fade_in(engine_level_match *self, float outgoing);
/* Begins to follow, or lets go: the gain then returns to 1. Thread: [audio] */
RSD_REALTIME void engine_level_match_switch(engine_level_match *self, engine_match_mode mode);
/* Samples until a segment or a ramp ends; UINT32_MAX: none is under way. Thread: [audio] */
RSD_REALTIME uint32_t engine_level_match_left(const engine_level_match *self);
/*
 * On average, while its gain is not trusted yet, its peaks are guarded. All channels of a sub-block are looked at before
 * one of them is applied: begin, each channel, end. `heard` has no gain of this yet, and gets it. What is dry is known: its
 * guard leaves it to the bit.
 * Thread: [audio]
 */
RSD_REALTIME bool engine_level_match_is_guarded(const engine_level_match *self);
RSD_REALTIME void engine_level_match_guard_begin(engine_level_match *self, bool is_dry);
RSD_REALTIME void engine_level_match_guard(engine_level_match *self, uint32_t channel, const float *dry, float *heard,
                                           uint32_t sample_count);
RSD_REALTIME void engine_level_match_guard_end(engine_level_match *self, uint32_t sample_count);
/*
 * Before a sub-block, each channel of it, and after it. `heard` is measured and gets the gain. `loudest` is the largest
 * sample that came in lately: what was heard in a soft passage alone says little of how loud an attack will be.
 * Thread: [audio]
 */
RSD_REALTIME void engine_level_match_begin(engine_level_match *self, float loudest, uint32_t sample_count);
RSD_REALTIME void engine_level_match_apply(engine_level_match *self, uint32_t channel, const float *dry, float *heard,
                                           uint32_t sample_count);
RSD_REALTIME void engine_level_match_end(engine_level_match *self, uint32_t sample_count);

#endif

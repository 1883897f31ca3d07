// SPDX-License-Identifier: MIT
#ifndef ENGINE_GUARD_H
#define ENGINE_GUARD_H

#include "dsp/loudness.h"
#include "engine/state_internal.h"

/*
 * Holds the peaks of an instance that has auto gain and was just loaded. It has been heard for a tenth of a second: what
 * its effect does next, a burst of noise or a codeword that is 15 LU too loud, no mean has told. Until its gain is trusted
 * two ceilings stand over it, each the largest that the dry sound has had since the instance began to listen:
 *
 * - of the samples: these are what clips. Where it fades in its ceiling is 6 dB under that, or what sounded before it,
 *   whichever is more: so a change peaks over neither of the two, though the same effect may peak lower once its gain has
 *   settled;
 * - of the K-weighted samples: these are what is loud.
 *
 * Both sounds lie side by side, so that an attack of the dry sound lifts the ceiling at its own sample. No latency: the
 * gain falls at the sample that needs it, for all channels, and comes back with a time constant of
 * ENGINE_GUARD_RELEASE_MS. As the gain becomes trusted the ceilings rise, and then there are none.
 */
#define ENGINE_GUARD_RELEASE_MS 100.0f

enum { ENGINE_GUARD_PLAIN, ENGINE_GUARD_WEIGHTED, ENGINE_GUARD_WAYS };

/* One way to look at both sounds. */
typedef struct {
    float room;     /* ceiling / largest; 0: there is no ceiling */
    float floor;    /* the ceiling is never under it */
    float largest;  /* of the dry sound's samples */
    float newest;   /* the same, since engine_guard_take_newest */
    float envelope; /* of what is heard: rises at once, falls by `keep` a sample */
    float dry_peaks[ENGINE_SUB_BLOCK_SAMPLES], heard_peaks[ENGINE_SUB_BLOCK_SAMPLES]; /* over the channels */
} engine_guard_way;

typedef struct {
    loudness dry, heard; /* their filters alone */
    float keep;
    float outgoing; /* largest sample of what sounded before */
    bool fades_in;  /* something did */
    engine_guard_way ways[ENGINE_GUARD_WAYS];
    float gains[ENGINE_SUB_BLOCK_SAMPLES]; /* of this sub-block */
} engine_guard;

/* Thread: [setup] */
void engine_guard_init(engine_guard *self, uint32_t sample_rate_hz, uint32_t channel_count);
/* What was heard so far is forgotten. Thread: [audio] */
RSD_REALTIME void engine_guard_reset(engine_guard *self);
/* What is guarded fades in from what peaked at `outgoing`; 0: it begins. Thread: [audio] */
RSD_REALTIME void engine_guard_fade_in(engine_guard *self, bool fades_in, float outgoing);
/*
 * Before the channels of a sub-block. `known`: how far the gain is trusted, 0..1. `settled`: how far it has forgotten, since
 * then, when it began to listen, 0..1; at 1 nothing is guarded.
 * Thread: [audio]
 */
RSD_REALTIME void engine_guard_begin(engine_guard *self, float known, float settled);
/* One channel of a sub-block, channel 0 first; `heard` with all its gains. Thread: [audio] */
RSD_REALTIME void engine_guard_add(engine_guard *self, uint32_t channel, const float *dry, const float *heard,
                                   uint32_t sample_count);
/* Largest sample of the dry sound since the last call. Thread: [audio] */
RSD_REALTIME float engine_guard_take_newest(engine_guard *self);
/* After all channels: fills `gains`. Thread: [audio] */
RSD_REALTIME void engine_guard_find(engine_guard *self, uint32_t sample_count);

#endif

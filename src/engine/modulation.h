// SPDX-License-Identifier: MIT
#ifndef ENGINE_MODULATION_H
#define ENGINE_MODULATION_H

#include <residuum/rsd_engine.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * What moves parameters by itself: four LFOs, an envelope follower of the input, a step sequencer. Their settings are
 * parameters. They move at ticks of 1.33 ms that lie on the engine's sample time, so that the samples do not depend on
 * how the caller cuts. Where no source has a target and a depth, nothing is done and no tick cuts a block.
 */

#define ENGINE_LFO_COUNT 4u
#define ENGINE_STEP_COUNT 16u
#define ENGINE_ROUTE_COUNT (ENGINE_LFO_COUNT + 2u) /* and the envelope follower, and the sequencer, which is the last */
#define ENGINE_TICKS_PER_S 750u

typedef struct {
    uint32_t tick_samples;
    uint64_t next_tick; /* sample time */
    bool is_active;
    double lfo_cycles[ENGINE_LFO_COUNT];  /* of free ones, since they began */
    float tick_peak, side_peak, envelope; /* peaks of input and side-chain since the last tick */
    float bpm;                            /* of a transport; 0: the parameter's */
    bool is_rolling;
    double beats;        /* at beats_time */
    uint64_t beats_time; /* sample time */
    float sources[ENGINE_ROUTE_COUNT];
    /* Values that are not what was set. */
    uint32_t touched[ENGINE_ROUTE_COUNT], touched_count;
} engine_modulation;

/* Thread: [setup] */
void engine_modulation_init(rsd_engine *engine);
/* To the beginning of time. Thread: [audio] */
RSD_REALTIME void engine_modulation_reset(rsd_engine *engine);
/* At the start of a sub-block: moves what is due. Thread: [audio] */
RSD_REALTIME void engine_modulate(rsd_engine *engine);
/* Samples until the next tick, at most `limit`. Thread: [audio] */
RSD_REALTIME uint32_t engine_modulation_distance(const rsd_engine *engine, uint32_t limit);
/* What a note value lasts for a state of these values; `sync` is not free. Thread: [audio] */
RSD_REALTIME double engine_seconds_of_sync(const rsd_engine *engine, const float *params, float sync);
/* engine->base has changed: engine->params follows, with what moves on top. Thread: [audio] */
RSD_REALTIME void engine_remodulate(rsd_engine *engine);

#endif

// SPDX-License-Identifier: MIT
// The decoded sound, coded again later.
#ifndef ENGINE_FEEDBACK_INTERNAL_H
#define ENGINE_FEEDBACK_INTERNAL_H

#include "engine/line_internal.h"
#include "engine/state_internal.h"

/*
 * What is heard of the codecs goes into a line, and comes out of it so much later that a sound's first repeat lies
 * RSD_PARAM_FEEDBACK_MS behind the sound: the delay of the line is that less the latency. There it passes a high-pass,
 * so that an offset does not grow, and a limiter, so that nothing does; and is added, times RSD_PARAM_FEEDBACK, to what
 * the codecs get. The dry sound has none of it.
 */
#define ENGINE_FEEDBACK_LONGEST_MS 2000u
#define ENGINE_FEEDBACK_SHORTEST_SAMPLES 32u /* of the line: a sub-block is no longer than it */
#define ENGINE_FEEDBACK_FADE_MS 20u
#define ENGINE_FEEDBACK_CEILING 0.70794578f /* -3 dBFS */
#define ENGINE_FEEDBACK_RELEASE_MS 100u
#define ENGINE_FEEDBACK_HIGH_PASS_HZ 20.0f

typedef struct {
    engine_line line;
    bool was_on;
    float release, high_pass; /* coefficients */
    float limiter_gain[RSD_ENGINE_MAX_CHANNELS];
    float last_in[RSD_ENGINE_MAX_CHANNELS], last_out[RSD_ENGINE_MAX_CHANNELS]; /* of the high-pass */
    float *looped, *fed; /* channel_count rows each: what comes out of the loop, and what a codec gets */
} engine_feedback;

/* Thread: [setup] */
RSD_NODISCARD rsd_status engine_feedback_make(engine_feedback *feedback, uint32_t sample_rate_hz,
                                              uint32_t channel_count);
void engine_feedback_free(engine_feedback *feedback);

/* Silence in the loop. Thread: [audio] */
RSD_REALTIME void engine_feedback_forget(engine_feedback *feedback);
/* At the start of a sub-block: aims at the delay to have, and says how long the sub-block may be. Thread: [audio] */
RSD_REALTIME uint32_t engine_feedback_begin(rsd_engine *engine, uint32_t length);
/* What comes out of the loop, once for all instances; where it is on. Thread: [audio] */
RSD_REALTIME void engine_feedback_read(rsd_engine *engine, uint32_t sample_count);
/* What the codec of a state gets: `gained`, itself where there is no feedback, and what the loop gives. [audio] */
RSD_REALTIME const float *engine_feedback_add(rsd_engine *engine, const engine_state *state, const float *gained,
                                              uint32_t sample_count);
/* After the codecs have run: keeps what is heard of them. Thread: [audio] */
RSD_REALTIME void engine_feedback_keep(rsd_engine *engine, uint32_t sample_count);

#endif

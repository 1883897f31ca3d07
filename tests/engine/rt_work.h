// SPDX-License-Identifier: MIT
#ifndef RT_WORK_H
#define RT_WORK_H

#include "support/signals.h"

#include <residuum/rsd_preset.h>

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* A tour of all that an audio thread does with an engine. `around` brackets each call into the library. */

#define RT_CHANNELS 2u
/* That swaps go through, in turn; the last one decodes by another model than it codes. ENCODEC_FOLDER: a small EnCodec. */
#define RT_MODELS 6u
#define RT_CODECS                                                                                                      \
    {                                                                                                                  \
        "live-64", "live-128", "live-256", "lyra-v2", ENCODEC_FOLDER, "live-128@live-128"                              \
    }
#define RT_MAX_BLOCK 1000u

typedef struct {
    void (*enter)(void);
    void (*leave)(void);
} rt_bracket;

static inline void rt_need(int good, const char *what)
{
    if (good) return;
    fprintf(stderr, "cannot go on: %s\n", what);
    exit(2);
}

static atomic_uint rt_tapped_count;
RSD_REALTIME static void rt_tap(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    (void)context, (void)channel, (void)frame_index, (void)frame;
    atomic_fetch_add_explicit(&rt_tapped_count, 1u, memory_order_relaxed);
}

/* Its tap counts. */
static inline rsd_engine *rt_make(uint32_t rate_hz, rsd_schedule schedule, rsd_model *model)
{
    const rsd_engine_config config = {rate_hz, RT_CHANNELS, schedule, 0, RT_CHANNELS};
    rsd_engine *engine = NULL;
    rt_need(rsd_engine_create(&config, model, &engine, NULL) == RSD_OK, "an engine");
    rsd_engine_set_tap(engine, rt_tap, NULL);
    return engine;
}

static inline void rt_process(rsd_engine *engine, const rt_bracket *around, uint32_t count, uint32_t *seed)
{
    static float in[RT_CHANNELS][RT_MAX_BLOCK], out[RT_CHANNELS][RT_MAX_BLOCK];
    const float *const ins[RT_CHANNELS] = {in[0], in[1]};
    float *const outs[RT_CHANNELS] = {out[0], out[1]};
    for (uint32_t c = 0; c < RT_CHANNELS; c++) test_fill_noise(in[c], count, 0.5f, test_random(seed));
    if (count > 10u) in[0][3] = NAN, in[1][5] = INFINITY, in[0][7] = 1e-41f;
    const float *const sides[RT_CHANNELS] = {in[1], in[0]};
    const rsd_engine_block block = {ins, outs, sides, count};
    const bool is_crossed = test_random(seed) >> 30 > 0u;
    around->enter();
    if (is_crossed)
        rsd_engine_process_block(engine, &block);
    else
        rsd_engine_process(engine, ins, outs, count);
    around->leave();
}

/* Sets and posts this and that, as a control thread does; the same seed does the same. */
static inline void rt_turn(rsd_engine *engine, uint32_t *seed)
{
    const uint32_t row_count = (uint32_t)RSD_PARAM_SCALAR_COUNT + (uint32_t)RSD_PARAM_PER_LEVEL_COUNT;
    const uint32_t level = test_between(seed, 0u, 9u);
    const rsd_param_info *info = rsd_param_row(test_between(seed, 0u, row_count - 1u));
    while (info->unit == RSD_UNIT_TEXT) info = rsd_param_row(test_between(seed, 0u, row_count - 1u));
    const uint32_t id = info->id;
    float value = info->min + (info->max - info->min) * 0.5f * (1.0f + test_noise(seed));
    if (id == RSD_PARAM_TRANSITION_MS) value *= 0.02f; /* at two seconds hardly a swap would end */
    const rsd_event event = {rsd_engine_sample_time(engine) + test_between(seed, 0u, 3000u), id, level, value};
    if (test_random(seed) >> 31)
        rt_need(rsd_engine_set(engine, id, level, value) == RSD_OK, "set");
    else
        (void)!rsd_engine_post(engine, &event); /* may be full */
}

/* A whole state, which fades in on the twin of the instance that sounds. */
static inline void rt_apply_preset(rsd_engine *engine)
{
    const char *json;
    size_t bytes;
    rsd_preset preset;
    static uint32_t next; /* all of them, one after the other */
    if (!rsd_preset_builtin(next++, &json, &bytes)) next = 0u;
    if (next == 0u && !rsd_preset_builtin(next++, &json, &bytes)) return;
    rt_need(rsd_preset_parse(json, bytes, "built-in", &preset, NULL) == RSD_OK, "a preset");
    rt_need(rsd_preset_apply(&preset, engine) == RSD_OK, "a preset");
}

/* Seconds of sound with everything turned, swaps, resets and applies included. Returns swaps that have been collected.
 */
static inline uint32_t rt_tour(rsd_engine *engine, rsd_model *const models[RT_MODELS], const rt_bracket *around,
                               uint32_t block_count)
{
    uint32_t seed = 7u, swaps = 0u;
    int under_way = 0;
    rsd_telemetry record;
    for (uint32_t i = 0; i < block_count; i++) {
        rt_turn(engine, &seed);
        if (i % 11u == 5u) rt_apply_preset(engine);
        /* A preset with another number of generations swaps, too. */
        if (!under_way && i % 16u == 0u && !rsd_engine_collect(engine)) {
            rt_need(rsd_engine_swap(engine, models[swaps % RT_MODELS], NULL) == RSD_OK, "a swap");
            under_way = 1;
        }
        rt_process(engine, around, test_between(&seed, 0u, RT_MAX_BLOCK), &seed);
        if (under_way && !rsd_engine_collect(engine)) swaps++, under_way = 0;
        if (i % 3u == 0u) rsd_engine_read_telemetry(engine, &record, 1u);
        around->enter();
        if (i % 50u == 49u) rsd_engine_reset(engine);
        if (i % 7u == 0u) rsd_engine_apply(engine, RSD_PARAM_LEVELS, 0u, (float)(i % 20u));
        around->leave();
    }
    return swaps;
}

#endif

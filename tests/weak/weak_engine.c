// SPDX-License-Identifier: MIT
// The engine between its threads: values, presets, codecs that are handed over, events, and the queues of a worker. The
// code of src/engine and of the ring, compiled as it is; codecs and filters are not watched.
#include "weak/weak.h"

#include "engine/engine_internal.h"

#include <residuum/rsd_engine.h>

#include <string.h>

#define HOP 64u /* of live-64 */
/*
 * Orders that are needed by what no case here comes to: a queue of events that is full, and of places of the ring that are
 * used again (weak_ring.c has those); an instance that was published while control looks; an audio thread that stops
 * waiting since no job is left.
 */
#define FREE_ORDERS 6u

static rsd_model *model;
static rsd_engine *engine;
static uint64_t next_tapped;
static uint32_t tapped;

/* ---- what all cases have ---- */

static void on_frame(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    (void)context;
    (void)channel;
    weak_check(frame_index >= next_tapped, "a frame is tapped twice, or out of order");
    weak_check(frame->level_count > 0u, "a frame is tapped that was never coded");
    next_tapped = frame_index + 1u;
    tapped++;
}

static void play(uint32_t sample_count)
{
    float in[4u * HOP] = {0.0f}, out[4u * HOP];
    const float *const ins[] = {in};
    float *const outs[] = {out};
    for (uint32_t i = 0; i < sample_count; i++) in[i] = 0.1f * (float)((i * 37u) % 19u) - 0.9f;
    rsd_engine_process(engine, ins, outs, sample_count);
}

static void begin_with(rsd_schedule schedule, uint32_t sample_count)
{
    const rsd_engine_config config = {.sample_rate_hz = 48000u, .channel_count = 1u, .schedule = schedule};
    weak_check(rsd_engine_create(&config, model, &engine, NULL) == RSD_OK, "there is an engine");
    next_tapped = tapped = 0u;
    rsd_engine_set_tap(engine, on_frame, NULL);
    weak_check(rsd_engine_set(engine, RSD_PARAM_LEVELS, 0u, 1.0f) == RSD_OK, "one level is enough");
    play(sample_count);
}

static void begin_inline(void) { begin_with(RSD_SCHEDULE_INLINE, 1u); }
static void begin_threaded(void) { begin_with(RSD_SCHEDULE_THREADED, HOP - 1u); }
static void begin_render(void)
{
    begin_threaded();
    rsd_engine_wait_for_frames(engine, true);
}

static float wanted(rsd_param_id param_id) { return engine->params[param_id]; }

/* ---- values and a codec ---- */

static void set_and_swap(void)
{
    (void)!rsd_engine_set(engine, RSD_PARAM_INPUT_GAIN_DB, 0u, -6.0f);
    (void)!rsd_engine_set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0u, -3.0f);
    weak_check(rsd_engine_swap(engine, model, NULL) == RSD_OK, "a codec is handed over");
    (void)!rsd_engine_set(engine, RSD_PARAM_MIX, 0u, 0.5f);
}

static void play_and_check_values(void)
{
    for (int calls = 0; calls < 2; calls++) {
        play(1u);
        if (wanted(RSD_PARAM_OUTPUT_GAIN_DB) == -3.0f)
            weak_check(wanted(RSD_PARAM_INPUT_GAIN_DB) == -6.0f, "a value is seen before one that was set before it");
        if (wanted(RSD_PARAM_MIX) == 0.5f && engine->seen_generation == 4u)
            weak_check(engine->incoming != NULL, "a value is seen before the codec that was handed over before it");
    }
}

/* ---- a preset with a codec is one change ---- */

static void load_preset(void)
{
    float values[ENGINE_VALUE_COUNT];
    engine_default_values(values);
    values[RSD_PARAM_INPUT_GAIN_DB] = -6.0f;
    values[RSD_PARAM_OUTPUT_GAIN_DB] = -3.0f;
    weak_check(engine_load_state(engine, values, model, NULL) == RSD_OK, "a preset is loaded");
}

static void play_and_check_preset(void)
{
    play(1u);
    const bool has_values = wanted(RSD_PARAM_INPUT_GAIN_DB) == -6.0f;
    weak_check(has_values == (wanted(RSD_PARAM_OUTPUT_GAIN_DB) == -3.0f), "half a preset is seen");
    weak_check(has_values == (engine->incoming != NULL), "a preset and its codec move apart");
}

/* ---- events ---- */

static void post_events(void)
{
    for (uint32_t i = 0; i < 3u; i++) {
        const rsd_event event = {1u + i, RSD_PARAM_MIX, 0u, 0.25f * (float)(i + 1u)};
        weak_check(rsd_engine_post(engine, &event) == RSD_OK, "an event has room");
    }
}

static void play_events(void)
{
    float before = 0.0f;
    for (int calls = 0; calls < 3; calls++) {
        play(1u);
        const float now = wanted(RSD_PARAM_MIX) == 1.0f ? 0.0f : wanted(RSD_PARAM_MIX); /* 1: as at first */
        weak_check(now >= before, "an event is applied out of order");
        before = now;
    }
}

static void check_events(void)
{
    play(1u);
    weak_check(wanted(RSD_PARAM_MIX) == 0.75f, "an event is lost");
    weak_check(engine->events_posted == engine->events_taken, "an event is not counted");
}

/* ---- the worker ---- */

static void play_hops(void)
{
    for (int hops = 0; hops < 2; hops++) play(HOP);
}

static void work(void)
{
    for (int looks = 0; looks < 2; looks++) (void)engine_worker_step(engine->current, NULL);
}

static void work_once(void) { (void)engine_worker_step(engine->current, NULL); }

static void check_worker(void)
{
    while (engine_worker_step(engine->current, NULL)) continue;
    weak_check(engine_worker_jobs_left(engine->current->worker) == 0u, "a job is left");
    play(2u * HOP); /* fetches what is there */
    weak_check(tapped >= 2u, "a frame is lost");
}

/* Where it may wait, the audio thread gets each frame, whoever codes it. */
static void check_render(void)
{
    weak_check(engine->late_frame_count == 0u, "a frame is late though it was waited for");
    check_worker();
}

/* --orders: weighs the orders, too, which takes minutes. */
int main(int argc, char **argv)
{
    static const weak_case cases[] = {
        {"values, a codec and a value", begin_inline, {play_and_check_values, set_and_swap}, NULL},
        {"a preset with a codec", begin_inline, {play_and_check_preset, load_preset}, NULL},
        {"events", begin_inline, {play_events, post_events}, check_events},
        {"a worker and its queues", begin_threaded, {play_hops, work}, check_worker},
        {"a worker that is waited for", begin_render, {play_hops, work_once}, check_render},
    };
    rsd_error error;
    if (rsd_model_open("live-64", &model, &error) != RSD_OK) return 2;
    const unsigned count = sizeof cases / sizeof *cases;
    const int code = weak_run(cases, count);
    return code || argc < 2 || strcmp(argv[1], "--orders") != 0 ? code : weak_weigh_orders(cases, count, FREE_ORDERS);
}

// SPDX-License-Identifier: MIT
#include "engine_support.h"

#include "engine/engine_internal.h"

#include <time.h>

#define COUNT 24000u
#define HOP 128u

/* Until the worker of `slot` has coded all that it was given: what a real callback's pause is, without its length. */
static void wait_for(const rsd_slot *slot)
{
    if (!slot || !slot->worker) return;
    for (int i = 0; i < 20000; i++) {
        if (rsd_ring_writable(slot->worker->jobs) == RSD_WORKER_QUEUE_FRAMES) return;
        const struct timespec pause = {0, 100000};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    }
    cr_assert_fail("the worker has not coded its frames in two seconds");
}

static void run_paced(rsd_engine *engine, const float *in, float *out, uint32_t count, uint32_t block)
{
    for (uint32_t done = 0; done < count; done += block) {
        const uint32_t length = count - done < block ? count - done : block;
        run_blocks(engine, in + done, out + done, length, length);
        wait_for(engine->current);
        wait_for(engine->incoming);
    }
}

static uint32_t late_frames(rsd_engine *engine)
{
    rsd_telemetry record = {0};
    uint32_t late = 0;
    while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) late = record.late_frame_count;
    return late;
}

static void assert_one_hop_later(uint32_t block)
{
    rsd_engine *here = make_engine_of("live", 48000, 1, RSD_SCHEDULE_INLINE),
               *there = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *wanted = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 31u);
    for (int e = 0; e < 2; e++) {
        rsd_engine *engine = e ? there : here;
        post(engine, 3000, RSD_PARAM_LEVELS, 0, 2.5f);
        post(engine, 6001, RSD_PARAM_LEVEL_MUTE, 0, 1.0f);
        post(engine, 9000, RSD_PARAM_LEVEL_MUTE, 0, 0.0f);
        post(engine, 12345, RSD_PARAM_LEVELS, 0, 8.0f);
    }
    run(here, in, wanted, COUNT);
    run_paced(there, in, out, COUNT, block);
    cr_assert_eq(latency_of(there), latency_of(here) + HOP);
    cr_assert_eq(late_frames(there), 0u);
    assert_same_samples(out + HOP, wanted, COUNT - HOP, "threaded");
    cr_assert_eq(largest(out, HOP), 0.0f);
    rsd_engine_destroy(here);
    rsd_engine_destroy(there);
    free(in), free(wanted), free(out);
}

Test(threaded, samples_are_those_of_inline_one_hop_later, .timeout = 60)
{
    assert_one_hop_later(HOP);
    assert_one_hop_later(50);
    assert_one_hop_later(97);
}

Test(threaded, dry_and_bypass_are_late_by_the_same_hop, .timeout = 60)
{
    rsd_engine *engine = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_noise(in, COUNT, 0.5f, 31u);
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
    post(engine, 9000, RSD_PARAM_BYPASS, 0, 1.0f);
    run_paced(engine, in, out, COUNT, HOP);
    assert_same_samples(out + 384, in, 9000 - 384, "dry");
    assert_same_samples(out + 10000, in + 10000 - 384, COUNT - 10000, "bypass");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(threaded, after_bypass_and_reset_the_samples_are_still_those_of_inline, .timeout = 60)
{
    rsd_engine *here = make_engine_of("live", 48000, 1, RSD_SCHEDULE_INLINE),
               *there = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *wanted = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 33u);
    run(here, in, wanted, 3210);
    run_paced(there, in, out, 3210, HOP);
    rsd_engine_reset(here);
    rsd_engine_reset(there);
    for (int e = 0; e < 2; e++) {
        post(e ? there : here, 3000, RSD_PARAM_BYPASS, 0, 1.0f);
        post(e ? there : here, 7003, RSD_PARAM_BYPASS, 0, 0.0f);
    }
    run(here, in, wanted, COUNT);
    run_paced(there, in, out, COUNT, HOP);
    assert_same_samples(out + HOP, wanted, 3000 - HOP, "after reset");
    /* Run-in is a hop longer too; from the end of both fades on all is the same again. */
    const uint32_t settled = 7003u + 384u + 960u;
    assert_same_samples(out + settled + HOP, wanted + settled, COUNT - settled - HOP, "after bypass");
    rsd_engine_destroy(here);
    rsd_engine_destroy(there);
    free(in), free(wanted), free(out);
}

typedef struct {
    _Atomic int closed;
    uint64_t frame;
} gate;

/* Keeps the worker in frame `frame` until the test opens the gate: a codec that takes too long. */
static void hold(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    gate *g = context;
    (void)channel, (void)frame;
    const struct timespec pause = {0, 100000};
    while (frame_index == g->frame && atomic_load(&g->closed)) clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

Test(threaded, a_late_frame_is_silence_is_counted_and_latency_stays_exact, .timeout = 60)
{
    rsd_engine *here = make_engine_of("live", 48000, 1, RSD_SCHEDULE_INLINE),
               *there = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *wanted = make_samples(COUNT), *out = make_samples(COUNT);
    gate g = {1, 40};
    rsd_engine_set_tap(there, hold, &g);
    test_fill_tone(in, COUNT, 300.0, 48000.0, 0.5f);
    run(here, in, wanted, COUNT);
    run_paced(there, in, out, 40u * HOP, HOP);
    const uint32_t held = 40u * HOP, on_time = held + 5u * HOP;
    run_blocks(there, in + held, out + held, 4u * HOP, HOP); /* frame 40 is in, its hop and two more come due */
    atomic_store(&g.closed, 0);
    wait_for(there->current);
    run_paced(there, in + held + 4u * HOP, out + held + 4u * HOP, COUNT - held - 4u * HOP, HOP);
    cr_assert_eq(late_frames(there), 3u);
    assert_same_samples(out + HOP, wanted, held + HOP, "before");
    assert_same_samples(out + on_time + HOP, wanted + on_time, COUNT - on_time - HOP, "after");
    for (uint32_t i = held + 2u * HOP + RSD_SLOT_PATCH_SAMPLES; i < held + 5u * HOP; i++)
        cr_assert_eq(out[i], 0.0f, "sample %u of the late hops", i);
    for (uint32_t i = held; i < on_time + 2u * HOP; i++)
        cr_assert_lt(fabsf(out[i] - out[i - 1]), 0.05f, "a step at sample %u", i);
    rsd_engine_destroy(here);
    rsd_engine_destroy(there);
    free(in), free(wanted), free(out);
}

Test(threaded, a_worker_that_is_stuck_for_long_is_survived, .timeout = 60)
{
    rsd_engine *engine = make_engine_of("live", 48000, 2, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *other = make_samples(COUNT);
    gate g = {1, 10};
    rsd_engine_set_tap(engine, hold, &g);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    const float *const ins[2] = {in, in};
    float *const outs[2] = {out, other};
    rsd_engine_process(engine, ins, outs, COUNT); /* far more than the queue holds */
    atomic_store(&g.closed, 0);
    wait_for(engine->current);
    for (uint32_t i = 0; i < 20; i++) {
        rsd_engine_process(engine, ins, outs, HOP);
        wait_for(engine->current);
    }
    const uint32_t before = engine->late_frame_count;
    cr_assert_gt(before, 100u);
    for (uint32_t i = 0; i < 20; i++) {
        rsd_engine_process(engine, ins, outs, HOP);
        wait_for(engine->current);
    }
    cr_assert_eq(engine->late_frame_count, before, "on time again");
    rsd_engine_destroy(engine);
    free(in), free(out), free(other);
}

Test(threaded, auto_runs_the_live_codec_inline)
{
    rsd_engine *engine = make_engine_of("live", 48000, 1, RSD_SCHEDULE_AUTO);
    rsd_engine_latency latency;
    rsd_engine_get_latency(engine, &latency);
    cr_assert_eq(latency.schedule, RSD_SCHEDULE_INLINE);
    rsd_engine_destroy(engine);
}

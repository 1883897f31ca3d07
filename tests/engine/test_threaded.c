// SPDX-License-Identifier: MIT
// Codecs on workers: the samples of inline one hop later, late frames, priorities.
#include "engine_support.h"

#include "engine/engine_internal.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>

#define COUNT 24000u
#define HOP 128u

/* Until the worker of `instance` has coded all that it was given: what a real callback's pause is, without its length. */
static void wait_for(const engine_instance *instance)
{
    if (!instance || !instance->worker) return;
    for (int i = 0; i < 20000; i++) {
        if (rsd_ring_writable(instance->worker->jobs) == ENGINE_WORKER_QUEUE_FRAMES) return;
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

Test(threaded, samples_are_those_of_inline_one_hop_later, .timeout = 600)
{
    assert_one_hop_later(HOP);
    assert_one_hop_later(50);
    assert_one_hop_later(97);
}

Test(threaded, dry_and_bypass_are_late_by_the_same_hop, .timeout = 600)
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

Test(threaded, after_bypass_and_reset_the_samples_are_still_those_of_inline, .timeout = 600)
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

#define FRAMES (COUNT / HOP)

typedef struct {
    _Atomic int closed, entered;
    uint64_t frame;
    rsd_token_frame frames[FRAMES]; /* of channel 0, for every channel */
} gate;

/* A tap. */
static void keep(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    gate *g = context;
    if (channel == 0u && frame_index < FRAMES) g->frames[frame_index] = *frame;
}

/* A source: keeps the worker in frame `frame` until the test opens the gate, as a codec does that takes too long. */
static bool hold(void *context, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame)
{
    gate *g = context;
    (void)channel;
    const struct timespec pause = {0, 100000};
    if (frame_index == g->frame) atomic_store(&g->entered, 1);
    while (frame_index == g->frame && atomic_load(&g->closed)) clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    if (frame_index >= FRAMES) return false;
    *frame = g->frames[frame_index];
    return true;
}

Test(threaded, a_late_frame_is_hidden_is_counted_and_latency_stays_exact, .timeout = 600)
{
    rsd_engine *here = make_engine_of("live", 48000, 1, RSD_SCHEDULE_INLINE),
               *there = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *wanted = make_samples(COUNT), *out = make_samples(COUNT);
    static gate g = {.closed = 1, .frame = 40};
    rsd_engine_set_tap(here, keep, &g);
    rsd_engine_set_source(there, hold, &g);
    test_fill_tone(in, COUNT, 300.0, 48000.0, 0.5f);
    run(here, in, wanted, COUNT);
    run_paced(there, in, out, 40u * HOP, HOP);
    const uint32_t held = 40u * HOP, on_time = held + 5u * HOP;
    run_blocks(there, in + held, out + held, HOP, HOP); /* frame 40 is in */
    while (!atomic_load(&g.entered)) continue;
    run_blocks(there, in + held + HOP, out + held + HOP, 4u * HOP, HOP); /* its hop and two more come due */
    atomic_store(&g.closed, 0);
    wait_for(there->current);
    run_paced(there, in + on_time, out + on_time, COUNT - on_time, HOP);
    cr_assert_eq(late_frames(there), 3u);
    assert_same_samples(out + HOP, wanted, held + HOP, "before");
    assert_same_samples(out + on_time + HOP, wanted + on_time, COUNT - on_time - HOP, "after");
    const uint32_t gap = held + 2u * HOP;
    for (uint32_t i = 0; i < HOP; i++)
        cr_assert_float_eq(out[gap + i], out[gap - 1u - i] * (float)(HOP - 1u - i) / (float)HOP, 1e-6f,
                           "sample %u of the first late hop", i);
    for (uint32_t i = gap + HOP; i < gap + 3u * HOP; i++) cr_assert_eq(out[i], 0.0f, "sample %u of the others", i);
    for (uint32_t i = held; i < on_time + 2u * HOP; i++)
        cr_assert_lt(fabsf(out[i] - out[i - 1]), 0.05f, "a step at sample %u", i);
    rsd_engine_destroy(here);
    rsd_engine_destroy(there);
    free(in), free(wanted), free(out);
}

Test(threaded, a_worker_that_is_stuck_for_long_is_survived, .timeout = 600)
{
    rsd_engine *engine = make_engine_of("live", 48000, 2, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *other = make_samples(COUNT);
    static gate g = {.closed = 1, .frame = 10};
    rsd_engine_set_source(engine, hold, &g);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    const float *const ins[2] = {in, in};
    float *const outs[2] = {out, other};
    for (uint32_t i = 0; i < COUNT / HOP; i++) rsd_engine_process(engine, ins, outs, HOP); /* more than a queue holds */
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

/* One call brings many hops: nobody could have coded all but the last, so none may be late for that. */
static void assert_whole_calls(const char *codec, uint32_t rate_hz, uint32_t channels, uint32_t block)
{
    rsd_engine *here = make_engine_of(codec, rate_hz, channels, RSD_SCHEDULE_INLINE),
               *there = make_engine_of(codec, rate_hz, channels, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *wanted = make_samples(2u * COUNT), *out = make_samples(2u * COUNT);
    test_fill_notes(in, COUNT, (double)rate_hz, 5u);
    for (uint32_t done = 0; done + block <= COUNT; done += block) {
        const float *const ins[2] = {in + done, in + COUNT / 2u};
        float *const wants[2] = {wanted + done, wanted + COUNT + done}, *const outs[2] = {out + done,
                                                                                          out + COUNT + done};
        rsd_engine_process(here, ins, wants, block);
        rsd_engine_process(there, ins, outs, block);
        wait_for(there->current);
    }
    rsd_engine_latency latency;
    rsd_engine_get_latency(there, &latency);
    cr_assert_eq(there->late_frame_count, 0u, "%s, %u Hz, blocks of %u: %u late", codec, rate_hz, block,
                 there->late_frame_count);
    const uint32_t later = latency.total_samples - latency_of(here), count = COUNT / block * block - later;
    for (uint32_t c = 0; c < channels; c++)
        if (codec_of(here).sample_rate_hz == rate_hz)
            assert_same_samples(out + c * COUNT + later, wanted + c * COUNT, count, "whole calls");
    rsd_engine_destroy(here);
    rsd_engine_destroy(there);
    free(in), free(wanted), free(out);
}

Test(threaded, calls_longer_than_a_hop_are_not_late, .timeout = 600)
{
    static const uint32_t blocks[] = {129, 200, 255, 256, 257, 480, 1000, 1024, 8192};
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        assert_whole_calls("live", 48000, 1u + (uint32_t)b % 2u, blocks[b]);
        assert_whole_calls("live", 96000, 1u, blocks[b]);
        assert_whole_calls("lyra-v2", 48000, 1u, blocks[b]);
    }
}

/* Everything at once and far faster than in real time: exact nevertheless, where it may wait. */
Test(threaded, a_render_that_may_wait_is_exact_whatever_its_pace_and_blocks, .timeout = 600)
{
    static const uint32_t blocks[] = {1, 64, 97, 128, 480, 1024};
    float *in = make_samples(COUNT), *wanted = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 35u);
    rsd_engine *here = make_engine_of("live", 48000, 1, RSD_SCHEDULE_INLINE);
    run(here, in, wanted, COUNT);
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        rsd_engine *there = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
        rsd_engine_wait_for_frames(there, true);
        run_blocks(there, in, out, COUNT, blocks[b]);
        cr_assert_eq(there->late_frame_count, 0u, "blocks of %u", blocks[b]);
        assert_same_samples(out + HOP, wanted, COUNT - HOP, "a render");
        rsd_engine_destroy(there);
    }
    rsd_engine_destroy(here);
    free(in), free(wanted), free(out);
}

Test(threaded, a_render_waits_for_a_worker_that_is_at_it_and_for_one_that_fell_behind, .timeout = 600)
{
    rsd_engine *engine = make_engine_of("live", 48000, 2, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *other = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    const float *const ins[2] = {in, in};
    float *const outs[2] = {out, other};
    while (!atomic_flag_test_and_set(&engine->current->worker->coding)) continue;  /* the worker is kept out */
    for (uint32_t i = 0; i < 30u; i++) rsd_engine_process(engine, ins, outs, HOP); /* the queue is full, all is late */
    const uint32_t before = engine->late_frame_count;
    cr_assert_geq(before, 40u);
    atomic_flag_clear(&engine->current->worker->coding);
    rsd_engine_wait_for_frames(engine, true);
    for (uint32_t i = 0; i < 5u; i++) rsd_engine_process(engine, ins, outs, HOP); /* what was lost counts until here */
    const uint32_t after = engine->late_frame_count;
    for (uint32_t i = 0; i < 50u; i++) rsd_engine_process(engine, ins, outs, HOP);
    cr_assert_eq(engine->late_frame_count, after, "nothing is late where it waits");
    rsd_engine_destroy(engine);
    free(in), free(out), free(other);
}

typedef struct {
    uint32_t channel_count, count, wrong;
    pthread_t audio;
} tap_order;

/* Every frame once, channel after channel, on the thread that calls process. */
static void check_order(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    tap_order *order = context;
    (void)frame;
    if (channel != order->count % order->channel_count || frame_index != order->count / order->channel_count ||
        !pthread_equal(pthread_self(), order->audio))
        order->wrong++;
    order->count++;
}

Test(threaded, channels_side_by_side_are_those_of_inline_and_reach_the_tap_in_order, .timeout = 600)
{
    rsd_engine *here = make_engine_of("live", 48000, 2, RSD_SCHEDULE_INLINE),
               *there = make_engine_of("live", 48000, 2, RSD_SCHEDULE_THREADED);
    float *in = make_samples(2u * COUNT), *wanted = make_samples(2u * COUNT), *out = make_samples(2u * COUNT);
    tap_order order = {2u, 0, 0, pthread_self()};
    rsd_engine_set_tap(there, check_order, &order);
    test_fill_notes(in, COUNT, 48000.0, 8u);
    test_fill_noise(in + COUNT, COUNT, 0.3f, 9u);
    for (uint32_t done = 0; done + 64u <= COUNT; done += 64u) {
        const float *const ins[2] = {in + done, in + COUNT + done};
        float *const wants[2] = {wanted + done, wanted + COUNT + done}, *const outs[2] = {out + done,
                                                                                          out + COUNT + done};
        rsd_engine_process(here, ins, wants, 64u);
        rsd_engine_process(there, ins, outs, 64u);
        wait_for(there->current);
    }
    cr_assert_eq(there->late_frame_count, 0u);
    for (uint32_t c = 0; c < 2u; c++)
        assert_same_samples(out + c * COUNT + HOP, wanted + c * COUNT, COUNT / 64u * 64u - HOP, "a channel");
    cr_assert_geq(order.count, 2u * (COUNT / HOP - 2u));
    cr_assert_eq(order.wrong, 0u);
    rsd_engine_destroy(here);
    rsd_engine_destroy(there);
    free(in), free(wanted), free(out);
}

static void swap_to(rsd_engine *engine, const char *codec)
{
    rsd_model *model = open_model(codec);
    rsd_error error;
    cr_assert_eq(rsd_engine_swap(engine, model, &error), RSD_OK, "%s", error.text);
    rsd_model_release(model);
}

/* A codec to itself: one grid, so that the frames of both follow each other as if there had been one. */
static void assert_taps_across_swaps(const char *codec, uint32_t rate_hz)
{
    rsd_engine *engine = make_engine_of(codec, rate_hz, 1, RSD_SCHEDULE_THREADED);
    const uint32_t hop = codec_of(engine).hop_samples, swaps = 3u;
    float *in = make_samples(hop), *out = make_samples(hop);
    tap_order order = {1u, 0, 0, pthread_self()};
    uint32_t hops = 0, done = 0;
    rsd_engine_set_tap(engine, check_order, &order);
    test_fill_noise(in, hop, 0.3f, 4u);
    for (; done < swaps || rsd_engine_collect(engine); hops++) {
        if (hops > 3u && !rsd_engine_collect(engine)) {
            swap_to(engine, codec);
            done++;
        }
        cr_assert_lt(hops, 1000u, "%s: a swap has no end", codec);
        run_paced(engine, in, out, hop, hop / 2u);
    }
    cr_assert_eq(order.wrong, 0u, "%s", codec);
    cr_assert_geq(order.count, hops - 2u, "%s: %u frames of %u hops", codec, order.count, hops);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(threaded, every_frame_reaches_the_tap_once_and_in_order_across_codec_swaps, .timeout = 600)
{
    assert_taps_across_swaps("live-64", 48000);
    assert_taps_across_swaps("live-256", 48000);
    assert_taps_across_swaps("lyra-v2", 16000); /* a hop as long as the fade */
}

typedef struct {
    uint32_t from, to; /* levels of a frame of the codec before, and of the one after */
    uint32_t from_count, to_count, wrong;
} tap_codecs;

static void check_codecs(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    tap_codecs *t = context;
    (void)channel, (void)frame_index;
    t->wrong += frame->level_count == t->from ? t->to_count > 0u : frame->level_count != t->to;
    t->from_count += frame->level_count == t->from;
    t->to_count += frame->level_count == t->to;
}

Test(threaded, frames_of_the_codec_that_leaves_end_before_those_of_the_one_that_comes, .timeout = 600)
{
    static const char *const pairs[][2] = {{"lyra-v2", "live"}, {"live", "lyra-v2"}, {"live-256", "live-64"}};
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 6u);
    for (size_t p = 0; p < sizeof pairs / sizeof pairs[0]; p++) {
        rsd_engine *engine = make_engine_of(pairs[p][0], 48000, 1, RSD_SCHEDULE_THREADED);
        rsd_engine *other = make_engine_of(pairs[p][1], 48000, 1, RSD_SCHEDULE_INLINE);
        tap_codecs t = {.from = codec_of(engine).level_count, .to = codec_of(other).level_count};
        rsd_engine_destroy(other);
        if (t.from == t.to) cr_skip_test("the two have as many levels");
        rsd_engine_set_tap(engine, check_codecs, &t);
        run_paced(engine, in, out, COUNT / 4u, 64);
        swap_to(engine, pairs[p][1]);
        for (uint32_t i = 0; i < 200u && rsd_engine_collect(engine); i++) run_paced(engine, in, out, 960, 64);
        cr_assert_eq(rsd_engine_collect(engine), false);
        run_paced(engine, in, out, 5000, 64);
        cr_assert(t.wrong == 0u && t.from_count > 0u && t.to_count > 0u, "%s to %s: %u, %u and %u wrong", pairs[p][0],
                  pairs[p][1], t.from_count, t.to_count, t.wrong);
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

/* ---- priority ---- */

static void *idle_until_told(void *context)
{
    const struct timespec pause = {0, 1000000};
    while (atomic_load((_Atomic int *)context)) clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    return NULL;
}

/* false: the system grants no real-time priority. */
static bool start_real_time(pthread_t *thread, int priority, _Atomic int *runs)
{
    pthread_attr_t attributes;
    const struct sched_param param = {.sched_priority = priority};
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes, &param);
    const int error = pthread_create(thread, &attributes, idle_until_told, runs);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

Test(threaded, a_worker_stays_under_every_real_time_thread_and_is_none_where_there_is_none, .timeout = 600)
{
    _Atomic int runs = 1;
    pthread_t high, low, ours;
    cr_assert_eq(engine_worker_find_priority(), 0);
    if (!start_real_time(&high, 20, &runs)) cr_skip_test("this system grants no real-time priority");
    cr_assert_eq(engine_worker_find_priority(), 19);
    cr_assert(start_real_time(&low, 7, &runs));
    cr_assert_eq(engine_worker_find_priority(), 6);
    cr_assert(start_real_time(&ours, 3, &runs));
    pthread_setname_np(ours, ENGINE_WORKER_THREAD_NAME);
    cr_assert_eq(engine_worker_find_priority(), 6, "another engine's worker does not count");
    atomic_store(&runs, 0);
    pthread_join(high, NULL), pthread_join(low, NULL), pthread_join(ours, NULL);
    cr_assert_eq(engine_worker_find_priority(), 0);
}

/* Priorities of this process's workers: the highest of those that are real-time, 0 where none is. */
static int priority_of_workers(uint32_t *worker_count)
{
    int highest = 0;
    DIR *folder = opendir("/proc/self/task");
    *worker_count = 0u;
    for (const struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        char path[64], name[32] = "";
        struct sched_param param;
        snprintf(path, sizeof path, "/proc/self/task/%.20s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        const bool is_worker =
            file && fgets(name, sizeof name, file) && strncmp(name, ENGINE_WORKER_THREAD_NAME, 9) == 0;
        if (file) fclose(file);
        if (!is_worker) continue;
        (*worker_count)++;
        const pid_t id = (pid_t)atoi(entry->d_name);
        if (sched_getscheduler(id) == SCHED_FIFO && sched_getparam(id, &param) == 0 && param.sched_priority > highest)
            highest = param.sched_priority;
    }
    if (folder) closedir(folder);
    return highest;
}

Test(threaded, workers_become_real_time_with_their_audio_thread_only, .timeout = 600)
{
    _Atomic int runs = 1;
    pthread_t audio;
    uint32_t worker_count;
    rsd_engine *engine = make_engine_of("live", 48000, 2, RSD_SCHEDULE_THREADED);
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *other = make_samples(COUNT);
    const float *const ins[2] = {in, in};
    float *const outs[2] = {out, other};
    for (int turn = 0; turn < 2; turn++) {
        if (turn == 1 && !start_real_time(&audio, 9, &runs)) cr_skip_test("this system grants no real-time priority");
        for (int i = 0; i < 40; i++) { /* a power of two of frames among them */
            rsd_engine_process(engine, ins, outs, HOP);
            wait_for(engine->current);
        }
        cr_assert_eq(priority_of_workers(&worker_count), turn == 0 ? 0 : 8, "turn %d", turn);
        cr_assert(worker_count == 2u || worker_count == 4u, "one a channel, of both of the pair");
    }
    atomic_store(&runs, 0);
    pthread_join(audio, NULL);
    rsd_engine_destroy(engine);
    free(in), free(out), free(other);
}

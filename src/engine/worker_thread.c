// SPDX-License-Identifier: MIT
// The worker's thread: starts, looks for frames, ends.
#include "engine/instance_internal.h"

#include "base/sleep.h"

#include <pthread.h>
#include <time.h>

/*
 * The audio thread may make no system call, so nobody wakes the worker: it looks. Frames come a hop apart, and no
 * sooner than half a hop after the one before (blocks of any size up to a hop), so that it sleeps that long and then
 * looks often; where nothing comes, in bypass, it looks seldom again.
 */
#define QUIET_SHARE 2u
#define POLLS_PER_HOP 32u
#define IDLE_POLLS_PER_HOP 8u
#define IDLE_AFTER_POLLS 128u
#define MIN_POLL_NS 100000u
#define NAP_NS 50000
#define HOPELESS_AFTER_FRAMES 200u

struct engine_worker_thread {
    pthread_t id;
    engine_instance *instance;
    engine_crew *crew; /* NULL: alone */
    uint64_t hop_ns;
    uint64_t frame_count;
    int priority;
    uint32_t busy_frames; /* in a row that found the next one waiting */
    bool is_hopeless;     /* too slow for real time here: it must not keep others from the processor */
};

void engine_worker_nap(void)
{
    const struct timespec nap = {0, NAP_NS};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
}

/* ---- priority ---- */

static void use_priority(engine_worker_thread *thread, int priority)
{
    if (priority == thread->priority || !engine_worker_use_priority(pthread_self(), priority)) return;
    if (thread->crew) engine_crew_set_priority(thread->crew, priority);
    thread->priority = priority;
}

/*
 * The audio thread is there for sure once frames come, and may be made a real-time one later: looked for at frames 1,
 * 2, 4, 8... A worker that never rests has no hope of being in time and goes back to normal.
 */
static void look_after_priority(engine_worker_thread *thread)
{
    const uint64_t count = ++thread->frame_count;
    thread->busy_frames = engine_worker_jobs_left(thread->instance->worker) > 0u ? thread->busy_frames + 1u : 0u;
    if (thread->busy_frames == HOPELESS_AFTER_FRAMES) {
        thread->is_hopeless = true;
        use_priority(thread, 0);
    }
    if (thread->priority == 0 && !thread->is_hopeless && (count & (count - 1u)) == 0u)
        use_priority(thread, engine_worker_find_priority());
}

/* ---- the thread ---- */

static uint64_t poll_ns(const engine_worker_thread *thread, uint32_t empty_polls)
{
    const uint64_t wanted = thread->hop_ns / (empty_polls > IDLE_AFTER_POLLS ? IDLE_POLLS_PER_HOP : POLLS_PER_HOP);
    return wanted > MIN_POLL_NS ? wanted : MIN_POLL_NS;
}

static void *worker_main(void *context)
{
    engine_worker_thread *thread = context;
    uint64_t quiet_until_ns = 0u;
    uint32_t empty_polls = 0u;
    engine_worker_ask_long_slice();
    (void)rsd_fp_flush_denormals(); /* as on the audio thread: the same samples inline and threaded */
    /* Stored by control in engine_worker_stop. */
    while (!atomic_load_explicit(&thread->instance->worker->stop, memory_order_acquire)) {
        const uint64_t now = base_now_ns();
        if (engine_worker_step(thread->instance, thread->crew)) {
            quiet_until_ns = now + thread->hop_ns / QUIET_SHARE;
            empty_polls = 0u;
            look_after_priority(thread);
            continue;
        }
        const uint64_t next_ns = now + poll_ns(thread, empty_polls++);
        base_sleep_until(next_ns > quiet_until_ns ? next_ns : quiet_until_ns);
    }
    return NULL;
}

static rsd_ring *make_queue(engine_instance *instance, size_t bytes_of_item)
{
    const uint32_t item_bytes = (uint32_t)bytes_of_item;
    const size_t ring_bytes = rsd_ring_size_bytes(ENGINE_WORKER_QUEUE_FRAMES, item_bytes);
    void *block = engine_instance_allocate(instance, ring_bytes);
    rsd_ring *ring = NULL;
    if (!block || rsd_ring_init(block, ring_bytes, ENGINE_WORKER_QUEUE_FRAMES, item_bytes, &ring) != RSD_OK)
        return NULL;
    return ring;
}

rsd_status engine_worker_start(engine_instance *instance)
{
    engine_worker *worker = engine_instance_allocate(instance, sizeof *worker);
    engine_worker_thread *thread = engine_instance_allocate(instance, sizeof *thread);
    if (!worker || !thread) return RSD_ERR_MEMORY;
    worker->jobs = make_queue(instance, engine_worker_job_bytes(instance));
    worker->results = make_queue(instance, engine_worker_result_bytes(instance));
    if (!worker->jobs || !worker->results) return RSD_ERR_MEMORY;

    thread->instance = instance;
    thread->hop_ns = (uint64_t)instance->info.hop_samples * BASE_NS_PER_S / instance->info.sample_rate_hz;
    thread->crew = engine_crew_create(instance);
    worker->next_number = worker->first_number = 1u;
    worker->thread = thread;
    atomic_flag_clear(&worker->coding);
    atomic_init(&worker->pushed, 0u);
    atomic_init(&worker->taken, 0u);
    atomic_init(&worker->stop, 0);
    instance->worker = worker;
    if (pthread_create(&thread->id, NULL, worker_main, thread) != 0) {
        engine_crew_destroy(thread->crew);
        instance->worker = NULL; /* nothing to stop */
        return RSD_ERR_THREAD;
    }
    pthread_setname_np(thread->id, ENGINE_WORKER_THREAD_NAME);
    return RSD_OK;
}

void engine_worker_stop(engine_worker *worker)
{
    if (!worker) return;
    atomic_store_explicit(&worker->stop, 1, memory_order_release); /* read by the worker, within half a hop */
    pthread_join(worker->thread->id, NULL);
    engine_crew_destroy(worker->thread->crew);
}

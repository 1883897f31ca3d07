// SPDX-License-Identifier: MIT
#include "engine/slot_internal.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#define POLLS_PER_HOP 8u
#define WORKER_PRIORITY_ABOVE_MIN 10

struct rsd_worker_thread {
    pthread_t id;
    rsd_slot *slot;
    struct timespec poll_interval;
};

/* The audio thread may make no system call, so nobody wakes the worker: it looks, a few times a hop. */
static void *worker_main(void *context)
{
    rsd_worker_thread *thread = context;
    rsd_worker *worker = thread->slot->worker;
    (void)rsd_fp_flush_denormals(); /* as on the audio thread: the same samples inline and threaded */
    /* Stored by control in rsd_worker_stop. */
    while (!atomic_load_explicit(&worker->stop, memory_order_acquire))
        if (!rsd_worker_step(thread->slot)) clock_nanosleep(CLOCK_MONOTONIC, 0, &thread->poll_interval, NULL);
    return NULL;
}

/* Real-time priority where the system grants it; without it the worker runs as any other thread. */
static int start_thread(rsd_worker_thread *thread)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error) return error;
    const struct sched_param priority = {.sched_priority =
                                             sched_get_priority_min(SCHED_FIFO) + WORKER_PRIORITY_ABOVE_MIN};
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes, &priority);
    error = pthread_create(&thread->id, &attributes, worker_main, thread);
    pthread_attr_destroy(&attributes);
    return error ? pthread_create(&thread->id, NULL, worker_main, thread) : 0;
}

static rsd_ring *make_queue(rsd_slot *slot, size_t header_bytes)
{
    const size_t samples_bytes = (size_t)slot->channel_count * slot->info.hop_samples * sizeof(float);
    const uint32_t item_bytes = (uint32_t)(header_bytes + (samples_bytes + 63u) / 64u * 64u);
    const size_t ring_bytes = rsd_ring_size_bytes(RSD_WORKER_QUEUE_FRAMES, item_bytes);
    void *block = rsd_slot_allocate(slot, ring_bytes);
    rsd_ring *ring = NULL;
    if (!block || rsd_ring_init(block, ring_bytes, RSD_WORKER_QUEUE_FRAMES, item_bytes, &ring) != RSD_OK) return NULL;
    return ring;
}

rsd_status rsd_worker_start(rsd_slot *slot)
{
    rsd_worker *worker = rsd_slot_allocate(slot, sizeof *worker);
    rsd_worker_thread *thread = rsd_slot_allocate(slot, sizeof *thread);
    if (!worker || !thread) return RSD_ERR_MEMORY;
    worker->jobs = make_queue(slot, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_job));
    worker->results = make_queue(slot, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_result));
    if (!worker->jobs || !worker->results) return RSD_ERR_MEMORY;

    const uint64_t hop_ns = (uint64_t)slot->info.hop_samples * 1000000000u / slot->info.sample_rate_hz;
    thread->slot = slot;
    thread->poll_interval.tv_sec = (time_t)(hop_ns / POLLS_PER_HOP / 1000000000u);
    thread->poll_interval.tv_nsec = (long)(hop_ns / POLLS_PER_HOP % 1000000000u);
    worker->next_sequence = 1u;
    worker->thread = thread;
    atomic_init(&worker->stop, 0);
    slot->worker = worker;
    if (start_thread(thread) != 0) {
        slot->worker = NULL; /* nothing to stop */
        return RSD_ERR_THREAD;
    }
    return RSD_OK;
}

void rsd_worker_stop(rsd_worker *worker)
{
    if (!worker) return;
    atomic_store_explicit(&worker->stop, 1, memory_order_release); /* read by the worker, within a poll */
    pthread_join(worker->thread->id, NULL);
}

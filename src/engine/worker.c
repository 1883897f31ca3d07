// SPDX-License-Identifier: MIT
// Both ends of the worker's queues. Nothing in this file allocates, locks, logs or makes a system call; where the
// caller allows to wait, engine_worker_nap sleeps.
#include "engine/engine_internal.h"

#include "base/realtime.h"

#include <string.h>

#define HOPS_TO_FETCH 2u /* the first fetch after a hop is given out is of the hop before it, the second is its own */

static size_t hop_bytes(const engine_instance *instance)
{
    return (size_t)instance->channel_count * instance->info.hop_samples * sizeof(float);
}

/* Parts of an item start on cache lines of their own. */
size_t engine_worker_job_bytes(const engine_instance *instance)
{
    return base_round_up_64(sizeof(engine_frame_job)) +
           base_round_up_64(engine_instance_hop_in_floats(instance) * sizeof(float));
}

static size_t coded_bytes(const engine_instance *instance)
{
    return base_round_up_64(instance->channel_count * sizeof(engine_coded_channel));
}

size_t engine_worker_result_bytes(const engine_instance *instance)
{
    return base_round_up_64(sizeof(engine_frame_result)) + coded_bytes(instance) +
           base_round_up_64(hop_bytes(instance));
}

static float *samples_of_job(void *item)
{
    return (float *)((char *)item + base_round_up_64(sizeof(engine_frame_job)));
}

/* The parts of an item of results. */
static engine_frame_output result_at(const engine_instance *instance, void *item)
{
    char *coded = (char *)item + base_round_up_64(sizeof(engine_frame_result));
    return (engine_frame_output){item, (engine_coded_channel *)coded, (float *)(coded + coded_bytes(instance))};
}

uint32_t engine_worker_jobs_left(engine_worker *worker)
{
    const uint32_t taken = atomic_load_explicit(&worker->taken, memory_order_acquire); /* raised by take_job */
    return atomic_load_explicit(&worker->pushed, memory_order_acquire) - taken;        /* raised by push */
}

static void take_job(engine_worker *worker)
{
    rsd_ring_read_commit(worker->jobs, 1u);
    atomic_fetch_add_explicit(&worker->taken, 1u, memory_order_release); /* read in engine_worker_jobs_left */
}

/* ---- coding: the worker, or the audio thread in its place ---- */

/* acquire and release: what the one before did to codecs and queues is seen. */
static bool take_over(engine_worker *worker)
{
    return !atomic_flag_test_and_set_explicit(&worker->coding, memory_order_acquire);
}

static void hand_back(engine_worker *worker) { atomic_flag_clear_explicit(&worker->coding, memory_order_release); }

/* Far behind, all that waits would come late; without the oldest the next may be in time. What they asked for stays. */
static bool skip_stale(engine_worker *worker)
{
    rsd_ring_region item;
    bool reset = false;
    while (rsd_ring_readable(worker->jobs) > ENGINE_WORKER_MAX_BACKLOG) {
        rsd_ring_read_region(worker->jobs, 1u, &item);
        reset = reset || ((const engine_frame_job *)item.first)->reset_first;
        take_job(worker);
    }
    return reset;
}

/* By whoever has taken over. */
static RSD_REALTIME bool code_next(engine_instance *instance, engine_crew *crew)
{
    engine_worker *worker = instance->worker;
    rsd_ring_region job_item, result_item;
    const bool reset = skip_stale(worker);
    if (rsd_ring_read_region(worker->jobs, 1u, &job_item) == 0u) return false; /* written by audio in submit */
    if (rsd_ring_write_region(worker->results, 1u, &result_item) == 0u)
        return false; /* emptied by audio in take_result */
    engine_frame_job *job = job_item.first;
    job->reset_first = job->reset_first || reset;
    const float *in = samples_of_job(job);
    const engine_frame_output output = result_at(instance, result_item.first);
    if (crew) {
        REALTIME_TRUST_BEGIN; /* a worker thread has a crew, the audio thread none */
        engine_crew_code_frame(crew, job, in, &output);
        REALTIME_TRUST_END;
    } else {
        engine_instance_code_frame(instance, job, in, &output);
    }
    rsd_ring_write_commit(worker->results, 1u); /* read by audio in receive and drain */
    take_job(worker);                           /* last: a job that is gone has its result in place */
    return true;
}

bool engine_worker_step(engine_instance *instance, engine_crew *crew)
{
    /* A worker that only looks takes nothing over: the audio thread must not find it so by chance. */
    if (engine_worker_jobs_left(instance->worker) == 0u || !take_over(instance->worker)) return false;
    const bool has_coded = code_next(instance, crew);
    hand_back(instance->worker);
    return has_coded;
}

/* ---- the audio thread's end ---- */

/* The frame's number, to wait for; the number is used up even where the queue is full, so that it then counts as late.
 */
static uint32_t push(engine_instance *instance)
{
    engine_worker *worker = instance->worker;
    rsd_ring_region place;
    const uint32_t number = worker->next_number++;
    if (worker->next_number == 0u) worker->next_number = 1u;
    if (rsd_ring_write_region(worker->jobs, 1u, &place) == 0u) return number;
    instance->job.number = number;
    memcpy(place.first, &instance->job, sizeof instance->job);
    memcpy(samples_of_job(place.first), instance->hop_in, engine_instance_hop_in_floats(instance) * sizeof(float));
    rsd_ring_write_commit(worker->jobs, 1u);                              /* read by the worker in code_next */
    atomic_fetch_add_explicit(&worker->pushed, 1u, memory_order_release); /* read in engine_worker_jobs_left */
    instance->reset_pending = false;
    return number;
}

void engine_worker_submit(engine_instance *instance, bool is_due_soon)
{
    engine_worker *worker = instance->worker;
    /* Two frames at most: a worker that is further behind stays so, and this one comes late. */
    const bool here = is_due_soon && engine_worker_jobs_left(worker) <= 1u && take_over(worker);
    worker->due_number = worker->awaited_number;
    worker->awaited_number = push(instance);
    if (instance->job.heard) worker->heard_hops_left = HOPS_TO_FETCH;
    if (!here) return;
    while (code_next(instance, NULL)) continue;
    hand_back(worker);
}

typedef enum { HERE, NOT_YET, NEVER } arrival;

/* Numbers wrap: compared by distance. */
static bool is_before(uint32_t number, uint32_t other) { return (int32_t)(number - other) < 0; }

/* Tells the tap of the oldest result and takes it out of the queue. */
static void take_result(rsd_engine *engine, engine_instance *instance, const engine_frame_output *oldest)
{
    if (!is_before(oldest->result->number, instance->worker->first_number))
        engine_tap_frame(engine, instance, oldest->result, oldest->coded);
    rsd_ring_read_commit(instance->worker->results, 1u); /* room for the worker in code_next */
}

/* Copies result `number` into the instance; what is older came too late to be heard, and only the tap gets it. */
static arrival receive(rsd_engine *engine, engine_instance *instance, uint32_t number)
{
    rsd_ring_region item;
    while (rsd_ring_read_region(instance->worker->results, 1u, &item) == 1u) {
        const engine_frame_output oldest = result_at(instance, item.first);
        if (is_before(number, oldest.result->number)) return NEVER;
        const bool is_it = number == oldest.result->number;
        if (is_it) {
            instance->result = *oldest.result;
            memcpy(instance->hop_out, oldest.samples, hop_bytes(instance));
        }
        take_result(engine, instance, &oldest);
        if (is_it) return HERE;
    }
    return NOT_YET;
}

void engine_worker_drain(rsd_engine *engine, engine_instance *instance)
{
    rsd_ring_region item;
    while (rsd_ring_read_region(instance->worker->results, 1u, &item) == 1u) {
        const engine_frame_output oldest = result_at(instance, item.first);
        take_result(engine, instance, &oldest);
    }
}

/* Where the caller may sleep: codes what is left, or waits for the worker that is at it. */
static RSD_REALTIME bool receive_at_last(rsd_engine *engine, engine_instance *instance, uint32_t number)
{
    for (;;) {
        const bool nothing_left = engine_worker_jobs_left(instance->worker) ==
                                  0u; /* before receive: a job that is gone has its result in place */
        const arrival there = receive(engine, instance, number);
        if (there != NOT_YET) return there == HERE;
        if (nothing_left) return false;
        if (engine_worker_step(instance, NULL)) continue;
        REALTIME_TRUST_BEGIN; /* only where the caller waits, which a device's never does */
        engine_worker_nap();
        REALTIME_TRUST_END;
    }
}

static uint32_t patch_length(const engine_instance *instance)
{
    return instance->info.hop_samples < ENGINE_INSTANCE_PATCH_SAMPLES ? instance->info.hop_samples
                                                                      : ENGINE_INSTANCE_PATCH_SAMPLES;
}

/* The hop before, backwards, fading out: no step at the joint, and about the same spectrum. */
static void play_backwards(engine_instance *instance)
{
    const uint32_t hop = instance->info.hop_samples;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        float *out = instance->hop_out + c * hop;
        for (uint32_t i = 0, k = hop - 1u; i < k; i++, k--) {
            const float swapped = out[i];
            out[i] = out[k];
            out[k] = swapped;
        }
        for (uint32_t i = 0; i < hop; i++) out[i] *= (float)(hop - 1u - i) / (float)hop;
    }
}

static void fade_from_silence(engine_instance *instance)
{
    const uint32_t hop = instance->info.hop_samples, length = patch_length(instance);
    for (uint32_t c = 0; c < instance->channel_count; c++)
        for (uint32_t i = 0; i < length; i++) instance->hop_out[c * hop + i] *= (float)(i + 1u) / (float)length;
}

/* A hop that is late; a second one in a row is silent. */
static void hide_gap(engine_instance *instance)
{
    if (instance->worker->patching)
        memset(instance->hop_out, 0, hop_bytes(instance));
    else
        play_backwards(instance);
}

bool engine_worker_fetch(rsd_engine *engine, engine_instance *instance)
{
    engine_worker *worker = instance->worker;
    const uint32_t due = worker->due_number;
    if (worker->heard_hops_left > 0u) worker->heard_hops_left--;
    if (due == 0u) { /* the first hop after a start: nothing to hear yet */
        memset(instance->hop_out, 0, hop_bytes(instance));
        return false;
    }
    const bool in_time =
        engine->waits ? receive_at_last(engine, instance, due) : receive(engine, instance, due) == HERE;
    if (!in_time) {
        hide_gap(instance);
        engine->late_frame_count += instance->channel_count;
    } else if (worker->patching) {
        fade_from_silence(instance);
    }
    worker->patching = !in_time;
    return in_time;
}

void engine_worker_forget(engine_worker *worker)
{
    worker->awaited_number = 0u;
    worker->due_number = 0u;
    worker->first_number = worker->next_number;
    worker->heard_hops_left = 0u;
    worker->patching = false;
}

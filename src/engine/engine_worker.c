// SPDX-License-Identifier: MIT
// Both ends of the worker's queues. Nothing in this file allocates, locks, logs or makes a system call; where the
// caller allows to wait, rsd_worker_nap sleeps.
#include "engine/slot_internal.h"

#include "base/realtime.h"

#include <string.h>

static size_t hop_bytes(const rsd_slot *slot)
{
    return (size_t)slot->channel_count * slot->info.hop_samples * sizeof(float);
}

static float *samples_behind(void *item, size_t header_bytes) { return (float *)((char *)item + header_bytes); }

uint32_t rsd_worker_jobs_left(rsd_worker *worker)
{
    const uint32_t taken = atomic_load_explicit(&worker->taken, memory_order_acquire); /* raised by take_job */
    return atomic_load_explicit(&worker->pushed, memory_order_acquire) - taken;        /* raised by push */
}

static void take_job(rsd_worker *worker)
{
    rsd_ring_read_commit(worker->jobs, 1u);
    atomic_fetch_add_explicit(&worker->taken, 1u, memory_order_release); /* read in rsd_worker_jobs_left */
}

/* ---- coding: the worker, or the audio thread in its place ---- */

/* acquire and release: what the one before did to codecs and queues is seen. */
static bool take_over(rsd_worker *worker)
{
    return !atomic_flag_test_and_set_explicit(&worker->coding, memory_order_acquire);
}

static void hand_back(rsd_worker *worker) { atomic_flag_clear_explicit(&worker->coding, memory_order_release); }

/* Far behind, all that waits would come late; without the oldest the next may be in time. What they asked for stays. */
static bool skip_stale(rsd_worker *worker)
{
    rsd_ring_region item;
    bool reset = false;
    while (rsd_ring_readable(worker->jobs) > RSD_WORKER_MAX_BACKLOG) {
        rsd_ring_read_region(worker->jobs, 1u, &item);
        reset = reset || ((const rsd_frame_job *)item.first)->reset_first;
        take_job(worker);
    }
    return reset;
}

/* By whoever has taken over. */
static RSD_REALTIME bool code_next(rsd_slot *slot, rsd_crew *crew)
{
    rsd_worker *worker = slot->worker;
    rsd_ring_region job_item, result_item;
    const bool reset = skip_stale(worker);
    if (rsd_ring_read_region(worker->jobs, 1u, &job_item) == 0u) return false;        /* written by audio in submit */
    if (rsd_ring_write_region(worker->results, 1u, &result_item) == 0u) return false; /* emptied by audio in receive */
    rsd_frame_job *job = job_item.first;
    job->reset_first = job->reset_first || reset;
    const float *in = samples_behind(job, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_job));
    float *out = samples_behind(result_item.first, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_result));
    if (crew) {
        REALTIME_TRUST_BEGIN; /* a worker thread has a crew, the audio thread none */
        rsd_crew_code_frame(crew, job, in, result_item.first, out);
        REALTIME_TRUST_END;
    } else {
        rsd_slot_code_frame(slot, job, in, result_item.first, out);
    }
    rsd_ring_write_commit(worker->results, 1u); /* read by audio in receive */
    take_job(worker);                           /* last: a job that is gone has its result in place */
    return true;
}

bool rsd_worker_step(rsd_slot *slot, rsd_crew *crew)
{
    /* A worker that only looks takes nothing over: the audio thread must not find it so by chance. */
    if (rsd_worker_jobs_left(slot->worker) == 0u || !take_over(slot->worker)) return false;
    const bool has_coded = code_next(slot, crew);
    hand_back(slot->worker);
    return has_coded;
}

/* ---- the audio thread's end ---- */

/* The frame's number, to wait for; the number is used up even where the queue is full, so that it then counts as late.
 */
static uint32_t push(rsd_slot *slot)
{
    rsd_worker *worker = slot->worker;
    rsd_ring_region place;
    const uint32_t sequence = worker->next_sequence++;
    if (worker->next_sequence == 0u) worker->next_sequence = 1u;
    if (rsd_ring_write_region(worker->jobs, 1u, &place) == 0u) return sequence;
    slot->job.sequence = sequence;
    memcpy(place.first, &slot->job, sizeof slot->job);
    memcpy(samples_behind(place.first, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_job)), slot->hop_in, hop_bytes(slot));
    rsd_ring_write_commit(worker->jobs, 1u);                              /* read by the worker in code_next */
    atomic_fetch_add_explicit(&worker->pushed, 1u, memory_order_release); /* read in rsd_worker_jobs_left */
    slot->reset_pending = false;
    return sequence;
}

void rsd_worker_submit(rsd_slot *slot, bool is_due_soon)
{
    rsd_worker *worker = slot->worker;
    /* Two frames at most: a worker that is further behind stays so, and this one comes late. */
    const bool here = is_due_soon && rsd_worker_jobs_left(worker) <= 1u && take_over(worker);
    worker->due_sequence = worker->awaited_sequence;
    worker->awaited_sequence = push(slot);
    if (!here) return;
    while (code_next(slot, NULL)) continue;
    hand_back(worker);
}

typedef enum { HERE, NOT_YET, NEVER } arrival;

/* Copies result `sequence` into the slot; what is older came too late to be heard and is dropped. */
static arrival receive(rsd_slot *slot, uint32_t sequence)
{
    rsd_worker *worker = slot->worker;
    rsd_ring_region item;
    while (rsd_ring_read_region(worker->results, 1u, &item) == 1u) {
        const rsd_frame_result *result = item.first;
        const int32_t age = (int32_t)(sequence - result->sequence); /* numbers wrap: compared by distance */
        if (age < 0) return NEVER;
        if (age == 0) {
            slot->result = *result;
            memcpy(slot->hop_out, samples_behind(item.first, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_result)),
                   hop_bytes(slot));
        }
        rsd_ring_read_commit(worker->results, 1u);
        if (age == 0) return HERE;
    }
    return NOT_YET;
}

/* Where the caller may sleep: codes what is left, or waits for the worker that is at it. */
static RSD_REALTIME bool receive_at_last(rsd_slot *slot, uint32_t sequence)
{
    for (;;) {
        const bool nothing_left =
            rsd_worker_jobs_left(slot->worker) == 0u; /* before receive: a job that is gone has its result in place */
        const arrival there = receive(slot, sequence);
        if (there != NOT_YET) return there == HERE;
        if (nothing_left) return false;
        if (rsd_worker_step(slot, NULL)) continue;
        REALTIME_TRUST_BEGIN; /* only where the caller waits, which a device's never does */
        rsd_worker_nap();
        REALTIME_TRUST_END;
    }
}

static uint32_t patch_length(const rsd_slot *slot)
{
    return slot->info.hop_samples < RSD_SLOT_PATCH_SAMPLES ? slot->info.hop_samples : RSD_SLOT_PATCH_SAMPLES;
}

/* The hop before, backwards, fading out: no step at the joint, and about the same spectrum. */
static void play_backwards(rsd_slot *slot)
{
    const uint32_t hop = slot->info.hop_samples;
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        float *out = slot->hop_out + c * hop;
        for (uint32_t i = 0, k = hop - 1u; i < k; i++, k--) {
            const float swapped = out[i];
            out[i] = out[k];
            out[k] = swapped;
        }
        for (uint32_t i = 0; i < hop; i++) out[i] *= (float)(hop - 1u - i) / (float)hop;
    }
}

static void fade_from_silence(rsd_slot *slot)
{
    const uint32_t hop = slot->info.hop_samples, length = patch_length(slot);
    for (uint32_t c = 0; c < slot->channel_count; c++)
        for (uint32_t i = 0; i < length; i++) slot->hop_out[c * hop + i] *= (float)(i + 1u) / (float)length;
}

/* A hop that is late; a second one in a row is silent. */
static void hide_gap(rsd_slot *slot)
{
    if (slot->worker->patching)
        memset(slot->hop_out, 0, hop_bytes(slot));
    else
        play_backwards(slot);
}

bool rsd_worker_fetch(rsd_slot *slot, bool wait, uint32_t *late_frame_count)
{
    rsd_worker *worker = slot->worker;
    const uint32_t due = worker->due_sequence;
    if (due == 0u) { /* the first hop after a start: nothing to hear yet */
        memset(slot->hop_out, 0, hop_bytes(slot));
        return false;
    }
    const bool in_time = wait ? receive_at_last(slot, due) : receive(slot, due) == HERE;
    if (!in_time) {
        hide_gap(slot);
        *late_frame_count += slot->channel_count;
    } else if (worker->patching) {
        fade_from_silence(slot);
    }
    worker->patching = !in_time;
    return in_time;
}

void rsd_worker_forget(rsd_worker *worker)
{
    worker->awaited_sequence = 0u;
    worker->due_sequence = 0u;
    worker->patching = false;
}

// SPDX-License-Identifier: MIT
// Both ends of the worker's queues. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/slot_internal.h"

#include <string.h>

static size_t hop_bytes(const rsd_slot *slot)
{
    return (size_t)slot->channel_count * slot->info.hop_samples * sizeof(float);
}

static float *samples_behind(void *item, size_t header_bytes) { return (float *)((char *)item + header_bytes); }

/* The frame's number, to wait for; the number is used up even where the queue is full, so that it then counts as late.
 */
static uint32_t submit(rsd_slot *slot)
{
    rsd_worker *worker = slot->worker;
    rsd_ring_region place;
    const uint32_t sequence = worker->next_sequence++;
    if (worker->next_sequence == 0u) worker->next_sequence = 1u; /* 0 is "none" */
    if (rsd_ring_write_region(worker->jobs, 1u, &place) == 0u) return sequence;
    slot->job.sequence = sequence;
    memcpy(place.first, &slot->job, sizeof slot->job);
    memcpy(samples_behind(place.first, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_job)), slot->hop_in, hop_bytes(slot));
    rsd_ring_write_commit(worker->jobs, 1u); /* read by the worker in rsd_worker_step */
    slot->reset_pending = false;
    return sequence;
}

/* Copies result `sequence` into the slot; what is older came too late to be heard and is dropped. false: not there. */
static bool receive(rsd_slot *slot, uint32_t sequence)
{
    rsd_worker *worker = slot->worker;
    rsd_ring_region item;
    while (rsd_ring_read_region(worker->results, 1u, &item) == 1u) {
        const rsd_frame_result *result = item.first;
        const int32_t age = (int32_t)(sequence - result->sequence); /* numbers wrap: compared by distance */
        if (age < 0) return false;
        if (age == 0) {
            slot->result = *result;
            memcpy(slot->hop_out, samples_behind(item.first, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_result)),
                   hop_bytes(slot));
        }
        rsd_ring_read_commit(worker->results, 1u);
        if (age == 0) return true;
    }
    return false;
}

static uint32_t patch_length(const rsd_slot *slot)
{
    return slot->info.hop_samples < RSD_SLOT_PATCH_SAMPLES ? slot->info.hop_samples : RSD_SLOT_PATCH_SAMPLES;
}

/* A hop of silence, reached from the last sample that was heard without a step. */
static void fade_to_silence(rsd_slot *slot)
{
    const uint32_t hop = slot->info.hop_samples, length = patch_length(slot);
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        float *out = slot->hop_out + c * hop;
        const float last = out[hop - 1u];
        memset(out, 0, hop * sizeof *out);
        for (uint32_t i = 0; i < length; i++) out[i] = last * (float)(length - 1u - i) / (float)length;
    }
}

static void fade_from_silence(rsd_slot *slot)
{
    const uint32_t hop = slot->info.hop_samples, length = patch_length(slot);
    for (uint32_t c = 0; c < slot->channel_count; c++)
        for (uint32_t i = 0; i < length; i++) slot->hop_out[c * hop + i] *= (float)(i + 1u) / (float)length;
}

bool rsd_worker_exchange(rsd_slot *slot, uint32_t *late_frame_count)
{
    rsd_worker *worker = slot->worker;
    const uint32_t due = worker->awaited_sequence;
    worker->awaited_sequence = submit(slot);
    if (due == 0u) { /* the first hop after a start: nothing to hear yet */
        memset(slot->hop_out, 0, hop_bytes(slot));
        return false;
    }
    const bool in_time = receive(slot, due);
    if (!in_time) {
        fade_to_silence(slot);
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
    worker->patching = false;
}

bool rsd_worker_step(rsd_slot *slot)
{
    rsd_worker *worker = slot->worker;
    rsd_ring_region job_item, result_item;
    if (rsd_ring_read_region(worker->jobs, 1u, &job_item) == 0u) return false;        /* written by audio in submit */
    if (rsd_ring_write_region(worker->results, 1u, &result_item) == 0u) return false; /* emptied by audio in receive */
    rsd_slot_code_frame(slot, job_item.first,
                        samples_behind(job_item.first, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_job)), result_item.first,
                        samples_behind(result_item.first, RSD_QUEUE_ITEM_HEADER_BYTES(rsd_frame_result)));
    rsd_ring_write_commit(worker->results, 1u); /* read by audio in receive */
    rsd_ring_read_commit(worker->jobs, 1u);     /* last: a job that is gone has its result in place */
    return true;
}

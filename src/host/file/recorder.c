// SPDX-License-Identifier: MIT
// A recording: the audio thread hands over blocks, a thread writes them.
#include "host/file/recorder.h"

#include "base/error.h"
#include "base/memory.h"
#include "host/file/soundfile.h"

#include <residuum/rsd_ring.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_NS 5000000L /* the writer thread looks into the ring this often */
#define FLUSH_EVERY 200u /* polls: once a second */

struct host_recorder {
    uint32_t channel_count, sample_rate_hz, capacity;
    void *ring_block;
    rsd_ring *ring;           /* items are frames of channel_count floats */
    atomic_bool armed;        /* audio thread may push: set and cleared by the control thread */
    atomic_bool pushing;      /* the audio thread is inside push */
    _Atomic uint64_t dropped; /* audio thread adds, control thread reads */
    _Atomic uint64_t written; /* writer thread adds, control thread reads */
    atomic_bool stop_asked, failed;
    bool recording; /* control thread only, as all below */
    char path[4096];
    pthread_t thread;
    host_writer *writer; /* the writer thread's while it runs */
    host_write_report report;
    rsd_error error; /* written by the writer thread before `failed` */
};

static uint32_t ring_capacity(uint32_t sample_rate_hz)
{
    uint32_t capacity = 1024u;
    while (capacity < 2u * sample_rate_hz) capacity *= 2u;
    return capacity;
}

rsd_status host_recorder_create(uint32_t channel_count, uint32_t sample_rate_hz, host_recorder **recorder,
                                rsd_error *error)
{
    if (channel_count < 1u || channel_count > HOST_SOUND_MAX_CHANNELS || sample_rate_hz < 1000u ||
        sample_rate_hz > 768000u)
        return base_error_set(error, RSD_ERR_ARG, "cannot record %u channels at %u Hz", channel_count, sample_rate_hz);
    host_recorder *self = calloc(1, sizeof *self);
    const uint32_t capacity = ring_capacity(sample_rate_hz);
    const size_t bytes = rsd_ring_size_bytes(capacity, channel_count * (uint32_t)sizeof(float));
    if (self) self->ring_block = base_calloc_64(bytes); /* touched: the audio thread meets no page that is not there */
    if (!self || !self->ring_block ||
        rsd_ring_init(self->ring_block, bytes, capacity, channel_count * (uint32_t)sizeof(float), &self->ring) !=
            RSD_OK) {
        host_recorder_destroy(self);
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for the recorder");
    }
    self->capacity = capacity;
    self->channel_count = channel_count;
    self->sample_rate_hz = sample_rate_hz;
    *recorder = self;
    return RSD_OK;
}

void host_recorder_destroy(host_recorder *recorder)
{
    if (!recorder) return;
    if (recorder->recording && host_recorder_stop(recorder, NULL) != RSD_OK) {
        /* What could be written is in the file; there is no one left to tell. */
    }
    free(recorder->ring_block);
    free(recorder);
}

/* ---- writer thread
 * ---------------------------------------------------------------------------------------------------- */

static void write_run(host_recorder *self, const void *frames, uint32_t count)
{
    if (count == 0u || atomic_load(&self->failed)) return;
    if (host_writer_write_interleaved(self->writer, frames, count, &self->error) != RSD_OK) {
        atomic_store(&self->failed, true);
        return;
    }
    atomic_fetch_add(&self->written, count);
}

/* Takes all that is in the ring; also after a failure, so that the ring does not fill. */
static void drain(host_recorder *self)
{
    rsd_ring_region region;
    const uint32_t count = rsd_ring_read_region(self->ring, UINT32_MAX, &region);
    write_run(self, region.first, region.first_count);
    write_run(self, region.second, region.second_count);
    rsd_ring_read_commit(self->ring, count);
}

static void *write_loop(void *context)
{
    host_recorder *self = context;
    for (uint32_t polls = 1; !atomic_load(&self->stop_asked); polls++) {
        drain(self);
        if (polls % FLUSH_EVERY == 0u && !atomic_load(&self->failed)) host_writer_flush(self->writer);
        nanosleep(&(struct timespec){0, POLL_NS}, NULL);
    }
    drain(self);
    return NULL;
}

/* ---- control thread
 * ----------------------------------------------------------------------------------------------------- */

rsd_status host_recorder_start(host_recorder *recorder, const char *path, rsd_error *error)
{
    if (recorder->recording)
        return base_error_set(error, RSD_ERR_ARG, "already recording into '%s': stop that first", recorder->path);
    const host_writer_config config = {.channel_count = recorder->channel_count,
                                       .rate_hz = recorder->sample_rate_hz,
                                       .is_recording = true,
                                       .report = &recorder->report};
    recorder->report = (host_write_report){0};
    const rsd_status status = host_writer_open(path, &config, &recorder->writer, error);
    if (status != RSD_OK) return status;
    atomic_store(&recorder->stop_asked, false);
    atomic_store(&recorder->failed, false);
    atomic_store(&recorder->written, 0u);
    snprintf(recorder->path, sizeof recorder->path, "%s", path);
    host_writer_flush(recorder->writer);
    if (pthread_create(&recorder->thread, NULL, write_loop, recorder) != 0) {
        host_writer_discard(recorder->writer);
        return base_error_set(error, RSD_ERR_THREAD, "no thread to record into '%s'", path);
    }
    recorder->recording = true;
    atomic_store(&recorder->armed, true);
    return RSD_OK;
}

rsd_status host_recorder_stop(host_recorder *recorder, rsd_error *error)
{
    if (!recorder->recording) return RSD_OK;
    /* After this no push begins; one that has begun is over in microseconds, and its samples are still taken. */
    atomic_store(&recorder->armed, false);
    while (atomic_load(&recorder->pushing)) nanosleep(&(struct timespec){0, 100000L}, NULL);
    atomic_store(&recorder->stop_asked, true);
    pthread_join(recorder->thread, NULL);
    recorder->recording = false;
    const bool failed = atomic_load(&recorder->failed);
    const rsd_status closed = host_writer_close(recorder->writer, failed ? NULL : error);
    if (failed) return base_error_set(error, RSD_ERR_IO, "%s", recorder->error.text);
    return closed;
}

void host_recorder_get_status(host_recorder *recorder, host_recorder_status *status)
{
    *status = (host_recorder_status){.recording = recorder->recording,
                                     .sample_count = atomic_load(&recorder->written),
                                     .dropped_count = atomic_load(&recorder->dropped),
                                     .failed = atomic_load(&recorder->failed)};
    if (!recorder->recording) status->report = recorder->report;
    memcpy(status->path, recorder->path, sizeof status->path);
    if (status->failed) status->error = recorder->error;
}

/* ---- audio thread
 * ----------------------------------------------------------------------------------------------------------- */

static void interleave(const host_recorder *self, const float *const *samples, uint32_t from, float *frames,
                       uint32_t count)
{
    for (uint32_t c = 0; c < self->channel_count; c++) {
        for (uint32_t i = 0; i < count; i++) frames[(size_t)i * self->channel_count + c] = samples[c][from + i];
    }
}

void host_recorder_push(host_recorder *recorder, const float *const *samples, uint32_t sample_count)
{
    /* Sequentially consistent with stop(): either it sees `pushing`, or this sees `armed` gone. */
    atomic_store(&recorder->pushing, true);
    if (atomic_load(&recorder->armed)) {
        rsd_ring_region region;
        const uint32_t taken = rsd_ring_write_region(recorder->ring, sample_count, &region);
        interleave(recorder, samples, 0, region.first, region.first_count);
        interleave(recorder, samples, region.first_count, region.second, region.second_count);
        rsd_ring_write_commit(recorder->ring, taken);
        if (taken < sample_count)
            atomic_fetch_add_explicit(&recorder->dropped, sample_count - taken, memory_order_relaxed);
    }
    atomic_store(&recorder->pushing, false);
}

uint32_t host_recorder_queued(const host_recorder *recorder)
{
    return recorder->capacity - rsd_ring_writable(recorder->ring);
}

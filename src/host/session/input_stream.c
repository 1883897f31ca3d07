// SPDX-License-Identifier: MIT
// A long input file, read ahead by a thread of its own.
#include "host/session/input_stream.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/read_file.h"

#include <residuum/rsd_ring.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define AHEAD_SECONDS 4u
#define PART_SAMPLES 512u /* read at once: short, so that the thread ends soon after it is told to */
#define POLL_NS 5000000L
#define NAP_NS 200000L
#define MOST_NAPS 10000u /* 2 s and a little */

struct host_input_stream {
    uint32_t channel_count, rate_hz;
    uint32_t file_channel_count;
    void *ring_block;
    rsd_ring *ring; /* items are frames of channel_count floats */
    char *path;
    host_reader *reader; /* the reading thread's while it runs */
    pthread_t thread;
    bool has_thread;
    atomic_bool stop_asked;   /* set by destroy */
    atomic_bool ended;        /* set by the reading thread: nothing more comes. `error` is written before it */
    atomic_bool cut_short;    /* set by the reading thread: the file broke off. `error` is written before it */
    _Atomic uint64_t missing; /* audio thread adds, control thread reads */
    rsd_error error;
    float rows[HOST_SOUND_MAX_CHANNELS][PART_SAMPLES];
};

static void nap(void) { nanosleep(&(struct timespec){0, POLL_NS}, NULL); }

/* ---- what can be looped ---- */

rsd_status host_input_check_repeatable(const char *path, rsd_error *error)
{
    struct stat info;
    const bool is_standard = strcmp(path, "-") == 0;
    if (!is_standard && stat(path, &info) != 0) return RSD_OK; // the reader says why
    // Of other kinds of file the reader says what they are, unless they were given as descriptors.
    if (!is_standard && (S_ISREG(info.st_mode) || (!S_ISFIFO(info.st_mode) && !base_is_given_descriptor(path))))
        return RSD_OK;
    return base_error_set(
        error, RSD_ERR_UNSUPPORTED,
        "%s%s%s cannot be the input file: it is played again and again, and a stream can be read only "
        "once; save the sound to a file first",
        is_standard ? "" : "'", is_standard ? "standard input" : path, is_standard ? "" : "'");
}

/* ---- the reading thread ---- */

/* The file's channels as the engine's, as host_input does with a whole sound: mono to all, too many to their mean. */
static void turn(const host_input_stream *self, uint32_t from, float *frames, uint32_t count)
{
    const uint32_t files = self->file_channel_count, wanted = self->channel_count;
    for (uint32_t i = 0; i < count; i++, frames += wanted) {
        float sum = 0.0f;
        for (uint32_t c = 0; c < files; c++) sum += self->rows[c][from + i];
        for (uint32_t c = 0; c < wanted; c++)
            frames[c] = files > wanted ? sum / (float)files : self->rows[c < files ? c : files - 1u][from + i];
    }
}

/* False: the file cannot be opened any more. */
static bool begin_anew(host_input_stream *self)
{
    host_reader_info info;
    rsd_error error;
    host_reader_close(self->reader);
    self->reader = NULL;
    // A FIFO of that name by now would hold this thread until somebody writes to it, and stopping with it.
    if (host_input_check_repeatable(self->path, &error) != RSD_OK ||
        host_reader_open(self->path, self->rate_hz, &self->reader, &error) != RSD_OK) {
        if (!atomic_load(&self->cut_short)) self->error = error;
        return false;
    }
    host_reader_get_info(self->reader, &info);
    if (info.channel_count == self->file_channel_count) return true;
    if (!atomic_load(&self->cut_short))
        base_error_set(&self->error, RSD_ERR_FORMAT, "'%s' has another number of channels now", self->path);
    return false;
}

/* A file that breaks off is played up to there, again and again; that is told once. */
static uint32_t read_part(host_input_stream *self, uint32_t count)
{
    float *rows[HOST_SOUND_MAX_CHANNELS];
    uint32_t got = 0;
    rsd_error error;
    for (uint32_t c = 0; c < self->file_channel_count; c++) rows[c] = self->rows[c];
    const rsd_status status = host_reader_read(self->reader, rows, count, &got, &error);
    if (status == RSD_OK || atomic_load(&self->cut_short)) return got;
    self->error = error;
    atomic_store(&self->cut_short, true);
    return got;
}

/* True while there is more to come. `*is_new`: nothing was read since the file was opened. */
static bool fill(host_input_stream *self, bool *is_new)
{
    rsd_ring_region region;
    const uint32_t room = rsd_ring_write_region(self->ring, PART_SAMPLES, &region);
    if (room == 0u) {
        nap();
        return true;
    }
    const uint32_t got = read_part(self, room);
    if (got == 0u) {
        // A file without a sample would be opened for ever.
        if (*is_new && !atomic_load(&self->cut_short))
            base_error_set(&self->error, RSD_ERR_FORMAT, "'%s' holds no sound any more", self->path);
        if (*is_new) return false;
        *is_new = true;
        return begin_anew(self);
    }
    *is_new = false;
    const uint32_t first = got < region.first_count ? got : region.first_count;
    turn(self, 0, region.first, first);
    turn(self, first, region.second, got - first);
    rsd_ring_write_commit(self->ring, got);
    return true;
}

static void *read_loop(void *context)
{
    host_input_stream *self = context;
    bool is_new = true;
    while (!atomic_load(&self->stop_asked) && fill(self, &is_new)) continue;
    atomic_store(&self->ended, true);
    return NULL;
}

/* ---- setup ---- */

static rsd_status make_ring(host_input_stream *self, rsd_error *error)
{
    const uint32_t frame_bytes = self->channel_count * (uint32_t)sizeof(float);
    uint32_t capacity = 1024u;
    while (capacity < AHEAD_SECONDS * self->rate_hz) capacity *= 2u;
    const size_t bytes = rsd_ring_size_bytes(capacity, frame_bytes);
    self->ring_block = base_alloc_64(bytes);
    if (self->ring_block && rsd_ring_init(self->ring_block, bytes, capacity, frame_bytes, &self->ring) == RSD_OK)
        return RSD_OK;
    return base_error_set(error, RSD_ERR_MEMORY, "no memory for the input");
}

rsd_status host_input_stream_create(const char *path, host_reader *reader, uint32_t channel_count,
                                    host_input_stream **stream, rsd_error *error)
{
    host_reader_info info;
    host_reader_get_info(reader, &info);
    host_input_stream *self = calloc(1, sizeof *self);
    if (!self) {
        host_reader_close(reader);
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for the input");
    }
    self->reader = reader;
    self->channel_count = channel_count;
    self->rate_hz = info.sample_rate_hz;
    self->file_channel_count = info.channel_count;
    self->path = strdup(path);
    rsd_status status = self->path ? make_ring(self, error) : base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    if (status == RSD_OK && pthread_create(&self->thread, NULL, read_loop, self) != 0)
        status = base_error_set(error, RSD_ERR_THREAD, "no thread to read '%s'", path);
    if (status != RSD_OK) {
        host_input_stream_destroy(self);
        return status;
    }
    self->has_thread = true;
    host_input_stream_wait(self, self->rate_hz / 2u);
    *stream = self;
    return RSD_OK;
}

void host_input_stream_destroy(host_input_stream *stream)
{
    if (!stream) return;
    atomic_store(&stream->stop_asked, true);
    if (stream->has_thread) pthread_join(stream->thread, NULL);
    host_reader_close(stream->reader);
    free(stream->ring_block);
    free(stream->path);
    free(stream);
}

void host_input_stream_get_status(host_input_stream *stream, host_input_status *status)
{
    *status = (host_input_status){.missing_count = atomic_load(&stream->missing)};
    status->failed = atomic_load(&stream->ended) || atomic_load(&stream->cut_short);
    if (status->failed) status->error = stream->error;
}

/* ---- audio thread ---- */

static void spread(const host_input_stream *self, const float *frames, uint32_t count, float *const *out, uint32_t from)
{
    for (uint32_t c = 0; c < self->channel_count; c++)
        for (uint32_t i = 0; i < count; i++) out[c][from + i] = frames[(size_t)i * self->channel_count + c];
}

void host_input_stream_read(host_input_stream *stream, float *const *out, uint32_t sample_count)
{
    rsd_ring_region region;
    const uint32_t got = rsd_ring_read_region(stream->ring, sample_count, &region);
    spread(stream, region.first, region.first_count, out, 0);
    spread(stream, region.second, region.second_count, out, region.first_count);
    rsd_ring_read_commit(stream->ring, got);
    if (got == sample_count) return;
    for (uint32_t c = 0; c < stream->channel_count; c++) memset(out[c] + got, 0, (sample_count - got) * sizeof(float));
    atomic_fetch_add_explicit(&stream->missing, sample_count - got, memory_order_relaxed);
}

uint32_t host_input_stream_queued(const host_input_stream *stream) { return rsd_ring_readable(stream->ring); }

void host_input_stream_wait(host_input_stream *stream, uint32_t sample_count)
{
    rsd_ring_region region;
    /* `ended` first: what was put into the ring before it is seen after it. A disk that hangs costs silence. */
    for (uint32_t naps = 0; naps < MOST_NAPS && !atomic_load(&stream->ended); naps++) {
        if (rsd_ring_read_region(stream->ring, sample_count, &region) >= sample_count) return;
        nanosleep(&(struct timespec){0, NAP_NS}, NULL);
    }
}

// SPDX-License-Identifier: MIT
// Tapped frames into a compact stream on the disk.
#include "host/session/tap_file.h"

#include "base/error.h"

#include <residuum/rsd_engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_BYTES 4096u
#define MOST_FILES 10000u

struct host_tap_file {
    rsd_token_writer *writer; /* NULL once it has ended */
    rsd_token_stream_info info;
    host_tap_describe describe; /* NULL: another codec is the end */
    void *describe_context;
    char first_path[NAME_BYTES], path[NAME_BYTES];
    uint64_t frames_before, bytes_before; /* in files before this one */
    host_tap_file_status status;
    bool has_first, is_again; /* is_again: the codec's next instance goes on in this file */
    uint64_t first, index;    /* of the stream's frame 0; of the frames that are collected */
    uint32_t channel_bits;    /* channels whose frame of that index is there */
    rsd_token_frame frames[RSD_ENGINE_MAX_CHANNELS];
};

static rsd_status begin(host_tap_file *self, const rsd_token_stream_info *info, rsd_error *error)
{
    const rsd_status status = rsd_token_writer_create(self->path, info, &self->writer, error);
    if (status != RSD_OK) return status;
    self->info = *info;
    self->has_first = self->is_again = false;
    self->status.file_count++;
    return RSD_OK;
}

rsd_status host_tap_file_create(const char *path, const rsd_token_stream_info *info, host_tap_file **file,
                                rsd_error *error)
{
    if (strlen(path) >= NAME_BYTES) return base_error_set(error, RSD_ERR_ARG, "the name is too long: %.80s...", path);
    host_tap_file *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    snprintf(self->first_path, sizeof self->first_path, "%s", path);
    snprintf(self->path, sizeof self->path, "%s", path);
    const rsd_status status = begin(self, info, error);
    if (status == RSD_OK)
        *file = self;
    else
        free(self);
    return status;
}

void host_tap_file_follow(host_tap_file *file, host_tap_describe describe, void *context)
{
    file->describe = describe;
    file->describe_context = context;
}

/* Sound of this file's frames, less what the last of them have not played yet. */
static uint64_t sample_count(const host_tap_file *self)
{
    const rsd_codec_info *codec = &self->info.codec;
    const double hop = (double)codec->hop_samples * self->info.sample_rate_hz / codec->sample_rate_hz;
    const double frames = (double)(self->status.frame_count - self->frames_before);
    const double samples = frames * hop - self->info.latency_samples;
    return samples > 0.0 ? (uint64_t)samples : 0u;
}

static rsd_status end(host_tap_file *self, rsd_error *error)
{
    rsd_token_writer *writer = self->writer;
    self->writer = NULL;
    return writer ? rsd_token_writer_close(writer, sample_count(self), error) : RSD_OK;
}

/* `status.error` says why. */
static void end_early(host_tap_file *self)
{
    rsd_error ignored;
    self->status.has_ended = true;
    (void)!end(self, &ignored);
}

static void count(host_tap_file *self)
{
    self->status.frame_count = self->frames_before + rsd_token_writer_frame_count(self->writer);
    self->status.size_bytes = self->bytes_before + rsd_token_writer_size_bytes(self->writer);
}

static void write_frames(host_tap_file *self)
{
    const rsd_status status =
        rsd_token_writer_append(self->writer, self->index - self->first, self->frames, &self->status.error);
    count(self);
    if (status != RSD_OK) end_early(self);
}

/* ---- another codec ---- */

static bool is_same(const rsd_token_stream_info *a, const rsd_token_stream_info *b)
{
    return a->fingerprint == b->fingerprint && strcmp(a->codec_name, b->codec_name) == 0 &&
           a->codec.sample_rate_hz == b->codec.sample_rate_hz;
}

static rsd_status choose_path(host_tap_file *self, rsd_error *error)
{
    const size_t stem = strlen(self->first_path) - strlen(strrchr(self->first_path, '.'));
    for (uint32_t n = self->status.file_count + 1u; n < MOST_FILES; n++) {
        const int length = snprintf(self->path, sizeof self->path, "%.*s-%u%s", (int)stem, self->first_path, n,
                                    self->first_path + stem);
        if (length >= (int)sizeof self->path) break;
        if (access(self->path, F_OK) != 0) return RSD_OK;
    }
    return base_error_set(error, RSD_ERR_ARG, "there is no name left for what follows '%s'", self->first_path);
}

static rsd_status begin_next(host_tap_file *self, const rsd_token_stream_info *info, rsd_error *error)
{
    rsd_status status = end(self, error);
    self->frames_before = self->status.frame_count;
    self->bytes_before = self->status.size_bytes;
    if (status == RSD_OK) status = choose_path(self, error);
    return status == RSD_OK ? begin(self, info, error) : status;
}

static void take_codec(host_tap_file *self)
{
    rsd_error *error = &self->status.error;
    rsd_token_stream_info info;
    rsd_status status = RSD_ERR_UNSUPPORTED;
    self->channel_bits = 0;
    if (!self->describe)
        base_error_set(error, status, "another codec came, and a stream has one");
    else if (self->describe(self->describe_context, &info, error)) {
        self->is_again = is_same(&info, &self->info);
        status = self->is_again ? RSD_OK : begin_next(self, &info, error);
    }
    if (status != RSD_OK) end_early(self);
}

/* An instance may count its frames from before those of the one that it follows: they are put behind them. */
static void line_up(host_tap_file *self, uint64_t frame_index)
{
    if (!self->has_first) self->first = frame_index;
    if (self->is_again && frame_index <= self->index) self->first -= self->index + 1u - frame_index;
    self->has_first = true;
    self->is_again = false;
}

void host_tap_file_take(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    host_tap_file *self = context;
    if (!self->writer) return;
    if (!frame) {
        take_codec(self);
        return;
    }
    if (channel >= self->info.channel_count) return;
    const bool is_begun = self->has_first && !self->is_again && frame_index == self->index;
    if (!is_begun) self->channel_bits = 0;
    if (!self->has_first || self->is_again) line_up(self, frame_index);
    self->index = frame_index;
    self->frames[channel] = *frame;
    self->channel_bits |= 1u << channel;
    if (self->channel_bits == (1u << self->info.channel_count) - 1u) write_frames(self);
}

void host_tap_file_get_status(const host_tap_file *file, host_tap_file_status *status)
{
    *status = file->status;
    status->path = file->path;
}

rsd_status host_tap_file_close(host_tap_file *file, rsd_error *error)
{
    if (!file) return RSD_OK;
    const rsd_status status = end(file, error);
    free(file);
    return status;
}

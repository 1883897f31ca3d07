// SPDX-License-Identifier: MIT
// Tapped frames into a compact stream on the disk.
#include "host/session/tap_file.h"

#include "base/error.h"

#include <residuum/rsd_engine.h>

#include <stdlib.h>

struct host_tap_file {
    rsd_token_writer *writer; /* NULL once it has ended */
    rsd_token_stream_info info;
    host_tap_file_status status;
    bool has_first;
    uint64_t first, index; /* of the stream's frame 0; of the frames that are collected */
    uint32_t channel_bits; /* channels whose frame of that index is there */
    rsd_token_frame frames[RSD_ENGINE_MAX_CHANNELS];
};

rsd_status host_tap_file_create(const char *path, const rsd_token_stream_info *info, host_tap_file **file,
                                rsd_error *error)
{
    host_tap_file *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    self->info = *info;
    const rsd_status status = rsd_token_writer_create(path, info, &self->writer, error);
    if (status == RSD_OK)
        *file = self;
    else
        free(self);
    return status;
}

/* Sound of the frames, less what the last of them have not played yet. */
static uint64_t sample_count(const host_tap_file *self)
{
    const rsd_codec_info *codec = &self->info.codec;
    const double hop = (double)codec->hop_samples * self->info.sample_rate_hz / codec->sample_rate_hz;
    const double samples = (double)self->status.frame_count * hop - self->info.latency_samples;
    return samples > 0.0 ? (uint64_t)samples : 0u;
}

static rsd_status end(host_tap_file *self, rsd_error *error)
{
    rsd_token_writer *writer = self->writer;
    self->writer = NULL;
    return writer ? rsd_token_writer_close(writer, sample_count(self), error) : RSD_OK;
}

static void end_early(host_tap_file *self)
{
    rsd_error ignored;
    self->status.has_ended = true;
    (void)!end(self, &ignored);
}

static void write_frames(host_tap_file *self)
{
    const rsd_status status =
        rsd_token_writer_append(self->writer, self->index - self->first, self->frames, &self->status.error);
    self->status.frame_count = rsd_token_writer_frame_count(self->writer);
    self->status.size_bytes = rsd_token_writer_size_bytes(self->writer);
    if (status != RSD_OK) end_early(self);
}

void host_tap_file_take(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    host_tap_file *self = context;
    if (!self->writer) return;
    if (!frame) {
        base_error_set(&self->status.error, RSD_ERR_UNSUPPORTED, "another codec came, and a stream has one");
        end_early(self);
        return;
    }
    if (channel >= self->info.channel_count) return;
    if (!self->has_first) self->first = frame_index;
    if (!self->has_first || frame_index != self->index) self->channel_bits = 0;
    self->has_first = true;
    self->index = frame_index;
    self->frames[channel] = *frame;
    self->channel_bits |= 1u << channel;
    if (self->channel_bits == (1u << self->info.channel_count) - 1u) write_frames(self);
}

void host_tap_file_get_status(const host_tap_file *file, host_tap_file_status *status) { *status = file->status; }

rsd_status host_tap_file_close(host_tap_file *file, rsd_error *error)
{
    if (!file) return RSD_OK;
    const rsd_status status = end(file, error);
    free(file);
    return status;
}

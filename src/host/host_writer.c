// SPDX-License-Identifier: MIT
#include "host_soundfile_internal.h"

#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct host_writer {
    SNDFILE *file;
    SRC_STATE *converter; /* NULL: the same rate */
    host_writer_config config;
    uint64_t given_count, file_count; /* samples taken from the caller, and put into the file */
    bool failed;
    char name[512];
    float *block, *converted; /* HOST_FILE_BLOCK x channels each, interleaved */
};

static void destroy(host_writer *writer)
{
    if (writer->file) sf_close(writer->file);
    if (writer->converter) src_delete(writer->converter);
    free(writer->block);
    free(writer->converted);
    free(writer);
}

static rsd_status check_config(const char *path, const host_writer_config *config, rsd_error *error)
{
    if (config->channel_count < 1u || config->channel_count > HOST_SOUND_MAX_CHANNELS)
        return rsd_error_set(error, RSD_ERR_ARG, "%s: %u channels; 1 to %u can be written", path, config->channel_count,
                             HOST_SOUND_MAX_CHANNELS);
    if (config->rate_hz == 0u) return rsd_error_set(error, RSD_ERR_ARG, "%s: no sample rate", path);
    return RSD_OK;
}

static rsd_status open_file(host_writer *self, const char *path, SF_INFO *info, rsd_error *error)
{
    errno = 0;
    self->file = sf_open(path, SFM_WRITE, info);
    const int saved_errno = errno;
    if (!self->file)
        return rsd_error_set(error, RSD_ERR_IO, "cannot write %s: %s", path, host_open_reason(saved_errno));
    sf_command(self->file, SFC_SET_CLIPPING, NULL, SF_TRUE);
    return RSD_OK;
}

rsd_status host_writer_open(const char *path, const host_writer_config *config, host_writer **writer, rsd_error *error)
{
    SF_INFO info;
    rsd_status status = check_config(path, config, error);
    if (status == RSD_OK) status = host_format_for(path, config, &info, error);
    if (status != RSD_OK) return status;
    host_writer *self = calloc(1, sizeof *self);
    if (!self) return rsd_error_set(error, RSD_ERR_MEMORY, "%s: no memory", path);
    self->config = *config;
    self->config.file_rate_hz = config->file_rate_hz ? config->file_rate_hz : config->rate_hz;
    snprintf(self->name, sizeof self->name, "%s", path);
    self->block = malloc(HOST_FILE_BLOCK * config->channel_count * sizeof(float));
    self->converted = malloc(HOST_FILE_BLOCK * config->channel_count * sizeof(float));
    status = self->block && self->converted
                 ? host_open_converter(&self->converter, self->name, self->config.channel_count, self->config.rate_hz,
                                       self->config.file_rate_hz, error)
                 : rsd_error_set(error, RSD_ERR_MEMORY, "%s: no memory", path);
    if (status == RSD_OK)
        status = open_file(self, path, &info, error); /* last: a failure before it harms no old file */
    if (status != RSD_OK) {
        destroy(self);
        return status;
    }
    *writer = self;
    return RSD_OK;
}

static rsd_status put(host_writer *self, const float *samples, uint32_t count, rsd_error *error)
{
    const sf_count_t written = sf_writef_float(self->file, samples, count);
    if (written > 0) self->file_count += (uint64_t)written;
    // The MP3 writer counts samples that the disk did not take; only the error tells.
    if (written == (sf_count_t)count && !sf_error(self->file)) return RSD_OK;
    self->failed = true;
    return rsd_error_set(error, RSD_ERR_IO, "cannot write %s after %llu samples: %s", self->name,
                         (unsigned long long)self->file_count,
                         sf_error(self->file) ? sf_strerror(self->file) : "the disk took less than was given");
}

/* Never past the length that close promises: the converter may give a sample more or less than the rounded ratio. */
static rsd_status put_converted(host_writer *self, uint32_t count, bool at_end, rsd_error *error)
{
    const uint64_t total = host_converted_count(self->given_count, self->config.rate_hz, self->config.file_rate_hz);
    if (at_end && self->file_count + count > total)
        count = total > self->file_count ? (uint32_t)(total - self->file_count) : 0u;
    return count ? put(self, self->converted, count, error) : RSD_OK;
}

/* `samples` is ours or the caller's, at most HOST_FILE_BLOCK; count 0 with at_end drains the converter. */
static rsd_status convert(host_writer *self, const float *samples, uint32_t count, bool at_end, rsd_error *error)
{
    for (;;) {
        SRC_DATA data = {.data_in = samples,
                         .data_out = self->converted,
                         .input_frames = count,
                         .output_frames = HOST_FILE_BLOCK,
                         .end_of_input = at_end,
                         .src_ratio = (double)self->config.file_rate_hz / (double)self->config.rate_hz};
        const int code = src_process(self->converter, &data);
        if (code != 0) return rsd_error_set(error, RSD_ERR_IO, "%s: %s", self->name, src_strerror(code));
        samples += (size_t)data.input_frames_used * self->config.channel_count;
        count -= (uint32_t)data.input_frames_used;
        const rsd_status status = put_converted(self, (uint32_t)data.output_frames_gen, at_end, error);
        if (status != RSD_OK) return status;
        if (data.output_frames_gen == 0 && (count == 0u || data.input_frames_used == 0)) return RSD_OK;
    }
}

static rsd_status write_part(host_writer *self, const float *samples, uint32_t count, rsd_error *error)
{
    self->given_count += count;
    return self->converter ? convert(self, samples, count, false, error) : put(self, samples, count, error);
}

rsd_status host_writer_write_interleaved(host_writer *writer, const float *in, uint32_t count, rsd_error *error)
{
    rsd_status status = RSD_OK;
    for (uint32_t start = 0; start < count && status == RSD_OK; start += HOST_FILE_BLOCK) {
        const uint32_t part = count - start < HOST_FILE_BLOCK ? count - start : HOST_FILE_BLOCK;
        status = write_part(writer, in + (size_t)start * writer->config.channel_count, part, error);
    }
    return status;
}

rsd_status host_writer_write(host_writer *writer, const float *const *in, uint32_t count, rsd_error *error)
{
    const uint32_t channels = writer->config.channel_count;
    rsd_status status = RSD_OK;
    for (uint32_t start = 0; start < count && status == RSD_OK; start += HOST_FILE_BLOCK) {
        const uint32_t part = count - start < HOST_FILE_BLOCK ? count - start : HOST_FILE_BLOCK;
        for (uint32_t c = 0; c < channels; c++)
            for (uint32_t i = 0; i < part; i++) writer->block[(size_t)i * channels + c] = in[c][start + i];
        status = write_part(writer, writer->block, part, error);
    }
    return status;
}

void host_writer_flush(host_writer *writer)
{
    sf_command(writer->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
    sf_write_sync(writer->file);
}

static rsd_status pad(host_writer *self, rsd_error *error)
{
    const uint64_t total = host_converted_count(self->given_count, self->config.rate_hz, self->config.file_rate_hz);
    memset(self->converted, 0, HOST_FILE_BLOCK * self->config.channel_count * sizeof(float));
    rsd_status status = RSD_OK;
    while (status == RSD_OK && self->file_count < total) {
        const uint64_t left = total - self->file_count;
        status = put(self, self->converted, left < HOST_FILE_BLOCK ? (uint32_t)left : HOST_FILE_BLOCK, error);
    }
    return status;
}

rsd_status host_writer_close(host_writer *writer, rsd_error *error)
{
    if (!writer) return RSD_OK;
    rsd_status status = RSD_OK;
    if (writer->converter && !writer->failed) {
        status = convert(writer, writer->block, 0u, true, error);
        if (status == RSD_OK) status = pad(writer, error);
    }
    const int late = sf_error(writer->file), closed = sf_close(writer->file);
    const int code = late != 0 ? late : closed;
    writer->file = NULL;
    if (code != 0 && status == RSD_OK)
        status = rsd_error_set(error, RSD_ERR_IO, "cannot finish %s: %s", writer->name, sf_error_number(code));
    destroy(writer);
    return status;
}

// SPDX-License-Identifier: MIT
// Sound files, written block by block; they appear whole.
#include "host/file/soundfile_internal.h"

#include "base/error.h"
#include "base/write_file_atomic.h"

#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct host_writer {
    SNDFILE *file;
    base_output output;   /* that `file` writes into */
    SRC_STATE *converter; /* NULL: the same rate */
    host_writer_config config;
    uint64_t given_count, file_count; /* samples taken from the caller, and put into the file */
    uint64_t most_count;              /* samples that this kind of file can hold */
    int format;                       /* libsndfile's */
    bool failed;
    host_write_report report;
    char name[512];
    float *block, *converted; /* HOST_FILE_BLOCK x channels each, interleaved */
};

static void destroy(host_writer *writer)
{
    if (writer->file) sf_close(writer->file);
    base_output_abandon(&writer->output);
    if (writer->converter) src_delete(writer->converter);
    free(writer->block);
    free(writer->converted);
    free(writer);
}

static rsd_status check_config(const char *path, const host_writer_config *config, rsd_error *error)
{
    if (config->channel_count < 1u || config->channel_count > HOST_SOUND_MAX_CHANNELS)
        return base_error_set(error, RSD_ERR_ARG, "%s: %u channels; 1 to %u can be written", path,
                              config->channel_count, HOST_SOUND_MAX_CHANNELS);
    if (config->rate_hz == 0u) return base_error_set(error, RSD_ERR_ARG, "%s: no sample rate", path);
    return RSD_OK;
}

/* A file that is asked for as RF64 by name is one at any length. */
static bool names_rf64(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot, ".rf64") == 0;
}

static rsd_status open_file(host_writer *self, const char *path, SF_INFO *info, rsd_error *error)
{
    const base_output_place place = self->config.is_recording ? BASE_OUTPUT_IN_PLACE_IF_NEW : BASE_OUTPUT_BESIDE;
    const rsd_status status = base_output_open(&self->output, path, place, error);
    if (status != RSD_OK) return status;
    errno = 0;
    self->file = host_open_fd(self->output.fd, SFM_WRITE, info);
    const int saved_errno = errno;
    if (!self->file)
        return base_error_set(error, RSD_ERR_IO, "cannot write '%s': %s", path, host_open_reason(saved_errno));
    sf_command(self->file, SFC_SET_CLIPPING, NULL, SF_TRUE);
    // A PEAK chunk holds the time of day: without it the same sound makes the same file.
    sf_command(self->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    if ((info->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RF64)
        sf_command(self->file, SFC_RF64_AUTO_DOWNGRADE, NULL, names_rf64(path) ? SF_FALSE : SF_TRUE);
    if (self->config.meta) host_meta_write(self->config.meta, self->file, self->config.meta_delay);
    self->format = info->format;
    const uint64_t frame_bytes = (uint64_t)host_format_sample_bytes(info->format) * self->config.channel_count;
    self->most_count = host_format_is_small(info->format) ? HOST_LIMIT_32_BIT / frame_bytes : UINT64_MAX;
    return RSD_OK;
}

rsd_status host_writer_open(const char *path, const host_writer_config *config, host_writer **writer, rsd_error *error)
{
    SF_INFO info;
    rsd_status status = check_config(path, config, error);
    if (status == RSD_OK) status = host_format_for(path, config, &info, error);
    if (status != RSD_OK) return status;
    host_writer *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "%s: no memory", path);
    self->output.fd = -1;
    self->config = *config;
    self->config.file_rate_hz = config->file_rate_hz ? config->file_rate_hz : config->rate_hz;
    snprintf(self->name, sizeof self->name, "%s", path);
    self->block = malloc(HOST_FILE_BLOCK * config->channel_count * sizeof(float));
    self->converted = malloc(HOST_FILE_BLOCK * config->channel_count * sizeof(float));
    status = self->block && self->converted
                 ? host_open_converter(&self->converter, self->name, self->config.channel_count, self->config.rate_hz,
                                       self->config.file_rate_hz, error)
                 : base_error_set(error, RSD_ERR_MEMORY, "%s: no memory", path);
    if (status == RSD_OK) status = open_file(self, path, &info, error);
    if (status != RSD_OK) {
        destroy(self);
        return status;
    }
    *writer = self;
    return RSD_OK;
}

static void count_clipped(host_writer *self, const float *samples, uint32_t count)
{
    if (!host_format_clips(self->format)) return;
    for (size_t i = 0; i < (size_t)count * self->config.channel_count; i++) {
        const float size = fabsf(samples[i]);
        if (!(size > 1.0f)) continue;
        self->report.clipped_count++;
        if (size > self->report.peak) self->report.peak = size;
    }
}

/* A recording that something else has the name of stays where it is: what had the name is whole, this is not. */
static rsd_status fail_to_put(host_writer *self, const char *reason, rsd_error *error)
{
    const bool is_beside = self->config.is_recording && !self->output.is_in_place && self->output.temporary_path;
    self->failed = true;
    return base_error_set(error, RSD_ERR_IO, "cannot write '%s' after %llu samples: %s%s%s", self->name,
                          (unsigned long long)self->file_count, reason, is_beside ? "; they are in " : "",
                          is_beside ? self->output.temporary_path : "");
}

/*
 * What went wrong, of libsndfile's code and errno right after the call: of Ogg and MP3 it says "internal error" or the
 * like where the system has said what it is. errno counts only where it is one of a disk; others may be old.
 */
static const char *write_reason(int code, int saved_errno)
{
    const bool is_of_disk = saved_errno == EFBIG || saved_errno == ENOSPC || saved_errno == EDQUOT ||
                            saved_errno == EIO || saved_errno == EPIPE;
    if (is_of_disk) return strerror(saved_errno);
    return code != 0 ? sf_error_number(code) : "the disk took less than was given";
}

static rsd_status put(host_writer *self, const float *samples, uint32_t count, rsd_error *error)
{
    if (count > self->most_count - self->file_count)
        return fail_to_put(self, "a file of this kind holds no more than 4 GiB; .wav, .w64 and .caf do", error);
    errno = 0;
    const sf_count_t written = sf_writef_float(self->file, samples, count);
    if (written > 0) self->file_count += (uint64_t)written;
    const int saved_errno = errno;
    /* The MP3 writer counts samples that the disk did not take; only the error tells. */
    if (written == (sf_count_t)count && !sf_error(self->file)) {
        count_clipped(self, samples, count);
        return RSD_OK;
    }
    return fail_to_put(self, write_reason(sf_error(self->file), saved_errno), error);
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
        if (code != 0) return base_error_set(error, RSD_ERR_IO, "%s: %s", self->name, src_strerror(code));
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

/* In the rest the samples are a stream of packets that says itself what it is; a header inside it would break it. */
static bool header_can_be_updated(int format)
{
    const int major = format & SF_FORMAT_TYPEMASK;
    return major != SF_FORMAT_OGG && major != SF_FORMAT_MPEG && major != SF_FORMAT_FLAC;
}

void host_writer_flush(host_writer *writer)
{
    if (header_can_be_updated(writer->format)) sf_command(writer->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
    if (!writer->output.is_direct && fdatasync(writer->output.fd) != 0) errno = 0; // the next write will say it
}

void host_writer_skip(host_writer *writer, uint64_t count)
{
    writer->given_count += count;
    writer->file_count += count;
    sf_seek(writer->file, (sf_count_t)count, SEEK_CUR);
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

/* Closes the sound and puts the file in place, or leaves what was there; what a recording has so far is kept. */
static rsd_status finish(host_writer *self, rsd_error *error)
{
    errno = 0;
    const int late = sf_error(self->file), closed = sf_close(self->file), saved_errno = errno;
    const int code = late != 0 ? late : closed;
    self->file = NULL;
    if (code != 0 && !self->config.is_recording) {
        base_output_abandon(&self->output);
        return base_error_set(error, RSD_ERR_IO, "cannot finish %s: %s", self->name, write_reason(code, saved_errno));
    }
    if (self->config.meta && self->config.report && !self->output.is_direct)
        host_meta_compare(self->config.meta, self->output.fd, self->report.lost);
    if (!self->failed) {
        const rsd_status status = base_output_commit(&self->output, error);
        return status != RSD_OK || code == 0 ? status
                                             : base_error_set(error, RSD_ERR_IO, "cannot finish %s: %s", self->name,
                                                              write_reason(code, saved_errno));
    }
    base_output_keep(&self->output);
    return RSD_OK;
}

rsd_status host_writer_close(host_writer *writer, rsd_error *error)
{
    if (!writer) return RSD_OK;
    rsd_status status = RSD_OK;
    if (writer->converter && !writer->failed) {
        status = convert(writer, writer->block, 0u, true, error);
        if (status == RSD_OK) status = pad(writer, error);
    }
    if ((status == RSD_OK && !writer->failed) || writer->config.is_recording) {
        const rsd_status finished = finish(writer, status == RSD_OK ? error : NULL);
        if (status == RSD_OK) status = finished;
    }
    if (writer->config.report) *writer->config.report = writer->report;
    destroy(writer);
    return status;
}

void host_writer_discard(host_writer *writer)
{
    if (writer) destroy(writer);
}

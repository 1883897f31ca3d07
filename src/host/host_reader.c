// SPDX-License-Identifier: MIT
#include "host_soundfile_internal.h"

#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct host_reader {
    SNDFILE *file;
    SRC_STATE *converter; /* NULL: the file's own rate */
    host_reader_info info;
    uint64_t file_count; /* samples that the file says it has */
    uint64_t read_count, given_count;
    uint32_t raw_start, raw_count; /* what the converter has not taken yet */
    char name[512];
    float *raw, *block; /* HOST_FILE_BLOCK x channels each, interleaved */
};

void host_reader_close(host_reader *reader)
{
    if (!reader) return;
    if (reader->file) sf_close(reader->file);
    if (reader->converter) src_delete(reader->converter);
    free(reader->raw);
    free(reader->block);
    free(reader);
}

static rsd_status check_file(const SF_INFO *info, const char *name, rsd_error *error)
{
    if (info->channels < 1 || (uint32_t)info->channels > HOST_SOUND_MAX_CHANNELS)
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "%s: has %d channels; 1 to %u are taken", name, info->channels,
                             HOST_SOUND_MAX_CHANNELS);
    if (info->frames <= 0) return rsd_error_set(error, RSD_ERR_FORMAT, "%s: holds no sound", name);
    if (info->samplerate < 1) return rsd_error_set(error, RSD_ERR_FORMAT, "%s: has no sample rate", name);
    return RSD_OK;
}

static void fill_info(host_reader *self, const SF_INFO *info, uint32_t rate_hz)
{
    self->file_count = (uint64_t)info->frames;
    self->info.file_rate_hz = (uint32_t)info->samplerate;
    self->info.sample_rate_hz = rate_hz ? rate_hz : (uint32_t)info->samplerate;
    self->info.channel_count = (uint32_t)info->channels;
    self->info.sample_count =
        host_converted_count(self->file_count, self->info.file_rate_hz, self->info.sample_rate_hz);
    self->info.subtype = info->format & SF_FORMAT_SUBMASK;
}

rsd_status host_reader_over(SNDFILE *file, const SF_INFO *file_info, const char *name, uint32_t rate_hz,
                            host_reader **reader, rsd_error *error)
{
    host_reader *self = calloc(1, sizeof *self);
    rsd_status status = check_file(file_info, name, error);
    if (!self || status != RSD_OK) {
        sf_close(file);
        free(self);
        return status != RSD_OK ? status : rsd_error_set(error, RSD_ERR_MEMORY, "%s: no memory", name);
    }
    self->file = file;
    snprintf(self->name, sizeof self->name, "%s", name);
    fill_info(self, file_info, rate_hz);
    self->raw = malloc(HOST_FILE_BLOCK * self->info.channel_count * sizeof(float));
    self->block = malloc(HOST_FILE_BLOCK * self->info.channel_count * sizeof(float));
    status = self->raw && self->block ? host_open_converter(&self->converter, self->name, self->info.channel_count,
                                                            self->info.file_rate_hz, self->info.sample_rate_hz, error)
                                      : rsd_error_set(error, RSD_ERR_MEMORY, "%s: no memory", name);
    if (status != RSD_OK) {
        host_reader_close(self);
        return status;
    }
    *reader = self;
    return RSD_OK;
}

rsd_status host_reader_open(const char *path, uint32_t rate_hz, host_reader **reader, rsd_error *error)
{
    SF_INFO info = {0};
    errno = 0;
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    const int saved_errno = errno;
    if (!file) {
        /* errno alone says nothing: libsndfile looks for files of its own beside `path`, which may not be there. */
        const rsd_status status = sf_error(NULL) == SF_ERR_SYSTEM ? RSD_ERR_IO : RSD_ERR_FORMAT;
        return rsd_error_set(error, status, "cannot read %s: %s", path, host_open_reason(saved_errno));
    }
    return host_reader_over(file, &info, path, rate_hz, reader, error);
}

void host_reader_get_info(const host_reader *reader, host_reader_info *info) { *info = reader->info; }

/* Up to `count` samples from the file into `into`. A file shorter than its header says is an error, not an end. */
static rsd_status read_file(host_reader *self, float *into, uint32_t count, uint32_t *got, rsd_error *error)
{
    const uint64_t left = self->file_count - self->read_count;
    const uint32_t wanted = count < left ? count : (uint32_t)left;
    const sf_count_t given = sf_readf_float(self->file, into, wanted);
    *got = given > 0 ? (uint32_t)given : 0u;
    self->read_count += *got;
    if (*got == wanted) return RSD_OK;
    self->file_count = self->read_count; /* what comes after cannot be read either */
    const char *reason = sf_error(self->file) ? sf_strerror(self->file) : "the file ends too early";
    return rsd_error_set(error, RSD_ERR_IO, "%s: broken off after %llu samples: %s", self->name,
                         (unsigned long long)self->read_count, reason);
}

/* One value that is not a number would spread over the converter's whole window. */
static void make_finite(float *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(samples[i])) samples[i] = 0.0f;
}

static rsd_status refill(host_reader *self, rsd_error *error)
{
    if (self->raw_count > 0u || self->read_count == self->file_count) return RSD_OK;
    self->raw_start = 0u;
    const rsd_status status = read_file(self, self->raw, HOST_FILE_BLOCK, &self->raw_count, error);
    make_finite(self->raw, (size_t)self->raw_count * self->info.channel_count);
    return status;
}

/* Fills `block` with up to `count` samples at the wanted rate; fewer than one only when the converter has run dry. */
static rsd_status convert(host_reader *self, uint32_t count, uint32_t *got, rsd_error *error)
{
    *got = 0u;
    while (*got == 0u) {
        const rsd_status status = refill(self, error);
        if (status != RSD_OK) return status;
        const bool at_end = self->raw_count == 0u || self->read_count == self->file_count;
        SRC_DATA data = {.data_in = self->raw + (size_t)self->raw_start * self->info.channel_count,
                         .data_out = self->block,
                         .input_frames = self->raw_count,
                         .output_frames = count,
                         .end_of_input = at_end,
                         .src_ratio = (double)self->info.sample_rate_hz / (double)self->info.file_rate_hz};
        const int code = src_process(self->converter, &data);
        if (code != 0) return rsd_error_set(error, RSD_ERR_IO, "%s: %s", self->name, src_strerror(code));
        self->raw_start += (uint32_t)data.input_frames_used;
        self->raw_count -= (uint32_t)data.input_frames_used;
        *got = (uint32_t)data.output_frames_gen;
        if (*got == 0u && data.input_frames_used == 0 && at_end) return RSD_OK;
    }
    return RSD_OK;
}

static void spread(const host_reader *self, float *const *out, uint32_t start, uint32_t count)
{
    const uint32_t channels = self->info.channel_count;
    for (uint32_t c = 0; c < channels; c++)
        for (uint32_t i = 0; i < count; i++) out[c][start + i] = self->block[(size_t)i * channels + c];
}

static rsd_status read_some(host_reader *self, uint32_t wanted, uint32_t *got, rsd_error *error)
{
    if (!self->converter) return read_file(self, self->block, wanted, got, error);
    const rsd_status status = convert(self, wanted, got, error);
    if (status != RSD_OK || *got > 0u) return status;
    /* The converter rounds its length down where we promised to round: the missing end is silence. */
    memset(self->block, 0, (size_t)wanted * self->info.channel_count * sizeof *self->block);
    *got = wanted;
    return RSD_OK;
}

rsd_status host_reader_read(host_reader *reader, float *const *out, uint32_t count, uint32_t *got, rsd_error *error)
{
    *got = 0u;
    while (*got < count && reader->given_count < reader->info.sample_count) {
        const uint64_t left = reader->info.sample_count - reader->given_count;
        uint32_t wanted = count - *got < HOST_FILE_BLOCK ? count - *got : HOST_FILE_BLOCK;
        if (wanted > left) wanted = (uint32_t)left;
        uint32_t part = 0u;
        const rsd_status status = read_some(reader, wanted, &part, error);
        spread(reader, out, *got, part);
        *got += part;
        reader->given_count += part;
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

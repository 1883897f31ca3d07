// SPDX-License-Identifier: MIT
// Sound files in, block by block.
#include "host_soundfile_internal.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 2048u

struct host_reader {
    SNDFILE *file;
    char path[512];
    host_reader_info info;
    uint64_t given;
    host_converter *converter;
    /* A file in memory. */
    const unsigned char *bytes;
    sf_count_t byte_count, position;
    /* Interleaved, from the file; `begin`..`end` are not converted yet. */
    uint32_t begin, end;
    bool at_end;
    float chunk[CHUNK * HOST_SOUND_MAX_CHANNELS];
    float converted[CHUNK * HOST_SOUND_MAX_CHANNELS];
};

/* ---- files in memory, for libsndfile
 * --------------------------------------------------------------------------------- */

static sf_count_t memory_length(void *context) { return ((host_reader *)context)->byte_count; }

static sf_count_t memory_tell(void *context) { return ((host_reader *)context)->position; }

static sf_count_t memory_seek(sf_count_t offset, int whence, void *context)
{
    host_reader *self = context;
    const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self->position : self->byte_count;
    if (base + offset < 0 || base + offset > self->byte_count) return -1;
    return self->position = base + offset;
}

static sf_count_t memory_read(void *out, sf_count_t count, void *context)
{
    host_reader *self = context;
    const sf_count_t left = self->byte_count - self->position, taken = count < left ? count : left;
    memcpy(out, self->bytes + self->position, (size_t)taken);
    self->position += taken;
    return taken;
}

static sf_count_t memory_write(const void *in, sf_count_t count, void *context)
{
    (void)in;
    (void)count;
    (void)context;
    return 0;
}

/* ---- opening
 * ------------------------------------------------------------------------------------------------------------- */

static rsd_status check_file(host_reader *self, const SF_INFO *format, uint32_t rate_hz, rsd_error *error)
{
    if (format->channels < 1 || format->channels > (int)HOST_SOUND_MAX_CHANNELS)
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "'%s' has %d channels: 1 to %u are taken", self->path,
                             format->channels, HOST_SOUND_MAX_CHANNELS);
    if (format->frames <= 0) return rsd_error_set(error, RSD_ERR_FORMAT, "'%s' holds no sound", self->path);
    if (format->samplerate < 1000 || format->samplerate > 768000)
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "'%s' has a sample rate of %d Hz", self->path,
                             format->samplerate);
    const uint32_t file_rate = (uint32_t)format->samplerate, rate = rate_hz ? rate_hz : file_rate;
    self->info = (host_reader_info){.sample_rate_hz = rate,
                                    .file_rate_hz = file_rate,
                                    .channel_count = (uint32_t)format->channels,
                                    .sample_count = (uint64_t)llround((double)format->frames * rate / file_rate),
                                    .subtype = format->format & SF_FORMAT_SUBMASK};
    if (rate == file_rate) return RSD_OK;
    return host_converter_create(self->info.channel_count, file_rate, rate, &self->converter, error);
}

static rsd_status finish_open(host_reader *self, const SF_INFO *format, uint32_t rate_hz, host_reader **reader,
                              rsd_error *error)
{
    rsd_status status = self->file ? check_file(self, format, rate_hz, error)
                                   : rsd_error_set(error, sf_error(NULL) == SF_ERR_SYSTEM ? RSD_ERR_IO : RSD_ERR_FORMAT,
                                                   "cannot open '%s': %s", self->path, sf_strerror(NULL));
    if (status == RSD_OK)
        *reader = self;
    else
        host_reader_close(self);
    return status;
}

rsd_status host_reader_open(const char *path, uint32_t rate_hz, host_reader **reader, rsd_error *error)
{
    host_reader *self = calloc(1, sizeof *self);
    if (!self) return rsd_error_set(error, RSD_ERR_MEMORY, "no memory to read '%s'", path);
    SF_INFO format = {0};
    snprintf(self->path, sizeof self->path, "%s", path);
    self->file = sf_open(path, SFM_READ, &format);
    return finish_open(self, &format, rate_hz, reader, error);
}

rsd_status host_reader_open_memory(const void *bytes, size_t byte_count, uint32_t rate_hz, host_reader **reader,
                                   rsd_error *error)
{
    static SF_VIRTUAL_IO io = {memory_length, memory_seek, memory_read, memory_write, memory_tell};
    host_reader *self = calloc(1, sizeof *self);
    if (!self) return rsd_error_set(error, RSD_ERR_MEMORY, "no memory to read a built-in sound");
    SF_INFO format = {0};
    snprintf(self->path, sizeof self->path, "built-in sound");
    self->bytes = bytes;
    self->byte_count = (sf_count_t)byte_count;
    self->file = sf_open_virtual(&io, SFM_READ, &format, self);
    return finish_open(self, &format, rate_hz, reader, error);
}

void host_reader_get_info(const host_reader *reader, host_reader_info *info) { *info = reader->info; }

void host_reader_close(host_reader *reader)
{
    if (!reader) return;
    if (reader->file) sf_close(reader->file);
    host_converter_destroy(reader->converter);
    free(reader);
}

/* ---- reading
 * ----------------------------------------------------------------------------------------------------------------- */

static rsd_status fill_chunk(host_reader *self, rsd_error *error)
{
    if (self->begin < self->end || self->at_end) return RSD_OK;
    const sf_count_t got = sf_readf_float(self->file, self->chunk, CHUNK);
    self->begin = 0;
    self->end = got > 0 ? (uint32_t)got : 0u;
    self->at_end = got < (sf_count_t)CHUNK;
    if (got >= 0 && sf_error(self->file) == SF_ERR_NO_ERROR) return RSD_OK;
    return rsd_error_set(error, RSD_ERR_IO, "'%s' broke off: %s", self->path, sf_strerror(self->file));
}

/* The next run of interleaved samples at the wanted rate, at most `wanted`; *count 0 only at the end. */
static rsd_status next_run(host_reader *self, uint32_t wanted, const float **run, uint32_t *count, rsd_error *error)
{
    const uint32_t channels = self->info.channel_count;
    for (;;) {
        const rsd_status status = fill_chunk(self, error);
        if (status != RSD_OK) return status;
        uint32_t have = self->end - self->begin;
        const float *from = self->chunk + (size_t)self->begin * channels;
        if (!self->converter) {
            *count = have < wanted ? have : wanted;
            *run = from;
            self->begin += *count;
            return RSD_OK;
        }
        *count = wanted < CHUNK ? wanted : CHUNK;
        const bool last = self->at_end;
        const rsd_status converted =
            host_converter_run(self->converter, from, &have, self->converted, count, last, error);
        if (converted != RSD_OK) return converted;
        self->begin += have;
        *run = self->converted;
        if (*count > 0u || (last && self->begin == self->end)) return RSD_OK;
    }
}

rsd_status host_reader_read(host_reader *reader, float *const *out, uint32_t count, uint32_t *got, rsd_error *error)
{
    const uint64_t left = reader->info.sample_count - reader->given;
    const uint32_t wanted = left < count ? (uint32_t)left : count, channels = reader->info.channel_count;
    uint32_t at = 0;
    rsd_status status = RSD_OK;
    while (at < wanted) {
        const float *run;
        uint32_t n;
        status = next_run(reader, wanted - at, &run, &n, error);
        if (status != RSD_OK || n == 0u) break;
        for (uint32_t c = 0; c < channels; c++) {
            for (uint32_t i = 0; i < n; i++) out[c][at + i] = run[(size_t)i * channels + c];
        }
        at += n;
    }
    /* What rate conversion rounds away at the end is silence: the count promised is the count given. */
    if (status == RSD_OK && reader->converter) {
        for (uint32_t c = 0; c < channels; c++) memset(out[c] + at, 0, (wanted - at) * sizeof(float));
        at = wanted;
    }
    reader->given += at;
    *got = at;
    return status;
}

// SPDX-License-Identifier: MIT
// Sound files out, block by block.
#include "host_soundfile_internal.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CHUNK 2048u

struct host_writer {
    SNDFILE *file;
    char path[512];
    host_writer_config config;
    uint64_t taken, written; /* samples a channel */
    host_converter *converter;
    float interleaved[CHUNK * HOST_SOUND_MAX_CHANNELS];
    float converted[CHUNK * HOST_SOUND_MAX_CHANNELS];
};

static const struct {
    const char *extension;
    int major, subtype;
} FORMATS[] = {
    {"wav", SF_FORMAT_WAV, SF_FORMAT_FLOAT},   {"w64", SF_FORMAT_W64, SF_FORMAT_FLOAT},
    {"rf64", SF_FORMAT_RF64, SF_FORMAT_FLOAT}, {"caf", SF_FORMAT_CAF, SF_FORMAT_FLOAT},
    {"au", SF_FORMAT_AU, SF_FORMAT_FLOAT},     {"aiff", SF_FORMAT_AIFF, SF_FORMAT_FLOAT},
    {"aif", SF_FORMAT_AIFF, SF_FORMAT_FLOAT},  {"flac", SF_FORMAT_FLAC, SF_FORMAT_PCM_24},
    {"ogg", SF_FORMAT_OGG, SF_FORMAT_VORBIS},  {"oga", SF_FORMAT_OGG, SF_FORMAT_VORBIS},
    {"opus", SF_FORMAT_OGG, SF_FORMAT_OPUS},   {"mp3", SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III},
};
#define FORMAT_COUNT (sizeof FORMATS / sizeof *FORMATS)

static rsd_status choose_format(const char *path, const host_writer_config *config, SF_INFO *format, rsd_error *error)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < FORMAT_COUNT; i++) {
        if (strcasecmp(dot + 1, FORMATS[i].extension) != 0) continue;
        *format = (SF_INFO){.samplerate = (int)config->file_rate_hz,
                            .channels = (int)config->channel_count,
                            .format = FORMATS[i].major | (config->subtype ? config->subtype : FORMATS[i].subtype)};
        if (!sf_format_check(format)) format->format = FORMATS[i].major | FORMATS[i].subtype;
        if (sf_format_check(format)) return RSD_OK;
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED,
                             "cannot write '%s': %s does not take %u channels at %u Hz here", path,
                             FORMATS[i].extension, config->channel_count, config->file_rate_hz);
    }
    return rsd_error_set(error, RSD_ERR_UNSUPPORTED,
                         "cannot write '%s': no sound format of that ending; wav, w64, rf64, caf, au, aiff, flac, ogg, "
                         "opus and mp3 are known",
                         path);
}

static rsd_status open_file(host_writer *self, rsd_error *error)
{
    SF_INFO format;
    rsd_status status = choose_format(self->path, &self->config, &format, error);
    if (status != RSD_OK) return status;
    if (self->config.rate_hz != self->config.file_rate_hz)
        status = host_converter_create(self->config.channel_count, self->config.rate_hz, self->config.file_rate_hz,
                                       &self->converter, error);
    if (status != RSD_OK) return status;
    self->file = sf_open(self->path, SFM_WRITE, &format);
    if (!self->file) return rsd_error_set(error, RSD_ERR_IO, "cannot write '%s': %s", self->path, sf_strerror(NULL));
    sf_command(self->file, SFC_SET_CLIPPING, NULL, SF_TRUE);
    return RSD_OK;
}

static void destroy(host_writer *self)
{
    if (self->file) sf_close(self->file);
    host_converter_destroy(self->converter);
    free(self);
}

rsd_status host_writer_open(const char *path, const host_writer_config *config, host_writer **writer, rsd_error *error)
{
    if (config->channel_count < 1u || config->channel_count > HOST_SOUND_MAX_CHANNELS || config->rate_hz == 0u)
        return rsd_error_set(error, RSD_ERR_ARG, "cannot write '%s': %u channels at %u Hz", path, config->channel_count,
                             config->rate_hz);
    host_writer *self = calloc(1, sizeof *self);
    if (!self) return rsd_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    snprintf(self->path, sizeof self->path, "%s", path);
    self->config = *config;
    if (self->config.file_rate_hz == 0u) self->config.file_rate_hz = config->rate_hz;
    const rsd_status status = open_file(self, error);
    if (status == RSD_OK)
        *writer = self;
    else
        destroy(self);
    return status;
}

static rsd_status put(host_writer *self, const float *in, uint32_t count, rsd_error *error)
{
    const sf_count_t done = sf_writef_float(self->file, in, count);
    if (done > 0) self->written += (uint64_t)done;
    if (done == (sf_count_t)count) return RSD_OK;
    return rsd_error_set(error, RSD_ERR_IO, "cannot write '%s': %s", self->path, sf_strerror(self->file));
}

/* Samples that the file is to have in all. */
static uint64_t promised(const host_writer *self)
{
    return (uint64_t)llround((double)self->taken * self->config.file_rate_hz / self->config.rate_hz);
}

static rsd_status convert_and_put(host_writer *self, const float *in, uint32_t count, bool at_end, rsd_error *error)
{
    for (;;) {
        uint32_t used = count, made = CHUNK;
        rsd_status status = host_converter_run(self->converter, in, &used, self->converted, &made, at_end, error);
        if (status != RSD_OK) return status;
        const uint64_t room = promised(self) - self->written;
        if (made > 0u) status = put(self, self->converted, made < room ? made : (uint32_t)room, error);
        in += (size_t)used * self->config.channel_count;
        count -= used;
        if (status != RSD_OK || (made == 0u && count == 0u)) return status;
    }
}

rsd_status host_writer_write_interleaved(host_writer *writer, const float *in, uint32_t count, rsd_error *error)
{
    writer->taken += count;
    return writer->converter ? convert_and_put(writer, in, count, false, error) : put(writer, in, count, error);
}

rsd_status host_writer_write(host_writer *writer, const float *const *in, uint32_t count, rsd_error *error)
{
    const uint32_t channels = writer->config.channel_count;
    for (uint32_t at = 0; at < count;) {
        const uint32_t n = count - at < CHUNK ? count - at : CHUNK;
        for (uint32_t c = 0; c < channels; c++) {
            for (uint32_t i = 0; i < n; i++) writer->interleaved[(size_t)i * channels + c] = in[c][at + i];
        }
        const rsd_status status = host_writer_write_interleaved(writer, writer->interleaved, n, error);
        if (status != RSD_OK) return status;
        at += n;
    }
    return RSD_OK;
}

void host_writer_flush(host_writer *writer)
{
    sf_command(writer->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
    sf_write_sync(writer->file);
}

/* What the conversion still holds, and silence for what it rounds away. */
static rsd_status drain(host_writer *self, rsd_error *error)
{
    rsd_status status = convert_and_put(self, self->interleaved, 0, true, error);
    memset(self->converted, 0, sizeof self->converted);
    while (status == RSD_OK && self->written < promised(self)) {
        const uint64_t left = promised(self) - self->written;
        status = put(self, self->converted, left < CHUNK ? (uint32_t)left : CHUNK, error);
    }
    return status;
}

rsd_status host_writer_close(host_writer *writer, rsd_error *error)
{
    if (!writer) return RSD_OK;
    rsd_status status = writer->converter ? drain(writer, error) : RSD_OK;
    const int failed = sf_close(writer->file);
    writer->file = NULL;
    if (status == RSD_OK && failed)
        status = rsd_error_set(error, RSD_ERR_IO, "cannot finish '%s': %s", writer->path, sf_error_number(failed));
    destroy(writer);
    return status;
}

// SPDX-License-Identifier: MIT
#include "host_soundfile_internal.h"

#include <math.h>
#include <string.h>
#include <strings.h>

typedef struct {
    const char *extension;
    int major, subtype;
} file_format;

static const file_format formats[] = {
    {"wav", SF_FORMAT_WAV, SF_FORMAT_FLOAT},   {"w64", SF_FORMAT_W64, SF_FORMAT_FLOAT},
    {"rf64", SF_FORMAT_RF64, SF_FORMAT_FLOAT}, {"caf", SF_FORMAT_CAF, SF_FORMAT_FLOAT},
    {"au", SF_FORMAT_AU, SF_FORMAT_FLOAT},     {"aiff", SF_FORMAT_AIFF, SF_FORMAT_FLOAT},
    {"aif", SF_FORMAT_AIFF, SF_FORMAT_FLOAT},  {"flac", SF_FORMAT_FLAC, SF_FORMAT_PCM_24},
    {"ogg", SF_FORMAT_OGG, SF_FORMAT_VORBIS},  {"oga", SF_FORMAT_OGG, SF_FORMAT_VORBIS},
    {"opus", SF_FORMAT_OGG, SF_FORMAT_OPUS},   {"mp3", SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III},
};

static const file_format *find_format(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (!dot || strchr(dot, '/')) return NULL;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcasecmp(dot + 1, formats[i].extension) == 0) return &formats[i];
    return NULL;
}

/* A libsndfile that was built without an encoder fails in sf_format_check. */
rsd_status host_format_for(const char *path, const host_writer_config *config, SF_INFO *info, rsd_error *error)
{
    const file_format *format = find_format(path);
    if (!format)
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED,
                             "%s: the name's ending says no sound format; known are wav, w64, rf64, caf, au, aiff, "
                             "flac, ogg, opus and mp3",
                             path);
    const uint32_t rate_hz = config->file_rate_hz ? config->file_rate_hz : config->rate_hz;
    *info = (SF_INFO){.samplerate = (int)rate_hz, .channels = (int)config->channel_count};
    info->format = format->major | (config->subtype & SF_FORMAT_SUBMASK);
    if (config->subtype != 0 && sf_format_check(info)) return RSD_OK;
    info->format = format->major | format->subtype;
    if (sf_format_check(info)) return RSD_OK;
    return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "%s: %s cannot hold %u channels at %u Hz (or is not built in)",
                         path, format->extension, config->channel_count, rate_hz);
}

const char *host_open_reason(int saved_errno)
{
    return sf_error(NULL) == SF_ERR_SYSTEM && saved_errno ? strerror(saved_errno) : sf_strerror(NULL);
}

uint64_t host_converted_count(uint64_t count, uint32_t from_hz, uint32_t to_hz)
{
    if (from_hz == to_hz) return count;
    return (uint64_t)llround((double)count * (double)to_hz / (double)from_hz);
}

rsd_status host_open_converter(SRC_STATE **converter, const char *name, uint32_t channel_count, uint32_t from_hz,
                               uint32_t to_hz, rsd_error *error)
{
    int code = 0;
    *converter = NULL;
    if (from_hz == to_hz) return RSD_OK;
    if (!src_is_valid_ratio((double)to_hz / (double)from_hz))
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "%s: cannot be converted from %u to %u Hz", name, from_hz,
                             to_hz);
    *converter = src_new(SRC_SINC_BEST_QUALITY, (int)channel_count, &code);
    return *converter ? RSD_OK : rsd_error_set(error, RSD_ERR_MEMORY, "%s: %s", name, src_strerror(code));
}

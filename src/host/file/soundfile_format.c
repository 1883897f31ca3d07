// SPDX-License-Identifier: MIT
// Formats and sample types of sound files: names, limits, how libsndfile is asked for them.
#include "host/file/soundfile_internal.h"

#include "base/error.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
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

/* Names of sample formats, and the next best where a kind of file cannot hold one; 0: the kind's own. */
static const struct {
    const char *name;
    int subtype, next;
} samples[] = {
    {"pcm_u8", SF_FORMAT_PCM_U8, SF_FORMAT_PCM_S8},
    {"pcm_s8", SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8},
    {"pcm_16", SF_FORMAT_PCM_16, SF_FORMAT_PCM_24},
    {"pcm_24", SF_FORMAT_PCM_24, SF_FORMAT_PCM_32},
    {"pcm_32", SF_FORMAT_PCM_32, SF_FORMAT_PCM_24},
    {"float", SF_FORMAT_FLOAT, 0},
    {"double", SF_FORMAT_DOUBLE, SF_FORMAT_FLOAT},
    {"ulaw", SF_FORMAT_ULAW, SF_FORMAT_PCM_16},
    {"alaw", SF_FORMAT_ALAW, SF_FORMAT_PCM_16},
    {"ima_adpcm", SF_FORMAT_IMA_ADPCM, SF_FORMAT_PCM_16},
    {"ms_adpcm", SF_FORMAT_MS_ADPCM, SF_FORMAT_PCM_16},
    {"gsm610", SF_FORMAT_GSM610, SF_FORMAT_PCM_16},
    {"alac_16", SF_FORMAT_ALAC_16, SF_FORMAT_PCM_16},
    {"alac_20", SF_FORMAT_ALAC_20, SF_FORMAT_PCM_24},
    {"alac_24", SF_FORMAT_ALAC_24, SF_FORMAT_PCM_24},
    {"alac_32", SF_FORMAT_ALAC_32, SF_FORMAT_PCM_32},
    {"vorbis", SF_FORMAT_VORBIS, 0},
    {"opus", SF_FORMAT_OPUS, 0},
    {"mp3", SF_FORMAT_MPEG_LAYER_III, 0},
};
#define SAMPLES_COUNT (sizeof samples / sizeof *samples)

int host_subtype_parse(const char *name)
{
    for (size_t i = 0; i < SAMPLES_COUNT; i++)
        if (strcmp(samples[i].name, name) == 0) return samples[i].subtype;
    return 0;
}

const char *host_subtype_name(int subtype)
{
    for (size_t i = 0; i < SAMPLES_COUNT; i++)
        if (samples[i].subtype == subtype) return samples[i].name;
    return "";
}

static int next_best(int subtype)
{
    for (size_t i = 0; i < SAMPLES_COUNT; i++)
        if (samples[i].subtype == subtype) return samples[i].next;
    return 0;
}

static const file_format *find_format(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (!dot || strchr(dot, '/')) return NULL;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcasecmp(dot + 1, formats[i].extension) == 0) return &formats[i];
    return NULL;
}

bool host_path_is_sound(const char *path) { return find_format(path) != NULL; }

static bool is_opus_rate(int rate_hz)
{
    return rate_hz == 8000 || rate_hz == 12000 || rate_hz == 16000 || rate_hz == 24000 || rate_hz == 48000;
}

/*
 * libsndfile says of a few formats that it can write them and then cannot: MPEG in anything but MP3, Opus at any
 * rate. An .opus holds Opus alone.
 */
static bool can_hold(const file_format *format, int subtype, SF_INFO *info)
{
    if (subtype == SF_FORMAT_MPEG_LAYER_III && format->major != SF_FORMAT_MPEG) return false;
    if (format->subtype == SF_FORMAT_OPUS && subtype != SF_FORMAT_OPUS) return false;
    if (subtype == SF_FORMAT_OPUS && !is_opus_rate(info->samplerate)) return false;
    info->format = format->major | subtype;
    return sf_format_check(info) == SF_TRUE;
}

static rsd_status refuse_subtype(const char *path, const file_format *format, int subtype, SF_INFO *info,
                                 rsd_error *error)
{
    char list[192] = "";
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        const size_t length = strlen(list);
        if (can_hold(format, samples[i].subtype, info))
            snprintf(list + length, sizeof list - length, "%s%s", length > 0u ? ", " : "", samples[i].name);
    }
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s: %s cannot hold %s; it can hold %s", path, format->extension,
                          host_subtype_name(subtype), *list != '\0' ? list : "nothing at this rate");
}

/* The subtype asked for, or the first of the ones after it that the kind can hold, or the kind's own. */
static bool choose_subtype(const file_format *format, int subtype, SF_INFO *info)
{
    for (int tries = 0; subtype != 0 && tries < 3; tries++) {
        if (can_hold(format, subtype, info)) return true;
        subtype = next_best(subtype);
    }
    return can_hold(format, format->subtype, info);
}

/* WAV where its sizes will do; else RF64, which libsndfile turns back into a WAV where it stayed small. */
static rsd_status choose_size(const char *path, const file_format *format, const host_writer_config *config,
                              SF_INFO *info, rsd_error *error)
{
    const uint64_t frame_bytes = (uint64_t)host_format_sample_bytes(info->format) * config->channel_count;
    const bool is_long = config->expected_count > HOST_LIMIT_32_BIT / frame_bytes;
    if (format->major == SF_FORMAT_WAV && (is_long || config->expected_count == 0u)) {
        SF_INFO large = *info;
        large.format = SF_FORMAT_RF64 | (info->format & SF_FORMAT_SUBMASK);
        if (sf_format_check(&large)) info->format = large.format;
    } else if (format->major == SF_FORMAT_WAV && host_meta_has_speakers(config->meta)) {
        SF_INFO extensible = *info;
        extensible.format = SF_FORMAT_WAVEX | (info->format & SF_FORMAT_SUBMASK);
        if (sf_format_check(&extensible)) info->format = extensible.format;
    }
    if (!is_long || !host_format_is_small(info->format)) return RSD_OK;
    return base_error_set(error, RSD_ERR_UNSUPPORTED,
                          "%s: would have %.1f GiB of samples, and a file of this kind holds 4 GiB; take .w64 or .caf, "
                          "or .wav with pcm or float samples",
                          path, (double)config->expected_count * (double)frame_bytes / 1073741824.0);
}

/* A libsndfile that was built without an encoder fails in sf_format_check. */
rsd_status host_format_for(const char *path, const host_writer_config *config, SF_INFO *info, rsd_error *error)
{
    const file_format *format = find_format(path);
    if (!format)
        return base_error_set(error, RSD_ERR_UNSUPPORTED,
                              "'%s': the name's ending says no sound format; known are wav, w64, rf64, caf, au, aiff, "
                              "flac, ogg, opus and mp3",
                              path);
    const uint32_t rate_hz = config->file_rate_hz ? config->file_rate_hz : config->rate_hz;
    const int subtype = config->subtype & SF_FORMAT_SUBMASK;
    *info = (SF_INFO){.samplerate = (int)rate_hz, .channels = (int)config->channel_count};
    if (config->subtype_is_wanted && subtype != 0 && !can_hold(format, subtype, info))
        return refuse_subtype(path, format, subtype, info, error);
    if (choose_subtype(format, subtype, info)) return choose_size(path, format, config, info, error);
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s: %s cannot hold %u channels at %u Hz (or is not built in)",
                          path, format->extension, config->channel_count, rate_hz);
}

uint32_t host_format_sample_bytes(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_16:
        return 2u;
    case SF_FORMAT_PCM_24:
        return 3u;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_FLOAT:
        return 4u;
    case SF_FORMAT_DOUBLE:
        return 8u;
    default:
        return 1u;
    }
}

bool host_format_clips(int format)
{
    const int subtype = format & SF_FORMAT_SUBMASK;
    return subtype != SF_FORMAT_FLOAT && subtype != SF_FORMAT_DOUBLE && subtype != SF_FORMAT_VORBIS &&
           subtype != SF_FORMAT_OPUS && subtype != SF_FORMAT_MPEG_LAYER_III;
}

bool host_format_is_small(int format)
{
    const int major = format & SF_FORMAT_TYPEMASK;
    return major == SF_FORMAT_WAV || major == SF_FORMAT_WAVEX || major == SF_FORMAT_AIFF || major == SF_FORMAT_AU;
}

SNDFILE *host_open_fd(int fd, int mode, SF_INFO *info)
{
    const int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return sf_open_fd(own, mode, info, SF_TRUE);
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
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s: cannot be converted from %u to %u Hz", name, from_hz,
                              to_hz);
    *converter = src_new(SRC_SINC_BEST_QUALITY, (int)channel_count, &code);
    return *converter ? RSD_OK : base_error_set(error, RSD_ERR_MEMORY, "%s: %s", name, src_strerror(code));
}

// SPDX-License-Identifier: MIT
// Whole sounds in memory.
#include "host_soundfile.h"
#include "host_soundfile_internal.h"

#include <math.h>
#include <samplerate.h>
#include <stdlib.h>
#include <string.h>

static rsd_status allocate(host_sound *sound, rsd_error *error)
{
    float *memory = NULL;
    size_t bytes;
    if (!__builtin_mul_overflow(sound->sample_count, sound->channel_count * sizeof(float), &bytes))
        memory = malloc(bytes);
    if (!memory)
        return rsd_error_set(error, RSD_ERR_MEMORY, "no memory for a sound of %llu samples",
                             (unsigned long long)sound->sample_count);
    sound->channel[0] = memory;
    for (uint32_t c = 1; c < sound->channel_count; c++) sound->channel[c] = memory + c * sound->sample_count;
    return RSD_OK;
}

void host_sound_destroy(host_sound *sound)
{
    if (!sound) return;
    free(sound->channel[0]);
    memset(sound, 0, sizeof *sound);
}

static rsd_status read_whole(host_reader *reader, host_sound *sound, rsd_error *error)
{
    uint64_t at = 0;
    while (at < sound->sample_count) {
        float *out[HOST_SOUND_MAX_CHANNELS];
        uint32_t got;
        const uint64_t left = sound->sample_count - at;
        const uint32_t count = left < 65536u ? (uint32_t)left : 65536u;
        for (uint32_t c = 0; c < sound->channel_count; c++) out[c] = sound->channel[c] + at;
        const rsd_status status = host_reader_read(reader, out, count, &got, error);
        if (status != RSD_OK) return status;
        if (got == 0u) break;
        at += got;
    }
    /* A file whose header promises more than there is (a stream cut short) ends in silence. */
    for (uint32_t c = 0; c < sound->channel_count; c++)
        memset(sound->channel[c] + at, 0, (size_t)(sound->sample_count - at) * sizeof(float));
    return RSD_OK;
}

/* Takes the reader over. */
static rsd_status load(host_reader *reader, host_sound *sound, rsd_error *error)
{
    host_reader_info info;
    host_reader_get_info(reader, &info);
    host_sound loaded = {
        .sample_rate_hz = info.sample_rate_hz, .channel_count = info.channel_count, .sample_count = info.sample_count};
    rsd_status status = allocate(&loaded, error);
    if (status == RSD_OK) status = read_whole(reader, &loaded, error);
    host_reader_close(reader);
    if (status == RSD_OK)
        *sound = loaded;
    else
        host_sound_destroy(&loaded);
    return status;
}

rsd_status host_sound_load(const char *path, uint32_t rate_hz, host_sound *sound, rsd_error *error)
{
    host_reader *reader;
    const rsd_status status = host_reader_open(path, rate_hz, &reader, error);
    return status == RSD_OK ? load(reader, sound, error) : status;
}

rsd_status host_sound_load_memory(const void *bytes, size_t byte_count, uint32_t rate_hz, host_sound *sound,
                                  rsd_error *error)
{
    host_reader *reader;
    const rsd_status status = host_reader_open_memory(bytes, byte_count, rate_hz, &reader, error);
    return status == RSD_OK ? load(reader, sound, error) : status;
}

static rsd_status convert_channel(const float *in, uint64_t in_count, float *out, uint64_t out_count, double ratio,
                                  rsd_error *error)
{
    SRC_DATA data = {.data_in = in,
                     .data_out = out,
                     .input_frames = (long)in_count,
                     .output_frames = (long)out_count,
                     .src_ratio = ratio};
    memset(out, 0, (size_t)out_count * sizeof *out);
    const int failed = src_simple(&data, SRC_SINC_BEST_QUALITY, 1);
    if (!failed) return RSD_OK;
    return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "cannot convert the sample rate: %s", src_strerror(failed));
}

rsd_status host_sound_convert(const host_sound *source, uint32_t rate_hz, host_sound *sound, rsd_error *error)
{
    const uint32_t rate = rate_hz ? rate_hz : source->sample_rate_hz;
    const double ratio = (double)rate / source->sample_rate_hz;
    host_sound made = {.sample_rate_hz = rate,
                       .channel_count = source->channel_count,
                       .sample_count = (uint64_t)llround((double)source->sample_count * ratio)};
    rsd_status status = allocate(&made, error);
    for (uint32_t c = 0; status == RSD_OK && c < made.channel_count; c++) {
        if (rate == source->sample_rate_hz)
            memcpy(made.channel[c], source->channel[c], (size_t)made.sample_count * sizeof(float));
        else
            status = convert_channel(source->channel[c], source->sample_count, made.channel[c], made.sample_count,
                                     ratio, error);
    }
    if (status == RSD_OK)
        *sound = made;
    else
        host_sound_destroy(&made);
    return status;
}

rsd_status host_sound_save(const host_sound *sound, const char *path, int subtype, rsd_error *error)
{
    host_writer *writer;
    const host_writer_config config = {
        .channel_count = sound->channel_count, .rate_hz = sound->sample_rate_hz, .subtype = subtype};
    rsd_status status = host_writer_open(path, &config, &writer, error);
    if (status != RSD_OK) return status;
    for (uint64_t at = 0; status == RSD_OK && at < sound->sample_count;) {
        const float *in[HOST_SOUND_MAX_CHANNELS];
        const uint64_t left = sound->sample_count - at;
        const uint32_t count = left < 65536u ? (uint32_t)left : 65536u;
        for (uint32_t c = 0; c < sound->channel_count; c++) in[c] = sound->channel[c] + at;
        status = host_writer_write(writer, in, count, error);
        at += count;
    }
    const rsd_status closed = host_writer_close(writer, status == RSD_OK ? error : NULL);
    return status == RSD_OK ? closed : status;
}

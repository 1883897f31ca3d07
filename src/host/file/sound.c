// SPDX-License-Identifier: MIT
// Whole sounds in memory.
#include "host/file/soundfile_internal.h"

#include "base/error.h"

#include <math.h>
#include <samplerate.h>
#include <stdlib.h>
#include <string.h>

rsd_status host_sound_create(uint32_t rate_hz, uint32_t channel_count, uint64_t sample_count, host_sound *sound,
                             rsd_error *error)
{
    float *samples = NULL;
    if (sample_count < SIZE_MAX / sizeof *samples / HOST_SOUND_MAX_CHANNELS)
        samples = calloc((size_t)sample_count * channel_count, sizeof *samples);
    if (!samples)
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for a sound of %llu samples",
                              (unsigned long long)sample_count);
    *sound = (host_sound){.sample_rate_hz = rate_hz, .channel_count = channel_count, .sample_count = sample_count};
    for (uint32_t c = 0; c < channel_count; c++) sound->channel[c] = samples + c * sample_count;
    return RSD_OK;
}

void host_sound_destroy(host_sound *sound)
{
    free(sound->channel[0]);
    *sound = (host_sound){0};
}

/* Cuts the sound to `count` samples; its channels stay one after the other. */
static void end_at(host_sound *sound, uint64_t count)
{
    if (count >= sound->sample_count) return;
    for (uint32_t c = 1; c < sound->channel_count; c++) {
        float *to = sound->channel[0] + c * count;
        memmove(to, sound->channel[c], (size_t)count * sizeof *to);
        sound->channel[c] = to;
    }
    sound->sample_count = count;
}

rsd_status host_sound_read(host_reader *reader, host_sound *sound, rsd_error *error)
{
    host_reader_info info;
    host_sound whole = {0};
    host_reader_get_info(reader, &info);
    rsd_status status = host_sound_create(info.sample_rate_hz, info.channel_count, info.sample_count, &whole, error);
    for (uint64_t start = 0; status == RSD_OK && start < info.sample_count;) {
        float *at[HOST_SOUND_MAX_CHANNELS];
        uint32_t got = 0;
        for (uint32_t c = 0; c < info.channel_count; c++) at[c] = whole.channel[c] + start;
        status = host_reader_read(reader, at, HOST_FILE_BLOCK, &got, error);
        start += got;
        if (got < HOST_FILE_BLOCK) end_at(&whole, start);
        if (got == 0u) break;
    }
    host_reader_get_faults(reader, &whole.faults);
    if (status == RSD_OK) *sound = whole;
    if (status != RSD_OK) host_sound_destroy(&whole);
    return status;
}

rsd_status host_sound_load(const char *path, uint32_t rate_hz, host_sound *sound, rsd_error *error)
{
    host_reader *reader;
    rsd_status status = host_reader_open(path, rate_hz, &reader, error);
    if (status != RSD_OK) return status;
    status = host_sound_read(reader, sound, error);
    host_reader_close(reader);
    return status;
}

/* ---- a file that lies in memory, as libsndfile's virtual I/O wants it
 * -------------------------------------------------- */

typedef struct {
    const char *bytes;
    sf_count_t size, at;
} memory_file;

static sf_count_t memory_length(void *context) { return ((memory_file *)context)->size; }

static sf_count_t memory_tell(void *context) { return ((memory_file *)context)->at; }

static sf_count_t memory_seek(sf_count_t offset, int whence, void *context)
{
    memory_file *file = context;
    const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file->at : file->size;
    const sf_count_t target = base + offset;
    file->at = target < 0 ? 0 : target > file->size ? file->size : target;
    return file->at;
}

static sf_count_t memory_read(void *into, sf_count_t count, void *context)
{
    memory_file *file = context;
    if (count > file->size - file->at) count = file->size - file->at;
    memcpy(into, file->bytes + file->at, (size_t)count);
    file->at += count;
    return count;
}

static sf_count_t memory_write(const void *from, sf_count_t count, void *context)
{
    (void)from, (void)count, (void)context;
    return 0;
}

rsd_status host_sound_load_memory(const void *bytes, size_t byte_count, uint32_t rate_hz, host_sound *sound,
                                  rsd_error *error)
{
    SF_VIRTUAL_IO io = {memory_length, memory_seek, memory_read, memory_write, memory_tell};
    memory_file memory = {bytes, (sf_count_t)byte_count, 0};
    SF_INFO info = {0};
    SNDFILE *file = sf_open_virtual(&io, SFM_READ, &info, &memory);
    if (!file) return base_error_set(error, RSD_ERR_FORMAT, "cannot read the built-in sound: %s", sf_strerror(NULL));
    host_reader *reader;
    rsd_status status = host_reader_over(file, &info, "built-in sound", rate_hz, &reader, error);
    if (status != RSD_OK) return status;
    status = host_sound_read(reader, sound, error);
    host_reader_close(reader);
    return status;
}

/* ---- conversion and saving
 * --------------------------------------------------------------------------------------------- */

static rsd_status convert_channel(const float *in, uint64_t in_count, float *out, uint64_t out_count, double ratio,
                                  rsd_error *error)
{
    SRC_DATA data = {.data_in = in,
                     .data_out = out,
                     .input_frames = (long)in_count,
                     .output_frames = (long)out_count,
                     .src_ratio = ratio};
    const int code = src_simple(&data, SRC_SINC_BEST_QUALITY, 1);
    return code ? base_error_set(error, RSD_ERR_UNSUPPORTED, "rate conversion: %s", src_strerror(code)) : RSD_OK;
}

rsd_status host_sound_convert(const host_sound *source, uint32_t rate_hz, host_sound *sound, rsd_error *error)
{
    const uint32_t to_hz = rate_hz ? rate_hz : source->sample_rate_hz;
    host_sound result;
    rsd_status status =
        host_sound_create(to_hz, source->channel_count,
                          host_converted_count(source->sample_count, source->sample_rate_hz, to_hz), &result, error);
    if (status != RSD_OK) return status;
    const double ratio = (double)to_hz / (double)source->sample_rate_hz;
    for (uint32_t c = 0; c < source->channel_count && status == RSD_OK; c++) {
        if (to_hz == source->sample_rate_hz)
            memcpy(result.channel[c], source->channel[c], (size_t)source->sample_count * sizeof(float));
        else
            status = convert_channel(source->channel[c], source->sample_count, result.channel[c], result.sample_count,
                                     ratio, error);
    }
    if (status == RSD_OK) *sound = result;
    if (status != RSD_OK) host_sound_destroy(&result);
    return status;
}

rsd_status host_sound_save(const host_sound *sound, const char *path, int subtype, rsd_error *error)
{
    const host_writer_config config = {.channel_count = sound->channel_count,
                                       .rate_hz = sound->sample_rate_hz,
                                       .subtype = subtype,
                                       .expected_count = sound->sample_count > 0u ? sound->sample_count : 1u};
    host_writer *writer;
    rsd_status status = host_writer_open(path, &config, &writer, error);
    if (status != RSD_OK) return status;
    for (uint64_t start = 0; status == RSD_OK && start < sound->sample_count; start += HOST_FILE_BLOCK) {
        const uint64_t left = sound->sample_count - start;
        const float *at[HOST_SOUND_MAX_CHANNELS];
        for (uint32_t c = 0; c < sound->channel_count; c++) at[c] = sound->channel[c] + start;
        status = host_writer_write(writer, at, left < HOST_FILE_BLOCK ? (uint32_t)left : HOST_FILE_BLOCK, error);
    }
    if (status == RSD_OK) return host_writer_close(writer, error);
    host_writer_discard(writer);
    return status;
}

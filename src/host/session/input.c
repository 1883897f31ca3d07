// SPDX-License-Identifier: MIT
// What plays in place of a device's input: a sound in memory, or a file.
#include "host/session/input.h"

#include "base/error.h"
#include "host/session/input_stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_RATE_HZ 8000u /* of files, as of the engine */
#define MAX_RATE_HZ 384000u

struct host_input {
    uint32_t channel_count;
    uint64_t position;         /* audio thread only */
    host_input_stream *stream; /* NULL: `sound` is the whole */
    uint64_t length_samples;
    host_sound sound; /* at the engine's rate; as many channels as its source has, down to one where they are mixed */
};

/* More channels than wanted: the mean of all in channel 0; the rest then follows host_input_read's rule for few
 * channels. */
static void mix_down(host_sound *sound)
{
    for (uint64_t i = 0; i < sound->sample_count; i++) {
        float sum = 0.0f;
        for (uint32_t c = 0; c < sound->channel_count; c++) sum += sound->channel[c][i];
        sound->channel[0][i] = sum / (float)sound->channel_count;
    }
    sound->channel_count = 1u;
}

static rsd_status create(host_sound *sound, uint32_t channel_count, host_input **input, rsd_error *error)
{
    host_input *self = calloc(1, sizeof *self);
    if (!self) {
        host_sound_destroy(sound);
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for the input");
    }
    self->channel_count = channel_count;
    self->sound = *sound;
    self->length_samples = sound->sample_count;
    if (self->sound.channel_count > channel_count) mix_down(&self->sound);
    *input = self;
    return RSD_OK;
}

static rsd_status check_channels(uint32_t channel_count, rsd_error *error)
{
    if (channel_count >= 1u && channel_count <= HOST_SOUND_MAX_CHANNELS) return RSD_OK;
    return base_error_set(error, RSD_ERR_ARG, "%u input channels: 1 to %u are taken", channel_count,
                          HOST_SOUND_MAX_CHANNELS);
}

/* The limits and words of the engine, which reads other commands' files at their own rate. */
static rsd_status check_rate(const host_reader_info *info, rsd_error *error)
{
    if (info->file_rate_hz >= MIN_RATE_HZ && info->file_rate_hz <= MAX_RATE_HZ) return RSD_OK;
    return base_error_set(error, RSD_ERR_ARG, "sample rate %u Hz is not in %u..%u", info->file_rate_hz, MIN_RATE_HZ,
                          MAX_RATE_HZ);
}

static rsd_status create_whole(host_reader *reader, uint32_t channel_count, host_input **input, rsd_error *error)
{
    host_sound sound;
    const rsd_status status = host_sound_read(reader, &sound, error);
    host_reader_close(reader);
    return status == RSD_OK ? create(&sound, channel_count, input, error) : status;
}

/* Takes over `reader`. */
static rsd_status create_stream(const char *path, host_reader *reader, uint32_t channel_count, host_input **input,
                                rsd_error *error)
{
    host_reader_info info;
    host_reader_get_info(reader, &info);
    host_input *self = calloc(1, sizeof *self);
    if (!self) {
        host_reader_close(reader);
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for the input");
    }
    self->channel_count = channel_count;
    self->length_samples = info.sample_count;
    const rsd_status status = host_input_stream_create(path, reader, channel_count, &self->stream, error);
    if (status == RSD_OK)
        *input = self;
    else
        free(self);
    return status;
}

rsd_status host_input_create(const char *path, uint32_t rate_hz, uint32_t channel_count, host_input **input,
                             rsd_error *error)
{
    host_reader *reader;
    host_reader_info info;
    rsd_status status = check_channels(channel_count, error);
    if (status == RSD_OK) status = host_input_check_repeatable(path, error);
    if (status == RSD_OK) status = host_reader_open(path, rate_hz, &reader, error);
    if (status != RSD_OK) return status;
    host_reader_get_info(reader, &info);
    if ((status = check_rate(&info, error)) != RSD_OK) {
        host_reader_close(reader);
        return status;
    }
    if (info.sample_count > (uint64_t)HOST_INPUT_WHOLE_SECONDS * info.sample_rate_hz)
        return create_stream(path, reader, channel_count, input, error);
    return create_whole(reader, channel_count, input, error);
}

rsd_status host_input_create_sound(const host_sound *source, uint32_t rate_hz, uint32_t channel_count,
                                   host_input **input, rsd_error *error)
{
    host_sound sound;
    rsd_status status = check_channels(channel_count, error);
    if (status == RSD_OK && source->sample_count == 0u)
        status = base_error_set(error, RSD_ERR_ARG, "the input sound is empty");
    if (status == RSD_OK) status = host_sound_convert(source, rate_hz, &sound, error);
    if (status != RSD_OK) return status;
    return create(&sound, channel_count, input, error);
}

void host_input_destroy(host_input *input)
{
    if (!input) return;
    host_input_stream_destroy(input->stream);
    host_sound_destroy(&input->sound);
    free(input);
}

uint64_t host_input_length_samples(const host_input *input) { return input->length_samples; }

void host_input_get_status(host_input *input, host_input_status *status)
{
    *status = (host_input_status){0};
    if (input->stream) host_input_stream_get_status(input->stream, status);
}

uint32_t host_input_queued(const host_input *input)
{
    return input->stream ? host_input_stream_queued(input->stream) : 0u;
}

void host_input_wait(host_input *input, uint32_t sample_count)
{
    if (input->stream) host_input_stream_wait(input->stream, sample_count);
}

/* Copies from the whole sound, round after round. */
static void read_whole(host_input *input, float *const *out, uint32_t sample_count)
{
    const host_sound *sound = &input->sound;
    for (uint32_t done = 0; done < sample_count;) {
        const uint64_t left = sound->sample_count - input->position;
        const uint32_t count = sample_count - done < left ? sample_count - done : (uint32_t)left;
        for (uint32_t c = 0; c < input->channel_count; c++) {
            const float *from = sound->channel[c < sound->channel_count ? c : sound->channel_count - 1u];
            memcpy(out[c] + done, from + input->position, count * sizeof *from);
        }
        done += count;
        input->position = count == left ? 0u : input->position + count;
    }
}

void host_input_read(host_input *input, float *const *out, uint32_t sample_count)
{
    if (input->stream)
        host_input_stream_read(input->stream, out, sample_count);
    else
        read_whole(input, out, sample_count);
}

// SPDX-License-Identifier: MIT
#include "host_input.h"

#include <stdlib.h>
#include <string.h>

struct host_input {
    host_sound sound; /* at the engine's rate and channels */
    uint64_t position;
};

/* Mono to every channel; more channels than wanted as their mean; else channel by channel. */
static void fit_channels(const host_sound *from, uint32_t channel_count, float *const *to)
{
    for (uint32_t c = 0; c < channel_count; c++) {
        if (from->channel_count <= channel_count) {
            memcpy(to[c], from->channel[c % from->channel_count], (size_t)from->sample_count * sizeof(float));
            continue;
        }
        for (uint64_t i = 0; i < from->sample_count; i++) {
            float sum = 0.0f;
            uint32_t mixed = 0;
            /* Two of four, say: the even ones to the left, the odd ones to the right. */
            for (uint32_t k = c; k < from->channel_count; k += channel_count, mixed++) sum += from->channel[k][i];
            to[c][i] = sum / (float)mixed;
        }
    }
}

static rsd_status adopt(host_sound *converted, uint32_t channel_count, host_input **input, rsd_error *error)
{
    host_input *self = calloc(1, sizeof *self);
    float *memory = malloc((size_t)converted->sample_count * channel_count * sizeof(float));
    if (!self || !memory) {
        free(self);
        free(memory);
        host_sound_destroy(converted);
        return rsd_error_set(error, RSD_ERR_MEMORY, "no memory for the input sound");
    }
    self->sound = *converted;
    self->sound.channel_count = channel_count;
    for (uint32_t c = 0; c < channel_count; c++) self->sound.channel[c] = memory + c * converted->sample_count;
    fit_channels(converted, channel_count, self->sound.channel);
    host_sound_destroy(converted);
    *input = self;
    return RSD_OK;
}

rsd_status host_input_create(const char *path, uint32_t rate_hz, uint32_t channel_count, host_input **input,
                             rsd_error *error)
{
    host_sound sound;
    if (channel_count < 1u || channel_count > HOST_SOUND_MAX_CHANNELS)
        return rsd_error_set(error, RSD_ERR_ARG, "%u input channels", channel_count);
    const rsd_status status = host_sound_load(path, rate_hz, &sound, error);
    return status == RSD_OK ? adopt(&sound, channel_count, input, error) : status;
}

rsd_status host_input_create_sound(const host_sound *sound, uint32_t rate_hz, uint32_t channel_count,
                                   host_input **input, rsd_error *error)
{
    host_sound converted;
    if (channel_count < 1u || channel_count > HOST_SOUND_MAX_CHANNELS || sound->sample_count == 0u)
        return rsd_error_set(error, RSD_ERR_ARG, "no input sound");
    const rsd_status status = host_sound_convert(sound, rate_hz, &converted, error);
    return status == RSD_OK ? adopt(&converted, channel_count, input, error) : status;
}

void host_input_destroy(host_input *input)
{
    if (!input) return;
    host_sound_destroy(&input->sound);
    free(input);
}

void host_input_read(host_input *input, float *const *out, uint32_t sample_count)
{
    for (uint32_t at = 0; at < sample_count;) {
        const uint64_t left = input->sound.sample_count - input->position;
        const uint32_t n = left < sample_count - at ? (uint32_t)left : sample_count - at;
        for (uint32_t c = 0; c < input->sound.channel_count; c++)
            memcpy(out[c] + at, input->sound.channel[c] + input->position, n * sizeof(float));
        at += n;
        input->position = n == left ? 0u : input->position + n;
    }
}

uint64_t host_input_length_samples(const host_input *input) { return input->sound.sample_count; }

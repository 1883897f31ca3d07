// SPDX-License-Identifier: MIT
// PortAudio's side-chain: further channels of the input's device, or another device, whose clock is another one.
#include "base/error.h"
#include "host/device/internal.h"

#include <string.h>

/* Thread: [audio], of the other device */
static RSD_REALTIME int on_side_block(const void *input, void *output, unsigned long frame_count,
                                      const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags, void *context)
{
    host_device *device = context;
    (void)output, (void)time, (void)flags;
    if (input) host_drift_write(&device->drift, input, (uint32_t)frame_count);
    return paContinue;
}

static rsd_status open_other(host_device *device, const PaDeviceInfo *of_side, PaDeviceIndex side, rsd_error *error)
{
    const PaStreamParameters from = {.device = side,
                                     .channelCount = (int)device->side_channels,
                                     .sampleFormat = paFloat32,
                                     .suggestedLatency = of_side->defaultLowInputLatency};
    if (host_drift_init(&device->drift, device->side_channels) != RSD_OK)
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for the side-chain");
    const PaError code = Pa_OpenStream(&device->side_stream, &from, NULL, device->info.sample_rate_hz,
                                       paFramesPerBufferUnspecified, paNoFlag, on_side_block, device);
    if (code == paNoError) return RSD_OK;
    device->side_stream = NULL;
    host_drift_destroy(&device->drift);
    char what[300];
    snprintf(what, sizeof what, "cannot open the side-chain %s at %u Hz; its own rate is %.0f Hz", of_side->name,
             device->info.sample_rate_hz, of_side->defaultSampleRate);
    return host_portaudio_error(error, what, code);
}

/* One stream, one clock: the side-chain's channels are those behind the input's. */
static rsd_status share_input(host_device *device, const PaDeviceInfo *of_side, rsd_error *error)
{
    const uint32_t channels = device->info.channel_count;
    if ((uint32_t)of_side->maxInputChannels < 2u * channels)
        return base_error_set(error, RSD_ERR_UNSUPPORTED,
                              "%s is the input and the side-chain, and has %d channels: %u are wanted", of_side->name,
                              of_side->maxInputChannels, 2u * channels);
    device->info.input_channel_count = 2u * channels;
    return RSD_OK;
}

rsd_status host_portaudio_open_side(host_device *device, PaDeviceIndex input, PaDeviceIndex side, rsd_error *error)
{
    const PaDeviceInfo *of_side = Pa_GetDeviceInfo(side);
    const uint32_t channels = device->info.channel_count, has = (uint32_t)of_side->maxInputChannels;
    device->side_channels = has < channels ? has : channels;
    const rsd_status status =
        side == input ? share_input(device, of_side, error) : open_other(device, of_side, side, error);
    device->info.sidechain_channel_count = status == RSD_OK ? channels : 0u;
    /* A number may name another device once PortAudio has looked again. */
    if (status == RSD_OK) snprintf(device->names[5], sizeof device->names[5], "%s", of_side->name);
    return status;
}

rsd_status host_portaudio_start_side(host_device *device, rsd_error *error)
{
    const PaError code = device->side_stream ? Pa_StartStream(device->side_stream) : paNoError;
    return code == paNoError ? RSD_OK : host_portaudio_error(error, "the side-chain does not start", code);
}

void host_portaudio_close_side(host_device *device)
{
    if (!device->side_stream) return;
    Pa_CloseStream(device->side_stream);
    device->side_stream = NULL;
    host_drift_destroy(&device->drift);
}

/* A channel that the device lacks is its last one again. */
void host_portaudio_take_side(host_device *device, const float *const *in, const float **side, uint32_t sample_count)
{
    const uint32_t channels = device->info.channel_count;
    float *rows[HOST_DRIFT_MAX_CHANNELS];
    for (uint32_t c = 0; c < HOST_DRIFT_MAX_CHANNELS; c++) rows[c] = device->side_rows[c];
    if (device->side_stream) host_drift_read(&device->drift, rows, sample_count, device->info.sample_rate_hz);
    for (uint32_t c = 0; c < channels; c++) {
        if (device->side_stream)
            side[c] = rows[c < device->side_channels ? c : device->side_channels - 1u];
        else
            side[c] = in ? in[channels + c] : device->silence;
    }
    device->side = side;
}

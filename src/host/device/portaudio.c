// SPDX-License-Identifier: MIT
// PortAudio's half of host_device. After a JACK server's death PortAudio hangs in stop, abort, close and terminate:
// those calls are made on a helper thread with a timeout, and not at all once the server is known to be gone.
#include "host/session/clock.h"
#include "base/error.h"
#include "host/device/internal.h"
#include "host/device/timeout.h"
#include "host/device/quiet.h"

#include <math.h>
#include <pa_jack.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OPEN_TIMEOUT_S 15u
#define START_TIMEOUT_S 5u
#define TEARDOWN_TIMEOUT_S 3u
#define ALIVE_WAIT_MS 300
#define ALIVE_STEP_NS 5000000l

/* Control thread only: a lost JACK server has made PortAudio unusable for the rest of the process. */
static bool unusable;
/* PortAudio keeps the pointer that it is given. */
static char client_name[128];

bool host_portaudio_usable(void) { return !unusable; }
void host_portaudio_give_up(void) { unusable = true; }

static bool can_reopen(const host_device *device)
{
    (void)device;
    return !unusable;
}

/*
 * A device unplugged can be closed and opened again; a JACK server that ended, or one that hangs, cannot. Of a device that
 * ALSA calls disconnected, PortAudio's stream claims to be active, while its thread asks again and again for an end to
 * what it takes for an xrun: it is lost since no block comes, and is closed all the same.
 */
static void lose(host_device *device, bool stalled)
{
    (void)stalled;
    if (device->jack) unusable = true;
}

static bool is_active(host_device *device) { return device->stream && Pa_IsStreamActive(device->stream) == 1; }

/* A part of the host's block, at most HOST_DEVICE_MAX_BLOCK samples where there is a side-chain. */
static RSD_REALTIME void run_part(host_device *device, const float *const *in, float *const *out, uint32_t at,
                                  uint32_t sample_count, uint64_t block_ns)
{
    const float *from[2u * HOST_DEVICE_MAX_PORTAUDIO_CHANNELS], *side[HOST_DRIFT_MAX_CHANNELS];
    float *to[HOST_DEVICE_MAX_PORTAUDIO_CHANNELS];
    for (uint32_t c = 0; in && c < device->info.input_channel_count; c++) from[c] = in[c] + at;
    for (uint32_t c = 0; c < device->info.output_channel_count; c++) to[c] = out[c] + at;
    if (device->info.sidechain_channel_count > 0u)
        host_portaudio_take_side(device, in ? from : NULL, side, sample_count);
    (void)host_device_run(device, in ? from : NULL, to, sample_count, block_ns);
}

/* Thread: [audio] */
static RSD_REALTIME int on_block(const void *input, void *output, unsigned long frame_count,
                                 const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags, void *context)
{
    host_device *device = context;
    const uint64_t block_ns = host_clock_now_ns();
    const PaStreamCallbackFlags gaps = paInputUnderflow | paInputOverflow | paOutputUnderflow | paOutputOverflow;
    (void)time;
    if (flags & gaps) {
        const uint64_t count = atomic_load_explicit(&device->xrun_count, memory_order_relaxed);
        atomic_store_explicit(&device->xrun_count, count + 1u, memory_order_relaxed); /* read by get_info */
    }
    const uint32_t most = device->info.sidechain_channel_count > 0u ? HOST_DEVICE_MAX_BLOCK : (uint32_t)frame_count;
    for (uint32_t at = 0; at < frame_count; at += most) {
        const uint32_t left = (uint32_t)frame_count - at;
        run_part(device, input, output, at, left < most ? left : most, at == 0u ? block_ns : host_clock_now_ns());
    }
    return paContinue;
}

/* ---- calls with a timeout
 * -------------------------------------------------------------------------------------- */

/* host_device_call; PortAudio is unusable where it did not come back. */
static rsd_status call_with_timeout(host_device *device, rsd_status (*work)(host_device *device, rsd_error *error),
                                    uint32_t timeout_s, rsd_error *error)
{
    const rsd_status status = host_device_call(device, work, timeout_s, error);
    if (device->deserted) unusable = true;
    return status;
}

static rsd_status stop_stream(host_device *device, rsd_error *error)
{
    (void)error;
    if (device->side_stream) Pa_StopStream(device->side_stream);
    Pa_StopStream(device->stream);
    return RSD_OK;
}

static rsd_status close_stream(host_device *device, rsd_error *error)
{
    (void)error;
    host_portaudio_close_side(device);
    if (device->stream) Pa_CloseStream(device->stream);
    if (device->initialised) Pa_Terminate();
    device->stream = NULL;
    device->initialised = false;
    return RSD_OK;
}

/* A server that hangs claims to be active, but sends no blocks; stopping it would hang. */
static bool sends_blocks(host_device *device)
{
    const uint64_t before = atomic_load_explicit(&device->callback_count, memory_order_relaxed);
    for (int waited_ms = 0; waited_ms < ALIVE_WAIT_MS; waited_ms += (int)(ALIVE_STEP_NS / 1000000l)) {
        if (atomic_load_explicit(&device->callback_count, memory_order_relaxed) != before) return true;
        nanosleep(&(struct timespec){0, ALIVE_STEP_NS}, NULL);
    }
    return false;
}

static bool stop(host_device *device)
{
    if (device->jack && !sends_blocks(device)) {
        unusable = true;
        return false;
    }
    return call_with_timeout(device, stop_stream, TEARDOWN_TIMEOUT_S, NULL) == RSD_OK;
}

static bool close_device(host_device *device)
{
    if (unusable) return false;
    if (!device->stream && !device->initialised) return true;
    const int saved = device->config.show_noise ? -1 : host_quiet_begin();
    const rsd_status status = call_with_timeout(device, close_stream, TEARDOWN_TIMEOUT_S, NULL);
    host_quiet_end(saved);
    return status == RSD_OK;
}

/* ---- open
 * -------------------------------------------------------------------------------------------------------------- */

rsd_status host_portaudio_error(rsd_error *error, const char *what, PaError code)
{
    const PaHostErrorInfo *host = code == paUnanticipatedHostError ? Pa_GetLastHostErrorInfo() : NULL;
    const rsd_status status =
        code == paInvalidSampleRate || code == paInvalidChannelCount || code == paBadIODeviceCombination
            ? RSD_ERR_UNSUPPORTED
            : RSD_ERR_IO;
    return base_error_set(error, status, "%s: %s%s%s", what, Pa_GetErrorText(code), host ? ": " : "",
                          host ? host->errorText : "");
}

static PaStreamParameters stream_parameters(PaDeviceIndex index, uint32_t channel_count, double latency_s)
{
    return (PaStreamParameters){.device = index,
                                .channelCount = (int)channel_count,
                                .sampleFormat = paFloat32 | paNonInterleaved,
                                .suggestedLatency = latency_s};
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static void describe(host_device *device, PaDeviceIndex input, PaDeviceIndex output)
{
    const PaDeviceInfo *in = input == paNoDevice ? NULL : Pa_GetDeviceInfo(input);
    const PaDeviceInfo *out = Pa_GetDeviceInfo(output);
    const PaHostApiInfo *api = Pa_GetHostApiInfo(out->hostApi);
    const uint32_t wanted = device->config.channel_count;
    host_device_info *info = &device->info;
    info->backend = HOST_BACKEND_PORTAUDIO;
    info->channel_count = wanted;
    info->input_channel_count = in ? least(wanted, (uint32_t)in->maxInputChannels) : 0u;
    info->output_channel_count = least(HOST_DEVICE_MAX_PORTAUDIO_CHANNELS, (uint32_t)out->maxOutputChannels);
    info->sample_rate_hz =
        device->config.sample_rate_hz ? device->config.sample_rate_hz : (uint32_t)lround(out->defaultSampleRate);
    info->block_samples = device->config.block_samples;
    snprintf(info->input_name, sizeof info->input_name, "%s", in ? in->name : "");
    snprintf(info->output_name, sizeof info->output_name, "%s", out->name);
    snprintf(info->host_api, sizeof info->host_api, "%s", api->name);
    device->jack = api->type == paJACK;
    info->expected_block_samples = info->block_samples;
    if (device->jack && in && !info->block_samples) /* a capture port is as late as one block */
        info->expected_block_samples = (uint32_t)lround(in->defaultLowInputLatency * info->sample_rate_hz);
}

static rsd_status open_stream(host_device *device, PaDeviceIndex input, PaDeviceIndex output, rsd_error *error)
{
    host_device_info *info = &device->info;
    const PaDeviceInfo *in = input == paNoDevice ? NULL : Pa_GetDeviceInfo(input);
    const PaDeviceInfo *out = Pa_GetDeviceInfo(output);
    const PaStreamParameters from =
        stream_parameters(input, info->input_channel_count, in ? in->defaultLowInputLatency : 0.0);
    const PaStreamParameters to = stream_parameters(output, info->output_channel_count, out->defaultLowOutputLatency);
    const unsigned long block =
        device->config.block_samples ? device->config.block_samples : paFramesPerBufferUnspecified;
    const PaError code =
        Pa_OpenStream(&device->stream, in ? &from : NULL, &to, info->sample_rate_hz, block, paNoFlag, on_block, device);
    if (code == paNoError) return RSD_OK;
    device->stream = NULL;
    char what[400];
    snprintf(what, sizeof what, "cannot open %s%s%s (%s) at %u Hz; its own rate is %.0f Hz", info->input_name,
             in ? " and " : "", info->output_name, info->host_api, info->sample_rate_hz, out->defaultSampleRate);
    return host_portaudio_error(error, what, code);
}

static void keep_latencies(host_device *device)
{
    const PaStreamInfo *stream = Pa_GetStreamInfo(device->stream);
    host_device_info *info = &device->info;
    if (!stream) return;
    if (info->input_channel_count)
        info->input_latency_samples = (uint32_t)lround(stream->inputLatency * stream->sampleRate);
    info->output_latency_samples = (uint32_t)lround(stream->outputLatency * stream->sampleRate);
}

static rsd_status initialise(host_device *device, rsd_error *error)
{
    snprintf(client_name, sizeof client_name, "%s", device->config.client_name);
    PaJack_SetClientName(client_name);
    const PaError code = Pa_Initialize();
    if (code != paNoError) return host_portaudio_error(error, "PortAudio does not start", code);
    device->initialised = true;
    return RSD_OK;
}

static rsd_status open_found(host_device *device, rsd_error *error)
{
    PaDeviceIndex input = paNoDevice, output = paNoDevice, side = paNoDevice;
    rsd_status status = initialise(device, error);
    if (status == RSD_OK) status = host_portaudio_select(&device->config, &input, &output, error);
    if (status == RSD_OK) status = host_portaudio_select_side(&device->config, &side, error);
    if (status != RSD_OK) return status;
    describe(device, input, output);
    if (side != paNoDevice) status = host_portaudio_open_side(device, input, side, error);
    if (status == RSD_OK) status = open_stream(device, input, output, error);
    if (status == RSD_OK)
        keep_latencies(device);
    else
        host_portaudio_close_side(device);
    return status;
}

static rsd_status open_or_terminate(host_device *device, rsd_error *error)
{
    const rsd_status status = open_found(device, error);
    if (status != RSD_OK && device->initialised) {
        Pa_Terminate();
        device->initialised = false;
    }
    return status;
}

static rsd_status open_device(host_device *device, rsd_error *error)
{
    if (unusable)
        return base_error_set(error, RSD_ERR_UNSUPPORTED,
                              "a sound server died earlier and took PortAudio with it; start residuum anew");
    const int saved = device->config.show_noise ? -1 : host_quiet_begin();
    const rsd_status status = call_with_timeout(device, open_or_terminate, OPEN_TIMEOUT_S, error);
    host_quiet_end(saved);
    return status;
}

static rsd_status start_stream(host_device *device, rsd_error *error)
{
    const PaError code = Pa_StartStream(device->stream);
    if (code != paNoError) return host_portaudio_error(error, "the sound device does not start", code);
    keep_latencies(device); /* JACK knows the real ones only now */
    return host_portaudio_start_side(device, error);
}

static rsd_status start(host_device *device, rsd_error *error)
{
    const int saved = device->config.show_noise ? -1 : host_quiet_begin();
    const rsd_status status = call_with_timeout(device, start_stream, START_TIMEOUT_S, error);
    host_quiet_end(saved);
    /* The server is gone: PortAudio aborts the process when such a stream is closed. */
    if (status != RSD_OK && device->jack) unusable = true;
    return status;
}

const host_device_calls host_portaudio_calls = {.open = open_device,
                                                .start = start,
                                                .stop = stop,
                                                .is_active = is_active,
                                                .lose = lose,
                                                .close = close_device,
                                                .can_reopen = can_reopen};

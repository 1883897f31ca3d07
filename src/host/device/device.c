// SPDX-License-Identifier: MIT
// A sound device of any backend: opened, started, watched, closed, opened again.
#include "host/device/device.h"
#include "base/error.h"
#include "host/session/clock.h"
#include "host/device/internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define STALL_NS (5u * BASE_NS_PER_S)
#define HARDWARE_STALL_NS (2u * BASE_NS_PER_S) /* a block is at most one second */
#define CUT_OFF_WAIT_NS 1000000l

static const char *const backend_names[] = {"auto", "jack", "portaudio", "null"};

const char *host_backend_name(host_backend backend) { return backend_names[backend]; }

rsd_status host_backend_parse(const char *text, host_backend *backend)
{
    for (int i = 0; i < 4; i++) {
        if (strcasecmp(text, backend_names[i]) != 0) continue;
        *backend = (host_backend)i;
        return RSD_OK;
    }
    return RSD_ERR_ARG;
}

static const char *keep_name(char *place, size_t place_bytes, const char *name)
{
    if (!name) return NULL;
    snprintf(place, place_bytes, "%s", name);
    return place;
}

static void keep_config(host_device *device, const host_device_config *config)
{
    const size_t bytes = sizeof device->names[0];
    device->config = *config;
    if (device->config.channel_count == 0u) device->config.channel_count = 1u;
    device->config.input_device = keep_name(device->names[0], bytes, config->input_device);
    device->config.output_device = keep_name(device->names[1], bytes, config->output_device);
    device->config.host_api = keep_name(device->names[2], bytes, config->host_api);
    device->config.midi_input = keep_name(device->names[4], bytes, config->midi_input);
    device->config.sidechain_device = keep_name(device->names[5], bytes, config->sidechain_device);
    device->config.cv_device = keep_name(device->names[6], bytes, config->cv_device);
    for (uint32_t i = 0; i < config->cv_count; i++)
        device->config.cv_ports[i] = keep_name(device->cv_names[i], sizeof device->cv_names[i], config->cv_ports[i]);
    device->config.client_name =
        keep_name(device->names[3], bytes, config->client_name ? config->client_name : "residuum");
}

static rsd_status check_config(const host_device_config *config, rsd_error *error)
{
    if (config->channel_count > HOST_DEVICE_MAX_CHANNELS)
        return base_error_set(error, RSD_ERR_ARG, "%u channels: 1 to %u are wanted", config->channel_count,
                              HOST_DEVICE_MAX_CHANNELS);
    if (config->block_samples > HOST_DEVICE_MAX_BLOCK)
        return base_error_set(error, RSD_ERR_ARG, "block of %u samples: at most %u are taken", config->block_samples,
                              HOST_DEVICE_MAX_BLOCK);
    if (config->sample_rate_hz && (config->sample_rate_hz < 8000u || config->sample_rate_hz > 384000u))
        return base_error_set(error, RSD_ERR_ARG, "sample rate of %u Hz: 8000 to 384000 are taken",
                              config->sample_rate_hz);
    return RSD_OK;
}

static bool names_a_device(const host_device_config *config)
{
    return config->input_device || config->output_device || config->sidechain_device || config->host_api;
}

static rsd_status open_with(host_device *device, const host_device_calls *calls, rsd_error *error)
{
    const rsd_status status = calls->open(device, error);
    if (status == RSD_OK) device->calls = calls;
    return status;
}

static rsd_status open_plain(host_device *device, const host_device_calls *calls, rsd_error *error)
{
    const uint32_t channels = device->config.channel_count;
    if (calls == &host_portaudio_calls && channels > HOST_DEVICE_MAX_PORTAUDIO_CHANNELS)
        return base_error_set(error, RSD_ERR_ARG, "%u channels: 1 or 2 are wanted, more only under JACK", channels);
    return open_with(device, calls, error);
}

static rsd_status open_jack(host_device *device, rsd_error *error)
{
#ifdef RSD_HAVE_JACK
    return open_with(device, &host_jack_calls, error);
#else
    (void)device;
    return base_error_set(error, RSD_ERR_NOT_FOUND, "this residuum was built without JACK; see --backend portaudio");
#endif
}

/*
 * AUTO: JACK where a server runs that has what is asked for; else PortAudio, or the null device where there is no sound
 * device at all. A device that refuses is an error worth reading. A JACK server that hangs would hang PortAudio, too.
 */
static rsd_status open_automatic(host_device *device, rsd_error *error)
{
    const host_device_config *config = &device->config;
    rsd_error jack_error;
    const rsd_status jack = open_jack(device, &jack_error);
    if (jack == RSD_OK) return RSD_OK;
    if (device->deserted || (jack != RSD_ERR_NOT_FOUND && jack != RSD_ERR_UNSUPPORTED))
        return base_error_set(error, jack, "%s", jack_error.text);
    const rsd_status status = open_plain(device, &host_portaudio_calls, error);
    if (status != RSD_ERR_NOT_FOUND || names_a_device(config)) return status;
    snprintf(device->info.fallback, sizeof device->info.fallback, "no sound device found");
    return open_plain(device, &host_null_calls, error);
}

static rsd_status open_backend(host_device *device, rsd_error *error)
{
    switch (device->config.backend) {
    case HOST_BACKEND_JACK:
        return open_jack(device, error);
    case HOST_BACKEND_PORTAUDIO:
        return open_plain(device, &host_portaudio_calls, error);
    case HOST_BACKEND_NULL:
        return open_plain(device, &host_null_calls, error);
    default:
        return open_automatic(device, error);
    }
}

rsd_status host_device_open(const host_device_config *config, host_device_callback callback, void *context,
                            host_device **device, rsd_error *error)
{
    if (!config || !callback || !device) return base_error_set(error, RSD_ERR_ARG, "no callback for the device");
    rsd_status status = check_config(config, error);
    if (status != RSD_OK) return status;
    host_device *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the audio device");
    keep_config(self, config);
    self->callback = callback;
    self->context = context;
    status = open_backend(self, error);
    if (status != RSD_OK) {
        if (!self->deserted) free(self);
        return status;
    }
    if (error) *error = (rsd_error){0};
    *device = self;
    return RSD_OK;
}

static void clear_counters(host_device *device)
{
    atomic_store(&device->callback_count, 0u);
    atomic_store(&device->sample_count, 0u);
    atomic_store(&device->xrun_count, 0u);
    atomic_store(&device->busy_ns, 0u);
    atomic_store(&device->deadline_ns, 0u);
    atomic_store(&device->worst_cpu_ns, 0u);
    atomic_store(&device->worst_load_bits, 0u);
    atomic_store(&device->worst_cpu_share_bits, 0u);
    device->read_busy_ns = device->read_deadline_ns = 0u;
    device->seen_callback_count = 0u;
    device->seen_ns = host_clock_now_ns();
}

rsd_status host_device_start(host_device *device, rsd_error *error)
{
    if (device->state == HOST_DEVICE_RUNNING) return RSD_OK;
    if (device->state == HOST_DEVICE_LOST) return base_error_set(error, RSD_ERR_IO, "the sound device is lost");
    clear_counters(device);
    atomic_store(&device->cut_off, false);
    const rsd_status status = device->calls->start(device, error);
    if (status == RSD_OK) device->state = HOST_DEVICE_RUNNING;
    return status;
}

/* Makes sure that the callback does not run and will not: waits for one that is running. */
static void cut_off(host_device *device)
{
    atomic_store(&device->cut_off, true);
    while (atomic_load(&device->inside)) nanosleep(&(struct timespec){0, CUT_OFF_WAIT_NS}, NULL);
}

void host_device_stop(host_device *device)
{
    if (host_device_poll(device) == HOST_DEVICE_RUNNING) {
        device->state = device->calls->stop(device) ? HOST_DEVICE_STOPPED : HOST_DEVICE_LOST;
    }
    cut_off(device);
}

/* So long without a block that the server hangs, or that the hardware is gone, though the stream claims to be active. */
static bool is_stalled(host_device *device)
{
    const bool is_hardware = device->info.backend == HOST_BACKEND_PORTAUDIO && !device->jack;
    const uint64_t count = atomic_load_explicit(&device->callback_count, memory_order_relaxed);
    const uint64_t now = host_clock_now_ns();
    if (count != device->seen_callback_count) {
        device->seen_callback_count = count;
        device->seen_ns = now;
    }
    return now - device->seen_ns > (is_hardware ? HARDWARE_STALL_NS : STALL_NS);
}

void host_device_set_latency(host_device *device, uint32_t latency_samples)
{
    const uint32_t told = atomic_load_explicit(&device->latency_samples, memory_order_relaxed);
    const uint32_t block = atomic_load_explicit(&device->block_samples, memory_order_relaxed);
    if (told == latency_samples && device->told_block_samples == block) return;
    device->told_block_samples = block;                      /* ports are as late as blocks are long */
    atomic_store(&device->latency_samples, latency_samples); /* read by JACK's notification thread */
    if (device->calls->tell_latency && device->state == HOST_DEVICE_RUNNING) device->calls->tell_latency(device);
}

host_device_state host_device_poll(host_device *device)
{
    if (device->state != HOST_DEVICE_RUNNING || !device->calls->is_active) return device->state;
    const bool stalled = is_stalled(device);
    if (device->calls->is_active(device) && !stalled) return HOST_DEVICE_RUNNING;
    device->calls->lose(device, stalled);
    device->state = HOST_DEVICE_LOST;
    return device->state;
}

host_close_result host_device_close(host_device *device)
{
    if (!device) return HOST_CLOSE_CLEAN;
    host_device_stop(device);
    if (device->calls->close(device)) {
        free(device);
        return HOST_CLOSE_CLEAN;
    }
    return HOST_CLOSE_LEAKED; /* a library's threads may still look at the device: it is left to the process's end */
}

/* A number may name another device once PortAudio has looked again: from here on the name counts. JACK's are names. */
static void name_the_devices(host_device *device)
{
    host_device_config *config = &device->config;
    const size_t bytes = sizeof device->names[0];
    config->sample_rate_hz = device->info.sample_rate_hz;
    if (device->info.backend == HOST_BACKEND_JACK) return;
    if (config->input_device) config->input_device = keep_name(device->names[0], bytes, device->info.input_name);
    if (config->output_device) config->output_device = keep_name(device->names[1], bytes, device->info.output_name);
    config->host_api = keep_name(device->names[2], bytes, device->info.host_api);
}

rsd_status host_device_reopen(host_device *device, rsd_error *error)
{
    if (device->state != HOST_DEVICE_LOST) return base_error_set(error, RSD_ERR_ARG, "the sound device is not lost");
    if (!device->calls->can_reopen(device))
        return base_error_set(error, RSD_ERR_UNSUPPORTED,
                              "the %s server ended or hangs and cannot be reached again from this process; start the "
                              "server, then residuum anew",
                              device->info.host_api);
    const host_device_info before = device->info;
    name_the_devices(device);
    cut_off(device);
    if (!device->calls->close(device))
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s does not let go of the lost device; start residuum anew",
                              device->info.host_api);
    rsd_status status = device->calls->open(device, error);
    if (status != RSD_OK) {
        device->info = before; /* what is still looked for */
        return status;
    }
    device->state = HOST_DEVICE_STOPPED;
    status = host_device_start(device, error);
    if (status != RSD_OK) device->state = HOST_DEVICE_LOST;
    return status;
}

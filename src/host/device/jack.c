// SPDX-License-Identifier: MIT
// JACK's half of host_device, without PortAudio between: opens, starts, stops and closes a client. Calls that wait for
// the server are made on a helper thread with a timeout, and none at all once the server is known to hang.
#include "host/device/jack.h"
#include "base/error.h"
#include "host/device/quiet.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OPEN_TIMEOUT_S 15u
#define START_TIMEOUT_S 5u
#define TEARDOWN_TIMEOUT_S 3u
#define HOST_API "JACK"
#define HOST_API_IN_FULL "JACK Audio Connection Kit" /* as PortAudio calls it: --host-api means both */

static rsd_status call_with_timeout(host_device *device, rsd_status (*work)(host_device *device, rsd_error *error),
                                    uint32_t timeout_s, rsd_error *error)
{
    const rsd_status status = host_device_call(device, work, timeout_s, error);
    /* The thread that hangs may yet write to `native`, but never to this. */
    if (device->deserted && device->native) device->native->hangs = true;
    return status;
}

/* ---- open ---- */

static rsd_status check_wanted(host_device *device, rsd_error *error)
{
    const host_device_config *config = &device->config;
    const uint32_t rate_hz = jack_get_sample_rate(device->native->client);
    const uint32_t block = jack_get_buffer_size(device->native->client);
    if (config->sample_rate_hz && config->sample_rate_hz != rate_hz)
        return base_error_set(
            error, RSD_ERR_UNSUPPORTED,
            "the JACK server runs at %u Hz, not at %u: leave the rate out, or start the server with it", rate_hz,
            config->sample_rate_hz);
    if (config->block_samples && config->block_samples != block)
        return base_error_set(
            error, RSD_ERR_UNSUPPORTED,
            "the JACK server's block is %u samples, not %u: leave the block out, set the server's (by "
            "jack_bufsize), or use --backend portaudio, which adds a block",
            block, config->block_samples);
    return RSD_OK;
}

static rsd_status register_ports(host_device *device, rsd_error *error)
{
    host_jack *jack = device->native;
    for (uint32_t c = 0; c < device->config.channel_count; c++) {
        char in[16], out[16];
        snprintf(in, sizeof in, "in_%u", c + 1u);
        snprintf(out, sizeof out, "out_%u", c + 1u);
        jack->out[c] = jack_port_register(jack->client, out, JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0ul);
        if (!device->config.no_input)
            jack->in[c] = jack_port_register(jack->client, in, JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0ul);
        char side[24];
        snprintf(side, sizeof side, "sidechain_%u", c + 1u);
        if (device->config.sidechain_device)
            jack->side[c] = jack_port_register(jack->client, side, JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0ul);
        if (!jack->out[c] || (!jack->in[c] && !device->config.no_input) ||
            (!jack->side[c] && device->config.sidechain_device))
            return base_error_set(error, RSD_ERR_IO, "the JACK server has no more ports to give");
    }
    for (uint32_t i = 0; i < device->config.cv_count; i++) {
        jack->cv[i] =
            jack_port_register(jack->client, device->config.cv_ports[i], JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0ul);
        if (!jack->cv[i]) return base_error_set(error, RSD_ERR_IO, "the JACK server has no more ports to give");
    }
    return host_jack_register_midi(device, error);
}

static void describe(host_device *device)
{
    jack_client_t *client = device->native->client;
    const host_device_config *config = &device->config;
    host_device_info *info = &device->info;
    info->backend = HOST_BACKEND_JACK;
    info->channel_count = info->output_channel_count = config->channel_count;
    info->input_channel_count = config->no_input ? 0u : config->channel_count;
    info->sidechain_channel_count = config->sidechain_device ? config->channel_count : 0u;
    info->cv_count = config->cv_count;
    info->sample_rate_hz = jack_get_sample_rate(client);
    info->block_samples = info->expected_block_samples = jack_get_buffer_size(client);
    snprintf(info->client_name, sizeof info->client_name, "%s", jack_get_client_name(client));
    snprintf(info->host_api, sizeof info->host_api, HOST_API);
}

static rsd_status open_client(host_device *device, rsd_error *error)
{
    jack_status_t status = (jack_status_t)0;
    const char *server = getenv("JACK_DEFAULT_SERVER");
    device->native->client = host_jack_open_client(device->config.client_name, device->config.show_noise, &status);
    if (device->native->client) return RSD_OK;
    if (status & JackServerFailed)
        return base_error_set(error, RSD_ERR_NOT_FOUND,
                              "no JACK server called \"%.60s\" runs; start one, or use another --backend",
                              server ? server : "default");
    return base_error_set(error, RSD_ERR_IO, "the JACK server takes no client (status 0x%x)", (unsigned)status);
}

static rsd_status set_up(host_device *device, rsd_error *error)
{
    rsd_status status = open_client(device, error);
    if (status == RSD_OK) status = check_wanted(device, error);
    if (status == RSD_OK) describe(device);
    if (status == RSD_OK) status = host_jack_check_names(device, error);
    if (status == RSD_OK) status = register_ports(device, error);
    if (status == RSD_OK) host_jack_find_midi(device);
    if (status == RSD_OK && !host_jack_set_callbacks(device))
        status = base_error_set(error, RSD_ERR_IO, "JACK takes no callbacks");
    if (status == RSD_OK || !device->native->client) return status;
    jack_client_close(device->native->client);
    device->native->client = NULL;
    return status;
}

static bool is_jack(const char *host_api) { return !host_api || strcasestr(HOST_API_IN_FULL, host_api); }

static rsd_status open_device(host_device *device, rsd_error *error)
{
    if (!is_jack(device->config.host_api))
        return base_error_set(error, RSD_ERR_NOT_FOUND, "host API \"%s\" is not JACK: use --backend portaudio",
                              device->config.host_api);
    device->native = calloc(1, sizeof *device->native);
    if (!device->native) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the JACK client");
    /* Here and not where it hangs: what went wrong is said on stderr. */
    const int saved = device->config.show_noise ? -1 : host_quiet_begin();
    const rsd_status status = call_with_timeout(device, set_up, OPEN_TIMEOUT_S, error);
    host_quiet_end(saved);
    if (status == RSD_OK || device->deserted) return status;
    free(device->native);
    device->native = NULL;
    memset(&device->info, 0, sizeof device->info);
    return status;
}

/* ---- start and stop ---- */

static rsd_status activate(host_device *device, rsd_error *error)
{
    if (jack_activate(device->native->client) != 0)
        return base_error_set(error, RSD_ERR_IO, "the JACK server does not start the client");
    rsd_status status = host_jack_connect(device, error);
    if (status == RSD_OK) status = host_jack_connect_midi(device, error);
    if (status == RSD_OK) host_jack_await_connections(device);
    if (status == RSD_OK) jack_recompute_total_latencies(device->native->client);
    if (status != RSD_OK) jack_deactivate(device->native->client);
    return status;
}

static rsd_status start(host_device *device, rsd_error *error)
{
    return call_with_timeout(device, activate, START_TIMEOUT_S, error);
}

static rsd_status deactivate(host_device *device, rsd_error *error)
{
    (void)error;
    jack_deactivate(device->native->client);
    return RSD_OK;
}

static bool stop(host_device *device)
{
    return !device->native->hangs && call_with_timeout(device, deactivate, TEARDOWN_TIMEOUT_S, NULL) == RSD_OK;
}

static rsd_status recompute(host_device *device, rsd_error *error)
{
    (void)error;
    jack_recompute_total_latencies(device->native->client);
    return RSD_OK;
}

/* The server calls on_latency of all clients on the way, and waits for them. */
static void tell_latency(host_device *device)
{
    if (!device->native->hangs) (void)call_with_timeout(device, recompute, TEARDOWN_TIMEOUT_S, NULL);
}

static bool is_active(host_device *device)
{
    return !device->native->hangs && !atomic_load(&device->native->gone); /* stored by on_shutdown */
}

static void lose(host_device *device, bool stalled)
{
    if (stalled) device->native->hangs = true;
}

static rsd_status close_client(host_device *device, rsd_error *error)
{
    (void)error;
    jack_client_close(device->native->client);
    return RSD_OK;
}

static bool close_device(host_device *device)
{
    if (!device->native) return !device->deserted; /* lost, closed, and not opened again yet */
    if (device->native->hangs || call_with_timeout(device, close_client, TEARDOWN_TIMEOUT_S, NULL) != RSD_OK)
        return false;
    free(device->native);
    device->native = NULL;
    return true;
}

/* A server that ended leaves nothing behind that would hang; one that hangs has a thread of libjack's in it. */
static bool can_reopen(const host_device *device)
{
    return !device->deserted && (!device->native || !device->native->hangs);
}

const host_device_calls host_jack_calls = {.open = open_device,
                                           .start = start,
                                           .stop = stop,
                                           .is_active = is_active,
                                           .lose = lose,
                                           .close = close_device,
                                           .can_reopen = can_reopen,
                                           .tell_latency = tell_latency,
                                           .take_midi = host_jack_take_midi};

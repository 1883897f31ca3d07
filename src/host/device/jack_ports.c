// SPDX-License-Identifier: MIT
// Which ports of a JACK graph a configuration means, connecting to them, and the list of clients.
#include "host/device/jack.h"
#include "base/error.h"
#include "base/sleep.h"
#include "host/device/quiet.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define MAX_LISTED_CLIENTS 64u
#define AWAIT_NS (3u * BASE_NS_PER_S) /* more than the longest cycle takes */
#define AWAIT_STEP_NS (BASE_NS_PER_S / 1000u)

static void ignore(const char *text) { (void)text; }

jack_client_t *host_jack_open_client(const char *name, bool show_noise, jack_status_t *status)
{
    if (!show_noise) { /* for good: a server that ends, or an xrun, has words to say, too */
        jack_set_error_function(ignore);
        jack_set_info_function(ignore);
    }
    return jack_client_open(name, JackNoStartServer, status);
}

/* ---- names ---- */

void host_jack_client_of(const char *port, char *name, size_t name_bytes)
{
    const char *colon = strchr(port, ':');
    snprintf(name, name_bytes, "%.*s", colon ? (int)(colon - port) : (int)strlen(port), port);
}

static bool is_of_client(const char *port, const char *client)
{
    const size_t length = strlen(client);
    return strncasecmp(port, client, length) == 0 && port[length] == ':';
}

/* Keeps those whose names begin with `wanted`; of the client of that name alone where there is one. */
static uint32_t keep_wanted(const char **ports, const char *wanted)
{
    bool is_client = false;
    uint32_t count = 0u;
    for (const char **port = ports; *port; port++) is_client = is_client || is_of_client(*port, wanted);
    for (const char **port = ports; *port; port++)
        if (is_client ? is_of_client(*port, wanted) : strncasecmp(*port, wanted, strlen(wanted)) == 0)
            ports[count++] = *port;
    ports[count] = NULL;
    return count;
}

static uint32_t keep_others(jack_client_t *client, const char **ports)
{
    uint32_t count = 0u;
    for (const char **port = ports; *port; port++)
        if (!jack_port_is_mine(client, jack_port_by_name(client, *port))) ports[count++] = *port;
    ports[count] = NULL;
    return count;
}

const char **host_jack_find_ports(jack_client_t *client, const char *wanted, unsigned long flags, uint32_t *count)
{
    const unsigned long all = wanted ? flags : flags | JackPortIsPhysical;
    const char **ports = jack_get_ports(client, NULL, JACK_DEFAULT_AUDIO_TYPE, all);
    *count = ports ? keep_others(client, ports) : 0u;
    if (ports && wanted) *count = keep_wanted(ports, wanted);
    return ports;
}

/* Adds `system, ardour` for every client with such ports; what does not fit into the text is left out. */
static void list_clients(jack_client_t *client, unsigned long flags, char *text, size_t text_bytes)
{
    uint32_t count;
    char last[128] = "";
    size_t used = 0u;
    *text = '\0';
    const char **ports = host_jack_find_ports(client, "", flags, &count);
    for (uint32_t i = 0; i < count; i++) {
        char name[128];
        host_jack_client_of(ports[i], name, sizeof name);
        if (strcmp(name, last) == 0 || used + strlen(name) + 3u > text_bytes) continue;
        used += (size_t)snprintf(text + used, text_bytes - used, "%s%s", used ? ", " : "", name);
        memcpy(last, name, sizeof last);
    }
    jack_free(ports);
}

/* What a configuration may name a client for. */
typedef enum { SIDE_INPUT, SIDE_OUTPUT, SIDE_CHAIN, SIDE_CV } jack_side;

/* `name` gets the client that is connected to, or a word for that there is none. */
static rsd_status check_name(host_device *device, const char *wanted, jack_side side, char name[128], rsd_error *error)
{
    static const char *const words[] = {"input", "output", "side-chain", "CV"};
    const bool is_input = side != SIDE_OUTPUT;
    jack_client_t *client = device->native->client;
    const unsigned long flags = is_input ? JackPortIsOutput : JackPortIsInput;
    uint32_t count = 0u;
    char list[300];
    snprintf(name, 128u, "%s", device->config.jack_loopback ? "ourselves" : "not connected");
    if (!wanted && (device->config.no_connect || device->config.jack_loopback)) return RSD_OK;
    const char **ports = host_jack_find_ports(client, wanted, flags, &count);
    if (count > 0u) host_jack_client_of(ports[0], name, 128u);
    jack_free(ports);
    if (count > 0u || !wanted) return RSD_OK;
    list_clients(client, flags, list, sizeof list);
    return base_error_set(
        error, RSD_ERR_NOT_FOUND,
        "%s device \"%s\": no JACK client with audio %ss is called so, nor do names of ports begin so; "
        "there are: %s",
        words[side], wanted, is_input ? "output" : "input", *list ? list : "none");
}

rsd_status host_jack_check_names(host_device *device, rsd_error *error)
{
    const host_device_config *config = &device->config;
    host_device_info *info = &device->info;
    rsd_status status = RSD_OK;
    if (!config->no_input) status = check_name(device, config->input_device, SIDE_INPUT, info->input_name, error);
    if (status == RSD_OK) status = check_name(device, config->output_device, SIDE_OUTPUT, info->output_name, error);
    char side_name[128];
    if (status == RSD_OK && config->sidechain_device)
        status = check_name(device, config->sidechain_device, SIDE_CHAIN, side_name, error);
    if (status == RSD_OK && config->cv_device)
        status = check_name(device, config->cv_device, SIDE_CV, side_name, error);
    return status;
}

/* ---- connections ---- */

bool host_jack_connect_two(host_jack *jack, const char *theirs, jack_port_t *ours, bool is_input)
{
    const char *own = jack_port_name(ours);
    if (jack_connect(jack->client, is_input ? theirs : own, is_input ? own : theirs) != 0) return false;
    jack->last_own = ours;
    snprintf(jack->last_theirs, sizeof jack->last_theirs, "%s", theirs);
    return true;
}

void host_jack_await_connections(const host_device *device)
{
    const host_jack *jack = device->native;
    const uint64_t until_ns = base_now_ns() + AWAIT_NS;
    /* What is connected last comes last. `gone` is stored by on_shutdown. */
    while (jack->last_own && !jack_port_connected_to(jack->last_own, jack->last_theirs) && !atomic_load(&jack->gone) &&
           base_now_ns() < until_ns)
        base_sleep_until(base_now_ns() + AWAIT_STEP_NS);
}

/*
 * Channel by channel. One source goes to all channels, but to one signal that steers; one channel plays on two sinks. Returns how many connections
 * there are.
 */
static uint32_t connect_side(host_device *device, const char *wanted, jack_side side)
{
    host_jack *jack = device->native;
    const bool is_input = side != SIDE_OUTPUT;
    jack_port_t *const *const rows[] = {jack->in, jack->out, jack->side, jack->cv}, *const *own = rows[side];
    const uint32_t channels = side == SIDE_CV ? device->info.cv_count : device->info.channel_count;
    uint32_t count = 0u, connected = 0u;
    if (!wanted && device->config.no_connect) return 0u;
    const char **ports =
        host_jack_find_ports(jack->client, wanted, is_input ? JackPortIsOutput : JackPortIsInput, &count);
    for (uint32_t c = 0; c < channels; c++) {
        const uint32_t theirs = is_input && count == 1u && side != SIDE_CV ? 0u : c;
        if (theirs < count) connected += host_jack_connect_two(jack, ports[theirs], own[c], is_input);
    }
    if (!is_input && channels == 1u && count > 1u) connected += host_jack_connect_two(jack, ports[1], own[0], false);
    jack_free(ports);
    return connected;
}

/* A loop without any other program; what JACK does with it takes a period. */
static rsd_status connect_to_ourselves(host_device *device, rsd_error *error)
{
    host_jack *jack = device->native;
    for (uint32_t c = 0; c < device->info.channel_count; c++)
        if (!host_jack_connect_two(jack, jack_port_name(jack->out[c]), jack->in[c], true))
            return base_error_set(error, RSD_ERR_IO, "JACK does not connect our output to our input");
    return RSD_OK;
}

rsd_status host_jack_connect(host_device *device, rsd_error *error)
{
    const host_device_config *config = &device->config;
    uint32_t inputs = 1u;
    if (config->jack_loopback) return connect_to_ourselves(device, error);
    if (!config->no_input) inputs = connect_side(device, config->input_device, SIDE_INPUT);
    const uint32_t outputs = connect_side(device, config->output_device, SIDE_OUTPUT);
    if (config->sidechain_device && connect_side(device, config->sidechain_device, SIDE_CHAIN) == 0u)
        return base_error_set(error, RSD_ERR_IO, "JACK does not connect us to side-chain device \"%s\"",
                              config->sidechain_device);
    if (config->cv_device && connect_side(device, config->cv_device, SIDE_CV) == 0u)
        return base_error_set(error, RSD_ERR_IO, "JACK does not connect us to CV device \"%s\"", config->cv_device);
    if (config->input_device && inputs == 0u)
        return base_error_set(error, RSD_ERR_IO, "JACK does not connect us to input device \"%s\"",
                              config->input_device);
    if (config->output_device && outputs == 0u)
        return base_error_set(error, RSD_ERR_IO, "JACK does not connect us to output device \"%s\"",
                              config->output_device);
    return RSD_OK;
}

/* ---- the list ---- */

static double latency_s(jack_client_t *client, const jack_port_t *port, jack_latency_callback_mode_t mode)
{
    jack_latency_range_t range;
    jack_port_get_latency_range((jack_port_t *)port, mode, &range);
    return (double)range.max / jack_get_sample_rate(client);
}

/* One more port of the client that `entry` is about. */
static void add_port(host_device_entry *entry, jack_client_t *client, const char *name)
{
    jack_port_t *port = jack_port_by_name(client, name);
    if (!port) return;
    const int flags = jack_port_flags(port);
    if (flags & JackPortIsOutput) {
        if (entry->input_channel_count++ == 0u)
            entry->default_low_input_latency_s = latency_s(client, port, JackCaptureLatency);
        entry->is_default_input = entry->is_default_input || (flags & JackPortIsPhysical);
    } else {
        if (entry->output_channel_count++ == 0u)
            entry->default_low_output_latency_s = latency_s(client, port, JackPlaybackLatency);
        entry->is_default_output = entry->is_default_output || (flags & JackPortIsPhysical);
    }
}

static host_device_entry *entry_of(host_device_entry *entries, uint32_t *count, const char *port)
{
    char name[sizeof entries->name];
    host_jack_client_of(port, name, sizeof name);
    for (uint32_t i = 0; i < *count; i++)
        if (strcmp(entries[i].name, name) == 0) return &entries[i];
    if (*count == MAX_LISTED_CLIENTS) return NULL;
    host_device_entry *entry = &entries[(*count)++];
    *entry = (host_device_entry){.index = HOST_DEVICE_NO_NUMBER};
    memcpy(entry->name, name, sizeof name);
    snprintf(entry->host_api, sizeof entry->host_api, "JACK");
    return entry;
}

void host_jack_list(void (*visit)(void *context, const host_device_entry *entry), void *context, bool show_noise)
{
    host_device_entry entries[MAX_LISTED_CLIENTS];
    jack_status_t status;
    uint32_t count = 0u;
    jack_client_t *client = host_jack_open_client("residuum_list", show_noise, &status);
    if (!client) return;
    const char **ports = jack_get_ports(client, NULL, JACK_DEFAULT_AUDIO_TYPE, 0ul);
    for (const char **port = ports; port && *port; port++) {
        host_device_entry *entry = entry_of(entries, &count, *port);
        if (!entry) continue;
        entry->default_rate_hz = jack_get_sample_rate(client);
        add_port(entry, client, *port);
    }
    jack_free(ports);
    jack_client_close(client);
    for (uint32_t i = 0; i < count; i++) visit(context, &entries[i]);
}

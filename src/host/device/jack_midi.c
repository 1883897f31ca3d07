// SPDX-License-Identifier: MIT
// The MIDI port of the JACK backend: registered, connected, read on the audio thread; and the list of JACK's MIDI ports.
#include "host/device/jack.h"

#include "base/error.h"
#include "base/realtime.h"
#include "host/midi/internal.h"

#include <jack/midiport.h>

#include <string.h>
#include <strings.h>

#define SOURCE_FLAGS JackPortIsOutput

rsd_status host_jack_register_midi(host_device *device, rsd_error *error)
{
    host_jack *jack = device->native;
    if (!device->config.midi) return RSD_OK;
    jack->midi = jack_port_register(jack->client, "midi_in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0ul);
    if (jack->midi) return RSD_OK;
    return base_error_set(error, RSD_ERR_IO, "the JACK server has no more ports to give");
}

/* The first MIDI source with `wanted` in its name or in one of its aliases (which name the hardware); free: jack_free. */
static bool has_name(jack_client_t *client, const char *name, const char *wanted)
{
    char first[320] = "", second[320] = "";
    char *const aliases[2] = {first, second};
    if (strcasestr(name, wanted)) return true;
    jack_port_t *port = jack_port_by_name(client, name);
    const int count = port && jack_port_name_size() <= (int)sizeof first ? jack_port_get_aliases(port, aliases) : 0;
    return (count > 0 && strcasestr(first, wanted)) || (count > 1 && strcasestr(second, wanted));
}

void host_jack_find_midi(host_device *device)
{
    jack_client_t *client = device->native->client;
    host_device_info *info = &device->info;
    info->midi_input_name[0] = '\0';
    if (!device->native->midi || !device->config.midi_input) return;
    const char **ports = jack_get_ports(client, NULL, JACK_DEFAULT_MIDI_TYPE, SOURCE_FLAGS);
    for (const char **port = ports; port && *port && info->midi_input_name[0] == '\0'; port++)
        if (has_name(client, *port, device->config.midi_input))
            snprintf(info->midi_input_name, sizeof info->midi_input_name, "%s", *port);
    jack_free(ports);
}

rsd_status host_jack_connect_midi(host_device *device, rsd_error *error)
{
    const char *source = device->info.midi_input_name;
    if (*source == '\0' || host_jack_connect_two(device->native, source, device->native->midi, true)) return RSD_OK;
    return base_error_set(error, RSD_ERR_IO, "JACK does not connect us to MIDI port \"%s\"", source);
}

/* Thread: [audio] */
RSD_REALTIME void host_jack_take_midi(host_device *device, uint32_t sample_count)
{
    jack_midi_event_t event;
    if (!device->native->midi) return;
    REALTIME_TRUST_BEGIN; /* JACK has these calls for its audio thread */
    void *buffer = jack_port_get_buffer(device->native->midi, sample_count);
    const uint32_t count = jack_midi_get_event_count(buffer);
    REALTIME_TRUST_END;
    for (uint32_t i = 0; i < count; i++) {
        REALTIME_TRUST_BEGIN;
        const bool is_there = jack_midi_event_get(&event, buffer, i) == 0;
        REALTIME_TRUST_END;
        if (is_there) device->config.midi(device->context, event.time, event.buffer, event.size);
    }
}

uint32_t host_jack_midi_list(void (*visit)(void *context, const host_midi_entry *entry), void *context)
{
    jack_status_t status;
    uint32_t count = 0;
    jack_client_t *client = host_jack_open_client("residuum_list", false, &status);
    if (!client) return 0u;
    const char **ports = jack_get_ports(client, NULL, JACK_DEFAULT_MIDI_TYPE, SOURCE_FLAGS);
    for (const char **port = ports; port && *port; port++, count++) {
        host_midi_entry entry = {.system = "JACK"};
        snprintf(entry.name, sizeof entry.name, "%s", *port);
        visit(context, &entry);
    }
    jack_free(ports);
    jack_client_close(client);
    return count;
}

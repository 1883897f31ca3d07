// SPDX-License-Identifier: MIT
#ifndef HOST_DEVICE_JACK_H
#define HOST_DEVICE_JACK_H

#include "host/device/internal.h"

#include <jack/jack.h>

/* What the parts of the JACK backend share. */

struct host_jack {
    jack_client_t *client;
    jack_port_t *in[HOST_DEVICE_MAX_CHANNELS], *out[HOST_DEVICE_MAX_CHANNELS]; /* NULL: there is none */
    jack_port_t *side[HOST_DEVICE_MAX_CHANNELS]; /* sidechain_1 and on; NULL: there is none */
    jack_port_t *cv[HOST_DEVICE_MAX_CV];         /* as the configuration calls them; NULL: there is none */
    jack_port_t *midi;                           /* NULL: nobody takes MIDI */
    jack_port_t *last_own;                       /* NULL, or what was connected last, and to which port */
    char last_theirs[320];
    bool hangs;        /* control: the server does not answer; nothing of libjack is called any more */
    _Atomic bool gone; /* the server has ended or thrown us out: JACK's notification thread stores, control loads */
};

/* jack_audio.c: sets all callbacks of device->native's client. Thread: [control], before it is activated */
bool host_jack_set_callbacks(host_device *device);

/*
 * jack_ports.c. Audio ports with `flags` that `wanted` names, in the server's order, without those of
 * `client` itself: those of the client of that name, else those whose names begin so, case ignored; physical ones where
 * it is NULL. `*count` of them. NULL or an array, to be freed by jack_free. Thread: [control]
 */
const char **host_jack_find_ports(jack_client_t *client, const char *wanted, unsigned long flags, uint32_t *count);
/* "system" of "system:playback_1". */
void host_jack_client_of(const char *port, char *name, size_t name_bytes);
/* RSD_ERR_NOT_FOUND, with what there is, where input_device or output_device name nothing; else fills info's names. */
rsd_status host_jack_check_names(host_device *device, rsd_error *error);
/* Connects as the configuration says. RSD_ERR_IO: no port that was asked for by name could be connected. */
rsd_status host_jack_connect(host_device *device, rsd_error *error);
/* jack_connect of a port of theirs and one of ours; it is remembered as the last. */
bool host_jack_connect_two(host_jack *jack, const char *theirs, jack_port_t *ours, bool is_input);
/*
 * A server makes connections between two of its cycles, and until then it tells the latency of ports that nothing is
 * connected to. Returns when all of ours are made: after one cycle, or 3 s where a server does not come to it.
 * Thread: [control]
 */
void host_jack_await_connections(const host_device *device);
/* jack_midi.c: the port midi_in, where the configuration has a callback for it. */
rsd_status host_jack_register_midi(host_device *device, rsd_error *error);
void host_jack_find_midi(host_device *device); /* fills info's name where there is a port that midi_input means */
rsd_status host_jack_connect_midi(host_device *device, rsd_error *error);
RSD_REALTIME void host_jack_take_midi(host_device *device, uint32_t sample_count); /* [audio] */
/* A client; what its library has to say goes nowhere from here on, unless show_noise. NULL: see `status`. */
jack_client_t *host_jack_open_client(const char *name, bool show_noise, jack_status_t *status);

#endif

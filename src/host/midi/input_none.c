// SPDX-License-Identifier: MIT
// MIDI inputs in a build without PortMidi.
#include "host/midi/internal.h"

#include "base/error.h"

rsd_status host_midi_input_open(const char *name, host_midi_take take, void *context, host_midi_input **input,
                                rsd_error *error)
{
    (void)take;
    (void)context;
    (void)input;
    return base_error_set(error, RSD_ERR_UNSUPPORTED,
                          "MIDI input \"%.80s\": this residuum was built without PortMidi (libportmidi-dev), and takes "
                          "MIDI from JACK alone",
                          name);
}

const char *host_midi_input_name(const host_midi_input *input)
{
    (void)input;
    return "";
}

void host_midi_input_close(host_midi_input *input) { (void)input; }

uint32_t host_midi_portmidi_list(void (*visit)(void *context, const host_midi_entry *entry), void *context)
{
    (void)visit;
    (void)context;
    return 0u;
}

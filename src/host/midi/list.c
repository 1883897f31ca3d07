// SPDX-License-Identifier: MIT
// The list of MIDI inputs of all systems that this build knows.
#include "host/midi/internal.h"

uint32_t host_midi_list(void (*visit)(void *context, const host_midi_entry *entry), void *context)
{
    uint32_t count = 0;
#ifdef RSD_HAVE_JACK
    count += host_jack_midi_list(visit, context);
#endif
    return count + host_midi_portmidi_list(visit, context);
}

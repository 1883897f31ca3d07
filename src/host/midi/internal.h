// SPDX-License-Identifier: MIT
#ifndef HOST_MIDI_INTERNAL_H
#define HOST_MIDI_INTERNAL_H

#include "host/midi/input.h"

/* The lists of one system each; as host_midi_list. */
uint32_t host_midi_portmidi_list(void (*visit)(void *context, const host_midi_entry *entry), void *context);
#ifdef RSD_HAVE_JACK
uint32_t host_jack_midi_list(void (*visit)(void *context, const host_midi_entry *entry), void *context);
#endif

#endif

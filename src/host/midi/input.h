// SPDX-License-Identifier: MIT
#ifndef HOST_MIDI_INPUT_H
#define HOST_MIDI_INPUT_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A MIDI device by PortMidi (ALSA's sequencer on Linux), read by a thread of its own. Under JACK the session's device
 * has a MIDI port instead.
 */

typedef struct host_midi_input host_midi_input;

/* A message as it came; `now_ns` is CLOCK_MONOTONIC. Thread: the input's own */
typedef void (*host_midi_take)(void *context, uint64_t now_ns, const uint8_t *bytes, size_t size);

/*
 * Opens the input whose name has `name` in it, case ignored. `take` and `context` must live until close.
 * RSD_ERR_NOT_FOUND: none has, and `error` lists those that there are; RSD_ERR_IO; RSD_ERR_THREAD;
 * RSD_ERR_UNSUPPORTED: built without PortMidi. Thread: [control]
 */
RSD_NODISCARD rsd_status host_midi_input_open(const char *name, host_midi_take take, void *context,
                                              host_midi_input **input, rsd_error *error);
const char *host_midi_input_name(const host_midi_input *input); /* the device's own; until close. [control] */
void host_midi_input_close(host_midi_input *input);             /* NULL is fine. [control] */

typedef struct {
    char name[128], system[64]; /* "ALSA", "JACK" */
} host_midi_entry;
/* Inputs of PortMidi, and JACK's MIDI outputs where a server runs. Returns how many. Thread: [control] */
uint32_t host_midi_list(void (*visit)(void *context, const host_midi_entry *entry), void *context);

#endif

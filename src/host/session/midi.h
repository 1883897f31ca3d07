// SPDX-License-Identifier: MIT
#ifndef HOST_SESSION_MIDI_H
#define HOST_SESSION_MIDI_H

#include "host/midi/player.h"

#include <residuum/rsd_ring.h>

#include <stdatomic.h>

/*
 * MIDI of a session. Messages come from JACK on the audio thread, or from PortMidi on a thread of its own; both are
 * played at their sample on the audio thread, by one player, whatever the blocks are. What that thread cannot do
 * (presets, learning) comes to control through a ring.
 */

#define HOST_MIDI_MESSAGE_BYTES 3u
#define HOST_MIDI_MAX_PENDING 256u /* what is over is dropped and counted */

typedef struct host_midi host_midi;

typedef struct {
    uint64_t sample_time; /* what comes too late is played at once */
    uint8_t size;         /* 1..HOST_MIDI_MESSAGE_BYTES */
    uint8_t bytes[HOST_MIDI_MESSAGE_BYTES];
} host_midi_message;

typedef struct {
    midi_request request; /* MIDI_ASKS_NOTHING: the message itself, as control learns */
    uint32_t number;
    host_midi_message message;
} host_midi_report;

/* Figures for people. */
typedef struct {
    uint32_t bank;          /* from 0 */
    float bpm;              /* of a MIDI clock; 0: there is none */
    bool is_rolling;        /* the clock has started */
    uint64_t message_count; /* that came so far */
    uint64_t dropped_count; /* of them, as too many waited */
} host_midi_status;

/* `engine` is borrowed. RSD_ERR_MEMORY. Thread: [setup] */
RSD_NODISCARD rsd_status host_midi_create(const rsd_engine *engine, midi_set set, void *context,
                                          uint32_t sample_rate_hz, host_midi **midi);
void host_midi_destroy(host_midi *midi); /* NULL is fine. [setup] */

/* ---- audio ---- */

RSD_REALTIME void host_midi_push(host_midi *midi, uint64_t sample_time, const uint8_t *bytes, size_t size);
/* A block starts: takes what the other threads have sent. */
RSD_REALTIME void host_midi_begin(host_midi *midi, uint64_t sample_time);
/* Plays what is due at `sample_time`. Returns the samples until the next message, at most `limit`. */
RSD_REALTIME uint32_t host_midi_play(host_midi *midi, uint64_t sample_time, uint32_t limit);
/* Tempo of the MIDI clock as of host_midi_begin; 0: there is none. */
RSD_REALTIME float host_midi_clock(const host_midi *midi, bool *is_rolling);

/* ---- one other thread: PortMidi's, or control where there is none ---- */

RSD_REALTIME bool host_midi_send(host_midi *midi, const host_midi_message *message); /* false: no room */

/* ---- control ---- */

/* False: the one before is not taken yet; again later. */
bool host_midi_set_map(host_midi *midi, const midi_map *map);
/* While it learns, controllers and notes are reported and steer nothing. */
void host_midi_set_learning(host_midi *midi, bool is_learning);
void host_midi_set_bank(host_midi *midi, uint32_t bank);
bool host_midi_read(host_midi *midi, host_midi_report *report); /* false: there is none */
void host_midi_get_status(const host_midi *midi, host_midi_status *status);

#endif

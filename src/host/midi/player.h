// SPDX-License-Identifier: MIT
#ifndef HOST_MIDI_PLAYER_H
#define HOST_MIDI_PLAYER_H

#include "host/midi/map.h"

/*
 * Turns MIDI messages into changes of parameters, on the audio thread of `live` or of a plugin. One player belongs to
 * one engine and one thread.
 */

/* What a message asks for that the audio thread cannot do. */
typedef enum {
    MIDI_ASKS_NOTHING,
    MIDI_ASKS_PRESET, /* number: of the program, from 0 */
    MIDI_ASKS_PRESET_NEXT,
    MIDI_ASKS_PRESET_PREVIOUS,
    MIDI_ASKS_TAP,
    MIDI_ASKS_START,    /* the clock: from its beginning */
    MIDI_ASKS_CONTINUE, /* the clock: from where it stopped */
    MIDI_ASKS_STOP
} midi_request;

/* Tempo of a MIDI clock (24 ticks a beat): the mean of the last beat, so that jitter of single ticks does not count. */
#define MIDI_CLOCK_TICKS 24u
typedef struct {
    uint64_t tick_times[MIDI_CLOCK_TICKS]; /* in samples, the latest at tick_count - 1 */
    uint64_t tick_count;                   /* since the clock was lost or started */
    float bpm;                             /* 0: there is no clock */
    bool is_rolling;
} midi_clock;

typedef struct midi_player midi_player;

/* Sets a parameter of the engine that is played. Thread: [audio] */
typedef void (*midi_set)(void *context, rsd_param_id param_id, uint32_t level, float value) RSD_REALTIME;

struct midi_player {
    const rsd_engine *engine; /* borrowed: values and ranges are asked of it */
    midi_set set;
    void *context;
    uint32_t sample_rate_hz;
    midi_map map;
    uint32_t bank; /* from 0 */
    midi_clock clock;
    /* What a held note has changed, and what it was before. */
    struct {
        bool is_held;
        rsd_param_id param_id;
        uint32_t level;
        float before;
    } notes[128];
};

/*
 * One message at one sample. Messages that the map does not name, and those that are no whole message, do nothing.
 *
 * bytes        status first; running status is not taken
 * sample_time  of the engine, for the clock
 * number       gets what goes with the request
 * Returns      what is to be done elsewhere
 * Thread       [audio]
 */
RSD_REALTIME midi_request midi_player_take(midi_player *player, const uint8_t *bytes, size_t size, uint64_t sample_time,
                                           uint32_t *number);
/* The clock is lost where no tick came for half a second. Returns the tempo in beats a minute, 0: none. [audio] */
RSD_REALTIME float midi_player_bpm(midi_player *player, uint64_t sample_time);
/* Another map: held notes are let go first. [audio] */
RSD_REALTIME void midi_player_set_map(midi_player *player, const midi_map *map);
/* Banks that `level_count` levels fill. [any] */
RSD_REALTIME uint32_t midi_bank_count(uint32_t level_count);

#endif

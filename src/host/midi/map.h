// SPDX-License-Identifier: MIT
#ifndef HOST_MIDI_MAP_H
#define HOST_MIDI_MAP_H

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_engine.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * What MIDI steers: one map for `residuum live` and the plugins. It is plain data without pointers, so that a thread
 * may hand it to another through a ring. As text it is a JSON file (docs/control.md):
 *
 *   { "format": "residuum-midi-map", "version": 1, "bindings": [
 *     { "controller": 1, "parameter": "levels" },
 *     { "controllers": [102, 117], "parameter": "level_gain", "bank": true },
 *     { "note": 68, "channel": 10, "parameter": "bypass", "curve": "toggle" },
 *     { "note": 69, "parameter": "stutter_frames", "value": 8 },
 *     { "controller": 119, "action": "bank_next" } ] }
 */

#define MIDI_MAX_BINDINGS 96u
#define MIDI_BANK_LEVELS 16u
#define MIDI_ANY_CHANNEL 0u

typedef enum { MIDI_FROM_CONTROLLER, MIDI_FROM_NOTE } midi_source;

typedef enum {
    MIDI_TO_PARAMETER,
    MIDI_TO_BANK_NEXT,
    MIDI_TO_BANK_PREVIOUS,
    MIDI_TO_PRESET_NEXT,
    MIDI_TO_PRESET_PREVIOUS,
    MIDI_TO_TAP, /* of a tempo */
    MIDI_TARGET_COUNT
} midi_target;

typedef enum {
    MIDI_CURVE_RANGE,  /* 0..127 over the range that the codec in use has, 64 its middle, so that a detent is one */
    MIDI_CURVE_VOLUME, /* of dB: 100 is 0 dB, 127 +6 dB, below 100 as MIDI volume, 40 log10(value / 100) */
    MIDI_CURVE_TOGGLE, /* a press turns it on, the next one off */
    MIDI_CURVE_COUNT
} midi_curve;

typedef struct {
    midi_source source;
    uint8_t channel;     /* 1..16; MIDI_ANY_CHANNEL */
    uint8_t first, last; /* controllers or notes; a parameter of levels has one level more with each */
    midi_target target;
    midi_curve curve;
    rsd_param_id param_id; /* of MIDI_TO_PARAMETER */
    uint32_t level;        /* 0-based, of `first` */
    bool is_banked;        /* MIDI_BANK_LEVELS x the bank comes on top of the level */
    bool has_value;        /* of notes: they set `value`, and not the end of the parameter's range */
    float value;           /* in the parameter's range */
} midi_binding;

typedef struct {
    uint32_t binding_count;
    midi_binding bindings[MIDI_MAX_BINDINGS]; /* of two that fit a message the first counts */
} midi_map;

/* ---- map.c ---- */

/* The binding of a message; NULL: none. `channel` from 1. Thread: [any] */
RSD_REALTIME const midi_binding *midi_map_find(const midi_map *map, midi_source source, uint32_t channel,
                                               uint32_t number);
/* The level (0-based) that the message steers in this bank; 0 for parameters without. Thread: [any] */
RSD_REALTIME uint32_t midi_binding_level(const midi_binding *binding, uint32_t number, uint32_t bank);
/*
 * Value of a control change.
 *
 * min, max  the range that has an effect, as of rsd_engine_get_range
 * Returns   in the parameter's terms: 127 is the end of the range, or "all there is" of what is everything by default
 * Thread    [any]
 */
RSD_REALTIME float midi_binding_value(const midi_binding *binding, uint32_t value, float min, float max);

/* ---- map_default.c ---- */

/* The map where the user has none: default_map.def. Thread: [setup], [control] */
void midi_map_default(midi_map *map);
/* A row of that table; NULL past the end. */
typedef struct {
    midi_source source;
    uint8_t first, last;
    midi_target target;
    const char *symbol; /* "": an action */
    midi_curve curve;
    bool is_banked, has_value; /* as in midi_binding */
    float value;
    const char *name; /* what MIDI calls the message */
} midi_binding_text;
const midi_binding_text *midi_default_row(uint32_t index);

/* ---- map_json.c ---- */

/* What stands in `json`. RSD_ERR_FORMAT: `error` names `origin`, the binding and what is wanted. [setup], [control] */
RSD_NODISCARD rsd_status midi_map_parse(const char *json, size_t json_bytes, const char *origin, midi_map *map,
                                        rsd_error *error);
/* As JSON, a binding a line; free(). NULL: no memory. [setup], [control] */
char *midi_map_print(const midi_map *map);
const char *midi_curve_name(midi_curve curve);
const char *midi_target_name(midi_target target); /* "parameter", "bank_next" ... */

/* ---- map_file.c ---- */

/* $XDG_CONFIG_HOME/residuum/midi.json, else ~/.config/residuum/midi.json; false where there is no home. */
#define MIDI_PATH_BYTES 4096u
bool midi_map_user_path(char path[MIDI_PATH_BYTES]);
/*
 * The map of `path`; of NULL: the user's, and where there is none the default one. `is_default` (may be NULL) says which.
 */
RSD_NODISCARD rsd_status midi_map_load(const char *path, midi_map *map, bool *is_default, rsd_error *error);
/* Writes it, whole or not at all; folders of the user's own path are made. */
RSD_NODISCARD rsd_status midi_map_save(const char *path, const midi_map *map, rsd_error *error);
/*
 * Binds a controller or note to a parameter of one level: replaces what the message steered alone. RSD_ERR_FULL: no
 * room. The binding stands before all others. [setup], [control]
 */
RSD_NODISCARD rsd_status midi_map_bind(midi_map *map, const midi_binding *binding, rsd_error *error);

#endif

// SPDX-License-Identifier: MIT
#ifndef PLUG_SLOTS_H
#define PLUG_SLOTS_H

#include <residuum/rsd_params.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * What a host sees of the parameter table: one slot for every number that it may turn. Scalars in order of their id,
 * then codec and OSC port, then the levels' gains, mutes and solos, PLUG_LEVEL_SLOTS each.
 *
 * Ranges of levels, bitrate and codebook bits end where the built-in codecs end, not where the table does: a fader
 * whose upper half does nothing is no fader. The end of the range means "all that the codec has", so that a codec of
 * one's own with more is not cut. All calls are [any]; the data is constant.
 */

#define PLUG_MAX_SLOTS 256u
#define PLUG_TEXT_BYTES 64u

typedef enum {
    PLUG_SLOT_PARAM, /* a row of the table */
    PLUG_SLOT_CODEC, /* the row CODEC as an index into the built-in codecs: rsd_model_builtin */
    PLUG_SLOT_OSC    /* UDP port of this instance's OSC server; 0: none */
} plug_slot_kind;

typedef enum { PLUG_GROUP_CODEC, PLUG_GROUP_MIXER, PLUG_GROUP_GAIN, PLUG_GROUP_MUTE, PLUG_GROUP_SOLO } plug_slot_group;

typedef struct {
    plug_slot_kind kind;
    plug_slot_group group;
    const rsd_param_info *info; /* NULL for the OSC port */
    uint32_t level;             /* 0-based; 0 for parameters without */
    float min, max, default_value;
    bool is_stepped; /* whole numbers */
    bool is_ramped;  /* read once a frame and not smoothed by the engine: a plugin moves it there in small steps */
} plug_slot;

uint32_t plug_slot_count(void);
const plug_slot *plug_slot_at(uint32_t index);                  /* NULL past the end */
uint32_t plug_slot_find(rsd_param_id param_id, uint32_t level); /* plug_slot_count() where there is none */
uint32_t plug_slot_by_symbol(const char *symbol);               /* "levels", "level_gain_3", "level_gain[3]" */
uint32_t plug_slot_osc_port(void);                              /* index of the OSC port's slot */
uint32_t plug_slot_codec(void);                                 /* index of the codec's slot */
void plug_slot_symbol(const plug_slot *slot, char *text);       /* PLUG_TEXT_BYTES: [_a-z0-9] only */
void plug_slot_name(const plug_slot *slot, char *text);         /* PLUG_TEXT_BYTES: "Level 3 gain" */
const char *plug_slot_group_name(plug_slot_group group);        /* "Level gains" */
const char *plug_slot_group_symbol(plug_slot_group group);      /* "gains" */

/* The slot's value as the engine takes it, and back. */
float plug_slot_to_engine(const plug_slot *slot, float value);
float plug_slot_from_engine(const plug_slot *slot, float value);
/* Within the range, whole where stepped; the default where it is not a number. */
float plug_slot_limit(const plug_slot *slot, float value);

/* "3.4 levels", "-6 dB", "residual", "on", "live-128". */
void plug_slot_text(const plug_slot *slot, float value, char *text, size_t text_bytes);
/* The same back, with or without the unit; false where it is none of this slot's values. */
bool plug_slot_parse(const plug_slot *slot, const char *text, float *value);

/* Built-in codec by number; NULL past the end. And its number by name ("live" too); -1 where it is none. */
const char *plug_codec_name(uint32_t index);
int plug_codec_index(const char *name);

#endif

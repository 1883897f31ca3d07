// SPDX-License-Identifier: MIT
#ifndef PLUG_PARAMS_H
#define PLUG_PARAMS_H

#include "plug_limits.h"

#include <residuum/rsd_params.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * What a host sees of the parameter table: a host parameter for every number that it may turn, PLUG_LEVEL_PARAMS of what
 * there is for each level. They come group by group, with what one plays first at the beginning: levels and codec. The
 * ports of OSC and of the page come behind them, as there is nothing to play in them. What makes no sense in mono comes
 * last, so that a plugin with one channel has the first plug_param_count_for(1) of them.
 *
 * Levels are a share of those that the codec in use has, 0 to 1, and so are controls that name a level (freeze_from,
 * error_to): 0 is the least one, 1 the codec's highest. Ranges of bitrate and codebook bits end where the
 * built-in codecs end, not where the table does: a fader whose upper half does nothing is no fader. The end of the range means "all that the codec has", so that a codec of
 * one's own with more is not cut. All calls are [any]; the data is constant.
 */

/* Codec and two ports beside the table's rows, of which codec and preset are no numbers. */
#define PLUG_MAX_PARAMS                                                                                                \
    ((uint32_t)RSD_PARAM_SCALAR_COUNT + (uint32_t)RSD_PARAM_PER_LEVEL_COUNT * PLUG_LEVEL_PARAMS + 3u)
#define PLUG_TEXT_BYTES 64u
#define PLUG_MAX_PORT 65535u

typedef enum {
    PLUG_PARAM_ROW,      /* a row of the table */
    PLUG_PARAM_CODEC,    /* the row CODEC as an index into the built-in codecs: rsd_model_builtin */
    PLUG_PARAM_OSC_PORT, /* UDP port of this instance's OSC server; 0: none */
    PLUG_PARAM_HTTP_PORT /* TCP port of this instance's page, or the first that is tried; 0: none */
} plug_param_kind;

typedef struct {
    plug_param_kind kind;
    rsd_param_group group;
    const rsd_param_info *info; /* NULL for a port */
    uint32_t level;             /* 0-based; 0 for parameters without */
    float min, max, default_value;
    bool is_stepped; /* whole numbers */
    bool is_share;   /* of the codec's levels, 0..1: plug_get and plug_set know which codec that is */
    bool is_pick;    /* also a share: of the way to the codec's highest level, of a control that names one */
    bool is_ramped;  /* read once a frame and not smoothed by the engine: a plugin moves it there in small steps */
} plug_param;

uint32_t plug_param_count(void);
uint32_t plug_param_count_for(uint32_t channel_count);       /* of a plugin with so many channels */
const plug_param *plug_param_at(uint32_t index);             /* NULL past the end */
uint32_t plug_param_find(uint32_t param_id, uint32_t level); /* plug_param_count() where there is none */
uint32_t plug_param_by_symbol(const char *symbol);           /* "levels", "level_gain_3", "level_gain[3]" */
uint32_t plug_param_osc_port(void);                          /* index of the OSC port's parameter */
uint32_t plug_param_http_port(void);                         /* of that of the page */
uint32_t plug_param_codec(void);                             /* index of the codec's parameter */
void plug_param_symbol(const plug_param *param, char *text); /* PLUG_TEXT_BYTES: [_a-z0-9] only */
void plug_param_name(const plug_param *param, char *text);   /* PLUG_TEXT_BYTES: "Level 3 gain" */

/* The parameter's value as the engine takes it, and back; not for a share. */
RSD_REALTIME float plug_param_to_engine(const plug_param *param, float value);
RSD_REALTIME float plug_param_from_engine(const plug_param *param, float value);
/* Within the range, whole where stepped; the default where it is not a number. */
RSD_REALTIME float plug_param_clamp(const plug_param *param, float value);

/* "-6 dB", "residual", "on", "live-128"; of a share "50 %": plug_text says "7.0 of 14". */
void plug_param_text(const plug_param *param, float value, char *text, size_t text_bytes);
/* The same back, with or without the unit; false where it is none of this parameter's values. */
bool plug_param_parse(const plug_param *param, const char *text, float *value);

/* Built-in codec by number; NULL past the end. And its number by name ("live" too); -1 where it is none. */
const char *plug_codec_name(uint32_t index);
int plug_codec_index(const char *name);

#endif

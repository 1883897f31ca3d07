// SPDX-License-Identifier: MIT
#ifndef RSD_PARAMS_H
#define RSD_PARAMS_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The parameter table of rsd_params.def, as an enum and as data. The data is constant. From examples/preset.c:
 *
 *   for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) show(engine, info, 0);
 *   if (rsd_param_parse_symbol(argv[i], &info, &level) != RSD_OK) return fprintf(stderr, "no '%s'\n", argv[i]), 2;
 *   show(engine, info, level);
 *
 * All calls are [any].
 */

/* Any call that takes an id refuses one that is not in the table. */
typedef enum {
#define RSD_PARAM(id, SYMBOL, ...) RSD_PARAM_##SYMBOL = id,
#include <residuum/rsd_params.def>
    RSD_PARAM_ID_END = 128 /* ids are below this */
} rsd_param_id;

/* Values of RSD_PARAM_MONITOR. */
typedef enum {
    RSD_MONITOR_WET,
    RSD_MONITOR_DRY,
    RSD_MONITOR_RESIDUAL,
    RSD_MONITOR_DELTA,
    RSD_MONITOR_COUNT
} rsd_monitor;

/* Values of RSD_PARAM_CONCEAL: what is heard in place of lost frames. */
typedef enum {
    RSD_CONCEAL_SILENCE,
    RSD_CONCEAL_REPEAT,
    RSD_CONCEAL_FADE,
    RSD_CONCEAL_NOISE,
    RSD_CONCEAL_REVERSE,
    RSD_CONCEAL_IMAGINE,
    RSD_CONCEAL_COUNT
} rsd_conceal;

typedef enum {
    RSD_UNIT_NONE,
    RSD_UNIT_LEVELS,
    RSD_UNIT_DB,
    RSD_UNIT_KBPS,
    RSD_UNIT_BITS,
    RSD_UNIT_SWITCH,  /* 0 or 1 */
    RSD_UNIT_MONITOR, /* an rsd_monitor */
    RSD_UNIT_TEXT,    /* not a number: a codec, a preset */
    RSD_UNIT_FRAMES,  /* of the codec */
    RSD_UNIT_MS,
    RSD_UNIT_CONCEAL, /* an rsd_conceal */
    RSD_UNIT_SEMITONES,
    RSD_UNIT_DB_PER_OCTAVE,
    RSD_UNIT_BANDS, /* of the envelope */
    RSD_UNIT_HZ,
    RSD_UNIT_BPM,
    RSD_UNIT_SHAPE, /* of an LFO: sine, triangle, saw, square, random, steps */
    RSD_UNIT_SYNC,  /* free, or a note value: 8 bars ... 1/64 */
    RSD_UNIT_TARGET /* what is modulated: rsd_param_target, 0 for nothing */
} rsd_param_unit;

typedef enum {
    RSD_SCALE_LINEAR,
    RSD_SCALE_STEPPED,          /* whole numbers */
    RSD_SCALE_PER_LEVEL_LINEAR, /* one value a level */
    RSD_SCALE_PER_LEVEL_SWITCH  /* one switch a level */
} rsd_param_scale;

/* How a new value comes into force; rsd_params.def says what each means. */
typedef enum {
    RSD_RAMP_FRAME,
    RSD_RAMP_AT_ONCE,
    RSD_RAMP_MIXER,
    RSD_RAMP_GAIN_DB,
    RSD_RAMP_VALUE,
    RSD_RAMP_TRANSPORT
} rsd_param_ramp;

/* Where a host shows a parameter. */
typedef enum {
#define RSD_PARAM_GROUP(GROUP, ...) RSD_GROUP_##GROUP,
#include <residuum/rsd_params.def>
    RSD_GROUP_COUNT
} rsd_param_group;

/* Rows of the table that have one value, and rows that have one a level. */
enum {
    RSD_PARAM_SCALAR_COUNT = 0
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ...)                                 \
    +(RSD_SCALE_##scale < RSD_SCALE_PER_LEVEL_LINEAR)
#include <residuum/rsd_params.def>
    ,
    RSD_PARAM_PER_LEVEL_COUNT = 0
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ...)                                 \
    +(RSD_SCALE_##scale >= RSD_SCALE_PER_LEVEL_LINEAR)
#include <residuum/rsd_params.def>
};

/* A row of the table. Lies inside the library: members may be added at its end. */
typedef struct {
    rsd_param_id id;
    const char *symbol; /* "level_gain" */
    const char *osc;    /* below "/residuum": "/level/N/gain" */
    const char *name;   /* for people: "Level gain" */
    rsd_param_unit unit;
    float min, max, default_value; /* all 0 for RSD_UNIT_TEXT */
    rsd_param_scale scale;
    rsd_param_ramp ramp;
    float smooth_ms; /* of an engine's ramp: a change takes so long; 0 where the value is read once a frame */
    rsd_param_group group;
    uint32_t min_channels; /* 2: it makes no sense in mono */
    const char *help;
} rsd_param_info;

/*
 * A row of the table by its place.
 *
 * row      0.. in order of id
 * Returns  NULL past the end
 */
RSD_API const rsd_param_info *rsd_param_row(uint32_t row);

/*
 * A row of the table by its id.
 *
 * Returns  NULL: no such id
 * Thread   [audio], [any]
 */
RSD_API RSD_REALTIME const rsd_param_info *rsd_param_by_id(rsd_param_id id);

/*
 * A row of the table by its symbol.
 *
 * symbol   "level_gain", without a level; NULL is no symbol
 * Returns  NULL: no such symbol
 */
RSD_API const rsd_param_info *rsd_param_by_symbol(const char *symbol);

/*
 * Whether a parameter has a value for each level.
 *
 * Thread  [audio], [any]
 */
RSD_API RSD_REALTIME bool rsd_param_is_per_level(const rsd_param_info *info);

/*
 * Whether a parameter's values are whole numbers: a stepped row's, and switches.
 *
 * Thread  [audio], [any]
 */
RSD_API RSD_REALTIME bool rsd_param_is_whole(const rsd_param_info *info);

/*
 * Whether a parameter belongs to the session and not to the sound: no preset names or changes it.
 *
 * Thread  [audio], [any]
 */
RSD_API RSD_REALTIME bool rsd_param_is_of_session(const rsd_param_info *info);

/*
 * A unit for people.
 *
 * Returns  "levels", "frames", "ms", "dB", "kbps", "bits", "semitones", "dB/octave", "bands"; "" for the other units.
 *          Static storage
 */
RSD_API const char *rsd_param_unit_text(rsd_param_unit unit);

/*
 * Name of a value of RSD_PARAM_MONITOR.
 *
 * Returns  "wet", "dry", "residual", "delta"; NULL out of range. Static storage
 */
RSD_API const char *rsd_monitor_name(uint32_t monitor);

/*
 * Name of a value of a parameter whose values have names: monitor, conceal, the units SHAPE, SYNC and TARGET.
 *
 * Returns  "wet", "repeat"; NULL where they have none, or past the last. Static storage
 */
RSD_API const char *rsd_param_value_name(const rsd_param_info *info, uint32_t value);

/*
 * All names of a parameter's values, for people.
 *
 * Returns  "wet, dry, residual, delta"; NULL where they have none. Static storage
 */
RSD_API const char *rsd_param_value_names(const rsd_param_info *info);

/*
 * What a value of RSD_UNIT_TARGET stands for.
 *
 * level    may be NULL; gets the 0-based level, 0 for parameters without
 * Returns  NULL: nothing
 * Thread   [audio], [any]
 */
RSD_API RSD_REALTIME const rsd_param_info *rsd_param_of_target(uint32_t target, uint32_t *level);

/*
 * The value of RSD_UNIT_TARGET that stands for a parameter: its id, or for one with levels a number behind all ids.
 *
 * Returns  0 for rows of RSD_UNIT_TEXT and RSD_UNIT_TARGET
 * Thread   [any]
 */
RSD_API uint32_t rsd_param_target(const rsd_param_info *info, uint32_t level);

/*
 * Name of a group for people.
 *
 * group    an rsd_param_group
 * Returns  "Level gains" and the like; NULL out of range. Static storage
 */
RSD_API const char *rsd_param_group_name(uint32_t group);

/*
 * Name of a group for machines.
 *
 * group    an rsd_param_group
 * Returns  "gains" and the like; NULL out of range. Static storage
 */
RSD_API const char *rsd_param_group_symbol(uint32_t group);

/*
 * Finds the parameter and level that a person names. People count levels from 1.
 *
 * text    "levels", or "level_gain[3]" where there is a value for each level
 * info    gets the row
 * level   gets the 0-based level; 0 for parameters without
 * Errors  RSD_ERR_NOT_FOUND: no such symbol; RSD_ERR_ARG: a pointer, or the index is missing, not wanted, or not in
 *         1..RSD_MAX_LEVELS
 */
RSD_API RSD_NODISCARD rsd_status rsd_param_parse_symbol(const char *text, const rsd_param_info **info, uint32_t *level);

/*
 * Reads a value as a person writes it. The decimal sign is a point, whatever the locale.
 *
 * info    the row
 * text    a number in the row's range, whole where the row is stepped or a switch; or a value's name
 * value   gets it
 * Errors  RSD_ERR_ARG: a pointer, a row of RSD_UNIT_TEXT, or text that is no such value
 */
RSD_API RSD_NODISCARD rsd_status rsd_param_parse_value(const rsd_param_info *info, const char *text, float *value);

#ifdef __cplusplus
}
#endif

#endif

// SPDX-License-Identifier: MIT
#ifndef RSD_PARAMS_H
#define RSD_PARAMS_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdint.h>

/* The parameter table of rsd_params.def as an enum and as data. All calls are [any]; the data is constant. */

typedef enum {
#define RSD_PARAM(id, SYMBOL, ...) RSD_PARAM_##SYMBOL = id,
#include <residuum/rsd_params.def>
#undef RSD_PARAM
    RSD_PARAM_ID_END = 64 /* ids are below this */
} rsd_param_id;

typedef enum {
    RSD_MONITOR_WET,
    RSD_MONITOR_DRY,
    RSD_MONITOR_RESIDUAL,
    RSD_MONITOR_DELTA,
    RSD_MONITOR_COUNT
} rsd_monitor;

typedef enum {
    RSD_UNIT_NONE,
    RSD_UNIT_LEVELS,
    RSD_UNIT_DB,
    RSD_UNIT_KBPS,
    RSD_UNIT_BITS,
    RSD_UNIT_SWITCH,
    RSD_UNIT_MONITOR,
    RSD_UNIT_TEXT
} rsd_param_unit;

typedef enum {
    RSD_SCALE_LINEAR,
    RSD_SCALE_STEPPED,
    RSD_SCALE_PER_LEVEL_LINEAR,
    RSD_SCALE_PER_LEVEL_SWITCH
} rsd_param_scale;

typedef struct {
    rsd_param_id id;
    const char *symbol; /* "level_gain" */
    const char *osc;    /* below "/residuum": "/level/N/gain" */
    const char *name;
    rsd_param_unit unit;
    float min, max, default_value;
    rsd_param_scale scale;
    float smooth_ms;
    const char *help;
} rsd_param_info;

/* Row `row` of the table in order of id; NULL past the end. */
RSD_API const rsd_param_info *rsd_param_row(uint32_t row);
RSD_API RSD_REALTIME const rsd_param_info *rsd_param_by_id(rsd_param_id id); /* NULL: no such id */
RSD_API const rsd_param_info *rsd_param_by_symbol(const char *symbol);       /* NULL: no such symbol */
RSD_API RSD_REALTIME bool rsd_param_is_per_level(const rsd_param_info *info);
RSD_API const char *rsd_param_unit_text(rsd_param_unit unit); /* "dB", "kbps", "" ... for people */
RSD_API const char *rsd_monitor_name(uint32_t monitor);       /* "wet"...; NULL when out of range */

/*
 * Finds what a person names: "levels", "level_gain[3]", "level/3/gain" is not one. `level` gets 0-based level, 0 for
 * parameters without. RSD_ERR_NOT_FOUND: no such symbol; RSD_ERR_ARG: index missing, not wanted or out
 * of 1..RSD_MAX_LEVELS.
 */
RSD_API RSD_NODISCARD rsd_status rsd_param_parse_symbol(const char *text, const rsd_param_info **info, uint32_t *level);

/* Reads a value: a number in range (whole for STEPPED and switches), or a monitor's name. RSD_ERR_ARG when not. */
RSD_API RSD_NODISCARD rsd_status rsd_param_parse_value(const rsd_param_info *info, const char *text, float *value);

#endif

// SPDX-License-Identifier: MIT
// The parameter table of rsd_params.def as data, and its values as text.
#include <residuum/rsd_params.h>

#include <residuum/rsd_codec.h>

#include "engine/param_targets.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* (level, N, gain) of the table as "/level/N/gain", and as the name level__N__gain. */
#define OSC_TEXT_1(a) "/" #a
#define OSC_TEXT_2(a, b) "/" #a "/" #b
#define OSC_TEXT_3(a, b, c) "/" #a "/" #b "/" #c
#define OSC_NAME_1(a) a
#define OSC_NAME_2(a, b) a##__##b
#define OSC_NAME_3(a, b, c) a##__##b##__##c
#define PICK_4TH(a, b, c, chosen, ...) chosen
#define OSC_TEXT(...) PICK_4TH(__VA_ARGS__, OSC_TEXT_3, OSC_TEXT_2, OSC_TEXT_1, )(__VA_ARGS__)
#define OSC_NAME(...) PICK_4TH(__VA_ARGS__, OSC_NAME_3, OSC_NAME_2, OSC_NAME_1, )(__VA_ARGS__)

#define RSD_PARAM(number, SYMBOL, symbol_name, osc_parts, name_text, unit_name, low, high, standard, scale_name,       \
                  ramp_name, smooth, group_name, channels, help_text)                                                  \
    {.id = RSD_PARAM_##SYMBOL,                                                                                         \
     .symbol = #symbol_name,                                                                                           \
     .osc = OSC_TEXT osc_parts,                                                                                        \
     .name = name_text,                                                                                                \
     .unit = RSD_UNIT_##unit_name,                                                                                     \
     .min = low,                                                                                                       \
     .max = high,                                                                                                      \
     .default_value = standard,                                                                                        \
     .scale = RSD_SCALE_##scale_name,                                                                                  \
     .ramp = RSD_RAMP_##ramp_name,                                                                                     \
     .smooth_ms = smooth,                                                                                              \
     .group = RSD_GROUP_##group_name,                                                                                  \
     .min_channels = channels,                                                                                         \
     .help = help_text},
static const rsd_param_info rows[] = {
#include <residuum/rsd_params.def>
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* Two rows of one symbol, one OSC path or one id are two members of one name: an error. */
struct all_symbols_differ {
#define RSD_PARAM(id, SYMBOL, symbol, ...) char symbol;
#include <residuum/rsd_params.def>
};
struct all_osc_paths_differ {
#define RSD_PARAM(id, SYMBOL, symbol, osc, ...) char OSC_NAME osc;
#include <residuum/rsd_params.def>
};
struct all_ids_differ {
#define RSD_PARAM(id, ...) char id_##id;
#include <residuum/rsd_params.def>
};

/* What the columns of one row must have to do with each other. */
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ramp, smooth_ms, group, channels,    \
                  help)                                                                                                \
    _Static_assert((id) > 0 && (id) < RSD_PARAM_ID_END, #symbol ": its id is out of range");                           \
    _Static_assert(((smooth_ms) > 0) == (RSD_RAMP_##ramp >= RSD_RAMP_MIXER), #symbol ": its ramp and smooth_ms");      \
    _Static_assert(RSD_SCALE_##scale < RSD_SCALE_PER_LEVEL_LINEAR || RSD_RAMP_##ramp < RSD_RAMP_MIXER,                 \
                   #symbol ": the engine has no ramp for each level");                                                 \
    _Static_assert((channels) == 1 || (channels) == 2, #symbol ": min_channels is 1 or 2");
#include <residuum/rsd_params.def>

#define MAX_NAMES 11

/* Units whose values have names. */
typedef struct {
    uint32_t count;
    const char *all;
    const char *names[MAX_NAMES];
} value_names;
static const value_names monitors = {
    RSD_MONITOR_COUNT, "wet, dry, residual, delta", {"wet", "dry", "residual", "delta"}};
static const value_names conceals = {RSD_CONCEAL_COUNT,
                                     "silence, repeat, fade, noise, reverse, imagine",
                                     {"silence", "repeat", "fade", "noise", "reverse", "imagine"}};

static const value_names shapes = {
    6u, "sine, triangle, saw, square, random, steps", {"sine", "triangle", "saw", "square", "random", "steps"}};
static const value_names syncs = {
    11u,
    "free, 8 bars, 4 bars, 2 bars, 1 bar, 1/2, 1/4, 1/8, 1/16, 1/32, 1/64",
    {"free", "8 bars", "4 bars", "2 bars", "1 bar", "1/2", "1/4", "1/8", "1/16", "1/32", "1/64"}};

static const value_names *names_of(const rsd_param_info *info)
{
    if (info->unit == RSD_UNIT_MONITOR) return &monitors;
    if (info->unit == RSD_UNIT_SHAPE) return &shapes;
    if (info->unit == RSD_UNIT_SYNC) return &syncs;
    return info->unit == RSD_UNIT_CONCEAL ? &conceals : NULL;
}

const rsd_param_info *rsd_param_row(uint32_t row) { return row < ROW_COUNT ? &rows[row] : NULL; }

const rsd_param_info *rsd_param_by_id(rsd_param_id id)
{
    for (size_t row = 0; row < ROW_COUNT; row++)
        if ((uint32_t)rows[row].id == id) return &rows[row];
    return NULL;
}

static const rsd_param_info *by_symbol_part(const char *text, size_t length)
{
    for (size_t row = 0; row < ROW_COUNT; row++)
        if (strlen(rows[row].symbol) == length && memcmp(rows[row].symbol, text, length) == 0) return &rows[row];
    return NULL;
}

const rsd_param_info *rsd_param_by_symbol(const char *symbol)
{
    return symbol ? by_symbol_part(symbol, strlen(symbol)) : NULL;
}

bool rsd_param_is_per_level(const rsd_param_info *info)
{
    return info->scale == RSD_SCALE_PER_LEVEL_LINEAR || info->scale == RSD_SCALE_PER_LEVEL_SWITCH;
}

bool rsd_param_is_whole(const rsd_param_info *info)
{
    return info->scale == RSD_SCALE_STEPPED || info->scale == RSD_SCALE_PER_LEVEL_SWITCH;
}

bool rsd_param_is_of_session(const rsd_param_info *info) { return info->group == RSD_GROUP_SESSION; }

const char *rsd_param_unit_text(rsd_param_unit unit)
{
    switch (unit) {
    case RSD_UNIT_LEVELS:
        return "levels";
    case RSD_UNIT_FRAMES:
        return "frames";
    case RSD_UNIT_MS:
        return "ms";
    case RSD_UNIT_DB:
        return "dB";
    case RSD_UNIT_KBPS:
        return "kbps";
    case RSD_UNIT_BITS:
        return "bits";
    case RSD_UNIT_SEMITONES:
        return "semitones";
    case RSD_UNIT_DB_PER_OCTAVE:
        return "dB/octave";
    case RSD_UNIT_BANDS:
        return "bands";
    case RSD_UNIT_HZ:
        return "Hz";
    case RSD_UNIT_BPM:
        return "bpm";
    case RSD_UNIT_SHAPE:
    case RSD_UNIT_SYNC:
    case RSD_UNIT_TARGET:
    case RSD_UNIT_NONE:
    case RSD_UNIT_SWITCH:
    case RSD_UNIT_MONITOR:
    case RSD_UNIT_CONCEAL:
    case RSD_UNIT_TEXT:
        break;
    }
    return "";
}

const char *rsd_monitor_name(uint32_t monitor) { return monitor < monitors.count ? monitors.names[monitor] : NULL; }

const char *rsd_param_value_name(const rsd_param_info *info, uint32_t value)
{
    const value_names *names = names_of(info);
    if (info->unit == RSD_UNIT_TARGET) return param_target_name(value);
    return names && value < names->count ? names->names[value] : NULL;
}

const char *rsd_param_value_names(const rsd_param_info *info)
{
    const value_names *names = names_of(info);
    if (info->unit == RSD_UNIT_TARGET) return "none, or a symbol as level_gain[3]";
    return names ? names->all : NULL;
}

static const struct {
    const char *symbol, *name;
} groups[RSD_GROUP_COUNT] = {
#define RSD_PARAM_GROUP(GROUP, symbol, name) {symbol, name},
#include <residuum/rsd_params.def>
};

const char *rsd_param_group_name(uint32_t group) { return group < RSD_GROUP_COUNT ? groups[group].name : NULL; }
const char *rsd_param_group_symbol(uint32_t group) { return group < RSD_GROUP_COUNT ? groups[group].symbol : NULL; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "[3]" and nothing behind it: index 1..RSD_MAX_LEVELS of a person, level 0.. of the code. */
static bool parse_index(const char *text, uint32_t *level)
{
    uint32_t number = 0;
    const char *c = text + 1;
    if (*text != '[' || !is_digit(*c)) return false;
    for (; is_digit(*c) && number <= RSD_MAX_LEVELS; c++) number = number * 10u + (uint32_t)(*c - '0');
    if (c[0] != ']' || c[1] != '\0' || number < 1u || number > RSD_MAX_LEVELS) return false;
    *level = number - 1u;
    return true;
}

rsd_status rsd_param_parse_symbol(const char *text, const rsd_param_info **info, uint32_t *level)
{
    if (!text || !info || !level) return RSD_ERR_ARG;
    const size_t length = strcspn(text, "[");
    const rsd_param_info *found = by_symbol_part(text, length);
    if (!found) return RSD_ERR_NOT_FOUND;

    uint32_t index = 0;
    const bool has_index = text[length] == '[';
    if (has_index != rsd_param_is_per_level(found)) return RSD_ERR_ARG;
    if (has_index && !parse_index(text + length, &index)) return RSD_ERR_ARG;
    *info = found;
    *level = index;
    return RSD_OK;
}

/* Ten to the power 0..22 has no rounding in double precision. */
static double power_of_ten(int exponent)
{
    double power = 1.0;
    for (int i = 0; i < exponent; i++) power *= 10.0;
    return power;
}

static const char *parse_digits(const char *c, double *mantissa, int *exponent, int step, bool *any)
{
    for (; is_digit(*c); c++) {
        *any = true;
        if (*mantissa < 1e14) { /* below 2^53: whole, so exact; what follows is less than a float can hold */
            *mantissa = *mantissa * 10.0 + (*c - '0');
            *exponent += step;
        } else {
            *exponent += step + 1;
        }
    }
    return c;
}

static const char *parse_exponent(const char *c, int *exponent)
{
    if (*c != 'e' && *c != 'E') return c;
    c++;
    const bool negative = *c == '-';
    if (*c == '-' || *c == '+') c++;
    if (!is_digit(*c)) return NULL;
    int value = 0;
    for (; is_digit(*c); c++)
        if (value < 1000) value = value * 10 + (*c - '0');
    *exponent += negative ? -value : value;
    return c;
}

/*
 * A decimal number and nothing else. Not strtod: that one takes the decimal sign of the process's locale, and a host
 * may have set any. One rounding for up to 15 digits and exponents within 22 (Clinger 1990, the fast path).
 */
static bool parse_number(const char *text, double *number)
{
    double mantissa = 0.0;
    int exponent = 0;
    bool any = false;
    const char *c = text;
    const bool negative = *c == '-';
    if (*c == '-' || *c == '+') c++;
    c = parse_digits(c, &mantissa, &exponent, 0, &any);
    if (*c == '.') c = parse_digits(c + 1, &mantissa, &exponent, -1, &any);
    if (any) c = parse_exponent(c, &exponent);
    if (!any || !c || *c != '\0' || exponent > 22 || exponent < -60) return false;
    for (; exponent < -22; exponent++) mantissa /= 10.0;
    const double value = exponent < 0 ? mantissa / power_of_ten(-exponent) : mantissa * power_of_ten(exponent);
    *number = negative ? -value : value;
    return true;
}

static bool parse_target(const char *text, float *value)
{
    const rsd_param_info *info;
    uint32_t level;
    *value = 0.0f;
    if (strcmp(text, "none") == 0) return true;
    if (rsd_param_parse_symbol(text, &info, &level) != RSD_OK) return false;
    *value = (float)rsd_param_target(info, level);
    return *value > 0.0f;
}

static bool parse_name(const rsd_param_info *info, const char *text, float *value)
{
    const char *name;
    if (info->unit == RSD_UNIT_TARGET) return parse_target(text, value);
    for (uint32_t i = 0; (name = rsd_param_value_name(info, i)) != NULL; i++) {
        if (strcmp(text, name) != 0 || (float)i < info->min) continue;
        *value = (float)i;
        return true;
    }
    return false;
}

rsd_status rsd_param_parse_value(const rsd_param_info *info, const char *text, float *value)
{
    double number;
    if (!info || !text || !value || info->unit == RSD_UNIT_TEXT) return RSD_ERR_ARG;
    if (parse_name(info, text, value)) return RSD_OK;
    if (!parse_number(text, &number)) return RSD_ERR_ARG;
    if (!(number >= (double)info->min && number <= (double)info->max)) return RSD_ERR_ARG;
    if (rsd_param_is_whole(info) && number != floor(number)) return RSD_ERR_ARG;
    *value = (float)number;
    return RSD_OK;
}

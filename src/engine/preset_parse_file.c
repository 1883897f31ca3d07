// SPDX-License-Identifier: MIT
// A preset's JSON, checked value by value.
#include "base/text.h"

#include "base/error.h"
#include "codec/codec_name.h"
#include "base/sized.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_preset.h>

#include <jansson.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *origin;
    rsd_preset *preset;
    rsd_error *error;
} reader;

/* One line for people: where, which key, what is wrong, what is wanted. */
#define FAIL(r, ...) base_error_set((r)->error, RSD_ERR_FORMAT, __VA_ARGS__)

static rsd_status read_text(const reader *r, const json_t *root, const char *key, bool required, char *text,
                            size_t text_bytes)
{
    const json_t *value = json_object_get(root, key);
    text[0] = '\0';
    if (!value && !required) return RSD_OK;
    if (!value) return FAIL(r, "%s: \"%s\" is missing: a text of 1 to %zu bytes", r->origin, key, text_bytes - 1u);
    const size_t length = json_is_string(value) ? json_string_length(value) : 0u;
    if (length == 0u || length >= text_bytes || strlen(json_string_value(value)) != length)
        return FAIL(r, "%s: \"%s\" must be a text of 1 to %zu bytes", r->origin, key, text_bytes - 1u);
    memcpy(text, json_string_value(value), length + 1u);
    return RSD_OK;
}

static rsd_status check_keys(const reader *r, json_t *root)
{
    static const char *const known[] = {"name", "description", "group", "codec", "decode_codec", "parameters"};
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value)
    {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) found = found || strcmp(key, known[i]) == 0;
        if (!found)
            return FAIL(r,
                        "%s: unknown key \"%s\"; wanted are name, description, group, codec, decode_codec, parameters",
                        r->origin, key);
    }
    return RSD_OK;
}

static rsd_status fail_value(const reader *r, const rsd_param_info *info, const char *key)
{
    const char *unit = rsd_param_unit_text(info->unit);
    if (rsd_param_value_names(info))
        return FAIL(r, "%s: \"%s\" must be one of %s, in quotes", r->origin, key, rsd_param_value_names(info));
    if (info->unit == RSD_UNIT_SWITCH) return FAIL(r, "%s: \"%s\" must be 0 or 1, true or false", r->origin, key);
    return FAIL(r, "%s: \"%s\" must be a %s in %g..%g%s%s", r->origin, key,
                rsd_param_is_whole(info) ? "whole number" : "number", (double)info->min, (double)info->max,
                unit[0] ? " " : "", unit);
}

static rsd_status read_number(const rsd_param_info *info, double read, float *number)
{
    if (!(read >= (double)info->min && read <= (double)info->max) || (rsd_param_is_whole(info) && read != floor(read)))
        return RSD_ERR_ARG;
    *number = (float)read;
    return RSD_OK;
}

/* What has names by name, switches as numbers or booleans, all else as numbers. */
static rsd_status read_value(const rsd_param_info *info, const json_t *value, float *number)
{
    if (rsd_param_value_names(info))
        return json_is_string(value) ? rsd_param_parse_value(info, json_string_value(value), number) : RSD_ERR_ARG;
    if (info->unit == RSD_UNIT_SWITCH && json_is_boolean(value)) return read_number(info, json_is_true(value), number);
    return json_is_number(value) ? read_number(info, json_number_value(value), number) : RSD_ERR_ARG;
}

static rsd_status read_setting(const reader *r, const rsd_param_info *info, uint32_t level, const char *key,
                               const json_t *value)
{
    rsd_preset *preset = r->preset;
    float number = 0.0f;
    if (read_value(info, value, &number) != RSD_OK) return fail_value(r, info, key);
    if (preset->setting_count == RSD_PRESET_MAX_SETTINGS)
        return FAIL(r, "%s: \"%s\" is one setting too many; %u is the limit", r->origin, key, RSD_PRESET_MAX_SETTINGS);
    preset->settings[preset->setting_count].param_id = info->id;
    preset->settings[preset->setting_count].level = level;
    preset->settings[preset->setting_count].value = number;
    preset->setting_count++;
    return RSD_OK;
}

static rsd_status read_levels(const reader *r, const rsd_param_info *info, const char *key, json_t *values)
{
    const char *number;
    json_t *value;
    if (!json_is_object(values))
        return FAIL(r, "%s: \"%s\" must be an object from level to value, as { \"2\": 0.5 }", r->origin, key);
    json_object_foreach(values, number, value)
    {
        char name[96];
        const rsd_param_info *found;
        uint32_t level;
        const int length = snprintf(name, sizeof name, "%s[%s]", key, number);
        if (length < 0 || (size_t)length >= sizeof name || rsd_param_parse_symbol(name, &found, &level) != RSD_OK)
            return FAIL(r, "%s: \"%s\" has \"%s\" where a level 1..%u is wanted", r->origin, key, number,
                        RSD_MAX_LEVELS);
        const rsd_status status = read_setting(r, info, level, name, value);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

static rsd_status read_parameters(const reader *r, json_t *parameters)
{
    const char *key;
    json_t *value;
    if (!parameters) return RSD_OK;
    if (!json_is_object(parameters)) return FAIL(r, "%s: \"parameters\" must be an object", r->origin);
    json_object_foreach(parameters, key, value)
    {
        const rsd_param_info *info = rsd_param_by_symbol(key);
        if (!info) return FAIL(r, "%s: there is no parameter \"%s\"; `residuum params` lists them", r->origin, key);
        if (info->unit == RSD_UNIT_TEXT)
            return FAIL(r, "%s: \"%s\" is no number and cannot stand among the parameters%s", r->origin, key,
                        info->id == RSD_PARAM_CODEC || info->id == RSD_PARAM_DECODE_CODEC
                            ? "; it belongs beside \"name\""
                            : "");
        if (rsd_param_is_of_session(info))
            return FAIL(r, "%s: \"%s\" belongs to the session and not to a preset", r->origin, key);
        const rsd_status status =
            rsd_param_is_per_level(info) ? read_levels(r, info, key, value) : read_setting(r, info, 0u, key, value);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

/* What decodes becomes part of the codec's name. */
static rsd_status read_decoder(const reader *r, const json_t *root)
{
    char decoder[sizeof r->preset->codec], joined[sizeof r->preset->codec];
    const rsd_status status = read_text(r, root, "decode_codec", false, decoder, sizeof decoder);
    if (status != RSD_OK || decoder[0] == '\0') return status;
    if (r->preset->codec[0] == '\0')
        return FAIL(r, "%s: \"decode_codec\" wants a \"codec\" beside it, whose tokens it decodes", r->origin);
    if (!codec_join_decoder(r->preset->codec, decoder, joined, sizeof joined))
        return FAIL(r, "%s: \"codec\" and \"decode_codec\" have over %zu bytes together", r->origin,
                    sizeof joined - 2u);
    memcpy(r->preset->codec, joined, sizeof joined);
    return RSD_OK;
}

static rsd_status read_preset(const reader *r, json_t *root)
{
    rsd_preset *preset = r->preset;
    if (!json_is_object(root)) return FAIL(r, "%s: a preset is a JSON object", r->origin);
    rsd_status status = check_keys(r, root);
    if (status == RSD_OK) status = read_text(r, root, "name", true, preset->name, sizeof preset->name);
    if (status == RSD_OK)
        status = read_text(r, root, "description", true, preset->description, sizeof preset->description);
    if (status == RSD_OK) status = read_text(r, root, "group", false, preset->group, sizeof preset->group);
    if (status == RSD_OK) status = read_text(r, root, "codec", false, preset->codec, sizeof preset->codec);
    if (status == RSD_OK) status = read_decoder(r, root);
    return status == RSD_OK ? read_parameters(r, json_object_get(root, "parameters")) : status;
}

rsd_status rsd_preset_parse_sized(const char *json, size_t json_bytes, const char *origin, rsd_preset *preset,
                                  size_t preset_bytes, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!json || !preset) return base_error_set(error, RSD_ERR_ARG, "no preset text, or no place for it, was given");
    json_error_t where;
    rsd_preset read = {0};
    const reader r = {origin ? origin : "preset", &read, error};
    const char *problem = text_skip_mark(&json, &json_bytes);
    if (problem) return FAIL(&r, "%s: %s", r.origin, problem);
    json_t *root = json_loadb(json, json_bytes, JSON_REJECT_DUPLICATES, &where);
    if (!root) return FAIL(&r, "%s:%d:%d: %s", r.origin, where.line, where.column, where.text);
    const rsd_status status = read_preset(&r, root);
    json_decref(root);
    if (status == RSD_OK) base_sized_copy(preset, preset_bytes, &read, sizeof read);
    return status;
}

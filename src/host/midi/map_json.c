// SPDX-License-Identifier: MIT
// A MIDI map as JSON, read and printed.
#include "host/midi/map.h"

#include "base/error.h"
#include "base/text.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "residuum-midi-map"
#define VERSION 1

static const char *const curve_names[MIDI_CURVE_COUNT] = {"range", "volume", "toggle"};
static const char *const target_names[MIDI_TARGET_COUNT] = {"parameter",   "bank_next",       "bank_previous",
                                                            "preset_next", "preset_previous", "tap"};

const char *midi_curve_name(midi_curve curve) { return curve_names[curve]; }
const char *midi_target_name(midi_target target) { return target_names[target]; }

typedef struct {
    const char *origin;
    unsigned number; /* of the binding, from 1 */
    rsd_error *error;
} reader;

#define FAIL(r, ...) base_error_set((r)->error, RSD_ERR_FORMAT, __VA_ARGS__)

/* ---- reading ---- */

static bool read_whole(const json_t *value, json_int_t min, json_int_t max, uint8_t *number)
{
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max) return false;
    *number = (uint8_t)json_integer_value(value);
    return true;
}

/* "controller": 7, or "controllers": [102, 117]; the same of notes. */
static rsd_status read_source(const reader *r, const json_t *object, midi_binding *binding)
{
    static const struct {
        const char *one, *many;
        midi_source source;
    } kinds[] = {{"controller", "controllers", MIDI_FROM_CONTROLLER}, {"note", "notes", MIDI_FROM_NOTE}};
    unsigned found = 0;
    for (size_t i = 0; i < 2u; i++) {
        const json_t *one = json_object_get(object, kinds[i].one), *many = json_object_get(object, kinds[i].many);
        if (!one && !many) continue;
        found += (one != NULL) + (many != NULL);
        binding->source = kinds[i].source;
        const bool is_right = one ? read_whole(one, 0, 127, &binding->first) && (binding->last = binding->first, true)
                                  : json_array_size(many) == 2u &&
                                        read_whole(json_array_get(many, 0), 0, 127, &binding->first) &&
                                        read_whole(json_array_get(many, 1), binding->first, 127, &binding->last);
        if (!is_right)
            return FAIL(r, "%s: binding %u: \"%s\" must be %s", r->origin, r->number,
                        one ? kinds[i].one : kinds[i].many,
                        one ? "a whole number in 0..127" : "two whole numbers in 0..127, the first one and the last");
    }
    if (found == 1u) return RSD_OK;
    return FAIL(r, "%s: binding %u: one of \"controller\", \"controllers\", \"note\", \"notes\" is wanted", r->origin,
                r->number);
}

static rsd_status read_parameter(const reader *r, const char *text, midi_binding *binding)
{
    const rsd_param_info *info = NULL;
    rsd_status status = rsd_param_parse_symbol(text, &info, &binding->level);
    const rsd_param_info *plain = rsd_param_by_symbol(text);
    if (plain && rsd_param_is_per_level(plain)) info = plain, binding->level = 0u, status = RSD_OK;
    if (status != RSD_OK || info->unit == RSD_UNIT_TEXT)
        return FAIL(r, "%s: binding %u: there is no parameter \"%.60s\"; `residuum params` lists them", r->origin,
                    r->number, text);
    if (!rsd_param_is_per_level(info) && binding->last != binding->first)
        return FAIL(r, "%s: binding %u: \"%s\" has no levels, and takes one controller or note", r->origin, r->number,
                    info->symbol);
    binding->target = MIDI_TO_PARAMETER;
    binding->param_id = info->id;
    return RSD_OK;
}

/* One of `count` names; false: it is none of them. */
static bool read_name(const char *text, const char *const *names, int count, int *index)
{
    for (*index = 0; *index < count; (*index)++)
        if (strcmp(text, names[*index]) == 0) return true;
    return false;
}

static rsd_status read_target(const reader *r, const json_t *object, midi_binding *binding)
{
    const char *parameter = json_string_value(json_object_get(object, "parameter"));
    const char *action = json_string_value(json_object_get(object, "action"));
    int index = 0;
    if (parameter && !action) return read_parameter(r, parameter, binding);
    if (!action || parameter || !read_name(action, target_names, MIDI_TARGET_COUNT, &index) || index == 0)
        return FAIL(r,
                    "%s: binding %u: \"parameter\", or \"action\" with one of \"bank_next\", \"bank_previous\", "
                    "\"preset_next\", \"preset_previous\", \"tap\", is wanted",
                    r->origin, r->number);
    binding->target = (midi_target)index;
    return RSD_OK;
}

static rsd_status read_rest(const reader *r, const json_t *object, midi_binding *binding)
{
    const json_t *channel = json_object_get(object, "channel"), *bank = json_object_get(object, "bank");
    const json_t *curve = json_object_get(object, "curve");
    int index = MIDI_CURVE_RANGE;
    if (channel && !read_whole(channel, 0, 16, &binding->channel))
        return FAIL(r, "%s: binding %u: \"channel\" must be 1..16, or 0 for all", r->origin, r->number);
    if (bank && !json_is_boolean(bank))
        return FAIL(r, "%s: binding %u: \"bank\" must be true or false", r->origin, r->number);
    if (curve &&
        (!json_is_string(curve) || !read_name(json_string_value(curve), curve_names, MIDI_CURVE_COUNT, &index)))
        return FAIL(r, "%s: binding %u: \"curve\" must be one of \"range\", \"volume\", \"toggle\"", r->origin,
                    r->number);
    binding->curve = (midi_curve)index;
    binding->is_banked = json_is_true(bank);
    return RSD_OK;
}

/* What notes set; a number is checked against the parameter's own range. */
static rsd_status read_note_value(const reader *r, const json_t *object, midi_binding *binding)
{
    const json_t *value = json_object_get(object, "value");
    if (!value) return RSD_OK;
    const rsd_param_info *info = binding->target == MIDI_TO_PARAMETER ? rsd_param_by_id(binding->param_id) : NULL;
    if (!info || binding->source != MIDI_FROM_NOTE)
        return FAIL(r, "%s: binding %u: \"value\" is for notes that steer a parameter", r->origin, r->number);
    const double number = json_number_value(value);
    if (!json_is_number(value) || number < (double)info->min || number > (double)info->max)
        return FAIL(r, "%s: binding %u: \"value\" must be a number in %g..%g", r->origin, r->number, (double)info->min,
                    (double)info->max);
    binding->has_value = true;
    binding->value = rsd_param_is_whole(info) ? floorf((float)number + 0.5f) : (float)number;
    return RSD_OK;
}

static rsd_status check_keys(const reader *r, json_t *object)
{
    static const char *const keys[] = {"controller", "controllers", "note", "notes", "channel",
                                       "parameter",  "action",      "bank", "curve", "value"};
    const char *key;
    json_t *value;
    int index;
    json_object_foreach(object, key, value) if (!read_name(key, keys, (int)(sizeof keys / sizeof *keys),
                                                           &index)) return FAIL(r,
                                                                                "%s: binding %u: unknown key \"%.60s\"",
                                                                                r->origin, r->number, key);
    return RSD_OK;
}

static rsd_status read_binding(const reader *r, json_t *object, midi_binding *binding)
{
    *binding = (midi_binding){0};
    if (!json_is_object(object)) return FAIL(r, "%s: binding %u is no JSON object", r->origin, r->number);
    rsd_status status = check_keys(r, object);
    if (status == RSD_OK) status = read_source(r, object, binding);
    if (status == RSD_OK) status = read_target(r, object, binding);
    if (status == RSD_OK) status = read_rest(r, object, binding);
    return status == RSD_OK ? read_note_value(r, object, binding) : status;
}

static rsd_status read_map(reader *r, json_t *root, midi_map *map)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    json_t *bindings = json_object_get(root, "bindings");
    if (!format || strcmp(format, FORMAT) != 0)
        return FAIL(r, "%s: this is no MIDI map: \"format\" must be \"" FORMAT "\"", r->origin);
    if (json_integer_value(json_object_get(root, "version")) != VERSION)
        return FAIL(r, "%s: \"version\" must be %d", r->origin, VERSION);
    if (!json_is_array(bindings) || json_array_size(bindings) > MIDI_MAX_BINDINGS)
        return FAIL(r, "%s: \"bindings\" must be an array of at most %u", r->origin, MIDI_MAX_BINDINGS);
    for (size_t i = 0; i < json_array_size(bindings); i++) {
        r->number = (unsigned)i + 1u;
        const rsd_status status = read_binding(r, json_array_get(bindings, i), &map->bindings[i]);
        if (status != RSD_OK) return status;
        map->binding_count++;
    }
    return RSD_OK;
}

rsd_status midi_map_parse(const char *json, size_t json_bytes, const char *origin, midi_map *map, rsd_error *error)
{
    json_error_t where;
    reader r = {origin, 0u, error};
    midi_map read = {0};
    const char *problem = text_skip_mark(&json, &json_bytes);
    if (problem) return FAIL(&r, "%s: %s", origin, problem);
    json_t *root = json_loadb(json, json_bytes, JSON_REJECT_DUPLICATES, &where);
    if (!root) return FAIL(&r, "%s:%d:%d: %s", origin, where.line, where.column, where.text);
    const rsd_status status = read_map(&r, root, &read);
    json_decref(root);
    if (status != RSD_OK) return status;
    *map = read;
    return base_error_set(error, RSD_OK, "%s", "");
}

/* ---- printing ---- */

static void print_target(FILE *to, const midi_binding *b)
{
    if (b->target != MIDI_TO_PARAMETER) {
        fprintf(to, ", \"action\": \"%s\"", target_names[b->target]);
        return;
    }
    const rsd_param_info *info = rsd_param_by_id((uint32_t)b->param_id);
    const bool has_level = rsd_param_is_per_level(info) && !(b->is_banked && b->level == 0u);
    fprintf(to, ", \"parameter\": \"%s", info->symbol);
    if (has_level) fprintf(to, "[%u]", b->level + 1u);
    fputc('"', to);
    if (b->curve != MIDI_CURVE_RANGE) fprintf(to, ", \"curve\": \"%s\"", curve_names[b->curve]);
    if (b->is_banked) fputs(", \"bank\": true", to);
    if (b->has_value) fprintf(to, ", \"value\": %.9g", (double)b->value);
}

static void print_binding(FILE *to, const midi_binding *b)
{
    const char *kind = b->source == MIDI_FROM_NOTE ? "note" : "controller";
    if (b->first == b->last)
        fprintf(to, "    { \"%s\": %u", kind, b->first);
    else
        fprintf(to, "    { \"%ss\": [%u, %u]", kind, b->first, b->last);
    if (b->channel != MIDI_ANY_CHANNEL) fprintf(to, ", \"channel\": %u", b->channel);
    print_target(to, b);
    fputs(" }", to);
}

char *midi_map_print(const midi_map *map)
{
    char *text = NULL;
    size_t text_bytes = 0;
    FILE *to = open_memstream(&text, &text_bytes);
    if (!to) return NULL;
    fprintf(to, "{\n  \"format\": \"" FORMAT "\",\n  \"version\": %d,\n  \"bindings\": [\n", VERSION);
    for (uint32_t i = 0; i < map->binding_count; i++) {
        print_binding(to, &map->bindings[i]);
        fputs(i + 1u < map->binding_count ? ",\n" : "\n", to);
    }
    fputs("  ]\n}\n", to);
    const bool failed = ferror(to) != 0;
    if (fclose(to) == 0 && !failed) return text;
    free(text);
    return NULL;
}

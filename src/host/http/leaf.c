// SPDX-License-Identifier: MIT
// What OSCQuery's tree says of one control: type, value, range, what it is for.
#include "host/http/internal.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_preset.h>

#include <stdio.h>

enum { ACCESS_READ_WRITE = 3 };

static const host_watch_entry *entry_of(const host_watch *watch, uint32_t bit) { return &watch->entries[bit / 2u]; }
static bool is_norm(uint32_t bit) { return bit % 2u == 1u; }

static const char *type_of(const rsd_param_info *info, bool norm)
{
    if (norm) return "f";
    if (info->unit == RSD_UNIT_TEXT || info->unit == RSD_UNIT_MONITOR) return "s";
    if (info->unit == RSD_UNIT_SWITCH) return "T";
    return rsd_param_is_whole(info) ? "i" : "f";
}

static json_t *value_of(const host_watch *watch, uint32_t bit)
{
    const host_watch_entry *entry = entry_of(watch, bit);
    const rsd_param_info *info = entry->info;
    if (is_norm(bit)) return json_real((double)host_watch_normalise(entry));
    if (info->unit == RSD_UNIT_TEXT) return json_string(watch->texts[entry->text]);
    if (info->unit == RSD_UNIT_MONITOR) return json_string(rsd_monitor_name((uint32_t)entry->value));
    if (info->unit == RSD_UNIT_SWITCH) return json_boolean(entry->value != 0.0f);
    return rsd_param_is_whole(info) ? json_integer((json_int_t)entry->value) : json_real((double)entry->value);
}

/* Names that can always be given; there may be others, of files. */
static json_t *names_of(const rsd_param_info *info)
{
    json_t *names = json_array();
    const char *name, *text;
    size_t bytes;
    rsd_preset preset;
    for (uint32_t i = 0; info->unit == RSD_UNIT_MONITOR && rsd_monitor_name(i); i++)
        json_array_append_new(names, json_string(rsd_monitor_name(i)));
    for (uint32_t i = 0; info->id == RSD_PARAM_CODEC && rsd_model_builtin(i, &name, &text); i++)
        json_array_append_new(names, json_string(name));
    for (uint32_t i = 0; info->id == RSD_PARAM_PRESET && rsd_preset_builtin(i, &text, &bytes); i++)
        if (rsd_preset_parse(text, bytes, "built-in preset", &preset, NULL) == RSD_OK)
            json_array_append_new(names, json_string(preset.name));
    return names;
}

static json_t *range_of(const host_watch *watch, uint32_t bit)
{
    const host_watch_entry *entry = entry_of(watch, bit);
    const rsd_param_info *info = entry->info;
    if (is_norm(bit)) return json_pack("[{s:f,s:f}]", "MIN", 0.0, "MAX", 1.0);
    if (info->unit == RSD_UNIT_TEXT || info->unit == RSD_UNIT_MONITOR)
        return json_pack("[{s:o}]", "VALS", names_of(info));
    if (info->unit == RSD_UNIT_SWITCH) return NULL;
    if (rsd_param_is_whole(info)) return json_pack("[{s:i,s:i}]", "MIN", (int)entry->min, "MAX", (int)entry->max);
    return json_pack("[{s:f,s:f}]", "MIN", (double)entry->min, "MAX", (double)entry->max);
}

static json_t *description_of(const host_watch_entry *entry)
{
    char text[400], level[16] = "";
    const char *unit = rsd_param_unit_text(entry->info->unit);
    if (rsd_param_is_per_level(entry->info)) snprintf(level, sizeof level, " %u", entry->level + 1u);
    snprintf(text, sizeof text, "%s%s%s%s%s: %s", entry->info->name, level, *unit ? " (" : "", unit, *unit ? ")" : "",
             entry->info->help);
    return json_string(text);
}

json_t *host_http_leaf(const host_watch *watch, uint32_t bit)
{
    char path[64];
    host_http_format_address(watch, bit, path);
    const host_watch_entry *entry = entry_of(watch, bit);
    json_t *leaf = json_pack("{s:s,s:i,s:s,s:o,s:[o]}", "FULL_PATH", path, "ACCESS", ACCESS_READ_WRITE, "TYPE",
                             type_of(entry->info, is_norm(bit)), "DESCRIPTION", description_of(entry), "VALUE",
                             value_of(watch, bit));
    json_object_set_new(leaf, "TAGS", json_pack("[s]", rsd_param_group_name(entry->info->group)));
    json_t *range = range_of(watch, bit);
    if (leaf && range) json_object_set_new(leaf, "RANGE", range);
    return leaf;
}

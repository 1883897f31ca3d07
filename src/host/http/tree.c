// SPDX-License-Identifier: MIT
// OSCQuery's tree of all controls as JSON, made from the parameter table and the values in force.
#include "host/http/internal.h"

#include "host/osc/addresses.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_preset.h>

#include <stdio.h>
#include <string.h>

#define MAX_PARTS 6u /* of an address */

enum { ACCESS_NONE = 0, ACCESS_READ_WRITE = 3 };

/* ---- addresses: bit 2 n is the n-th entry's, 2 n + 1 the same from 0 to 1 ---- */

static const host_watch_entry *entry_of(const host_watch *watch, uint32_t bit) { return &watch->entries[bit / 2u]; }
static bool is_norm(uint32_t bit) { return bit % 2u == 1u; }

static bool is_there(const host_watch *watch, uint32_t bit)
{
    const host_watch_entry *entry = entry_of(watch, bit);
    return entry->is_there && !(is_norm(bit) && entry->info->unit == RSD_UNIT_TEXT);
}

void host_http_format_address(const host_watch *watch, uint32_t bit, char path[64])
{
    const host_watch_entry *entry = entry_of(watch, bit);
    host_osc_format_address(entry->info, entry->level, is_norm(bit), path);
}

/* "/residuum/level" has "/residuum/level/3/gain" below it, and "/" has all. */
static bool is_at_or_below(const char *path, const char *address)
{
    const size_t length = strlen(path);
    if (strcmp(path, "/") == 0) return true;
    return strncmp(path, address, length) == 0 && (address[length] == '\0' || address[length] == '/');
}

uint32_t host_http_for_each(const host_watch *watch, const char *path, void (*set)(void *context, uint32_t bit),
                            void *context)
{
    uint32_t count = 0;
    char address[64];
    for (uint32_t bit = 0; bit < 2u * watch->entry_count; bit++) {
        host_http_format_address(watch, bit, address);
        if (!is_at_or_below(path, address)) continue;
        set(context, bit);
        count++;
    }
    return count;
}

/* ---- attributes ---- */

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

/* ---- the tree ---- */

static json_t *new_container(const char *path)
{
    return json_pack("{s:s,s:i,s:{}}", "FULL_PATH", path, "ACCESS", ACCESS_NONE, "CONTENTS");
}

static json_t *new_leaf(const host_watch *watch, uint32_t bit, const char *path)
{
    const host_watch_entry *entry = entry_of(watch, bit);
    json_t *leaf = json_pack("{s:s,s:i,s:s,s:o,s:[o]}", "FULL_PATH", path, "ACCESS", ACCESS_READ_WRITE, "TYPE",
                             type_of(entry->info, is_norm(bit)), "DESCRIPTION", description_of(entry), "VALUE",
                             value_of(watch, bit));
    json_object_set_new(leaf, "TAGS", json_pack("[s]", rsd_param_group_name(entry->info->group)));
    json_t *range = range_of(watch, bit);
    if (leaf && range) json_object_set_new(leaf, "RANGE", range);
    return leaf;
}

/* The container of this path below `node`, made where nothing is there; NULL: a value is. Borrowed. */
static json_t *container_at(json_t *node, const char *name, const char *path)
{
    json_t *contents = json_object_get(node, "CONTENTS");
    if (!json_object_get(contents, name)) json_object_set_new(contents, name, new_container(path));
    json_t *child = json_object_get(contents, name);
    return json_object_get(child, "CONTENTS") ? child : NULL;
}

/*
 * What has a value has nothing below it, to OSC 1.0 and to its clients. An address below another (/freeze/from below
 * /freeze) lies beside it instead, by the rest of its address: freeze/from.
 */
static void add_leaf(json_t *root, const host_watch *watch, uint32_t bit, const char *address)
{
    json_t *node = root;
    const char *at = address + 1;
    for (const char *slash; (slash = strchr(at, '/')) != NULL; at = slash + 1) {
        char path[64], part[64];
        snprintf(part, sizeof part, "%.*s", (int)(slash - at), at);
        snprintf(path, sizeof path, "%.*s", (int)(slash - address), address);
        json_t *child = container_at(node, part, path);
        if (!child) break;
        node = child;
    }
    json_object_set_new(json_object_get(node, "CONTENTS"), at, new_leaf(watch, bit, address));
}

static uint32_t count_parts(const char *address)
{
    uint32_t count = 0;
    for (; *address; address++) count += *address == '/';
    return count;
}

/* Down from the root along the parts of `path`, or by all that is left of it. Borrowed. */
static json_t *find_node(json_t *root, const char *path)
{
    json_t *node = root;
    while (node && *path) {
        char part[64];
        path += strspn(path, "/");
        const size_t length = strcspn(path, "/");
        if (length >= sizeof part) return NULL;
        json_t *contents = json_object_get(node, "CONTENTS"), *rest = json_object_get(contents, path);
        if (rest) return rest;
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        if (length > 0u) node = json_object_get(contents, part);
        path += length;
    }
    return node;
}

json_t *host_http_node(const host_watch *watch, const char *path)
{
    json_t *root = new_container("/");
    json_object_set_new(root, "DESCRIPTION", json_string("Residuum"));
    /* Short addresses first, so that what has a value is there before what lies below it. */
    for (uint32_t parts = 1; parts <= MAX_PARTS; parts++) {
        for (uint32_t bit = 0; bit < 2u * watch->entry_count; bit++) {
            char address[64];
            host_http_format_address(watch, bit, address);
            if (is_there(watch, bit) && count_parts(address) == parts) add_leaf(root, watch, bit, address);
        }
    }
    json_t *node = json_incref(find_node(root, path));
    json_decref(root);
    return node;
}

json_t *host_http_host_info(const host_http *http)
{
    static const char *const attributes[] = {"ACCESS", "VALUE",  "RANGE",       "DESCRIPTION",
                                             "TAGS",   "LISTEN", "PATH_CHANGED"};
    json_t *extensions = json_object(), *info = json_object();
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        json_object_set_new(extensions, attributes[i], json_true());
    json_object_set_new(extensions, "OSC_STREAMING", json_boolean(http->token[0] == '\0'));
    json_object_set_new(info, "NAME", json_string("Residuum"));
    json_object_set_new(info, "EXTENSIONS", extensions);
    if (http->osc_port != 0u) {
        const bool is_any = strcmp(http->osc_address, "0.0.0.0") == 0;
        if (!is_any) json_object_set_new(info, "OSC_IP", json_string(http->osc_address));
        json_object_set_new(info, "OSC_PORT", json_integer(http->osc_port));
        json_object_set_new(info, "OSC_TRANSPORT", json_string("UDP"));
    }
    json_object_set_new(info, "WS_PORT", json_integer(http->port));
    return info;
}

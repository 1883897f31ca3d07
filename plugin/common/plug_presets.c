// SPDX-License-Identifier: MIT
// Presets as program changes count them: the built-in ones, then those of the user's folder, as `live` has it.
#include "plug.h"

#include "engine/preset_name.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".json"

static int is_preset(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > strlen(SUFFIX) && length < PLUG_TEXT_BYTES &&
           strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* The folder's `index`th by name; false past the last. */
static bool own_name(uint32_t index, char name[PLUG_TEXT_BYTES])
{
    char folder[4096];
    struct dirent **entries;
    if (!preset_user_path("x", folder, sizeof folder)) return false;
    *strrchr(folder, '/') = '\0';
    const int count = scandir(folder, &entries, is_preset, by_bytes);
    if (count < 0) return false;
    const bool is_there = index < (uint32_t)count;
    if (is_there)
        snprintf(name, PLUG_TEXT_BYTES, "%.*s", (int)(strlen(entries[index]->d_name) - strlen(SUFFIX)),
                 entries[index]->d_name);
    for (int i = 0; i < count; i++) free(entries[i]);
    free(entries);
    return is_there;
}

bool plug_preset_name(uint32_t index, char name[PLUG_TEXT_BYTES])
{
    const char *json;
    size_t json_bytes;
    rsd_preset preset;
    rsd_error error;
    uint32_t builtin_count = 0;
    while (rsd_preset_builtin(builtin_count, &json, &json_bytes)) builtin_count++;
    if (index >= builtin_count) return own_name(index - builtin_count, name);
    if (!rsd_preset_builtin(index, &json, &json_bytes) ||
        rsd_preset_parse(json, json_bytes, "preset", &preset, &error) != RSD_OK)
        return false;
    snprintf(name, PLUG_TEXT_BYTES, "%s", preset.name);
    return true;
}

// SPDX-License-Identifier: MIT
// A preset is found by its name or path.
#include <residuum/rsd_preset.h>

#include "base/read_file.h"

#include "base/error.h"
#include "base/sized.h"
#include "engine/preset_name.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096u

static rsd_status read_file(const char *path, rsd_preset *preset, rsd_error *error)
{
    void *text = NULL;
    size_t length = 0;
    rsd_status status = base_read_file(path, BASE_PRESET_BYTES, &text, &length, error);
    if (status != RSD_OK) return status;
    status = rsd_preset_parse(text, length, path, preset, error);
    free(text);
    return status;
}

bool preset_is_path(const char *name)
{
    const size_t length = strlen(name);
    return strchr(name, '/') || (length > 5u && strcmp(name + length - 5u, ".json") == 0);
}

bool preset_user_path(const char *name, char *path, size_t path_bytes)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int length = -1;
    if (config && config[0] == '/') /* the base directory specification: a relative one is to be ignored */
        length = snprintf(path, path_bytes, "%s/residuum/presets/%s.json", config, name);
    else if (home && home[0] != '\0')
        length = snprintf(path, path_bytes, "%s/.config/residuum/presets/%s.json", home, name);
    return length > 0 && (size_t)length < path_bytes;
}

static rsd_status open_user(const char *name, rsd_preset *preset, rsd_error *error)
{
    char path[PATH_BYTES];
    if (!preset_user_path(name, path, sizeof path) || access(path, R_OK) != 0) return RSD_ERR_NOT_FOUND;
    return read_file(path, preset, error);
}

static rsd_status open_builtin(const char *name, rsd_preset *preset, rsd_error *error)
{
    const char *json;
    size_t json_bytes;
    for (uint32_t index = 0; rsd_preset_builtin(index, &json, &json_bytes); index++) {
        rsd_preset read;
        const rsd_status status = rsd_preset_parse(json, json_bytes, "built-in preset", &read, error);
        if (status != RSD_OK) return status;
        if (strcmp(read.name, name) != 0) continue;
        *preset = read;
        return RSD_OK;
    }
    return base_error_set(error, RSD_ERR_NOT_FOUND, "there is no preset '%s'; `residuum presets` lists them", name);
}

static rsd_status open_any(const char *name_or_path, rsd_preset *preset, rsd_error *error)
{
    if (preset_is_path(name_or_path)) return read_file(name_or_path, preset, error);
    const rsd_status status = open_user(name_or_path, preset, error);
    return status == RSD_ERR_NOT_FOUND ? open_builtin(name_or_path, preset, error) : status;
}

rsd_status rsd_preset_open_sized(const char *name_or_path, rsd_preset *preset, size_t preset_bytes, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!name_or_path || name_or_path[0] == '\0' || !preset)
        return base_error_set(error, RSD_ERR_ARG, "no preset was named");
    rsd_preset read;
    const rsd_status status = open_any(name_or_path, &read, error);
    if (status == RSD_OK) base_sized_copy(preset, preset_bytes, &read, sizeof read);
    return status;
}

// SPDX-License-Identifier: MIT
// A preset from an engine's values, as text, and in the user's folder.
#include <residuum/rsd_preset.h>

#include "base/error.h"
#include "base/sized.h"
#include "base/text.h"
#include "base/write_file_atomic.h"
#include "engine/preset_name.h"

#include <jansson.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES 4096u

static void add_value(rsd_preset *preset, const rsd_param_info *info, uint32_t level, float value)
{
    if (value == info->default_value || preset->setting_count == RSD_PRESET_MAX_SETTINGS) return;
    preset->settings[preset->setting_count].param_id = info->id;
    preset->settings[preset->setting_count].level = level;
    preset->settings[preset->setting_count++].value = value;
}

rsd_status rsd_preset_capture_sized(const rsd_engine *engine, const char *name, const char *codec, rsd_preset *preset,
                                    size_t preset_bytes)
{
    rsd_preset made = {0};
    const rsd_param_info *info;
    float value;
    if (!engine || !name || !preset || strlen(name) >= sizeof made.name ||
        (codec && strlen(codec) >= sizeof made.codec))
        return RSD_ERR_ARG;
    snprintf(made.name, sizeof made.name, "%s", name);
    snprintf(made.description, sizeof made.description, "Saved while playing");
    snprintf(made.codec, sizeof made.codec, "%s", codec ? codec : "");
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        const bool is_left_out = info->unit == RSD_UNIT_TEXT || rsd_param_is_of_session(info);
        const uint32_t count = is_left_out ? 0u : rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u;
        for (uint32_t level = 0; level < count; level++)
            if (rsd_engine_get(engine, info->id, level, &value) == RSD_OK) add_value(&made, info, level, value);
    }
    base_sized_copy(preset, preset_bytes, &made, sizeof made);
    return RSD_OK;
}

/* ---- as text ---- */

static json_t *value_of(const rsd_param_info *info, float value)
{
    const char *name = rsd_param_value_name(info, (uint32_t)value);
    if (name) return json_string(name);
    return rsd_param_is_whole(info) ? json_integer((json_int_t)value) : json_real((double)value);
}

static void add_setting(json_t *parameters, const rsd_param_info *info, uint32_t level, float value)
{
    char number[16];
    if (!rsd_param_is_per_level(info)) {
        json_object_set_new(parameters, info->symbol, value_of(info, value));
        return;
    }
    json_t *levels = json_object_get(parameters, info->symbol);
    if (!levels) json_object_set_new(parameters, info->symbol, levels = json_object());
    snprintf(number, sizeof number, "%u", level + 1u);
    json_object_set_new(levels, number, value_of(info, value));
}

char *rsd_preset_print_sized(const rsd_preset *given, size_t preset_bytes)
{
    rsd_preset preset = {0};
    base_sized_copy(&preset, sizeof preset, given, preset_bytes);
    json_t *root = json_object(), *parameters = json_object();
    json_object_set_new(root, "name", json_string(preset.name));
    json_object_set_new(root, "description", json_string(preset.description));
    if (preset.group[0] != '\0') json_object_set_new(root, "group", json_string(preset.group));
    if (preset.codec[0] != '\0') json_object_set_new(root, "codec", json_string(preset.codec));
    for (uint32_t i = 0; i < preset.setting_count; i++) {
        const rsd_param_info *info = rsd_param_by_id((uint32_t)preset.settings[i].param_id);
        if (info) add_setting(parameters, info, preset.settings[i].level, preset.settings[i].value);
    }
    json_object_set_new(root, "parameters", parameters);
    /* Seven digits bring back every value that a person can set. */
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(root);
    return text;
}

/* ---- in a file ---- */

/* A file of that name: nothing that leads elsewhere, hides, or names a path for whoever reads it. */
static bool is_good_name(const char *name)
{
    if (name[0] == '\0' || name[0] == '.' || strlen(name) >= 64u || !text_is_utf8(name)) return false;
    for (const char *c = name; *c; c++)
        if (*c == '/' || *c == '\\' || (unsigned char)*c < 0x20u || *c == 0x7f) return false;
    return !preset_is_path(name);
}

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700); /* what cannot be made is told when the file is opened */
        *slash = '/';
    }
}

static rsd_status write_text(const char *path, const char *text, rsd_error *error)
{
    base_output output;
    const rsd_status status = base_output_open(&output, path, BASE_OUTPUT_BESIDE, error);
    if (status != RSD_OK) return status;
    if (base_write_all(output.fd, text, strlen(text)) && base_write_all(output.fd, "\n", 1u))
        return base_output_commit(&output, error);
    const rsd_status failed = base_error_set(error, RSD_ERR_IO, "'%.300s': %s", path, strerror(errno));
    base_output_abandon(&output);
    return failed;
}

rsd_status rsd_preset_save_sized(const rsd_preset *preset, size_t preset_bytes, const char *name_or_path,
                                 rsd_error *error)
{
    char path[PATH_BYTES];
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!preset || !name_or_path) return base_error_set(error, RSD_ERR_ARG, "no preset, or no name for it");
    const bool is_path = preset_is_path(name_or_path);
    if (!is_path && !is_good_name(name_or_path))
        return base_error_set(error, RSD_ERR_ARG,
                              "'%.80s' is no name for a preset: 1 to 63 characters, no / \\ or . first", name_or_path);
    if (!is_path && !preset_user_path(name_or_path, path, sizeof path))
        return base_error_set(error, RSD_ERR_IO, "there is no folder for presets: neither HOME nor XDG_CONFIG_HOME");
    char *text = rsd_preset_print_sized(preset, preset_bytes);
    if (!text) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the preset");
    if (!is_path) make_folders(path);
    const rsd_status status = write_text(is_path ? name_or_path : path, text, error);
    free(text);
    return status;
}

// SPDX-License-Identifier: MIT
// `residuum presets`: the built-in presets and those of the user.
#include "app.h"
#include "paths.h"

#include <residuum/rsd_preset.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* In the order that they are shown in; what is of no group comes first. */
static const char *const groups[] = {"",       "Transparent", "Vintage digital", "Phone", "Broken stream",
                                     "Frozen", "Robots",      "Ghosts",          "Cross", "Tools"};

static int print_group(const app_arguments *arguments, const char *group)
{
    const char *json;
    size_t json_bytes;
    rsd_error error;
    rsd_preset preset;
    bool is_first = true;
    for (uint32_t i = 0; rsd_preset_builtin(i, &json, &json_bytes); i++) {
        if (rsd_preset_parse(json, json_bytes, "built-in preset", &preset, &error) != RSD_OK)
            return app_fail(arguments, "%s", error.text);
        if (strcmp(preset.group, group) != 0) continue;
        if (is_first && *group) printf("%s:\n", group);
        is_first = false;
        printf("%-20s %s\n", preset.name, preset.description);
    }
    return APP_OK;
}

static int print_builtin(const app_arguments *arguments)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const int result = print_group(arguments, groups[i]);
        if (result != APP_OK) return result;
    }
    return APP_OK;
}

/* The folder of the user's own presets; false where there is none. */
static bool user_folder(char path[4096])
{
    struct stat info;
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config && *config)
        length = snprintf(path, 4096, "%s/residuum/presets", config);
    else if (home && *home)
        length = snprintf(path, 4096, "%s/.config/residuum/presets", home);
    if (length < 0 || length >= 4096) return false;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static void print_preset(const rsd_preset *preset, const char *path)
{
    app_print("%-20s %s [%s]", preset->name, preset->description, path);
    putchar('\n');
}

/* A preset that cannot be read is reported and makes the command fail, but does not hide those after it. */
static int print_own(const app_arguments *arguments)
{
    char folder[4096];
    rsd_error error;
    rsd_preset preset;
    app_paths paths = {0};
    if (!user_folder(folder)) return APP_OK;
    int result = APP_OK;
    if (app_paths_add(&paths, folder, "json", &error) != RSD_OK) result = app_fail(arguments, "%s", error.text);
    app_paths_sort(&paths);
    app_paths_tell_skipped(arguments, &paths);
    if (paths.skipped_count > 0u) result = APP_FAILURE;
    for (size_t i = 0; i < paths.count; i++) {
        if (rsd_preset_open(paths.files[i].name, &preset, &error) == RSD_OK)
            print_preset(&preset, paths.files[i].name);
        else
            result = app_fail(arguments, "%s", error.text);
    }
    app_paths_destroy(&paths);
    return result;
}

int app_presets(const app_arguments *arguments)
{
    const int result = print_builtin(arguments);
    return result == APP_OK ? print_own(arguments) : result;
}

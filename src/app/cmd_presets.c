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

bool app_preset_folder(char path[4096])
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
    if (!app_preset_folder(folder)) return APP_OK;
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

/* A preset that can be read is written under its own name; one that is there already is not lost. */
static int import(const app_arguments *arguments, const char *path)
{
    rsd_preset preset, other;
    rsd_error error;
    if (rsd_preset_open(path, &preset, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    char folder[4096], own[4200];
    const bool has_folder = app_preset_folder(folder);
    snprintf(own, sizeof own, "%s/%s.json", has_folder ? folder : "", preset.name);
    if (has_folder && rsd_preset_open(own, &other, &error) == RSD_OK)
        return app_fail(arguments, "there is a preset '%s' of your own already: %s", preset.name, own);
    if (rsd_preset_save(&preset, preset.name, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    app_update_lv2_presets();
    app_print("imported %s", preset.name);
    putchar('\n');
    return APP_OK;
}

static int export(const app_arguments *arguments, const char *name, const char *path)
{
    rsd_preset preset;
    rsd_error error;
    const size_t length = strlen(path);
    if (length < 5u || strcmp(path + length - 5u, ".json") != 0)
        return app_usage(arguments, "'%s' must end in .json", path);
    if (rsd_preset_open(name, &preset, &error) != RSD_OK || rsd_preset_save(&preset, path, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    return APP_OK;
}

int app_presets(const app_arguments *arguments)
{
    char **words = arguments->operands;
    const uint32_t count = arguments->operand_count;
    if (count == 2u && strcmp(words[0], "import") == 0) return import(arguments, words[1]);
    if (count == 3u && strcmp(words[0], "export") == 0) return export(arguments, words[1], words[2]);
    if (count > 0u && count <= 2u && strcmp(words[0], "lv2") == 0)
        return app_write_lv2_presets(arguments, count == 2u ? words[1] : NULL);
    if (count > 0u)
        return app_usage(arguments, "wanted is import FILE, or export NAME FILE.json, or lv2 [FOLDER], or nothing");
    const int result = print_builtin(arguments);
    return result == APP_OK ? print_own(arguments) : result;
}

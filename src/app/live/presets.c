// SPDX-License-Identifier: MIT
// The presets that keys and program changes walk through.
#include "app/live/live.h"
#include "app/paths.h"

#include <stdio.h>
#include <string.h>

/* Those of the user's folder, by their names there; one that cannot be read is left out. */
static void add_own(live_ui_state *live)
{
    char folder[4096];
    rsd_error error;
    app_paths paths = {0};
    if (!app_preset_folder(folder) || app_paths_add(&paths, folder, "json", &error) != RSD_OK) return;
    app_paths_sort(&paths);
    for (size_t i = 0; i < paths.count && live->preset_count < LIVE_UI_MAX_PRESETS; i++) {
        const char *name = strrchr(paths.files[i].name, '/');
        const size_t length = name ? strlen(name + 1) - 5u : 64u; /* without .json */
        if (length >= sizeof live->presets[0]) continue;
        snprintf(live->presets[live->preset_count++], sizeof live->presets[0], "%.*s", (int)length, name + 1);
    }
    app_paths_destroy(&paths);
}

void live_ui_load_preset_names(live_ui_state *live)
{
    const char *json;
    size_t json_bytes;
    rsd_preset preset;
    rsd_error error;
    live->preset_count = 0u;
    for (uint32_t i = 0; live->preset_count < LIVE_UI_MAX_PRESETS && rsd_preset_builtin(i, &json, &json_bytes); i++)
        if (rsd_preset_parse(json, json_bytes, "built-in preset", &preset, &error) == RSD_OK)
            memcpy(live->presets[live->preset_count++], preset.name, sizeof preset.name);
    add_own(live);
    live->preset_index = live->preset_count;
}

void live_ui_set_preset(live_ui_state *live, uint32_t index)
{
    rsd_error error;
    if (index >= live->preset_count) return;
    live->preset_index = index;
    if (host_control_set_preset(live->control, live->presets[index], &error) != RSD_OK)
        live_ui_say(live, "%s", error.text);
}

void live_ui_step_preset(live_ui_state *live, int step)
{
    if (live->preset_count == 0u) return;
    const int count = (int)live->preset_count;
    const int start = live->preset_index == live->preset_count ? (step > 0 ? -1 : 0) : (int)live->preset_index;
    live_ui_set_preset(live, (uint32_t)((start + step + count) % count));
}

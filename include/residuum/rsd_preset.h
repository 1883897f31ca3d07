// SPDX-License-Identifier: MIT
#ifndef RSD_PRESET_H
#define RSD_PRESET_H

#include <residuum/rsd_engine.h>

/*
 * Presets: one JSON file each.
 *   { "name": "telephone", "description": "what one hears", "codec": "live-128",
 *     "parameters": { "levels": 2.5, "monitor": "wet", "level_gain": { "2": 0.5 } } }
 * "codec" may be left out (the codec stays). Parameters that are not named go to their defaults.
 */

#define RSD_PRESET_MAX_SETTINGS 256u

typedef struct {
    char name[64];
    char description[200];
    char codec[4096]; /* "" : keep */
    uint32_t setting_count;
    struct {
        rsd_param_id param_id;
        uint32_t level;
        float value;
    } settings[RSD_PRESET_MAX_SETTINGS];
} rsd_preset;

/*
 * By name (a preset of the user's folder $XDG_CONFIG_HOME/residuum/presets, else ~/.config/..., else a built-in one) or
 * by path (has a '/' or ends in .json). `error` names file, line or key, and what is wanted. Thread: [setup], [control]
 */
RSD_API RSD_NODISCARD rsd_status rsd_preset_open(const char *name_or_path, rsd_preset *preset, rsd_error *error);
/* From JSON text; `origin` is the file's name for messages. */
RSD_API RSD_NODISCARD rsd_status rsd_preset_parse(const char *json, size_t json_bytes, const char *origin,
                                                  rsd_preset *preset, rsd_error *error);
/* JSON text of built-in preset `index` (presets/ of the source tree, embedded), in order of name; 0 past the end. */
RSD_API bool rsd_preset_builtin(uint32_t index, const char **json, size_t *json_bytes);
/* Sets every parameter of the engine (not the codec: the caller opens and swaps it). Thread: [control] */
RSD_API RSD_NODISCARD rsd_status rsd_preset_apply(const rsd_preset *preset, rsd_engine *engine);

#endif

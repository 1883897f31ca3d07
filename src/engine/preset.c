// SPDX-License-Identifier: MIT
// Built-in presets, and how a preset is applied.
#include <residuum/rsd_preset.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/sized.h"
#include "engine/engine_internal.h"

BASE_EMBEDDED(presets);

bool rsd_preset_builtin(uint32_t index, const char **json, size_t *json_bytes)
{
    if (index >= base_embedded_presets_count) return false;
    *json = (const char *)base_embedded_presets[index].data;
    *json_bytes = base_embedded_presets[index].size_bytes;
    return true;
}

/* What a preset leaves to the session stays. */
static void keep_session(const rsd_engine *engine, float values[ENGINE_VALUE_COUNT])
{
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        if (rsd_param_is_of_session(info)) (void)!rsd_engine_get(engine, info->id, 0u, &values[info->id]);
}

rsd_status rsd_preset_load_sized(const rsd_preset *given, size_t preset_bytes, rsd_model *model, rsd_engine *engine,
                                 rsd_error *error)
{
    float values[ENGINE_VALUE_COUNT];
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!given || !engine) return base_error_set(error, RSD_ERR_ARG, "a preset and an engine are wanted");
    rsd_preset known;
    base_sized_copy(&known, sizeof known, given, preset_bytes);
    const rsd_preset *preset = &known;
    if (preset->setting_count > RSD_PRESET_MAX_SETTINGS)
        return base_error_set(error, RSD_ERR_ARG, "the preset has %u settings; %u is the limit", preset->setting_count,
                              RSD_PRESET_MAX_SETTINGS);
    engine_default_values(values);
    keep_session(engine, values);
    for (uint32_t i = 0; i < preset->setting_count; i++) {
        const rsd_param_id id = preset->settings[i].param_id;
        const uint32_t level = preset->settings[i].level;
        float value = preset->settings[i].value;
        if (!engine_value_is_valid(id, level, &value))
            return base_error_set(error, RSD_ERR_ARG, "setting %u of the preset is out of range", i + 1u);
        values[engine_value_index(id, level)] = value;
    }
    return engine_load_state(engine, values, model, error);
}

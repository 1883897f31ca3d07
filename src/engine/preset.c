// SPDX-License-Identifier: MIT
// Built-in presets, and how a preset is applied.
#include <residuum/rsd_preset.h>

#include "base/embedded.h"
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

/* The whole table first, then one hand-over: the audio thread never plays the defaults in between. */
rsd_status rsd_preset_apply_sized(const rsd_preset *given, size_t preset_bytes, rsd_engine *engine)
{
    float values[ENGINE_VALUE_COUNT];
    if (!given || !engine) return RSD_ERR_ARG;
    rsd_preset known;
    base_sized_copy(&known, sizeof known, given, preset_bytes);
    const rsd_preset *preset = &known;
    if (preset->setting_count > RSD_PRESET_MAX_SETTINGS) return RSD_ERR_ARG;
    engine_default_values(values);
    for (uint32_t i = 0; i < preset->setting_count; i++) {
        const rsd_param_id id = preset->settings[i].param_id;
        const uint32_t level = preset->settings[i].level;
        float value = preset->settings[i].value;
        if (!engine_value_is_valid(id, level, &value)) return RSD_ERR_ARG;
        values[engine_value_index(id, level)] = value;
    }
    engine_store_values(engine, values);
    return RSD_OK;
}

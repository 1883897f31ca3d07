// SPDX-License-Identifier: MIT
#include <residuum/rsd_preset.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any text is a preset whose every value is in the range of its parameter, or a clear error. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rsd_preset preset;
    rsd_error error;
    if (rsd_preset_parse((const char *)data, size, "fuzz.json", &preset, &error) != RSD_OK) {
        if (error.text[0] == '\0') __builtin_trap();
        return 0;
    }
    for (uint32_t i = 0; i < preset.setting_count; i++) {
        const rsd_param_info *info = rsd_param_by_id(preset.settings[i].param_id);
        const float value = preset.settings[i].value;
        if (!info || !(value >= info->min && value <= info->max)) __builtin_trap();
        if (preset.settings[i].level >= RSD_MAX_LEVELS) __builtin_trap();
    }
    return 0;
}

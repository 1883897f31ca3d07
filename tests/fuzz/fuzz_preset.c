// SPDX-License-Identifier: MIT
// Preset JSON; what is taken must hold what an engine takes.
#include <residuum/rsd_preset.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rsd_preset preset;
    rsd_error error;
    char *text = malloc(size ? size : 1u); /* of this length: reads past its end are found */
    if (!text) return 0;
    memcpy(text, data, size);
    const rsd_status status = rsd_preset_parse(text, size, "fuzz.json", &preset, &error);
    free(text);
    if (status != RSD_OK) {
        if (error.text[0] == '\0') abort(); /* a refusal without a reason */
        return 0;
    }
    if (preset.setting_count > RSD_PRESET_MAX_SETTINGS) abort();
    for (uint32_t i = 0; i < preset.setting_count; i++) {
        const rsd_param_info *info = rsd_param_by_id(preset.settings[i].param_id);
        const float value = preset.settings[i].value;
        if (!info || preset.settings[i].level >= RSD_MAX_LEVELS || !(value >= info->min && value <= info->max)) abort();
    }
    return 0;
}

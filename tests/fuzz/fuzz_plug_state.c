// SPDX-License-Identifier: MIT
// States of plugins; what is taken leaves every parameter in its range, and is saved again.
#include "plug.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static plug *instance(void)
{
    static plug *one;
    const plug_config config = {.sample_rate_hz = 48000u, .channel_count = 1u};
    if (!one && plug_create(&config, &one, NULL) != RSD_OK) abort();
    return one;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rsd_error error;
    float controls[PLUG_MAX_PARAMS];
    char *saved = NULL;
    plug *self = instance();
    const plug_load_options options = {.rule = PLUG_CODEC_SAME_LATENCY, .keeps_ports = true, .controls = controls};
    char *text = malloc(size ? size : 1u); /* of this length: reads past its end are found */
    if (!text) return 0;
    memcpy(text, data, size);
    const rsd_status status = plug_load(self, text, size, &options, &error);
    free(text);
    if (status != RSD_OK) {
        if (error.text[0] == '\0') abort(); /* a refusal without a reason */
        return 0;
    }
    for (uint32_t i = 0; i < plug_param_count(); i++) {
        const plug_param *param = plug_param_at(i);
        /* In states of before a control was a number of levels where it is a share of them now. */
        const float most = param->is_share ? param->info->max : param->max;
        if (!(controls[i] >= param->min && controls[i] <= most)) abort();
        if (param->kind == PLUG_PARAM_ROW && plug_param_clamp(param, plug_get(self, i)) != plug_get(self, i)) abort();
    }
    if (plug_save(self, controls, &saved, &error) != RSD_OK) abort();
    free(saved);
    return 0;
}

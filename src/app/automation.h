// SPDX-License-Identifier: MIT
#ifndef APP_AUTOMATION_H
#define APP_AUTOMATION_H

#include "settings.h"

/* Changes on the way, from a file of lines `seconds symbol value`, in order of time. */
typedef struct {
    uint64_t sample_time;
    rsd_param_id param_id;
    uint32_t level;
    float value;
} app_change;

typedef struct {
    app_change *changes; /* owned */
    size_t count, capacity;
} app_automation;

/*
 * Reads `path`. Times become samples at sample_rate_hz, rounded; the codec tells which levels there are. A `preset`
 * line sets every parameter as loading it would; a codec, or a preset that names one, is refused. `error` names file
 * and line. Free with app_automation_destroy, also after an error. Thread: [setup]
 */
RSD_NODISCARD rsd_status app_automation_load(const char *path, uint32_t sample_rate_hz, const rsd_codec_info *codec,
                                             app_automation *automation, rsd_error *error);
void app_automation_destroy(app_automation *automation);

#endif

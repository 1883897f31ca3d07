// SPDX-License-Identifier: MIT
#ifndef APP_AUTOMATION_H
#define APP_AUTOMATION_H

#include "settings.h"

#include <residuum/rsd_preset.h>

/* What a `preset` or `codec` line leads to. */
typedef struct app_automation_state {
    rsd_preset preset;
    bool has_preset;
    rsd_model *model; /* NULL: the codec stays */
} app_automation_state;

/* A `transport` line: as rsd_engine_set_transport. */
typedef struct {
    bool is_set, is_rolling;
    float bpm;
    double beats;
} app_automation_transport;

/* Changes on the way, from a file of lines `seconds symbol value [ramp seconds]`, in order of time. */
typedef struct {
    uint64_t sample_time;
    uint64_t ramp_samples; /* the value is there so much later; 0: at once */
    rsd_param_id param_id;
    uint32_t level;
    float value;
    app_automation_state *state; /* owned; NULL: one value, or */
    app_automation_transport transport;
} app_change;

typedef struct {
    app_change *changes; /* owned */
    size_t count, capacity;
} app_automation;

/*
 * Reads `path`. Times become samples at sample_rate_hz, rounded; the codec is the one at the beginning. A `preset` or
 * `codec` line opens what it names; at time 0 neither may change the codec, as the output is cut by the latency of the
 * first one. `error` names file and line. Free with app_automation_destroy, also after an error. Thread: [setup]
 */
RSD_NODISCARD rsd_status app_automation_load(const char *path, uint32_t sample_rate_hz, const rsd_codec_info *codec,
                                             app_automation *automation, rsd_error *error);
/*
 * The codec that a file names at time 0, in a line before all others; "" where it names none, and where `path` is no plain
 * file, as what is read once is gone. Thread: [setup]
 */
void app_automation_first_codec(const char *path, char *codec, size_t codec_bytes);
void app_automation_destroy(app_automation *automation);

/*
 * One change, at the engine's current sample. Offline this thread is also the audio thread.
 * Returns  false: an earlier codec is still fading in; nothing is changed, and it is to be tried again
 */
bool app_automation_apply(const app_change *change, rsd_engine *engine);

#endif

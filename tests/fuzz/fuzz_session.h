// SPDX-License-Identifier: MIT
// What the targets of servers have behind them: an engine that plays, its control, and an OSC server.
#ifndef FUZZ_SESSION_H
#define FUZZ_SESSION_H

#include "host/osc/internal.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    rsd_engine *engine;
    host_control *control;
    host_clock clock;
    host_osc *osc;
} fuzz_session;

static inline void fuzz_session_begin(fuzz_session *s)
{
    rsd_model *model = NULL;
    const rsd_engine_config config = {48000, 1, RSD_SCHEDULE_INLINE, 0, 0};
    if (rsd_model_open("live", &model, NULL) != RSD_OK) abort();
    if (rsd_engine_create(&config, model, &s->engine, NULL) != RSD_OK) abort();
    rsd_model_release(model);
    const host_control_config with = {.engine = s->engine, .sample_rate_hz = 48000};
    if (host_control_create(&with, &s->control) != RSD_OK) abort();
    host_clock_init(&s->clock, 48000);
    const host_osc_config server = {.control = s->control, .clock = &s->clock};
    if (host_osc_create(&server, &s->osc, NULL) != RSD_OK) abort();
}

/* A block is played, and control looks. Whatever came in, every parameter is in its range. */
static inline void fuzz_session_play(fuzz_session *s)
{
    float samples[64] = {0.1f};
    const float *const in[1] = {samples};
    float *const out[1] = {samples};
    host_osc_poll(s->osc);
    rsd_engine_process(s->engine, in, out, 64);
    (void)!host_control_poll(s->control, NULL);
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        const uint32_t levels = rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u;
        for (uint32_t level = 0; info->unit != RSD_UNIT_TEXT && level < levels; level++) {
            float value = NAN;
            if (rsd_engine_get(s->engine, info->id, level, &value) != RSD_OK) abort();
            if (!(value >= info->min && value <= info->max)) abort();
        }
    }
}

#endif

// SPDX-License-Identifier: MIT
// osc_list CHANNELS: every address that the OSC server knows where so many channels play, one a line.
#include "host/osc/internal.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(const rsd_error *error)
{
    fprintf(stderr, "osc_list: %s\n", error->text);
    return 1;
}

int main(int argc, char **argv)
{
    const uint32_t channels = argc > 1 ? (uint32_t)atoi(argv[1]) : 1u;
    const rsd_engine_config engine_config = {48000u, channels, RSD_SCHEDULE_INLINE, 0, 0};
    rsd_model *model = NULL;
    rsd_engine *engine = NULL;
    host_control *control = NULL;
    host_osc *osc = NULL;
    rsd_error error = {RSD_OK, "no memory"};
    if (rsd_model_open("live", &model, &error) != RSD_OK) return fail(&error);
    if (rsd_engine_create(&engine_config, model, &engine, &error) != RSD_OK) return fail(&error);
    const host_control_config with = {.engine = engine, .sample_rate_hz = 48000u, .channel_count = channels};
    if (host_control_create(&with, &control) != RSD_OK) return fail(&error);
    const host_osc_config config = {.control = control};
    if (host_osc_create(&config, &osc, &error) != RSD_OK) return fail(&error);
    for (uint32_t i = 0; i < osc->address_count; i++) puts(osc->addresses[osc->by_path[i]].path);
    host_osc_destroy(osc);
    host_control_destroy(control);
    rsd_engine_destroy(engine);
    rsd_model_release(model);
    return 0;
}

// SPDX-License-Identifier: MIT
#include "host/host_osc_internal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rsd_engine *engine;
static host_osc *osc;

static void open_once(void)
{
    rsd_model *model;
    host_control *control;
    const rsd_engine_config config = {48000, 1, RSD_SCHEDULE_INLINE};
    if (rsd_model_open("live-64", &model, NULL) != RSD_OK) abort();
    if (rsd_engine_create(&config, model, &engine, NULL) != RSD_OK) abort();
    const host_control_config control_config = {.engine = engine, .sample_rate_hz = 48000};
    if (host_control_create(&control_config, &control) != RSD_OK) abort();
    const host_osc_config osc_config = {.control = control};
    if (host_osc_create(&osc_config, &osc, NULL) != RSD_OK) abort();
}

/* Any datagram leaves every parameter in its range. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!osc) open_once();
    /* Answers go to the discard port of this machine. */
    const struct sockaddr_in from = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    void *copy = malloc(size + 1u);
    memcpy(copy, data, size);
    host_osc_take_datagram(osc, copy, size, &from);
    free(copy);
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        float value;
        if (info->unit == RSD_UNIT_TEXT || rsd_engine_get(engine, (uint32_t)info->id, 0, &value) != RSD_OK) continue;
        if (!(value >= info->min && value <= info->max)) __builtin_trap();
    }
    return 0;
}

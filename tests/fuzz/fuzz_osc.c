// SPDX-License-Identifier: MIT
// Datagrams into the OSC server, past its socket, with a real engine behind it.
#include "host/osc/internal.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rsd_engine *engine;
static host_control *control;
static host_clock osc_clock;
static host_osc *osc;

static void set_up(void)
{
    rsd_model *model = NULL;
    const rsd_engine_config config = {48000, 1, RSD_SCHEDULE_INLINE, 0, 0};
    if (rsd_model_open("live", &model, NULL) != RSD_OK) abort();
    if (rsd_engine_create(&config, model, &engine, NULL) != RSD_OK) abort();
    rsd_model_release(model);
    const host_control_config with = {.engine = engine, .sample_rate_hz = 48000};
    if (host_control_create(&with, &control) != RSD_OK) abort();
    host_clock_init(&osc_clock, 48000);
    const host_osc_config server = {.control = control, .clock = &osc_clock};
    if (host_osc_create(&server, &osc, NULL) != RSD_OK) abort();
}

/* Whatever came in, every parameter is in its range. */
static void check_parameters(void)
{
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        for (uint32_t level = 0; info->unit != RSD_UNIT_TEXT && level < RSD_MAX_LEVELS; level++) {
            float value = NAN;
            if (rsd_engine_get(engine, info->id, level, &value) != RSD_OK) abort();
            if (!(value >= info->min && value <= info->max)) abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /*
     * Port 9 is the discard service: answers go nowhere. Every datagram comes from another address, so that none is
     * over its sender's share; and every fourth from beyond loopback (TEST-NET-1, which is nobody's).
     */
    static uint32_t datagram_count;
    const uint32_t number = datagram_count++,
                   host = number % 4u == 3u ? 0xc0000200u + number % 256u : INADDR_LOOPBACK + number % 65536u;
    const osc_peer from = {.address = {(unsigned char)(host >> 24), (unsigned char)(host >> 16),
                                       (unsigned char)(host >> 8), (unsigned char)host},
                           .address_bytes = 4u,
                           .port = 9u};
    float samples[64] = {0.1f};
    const float *const in[1] = {samples};
    float *const out[1] = {samples};
    if (!osc) set_up();
    if (size > 65507u) return 0;                  /* longer than a datagram can be */
    uint8_t *datagram = malloc(size ? size : 1u); /* of this length: reads past its end are found */
    if (!datagram) return 0;
    memcpy(datagram, data, size);
    host_clock_update(&osc_clock, rsd_engine_sample_time(engine), host_clock_now_ns(), 64);
    host_osc_take_datagram(osc, datagram, size, &from);
    free(datagram);
    host_osc_poll(osc);
    rsd_engine_process(engine, in, out, 64);
    (void)!host_control_poll(control, NULL);
    check_parameters();
    return 0;
}

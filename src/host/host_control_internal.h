// SPDX-License-Identifier: MIT
#ifndef HOST_CONTROL_INTERNAL_H
#define HOST_CONTROL_INTERNAL_H

#include "host_control.h"

#define HOST_CONTROL_NAME_BYTES 4096u /* as long as a path may be */

/* One telemetry record and the hop of the codec that it came from. */
typedef struct {
    rsd_telemetry record;
    uint32_t hop_samples;
} host_meter_record;

struct host_control {
    rsd_engine *engine;
    host_tap *tap;
    uint32_t sample_rate_hz;
    rsd_ring *telemetry;

    char codec[HOST_CONTROL_NAME_BYTES];        /* asked for last */
    char codec_before[HOST_CONTROL_NAME_BYTES]; /* handed to the engine last; what is left when the waiting one fails */
    char model_name[64], model_name_before[64]; /* the models' own names for the same two */
    char preset[HOST_CONTROL_NAME_BYTES];
    rsd_model *waiting; /* owned; NULL: none */
    bool swap_under_way;

    host_meter_record window[HOST_METER_WINDOW];
    uint32_t window_next, window_count;
};

/* host_control_meters.c: takes what telemetry has. */
void host_control_read_telemetry(host_control *control);

#endif

// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_MEASURE_H
#define APP_LATENCY_MEASURE_H

#include "app/latency/rounds.h"
#include "app/settings.h"
#include "host/device/device.h"

/* One measurement through one device, or through a loop in software. Thread of all: [control] */

typedef struct {
    const app_arguments *arguments; /* for what is said */
    host_device_config device;
    latency_probe_kind probe;
    const latency_loop_config *insert; /* NULL: the device's own loop */
    bool is_through;
    const app_settings *settings; /* of the codec that is in the loop with is_through */
    const char *codec;
    rsd_schedule schedule;
    uint32_t repeat_count; /* rounds, of each kind */
    double duration_s;     /* over 0: as many as that takes, in place of repeat_count */
} latency_plan;

typedef struct {
    host_device_info device;
    rsd_codec_info codec;      /* with is_through, as the next */
    rsd_engine_latency engine; /* as it is stated */
    latency_probe probe;
    latency_rounds rounds;
    uint64_t gap_count; /* reported by the device, and late frames */
    bool is_through, is_inserted, device_was_lost;
    bool device_is_leaked; /* end the process by _exit: a sound library hangs in its own clean-up */
} latency_result;

/*
 * Measures. RSD_OK: `result` is to be given to latency_result_destroy, whatever was heard. Errors: those of
 * host_device_open and _start, rsd_model_open, rsd_engine_create; RSD_ERR_IO: this program was not let run in time. An
 * empty text: it has been said already.
 */
RSD_NODISCARD rsd_status latency_measure(const latency_plan *plan, latency_result *result, rsd_error *error);
void latency_result_destroy(latency_result *result);

/* What the codec adds as measured: the median through it less the straight one; NAN where one of both was not heard. */
double latency_result_added(const latency_result *result);
#define LATENCY_TOLERANCE_SAMPLES 0.1
/* Whether that is what the engine states, within the tolerance. */
bool latency_result_holds(const latency_result *result);
/*
 * Whether that cannot be told: the rounds through the codec lie further apart than the tolerance, and what the engine
 * states is among them. A neural codec makes its sound anew, and that need not be like the probe.
 */
bool latency_result_is_unclear(const latency_result *result);

#endif

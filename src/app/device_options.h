// SPDX-License-Identifier: MIT
#ifndef APP_DEVICE_OPTIONS_H
#define APP_DEVICE_OPTIONS_H

#include "app/app.h"

#include "host/device/device.h"

#include <residuum/rsd_engine.h>

/* Options that name a sound device and how a codec runs, as the commands that open one share them. Thread: [control] */

/*
 * --backend, --input-device, --output-device, --host-api, --rate, --block, --channels, --jack-no-connect, --verbose.
 * Returns -1 to go on, else the exit code of what was reported.
 */
int app_read_device(const app_arguments *arguments, host_device_config *device);

/* "auto", "inline" or "threaded"; NULL: auto. Same return. */
int app_read_schedule(const char *text, const app_arguments *arguments, rsd_schedule *schedule);

#endif

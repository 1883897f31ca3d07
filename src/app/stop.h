// SPDX-License-Identifier: MIT
#ifndef APP_STOP_H
#define APP_STOP_H

#include <stdbool.h>

/*
 * Ctrl-C, SIGTERM and SIGHUP ask a command that runs for long to come to its end by itself, with what it has so far. Thread
 * of all: [control]
 */
void app_stop_prepare(void); /* from here on; outputs_prepare_signals takes it back */
bool app_stop_asked(void);

#endif

// SPDX-License-Identifier: MIT
#ifndef APP_STOP_H
#define APP_STOP_H

#include <stdbool.h>

/*
 * Ctrl-C, SIGTERM and SIGHUP. They end the command at once, as they do by default, but for the stretches in which files
 * are being written: there they are noted, the work ends at its next block, and what was begun is removed. The command
 * then ends by the signal, so that a shell or make knows. Thread of all: [control]
 */

void app_stop_hold(void);    /* from here on they are noted; SIGPIPE is a write error */
bool app_stop_asked(void);   /* since app_stop_hold */
void app_stop_release(void); /* does not return where one was noted: the process ends by it */

/* For main: a file that grows over the limit of the user's shell (ulimit -f) is a write error, not a sudden end. */
void app_stop_ignore_file_limit(void);

#endif

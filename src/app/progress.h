// SPDX-License-Identifier: MIT
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* A bar on stderr with the time left, where stderr is a terminal; nothing elsewhere. */
typedef struct {
    bool is_shown;
    uint64_t start_ns, next_ns;
    char what[48];
} app_progress;

void app_progress_start(app_progress *progress, const char *what, bool quiet);
/* done: 0..1. Draws ten times a second at most. `what`: NULL keeps the text. */
void app_progress_update(app_progress *progress, double done, const char *what);
void app_progress_end(app_progress *progress); /* wipes the bar */

#endif

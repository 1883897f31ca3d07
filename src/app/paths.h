// SPDX-License-Identifier: MIT
#ifndef APP_PATHS_H
#define APP_PATHS_H

#include "app.h"

#include <sys/types.h>

#define APP_PATHS_MOST_SKIPPED 20u /* that are told by name; the others are counted */

typedef struct {
    char *name; /* owned */
    dev_t device;
    ino_t number;
} app_path;

/* Names of files, sorted by bytes, so that every machine takes the same order. Zeroed is empty. */
typedef struct {
    app_path *files; /* owned */
    size_t count, capacity;
    app_path *folders; /* those that were gone through; owned */
    size_t folder_count, folder_capacity;
    char *skipped[APP_PATHS_MOST_SKIPPED]; /* owned: what was left out and why, a line each */
    size_t skipped_count;                  /* more than there are lines where there were many */
} app_paths;

/*
 * Adds `path`; for a folder, every file below it whose extension is in `extensions` ("wav flac", case ignored), hidden
 * ones left out. A folder that several names or links lead to, to itself too, is gone through once. What lies in a
 * folder and cannot be read is skipped. Errors: RSD_ERR_IO: `path` itself is not there; RSD_ERR_MEMORY.
 */
RSD_NODISCARD rsd_status app_paths_add(app_paths *paths, const char *path, const char *extensions, rsd_error *error);
void app_paths_sort(app_paths *paths); /* and leaves out files that are there under a name before */
/* Notes a line about something that was left out. */
void app_paths_skip(app_paths *paths, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says on stderr what was left out. */
void app_paths_tell_skipped(const app_arguments *arguments, const app_paths *paths);
void app_paths_destroy(app_paths *paths);

#endif

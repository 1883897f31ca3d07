// SPDX-License-Identifier: MIT
#ifndef APP_PATHS_H
#define APP_PATHS_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>

/* A list of file names, sorted by bytes, so that every machine takes the same order. Zeroed is empty. */
typedef struct {
    char **names; /* owned, as are the texts */
    size_t count, capacity;
} app_paths;

/*
 * Adds `path`; for a folder, every file below it whose extension is in `extensions` ("wav flac", case ignored), hidden
 * ones left out. Errors: RSD_ERR_IO names what could not be read; RSD_ERR_MEMORY.
 */
RSD_NODISCARD rsd_status app_paths_add(app_paths *paths, const char *path, const char *extensions, rsd_error *error);
void app_paths_sort(app_paths *paths); /* and leaves out what is there twice */
void app_paths_destroy(app_paths *paths);

#endif

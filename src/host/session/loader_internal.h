// SPDX-License-Identifier: MIT
#ifndef HOST_LOADER_INTERNAL_H
#define HOST_LOADER_INTERNAL_H

#include "host/session/loader.h"

typedef struct {
    uint32_t count;
    char *paths[HOST_LOADER_MAX_FOLDERS]; /* absolute, without links, without a slash at the end (but "/" itself) */
} host_folders;

RSD_NODISCARD rsd_status host_folders_add(host_folders *folders, const char *path, rsd_error *error);
void host_folders_destroy(host_folders *folders);

/*
 * loader_names.c: the real path of `name`, a file or folder below one of `folders`, RSD_CODEC_INT16 behind it
 * kept. False where there is none, where `name` has a ".." or leads out of the folder by a link, or where a file of a
 * codec's folder does. Looks at no path that is not below the folders as it is written. Thread: [control]
 */
bool host_folders_find(const host_folders *folders, const char *name, char path[HOST_LOADER_NAME_BYTES]);

/* loader_open.c: opens what `load` names; fills all of `loaded` but `load`. */
void host_loader_open(const host_folders *folders, const host_load *load, host_loaded *loaded);

#endif

// SPDX-License-Identifier: MIT
#ifndef TEMP_FOLDER_H
#define TEMP_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder of this test alone, and the files in it: made by the fixture's init, removed with all in it by its fini. */
typedef struct {
    char folder[64];
    char path[160];
} temp_folder;

static inline void temp_folder_make(temp_folder *self)
{
    snprintf(self->folder, sizeof self->folder, "/tmp/rsd-token-XXXXXX");
    if (!mkdtemp(self->folder)) abort();
}

/* Valid until the next call. */
static inline const char *temp_folder_path(temp_folder *self, const char *name)
{
    snprintf(self->path, sizeof self->path, "%s/%s", self->folder, name);
    return self->path;
}

static inline int temp_folder_file_count(const temp_folder *self)
{
    int count = 0;
    DIR *folder = opendir(self->folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        if (entry->d_name[0] != '.') count++;
    closedir(folder);
    return count;
}

static inline void temp_folder_remove(temp_folder *self)
{
    DIR *folder = opendir(self->folder);
    for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder))
        if (entry->d_name[0] != '.') unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder) closedir(folder);
    rmdir(self->folder);
}

static inline void write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, count, file) != count || fclose(file) != 0) abort();
}

/* Up to `limit` bytes; returns how many. */
static inline size_t read_bytes(const char *path, void *bytes, size_t limit)
{
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    const size_t count = fread(bytes, 1, limit, file);
    fclose(file);
    return count;
}

#endif

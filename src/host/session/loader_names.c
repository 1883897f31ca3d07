// SPDX-License-Identifier: MIT
// The folders that names which came over OSC may lead into.
#include "host/session/loader_internal.h"

#include "base/error.h"
#include "codec/codec_name.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

rsd_status host_folders_add(host_folders *folders, const char *path, rsd_error *error)
{
    struct stat info;
    if (folders->count == HOST_LOADER_MAX_FOLDERS)
        return base_error_set(error, RSD_ERR_ARG, "over %u folders for OSC", HOST_LOADER_MAX_FOLDERS);
    char *real = realpath(path, NULL);
    if (!real || stat(real, &info) != 0) {
        free(real);
        return base_error_set(error, RSD_ERR_IO, "folder '%s' for OSC: %s", path, strerror(errno));
    }
    if (!S_ISDIR(info.st_mode)) {
        free(real);
        return base_error_set(error, RSD_ERR_IO, "'%s' for OSC is no folder", path);
    }
    folders->paths[folders->count++] = real;
    return RSD_OK;
}

void host_folders_destroy(host_folders *folders)
{
    for (uint32_t i = 0; i < folders->count; i++) free(folders->paths[i]);
    folders->count = 0u;
}

/* What is left of `path` below `folder`, without the slash between; NULL where it is not below it. */
static const char *below(const char *folder, const char *path)
{
    const size_t length = strlen(folder);
    if (length == 1u && path[0] == '/') return path[1] != '\0' ? path + 1 : NULL;
    if (strncmp(path, folder, length) != 0 || path[length] != '/') return NULL;
    return path[length + 1u] != '\0' ? path + length + 1u : NULL;
}

static bool has_parent_part(const char *name)
{
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += strspn(part, "/");
        if (strncmp(part, "..", 2u) == 0 && (part[2] == '/' || part[2] == '\0')) return true;
    }
    return false;
}

static bool real_below(const char *folder, const char *path, char real[PATH_MAX])
{
    return realpath(path, real) && below(folder, real);
}

/* A codec's folder is read by the names of its files: none of them may lead out, either. */
static bool files_are_below(const char *folder, const char *path)
{
    char file[PATH_MAX], real[PATH_MAX];
    struct stat info;
    for (size_t i = 0; codec_folder_file(i); i++) {
        if (snprintf(file, sizeof file, "%s/%s", path, codec_folder_file(i)) >= (int)sizeof file) return false;
        if (lstat(file, &info) == 0 && !real_below(folder, file, real)) return false;
    }
    return true;
}

static bool find_in(const char *folder, const char *name, char real[PATH_MAX])
{
    char path[PATH_MAX];
    struct stat info;
    const char *rest = name[0] == '/' ? below(folder, name) : name;
    if (!rest || snprintf(path, sizeof path, "%s/%s", folder, rest) >= (int)sizeof path) return false;
    if (!real_below(folder, path, real) || stat(real, &info) != 0) return false;
    if (S_ISDIR(info.st_mode)) return files_are_below(folder, real);
    return S_ISREG(info.st_mode);
}

static bool find_plain(const host_folders *folders, const char *name, char path[HOST_LOADER_NAME_BYTES])
{
    char real[PATH_MAX];
    for (uint32_t i = 0; i < folders->count; i++) {
        if (!find_in(folders->paths[i], name, real)) continue;
        return snprintf(path, HOST_LOADER_NAME_BYTES, "%s", real) < (int)HOST_LOADER_NAME_BYTES;
    }
    return false;
}

bool host_folders_find(const host_folders *folders, const char *name, char path[HOST_LOADER_NAME_BYTES])
{
    char folder[HOST_LOADER_NAME_BYTES];
    if (name[0] == '\0' || has_parent_part(name)) return false;
    if (find_plain(folders, name, path)) return true;
    if (!codec_cut_int16(name, folder, sizeof folder) || !find_plain(folders, folder, path)) return false;
    const size_t length = strlen(path);
    return snprintf(path + length, HOST_LOADER_NAME_BYTES - length, "%s", RSD_CODEC_INT16) <
           (int)(HOST_LOADER_NAME_BYTES - length);
}

// SPDX-License-Identifier: MIT
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define MAX_DEPTH 32u

static rsd_status append(app_paths *paths, const char *path, rsd_error *error)
{
    if (paths->count == paths->capacity) {
        const size_t capacity = paths->capacity ? 2u * paths->capacity : 32u;
        char **names = realloc(paths->names, capacity * sizeof *names);
        if (!names) return rsd_error_set(error, RSD_ERR_MEMORY, "out of memory");
        paths->names = names;
        paths->capacity = capacity;
    }
    char *copy = strdup(path);
    if (!copy) return rsd_error_set(error, RSD_ERR_MEMORY, "out of memory");
    paths->names[paths->count++] = copy;
    return RSD_OK;
}

/* Whether the extension of `name` is one of the words of `extensions`. */
static bool has_extension(const char *name, const char *extensions)
{
    const char *dot = strrchr(name, '.');
    if (!dot) return false;
    const size_t length = strlen(dot + 1);
    for (const char *word = extensions; *word != '\0';) {
        const size_t word_length = strcspn(word, " ");
        if (word_length == length && strncasecmp(word, dot + 1, length) == 0) return true;
        word += word_length;
        if (*word == ' ') word++;
    }
    return false;
}

static rsd_status add_folder(app_paths *paths, const char *folder, const char *extensions, unsigned depth,
                             rsd_error *error)
{
    if (depth > MAX_DEPTH)
        return rsd_error_set(error, RSD_ERR_IO, "'%s' is nested over %u folders deep", folder, depth);
    DIR *open_folder = opendir(folder);
    if (!open_folder) return rsd_error_set(error, RSD_ERR_IO, "cannot read folder '%s': %s", folder, strerror(errno));
    rsd_status status = RSD_OK;
    const struct dirent *entry;
    while (status == RSD_OK && (entry = readdir(open_folder)) != NULL) {
        char path[4096];
        struct stat info;
        if (entry->d_name[0] == '.') continue;
        const size_t length = strlen(folder);
        const char *slash = length > 0u && folder[length - 1u] == '/' ? "" : "/";
        if ((size_t)snprintf(path, sizeof path, "%s%s%s", folder, slash, entry->d_name) >= sizeof path) continue;
        if (stat(path, &info) != 0) continue;
        if (S_ISDIR(info.st_mode))
            status = add_folder(paths, path, extensions, depth + 1u, error);
        else if (S_ISREG(info.st_mode) && has_extension(entry->d_name, extensions))
            status = append(paths, path, error);
    }
    closedir(open_folder);
    return status;
}

rsd_status app_paths_add(app_paths *paths, const char *path, const char *extensions, rsd_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0) return rsd_error_set(error, RSD_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    return S_ISDIR(info.st_mode) ? add_folder(paths, path, extensions, 0, error) : append(paths, path, error);
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

void app_paths_sort(app_paths *paths)
{
    if (paths->count == 0u) return;
    qsort(paths->names, paths->count, sizeof *paths->names, compare);
    size_t kept = 1;
    for (size_t i = 1; i < paths->count; i++) {
        if (strcmp(paths->names[i], paths->names[kept - 1u]) == 0)
            free(paths->names[i]);
        else
            paths->names[kept++] = paths->names[i];
    }
    paths->count = kept;
}

void app_paths_destroy(app_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) free(paths->names[i]);
    free(paths->names);
    memset(paths, 0, sizeof *paths);
}

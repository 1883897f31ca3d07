// SPDX-License-Identifier: MIT
// Sound files of a list of files and folders, in a fixed order.
#include "paths.h"

#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define MAX_DEPTH 64u

void app_paths_skip(app_paths *paths, const char *format, ...)
{
    const size_t index = paths->skipped_count++;
    if (index >= APP_PATHS_MOST_SKIPPED) return;
    va_list list;
    va_start(list, format);
    if (vasprintf(&paths->skipped[index], format, list) < 0) paths->skipped[index] = NULL;
    va_end(list);
}

void app_paths_tell_skipped(const app_arguments *arguments, const app_paths *paths)
{
    const size_t count = paths->skipped_count;
    if (count == 0u) return;
    for (size_t i = 0; i < count && i < APP_PATHS_MOST_SKIPPED; i++)
        if (paths->skipped[i]) app_warn(arguments, "skipped: %s", paths->skipped[i]);
    if (count > APP_PATHS_MOST_SKIPPED)
        app_warn(arguments, "skipped: and %zu more", count - (size_t)APP_PATHS_MOST_SKIPPED);
}

static bool append(app_path **list, size_t *count, size_t *capacity, const char *name, const struct stat *info)
{
    if (*count == *capacity) {
        const size_t wanted = *capacity ? 2u * *capacity : 32u;
        app_path *larger = realloc(*list, wanted * sizeof *larger);
        if (!larger) return false;
        *list = larger;
        *capacity = wanted;
    }
    char *copy = strdup(name);
    if (!copy) return false;
    (*list)[(*count)++] = (app_path){copy, info->st_dev, info->st_ino};
    return true;
}

static rsd_status add_file(app_paths *paths, const char *path, const struct stat *info, rsd_error *error)
{
    if (append(&paths->files, &paths->count, &paths->capacity, path, info)) return RSD_OK;
    return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
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

static bool is_seen(const app_path *list, size_t count, const struct stat *info)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].device == info->st_dev && list[i].number == info->st_ino) return true;
    return false;
}

static int by_bytes(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int is_shown(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static rsd_status add_folder(app_paths *paths, const char *folder, const struct stat *info, const char *extensions,
                             unsigned depth, rsd_error *error);

static rsd_status add_entry(app_paths *paths, const char *folder, const char *name, const char *extensions,
                            unsigned depth, rsd_error *error)
{
    char *path = NULL;
    struct stat info;
    const size_t length = strlen(folder);
    const char *slash = length > 0u && folder[length - 1u] == '/' ? "" : "/";
    if (asprintf(&path, "%s%s%s", folder, slash, name) < 0)
        return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    rsd_status status = RSD_OK;
    if (stat(path, &info) != 0) {
        if (has_extension(name, extensions)) app_paths_skip(paths, "'%s': %s", path, strerror(errno));
    } else if (S_ISDIR(info.st_mode)) {
        status = add_folder(paths, path, &info, extensions, depth + 1u, error);
    } else if (has_extension(name, extensions)) {
        if (S_ISREG(info.st_mode))
            status = add_file(paths, path, &info, error);
        else
            app_paths_skip(paths, "'%s': not a plain file", path);
    }
    free(path);
    return status;
}

/* In order of bytes, so that of two names of one folder the same is always taken. */
static rsd_status add_folder(app_paths *paths, const char *folder, const struct stat *info, const char *extensions,
                             unsigned depth, rsd_error *error)
{
    struct dirent **entries = NULL;
    if (is_seen(paths->folders, paths->folder_count, info)) return RSD_OK;
    if (!append(&paths->folders, &paths->folder_count, &paths->folder_capacity, folder, info))
        return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    if (depth > MAX_DEPTH) {
        app_paths_skip(paths, "'%s': nested over %u folders deep", folder, MAX_DEPTH);
        return RSD_OK;
    }
    const int count = scandir(folder, &entries, is_shown, by_bytes);
    if (count < 0) {
        app_paths_skip(paths, "folder '%s': %s", folder, strerror(errno));
        return RSD_OK;
    }
    rsd_status status = RSD_OK;
    for (int i = 0; i < count; i++) {
        if (status == RSD_OK) status = add_entry(paths, folder, entries[i]->d_name, extensions, depth, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

rsd_status app_paths_add(app_paths *paths, const char *path, const char *extensions, rsd_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0) return base_error_set(error, RSD_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    return S_ISDIR(info.st_mode) ? add_folder(paths, path, &info, extensions, 0, error)
                                 : add_file(paths, path, &info, error);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const app_path *)a)->name, ((const app_path *)b)->name);
}

/* By the file itself, then by name: those of one file stand together, the one to keep first. */
static int compare_files(const void *a, const void *b)
{
    const app_path *first = a, *second = b;
    if (first->device != second->device) return first->device < second->device ? -1 : 1;
    if (first->number != second->number) return first->number < second->number ? -1 : 1;
    return strcmp(first->name, second->name);
}

void app_paths_sort(app_paths *paths)
{
    if (paths->count == 0u) return;
    qsort(paths->files, paths->count, sizeof *paths->files, compare_files);
    size_t kept = 1;
    for (size_t i = 1; i < paths->count; i++) {
        const app_path *last = &paths->files[kept - 1u];
        if (paths->files[i].device == last->device && paths->files[i].number == last->number)
            free(paths->files[i].name);
        else
            paths->files[kept++] = paths->files[i];
    }
    paths->count = kept;
    qsort(paths->files, paths->count, sizeof *paths->files, compare_names);
}

void app_paths_destroy(app_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) free(paths->files[i].name);
    for (size_t i = 0; i < paths->folder_count; i++) free(paths->folders[i].name);
    for (size_t i = 0; i < APP_PATHS_MOST_SKIPPED; i++) free(paths->skipped[i]);
    free(paths->files);
    free(paths->folders);
    memset(paths, 0, sizeof *paths);
}

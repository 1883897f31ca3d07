// SPDX-License-Identifier: MIT
// `residuum models get`: a model's files, gathered beside their place, checked, and put there at once.
#include "app/models/models.h"

#include "app/models/fetch.h"
#include "app/progress.h"

#include <residuum/rsd_codec.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNFINISHED ".part" /* behind the name of the folder, and of a file in it that has not arrived whole */

typedef char folder_text[KNOWN_MODEL_PATH_BYTES + 64u];
typedef char path_text[KNOWN_MODEL_PATH_BYTES + 320u];

typedef struct {
    const app_arguments *arguments;
    const known_model *model;
    const char *from; /* NULL: where it is published */
    folder_text final, part;
    int part_fd; /* the folder `part`, locked */
    app_progress progress;
    uint64_t before_bytes, total_bytes; /* of the files before this one; of all, where that is known */
    char sums[KNOWN_MODEL_MAX_FILES][SHA256_HEX_BYTES];
    rsd_error error;
} getting;

static int fail(const getting *g) { return app_fail(g->arguments, "%s: %s", g->model->name, g->error.text); }

static rsd_status cannot(getting *g, const char *what, const char *path)
{
    return rsd_error_set(&g->error, RSD_ERR_IO, "cannot %s %.300s: %s", what, path, strerror(errno));
}

/* ---- folders ---- */

/* Every folder of the path that is not there yet. */
static rsd_status make_folders(getting *g, const char *path)
{
    path_text made;
    snprintf(made, sizeof made, "%s", path);
    for (char *slash = strchr(made + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash) *slash = '\0';
        if (mkdir(made, 0755) != 0 && errno != EEXIST) return cannot(g, "make the folder", made);
        if (!slash) return RSD_OK;
        *slash = '/';
    }
}

static void file_in(const char *folder, const char *name, const char *ending, path_text path)
{
    snprintf(path, sizeof(path_text), "%s/%s%s", folder, name, ending);
}

/* The model's files and what is unfinished of them; anything else in there is not ours, and keeps the folder. */
static void remove_files(const getting *g, const char *folder)
{
    path_text path;
    for (uint32_t i = 0; i < g->model->file_count; i++) {
        file_in(folder, g->model->files[i].name, "", path);
        unlink(path);
        file_in(folder, g->model->files[i].name, UNFINISHED, path);
        unlink(path);
    }
}

static void remove_folder(const getting *g, const char *folder)
{
    remove_files(g, folder);
    rmdir(folder);
}

static rsd_status begin(getting *g)
{
    char home[KNOWN_MODEL_PATH_BYTES];
    if (!known_model_home(home))
        return rsd_error_set(&g->error, RSD_ERR_IO, "there is no place for it: neither XDG_DATA_HOME nor HOME is set");
    snprintf(g->final, sizeof g->final, "%s/%s", home, g->model->name);
    snprintf(g->part, sizeof g->part, "%s/%s%s", home, g->model->name, UNFINISHED);
    const rsd_status status = make_folders(g, g->part);
    if (status != RSD_OK) return status;
    g->part_fd = open(g->part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (g->part_fd < 0) return cannot(g, "open the folder", g->part);
    if (flock(g->part_fd, LOCK_EX | LOCK_NB) != 0)
        return rsd_error_set(&g->error, RSD_ERR_IO, "another residuum is fetching it");
    return RSD_OK;
}

/* ---- one file ---- */

static void show_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    getting *g = context;
    const uint64_t total = g->total_bytes > 0u ? g->total_bytes : total_bytes;
    const uint64_t done = done_bytes + (g->total_bytes > 0u ? g->before_bytes : 0u);
    app_progress_update(&g->progress, total > 0u ? (double)done / (double)total : 0.0, NULL);
}

static bool name_source(const getting *g, const known_file *file, path_text source)
{
    const char *base = g->from ? g->from : g->model->base, *name = g->from ? file->name : file->path;
    size_t length = strlen(base);
    while (length > 1u && base[length - 1u] == '/') length--;
    return (size_t)snprintf(source, sizeof(path_text), "%.*s/%s", (int)length, base, name) < sizeof(path_text);
}

/* Whether it has the size and the sum that are known; the sum is kept for the report. */
static rsd_status check_sum(getting *g, uint32_t index, const char *path)
{
    const known_file *file = &g->model->files[index];
    uint64_t size_bytes = 0;
    if (!models_sum(path, &size_bytes, g->sums[index])) return cannot(g, "read", path);
    if (!file->sha256) return RSD_OK;
    if (size_bytes == file->size_bytes && strcmp(g->sums[index], file->sha256) == 0) return RSD_OK;
    return rsd_error_set(&g->error, RSD_ERR_FORMAT,
                         "%s is not the file that is known: %llu bytes with SHA-256 %s, not %llu with %s; it was "
                         "removed",
                         file->name, (unsigned long long)size_bytes, g->sums[index],
                         (unsigned long long)file->size_bytes, file->sha256);
}

static rsd_status fetch_into(getting *g, const known_file *file, const char *path, fetch_job *job)
{
    path_text source;
    struct stat info;
    if (!name_source(g, file, source)) return rsd_error_set(&g->error, RSD_ERR_IO, "the source's name is too long");
    *job = (fetch_job){.source = source, .limit_bytes = file->size_bytes, .progress = show_progress, .context = g};
    job->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (job->fd < 0) return cannot(g, "write", path);
    rsd_status status = fstat(job->fd, &info) == 0 ? RSD_OK : cannot(g, "read", path);
    /* What is as long as it must be is judged by its sum; what is longer is none of it. */
    const bool is_whole = file->sha256 && (uint64_t)info.st_size == file->size_bytes;
    if ((uint64_t)info.st_size > file->size_bytes && ftruncate(job->fd, 0) != 0) status = cannot(g, "write", path);
    if (status == RSD_OK && !is_whole)
        status = fetch_is_url(source) ? fetch_url(job, &g->error) : fetch_file(job, &g->error);
    if (status == RSD_OK && fsync(job->fd) != 0) {
        status = cannot(g, "write", path);
        job->is_disk_full = true;
    }
    if (close(job->fd) != 0 && status == RSD_OK) status = cannot(g, "write", path);
    return status;
}

/* The codec does without what it does not read: a licence's text that a folder lacks is told, and no more. */
static rsd_status do_without(getting *g, const known_file *file, const char *unfinished)
{
    unlink(unfinished);
    app_progress_end(&g->progress);
    app_warn(g->arguments, "%s: the source has no %s; its codec does without", g->model->name, file->name);
    app_progress_start(&g->progress, g->model->name, app_given(g->arguments, APP_OPT_QUIET));
    return RSD_OK;
}

static rsd_status get_file(getting *g, uint32_t index)
{
    const known_file *file = &g->model->files[index];
    path_text whole, unfinished;
    fetch_job job = {0};
    file_in(g->part, file->name, "", whole);
    file_in(g->part, file->name, UNFINISHED, unfinished);
    if (access(whole, F_OK) == 0 && check_sum(g, index, whole) == RSD_OK) return RSD_OK; /* of an earlier call */
    rsd_status status = fetch_into(g, file, unfinished, &job);
    if (status != RSD_OK && job.is_missing && !file->is_read) return do_without(g, file, unfinished);
    if (job.is_disk_full) remove_folder(g, g->part);
    if (status == RSD_ERR_FORMAT) unlink(unfinished); /* too large */
    if (status != RSD_OK) return status;
    status = check_sum(g, index, unfinished);
    if (status != RSD_OK) unlink(unfinished);
    if (status == RSD_OK && rename(unfinished, whole) != 0) status = cannot(g, "write", whole);
    return status;
}

static rsd_status get_all(getting *g)
{
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; known_model_has_sums(g->model) && i < g->model->file_count; i++)
        g->total_bytes += g->model->files[i].size_bytes;
    app_progress_start(&g->progress, g->model->name, app_given(g->arguments, APP_OPT_QUIET));
    for (uint32_t i = 0; status == RSD_OK && i < g->model->file_count; i++) {
        status = get_file(g, i);
        g->before_bytes += g->model->files[i].size_bytes;
    }
    app_progress_end(&g->progress);
    return status;
}

/* ---- the whole ---- */

/* Where no sum is known, that the codec can read it is the least that must hold. */
static rsd_status check_model(getting *g)
{
    rsd_model *model = NULL;
    if (known_model_has_sums(g->model)) return RSD_OK;
    const rsd_status status = rsd_model_open(g->part, &model, &g->error);
    rsd_model_release(model);
    if (status != RSD_OK) remove_folder(g, g->part);
    return status;
}

/* A folder of that name with other contents makes way; between two renames there is none for a moment. */
static rsd_status publish(getting *g)
{
    folder_text old;
    snprintf(old, sizeof old, "%.*s.old", KNOWN_MODEL_PATH_BYTES, g->final);
    fsync(g->part_fd);
    if (rename(g->part, g->final) == 0) return RSD_OK;
    remove_folder(g, old);
    if (rename(g->final, old) != 0 || rename(g->part, g->final) != 0) return cannot(g, "put in place", g->final);
    remove_folder(g, old);
    return RSD_OK;
}

static void report(const getting *g)
{
    const bool checked = known_model_has_sums(g->model);
    app_print("%s is installed in %s", g->model->name, g->final);
    printf("\nlicence: %s; published at %s\n", g->model->licence, g->model->page);
    if (checked) puts("its files have the sums that are known");
    for (uint32_t i = 0; !checked && i < g->model->file_count; i++)
        printf("  %s  %s\n", g->sums[i], g->model->files[i].name);
    if (!checked) puts("these SHA-256 were not checked: the right ones are not known to this program");
}

/* Whether what is installed is already what would be fetched. */
static bool is_installed(getting *g)
{
    path_text path;
    if (!known_model_has_sums(g->model)) return false;
    for (uint32_t i = 0; i < g->model->file_count; i++) {
        file_in(g->final, g->model->files[i].name, "", path);
        const bool is_there = access(path, F_OK) == 0;
        if (!is_there && !g->model->files[i].is_read) continue;
        if (!is_there || check_sum(g, i, path) != RSD_OK) return false;
    }
    return true;
}

static int get(getting *g)
{
    rsd_status status = begin(g);
    if (status == RSD_OK && is_installed(g)) {
        remove_folder(g, g->part);
        report(g);
        return APP_OK;
    }
    /* Without sums nothing tells what an earlier call has fetched, perhaps from elsewhere. */
    if (status == RSD_OK && !known_model_has_sums(g->model)) remove_files(g, g->part);
    if (status == RSD_OK) status = get_all(g);
    if (status == RSD_OK) status = check_model(g);
    if (status == RSD_OK) status = publish(g);
    if (status != RSD_OK) {
        rmdir(g->part); /* what has arrived stays for the next call; where nothing has, no folder does */
        return fail(g);
    }
    report(g);
    return APP_OK;
}

int models_get(const app_arguments *arguments, const known_model *model, const char *from)
{
    if (!from && !known_model_has_sums(model))
        return app_fail(arguments,
                        "the sums of %s are not known to this program, so that it fetches it only from where it is "
                        "told to: --from %s, or --from DIR for a folder that has its files",
                        model->name, model->base);
    if (from && fetch_is_url(from) && !fetch_is_known_url(from))
        return app_usage(arguments, "--from takes a folder or a URL of http, https or file, not '%s'", from);
    getting *g = calloc(1, sizeof *g);
    if (!g) return app_fail(arguments, "out of memory");
    *g = (getting){.arguments = arguments, .model = model, .from = from, .part_fd = -1};
    const int code = get(g);
    if (g->part_fd >= 0) close(g->part_fd);
    free(g);
    return code;
}

// SPDX-License-Identifier: MIT
// Files that appear whole or not at all.
#include "base/write_file_atomic.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_TRIES 64
#define MAX_LINKS 40
#define MAX_UNFINISHED 32u
#define SUFFIX_BYTES 13u /* ".XXXXXX.part" */

// What a signal handler would have to remove. More than there is room for are written all the same.
static _Atomic(const char *) unfinished[MAX_UNFINISHED];

static void remember(const char *path)
{
    for (size_t i = 0; i < MAX_UNFINISHED; i++) {
        const char *none = NULL;
        if (atomic_compare_exchange_strong(&unfinished[i], &none, path)) return;
    }
}

static void forget(const char *path)
{
    for (size_t i = 0; i < MAX_UNFINISHED; i++) {
        const char *known = path;
        if (path && atomic_compare_exchange_strong(&unfinished[i], &known, NULL)) return;
    }
}

void base_output_remove_unfinished(void)
{
    for (size_t i = 0; i < MAX_UNFINISHED; i++) {
        const char *path = atomic_load(&unfinished[i]);
        if (path) unlink(path);
    }
}

/* ---- names ---- */

/* Names below /proc stand for what a process has open already: nothing can be put beside it. */
static bool is_descriptor(const char *path) { return strncmp(path, "/proc/", 6u) == 0; }

/*
 * Where a file that is written to `path` would be. Links are followed by hand, as realpath(3) knows no name that is not
 * there yet. NULL with errno where there is no end to them, or no memory.
 */
static char *follow_links(const char *path)
{
    char *at = strdup(path);
    for (int i = 0; at && i < MAX_LINKS && !is_descriptor(at); i++) {
        char target[PATH_MAX];
        const ssize_t length = readlink(at, target, sizeof target - 1u);
        if (length < 0) return at;
        target[length] = '\0';
        const char *slash = target[0] == '/' ? NULL : strrchr(at, '/');
        char *next = NULL;
        if (asprintf(&next, "%.*s%s", slash ? (int)(slash - at) + 1 : 0, at, target) < 0) next = NULL;
        free(at);
        at = next;
    }
    if (!at || is_descriptor(at)) return at;
    free(at);
    errno = ELOOP;
    return NULL;
}

/* PATH.XXXXXX.part, PATH's last part cut where that would be longer than a name may be. */
static char *name_beside(const char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    unsigned char random[6];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) return NULL;
    const char *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash - path) + 1u : 0u, length = strlen(path + folder);
    const size_t kept = length > NAME_MAX - SUFFIX_BYTES ? NAME_MAX - SUFFIX_BYTES : length;
    char word[7] = "";
    for (int i = 0; i < 6; i++) word[i] = letters[random[i] % 32u];
    char *name = NULL;
    return asprintf(&name, "%.*s.%s.part", (int)(folder + kept), path, word) < 0 ? NULL : name;
}

/* ---- open ---- */

static rsd_status refuse(base_output *self, const char *path, int cause, rsd_error *error)
{
    base_output_abandon(self);
    return base_error_set(error, RSD_ERR_IO, "cannot write '%s': %s", path, strerror(cause));
}

/* Opens a name that nobody has, and remembers it before any signal can come. False with errno. */
static bool open_new(base_output *self, const char *path, bool is_kept)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    // 0666: the file gets the mode that any other program's file would get here.
    self->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    const int cause = errno;
    if (self->fd >= 0 && !is_kept) remember(path);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = cause;
    return self->fd >= 0;
}

static bool open_beside(base_output *self)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        self->temporary_path = name_beside(self->path);
        if (!self->temporary_path) return false;
        if (open_new(self, self->temporary_path, false)) return true;
        const int cause = errno;
        free(self->temporary_path);
        self->temporary_path = NULL;
        errno = cause;
        if (cause != EEXIST) return false;
    }
    return false;
}

static bool open_in_place(base_output *self)
{
    self->temporary_path = strdup(self->path);
    self->is_in_place = self->temporary_path && open_new(self, self->path, true);
    if (self->is_in_place) return true;
    const int cause = errno;
    free(self->temporary_path);
    self->temporary_path = NULL;
    errno = cause;
    return false;
}

/* The new file may be used by whom the old one may be; the owner first, as changing it takes rights away. */
static void keep_permissions(int fd, const struct stat *old)
{
    struct stat now;
    if (fstat(fd, &now) != 0) return;
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) && fchown(fd, old->st_uid, old->st_gid) != 0) {
        /* Only root can give a file away: it is ours now, with the old one's mode. */
    }
    if (fchmod(fd, old->st_mode & 0777) != 0) {
        /* A file system without modes. */
    }
}

static rsd_status open_direct(base_output *self, const char *path, rsd_error *error)
{
    self->is_direct = true;
    self->fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
    return self->fd >= 0 ? RSD_OK : refuse(self, path, errno, error);
}

rsd_status base_output_open(base_output *self, const char *path, base_output_place place, rsd_error *error)
{
    struct stat old;
    *self = (base_output){.fd = -1};
    if (!path || *path == '\0') return base_error_set(error, RSD_ERR_ARG, "cannot write a file: its name is empty");
    const bool exists = stat(path, &old) == 0;
    // The name beside it is cut to fit, and would be found to be too long only when all is written.
    if (!exists && errno == ENAMETOOLONG) return refuse(self, path, errno, error);
    if (exists && S_ISDIR(old.st_mode)) return refuse(self, path, EISDIR, error);
    self->path = follow_links(path);
    if (!self->path) return refuse(self, path, errno, error);
    if ((exists && !S_ISREG(old.st_mode)) || is_descriptor(self->path)) return open_direct(self, path, error);
    if (exists && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0) return refuse(self, path, errno, error);
    const bool good = !exists && place == BASE_OUTPUT_IN_PLACE_IF_NEW ? open_in_place(self) : open_beside(self);
    if (!good) return refuse(self, path, errno, error);
    if (exists) keep_permissions(self->fd, &old);
    return RSD_OK;
}

FILE *base_output_stream(base_output *self)
{
    if (!self->stream) self->stream = fdopen(self->fd, "wb");
    return self->stream;
}

/* ---- end ---- */

static bool close_file(base_output *self)
{
    const int result = self->stream ? fclose(self->stream) : self->fd >= 0 ? close(self->fd) : 0;
    self->stream = NULL;
    self->fd = -1;
    return result == 0;
}

rsd_status base_output_finish(base_output *self, rsd_error *error)
{
    bool good = !self->stream || (!ferror(self->stream) && fflush(self->stream) == 0);
    // Some file systems cannot flush one file: EINVAL.
    if (good && !self->is_direct) good = fsync(self->fd) == 0 || errno == EINVAL;
    int cause = errno;
    if (!close_file(self) && good) {
        good = false;
        cause = errno;
    }
    if (good) return RSD_OK;
    const rsd_status status = base_error_set(error, RSD_ERR_IO, "cannot write '%s': %s%s", self->path, strerror(cause),
                                             cause == ENOSPC || cause == EDQUOT ? "" : "; is the disk full?");
    base_output_abandon(self);
    return status;
}

/* So that the name, too, outlives a loss of power. Not every file system can: what is in the file is safe already. */
static void flush_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1u) : strdup(".");
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0 && fsync(fd) != 0) errno = 0;
    if (fd >= 0) close(fd);
    free(folder);
}

static void release(base_output *self)
{
    forget(self->temporary_path);
    free(self->temporary_path);
    free(self->path);
    self->temporary_path = self->path = NULL;
}

rsd_status base_output_publish(base_output *self, rsd_error *error)
{
    if (!self->is_direct && !self->is_in_place && rename(self->temporary_path, self->path) != 0) {
        const rsd_status status =
            base_error_set(error, RSD_ERR_IO, "cannot put '%s' in place: %s", self->path, strerror(errno));
        base_output_abandon(self);
        return status;
    }
    if (!self->is_direct) flush_folder(self->path);
    release(self);
    return RSD_OK;
}

rsd_status base_output_commit(base_output *self, rsd_error *error)
{
    const rsd_status status = base_output_finish(self, error);
    return status == RSD_OK ? base_output_publish(self, error) : status;
}

void base_output_keep(base_output *self)
{
    if (!self->path) return;
    close_file(self);
    release(self);
}

void base_output_abandon(base_output *self)
{
    if (!self->path) return; // zeroed, published or abandoned
    close_file(self);
    if (self->temporary_path) unlink(self->temporary_path);
    release(self);
}

bool base_write_all(int fd, const void *data, size_t size_bytes)
{
    const char *from = data;
    while (size_bytes > 0u) {
        const ssize_t count = write(fd, from, size_bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        from += count;
        size_bytes -= (size_t)count;
    }
    return true;
}

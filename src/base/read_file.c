// SPDX-License-Identifier: MIT
// Whole files into memory, up to a limit.
#include "base/read_file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what a path is ---- */

/* NULL for a regular file, else what it is. */
static const char *other_than_file(mode_t mode)
{
    if (S_ISREG(mode)) return NULL;
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

static rsd_status cannot(const char *what, const char *path, int cause, rsd_error *error)
{
    return base_error_set(error, RSD_ERR_IO, "cannot %s '%s': %s", what, path, strerror(cause));
}

static rsd_status check_kind(const char *path, mode_t mode, rsd_error *error)
{
    const char *other = other_than_file(mode);
    if (!other) return RSD_OK;
    return base_error_set(error, RSD_ERR_IO, "'%s' is %s, not a file", path, other);
}

bool base_is_given_descriptor(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const size_t length = strlen(folders[i]);
        if (strncmp(path, folders[i], length) != 0) continue;
        return path[length] != '\0' && path[length + strspn(path + length, "0123456789")] == '\0';
    }
    return strcmp(path, "/dev/stdin") == 0;
}

rsd_status base_check_readable(const char *path, rsd_error *error)
{
    struct stat info;
    if (base_is_given_descriptor(path) || stat(path, &info) != 0 || S_ISFIFO(info.st_mode))
        return base_error_set(error, RSD_OK, "%s", "");
    const rsd_status status = check_kind(path, info.st_mode, error);
    if (status != RSD_OK || info.st_size > 0) return status;
    return base_error_set(error, RSD_ERR_FORMAT, "'%s' is empty", path);
}

/* ---- regular files ---- */

static rsd_status check_opened(int fd, const char *path, uint64_t limit_bytes, uint64_t *size_bytes, rsd_error *error)
{
    struct stat info;
    if (fstat(fd, &info) != 0) return cannot("read", path, errno, error);
    const rsd_status status = check_kind(path, info.st_mode, error);
    if (status != RSD_OK) return status;
    *size_bytes = (uint64_t)info.st_size;
    if (*size_bytes <= limit_bytes) return RSD_OK;
    return base_error_set(error, RSD_ERR_FORMAT, "'%s' has %llu bytes; a file of this kind has %llu at most", path,
                          (unsigned long long)*size_bytes, (unsigned long long)limit_bytes);
}

rsd_status base_file_open(const char *path, uint64_t limit_bytes, base_file *file, rsd_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0) return cannot("open", path, errno, error);
    rsd_status status = check_kind(path, info.st_mode, error);
    if (status != RSD_OK) return status;
    /* It may be another thing by now: non-blocking, and looked at again. */
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return cannot("open", path, errno, error);
    uint64_t size_bytes = 0;
    status = check_opened(fd, path, limit_bytes, &size_bytes, error);
    if (status != RSD_OK) {
        close(fd);
        return status;
    }
    *file = (base_file){fd, size_bytes};
    return RSD_OK;
}

/* Up to `size_bytes`, fewer where the file ends before; -1: errno says why. */
static ssize_t read_up_to(int fd, char *to, size_t size_bytes)
{
    size_t got = 0;
    while (got < size_bytes) {
        const ssize_t some = read(fd, to + got, size_bytes - got);
        if (some < 0 && errno == EINTR) continue;
        if (some < 0) return -1;
        if (some == 0) break;
        got += (size_t)some;
    }
    return (ssize_t)got;
}

rsd_status base_file_read(const base_file *file, const char *path, void *to, size_t size_bytes, rsd_error *error)
{
    const ssize_t got = read_up_to(file->fd, to, size_bytes);
    if (got < 0) return cannot("read", path, errno, error);
    if ((size_t)got == size_bytes) return RSD_OK;
    return base_error_set(error, RSD_ERR_IO, "cannot read '%s': it has got shorter meanwhile", path);
}

void base_file_close(base_file *file)
{
    if (file->fd >= 0) close(file->fd);
    file->fd = -1;
}

rsd_status base_read_file(const char *path, uint64_t limit_bytes, void **data, size_t *size_bytes, rsd_error *error)
{
    base_file file;
    rsd_status status = base_file_open(path, limit_bytes, &file, error);
    if (status != RSD_OK) return status;
    char *bytes = file.size_bytes < SIZE_MAX ? malloc((size_t)file.size_bytes + 1u) : NULL;
    if (bytes)
        status = base_file_read(&file, path, bytes, (size_t)file.size_bytes, error);
    else
        status = base_error_set(error, RSD_ERR_MEMORY, "no memory to read '%s'", path);
    base_file_close(&file);
    if (status != RSD_OK) {
        free(bytes);
        return status;
    }
    bytes[file.size_bytes] = '\0';
    *data = bytes;
    *size_bytes = (size_t)file.size_bytes;
    return RSD_OK;
}

/* ---- pipes that the process was given ---- */

static rsd_status read_to_end(int fd, const char *path, size_t limit_bytes, char **data, size_t *size_bytes,
                              rsd_error *error)
{
    size_t room = 0, used = 0;
    for (;;) {
        if (used == room) {
            room = room ? 2u * room : 65536u;
            if (room > limit_bytes + 1u) room = limit_bytes + 1u;
            char *more = realloc(*data, room + 1u);
            if (!more) return base_error_set(error, RSD_ERR_MEMORY, "no memory to read '%s'", path);
            *data = more;
        }
        const ssize_t got = read_up_to(fd, *data + used, room - used);
        if (got < 0) return cannot("read", path, errno, error);
        used += (size_t)got;
        if (used > limit_bytes)
            return base_error_set(error, RSD_ERR_FORMAT, "'%s' has over %zu bytes, the most for its kind", path,
                                  limit_bytes);
        if (used < room) break;
    }
    (*data)[used] = '\0';
    *size_bytes = used;
    return RSD_OK;
}

rsd_status base_read_file_or_pipe(const char *path, uint64_t limit_bytes, void **data, size_t *size_bytes,
                                  rsd_error *error)
{
    struct stat info;
    if (!base_is_given_descriptor(path) || stat(path, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))
        return base_read_file(path, limit_bytes, data, size_bytes, error);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return cannot("open", path, errno, error);
    char *bytes = NULL;
    const rsd_status status = read_to_end(fd, path, (size_t)limit_bytes, &bytes, size_bytes, error);
    close(fd);
    if (status != RSD_OK) {
        free(bytes);
        return status;
    }
    *data = bytes;
    return RSD_OK;
}

// SPDX-License-Identifier: MIT
#include "base/text_file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing that a name may lead to (a FIFO, a device) is waited for. */
static rsd_status open_plain(const char *path, int *fd, rsd_error *error)
{
    struct stat info;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0) return rsd_error_set(error, RSD_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    if (fstat(*fd, &info) == 0 && S_ISREG(info.st_mode)) return RSD_OK;
    close(*fd);
    return rsd_error_set(error, RSD_ERR_IO, "cannot read '%s': it is not a plain file", path);
}

static rsd_status read_all(int fd, const char *path, size_t limit_bytes, char *bytes, size_t *size_bytes,
                           rsd_error *error)
{
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size <= limit_bytes; size += got > 0 ? (size_t)got : 0u) {
        got = read(fd, bytes + size, limit_bytes + 1u - size);
        if (got < 0) return rsd_error_set(error, RSD_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    }
    if (size > limit_bytes)
        return rsd_error_set(error, RSD_ERR_FORMAT, "'%s' is over %zu bytes, too long for what it should be", path,
                             limit_bytes);
    bytes[size] = '\0';
    *size_bytes = size;
    return RSD_OK;
}

rsd_status text_file_load(const char *path, size_t limit_bytes, text_file *file, rsd_error *error)
{
    int fd;
    text_file read = {0};
    rsd_status status = open_plain(path, &fd, error);
    if (status != RSD_OK) return status;
    read.bytes = malloc(limit_bytes + 2u);
    status = read.bytes ? read_all(fd, path, limit_bytes, read.bytes, &read.size_bytes, error)
                        : rsd_error_set(error, RSD_ERR_MEMORY, "no memory to read '%s'", path);
    close(fd);
    read.text = read.bytes;
    const char *problem = status == RSD_OK ? text_skip_mark(&read.text, &read.size_bytes) : NULL;
    if (problem) status = rsd_error_set(error, RSD_ERR_FORMAT, "'%s' %s", path, problem);
    if (status == RSD_OK)
        *file = read;
    else
        free(read.bytes);
    return status;
}

// SPDX-License-Identifier: MIT
// Sounds that come through a pipe. A sound's length has to be known before it is coded, and a stream's header does not
// know it: the stream is kept until it ends.
#include "host/file/soundfile_internal.h"

#include "base/error.h"
#include "base/write_file_atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES 65536u

/* A file without a name, in $TMPDIR or else /var/tmp, which is meant for what may be large. */
static int open_unnamed(void)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    if (!folder || *folder == '\0') folder = "/var/tmp";
    if (snprintf(path, sizeof path, "%s/residuum-XXXXXX", folder) >= (int)sizeof path) return -1;
    const int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) unlink(path);
    return fd;
}

/* False with errno. */
static bool copy(int from, int to)
{
    char bytes[COPY_BYTES];
    for (;;) {
        const ssize_t got = read(from, bytes, sizeof bytes);
        if (got == 0) return true;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || !base_write_all(to, bytes, (size_t)got)) return false;
    }
}

/* NULL: it can be read. What is only open for writing is what the command puts where standard input was closed. */
static const char *standard_input_fault(void)
{
    const int flags = fcntl(STDIN_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY) return "standard input is closed";
    return isatty(STDIN_FILENO) ? "standard input is a terminal, not a sound" : NULL;
}

static bool is_stream(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode));
}

/* A terminal or /dev/null behind a name of standard input is that, too: opened by the name it would be a device. */
static bool is_standard_input(const char *path)
{
    static const char *const names[] = {"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"};
    struct stat info;
    if (strcmp(path, "-") == 0) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(path, names[i]) == 0) return stat(path, &info) == 0 && S_ISCHR(info.st_mode);
    return false;
}

int host_spool_open(const char *path, bool *is_pipe, rsd_error *error)
{
    const bool is_standard = is_standard_input(path);
    const char *name = is_standard ? "standard input" : path;
    *is_pipe = is_standard || is_stream(path);
    if (!*is_pipe) return -1;
    const char *fault = is_standard ? standard_input_fault() : NULL;
    if (fault) {
        base_error_set(error, RSD_ERR_IO, "%s", fault);
        return -1;
    }
    const int from = is_standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    const int to = from >= 0 ? open_unnamed() : -1;
    const bool is_filled = to >= 0 && copy(from, to);
    const int cause = errno;
    if (from >= 0) close(from);
    const bool is_empty = is_filled && lseek(to, 0, SEEK_CUR) == 0;
    if (is_filled && !is_empty) return to;
    if (to >= 0) close(to);
    if (is_empty)
        base_error_set(error, RSD_ERR_FORMAT, "%s is empty", name);
    else
        base_error_set(error, RSD_ERR_IO, "cannot keep what comes from %s (in $TMPDIR or /var/tmp): %s", name,
                       strerror(cause));
    return -1;
}

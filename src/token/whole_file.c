// SPDX-License-Identifier: MIT
#include "token/token_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

rsd_status whole_file_open(whole_file *self, const char *path, rsd_error *error)
{
    memset(self, 0, sizeof *self);
    const size_t length = strlen(path);
    if (length == 0u || length > WHOLE_FILE_PATH_BYTES - 32u)
        return rsd_error_set(error, RSD_ERR_ARG, "cannot write a file: its name is %s", length ? "too long" : "empty");
    memcpy(self->path, path, length + 1u);
    snprintf(self->temporary_path, sizeof self->temporary_path, "%s.%ld.part", path, (long)getpid());

    // O_CREAT with 0666: the file gets the mode that any other program's file would get here (mkstemp gives 0600).
    const int fd = open(self->temporary_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd >= 0) self->file = fdopen(fd, "wb");
    if (self->file) return RSD_OK;
    const int cause = errno;
    if (fd >= 0) close(fd);
    whole_file_abandon(self);
    return rsd_error_set(error, RSD_ERR_IO, "cannot write '%s': %s", path, strerror(cause));
}

rsd_status whole_file_finish(whole_file *self, rsd_error *error)
{
    bool good = !ferror(self->file) && fflush(self->file) == 0 && fsync(fileno(self->file)) == 0;
    int cause = errno;
    if (fclose(self->file) != 0 && good) {
        good = false;
        cause = errno;
    }
    self->file = NULL;
    if (good) return RSD_OK;
    const rsd_status status =
        rsd_error_set(error, RSD_ERR_IO, "cannot write '%s': %s; is the disk full?", self->path, strerror(cause));
    whole_file_abandon(self);
    return status;
}

rsd_status whole_file_publish(whole_file *self, rsd_error *error)
{
    if (rename(self->temporary_path, self->path) == 0) {
        self->temporary_path[0] = '\0';
        return RSD_OK;
    }
    const rsd_status status =
        rsd_error_set(error, RSD_ERR_IO, "cannot put '%s' in place: %s", self->path, strerror(errno));
    whole_file_abandon(self);
    return status;
}

void whole_file_abandon(whole_file *self)
{
    if (self->file) fclose(self->file);
    self->file = NULL;
    if (self->temporary_path[0] != '\0') unlink(self->temporary_path);
    self->temporary_path[0] = '\0';
}

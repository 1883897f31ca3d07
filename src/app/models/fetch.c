// SPDX-License-Identifier: MIT
// Copies a file of a folder, and writes what any source gives.
#include "app/models/fetch.h"

#include "base/error.h"

#include "base/read_file.h"
#include "base/write_file_atomic.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool fetch_is_url(const char *source) { return strstr(source, "://") != NULL; }

bool fetch_is_known_url(const char *source)
{
    static const char *const schemes[] = {"https://", "http://", "file://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncmp(source, schemes[i], strlen(schemes[i])) == 0) return true;
    return false;
}

bool fetch_write(fetch_job *job, const void *data, uint64_t size_bytes)
{
    const bool is_written = base_write_all(job->fd, data, size_bytes);
    if (!is_written) job->is_disk_full = true;
    return is_written;
}

static rsd_status copy(fetch_job *job, const base_file *file, rsd_error *error)
{
    char bytes[65536];
    rsd_status status = RSD_OK;
    for (uint64_t done = 0; status == RSD_OK && done < file->size_bytes;) {
        const uint64_t left = file->size_bytes - done;
        const size_t count = left < sizeof bytes ? (size_t)left : sizeof bytes;
        status = base_file_read(file, job->source, bytes, count, error);
        if (status == RSD_OK && !fetch_write(job, bytes, count))
            status = base_error_set(error, RSD_ERR_IO, "cannot write: %s", strerror(errno));
        done += count;
        job->progress(job->context, done, file->size_bytes);
    }
    return status;
}

rsd_status fetch_file(fetch_job *job, rsd_error *error)
{
    base_file file;
    job->is_missing = access(job->source, F_OK) != 0;
    rsd_status status = base_file_open(job->source, job->limit_bytes, &file, error);
    if (status != RSD_OK) return status;
    if (ftruncate(job->fd, 0) != 0 || lseek(job->fd, 0, SEEK_SET) != 0)
        status = base_error_set(error, RSD_ERR_IO, "cannot write: %s", strerror(errno));
    if (status == RSD_OK) status = copy(job, &file, error);
    base_file_close(&file);
    return status;
}

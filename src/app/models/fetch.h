// SPDX-License-Identifier: MIT
#ifndef APP_MODELS_FETCH_H
#define APP_MODELS_FETCH_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdint.h>

/* One file from a URL or a folder into a file on the disk. */
typedef struct {
    const char *source;   /* URL (http, https, file), or path of a file */
    int fd;               /* opened to read and write; what it has already is the beginning of the source */
    uint64_t limit_bytes; /* more is refused */
    void (*progress)(void *context, uint64_t done_bytes, uint64_t total_bytes); /* total 0: not known */
    void *context;
    bool is_disk_full; /* out: the error is one of writing, which more of the source would not help */
    bool is_missing;   /* out: the source says that it has no such file */
} fetch_job;

/* Whether `source` is a URL, and whether it is one that is fetched: of http, https or file. */
bool fetch_is_url(const char *source);
bool fetch_is_known_url(const char *source);

/*
 * Goes on where job->fd ends; begins anew where the server cannot. What has arrived stays where anything fails, so that
 * a later call goes on. A build without libcurl has no URLs. Errors: RSD_ERR_IO, RSD_ERR_UNSUPPORTED, RSD_ERR_FORMAT
 * (larger than the limit). Thread: [control]
 */
RSD_NODISCARD rsd_status fetch_url(fetch_job *job, rsd_error *error);
/* A copy from its beginning. */
RSD_NODISCARD rsd_status fetch_file(fetch_job *job, rsd_error *error);

/* For both: appends; notes a disk that is full. */
bool fetch_write(fetch_job *job, const void *data, uint64_t size_bytes);

#endif

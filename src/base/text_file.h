// SPDX-License-Identifier: MIT
#ifndef BASE_TEXT_FILE_H
#define BASE_TEXT_FILE_H

#include <residuum/rsd_status.h>

#include <stddef.h>

/* A text file in memory. */
typedef struct {
    char *bytes;      /* owned: free() */
    const char *text; /* in `bytes`, behind a byte order mark; a zero stands behind it */
    size_t size_bytes;
} text_file;

/*
 * Reads a plain file of at most limit_bytes. Errors: RSD_ERR_IO, RSD_ERR_MEMORY, RSD_ERR_FORMAT: too long, or text of
 * another encoding than UTF-8, named. Thread: [setup], [control]
 */
RSD_NODISCARD rsd_status text_file_load(const char *path, size_t limit_bytes, text_file *file, rsd_error *error);

#endif

// SPDX-License-Identifier: MIT
#ifndef BASE_WRITE_FILE_ATOMIC_H
#define BASE_WRITE_FILE_ATOMIC_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdio.h>

/*
 * A file that appears under its name whole or not at all: written beside it as NAME.XXXXXX.part, flushed to the disk,
 * renamed. What was there before stays until then, and for good where anything fails. A name that is a link stands for
 * the file that it points to. A file that is replaced keeps its permissions, and one that may not be written is not
 * replaced. What is no plain file (a device, a FIFO, /dev/stdout) is written straight.
 * open, then write to `fd` or to base_output_stream, then finish (closes), then publish (renames); abandon at any point
 * removes what there is. Thread of all: [setup], [control]
 */
typedef enum {
    BASE_OUTPUT_BESIDE,
    BASE_OUTPUT_IN_PLACE_IF_NEW /* where nothing has the name, the file has it from the start: for what grows for hours */
} base_output_place;

typedef struct {
    int fd;               /* to read and write; -1 once finished */
    FILE *stream;         /* over fd; NULL until base_output_stream */
    char *path;           /* owned: where the file will be, links followed */
    char *temporary_path; /* owned: what abandon removes; NULL: nothing */
    bool is_direct;       /* no plain file: neither flushed nor renamed */
    bool is_in_place;     /* temporary_path is the path itself */
} base_output;

RSD_NODISCARD rsd_status base_output_open(base_output *self, const char *path, base_output_place place,
                                          rsd_error *error);
/* A buffered stream over `fd`, which it owns from then on; NULL: no memory. */
FILE *base_output_stream(base_output *self);
RSD_NODISCARD rsd_status base_output_finish(base_output *self, rsd_error *error);
RSD_NODISCARD rsd_status base_output_publish(base_output *self, rsd_error *error);
/* finish and publish. */
RSD_NODISCARD rsd_status base_output_commit(base_output *self, rsd_error *error);
/* Closes and leaves what was written where it is, under whatever name that has. */
void base_output_keep(base_output *self);
void base_output_abandon(base_output *self); /* fine on one that was published or abandoned */

/* All of it to a descriptor, at one go or several. False with errno. */
bool base_write_all(int fd, const void *data, size_t size_bytes);

/*
 * Removes the unfinished files of this process that are not in place, for a signal handler that is about to end it.
 * Thread: [any], async-signal-safe
 */
void base_output_remove_unfinished(void);

#endif

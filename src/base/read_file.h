// SPDX-License-Identifier: MIT
#ifndef BASE_READ_FILE_H
#define BASE_READ_FILE_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The one way in which files that a name stands for are opened to be read: models, presets, tokens, automation.
 * Only regular files are read. A device is not even opened (opening one may do something), a FIFO never blocks, and a
 * file over the limit of its kind is refused before anything of it is read or memory taken. Thread of all: [setup],
 * [control]
 */

/*
 * Limits by kind: several times what any real file of the kind has, and small enough that reading it cannot fill the
 * memory. A file of `live` is under 1 MB, EnCodec's weights are 60 to 400 MB, Lyra's files under 2 MB each; a preset
 * that sets every parameter, and a description of a model or of tokens, have some 10 KB; an hour of automation, a
 * hundred lines a second, has 8 MB.
 */
#define BASE_LIVE_MODEL_BYTES ((uint64_t)16 << 20)
#define BASE_WEIGHTS_BYTES ((uint64_t)768 << 20)
#define BASE_TFLITE_BYTES ((uint64_t)64 << 20)
#define BASE_PRESET_BYTES ((uint64_t)1 << 20)
#define BASE_JSON_BYTES ((uint64_t)1 << 20)
#define BASE_AUTOMATION_BYTES ((uint64_t)64 << 20)

typedef struct {
    int fd;
    uint64_t size_bytes; /* when it was opened */
} base_file;

/*
 * Opens the regular file at `path`. RSD_ERR_IO: it is not there, cannot be opened, or is a folder, a device, a FIFO or
 * a socket; RSD_ERR_FORMAT: it has over `limit_bytes`. `error` names the path and which of these it is.
 */
RSD_NODISCARD rsd_status base_file_open(const char *path, uint64_t limit_bytes, base_file *file, rsd_error *error);
/* The next `size_bytes` of it. RSD_ERR_IO: it cannot be read, or has got shorter since it was opened. */
RSD_NODISCARD rsd_status base_file_read(const base_file *file, const char *path, void *to, size_t size_bytes,
                                        rsd_error *error);
void base_file_close(base_file *file);

/* All of a file: *data is of malloc, the caller's to free, with a zero byte behind it. Errors also: RSD_ERR_MEMORY. */
RSD_NODISCARD rsd_status base_read_file(const char *path, uint64_t limit_bytes, void **data, size_t *size_bytes,
                                        rsd_error *error);

/* Whether `path` is a descriptor that this process was given, by the names that shells use. */
bool base_is_given_descriptor(const char *path);

/*
 * The same, but where `path` is a descriptor that this process was given (/dev/stdin, /dev/fd/63 of a shell's <(...)),
 * a pipe or terminal is read to its end, too, up to the limit; it may block. For names of the command line alone.
 */
RSD_NODISCARD rsd_status base_read_file_or_pipe(const char *path, uint64_t limit_bytes, void **data, size_t *size_bytes,
                                                rsd_error *error);

/*
 * Whether a library that reads files by itself, such as libsndfile, may open `path`. RSD_ERR_IO: a device, which may
 * never end or never answer, a folder or a socket; `error` says which. RSD_ERR_FORMAT: a file of no bytes. RSD_OK for a file, a FIFO (the command line may
 * read sound from one), a descriptor that this process was given, and where nothing lies: the library says that itself.
 */
RSD_NODISCARD rsd_status base_check_readable(const char *path, rsd_error *error);

#endif

// SPDX-License-Identifier: MIT
#ifndef NN_WHOLE_FILE_H
#define NN_WHOLE_FILE_H

#include <residuum/rsd_status.h>

#include <stddef.h>

/*
 * Reads a file of less than `limit_bytes` into memory of its own, which the caller frees. RSD_ERR_IO names the path and
 * the reason; nothing is written then. Thread: [setup]
 */
RSD_NODISCARD rsd_status nn_read_file(const char *path, size_t limit_bytes, void **data, size_t *size_bytes,
                                      rsd_error *error);

#endif

// SPDX-License-Identifier: MIT
#include "nn/whole_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rsd_status nn_read_file(const char *path, size_t limit_bytes, void **data, size_t *size_bytes, rsd_error *error)
{
    FILE *stream = fopen(path, "rb");
    if (!stream) return rsd_error_set(error, RSD_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    long size = -1;
    if (fseek(stream, 0, SEEK_END) == 0) size = ftell(stream);
    void *bytes = size >= 0 && (size_t)size < limit_bytes ? malloc((size_t)size + 1u) : NULL;
    rewind(stream);
    const size_t got = bytes ? fread(bytes, 1, (size_t)size, stream) : 0u;
    fclose(stream);
    if (!bytes || got != (size_t)size) {
        free(bytes);
        return rsd_error_set(error, RSD_ERR_IO, "cannot read '%s'", path);
    }
    *data = bytes;
    *size_bytes = got;
    return RSD_OK;
}

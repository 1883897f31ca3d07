// SPDX-License-Identifier: MIT
// Text files in memory, in UTF-8.
#include "base/text_file.h"

#include "base/error.h"
#include "base/read_file.h"
#include "base/text.h"

#include <stdlib.h>

rsd_status text_file_load(const char *path, size_t limit_bytes, text_file *file, rsd_error *error)
{
    void *bytes = NULL;
    text_file read = {0};
    const rsd_status status = base_read_file(path, limit_bytes, &bytes, &read.size_bytes, error);
    if (status != RSD_OK) return status;
    read.bytes = bytes;
    read.text = read.bytes;
    const char *problem = text_skip_mark(&read.text, &read.size_bytes);
    if (problem) {
        free(read.bytes);
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' %s", path, problem);
    }
    *file = read;
    return RSD_OK;
}

// SPDX-License-Identifier: MIT
// NPY files. The reader takes a path: the bytes go through a file in memory.
#include <residuum/rsd_token.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    int32_t *values = NULL;
    uint64_t shape[3] = {0}, count = 1;
    uint32_t dim_count = 0;
    rsd_error error;
    if (fd < 0) {
        fd = memfd_create("npy", 0);
        if (fd < 0) abort();
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
    if (rsd_npy_load(path, &values, shape, &dim_count, &error) != RSD_OK) {
        if (error.text[0] == '\0') abort(); /* a refusal without a reason */
        return 0;
    }
    if (dim_count < 1u || dim_count > 3u) abort();
    for (uint32_t d = 0; d < dim_count; d++) count *= shape[d];
    volatile int32_t last = 0;
    for (uint64_t i = 0; i < count; i++) last = values[i]; /* all that the shape promises must be there */
    (void)last;
    free(values);
    return 0;
}

// SPDX-License-Identifier: MIT
#include <residuum/rsd_token.h>

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes are an int32 array of the shape that they promise, or a clear error. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/rsd_fuzz_XXXXXX.npy";
    const int handle = mkstemps(path, 4);
    if (handle < 0 || write(handle, data, size) != (ssize_t)size) return 0;
    close(handle);
    int32_t *values = NULL;
    uint64_t shape[3];
    uint32_t dim_count;
    rsd_error error;
    if (rsd_npy_load(path, &values, shape, &dim_count, &error) == RSD_OK) {
        uint64_t count = 1;
        int32_t sum = 0;
        for (uint32_t d = 0; d < dim_count; d++) count *= shape[d];
        for (uint64_t i = 0; i < count; i++) sum ^= values[i];
        (void)*(volatile int32_t *)&sum;
        free(values);
    } else if (error.text[0] == '\0') {
        __builtin_trap();
    }
    unlink(path);
    return 0;
}

// SPDX-License-Identifier: MIT
// Profiles of live, as they come and with sums that are right: read, measured and drawn.
#include "app/profile/profile.h"
#include "base/crc32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHUNK_HEAD_BYTES 12u /* kind, bytes, sum */

/* The reader takes a path: the bytes go through a file in memory. */
static const char *in_memory(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) fd = memfd_create("profile", 0);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

static void measure(profile_result *result)
{
    static FILE *nowhere;
    rsd_error error;
    if (!nowhere) nowhere = fopen("/dev/null", "w");
    if (!nowhere) abort();
    if (profile_measure(result, &error) == RSD_OK)
        profile_draw(nowhere, result);
    else if (error.text[0] == '\0')
        abort();
}

static void read_one(const uint8_t *data, size_t size)
{
    static profile_result result;
    rsd_error error;
    memset(&result, 0, sizeof result);
    result.path = in_memory(data, size);
    if (host_profile_read(result.path, &result.data, &error) != RSD_OK) {
        if (error.text[0] == '\0') abort(); /* a refusal without a reason */
        return;
    }
    const host_profile_data *profile = &result.data;
    volatile uint64_t last = 0; /* all that is counted must be there */
    for (size_t i = 0; i < profile->system_count; i++) last += profile->system[i].time_ns;
    for (size_t i = 0; i < profile->event_count; i++) last += strlen(profile->events[i].text);
    for (size_t i = 0; i < profile->stages_count; i++)
        for (uint32_t k = 0; k < profile->stages[i].level_count; k++) last += profile->stages[i].level_ns[k];
    (void)last;
    measure(&result);
    host_profile_data_destroy(&result.data);
}

/* Whoever forges a profile gets the sums right. */
static void mend_sums(uint8_t *data, size_t size)
{
    for (size_t at = HOST_PROFILE_HEAD_BYTES; at + CHUNK_HEAD_BYTES <= size;) {
        uint32_t size_bytes;
        uint8_t *records = data + at + CHUNK_HEAD_BYTES;
        memcpy(&size_bytes, data + at + 4u, sizeof size_bytes);
        if (size_bytes > size - at - CHUNK_HEAD_BYTES) return;
        const uint32_t sum = base_crc32(0u, records, size_bytes);
        memcpy(data + at + 8u, &sum, sizeof sum);
        at += CHUNK_HEAD_BYTES + size_bytes;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_one(data, size);
    uint8_t *mended = malloc(size + 1u);
    if (!mended) abort();
    memcpy(mended, data, size);
    mend_sums(mended, size);
    read_one(mended, size);
    free(mended);
    return 0;
}

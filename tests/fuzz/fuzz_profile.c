// SPDX-License-Identifier: MIT
// Profiles of live. The reader takes a path: the bytes go through a file in memory.
#include "host/session/profile_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    host_profile_data profile;
    rsd_error error;
    if (fd < 0) {
        fd = memfd_create("profile", 0);
        if (fd < 0) abort();
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
    if (host_profile_read(path, &profile, &error) != RSD_OK) {
        if (error.text[0] == '\0') abort(); /* a refusal without a reason */
        return 0;
    }
    volatile uint64_t last = 0; /* all that is counted must be there */
    for (size_t i = 0; i < profile.callback_count; i++) last += profile.callbacks[i].entry_ns;
    for (size_t i = 0; i < profile.system_count; i++) last += profile.system[i].time_ns;
    for (size_t i = 0; i < profile.event_count; i++) last += strlen(profile.events[i].text);
    for (size_t i = 0; i < profile.stages_count; i++)
        for (uint32_t k = 0; k < profile.stages[i].level_count; k++) last += profile.stages[i].level_ns[k];
    (void)last;
    host_profile_data_destroy(&profile);
    return 0;
}

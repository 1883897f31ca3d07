// SPDX-License-Identifier: MIT
// Keeps the chatter of sound libraries off stderr.
#include "host/device/quiet.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int host_quiet_begin(void)
{
    fflush(stderr);
    const int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (saved < 0) return -1;
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0 || dup2(nowhere, STDERR_FILENO) < 0) {
        if (nowhere >= 0) close(nowhere);
        close(saved);
        return -1;
    }
    close(nowhere);
    return saved;
}

void host_quiet_end(int saved_fd)
{
    if (saved_fd < 0) return;
    fflush(stderr);
    dup2(saved_fd, STDERR_FILENO);
    close(saved_fd);
}

// SPDX-License-Identifier: MIT
// Monotonic time and sleeping to it.
#include "base/sleep.h"

#include <errno.h>
#include <time.h>

uint64_t base_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * BASE_NS_PER_S + (uint64_t)now.tv_nsec;
}

void base_sleep_until(uint64_t time_ns)
{
    const struct timespec until = {(time_t)(time_ns / BASE_NS_PER_S), (long)(time_ns % BASE_NS_PER_S)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) continue;
}

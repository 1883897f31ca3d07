// SPDX-License-Identifier: MIT
// Monotonic time and sleeping to it, for threads that are not the audio thread.
#ifndef BASE_SLEEP_H
#define BASE_SLEEP_H

#include <stdint.h>

#define BASE_NS_PER_S 1000000000ull

/* CLOCK_MONOTONIC in ns. Thread: [setup], [control], workers */
uint64_t base_now_ns(void);
/* Sleeps until base_now_ns() is time_ns; signals do not end it. Not for the audio thread. */
void base_sleep_until(uint64_t time_ns);

#endif

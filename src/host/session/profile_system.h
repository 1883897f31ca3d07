// SPDX-License-Identifier: MIT
#ifndef HOST_PROFILE_SYSTEM_H
#define HOST_PROFILE_SYSTEM_H

#include "host/session/profile.h"

#include <pthread.h>

/* What the system counts of another thread of this process, where it tells (Linux). Thread of all: [control] */
typedef struct {
    pthread_t thread;
    bool is_followed;
    long id; /* the kernel's; 0: not known */
} profile_thread;

/* From here on `thread`, which must be running; whether that is another one than before. */
bool profile_thread_follow(profile_thread *self, pthread_t thread);
/* Fills all but time_ns. False: the system does not tell, or the thread has ended. Cost: two files of /proc */
bool profile_thread_read(const profile_thread *self, host_profile_system *system);

#endif

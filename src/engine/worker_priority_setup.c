// SPDX-License-Identifier: MIT
// The scheduling priority that a worker takes: below the audio thread.
#include "engine/instance_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif

#define LONG_SLICE_NS 50000000u

/* Workers of this and other engines: not what to stay under. */
static bool is_ours(const char *task)
{
    char path[64], name[32] = "";
    snprintf(path, sizeof path, "/proc/self/task/%.20s/comm", task);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true; /* it has just ended */
    const ssize_t got = read(file, name, sizeof name - 1u);
    close(file);
    return got <= 0 || strncmp(name, ENGINE_WORKER_THREAD_NAME, strlen(ENGINE_WORKER_THREAD_NAME)) == 0;
}

/* 0: none, or not known. */
static int priority_of(const char *task)
{
    struct sched_param param;
    const pid_t id = (pid_t)strtol(task, NULL, 10);
    const int policy = sched_getscheduler(id) & ~SCHED_RESET_ON_FORK;
    if ((policy != SCHED_FIFO && policy != SCHED_RR) || sched_getparam(id, &param) != 0) return 0;
    return param.sched_priority;
}

int engine_worker_find_priority(void)
{
    int lowest = 0;
    DIR *folder = opendir("/proc/self/task"); /* Linux; elsewhere workers stay at normal priority */
    if (!folder) return 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        const int priority = priority_of(entry->d_name);
        if (priority > 0 && (lowest == 0 || priority < lowest) && !is_ours(entry->d_name)) lowest = priority;
    }
    closedir(folder);
    const int least = sched_get_priority_min(SCHED_FIFO);
    return lowest == 0 ? 0 : lowest > least ? lowest - 1 : least;
}

/* Of linux/sched/types.h, which defines what sched.h defines, too. */
typedef struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns;
} scheduling_attributes;

void engine_worker_ask_long_slice(void)
{
#ifdef SYS_sched_setattr
    scheduling_attributes attributes = {.size = sizeof attributes, .policy = SCHED_OTHER, .runtime_ns = LONG_SLICE_NS};
    attributes.nice = getpriority(PRIO_PROCESS, 0);
    (void)syscall(SYS_sched_setattr, 0, &attributes, 0u); /* older kernels leave it as it is */
#endif
}

bool engine_worker_use_priority(pthread_t thread, int priority)
{
    const struct sched_param param = {.sched_priority = priority};
    return pthread_setschedparam(thread, priority > 0 ? SCHED_FIFO : SCHED_OTHER, &param) == 0;
}

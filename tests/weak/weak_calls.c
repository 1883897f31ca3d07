// SPDX-License-Identifier: MIT
// Threads and sleep of the code under test, by -Wl,--wrap: a thread that it creates is one of the case's.
#include "weak/weak_internal.h"

#include <pthread.h>
#include <time.h>

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *), void *context);
int __wrap_pthread_join(pthread_t id, void **result);
int __wrap_pthread_setname_np(pthread_t id, const char *name);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left);

static struct {
    void *(*start)(void *);
    void *context;
    int parent, thread; /* -1: none yet, or not known */
    bool is_over;
} created;

void weak_calls_begin(void) { created.start = NULL, created.thread = -1, created.is_over = false; }

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *), void *context)
{
    (void)attributes;
    *id = 0;
    created.start = start;
    created.context = context;
    created.parent = weak_thread;
    weak_wake();
    return 0;
}

void weak_created(void)
{
    created.thread = weak_thread;
    while (!created.start) weak_wait();
    if (created.parent >= 0) weak_model_follow((unsigned)weak_thread, (unsigned)created.parent);
    (void)created.start(created.context);
    created.is_over = true;
    weak_wake();
}

int __wrap_pthread_join(pthread_t id, void **result)
{
    (void)id;
    (void)result;
    if (weak_thread < 0 || created.thread < 0) return 0;
    while (!created.is_over) weak_wait();
    weak_model_follow((unsigned)weak_thread, (unsigned)created.thread);
    return 0;
}

int __wrap_pthread_setname_np(pthread_t id, const char *name)
{
    (void)id;
    (void)name;
    return 0;
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)wanted;
    (void)left;
    weak_wait();
    return 0;
}

int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left)
{
    (void)clock;
    (void)flags;
    return __wrap_nanosleep(wanted, left);
}

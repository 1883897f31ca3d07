// SPDX-License-Identifier: MIT
// Threads, semaphores and sleep of the code under test, by -Wl,--wrap: a thread that it creates is one of the case's.
#include "weak/weak_internal.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *), void *context);
int __wrap_pthread_join(pthread_t id, void **result);
int __wrap_pthread_setname_np(pthread_t id, const char *name);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left);
int __wrap_sem_init(sem_t *semaphore, int is_shared, unsigned value);
int __wrap_sem_destroy(sem_t *semaphore);
int __wrap_sem_post(sem_t *semaphore);
int __wrap_sem_wait(sem_t *semaphore);
int __wrap_sched_getaffinity(pid_t pid, size_t bytes, cpu_set_t *set);

/* ---- threads, in the order in which they are created ---- */

typedef struct {
    void *(*start)(void *);
    void *context;
    int parent, thread; /* -1: none yet, or not known */
    bool is_over;
} created_thread;

static created_thread created[WEAK_MAX_THREADS];
static unsigned created_count, taken_count;

void weak_calls_begin(void)
{
    created_count = taken_count = 0u;
    for (unsigned i = 0; i < WEAK_MAX_THREADS; i++) created[i] = (created_thread){.thread = -1};
}

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *), void *context)
{
    (void)attributes;
    if (created_count == WEAK_MAX_THREADS) weak_fail("more threads are created than can be followed");
    created_thread *one = &created[created_count];
    *id = created_count++;
    one->start = start;
    one->context = context;
    one->parent = weak_thread;
    weak_wake();
    return 0;
}

void weak_created(void)
{
    created_thread *one = &created[taken_count++];
    one->thread = weak_thread;
    while (!one->start) weak_wait();
    if (one->parent >= 0) weak_model_follow((unsigned)weak_thread, (unsigned)one->parent);
    (void)one->start(one->context);
    one->is_over = true;
    weak_wake();
}

int __wrap_pthread_join(pthread_t id, void **result)
{
    created_thread *one = &created[id];
    (void)result;
    if (weak_thread < 0 || one->thread < 0) return 0;
    while (!one->is_over) weak_wait();
    weak_model_follow((unsigned)weak_thread, (unsigned)one->thread);
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

/* ---- semaphores: a count. POSIX has a post happen before the wait that it lets go on, and orders no more ---- */

static uint64_t add(uint64_t before, uint64_t operand) { return before + operand; }

static weak_access of_count(weak_kind kind, const sem_t *semaphore, int order, const void *site)
{
    return (weak_access){kind, (uintptr_t)semaphore, sizeof(uint32_t), order, site};
}

int __wrap_sem_init(sem_t *semaphore, int is_shared, unsigned value)
{
    const weak_access access = of_count(WEAK_STORE, semaphore, memory_order_relaxed, NULL);
    (void)is_shared;
    if (weak_thread >= 0)
        weak_store(&access, value);
    else
        *(uint32_t *)(void *)semaphore = value;
    return 0;
}

int __wrap_sem_destroy(sem_t *semaphore)
{
    (void)semaphore;
    return 0;
}

int __wrap_sem_post(sem_t *semaphore)
{
    const weak_access access = of_count(WEAK_UPDATE, semaphore, memory_order_release, __builtin_return_address(0));
    if (weak_thread < 0) weak_fail("a semaphore is posted outside of the threads");
    (void)weak_update(&access, add, 1u);
    return 0;
}

int __wrap_sem_wait(sem_t *semaphore)
{
    const weak_access take = of_count(WEAK_UPDATE, semaphore, memory_order_acquire, __builtin_return_address(0));
    for (;;) {
        uint64_t count = *(const uint32_t *)(const void *)semaphore; /* who waits in the kernel sees the newest */
        if (count == 0u)
            weak_wait_for((uintptr_t)semaphore);
        else if (weak_compare(&take, &count, count - 1u))
            return 0;
    }
}

/* As many processors as a case has threads. */
int __wrap_sched_getaffinity(pid_t pid, size_t bytes, cpu_set_t *set)
{
    (void)pid;
    (void)bytes;
    CPU_ZERO(set);
    for (int i = 0; i < (int)WEAK_MAX_THREADS; i++) CPU_SET(i, set);
    return 0;
}

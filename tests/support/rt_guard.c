// SPDX-License-Identifier: MIT
// It stands in for functions of libc that FORTIFY's headers define inline.
#undef _FORTIFY_SOURCE
#include "support/rt_guard.h"

#include "support/heap_calls.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static _Thread_local int guarded;
static int only_count;
static unsigned offences;
static const char *last = "";

void rt_guard_enter(void) { guarded = 1; }
void rt_guard_leave(void) { guarded = 0; }
void rt_guard_only_count(void) { only_count = 1; }
unsigned rt_guard_count(void) { return offences; }
const char *rt_guard_last(void) { return last; }

static ssize_t (*real_write)(int, const void *, size_t);

static void offence(const char *name)
{
    if (!guarded) return;
    guarded = 0; /* what follows is ours */
    offences++;
    last = name;
    if (!only_count) {
        static const char text[] = "rt_guard: on the audio thread: ";
        (void)!real_write(2, text, sizeof text - 1u);
        (void)!real_write(2, name, strlen(name));
        (void)!real_write(2, "\n", 1);
        abort();
    }
    guarded = 1;
}

static void *find(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

__attribute__((constructor)) static void begin(void)
{
    *(void **)&real_write = find("write");
    heap_call_hook = offence;
}

/* A function that is passed on to the next library's of the same name. */
#define PASS_ON(type, name, parameters, arguments)                                                                     \
    EXPORT type name parameters                                                                                        \
    {                                                                                                                  \
        static type(*real) parameters;                                                                                 \
        offence(#name);                                                                                                \
        if (!real) *(void **)&real = find(#name);                                                                      \
        return real arguments;                                                                                         \
    }

PASS_ON(int, pthread_mutex_lock, (pthread_mutex_t * m), (m))
PASS_ON(int, pthread_mutex_trylock, (pthread_mutex_t * m), (m))
PASS_ON(int, pthread_mutex_unlock, (pthread_mutex_t * m), (m))
PASS_ON(int, pthread_spin_lock, (pthread_spinlock_t * l), (l))
PASS_ON(int, pthread_rwlock_rdlock, (pthread_rwlock_t * l), (l))
PASS_ON(int, pthread_rwlock_wrlock, (pthread_rwlock_t * l), (l))
PASS_ON(int, pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t *m), (c, m))
PASS_ON(int, pthread_cond_signal, (pthread_cond_t * c), (c))
PASS_ON(int, pthread_cond_broadcast, (pthread_cond_t * c), (c))
PASS_ON(int, pthread_once, (pthread_once_t * o, void (*f)(void)), (o, f))
PASS_ON(int, pthread_create, (pthread_t * t, const pthread_attr_t *a, void *(*f)(void *), void *x), (t, a, f, x))
PASS_ON(int, pthread_join, (pthread_t t, void **r), (t, r))
PASS_ON(int, sem_wait, (sem_t * s), (s))
PASS_ON(int, sem_post, (sem_t * s), (s))
PASS_ON(ssize_t, read, (int f, void *b, size_t n), (f, b, n))
PASS_ON(ssize_t, write, (int f, const void *b, size_t n), (f, b, n))
PASS_ON(int, close, (int f), (f))
PASS_ON(int, poll, (struct pollfd * p, nfds_t n, int t), (p, n, t))
PASS_ON(int, nanosleep, (const struct timespec *t, struct timespec *r), (t, r))
PASS_ON(int, clock_nanosleep, (clockid_t c, int f, const struct timespec *t, struct timespec *r), (c, f, t, r))
PASS_ON(int, usleep, (useconds_t t), (t))
PASS_ON(int, sched_yield, (void), ())
PASS_ON(void *, mmap, (void *a, size_t n, int p, int f, int d, off_t o), (a, n, p, f, d, o))
PASS_ON(int, munmap, (void *a, size_t n), (a, n))

EXPORT int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list rest;
    offence("open");
    if (!real) *(void **)&real = find("open");
    va_start(rest, flags);
    const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return real(path, flags, mode);
}

EXPORT long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long a[6];
    va_list rest;
    offence("syscall");
    if (!real) *(void **)&real = find("syscall");
    va_start(rest, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
    va_end(rest);
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

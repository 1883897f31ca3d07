// SPDX-License-Identifier: MIT
// Page faults, context switches and processor time of the audio thread, read from /proc by another thread.
#include "host/session/profile_system.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull

/*
 * The kernel's id of a thread, without that thread asking for it, which would be a system call of the audio thread's: the
 * clock of its processor time has the id in it, inverted, above three bits (Linux, CPUCLOCK_PID of posix-timers).
 */
static long id_of(pthread_t thread)
{
#if defined(__linux__)
    clockid_t clock;
    if (pthread_getcpuclockid(thread, &clock) != 0) return 0;
    return ~((long)clock >> 3);
#else
    (void)thread;
    return 0;
#endif
}

bool profile_thread_follow(profile_thread *self, pthread_t thread)
{
    if (self->is_followed && pthread_equal(self->thread, thread)) return false;
    self->thread = thread;
    self->is_followed = true;
    self->id = id_of(thread);
    return true;
}

static bool read_text(long id, const char *name, char *text, size_t text_bytes)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/%s", id, name);
    FILE *file = fopen(path, "re");
    if (!file) return false;
    const size_t got = fread(text, 1, text_bytes - 1u, file);
    fclose(file);
    text[got] = '\0';
    return got > 0u;
}

/* Fields of proc(5) "stat" count from behind the name, which may hold anything up to its last parenthesis. */
static bool read_stat(long id, host_profile_system *system)
{
    char text[1024];
    unsigned long long minor, major, user_ticks, system_ticks;
    if (!read_text(id, "stat", text, sizeof text)) return false;
    const char *fields = strrchr(text, ')');
    if (!fields || sscanf(fields, ") %*c %*d %*d %*d %*d %*d %*u %llu %*u %llu %*u %llu %llu", &minor, &major,
                          &user_ticks, &system_ticks) != 4)
        return false;
    system->minor_fault_count = minor;
    system->major_fault_count = major;
    system->cpu_ns = (user_ticks + system_ticks) * (NS_PER_S / (unsigned long long)sysconf(_SC_CLK_TCK));
    return true;
}

static bool read_count(const char *text, const char *name, uint64_t *count)
{
    unsigned long long value;
    const char *line = strstr(text, name);
    if (!line || sscanf(line + strlen(name), "%llu", &value) != 1) return false;
    *count = value;
    return true;
}

bool profile_thread_read(const profile_thread *self, host_profile_system *system)
{
    char text[4096];
    if (self->id <= 0 || !read_stat(self->id, system) || !read_text(self->id, "status", text, sizeof text))
        return false;
    return read_count(text, "\nvoluntary_ctxt_switches:", &system->voluntary_switch_count) &&
           read_count(text, "\nnonvoluntary_ctxt_switches:", &system->involuntary_switch_count);
}

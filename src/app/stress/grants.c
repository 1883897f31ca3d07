// SPDX-License-Identifier: MIT
// Real-time priority, locked memory, frequency governor and timer slack: what this process gets.
#include "app/stress/grants.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

#define PRIORITY 10
#define LOCKED_BYTES ((size_t)64 << 20) /* a codec with its weights, about */
#define MAX_CPUS 1024

static void *do_nothing(void *context) { return context; }

/* A thread at a real-time priority, as the audio thread asks for one. */
static bool gets_priority(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    const struct sched_param priority = {.sched_priority = PRIORITY};
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes, &priority);
    const bool is_granted = pthread_create(&thread, &attributes, do_nothing, NULL) == 0;
    pthread_attr_destroy(&attributes);
    if (is_granted) pthread_join(thread, NULL);
    return is_granted;
}

/* wanted: what was tried, in the limit's own unit. */
static void describe_limit(int resource, double wanted, bool is_granted, char text[160])
{
    const bool is_memory = resource == RLIMIT_MEMLOCK;
    const char *unit = is_memory ? " MB" : "";
    const double scale = is_memory ? 1048576.0 : 1.0;
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        snprintf(text, 160, "no limit is told");
    else if (limit.rlim_cur == RLIM_INFINITY)
        snprintf(text, 160, "without limit");
    else
        snprintf(text, 160, "limit %.0f%s%s", (double)limit.rlim_cur / scale, unit,
                 is_granted && (double)limit.rlim_cur < wanted ? ", which this user's privileges are over" : "");
}

static void find_priority(stress_grant *grant)
{
    grant->name = "real-time priority";
    grant->state = gets_priority() ? STRESS_GRANTED : STRESS_REFUSED;
    describe_limit(RLIMIT_RTPRIO, PRIORITY, grant->state == STRESS_GRANTED, grant->found);
    grant->remedy =
        "as root: put '@audio - rtprio 95' into /etc/security/limits.d/audio.conf and yourself into the group "
        "audio (usermod -aG audio NAME), and log in anew; in a container: --cap-add SYS_NICE";
}

static void find_memory_lock(stress_grant *grant)
{
    void *block = mmap(NULL, LOCKED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    grant->name = "memory lock";
    grant->state = block != MAP_FAILED && mlock(block, LOCKED_BYTES) == 0 ? STRESS_GRANTED : STRESS_REFUSED;
    if (block != MAP_FAILED) munmap(block, LOCKED_BYTES);
    describe_limit(RLIMIT_MEMLOCK, (double)LOCKED_BYTES, grant->state == STRESS_GRANTED, grant->found);
    grant->remedy =
        "as root: put '@audio - memlock unlimited' into the same file (residuum itself locks no memory; a JACK "
        "server does)";
}

static bool read_word(const char *path, char word[64])
{
    FILE *file = fopen(path, "re");
    if (!file) return false;
    const bool is_read = fscanf(file, "%63s", word) == 1;
    fclose(file);
    return is_read;
}

static void find_governor(stress_grant *grant)
{
    int there = 0, fast = 0;
    char other[64] = "";
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    for (long i = 0; i < cpus && i < MAX_CPUS; i++) {
        char path[96], word[64];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%ld/cpufreq/scaling_governor", i);
        if (!read_word(path, word)) continue;
        there++;
        if (strcmp(word, "performance") == 0)
            fast++;
        else
            memcpy(other, word, sizeof other);
    }
    grant->name = "frequency governor";
    grant->state = there == 0 ? STRESS_UNKNOWN : fast == there ? STRESS_GRANTED : STRESS_REFUSED;
    if (there == 0)
        snprintf(grant->found, sizeof grant->found, "not told (a virtual machine, or no scaling)");
    else
        snprintf(grant->found, sizeof grant->found, "performance on %d of %ld processors%s%s", fast, cpus,
                 fast < there ? ", else " : "", other);
    grant->remedy = "as root: cpupower frequency-set -g performance (Debian: linux-cpupower)";
}

static void find_slack(stress_grant *grant, bool has_priority)
{
    grant->name = "timer slack";
    grant->remedy = NULL;
#if defined(__linux__)
    const int slack_ns = prctl(PR_GET_TIMERSLACK);
    grant->state = slack_ns < 0 ? STRESS_UNKNOWN : has_priority || slack_ns <= 1000 ? STRESS_GRANTED : STRESS_REFUSED;
    snprintf(grant->found, sizeof grant->found, "%.0f us for threads of normal priority%s", 1e-3 * slack_ns,
             has_priority ? "; real-time threads have none" : "");
    grant->remedy =
        "grant real-time priority, whose threads have none; or start from a service with TimerSlackNSec=1us";
#else
    (void)has_priority;
    grant->state = STRESS_UNKNOWN;
    snprintf(grant->found, sizeof grant->found, "not told by this system");
#endif
}

void stress_find_grants(stress_grant grants[STRESS_GRANT_COUNT])
{
    find_priority(&grants[0]);
    find_memory_lock(&grants[1]);
    find_governor(&grants[2]);
    find_slack(&grants[3], grants[0].state == STRESS_GRANTED);
    for (unsigned i = 0; i < STRESS_GRANT_COUNT; i++)
        if (grants[i].state != STRESS_REFUSED) grants[i].remedy = NULL;
}

// SPDX-License-Identifier: MIT
// Page faults and context switches of the audio thread, each at its time, out of the kernel's own ring.
#include "host/session/profile_trace.h"

#if defined(__linux__)

#include <linux/perf_event.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RING_PAGES 16u /* of records: a power of two; some 2000 of them, between two polls */
#define MAX_PENDING 4096u

typedef enum { MOMENT_FAULT, MOMENT_LEFT, MOMENT_TAKEN } moment_kind;
typedef struct {
    uint64_t time_ns;
    moment_kind kind;
} moment;

struct profile_trace {
    int fd;
    struct perf_event_mmap_page *page;
    size_t page_bytes, ring_bytes;
    uint64_t lost_until_ns; /* of what is before, something may be missing */
    uint32_t pending_count;
    moment pending[MAX_PENDING]; /* in order of time */
};

/* A page fault of the thread's own code is a sample, and leaving the processor a record of its kind. */
static int open_events(long thread_id)
{
    struct perf_event_attr wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.size = sizeof wanted;
    wanted.type = PERF_TYPE_SOFTWARE;
    wanted.config = PERF_COUNT_SW_PAGE_FAULTS;
    wanted.sample_period = 1u;
    wanted.sample_type = PERF_SAMPLE_TIME;
    wanted.sample_id_all = 1u;
    wanted.context_switch = 1u;
    wanted.exclude_kernel = 1u;
    wanted.exclude_hv = 1u;
    wanted.use_clockid = 1u;
    wanted.clockid = CLOCK_MONOTONIC; /* as of callbacks */
    return (int)syscall(SYS_perf_event_open, &wanted, (pid_t)thread_id, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

profile_trace *profile_trace_open(long thread_id)
{
    profile_trace *self = thread_id > 0 ? calloc(1, sizeof *self) : NULL;
    if (!self) return NULL;
    self->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    self->ring_bytes = RING_PAGES * self->page_bytes;
    self->fd = open_events(thread_id);
    void *ring = MAP_FAILED;
    if (self->fd >= 0)
        ring = mmap(NULL, self->page_bytes + self->ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
    if (ring == MAP_FAILED) {
        if (self->fd >= 0) close(self->fd);
        free(self);
        return NULL;
    }
    self->page = ring;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    self->lost_until_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec; /* nothing is known of before */
    return self;
}

void profile_trace_close(profile_trace *trace)
{
    if (!trace) return;
    munmap(trace->page, trace->page_bytes + trace->ring_bytes);
    close(trace->fd);
    free(trace);
}

/* ---- the kernel's ring ---- */

static void copy_out(const profile_trace *self, uint64_t at, void *to, size_t bytes)
{
    const unsigned char *ring = (const unsigned char *)self->page + self->page_bytes;
    for (size_t i = 0; i < bytes; i++) ((unsigned char *)to)[i] = ring[(at + i) % self->ring_bytes];
}

static void add(profile_trace *self, uint64_t time_ns, moment_kind kind)
{
    if (self->pending_count == MAX_PENDING) {
        self->lost_until_ns = time_ns;
        return;
    }
    self->pending[self->pending_count++] = (moment){time_ns, kind};
}

/* Each kind of record here ends with its time, as sample_id_all asks for it, and a sample has nothing else. */
static void take_record(profile_trace *self, uint64_t at, const struct perf_event_header *head)
{
    uint64_t time_ns = 0u;
    if (head->size < sizeof *head + sizeof time_ns) return;
    copy_out(self, at + head->size - sizeof time_ns, &time_ns, sizeof time_ns);
    if (head->type == PERF_RECORD_SAMPLE)
        add(self, time_ns, MOMENT_FAULT);
    else if (head->type == PERF_RECORD_LOST)
        self->lost_until_ns = time_ns;
    else if (head->type == PERF_RECORD_SWITCH && (head->misc & PERF_RECORD_MISC_SWITCH_OUT))
        add(self, time_ns, head->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT ? MOMENT_TAKEN : MOMENT_LEFT);
}

static void take_records(profile_trace *self)
{
    struct perf_event_header head;
    /* The kernel stores data_head behind its records, and reads data_tail before it writes over ours. */
    const uint64_t end = __atomic_load_n(&self->page->data_head, __ATOMIC_ACQUIRE);
    uint64_t at = self->page->data_tail;
    while (end - at >= sizeof head) {
        copy_out(self, at, &head, sizeof head);
        if (head.size < sizeof head || head.size > end - at) break; /* never: it would not end */
        take_record(self, at, &head);
        at += head.size;
    }
    __atomic_store_n(&self->page->data_tail, end, __ATOMIC_RELEASE);
}

/* ---- callbacks ---- */

static void count_up(uint8_t *count)
{
    if (*count < UINT8_MAX) ++*count;
}

static void count_moment(host_profile_callback *callback, moment_kind kind)
{
    if (kind == MOMENT_FAULT) count_up(&callback->fault_count);
    if (kind == MOMENT_LEFT) count_up(&callback->sleep_count);
    if (kind == MOMENT_TAKEN) count_up(&callback->preemption_count);
}

void profile_trace_count(profile_trace *trace, host_profile_callback *callbacks, uint32_t count)
{
    uint32_t next = 0u;
    take_records(trace);
    for (uint32_t i = 0; i < count; i++) {
        host_profile_callback *c = &callbacks[i];
        const uint64_t end_ns = c->entry_ns + c->duration_ns;
        while (next < trace->pending_count && trace->pending[next].time_ns < c->entry_ns) next++;
        for (; next < trace->pending_count && trace->pending[next].time_ns <= end_ns; next++)
            count_moment(c, trace->pending[next].kind);
        if (c->entry_ns > trace->lost_until_ns) c->flags |= HOST_PROFILE_TRACED;
    }
    memmove(trace->pending, trace->pending + next, (trace->pending_count - next) * sizeof *trace->pending);
    trace->pending_count -= next;
}

#else

#include <stddef.h>

profile_trace *profile_trace_open(long thread_id)
{
    (void)thread_id;
    return NULL;
}
void profile_trace_close(profile_trace *trace) { (void)trace; }
void profile_trace_count(profile_trace *trace, host_profile_callback *callbacks, uint32_t count)
{
    (void)trace;
    (void)callbacks;
    (void)count;
}

#endif

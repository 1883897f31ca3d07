// SPDX-License-Identifier: MIT
// Records of every callback: the ring, and what the control thread keeps of them.
#include "host/session/profile.h"

#include "base/realtime.h"
#include "base/ring_create.h"
#include "host/session/clock.h"
#include "host/session/profile_system.h"
#include "host/session/profile_trace.h"

#include <residuum/rsd_ring.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define RING_RECORDS 8192u /* 10 s of blocks of 64 at 48 kHz */
#define RING_STAGES 2048u
#define SYSTEM_PERIOD_NS 50000000u
#define NEAR_NS 100000000u
#define SECOND_NS 1000000000ull
#define SLOT_COUNT 10u /* of a tenth of a second: the last second moves by these */
#define LATE_ENTRY_SHARE 0.25
#define BIN_SHARE 0.05

/* The worst callback of a tenth of a second. */
typedef struct {
    uint64_t tenth; /* entry_ns / NEAR_NS */
    double share;
    host_profile_callback record;
    unsigned causes;
} slot;

/* Entries less the time of their samples: the earliest of this run of HOST_PROFILE_PACE_COUNT, and of the run before. */
typedef struct {
    double ns_per_sample;
    uint32_t count;
    int64_t earliest_ns, before_ns, last_ns;
} pace;

struct host_profile {
    uint32_t sample_rate_hz;
    rsd_ring *records, *stage_records; /* audio -> control */
    _Atomic uint64_t lost_count;       /* audio -> control */
    _Atomic pthread_t thread;          /* the audio thread's, which it stores itself; read by control */
    _Atomic bool has_thread;
    codec_stages stages; /* now is NULL where nobody asked */
    /* the audio thread's own */
    uint32_t lost_before, draw;
    bool has_drawn; /* the stages of this callback are measured */
    pace pace;
    uint64_t seen_stage[HOST_PROFILE_STAGES], seen_level[RSD_MAX_LEVELS];
    /* control's own from here on */
    host_profile_sink sink;
    profile_thread system_thread;
    profile_trace *trace; /* NULL: nobody gets the records, or the system does not tell */
    bool wants_trace;
    host_profile_system system;
    uint64_t next_system_ns, fault_ns, preemption_ns, event_ns; /* when such a thing was last seen */
    slot slots[SLOT_COUNT];
    host_profile_histogram histogram;
};

rsd_status host_profile_create(uint32_t sample_rate_hz, host_profile **profile)
{
    host_profile *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    self->sample_rate_hz = sample_rate_hz;
    self->pace.ns_per_sample = (double)SECOND_NS / sample_rate_hz;
    self->records = base_ring_create(RING_RECORDS, sizeof(host_profile_callback));
    if (!self->records) {
        host_profile_destroy(self);
        return RSD_ERR_MEMORY;
    }
    *profile = self;
    return RSD_OK;
}

void host_profile_destroy(host_profile *profile)
{
    if (!profile) return;
    profile_trace_close(profile->trace);
    free(profile->records);
    free(profile->stage_records);
    free(profile);
}

codec_stages *host_profile_stages_of(host_profile *profile)
{
    if (!profile->stage_records) profile->stage_records = base_ring_create(RING_STAGES, sizeof(host_profile_stages));
    if (!profile->stage_records) return NULL;
    profile->stages.now = host_clock_now_ns;
    return &profile->stages;
}

/* ---- the audio thread ---- */

static uint32_t since(_Atomic uint64_t *sum, uint64_t *seen)
{
    /* Added to by whoever codes; a figure of its own: relaxed. */
    const uint64_t now = atomic_load_explicit(sum, memory_order_relaxed), passed = now - *seen;
    *seen = now;
    return passed > UINT32_MAX ? UINT32_MAX : (uint32_t)passed;
}

static void push_stages(host_profile *self, uint64_t sample_time)
{
    host_profile_stages record = {.sample_time = sample_time};
    for (uint32_t s = 0; s < HOST_PROFILE_STAGES; s++)
        record.stage_ns[s] = since(&self->stages.sum[s], &self->seen_stage[s]);
    if (record.stage_ns[CODEC_STAGE_SEARCH] > 0u) /* else no level has been searched */
        for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) {
            record.level_ns[k] = since(&self->stages.level[k], &self->seen_level[k]);
            if (record.level_ns[k] > 0u) record.level_count = k + 1u;
        }
    if (rsd_ring_write(self->stage_records, &record, 1u) == 0u) self->lost_before++;
}

static RSD_REALTIME pthread_t own_thread(void)
{
    REALTIME_TRUST_BEGIN; /* it reads a register */
    const pthread_t own = pthread_self();
    REALTIME_TRUST_END;
    return own;
}

static void draw_stages(host_profile *profile)
{
    if (!profile->stages.now) return;
    /* By chance, as frames and callbacks have a common beat. */
    profile->draw = profile->draw * 1664525u + 1013904223u;
    profile->has_drawn = profile->draw >> 16 < 65536u / HOST_PROFILE_STAGES_EVERY;
    /* Read by whoever codes; a figure alone: relaxed. */
    atomic_store_explicit(&profile->stages.is_on, profile->has_drawn, memory_order_relaxed);
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

int32_t host_profile_begin(host_profile *profile, uint64_t sample_time, uint64_t entry_ns, bool has_lost_time)
{
    pace *p = &profile->pace;
    const int64_t offset_ns = (int64_t)entry_ns - (int64_t)((double)sample_time * p->ns_per_sample);
    draw_stages(profile);
    /* A device that stood still has no pace to go by. */
    if (p->count == 0u || offset_ns - p->last_ns > (int64_t)SECOND_NS)
        *p = (pace){p->ns_per_sample, 0u, offset_ns, offset_ns, offset_ns};
    if (p->count % HOST_PROFILE_PACE_COUNT == 0u) {
        p->before_ns = p->earliest_ns;
        p->earliest_ns = offset_ns;
    }
    p->count++;
    p->last_ns = offset_ns;
    p->earliest_ns = smaller(p->earliest_ns, offset_ns);
    const int64_t late_ns = offset_ns - smaller(p->before_ns, p->earliest_ns);
    if (has_lost_time) p->before_ns = p->earliest_ns = offset_ns;
    return late_ns > INT32_MAX ? INT32_MAX : (int32_t)late_ns;
}

void host_profile_push(host_profile *profile, host_profile_callback *record)
{
    /* Both read by control in host_profile_poll: the thread first, then that there is one. */
    atomic_store_explicit(&profile->thread, own_thread(), memory_order_relaxed);
    atomic_store_explicit(&profile->has_thread, true, memory_order_release);
    record->record_lost_count = profile->lost_before;
    if (rsd_ring_write(profile->records, record, 1u) == 1u) {
        profile->lost_before = 0u;
    } else {
        profile->lost_before++;
        /* Read by host_profile_lost_count; a count alone: relaxed. */
        atomic_fetch_add_explicit(&profile->lost_count, 1u, memory_order_relaxed);
    }
    if (profile->has_drawn) push_stages(profile, record->sample_time);
}

/* ---- the control thread ---- */

static const char *const cause_names[HOST_PROFILE_CAUSE_COUNT] = {
    "swap", "late frame", "page fault", "preempted", "began late", "codec, preset or recording"};

const char *host_profile_cause_name(unsigned index) { return cause_names[index]; }

static double deadline_ns(const host_profile *self, const host_profile_callback *record)
{
    return 1e9 * record->sample_count / self->sample_rate_hz;
}

static bool is_near(uint64_t a, uint64_t b) { return a > 0u && (a > b ? a - b : b - a) < NEAR_NS; }

static unsigned find_causes(const host_profile *self, const host_profile_callback *record)
{
    unsigned causes = 0u;
    if (record->flags & HOST_PROFILE_SWAPPING) causes |= HOST_PROFILE_BY_SWAP;
    if (record->late_frame_count > 0u) causes |= HOST_PROFILE_BY_LATE_FRAME;
    if (record->late_ns > LATE_ENTRY_SHARE * deadline_ns(self, record)) causes |= HOST_PROFILE_BY_LATE_ENTRY;
    if (is_near(self->event_ns, record->entry_ns)) causes |= HOST_PROFILE_BY_EVENT;
    if (record->fault_count > 0u) causes |= HOST_PROFILE_BY_FAULT; /* 0 where it is not traced */
    if (record->preemption_count > 0u) causes |= HOST_PROFILE_BY_PREEMPTION;
    return causes;
}

/* Faults and preemptions are known some time after: they are added to callbacks that are kept already. */
static void add_system_causes(host_profile *self)
{
    for (uint32_t i = 0; i < SLOT_COUNT; i++) {
        slot *kept = &self->slots[i];
        if (kept->record.flags & HOST_PROFILE_TRACED) continue; /* it is known better */
        if (is_near(self->fault_ns, kept->record.entry_ns)) kept->causes |= HOST_PROFILE_BY_FAULT;
        if (is_near(self->preemption_ns, kept->record.entry_ns)) kept->causes |= HOST_PROFILE_BY_PREEMPTION;
    }
}

static void keep(host_profile *self, const host_profile_callback *record)
{
    const double share = record->duration_ns / deadline_ns(self, record);
    const uint64_t tenth = record->entry_ns / NEAR_NS;
    slot *place = &self->slots[tenth % SLOT_COUNT];
    if (record->sample_count == 0u || (record->flags & HOST_PROFILE_RENDER)) return;
    const uint32_t bin =
        share < BIN_SHARE * HOST_PROFILE_BIN_COUNT ? (uint32_t)(share / BIN_SHARE) : HOST_PROFILE_BIN_COUNT - 1u;
    self->histogram.count[bin < HOST_PROFILE_BIN_COUNT ? bin : HOST_PROFILE_BIN_COUNT - 1u]++;
    self->histogram.callback_count++;
    if (place->tenth == tenth && place->share >= share) return;
    *place = (slot){tenth, share, *record, find_causes(self, record)};
}

static void take_records(host_profile *self)
{
    rsd_ring_region region;
    const uint32_t count = rsd_ring_read_region(self->records, RING_RECORDS, &region);
    host_profile_callback *first = region.first, *second = region.second;
    if (self->trace) profile_trace_count(self->trace, first, region.first_count);
    if (self->trace && region.second_count > 0u) profile_trace_count(self->trace, second, region.second_count);
    for (uint32_t i = 0; i < region.first_count; i++) keep(self, &first[i]);
    for (uint32_t i = 0; i < region.second_count; i++) keep(self, &second[i]);
    if (self->sink.callbacks && region.first_count > 0u)
        self->sink.callbacks(self->sink.context, first, region.first_count);
    if (self->sink.callbacks && region.second_count > 0u)
        self->sink.callbacks(self->sink.context, second, region.second_count);
    rsd_ring_read_commit(self->records, count);
}

static void take_stages(host_profile *self)
{
    host_profile_stages record;
    for (uint32_t left = RING_STAGES; left > 0u && rsd_ring_read(self->stage_records, &record, 1u) == 1u; left--)
        if (self->sink.stages) self->sink.stages(self->sink.context, &record);
}

/* Another thread has another trace; who gets no records needs none. */
static void follow_trace(host_profile *self, bool is_new)
{
    const bool is_wanted = self->sink.callbacks != NULL;
    if (!is_new && is_wanted == self->wants_trace) return;
    self->wants_trace = is_wanted;
    profile_trace_close(self->trace);
    self->trace = is_wanted ? profile_trace_open(self->system_thread.id) : NULL;
}

static void ask_system(host_profile *self)
{
    const uint64_t now = host_clock_now_ns();
    if (now < self->next_system_ns) return;
    self->next_system_ns = now + SYSTEM_PERIOD_NS;
    if (!atomic_load_explicit(&self->has_thread, memory_order_acquire)) return; /* stored by host_profile_push */
    const pthread_t thread = atomic_load_explicit(&self->thread, memory_order_relaxed);
    host_profile_system system = {.time_ns = now};
    const bool is_new = profile_thread_follow(&self->system_thread, thread);
    follow_trace(self, is_new);
    if (!profile_thread_read(&self->system_thread, &system)) return;
    const host_profile_system *before = &self->system;
    if (!is_new &&
        system.minor_fault_count + system.major_fault_count != before->minor_fault_count + before->major_fault_count)
        self->fault_ns = now;
    if (!is_new && system.involuntary_switch_count != before->involuntary_switch_count) self->preemption_ns = now;
    self->system = system;
    add_system_causes(self);
    if (self->sink.system) self->sink.system(self->sink.context, &system);
}

void host_profile_set_sink(host_profile *profile, const host_profile_sink *sink) { profile->sink = *sink; }

void host_profile_poll(host_profile *profile)
{
    take_records(profile);
    if (profile->stage_records) take_stages(profile);
    ask_system(profile);
}

void host_profile_note(host_profile *profile, host_profile_event_kind kind, const char *text)
{
    host_profile_event event = {.time_ns = host_clock_now_ns(), .kind = (uint32_t)kind};
    const size_t length = strnlen(text, sizeof event.text - 1u);
    memcpy(event.text, text, length);
    profile->event_ns = event.time_ns;
    if (profile->sink.event) profile->sink.event(profile->sink.context, &event);
}

void host_profile_get_worst(const host_profile *profile, host_profile_worst *worst)
{
    const uint64_t now = host_clock_now_ns();
    const slot *most = NULL;
    for (uint32_t i = 0; i < SLOT_COUNT; i++) {
        const slot *kept = &profile->slots[i];
        if (kept->record.sample_count == 0u || now - kept->record.entry_ns > SECOND_NS) continue;
        if (!most || kept->share > most->share) most = kept;
    }
    *worst = (host_profile_worst){.is_there = most != NULL};
    if (!most) return;
    worst->duration_ms = 1e-6 * most->record.duration_ns;
    worst->late_ms = 1e-6 * most->record.late_ns;
    worst->share = most->share;
    worst->causes = most->causes;
}

void host_profile_get_histogram(const host_profile *profile, host_profile_histogram *histogram)
{
    *histogram = profile->histogram;
}

uint64_t host_profile_lost_count(const host_profile *profile)
{
    return atomic_load_explicit(&profile->lost_count, memory_order_relaxed); /* raised by host_profile_push */
}

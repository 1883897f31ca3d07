// SPDX-License-Identifier: MIT
#ifndef HOST_PROFILE_H
#define HOST_PROFILE_H

#include "codec/stages.h"

#include <residuum/rsd_limits.h>
#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A record of every callback of the audio thread, through a ring to the control thread, which keeps the worst of the last
 * second and a histogram, and gives all to a sink (profile_file.h). What the audio thread may not ask the system (page
 * faults, context switches) the control thread asks of the audio thread's entry in /proc, some ten times a second, and,
 * where somebody gets the records, of the kernel's own list of such moments (profile_trace.h).
 */

#define HOST_PROFILE_STAGES ((uint32_t)CODEC_STAGE_COUNT)

/* flags of a callback */
enum {
    HOST_PROFILE_SWAPPING = 1u << 0, /* a second codec ran, unheard or fading in */
    HOST_PROFILE_RENDER = 1u << 1,   /* faster than real time: it had no deadline, and may have waited */
    HOST_PROFILE_RECORDING = 1u << 2,
    HOST_PROFILE_TRACED = 1u << 3 /* fault_count and what follows is known */
};

/* One callback. Fixed: it is what the file holds. */
typedef struct {
    uint64_t entry_ns;         /* CLOCK_MONOTONIC when it began */
    uint64_t sample_time;      /* of its first sample: samples of sound since the start */
    int32_t late_ns;           /* entry against an even pace: host_profile_begin */
    uint32_t duration_ns;      /* until it returned */
    uint32_t sample_count;     /* in its block */
    uint16_t late_frame_count; /* frames of a threaded codec that were not ready in it */
    uint16_t flags;
    uint32_t xrun_count;        /* gaps that the device reported since the callback before */
    uint32_t recorder_samples;  /* queues, after it: samples that wait for the disk; */
    uint32_t input_samples;     /* samples of the input file that were read ahead; */
    uint16_t tap_frames;        /* frames of tokens that wait for the control thread; */
    uint16_t codec_frames;      /* frames that a worker has yet to code */
    uint32_t record_lost_count; /* records that found the ring full before this one */
    /* Where it is traced: page faults in it, how often it slept, and was taken off its processor; 255: as many or more. */
    uint8_t fault_count, sleep_count, preemption_count;
    uint8_t reserved;
} host_profile_callback;

/* Where the time of one callback in HOST_PROFILE_STAGES_EVERY went, drawn by chance, in ns; of workers, when they said so. Fixed. */
#define HOST_PROFILE_STAGES_EVERY 32u
typedef struct {
    uint64_t sample_time; /* of the callback that it comes with */
    uint32_t stage_ns[HOST_PROFILE_STAGES];
    uint32_t level_count; /* how many of the next are not all 0 */
    uint32_t level_ns[RSD_MAX_LEVELS];
} host_profile_stages;

/* What the system counts of the audio thread, since the thread's start. Fixed. */
typedef struct {
    uint64_t time_ns; /* when it was asked */
    uint64_t minor_fault_count, major_fault_count;
    uint64_t voluntary_switch_count, involuntary_switch_count; /* it slept; it was taken off its processor */
    uint64_t cpu_ns;                                           /* processor time of the thread */
} host_profile_system;

/* What happened beside the audio. */
typedef enum {
    HOST_PROFILE_EVENT_CODEC, /* `text` was asked for */
    HOST_PROFILE_EVENT_PRESET,
    HOST_PROFILE_EVENT_RECORDING, /* "start", "stop" */
    HOST_PROFILE_EVENT_BLOCK,     /* the device's block is another */
    HOST_PROFILE_EVENT_DEVICE     /* "lost", "back" */
} host_profile_event_kind;
#define HOST_PROFILE_TEXT_BYTES 112u
typedef struct {
    uint64_t time_ns;
    uint32_t kind; /* host_profile_event_kind */
    uint32_t reserved;
    char text[HOST_PROFILE_TEXT_BYTES];
} host_profile_event;

/* Gets what the control thread takes, in order of its kind. A member that is NULL is left out. Thread: [control] */
typedef struct {
    void (*callbacks)(void *context, const host_profile_callback *records, uint32_t count);
    void (*stages)(void *context, const host_profile_stages *record);
    void (*system)(void *context, const host_profile_system *record);
    void (*event)(void *context, const host_profile_event *event);
    void *context;
} host_profile_sink;

/* What may have made a callback long, as bits. */
enum {
    HOST_PROFILE_BY_SWAP = 1u << 0,
    HOST_PROFILE_BY_LATE_FRAME = 1u << 1,
    HOST_PROFILE_BY_FAULT = 1u << 2,      /* a page fault within a tenth of a second */
    HOST_PROFILE_BY_PREEMPTION = 1u << 3, /* taken off its processor within a tenth of a second */
    HOST_PROFILE_BY_LATE_ENTRY = 1u << 4, /* it began late by more than a quarter of its deadline */
    HOST_PROFILE_BY_EVENT = 1u << 5       /* a codec, preset, recording or block within a tenth of a second before */
};
#define HOST_PROFILE_CAUSE_COUNT 6u
const char *host_profile_cause_name(unsigned index); /* "swap", "late frame"... of one bit */

typedef struct {
    bool is_there;
    double duration_ms, share; /* of its deadline */
    double late_ms;
    unsigned causes;
} host_profile_worst;

#define HOST_PROFILE_BIN_COUNT 22u /* of 5 % of the deadline each; the last is all that is over 105 % */
typedef struct {
    uint64_t count[HOST_PROFILE_BIN_COUNT];
    uint64_t callback_count;
} host_profile_histogram;

typedef struct host_profile host_profile;

/* RSD_ERR_MEMORY. Thread: [setup] */
RSD_NODISCARD rsd_status host_profile_create(uint32_t sample_rate_hz, host_profile **profile);
void host_profile_destroy(host_profile *profile); /* NULL is fine. Thread: [setup] */

/* The sums that host_profile_push takes stages from: the engine's of engine_watch_stages. Thread: [setup] */
codec_stages *host_profile_stages_of(host_profile *profile);

/*
 * A callback begins at `entry_ns` with the sample `sample_time`: draws whether its stages are measured. Returns how much
 * later it began, in ns, than an even pace from the earliest of it and the 32 to 64 before it: where a device has lost
 * time, that is the new pace after as many. `has_lost_time`: it says so itself, and the pace begins anew with this
 * callback. Thread: [audio]
 */
#define HOST_PROFILE_PACE_COUNT 32u /* of a run; two runs count */
RSD_REALTIME int32_t host_profile_begin(host_profile *profile, uint64_t sample_time, uint64_t entry_ns,
                                        bool has_lost_time);
/*
 * A callback is over. Adds the records that were lost before, the thread, and, where stages were asked for, a record of
 * them. Wait-free. Thread: [audio]. Cost: a copy of 64 bytes; with stages a load for each
 */
RSD_REALTIME void host_profile_push(host_profile *profile, host_profile_callback *record);

void host_profile_set_sink(host_profile *profile, const host_profile_sink *sink); /* copied. Thread: [control] */
/* Takes what is in the rings, and now and then what the system counts. Every few milliseconds. Thread: [control] */
void host_profile_poll(host_profile *profile);
void host_profile_note(host_profile *profile, host_profile_event_kind kind, const char *text); /* now. [control] */

/* The callback of the last second that took the largest share of its deadline. Thread: [control] */
void host_profile_get_worst(const host_profile *profile, host_profile_worst *worst);
void host_profile_get_histogram(const host_profile *profile, host_profile_histogram *histogram); /* since the start */
uint64_t host_profile_lost_count(const host_profile *profile); /* records that found no room. Thread: [control] */

#endif

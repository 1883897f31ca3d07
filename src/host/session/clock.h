// SPDX-License-Identifier: MIT
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include <residuum/rsd_status.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Which engine sample is (or will be) processed at which time. The audio thread tells it the start of every block; a
 * delay-locked loop takes the jitter of the callbacks out (Adriaensen, "Using a DLL to filter time", LAC 2005); another
 * thread asks. Wait-free on the audio thread; the reader retries while a block starts.
 */
typedef struct {
    /* audio thread only */
    double rate_hz;
    double next_ns, ns_per_sample; /* the loop: when `next_sample` is due, and its estimate of the rate */
    uint64_t next_sample;
    bool anchored;
    /* published; sequence is odd while the audio thread writes, 0 before the first update */
    _Atomic uint32_t sequence;
    _Atomic uint64_t sample, time_ns;
    _Atomic uint64_t period_fixed; /* ns per sample, 32 bits of it fraction */
} host_clock;

void host_clock_init(host_clock *clock, uint32_t sample_rate_hz); /* Thread: [setup] */

/*
 * A block starts: engine sample `sample_time`, at CLOCK_MONOTONIC `now_ns`, sample_count samples long. A time more than
 * 50 ms off the loop's (start, xrun, freewheel) makes it start anew from there. Thread: [audio]
 */
RSD_REALTIME void host_clock_update(host_clock *clock, uint64_t sample_time, uint64_t now_ns, uint32_t sample_count);

/* The sample at CLOCK_MONOTONIC `time_ns`, rounded, never below 0. False before the first update. Thread: [any] */
bool host_clock_sample_at(host_clock *clock, uint64_t time_ns, uint64_t *sample_time);

RSD_REALTIME uint64_t host_clock_now_ns(void); /* CLOCK_MONOTONIC. Thread: [any] (no system call: vDSO) */

/*
 * CLOCK_MONOTONIC of an OSC (NTP, RFC 5905) time tag, by the wall clock's offset as it is now; 0 for a time before the
 * machine's start. Thread: [control]
 */
uint64_t host_clock_from_ntp(uint32_t seconds, uint32_t fraction);

#endif

// SPDX-License-Identifier: MIT
// Which sample of the stream belongs to which moment, from the times of blocks.
#include "host/session/clock.h"

#include "base/realtime.h"
#include "base/sleep.h"

#include <math.h>
#include <time.h>

#define ANCHOR_LIMIT_NS 50e6
#define LOOP_BANDWIDTH_HZ 0.5
#define LOOP_MAX_OMEGA 0.2 /* very long blocks: the loop stays well damped */
#define RATE_TOLERANCE 0.01
#define NTP_TO_UNIX_S 2208988800ll
#define FIXED_ONE 4294967296.0

void host_clock_init(host_clock *clock, uint32_t sample_rate_hz)
{
    clock->rate_hz = sample_rate_hz;
    clock->next_ns = 0.0;
    clock->ns_per_sample = (double)BASE_NS_PER_S / sample_rate_hz;
    clock->next_sample = 0;
    clock->anchored = false;
    atomic_init(&clock->sequence, 0u);
    atomic_init(&clock->sample, 0u);
    atomic_init(&clock->time_ns, 0u);
    atomic_init(&clock->period_fixed, 0u);
}

/* Pulls the loop towards the measured time, or starts it anew where the two have nothing to do with each other. */
static void follow(host_clock *clock, uint64_t sample_time, double now, uint32_t sample_count)
{
    const double nominal = (double)BASE_NS_PER_S / clock->rate_hz;
    const double error = now - clock->next_ns;
    if (!clock->anchored || sample_time != clock->next_sample || fabs(error) > ANCHOR_LIMIT_NS) {
        clock->anchored = true;
        clock->next_ns = now;
        clock->ns_per_sample = nominal;
        return;
    }
    const double omega = fmin(2.0 * M_PI * LOOP_BANDWIDTH_HZ * sample_count / clock->rate_hz, LOOP_MAX_OMEGA);
    clock->next_ns += M_SQRT2 * omega * error;
    clock->ns_per_sample += omega * omega * error / sample_count;
    clock->ns_per_sample =
        fmax(nominal * (1.0 - RATE_TOLERANCE), fmin(nominal * (1.0 + RATE_TOLERANCE), clock->ns_per_sample));
}

/*
 * A sequence lock whose data are atomics too. Every data store is a release and every data load of the reader an
 * acquire: a reader that sees a new value also sees the odd count before it, and finds its two reads of `sequence`
 * unequal.
 */
static void publish(host_clock *clock, uint64_t sample_time)
{
    const uint32_t sequence =
        atomic_load_explicit(&clock->sequence, memory_order_relaxed); /* only this thread writes */
    atomic_store_explicit(&clock->sequence, sequence + 1u, memory_order_relaxed);
    atomic_store_explicit(&clock->sample, sample_time, memory_order_release);
    atomic_store_explicit(&clock->time_ns, (uint64_t)clock->next_ns, memory_order_release);
    atomic_store_explicit(&clock->period_fixed, (uint64_t)(clock->ns_per_sample * FIXED_ONE), memory_order_release);
    atomic_store_explicit(&clock->sequence, sequence + 2u, memory_order_release); /* read by host_clock_sample_at */
}

void host_clock_update(host_clock *clock, uint64_t sample_time, uint64_t now_ns, uint32_t sample_count)
{
    if (sample_count == 0u) return;
    follow(clock, sample_time, (double)now_ns, sample_count);
    publish(clock, sample_time);
    clock->next_sample = sample_time + sample_count;
    clock->next_ns += clock->ns_per_sample * sample_count;
}

bool host_clock_sample_at(host_clock *clock, uint64_t time_ns, uint64_t *sample_time)
{
    uint64_t sample, start_ns, period;
    for (;;) {
        const uint32_t before = atomic_load_explicit(&clock->sequence, memory_order_acquire); /* stored by publish */
        if (before == 0u) return false;
        sample = atomic_load_explicit(&clock->sample, memory_order_acquire);
        start_ns = atomic_load_explicit(&clock->time_ns, memory_order_acquire);
        period = atomic_load_explicit(&clock->period_fixed, memory_order_acquire);
        const uint32_t after = atomic_load_explicit(&clock->sequence, memory_order_relaxed);
        if (before == after && before % 2u == 0u) break;
    }
    const double ahead = (double)(int64_t)(time_ns - start_ns) / ((double)period / FIXED_ONE);
    const int64_t at = (int64_t)sample + (int64_t)llround(ahead);
    *sample_time = at > 0 ? (uint64_t)at : 0u;
    return true;
}

static uint64_t now_of(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * BASE_NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t host_clock_now_ns(void)
{
    REALTIME_TRUST_BEGIN; /* this clock is read without a system call */
    const uint64_t now = now_of(CLOCK_MONOTONIC);
    REALTIME_TRUST_END;
    return now;
}

/* Wall clock minus monotonic clock, from the tightest of a few triples: a preemption between the reads would shift it.
 */
static int64_t wall_offset_ns(void)
{
    int64_t best = 0;
    uint64_t best_gap = UINT64_MAX;
    for (int i = 0; i < 4; i++) {
        const uint64_t before = now_of(CLOCK_MONOTONIC);
        const uint64_t wall = now_of(CLOCK_REALTIME);
        const uint64_t after = now_of(CLOCK_MONOTONIC);
        if (after - before >= best_gap) continue;
        best_gap = after - before;
        best = (int64_t)(wall - (before + best_gap / 2u));
    }
    return best;
}

uint64_t host_clock_from_ntp(uint32_t seconds, uint32_t fraction)
{
    const int64_t wall = ((int64_t)seconds - NTP_TO_UNIX_S) * (int64_t)BASE_NS_PER_S +
                         (int64_t)(((uint64_t)fraction * BASE_NS_PER_S + (1ull << 31)) >> 32);
    const int64_t monotonic = wall - wall_offset_ns();
    return monotonic > 0 ? (uint64_t)monotonic : 0u;
}

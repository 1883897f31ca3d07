// SPDX-License-Identifier: MIT
// Which sample belongs to which moment, with jitter and drift.
#include "host/session/clock.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <time.h>

#define START_NS 5000000000000ull
#define BLOCK 64u

static double sample_at(host_clock *clock, uint64_t time_ns)
{
    uint64_t sample = 0;
    cr_assert(host_clock_sample_at(clock, time_ns, &sample));
    return (double)sample;
}

/* Blocks of BLOCK from sample 0 on, each up to jitter_ns late. Returns the time when the next one is due. */
static uint64_t run_blocks(host_clock *clock, double rate_hz, uint32_t count, double jitter_ns)
{
    uint32_t seed = 8u;
    double now = START_NS;
    for (uint32_t i = 0; i < count; i++) {
        const double late = jitter_ns * (0.5 + 0.5 * (double)test_noise(&seed));
        host_clock_update(clock, (uint64_t)i * BLOCK, (uint64_t)(now + late), BLOCK);
        now += BLOCK * 1e9 / rate_hz;
    }
    return (uint64_t)now;
}

Test(clock, before_the_first_block_there_is_no_time)
{
    host_clock clock;
    uint64_t sample = 99;
    host_clock_init(&clock, 48000);
    cr_assert_not(host_clock_sample_at(&clock, START_NS, &sample));
    host_clock_update(&clock, 1000, START_NS, BLOCK);
    cr_assert_eq(sample_at(&clock, START_NS), 1000.0);
    cr_assert_eq(sample_at(&clock, START_NS + 1000000000ull), 49000.0);
    cr_assert_eq(sample_at(&clock, START_NS - 10000000ull), 520.0);
    cr_assert_eq(sample_at(&clock, 0), 0.0, "never below 0");
}

/* Callbacks 0..400 us late scatter by 19 samples; the loop's answer by less than 4. */
Test(clock, jitter_is_taken_out)
{
    host_clock clock;
    host_clock_init(&clock, 48000);
    const uint64_t due_ns = run_blocks(&clock, 48000.0, 7500, 400e3);
    const double wanted = 7500.0 * BLOCK - 200e3 * 48000e-9; /* late by the mean */
    cr_assert_float_eq(sample_at(&clock, due_ns), wanted, 4.0, "%g, wanted %g", sample_at(&clock, due_ns), wanted);
}

Test(clock, a_device_a_little_fast_is_followed)
{
    host_clock clock;
    host_clock_init(&clock, 48000);
    const uint64_t due_ns = run_blocks(&clock, 48000.0 * 1.0003, 15000, 0.0);
    cr_assert_float_eq(sample_at(&clock, due_ns), 15000.0 * BLOCK, 1.5);
    cr_assert_float_eq(sample_at(&clock, due_ns + 1000000000ull), 15000.0 * BLOCK + 48014.4, 3.0);
}

Test(clock, a_gap_starts_it_anew)
{
    host_clock clock;
    host_clock_init(&clock, 48000);
    const uint64_t due_ns = run_blocks(&clock, 48000.0, 100, 0.0);
    host_clock_update(&clock, 100u * BLOCK, due_ns + 500000000ull, BLOCK);
    cr_assert_eq(sample_at(&clock, due_ns + 500000000ull), 100.0 * BLOCK);
    host_clock_update(&clock, 5u, due_ns + 502000000ull, BLOCK); /* an engine that was reset */
    cr_assert_eq(sample_at(&clock, due_ns + 502000000ull), 5.0);
}

Test(clock, a_time_tag_is_the_monotonic_time_of_its_wall_time)
{
    struct timespec wall;
    const uint64_t before = host_clock_now_ns();
    clock_gettime(CLOCK_REALTIME, &wall);
    const uint64_t after = host_clock_now_ns();
    const uint32_t fraction = (uint32_t)((double)wall.tv_nsec * 4.294967296);
    const uint64_t found = host_clock_from_ntp((uint32_t)((uint64_t)wall.tv_sec + 2208988800ull), fraction);
    cr_assert(found + 20000u >= before && found <= after + 20000u, "%llu not in %llu..%llu", (unsigned long long)found,
              (unsigned long long)before, (unsigned long long)after);
    const uint64_t later = host_clock_from_ntp((uint32_t)((uint64_t)wall.tv_sec + 2208988810ull), fraction);
    cr_assert_float_eq((double)(later - found), 1e10, 1e5);
    cr_assert_eq(host_clock_from_ntp(0, 0), 0u);
}

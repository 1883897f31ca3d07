// SPDX-License-Identifier: MIT
// Telling a render from real time by its pace.
#include "host/device/pace.h"

#include "support/signals.h"

#include <criterion/criterion.h>

#define RATE_HZ 48000u
#define NS_PER_S 1000000000.0

typedef struct {
    host_pace pace;
    double now_ns;
    uint32_t seed;
} stream;

static stream begin(void)
{
    stream s = {.now_ns = 5e12, .seed = 1u};
    host_pace_init(&s.pace, RATE_HZ);
    return s;
}

/* `seconds` of sound at `speed` times real time, each block early or late by up to `jitter` blocks; what the last says.
 */
static bool play(stream *s, double seconds, uint32_t block, double speed, double jitter)
{
    const double block_ns = block * NS_PER_S / RATE_HZ / speed;
    bool is_fast = false;
    for (double played = 0.0; played < seconds; played += (double)block / RATE_HZ) {
        const double shift_ns = jitter * block_ns * (double)test_noise(&s->seed);
        is_fast = host_pace_update(&s->pace, (uint64_t)(s->now_ns + shift_ns), block);
        s->now_ns += block_ns;
    }
    return is_fast;
}

Test(pace, a_stream_counts_as_fast_until_it_has_shown_its_pace)
{
    stream s = begin();
    cr_assert(host_pace_update(&s.pace, 7u, 64u));
    cr_assert(play(&s, 0.2, 64u, 1.0, 0.0));
    cr_assert_not(play(&s, 0.2, 64u, 1.0, 0.0));
}

Test(pace, real_time_is_not_fast_whatever_the_blocks_and_their_jitter)
{
    static const uint32_t blocks[] = {1, 32, 64, 480, 1024, 8192};
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        stream s = begin();
        play(&s, 2.0, blocks[b], 1.0, 0.4);
        for (int i = 0; i < 200; i++)
            cr_assert_not(play(&s, 0.02, blocks[b], 1.0, 0.4), "blocks of %u, turn %d", blocks[b], i);
    }
}

Test(pace, a_render_and_freewheel_are_fast_and_real_time_after_them_is_not)
{
    stream s = begin();
    cr_assert(play(&s, 3.0, 64u, 30.0, 0.2));
    cr_assert_not(play(&s, 1.0, 64u, 1.0, 0.2));
    cr_assert(play(&s, 1.0, 64u, 2.0, 0.2));
    cr_assert_not(play(&s, 1.0, 64u, 0.7, 0.2), "slower than in real time");
}

/* A device that was kept waiting hands over what it has at once. */
Test(pace, a_few_blocks_at_once_are_no_render)
{
    stream s = begin();
    play(&s, 1.0, 64u, 1.0, 0.1);
    for (int i = 0; i < 100; i++) {
        s.now_ns += 8.0 * 64.0 * NS_PER_S / RATE_HZ;
        play(&s, 8.0 * 64.0 / RATE_HZ, 64u, 1000.0, 0.0);
        cr_assert_not(play(&s, 0.013, 64u, 1.0, 0.1), "turn %d", i);
    }
}

Test(pace, a_tenth_of_a_second_ahead_of_the_clock_is_enough)
{
    stream s = begin();
    cr_assert_not(play(&s, 1.0, 64u, 1.0, 0.0));
    cr_assert(play(&s, 0.15, 64u, 100.0, 0.0));
}

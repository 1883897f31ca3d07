// SPDX-License-Identifier: MIT
// Which trials lead to the limits of a codec, on machines that are made up.
#include "app/stress/search.h"

#include <criterion/criterion.h>

/* Holds what costs no more than `strength` times its block; counts what it was asked. */
typedef struct {
    double strength;
    uint32_t asked_count;
} machine;

static bool holds(void *context, const stress_point *point)
{
    machine *m = context;
    m->asked_count++;
    return (double)point->channel_count * (2.0 + point->level_count) <= m->strength * point->block_samples;
}

static stress_limits search(double strength, machine *m)
{
    *m = (machine){strength, 0u};
    const stress_point most = {"made-up", 48000u, 0u, STRESS_MAX_CHANNELS, 14u};
    return stress_search(&(stress_judge){holds, m}, &most);
}

Test(stress_search, the_limits_are_those_of_the_machine)
{
    machine m;
    for (double strength = 0.01; strength < 20.0; strength *= 1.07) {
        const stress_limits found = search(strength, &m);
        uint32_t block = STRESS_LEAST_BLOCK;
        while (block <= STRESS_MOST_BLOCK && 16.0 > strength * block) block *= 2u;
        if (block > STRESS_MOST_BLOCK) {
            cr_assert_eq(found.smallest_block, 0u, "strength %g", strength);
            continue;
        }
        uint32_t channels = (uint32_t)(strength * block / 16.0);
        if (channels > STRESS_MAX_CHANNELS) channels = STRESS_MAX_CHANNELS;
        const double room = strength * (block / 2.0) - 2.0;
        const uint32_t levels = block == STRESS_LEAST_BLOCK || room < 1.0 ? 0u : (uint32_t)room;
        cr_assert_eq(found.smallest_block, block, "strength %g: block %u", strength, found.smallest_block);
        cr_assert_eq(found.most_channels, channels, "strength %g: %u channels", strength, found.most_channels);
        cr_assert_eq(found.levels_at_half, levels, "strength %g: %u levels", strength, found.levels_at_half);
        cr_assert_eq(found.trial_count, m.asked_count);
        cr_assert_leq(found.trial_count, 8u + 4u + 5u, "strength %g: %u trials", strength, found.trial_count);
    }
}

Test(stress_search, a_machine_that_holds_nothing_is_asked_once_a_block)
{
    machine m;
    const stress_limits found = search(0.0, &m);
    cr_assert_eq(found.smallest_block, 0u);
    cr_assert_eq(found.most_channels, 0u);
    cr_assert_eq(m.asked_count, 8u);
}

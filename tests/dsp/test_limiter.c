// SPDX-License-Identifier: MIT
// The limiter: its ceiling, its release, and what it leaves alone.
#include "dsp/limiter.h"

#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#define COUNT 48000u
static float left[COUNT], right[COUNT], before[COUNT];
static float *const channels[2] = {left, right};

static limiter make(void)
{
    limiter self;
    limiter_init(&self, 48000u);
    return self;
}

Test(limiter, nothing_passes_the_ceiling_whatever_comes)
{
    limiter self = make();
    test_fill_noise(left, COUNT, 30.0f, 1u);
    test_fill_tone(right, COUNT, 50.0, 48000.0, 4.0f);
    for (uint32_t i = 0; i < COUNT; i += 7u) left[i] = 64.0f;
    cr_assert_lt(limiter_process(&self, channels, 2u, 0u, COUNT, true), 0.02f);
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert(fabsf(left[i]) <= LIMITER_CEILING && fabsf(right[i]) <= LIMITER_CEILING, "sample %u", i);
    cr_assert_float_eq(20.0f * log10f(LIMITER_CEILING), -0.3f, 1e-5f);
}

Test(limiter, what_stays_under_the_ceiling_is_unchanged_to_the_bit_and_off_does_nothing)
{
    limiter self = make();
    test_fill_noise(left, COUNT, 0.96f, 2u);
    memcpy(before, left, sizeof left);
    cr_assert_eq(limiter_process(&self, channels, 1u, 0u, COUNT, true), 1.0f);
    cr_assert_eq(memcmp(before, left, sizeof left), 0);
    left[100] = before[100] = 9.0f;
    cr_assert_eq(limiter_process(&self, channels, 1u, 0u, COUNT, false), 1.0f);
    cr_assert_eq(memcmp(before, left, sizeof left), 0);
}

/* Without latency: the very sample that is too high is at the ceiling, and the ones before it are untouched. */
Test(limiter, both_channels_go_down_together_at_once_and_come_back_in_the_release)
{
    limiter self = make();
    for (uint32_t i = 0; i < COUNT; i++) left[i] = 0.25f, right[i] = -0.5f;
    left[1000] = 2.0f * LIMITER_CEILING;
    limiter_process(&self, channels, 2u, 0u, 500u, true);
    limiter_process(&self, channels, 2u, 500u, COUNT - 500u, true);
    cr_assert_eq(left[999], 0.25f);
    cr_assert_float_eq(left[1000], LIMITER_CEILING, 1e-6f);
    cr_assert_float_eq(right[1000], -0.25f, 1e-6f);
    /* 100 ms later 1/e of the reduction is left; after a second none. */
    cr_assert_float_eq(right[1000 + 4800], -0.5f * (1.0f - 0.5f * expf(-1.0f)), 1e-3f);
    cr_assert_eq(right[COUNT - 1], -0.5f);
}

/* Switched off in the middle of a reduction, it lets go in its release and not with a step. */
Test(limiter, switched_off_it_leaves_no_step)
{
    limiter self = make();
    for (uint32_t i = 0; i < COUNT; i++) left[i] = i < 1000u ? 4.0f : 0.5f;
    limiter_process(&self, channels, 1u, 0u, 1000u, true);
    limiter_process(&self, channels, 1u, 1000u, COUNT - 1000u, false);
    for (uint32_t i = 1001; i < COUNT; i++) cr_assert_lt(fabsf(left[i] - left[i - 1]), 1e-3f, "sample %u", i);
    cr_assert_lt(left[1001], 0.2f);
    cr_assert_eq(left[COUNT - 1], 0.5f);
}

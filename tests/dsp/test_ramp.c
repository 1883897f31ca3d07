// SPDX-License-Identifier: MIT
// The ramp's contract.
#include <residuum/rsd_dsp.h>

#include "dsp/dsp_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define LENGTH 4000u

typedef struct {
    uint32_t at;
    float target;
} retarget;

static const retarget retargets[] = {{100u, 1.0f},  {300u, -0.3f},  {301u, 0.7f},
                                     {1500u, 0.7f}, {1700u, 1e-3f}, {3000u, 8.1f}};
#define RETARGETS (sizeof retargets / sizeof *retargets)

/* Runs the retargets above, each at its sample, in blocks of at most `most` samples of random length. */
static void run_cut(uint32_t ramp_samples, uint32_t most, uint32_t seed, float *values)
{
    rsd_ramp ramp;
    rsd_ramp_init(&ramp, 0.25f, ramp_samples);
    size_t next = 0;
    for (uint32_t at = 0; at < LENGTH;) {
        while (next < RETARGETS && retargets[next].at == at) rsd_ramp_set(&ramp, retargets[next++].target);
        const uint32_t end = next < RETARGETS ? retargets[next].at : LENGTH;
        uint32_t count = test_between(&seed, 0u, most);
        if (count > end - at) count = end - at;
        rsd_ramp_next(&ramp, values + at, count);
        at += count;
    }
}

Test(ramp, values_do_not_depend_on_how_the_samples_are_cut_into_blocks)
{
    static float whole[LENGTH], cut[LENGTH];
    const uint32_t lengths[] = {0u, 1u, 7u, 480u, 960u, 100000u};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        run_cut(lengths[l], LENGTH, 1u, whole);
        for (uint32_t seed = 1u; seed <= 10u; seed++) {
            run_cut(lengths[l], 1u + 40u * (seed - 1u), seed, cut);
            for (uint32_t i = 0; i < LENGTH; i++)
                cr_assert_eq(cut[i], whole[i], "ramp of %u, seed %u, sample %u: %.9g, not %.9g", lengths[l], seed, i,
                             cut[i], whole[i]);
        }
    }
}

Test(ramp, goes_in_a_straight_line_and_ends_on_the_target_after_exactly_its_length)
{
    float values[1000];
    rsd_ramp ramp;
    rsd_ramp_init(&ramp, -0.1f, 480u);
    rsd_ramp_set(&ramp, 0.3f);
    cr_assert(rsd_ramp_next(&ramp, values, 1000u));
    for (uint32_t i = 0; i < 1000u; i++) {
        const double want = i < 480u ? -0.1 + 0.4 * (i + 1u) / 480.0 : 0.3;
        cr_assert_float_eq(values[i], want, 1e-6, "sample %u: %g, not %g", i, values[i], want);
        if (i > 0u && i < 480u) cr_assert_gt(values[i], values[i - 1u], "sample %u does not rise", i);
        if (i < 479u) cr_assert_lt(values[i], 0.3f, "sample %u: there too early", i);
    }
    for (uint32_t i = 479u; i < 1000u; i++) cr_assert_eq(values[i], 0.3f, "sample %u: %.9g", i, values[i]);
}

Test(ramp, a_retarget_starts_from_where_the_ramp_is)
{
    float values[2000];
    rsd_ramp ramp;
    rsd_ramp_init(&ramp, 0.0f, 1000u);
    rsd_ramp_set(&ramp, 1.0f);
    rsd_ramp_next(&ramp, values, 500u);
    rsd_ramp_set(&ramp, 0.0f);
    rsd_ramp_next(&ramp, values + 500, 1500u);
    cr_assert_float_eq(values[499], 0.5f, 1e-6);
    for (uint32_t i = 1u; i < 2000u; i++)
        cr_assert_lt(fabsf(values[i] - values[i - 1u]), 1.0001e-3f, "jump at sample %u", i);
    cr_assert_gt(values[1498], 0.0f);
    cr_assert_eq(values[1499], 0.0f, "ends a whole ramp after the retarget");
}

/* A caller sets the same target once a block: the ramp must still arrive, after its length. */
Test(ramp, the_same_target_again_does_not_start_over)
{
    float values[64];
    rsd_ramp ramp;
    rsd_ramp_init(&ramp, 0.0f, 640u);
    for (int block = 0; block < 10; block++) {
        rsd_ramp_set(&ramp, 1.0f);
        cr_assert(rsd_ramp_next(&ramp, values, 64u), "block %d", block);
    }
    cr_assert_eq(values[63], 1.0f, "%g", values[63]);
    cr_assert_not(rsd_ramp_next(&ramp, values, 64u), "moves after its end");
}

Test(ramp, tells_whether_anything_moves)
{
    float values[16];
    rsd_ramp ramp;
    rsd_ramp_init(&ramp, 0.5f, 10u);
    cr_assert_not(rsd_ramp_next(&ramp, values, 16u));
    for (int i = 0; i < 16; i++) cr_assert_eq(values[i], 0.5f);
    rsd_ramp_set(&ramp, 0.75f);
    cr_assert_not(rsd_ramp_next(&ramp, values, 0u), "a run of no samples moves nothing");
    cr_assert(rsd_ramp_next(&ramp, values, 9u));
    cr_assert(rsd_ramp_next(&ramp, values, 9u), "the last moving sample");
    cr_assert_not(rsd_ramp_next(&ramp, values, 9u));
    for (int i = 0; i < 9; i++) cr_assert_eq(values[i], 0.75f);
}

Test(ramp, a_length_of_zero_jumps)
{
    float values[3];
    rsd_ramp ramp;
    rsd_ramp_init(&ramp, 0.0f, 0u);
    rsd_ramp_set(&ramp, 2.0f);
    cr_assert_not(rsd_ramp_next(&ramp, values, 3u));
    for (int i = 0; i < 3; i++) cr_assert_eq(values[i], 2.0f);
}

Test(ramp, a_target_that_is_no_number_is_not_taken)
{
    const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int b = 0; b < 3; b++) {
        float values[200];
        rsd_ramp ramp;
        rsd_ramp_init(&ramp, 0.5f, 100u);
        rsd_ramp_set(&ramp, 1.0f);
        rsd_ramp_set(&ramp, bad[b]);
        rsd_ramp_next(&ramp, values, 200u);
        for (int i = 0; i < 200; i++) cr_assert(isfinite(values[i]), "target %g, sample %d", bad[b], i);
        cr_assert_eq(values[199], 1.0f, "target %g", bad[b]);
    }
}

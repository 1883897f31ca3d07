// SPDX-License-Identifier: MIT
// The band filter: its edges, its slopes, and what moving an edge does.
#include "dsp/band_filter.h"

#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#define COUNT 48000u
#define RATE 48000.0f
static float x[COUNT];

/* Gain in dB of a tone, after a second. */
static double gain_db(float low_hz, float high_hz, double tone_hz)
{
    band_filter filter;
    band_filter_reset(&filter);
    test_fill_tone(x, COUNT, tone_hz, (double)RATE, 0.5f);
    band_filter_process(&filter, RATE, low_hz, high_hz, x, COUNT);
    double energy = 0.0;
    for (uint32_t i = COUNT / 2u; i < COUNT; i++) energy += (double)x[i] * (double)x[i];
    return 10.0 * log10(energy / (0.125 * COUNT / 2.0) + 1e-30);
}

Test(band_filter, is_3_db_down_at_its_edges_and_falls_by_24_db_an_octave)
{
    cr_assert_float_eq(gain_db(300.0f, 3400.0f, 1000.0), 0.0, 0.05);
    cr_assert_float_eq(gain_db(300.0f, 3400.0f, 300.0), -3.01, 0.05);
    cr_assert_float_eq(gain_db(300.0f, 3400.0f, 3400.0), -3.01, 0.05);
    cr_assert_float_eq(gain_db(300.0f, 20000.0f, 150.0), -24.1, 0.2);
    cr_assert_float_eq(gain_db(300.0f, 20000.0f, 75.0), -48.2, 0.3);
    cr_assert_lt(gain_db(0.0f, 3400.0f, 6800.0), -24.0);
    cr_assert_lt(gain_db(0.0f, 3400.0f, 13600.0), -48.0);
}

Test(band_filter, at_its_ends_nothing_is_changed_to_the_bit)
{
    static float before[COUNT];
    band_filter filter;
    band_filter_reset(&filter);
    test_fill_noise(x, COUNT, 1.0f, 3u);
    memcpy(before, x, sizeof x);
    band_filter_process(&filter, RATE, 0.0f, 20000.0f, x, COUNT);
    cr_assert_eq(memcmp(before, x, sizeof x), 0);
    cr_assert(band_filter_is_off(0.0f, 20000.0f));
    cr_assert_not(band_filter_is_off(0.0f, 19999.0f));
}

/* From off to the other end and back, sample by sample: no sample leaps. */
Test(band_filter, edges_that_move_make_no_step)
{
    band_filter filter;
    band_filter_reset(&filter);
    test_fill_tone(x, COUNT, 1000.0, (double)RATE, 0.5f);
    for (uint32_t i = 0; i < COUNT; i++) {
        const float share = fabsf(1.0f - 2.0f * (float)i / (float)COUNT); /* 1, 0, 1 */
        band_filter_process(&filter, RATE, 5000.0f * (1.0f - share), 20000.0f * share + 100.0f * (1.0f - share), x + i,
                            1u);
    }
    for (uint32_t i = 1; i < COUNT; i++) cr_assert_lt(fabsf(x[i] - x[i - 1u]), 0.08f, "sample %u", i);
}

Test(band_filter, stays_bounded_at_every_rate_and_edge)
{
    static const float edges[][2] = {{5000.0f, 100.0f}, {0.01f, 19999.9f}, {5000.0f, 20000.0f}, {0.0f, 100.0f}};
    for (float rate_hz = 8000.0f; rate_hz < 200000.0f; rate_hz *= 2.0f)
        for (size_t e = 0; e < 4u; e++) {
            band_filter filter;
            band_filter_reset(&filter);
            test_fill_noise(x, COUNT, 1.0f, 5u);
            band_filter_process(&filter, rate_hz, edges[e][0], edges[e][1], x, COUNT);
            for (uint32_t i = 0; i < COUNT; i++)
                cr_assert_lt(fabsf(x[i]), 4.0f, "%g Hz, edges %u", (double)rate_hz, (unsigned)e);
        }
}

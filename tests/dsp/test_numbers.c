// SPDX-License-Identifier: MIT
// Logarithm and exponential against libm's, over all of their range.
#include <residuum/rsd_dsp.h>

#include "dsp/rough_numbers.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Every normal exponent, with a step through the mantissas that is coprime to their number. */
Test(numbers, log2_is_right_to_1e_5_over_all_normal_numbers)
{
    double worst = 0.0;
    for (uint32_t bits = 0x00800000u; bits < 0x7f800000u; bits += 997u) {
        const float x = float_of(bits);
        const double error = fabs((double)rsd_log2f(x) - log2((double)x));
        if (error > worst) worst = error;
        cr_assert_lt(error, 1e-5, "x %a: error %g", x, error);
    }
    cr_assert_gt(worst, 1e-7, "no error at all: the sweep measured nothing");
}

/* Near 1 the result is small, and the error with it: the bound that rate estimates of small steps need. */
Test(numbers, log2_is_right_to_2e_7_between_a_half_and_two)
{
    for (uint32_t bits = 0x3f000000u; bits <= 0x40000000u; bits += 7u) {
        const float x = float_of(bits);
        const double error = fabs((double)rsd_log2f(x) - log2((double)x));
        cr_assert_lt(error, 2e-7, "x %a: error %g", x, error);
    }
}

Test(numbers, log2_of_powers_of_two_is_exact)
{
    for (int e = -126; e <= 127; e++) cr_assert_eq(rsd_log2f(ldexpf(1.0f, e)), (float)e, "2^%d", e);
}

Test(numbers, log2_takes_all_below_the_smallest_normal_number_as_that)
{
    const float low[] = {0.0f, -0.0f, FLT_MIN, FLT_MIN / 2.0f, float_of(1u), -1.0f, -INFINITY, NAN, -NAN};
    for (size_t i = 0; i < sizeof low / sizeof *low; i++)
        cr_assert_eq(rsd_log2f(low[i]), -126.0f, "x %a: %g", low[i], rsd_log2f(low[i]));
    cr_assert_eq(rsd_log2f(INFINITY), 128.0f);
    cr_assert_leq(rsd_log2f(FLT_MAX), 128.0f);
}

Test(numbers, log2_never_falls_where_x_rises)
{
    float before = -127.0f;
    for (uint32_t bits = 0x00800000u; bits < 0x7f800000u; bits += 4099u) {
        const float now = rsd_log2f(float_of(bits));
        cr_assert_geq(now, before, "x %a", float_of(bits));
        before = now;
    }
}

Test(numbers, exp2_is_right_to_1e_6_over_its_range)
{
    double worst = 0.0;
    const int steps = 8000000;
    for (int i = 0; i <= steps; i++) {
        const float at = (float)(-126.0 + 253.0 * i / steps);
        const double want = exp2((double)at), error = fabs(rsd_exp2f(at) / want - 1.0);
        if (error > worst) worst = error;
        cr_assert_lt(error, 1e-6, "x %a: relative error %g", at, error);
    }
    cr_assert_lt(worst, 2e-7, "worst %g: more than rounding explains", worst);
    cr_assert_gt(worst, 1e-9, "no error at all: the sweep measured nothing");
}

Test(numbers, exp2_of_whole_numbers_is_exact_and_limited)
{
    for (int i = -126; i <= 127; i++) cr_assert_eq(rsd_exp2f((float)i), ldexpf(1.0f, i), "2^%d", i);
    const float low[] = {-126.5f, -127.0f, -1e30f, -INFINITY, NAN}, high[] = {127.5f, 128.0f, 1e30f, INFINITY};
    for (size_t i = 0; i < sizeof low / sizeof *low; i++) cr_assert_eq(rsd_exp2f(low[i]), 0x1p-126f, "%g", low[i]);
    for (size_t i = 0; i < sizeof high / sizeof *high; i++) cr_assert_eq(rsd_exp2f(high[i]), 0x1p127f, "%g", high[i]);
    cr_assert_eq(rsd_exp2f(0x1p-149f), 1.0f);
    cr_assert_eq(rsd_exp2f(-0.0f), 1.0f);
}

/* Bits kept from a run of these functions: another compiler, option or machine that gives others is caught here. */
Test(numbers, a_sweep_gives_the_bits_it_always_gave)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); // FNV-1a, 64 bits
    for (uint32_t bits = 0x00800000u; bits < 0x7f800000u; bits += 65537u) {
        const float logarithm = rsd_log2f(float_of(bits)), back = rsd_exp2f(logarithm);
        uint32_t words[2];
        memcpy(&words[0], &logarithm, sizeof logarithm);
        memcpy(&words[1], &back, sizeof back);
        for (int w = 0; w < 2; w++) hash = (hash ^ words[w]) * UINT64_C(0x100000001b3);
    }
    cr_assert_eq(hash, UINT64_C(0x14d5491f1e3a8c8f), "%016llx", (unsigned long long)hash);
}

#if defined(__SSE__) || defined(__aarch64__)
Test(fp, denormals_are_flushed_until_restored)
{
    volatile float tiny = 0x1p-126f, denormal = 0x1p-140f, one = 1.0f;
    volatile float result = tiny * 0.25f;
    cr_assert_gt(result, 0.0f, "denormals were flushed before");
    const rsd_fp_state state = rsd_fp_flush_denormals();
    result = tiny * 0.25f;
    const volatile float from_input = denormal * 0x1p20f, normal = one * 0.25f;
    rsd_fp_restore(state);
    cr_assert_eq(result, 0.0f, "a denormal result stays");
    cr_assert_eq(from_input, 0.0f, "a denormal input counts");
    cr_assert_eq(normal, 0.25f);
    result = tiny * 0.25f;
    cr_assert_gt(result, 0.0f, "not restored");
}

Test(fp, nested_calls_restore_what_was_before_each)
{
    volatile float tiny = 0x1p-126f;
    const rsd_fp_state outer = rsd_fp_flush_denormals(), inner = rsd_fp_flush_denormals();
    rsd_fp_restore(inner);
    volatile float result = tiny * 0.25f;
    cr_assert_eq(result, 0.0f, "the inner restore ended the outer flush");
    rsd_fp_restore(outer);
    result = tiny * 0.25f;
    cr_assert_gt(result, 0.0f);
}
#endif

/* What rough_numbers.h states of them: the choices of an encoder hang on it. */
Test(numbers, rough_exp2_is_at_most_6_2_percent_too_great)
{
    double most = 1.0;
    for (float x = -120.0f; x <= 120.0f; x += 0.0371f) {
        const double ratio = (double)dsp_rough_exp2(x) / exp2((double)x);
        most = ratio > most ? ratio : most;
        cr_assert(ratio > 1.0 - 1e-4 && ratio < 1.062, "x %g: ratio %g", (double)x, ratio);
    }
    cr_assert_gt(most, 1.06, "the sweep has met the worst");
    cr_assert_eq(dsp_rough_exp2(3.0f), 8.0f);
    cr_assert_eq(dsp_rough_exp2(-1000.0f), dsp_rough_exp2(-120.0f));
    cr_assert_eq(dsp_rough_exp2(1000.0f), dsp_rough_exp2(120.0f));
}

Test(numbers, rough_log2_is_at_most_0_087_too_small)
{
    double most = 0.0;
    for (uint32_t bits = 0x00800000u; bits < 0x7f800000u; bits += 9973u) {
        const float x = float_of(bits);
        const double error = log2((double)x) - (double)dsp_rough_log2(x);
        most = error > most ? error : most;
        cr_assert(error > -1e-4 && error < 0.087, "x %a: error %g", (double)x, error);
    }
    cr_assert_gt(most, 0.086, "the sweep has met the worst");
}

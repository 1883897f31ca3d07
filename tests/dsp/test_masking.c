// SPDX-License-Identifier: MIT
// The masking model against the formulas that it is made of, worked out by hand.
#include "dsp/masking.h"

#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#define RATE_HZ 48000.0
#define N DSP_MASKING_POINTS

typedef struct {
    dsp_masking masking;
    dsp_masking_scratch scratch;
    dsp_masking_result result;
    float signal[N], coded[N];
} rig;

static rig *open_rig(void)
{
    rig *made = calloc(1, sizeof *made);
    cr_assert_not_null(made);
    dsp_masking_init(&made->masking, RATE_HZ);
    return made;
}

static void measure(rig *r) { dsp_masking_measure(&r->masking, r->signal, r->coded, &r->scratch, &r->result); }

/* In the middle of a line, so that the window spreads it to three. */
static void add_sine(float *to, uint32_t line, double amplitude)
{
    for (uint32_t i = 0; i < N; i++) to[i] += (float)(amplitude * sin(2.0 * M_PI * line * i / N + 0.3));
}

static double bark_of(double hz) { return 13.0 * atan(0.00076 * hz) + 3.5 * atan((hz / 7500.0) * (hz / 7500.0)); }

Test(masking, a_sine_of_full_scale_is_96_db_and_masks_by_the_formulas_of_the_standard)
{
    rig *r = open_rig();
    const uint32_t line = 64; /* 3 kHz */
    add_sine(r->signal, line, 1.0);
    measure(r);
    const double level =
        10.0 * log10(pow(10.0, r->result.signal_db[line - 1u] / 10.0) + pow(10.0, r->result.signal_db[line] / 10.0) +
                     pow(10.0, r->result.signal_db[line + 1u] / 10.0));
    const double from = bark_of(line * RATE_HZ / N);
    for (int step = -14; step <= 60; step += 2) {
        const uint32_t k = (uint32_t)((int)line + step);
        const double dz = bark_of(k * RATE_HZ / N) - from;
        const double spread = dz < -1.0  ? 17.0 * (dz + 1.0) - (0.4 * level + 6.0)
                              : dz < 0.0 ? (0.4 * level + 6.0) * dz
                              : dz < 1.0 ? -17.0 * dz
                                         : -(dz - 1.0) * (17.0 - 0.15 * level) - 17.0;
        const double wanted = level - 1.525 - 0.275 * from - 4.5 + spread;
        if (wanted < 30.0) continue; /* the threshold in quiet counts */
        cr_assert_float_eq(r->result.threshold_db[k], wanted, 0.2, "line %u: %g, not %g", k,
                           (double)r->result.threshold_db[k], wanted);
    }
    cr_assert_float_eq(level, 96.0, 0.1, "%g", level);
    free(r);
}

Test(masking, in_silence_the_threshold_is_the_one_in_quiet)
{
    rig *r = open_rig();
    measure(r);
    for (uint32_t k = 1; k < r->masking.line_count; k++)
        cr_assert_float_eq(r->result.threshold_db[k], r->masking.quiet_db[k], 0.01, "line %u", k);
    cr_assert_float_eq(r->masking.quiet_db[70], -5.0, 0.3, "the ear is best at 3.3 kHz: %g",
                       (double)r->masking.quiet_db[70]);
    cr_assert_lt(r->result.total_nmr_db, -60.0f);
    cr_assert_eq(r->masking.band_count, 25u, "%u Barks up to 20 kHz", r->masking.band_count);
    free(r);
}

Test(masking, an_error_ten_db_louder_has_a_ratio_ten_db_higher_and_in_its_band_alone)
{
    rig *r = open_rig();
    float before[DSP_MASKING_MAX_BANDS];
    uint32_t band = 0;
    add_sine(r->signal, 64, 0.5);
    for (uint32_t i = 0; i < N; i++) r->coded[i] = r->signal[i];
    add_sine(r->coded, 20, 1e-4);
    measure(r);
    for (uint32_t b = 0; b < r->masking.band_count; b++) before[b] = r->result.nmr_db[b];
    while (r->masking.band_end[band] <= 20u) band++;
    for (uint32_t i = 0; i < N; i++) r->coded[i] = r->signal[i];
    add_sine(r->coded, 20, 1e-4 * sqrt(10.0));
    measure(r);
    cr_assert_float_eq(r->result.nmr_db[band] - before[band], 10.0, 0.1);
    cr_assert_lt(r->result.nmr_db[band + 8u], 0.0f);
    free(r);
}

Test(masking, the_same_error_is_masked_beside_a_loud_tone_and_heard_in_silence)
{
    rig *r = open_rig();
    uint32_t band = 0;
    while (r->masking.band_end[band] <= 66u) band++;
    add_sine(r->signal, 64, 0.5);
    for (uint32_t i = 0; i < N; i++) r->coded[i] = r->signal[i];
    add_sine(r->coded, 66, 0.002);
    measure(r);
    cr_assert_lt(r->result.nmr_db[band], 0.0f, "%g", (double)r->result.nmr_db[band]);
    for (uint32_t i = 0; i < N; i++) r->signal[i] = r->coded[i] = 0.0f;
    add_sine(r->coded, 66, 0.002);
    measure(r);
    cr_assert_gt(r->result.nmr_db[band], 20.0f, "%g", (double)r->result.nmr_db[band]);
    free(r);
}

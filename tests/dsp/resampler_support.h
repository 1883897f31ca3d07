// SPDX-License-Identifier: MIT
// What tests of all resamplers share: making one, and pushing a sound through it in cuts.
#ifndef RESAMPLER_SUPPORT_H
#define RESAMPLER_SUPPORT_H

#include "dsp/dsp_support.h"

#include <residuum/rsd_dsp.h>

#include <criterion/criterion.h>

typedef struct {
    uint32_t in_hz, out_hz;
} rate_pair;

static inline rsd_resampler *make_resampler(rate_pair rates, rsd_resampler_quality quality)
{
    rsd_resampler *resampler = NULL;
    cr_assert_eq(rsd_resampler_create(rates.in_hz, rates.out_hz, quality, &resampler), RSD_OK, "%u to %u", rates.in_hz,
                 rates.out_hz);
    return resampler;
}

static inline uint64_t rule_count(rate_pair rates, uint64_t total_in) { return total_in * rates.out_hz / rates.in_hz; }

typedef struct {
    const float *samples;
    uint32_t length;
    uint32_t most, seed; /* cut at random into pushes of at most `most`, some of them empty unless `most` is 1 */
} cut_input;

/* Pushes all of it, checks the count rule and the promised room at each push; returns the number of outputs. */
static inline uint32_t push_cut(rsd_resampler *resampler, rate_pair rates, cut_input in, float *out)
{
    uint32_t given = 0u;
    for (uint32_t at = 0; at < in.length;) {
        uint32_t count = test_between(&in.seed, in.most > 1u ? 0u : 1u, in.most);
        if (count > in.length - at) count = in.length - at;
        const uint32_t got = rsd_resampler_process(resampler, in.samples + at, count, out + given);
        at += count;
        given += got;
        cr_assert_eq(given, rule_count(rates, at), "%u to %u after %u", rates.in_hz, rates.out_hz, at);
        cr_assert_leq(got, rsd_resampler_max_out(resampler, count), "%u to %u, push of %u", rates.in_hz, rates.out_hz,
                      count);
    }
    return given;
}

#endif

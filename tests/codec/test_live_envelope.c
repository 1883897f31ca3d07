// SPDX-License-Identifier: MIT
// The choice of an envelope's codewords: near in all bands, and not louder than the sound.
#include "codec/live/envelope_search.h"
#include "codec/live/envelope.h"
#include "codec/live/model.h"

#include "rvq/rvq_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define BANDS 20u

static void random_envelope(float *vector, uint32_t *seed)
{
    for (uint32_t i = 0; i < BANDS; i++) vector[i] = 2.0f * test_noise(seed);
}

/* Bands weigh so much that nothing is too loud: only the error counts. */
static void search(const random_rvq *made, const float *vector, int32_t tokens[2])
{
    live_shape shape = {.band_count = BANDS};
    float envelope[BANDS] = {0};
    for (uint32_t b = 0; b < BANDS; b++)
        shape.band_weight[b] = 1e6f; /* a codeword's element is a millionth of an octave */
    const live_envelope_job job = {&shape, made->rvq, 2, envelope, vector, NULL, false};
    live_envelope_search(&job, tokens);
}

/* Two codebooks of one vector, the first in parts or (few codewords) whole. */
static random_rvq make_pair(uint32_t words)
{
    uint32_t seed = words;
    random_rvq made = {0};
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, BANDS, words, 0.02f, NULL}, &seed);
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, BANDS, 256, 0.01f, NULL}, &seed);
    cr_assert_eq(random_rvq_build(&made, BANDS), RSD_OK);
    return made;
}

static double left_energy(const random_rvq *made, const float *vector, const int32_t tokens[2])
{
    double left = 0.0;
    for (uint32_t i = 0; i < BANDS; i++) {
        double e = vector[i];
        for (uint32_t b = 0; b < 2u; b++)
            e -= (double)made->codebooks[b].scale * made->codebooks[b].codewords[(size_t)tokens[b] * BANDS + i];
        left += e * e;
    }
    return left;
}

/* The best pair of all, for which every codeword of the first codebook is tried. */
static double least_left(const random_rvq *made, const float *vector)
{
    double least = INFINITY;
    for (int32_t w = 0; w < (int32_t)made->codebooks[0].codeword_count; w++) {
        float residual[BANDS];
        memcpy(residual, vector, sizeof residual);
        rsd_rvq_decode_codebook(made->rvq, 0, w, -1.0f, residual);
        const int32_t tokens[2] = {w, rsd_rvq_encode_codebook(made->rvq, 1, 1.0f, 16, residual)};
        least = fmin(least, left_energy(made, vector, tokens));
    }
    return least;
}

/* Sums over 100 vectors of what is left by one codebook after the other, by the pair, and by the best pair of all. */
static void compare_pairs(uint32_t words, double sums[3])
{
    random_rvq made = make_pair(words);
    uint32_t seed = 7;
    for (int n = 0; n < 100; n++) {
        float vector[BANDS], residual[BANDS];
        int32_t greedy[2], pair[2];
        random_envelope(vector, &seed);
        memcpy(residual, vector, sizeof residual);
        for (uint32_t b = 0; b < 2u; b++) greedy[b] = rsd_rvq_encode_codebook(made.rvq, b, 1.0f, 16, residual);
        search(&made, vector, pair);
        const double left[3] = {left_energy(&made, vector, greedy), left_energy(&made, vector, pair),
                                least_left(&made, vector)};
        cr_assert_leq(left[1], left[0] * (1.0 + 1e-5), "%u words, vector %d", words, n);
        cr_assert_geq(left[1], left[2] * (1.0 - 1e-5), "%u words, vector %d", words, n);
        for (int i = 0; i < 3; i++) sums[i] += left[i];
    }
    random_rvq_free(&made);
}

Test(live_envelope_search, two_codebooks_leave_less_than_one_after_the_other)
{
    double large[3] = {0}, small[3] = {0};
    compare_pairs(1024, large);
    cr_assert_lt(large[1], large[0] - 0.3 * (large[0] - large[2]), "%g, %g, best %g", large[0], large[1], large[2]);
    compare_pairs(8, small);
    cr_assert_lt(small[1], small[0], "a small codebook has candidates, too");
}

Test(live_envelope_search, the_choice_is_the_same_on_every_kernel_and_never_a_reserved_codeword)
{
    random_rvq made = make_pair(1024);
    for (uint32_t n = 0; n < 100u; n++) {
        float vector[BANDS];
        int32_t first[2], tokens[2];
        uint32_t seed = n;
        random_envelope(vector, &seed);
        rvq_set_search(made.rvq, NULL);
        search(&made, vector, first);
        for (uint32_t k = 0; k < rvq_kernel_count; k++) {
            if (!rvq_kernels[k].supported()) continue;
            rvq_set_search(made.rvq, rvq_kernels[k].search);
            search(&made, vector, tokens);
            cr_assert_arr_eq(tokens, first, sizeof first, "%s", rvq_kernels[k].name);
        }
        rvq_reserve_codeword(made.rvq, 0, (uint32_t)first[0]);
        search(&made, vector, tokens);
        cr_assert_neq(tokens[0], first[0]);
    }
    random_rvq_free(&made);
}

/* A codebook of 16 codewords of two bands: the first two as told, the others far away. */
static int32_t chosen_of_two(float left_of_first, float left_of_second)
{
    uint32_t seed = 1;
    random_rvq made = {0};
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, 2, 16, 0.1f, NULL}, &seed);
    memset(made.rows[0], 127, 32u);
    /* Band 0 is the loudest: what a codeword has too much there is over the sound. */
    const int8_t words[2][2] = {{(int8_t)(10.0f * left_of_first), 0}, {(int8_t)(10.0f * left_of_second), 0}};
    memcpy(made.rows[0], words, sizeof words);
    cr_assert_eq(random_rvq_build(&made, 2), RSD_OK);
    const live_shape shape = {.band_count = 2, .band_weight = {1.0f, 1.0f}};
    const float envelope[2] = {0.0f, -10.0f}, error[2] = {0};
    int32_t token;
    const live_envelope_job job = {&shape, made.rvq, 1, envelope, error, NULL, false};
    live_envelope_search(&job, &token);
    random_rvq_free(&made);
    return token;
}

/* log2: 1 is 6 dB. */
Test(live_envelope_search, too_soft_is_chosen_over_too_loud_from_1_5_db_on)
{
    cr_assert_eq(chosen_of_two(0.2f, -0.5f), 0, "1.2 dB too loud is nearer than 3 dB too soft");
    cr_assert_eq(chosen_of_two(0.4f, -0.5f), 1, "2.4 dB too loud costs 0.16 + 256 x 0.15^2 = 5.9, 3 dB too soft 0.25");
    cr_assert_eq(chosen_of_two(1.0f, -1.5f), 1,
                 "6 dB too loud costs 1 + 256 x 0.75^2 = 145, 9 dB too soft 1.5^2 + 16 x 0.5^2 = 6.25");
    cr_assert_eq(chosen_of_two(1.0f, -3.5f), 1, "21 dB too soft costs 3.5^2 + 16 x 2.5^2 = 112");
    cr_assert_eq(chosen_of_two(1.0f, -4.0f), 0, "24 dB too soft costs 4^2 + 16 x 3^2 = 160");
}

/* No band of it is too loud by itself. */
Test(live_envelope_search, bands_that_are_too_loud_together_are_too_loud)
{
    uint32_t seed = 1;
    random_rvq made = {0};
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, 4, 16, 0.1f, NULL}, &seed);
    memset(made.rows[0], 127, 64u);
    const int8_t words[2][4] = {{0, 8, 8, 8}, {-10, -10, -10, -10}};
    memcpy(made.rows[0], words, sizeof words);
    cr_assert_eq(random_rvq_build(&made, 4), RSD_OK);
    const live_shape shape = {.band_count = 4, .band_weight = {1.0f, 1.0f, 1.0f, 1.0f}};
    const float envelope[4] = {0.0f, -1.0f, -1.0f, -1.0f}, error[4] = {0};
    int32_t token;
    const live_envelope_job job = {&shape, made.rvq, 1, envelope, error, NULL, false};
    live_envelope_search(&job, &token);
    cr_assert_eq(token, 1, "an error of 3 x 0.8^2 is less than of 4, but 3.2 dB too loud");
    random_rvq_free(&made);
}

/* ---- a prediction that begins anew ---- */

/* A sine of 1 kHz that ends within a hop: the bands around it stay, and all others rise by 50 dB. */
static void end_of_tone(const live_shape *shape, bool ends, float *envelope)
{
    for (uint32_t b = 0; b < shape->band_count; b++) {
        const bool is_tone = b == 4u || b == 5u;
        envelope[b] = is_tone ? -1.0f : ends ? -5.0f - 0.1f * (float)b : -15.0f;
    }
}

/* Of live-64, live-128 and live-256: error of the worst band where the tone ends, in log2, after 50 frames of it. */
Test(live_envelope_restart, where_a_tone_ends_all_bands_are_told_within_a_frame)
{
    static const char *const names[] = {"live-64", "live-128", "live-256"};
    for (uint32_t n = 0; n < 3u; n++) {
        rsd_model *model;
        cr_assert_eq(rsd_model_open(names[n], &model, NULL), RSD_OK);
        const live_model *live = (const live_model *)model;
        const live_shape *shape = &live->shape;
        float state[LIVE_MAX_BANDS] = {0}, there[LIVE_MAX_BANDS] = {0}, envelope[LIVE_MAX_BANDS];
        int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS];
        for (uint32_t f = 0; f < 51u; f++) {
            end_of_tone(shape, f == 50u, envelope);
            live_envelope_encode(shape, live->envelope_codebooks, envelope, &(live_side_notes){-1, NULL}, state,
                                 tokens);
            live_envelope_decode(shape, live->envelope_codebooks, tokens, there);
            cr_assert_arr_eq(state, there, shape->band_count * sizeof *state, "%s, frame %u", names[n], f);
            if (f > 30u && f < 50u) cr_assert(!live_envelope_restarts(shape, tokens), "%s: a tone is steady", names[n]);
        }
        cr_assert(live_envelope_restarts(shape, tokens), "%s", names[n]);
        float sum = 0.0f, told = 0.0f;
        for (uint32_t b = 0; b < shape->band_count; b++) {
            const float coded = state[b] + shape->mean_envelope[b];
            sum += fabsf(coded - envelope[b]) / (float)shape->band_count;
            told = fmaxf(told, coded - envelope[b] - 1e6f * (float)(b != 4u && b != 5u));
        }
        cr_assert_lt(sum, n == 0u ? 3.5f : 2.0f, "%s: off by %.1f dB in the mean", names[n], 6.02 * (double)sum);
        cr_assert_lt(told, 1.0f, "%s: the tone is %.1f dB too loud", names[n], 6.02 * (double)told);
        rsd_model_release(model);
    }
}

Test(live_envelope_restart, what_was_before_does_not_count)
{
    rsd_model *model;
    cr_assert_eq(rsd_model_open("live-128", &model, NULL), RSD_OK);
    const live_model *live = (const live_model *)model;
    for (int32_t token = 0; token < 1024; token++) {
        const int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS] = {7, token};
        float low[LIVE_MAX_BANDS] = {0}, high[LIVE_MAX_BANDS];
        for (uint32_t b = 0; b < LIVE_MAX_BANDS; b++) high[b] = 1.0f;
        live_envelope_decode(&live->shape, live->envelope_codebooks, tokens, low);
        live_envelope_decode(&live->shape, live->envelope_codebooks, tokens, high);
        const bool restarts = token % 16 == 14 && (uint32_t)token < live_envelope_first_escape(&live->shape, 1u);
        cr_assert_eq(live_envelope_restarts(&live->shape, tokens), restarts, "token %d", token);
        cr_assert_eq(low[3] == high[3], restarts, "token %d", token);
    }
    rsd_model_release(model);
}

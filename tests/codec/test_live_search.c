// SPDX-License-Identifier: MIT
// The search of the `live` encoder: costs, candidates, looking ahead, by brute force.
#include "codec/live/search.h"

#include "rvq/rvq_internal.h"
#include "rvq/rvq_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static int32_t search(const random_rvq *made, const live_search_stage *stage, uint32_t bits, const float *vector,
                      float *residual)
{
    const live_search_job job = {.codebooks = made->rvq,
                                 .stage = *stage,
                                 .lookahead_width = 1,
                                 .codebook_bits = bits,
                                 .vector = vector,
                                 .residual = residual};
    return live_search_token(&job);
}

/* Codes vectors with the codebooks of one dim twice, by nearest and by energy; sums of what is left and of the squared
 * share of energy that the sum of codewords, with `gain`, lacks. */
typedef struct {
    double left, energy_error;
} energy_sums;

static void add_energies(const float *vector, const float *residual, float gain, energy_sums *sums)
{
    double left = 0.0, wanted = 0.0, coded = 0.0;
    for (uint32_t i = 0; i < 20u; i++) {
        const double c = (double)vector[i] - (double)residual[i];
        left += (double)residual[i] * (double)residual[i];
        wanted += (double)vector[i] * (double)vector[i];
        coded += c * c;
    }
    const double missing = 1.0 - (double)gain * coded / wanted;
    sums->left += left;
    sums->energy_error += missing * missing;
}

Test(live_search, codewords_of_the_right_energy_are_preferred)
{
    uint32_t seed = 7;
    random_rvq made = {0};
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, 20, 1024, 0.02f, NULL}, &seed);
    cr_assert_eq(random_rvq_build(&made, 20), RSD_OK);
    energy_sums nearest = {0}, right = {0}, plain = {0};
    for (int n = 0; n < 200; n++) {
        float vector[20], residual[20], energy_residual[20], plain_residual[20], wanted = 0.0f;
        for (uint32_t i = 0; i < 20u; i++) vector[i] = 2.0f * test_noise(&seed);
        for (uint32_t i = 0; i < 20u; i++) wanted += vector[i] * vector[i];
        memcpy(residual, vector, sizeof vector);
        memcpy(energy_residual, vector, sizeof vector);
        memcpy(plain_residual, vector, sizeof vector);
        const live_search_stage goal = {0, RVQ_JOINED_CLASSES, 1.0f, 1.0f / wanted, wanted, 1.2f},
                                none = {0, RVQ_BLOCK, 1.0f, 0.0f, wanted, 1.2f};
        rsd_rvq_encode_codebook(made.rvq, 0, 1.0f, 16, residual);
        search(&made, &none, 16, vector, plain_residual);
        search(&made, &goal, 16, vector, energy_residual);
        add_energies(vector, residual, 1.2f, &nearest);
        add_energies(vector, energy_residual, 1.2f, &right);
        add_energies(vector, plain_residual, 1.2f, &plain);
    }
    cr_assert_lt(right.energy_error, 0.7 * nearest.energy_error, "%g, nearest %g", right.energy_error,
                 nearest.energy_error);
    cr_assert_lt(right.left, 1.1 * nearest.left, "%g, nearest %g", right.left, nearest.left);
    cr_assert_float_eq(plain.left, nearest.left, 1e-4 * nearest.left);
    random_rvq_free(&made);
}

/* What a codeword costs by live_search_stage's formula, in double precision. */
static double plain_cost(const random_rvq *made, const live_search_stage *stage, uint32_t token, const float *vector,
                         const float *residual)
{
    const rsd_rvq_codebook *codebook = &made->codebooks[stage->codebook];
    double left = 0.0, coded = 0.0;
    for (uint32_t i = 0; i < codebook->dim; i++) {
        const double element =
            (double)(codebook->scale * stage->scale) * codebook->codewords[(size_t)token * codebook->dim + i];
        const double l = (double)residual[i] - element, c = (double)vector[i] - l;
        left += l * l;
        coded += c * c;
    }
    const double missing = (double)stage->target_energy - (double)stage->gain * coded;
    return left + (double)stage->energy_weight * missing * missing;
}

/* The least cost that a nearest codeword of one of the stage's classes has, of the first `count` codewords but the
 * reserved 3rd, 6th, ... */
static double least_cost(const random_rvq *made, const live_search_stage *stage, uint32_t count, const float *vector,
                         const float *residual)
{
    const live_search_stage nearest = {stage->codebook, stage->candidate_count, stage->scale, 0.0f, 0.0f, 0.0f};
    double least = INFINITY;
    for (uint32_t c = 0; c < stage->candidate_count; c++) {
        double left = INFINITY;
        uint32_t token = UINT32_MAX;
        for (uint32_t w = c; w < count; w += stage->candidate_count) {
            const double its = w % 3u == 2u ? INFINITY : plain_cost(made, &nearest, w, vector, residual);
            if (its < left) token = w;
            left = fmin(left, its);
        }
        if (token != UINT32_MAX) least = fmin(least, plain_cost(made, stage, token, vector, residual));
    }
    return least;
}

/* Candidates that are passed over unseen are never the cheapest; dims that have loops of their own, and others. */
Test(live_search, the_cheapest_candidate_is_chosen_by_brute_force)
{
    static const struct {
        uint32_t dim, candidate_count;
    } kinds[] = {{8, 8}, {16, 16}, {8, 16}, {16, 8}, {11, 8}, {32, 16}, {1, 16}};
    uint32_t seed = 23;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const uint32_t dim = kinds[k].dim;
        random_rvq made = {0};
        random_rvq_add(&made, (rsd_rvq_codebook){0, 0, dim, 256, 0.02f, NULL}, &seed);
        cr_assert_eq(random_rvq_build(&made, dim), RSD_OK);
        for (uint32_t w = 2; w < 256u; w += 3u) rvq_reserve_codeword(made.rvq, 0, w);
        for (int n = 0; n < 200; n++) {
            const uint32_t bits = n % 2 ? 8u : 5u;
            float vector[32], residual[32], after[32], wanted = 0.0f;
            for (uint32_t i = 0; i < dim; i++) {
                vector[i] = 3.0f * test_noise(&seed);
                residual[i] = vector[i] - (n % 3 ? 1.5f * test_noise(&seed) : 0.0f);
                wanted += vector[i] * vector[i];
            }
            memcpy(after, residual, sizeof after);
            const live_search_stage stage = {
                0, kinds[k].candidate_count, 0.7f, (n % 5 ? 1.0f : 0.0f) / wanted, wanted, 1.1f};
            const int32_t token = search(&made, &stage, bits, vector, after);
            cr_assert(token % 3 != 2 && token < 1 << bits, "dim %u: token %d", dim, token);
            const double got = plain_cost(&made, &stage, (uint32_t)token, vector, residual),
                         least = least_cost(&made, &stage, 1u << bits, vector, residual);
            cr_assert_leq(got, 1.01 * least + 1e-4, "dim %u, vector %d: %g, not %g", dim, n, got, least);
        }
        random_rvq_free(&made);
    }
}

Test(live_search, the_greatest_is_the_first_of_equals)
{
    uint32_t seed = 29;
    for (uint32_t count = 1; count <= 32u; count++) {
        for (int n = 0; n < 100; n++) {
            float values[32];
            uint32_t first = 0;
            for (uint32_t i = 0; i < count; i++) values[i] = floorf(8.0f * fabsf(test_noise(&seed)));
            values[test_random(&seed) % count] = -1.0f; /* a sub-band that has all its tokens */
            for (uint32_t i = 1; i < count; i++) first = values[i] > values[first] ? i : first;
            cr_assert_eq(live_argmax(values, count), first, "%u values", count);
        }
    }
}

/* Error that two stages leave, the first chosen with `width` candidates judged by the second (1: none). */
static double left_by_two(const random_rvq *made, uint32_t width)
{
    double left = 0.0;
    uint32_t seed = 11;
    const int8_t ratio_steps[256] = {0};
    const float ratio_of_step[256] = {1.0f};
    const live_search_stage stages[2] = {{0, RVQ_BLOCK, 1.0f, 0.0f, 0.0f, 1.0f},
                                         {1, RVQ_BLOCK, 0.5f, 0.0f, 0.0f, 1.0f}};
    for (int n = 0; n < 300; n++) {
        float vector[12], residual[12];
        for (uint32_t i = 0; i < 12u; i++) vector[i] = residual[i] = 2.0f * test_noise(&seed);
        live_candidates found = {0};
        live_search_job job = {.codebooks = made->rvq,
                               .stage = stages[0],
                               .next = stages[1],
                               .lookahead_width = width,
                               .ratio_steps = ratio_steps,
                               .ratio_of_step = ratio_of_step,
                               .codebook_bits = 16,
                               .vector = vector,
                               .residual = residual,
                               .found = &found};
        live_search_token(&job);
        job.stage = stages[1];
        job.lookahead_width = 1;
        live_search_token(&job);
        for (uint32_t i = 0; i < 12u; i++) left += (double)residual[i] * (double)residual[i];
    }
    return left;
}

Test(live_search, looking_ahead_leaves_less_with_every_candidate)
{
    uint32_t seed = 9;
    random_rvq made = {0};
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, 12, 256, 0.02f, NULL}, &seed);
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, 12, 256, 0.02f, NULL}, &seed);
    cr_assert_eq(random_rvq_build(&made, 12), RSD_OK);
    const double alone = left_by_two(&made, 1), two = left_by_two(&made, 2), four = left_by_two(&made, 4);
    cr_assert_lt(two, 0.97 * alone, "%g, alone %g", two, alone);
    cr_assert_lt(four, 0.995 * two, "%g, a width of two %g", four, two);
    random_rvq_free(&made);
}

// SPDX-License-Identifier: MIT
#include "rvq/rvq_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define DIM 37u /* odd: the last pair has a zero column */
#define FRAMES 200

/* Three levels: whole latent, two groups, three uneven groups. */
static random_rvq make_rvq(void)
{
    static uint32_t seed = 11;
    random_rvq made = {0};
    random_rvq_add(&made, 0, 0, DIM, 1024, 0.02f, &seed);
    random_rvq_add(&made, 1, 0, 12, 64, 0.01f, &seed);
    random_rvq_add(&made, 1, 12, DIM - 12, 256, 0.01f, &seed);
    random_rvq_add(&made, 2, 0, 5, 8, 0.01f, &seed);
    random_rvq_add(&made, 2, 5, 1, 2, 0.01f, &seed);
    random_rvq_add(&made, 2, 6, DIM - 6, 32, 0.01f, &seed);
    cr_assert_eq(random_rvq_build(&made, DIM), RSD_OK);
    return made;
}

static void random_latent(float *latent, uint32_t *seed)
{
    for (uint32_t i = 0; i < DIM; i++) latent[i] = 2.0f * test_noise(seed);
}

/* Nearest row in double precision to the target as the quantiser rounds it. */
static uint32_t brute_force(const rsd_rvq_book *book, const float *residual, uint32_t count)
{
    const double steps = (double)(1u << rvq_fraction_bits(book->dim));
    uint32_t best = 0;
    double best_distance = INFINITY;
    for (uint32_t w = 0; w < count; w++) {
        double sum = 0.0;
        for (uint32_t i = 0; i < book->dim; i++) {
            const double target = nearbyint((double)residual[book->begin + i] * steps / (double)book->scale);
            const double e = target / steps - book->codewords[(size_t)w * book->dim + i];
            sum += e * e;
        }
        if (sum < best_distance) {
            best_distance = sum;
            best = w;
        }
    }
    return best;
}

Test(rvq, every_token_is_the_nearest_codeword_by_brute_force)
{
    random_rvq made = make_rvq();
    uint32_t seed = 3;
    for (int frame = 0; frame < FRAMES; frame++) {
        float residual[DIM], before[DIM];
        int32_t tokens[3];
        random_latent(residual, &seed);
        for (uint32_t level = 0, b = 0; level < 3u; level++) {
            memcpy(before, residual, sizeof before);
            rsd_rvq_encode_level(made.rvq, level, 16, residual, tokens);
            for (uint32_t g = 0; b < rsd_rvq_level_begin(made.rvq, level + 1u); b++, g++)
                cr_assert_eq((uint32_t)tokens[g], brute_force(&made.books[b], before, made.books[b].codeword_count),
                             "frame %d, book %u", frame, b);
        }
    }
    random_rvq_free(&made);
}

/* A book of steps much finer than its codewords: what rounding the target to whole units would lose. */
Test(rvq, targets_are_finer_than_codewords)
{
    int8_t rows[4] = {0, 1, 2, 3};
    const rsd_rvq_book book = {0, 0, 1, 4, 1.0f, rows};
    random_rvq made = {.shape = {.level_count = 1, .book_count = 1}, .books = {book}};
    cr_assert_eq(random_rvq_build(&made, 1), RSD_OK);
    for (int32_t w = 0; w < 3; w++) {
        float below = (float)w + 0.47f, above = (float)w + 0.53f;
        cr_assert_eq(rsd_rvq_encode_book(made.rvq, 0, 1.0f, 16, &below), w);
        cr_assert_eq(rsd_rvq_encode_book(made.rvq, 0, 1.0f, 16, &above), w + 1);
    }
    random_rvq_free(&made);
}

/* Far out of the range that a search works in, the nearest codeword is the one in the target's direction. */
Test(rvq, a_target_out_of_range_keeps_its_direction)
{
    int8_t rows[2][2] = {{100, 20}, {71, 71}};
    const rsd_rvq_book book = {0, 0, 2, 2, 1.0f, rows[0]};
    random_rvq made = {.shape = {.level_count = 1, .book_count = 1}, .books = {book}};
    cr_assert_eq(random_rvq_build(&made, 2), RSD_OK);
    for (float size = 1.0f; size < 1e30f; size *= 10.0f) {
        float along[2] = {100.0f * size, 20.0f * size}, between[2] = {71.0f * size, 71.0f * size};
        cr_assert_eq(rsd_rvq_encode_book(made.rvq, 0, 1.0f, 16, along), 0, "%g", (double)size);
        cr_assert_eq(rsd_rvq_encode_book(made.rvq, 0, 1.0f, 16, between), 1, "%g", (double)size);
    }
    random_rvq_free(&made);
}

/* Codes vectors with the books of one dim twice, by nearest and by energy; sums of what is left and of the squared
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

Test(rvq, codewords_of_the_right_energy_are_preferred)
{
    uint32_t seed = 7;
    random_rvq made = {0};
    random_rvq_add(&made, 0, 0, 20, 1024, 0.02f, &seed);
    cr_assert_eq(random_rvq_build(&made, 20), RSD_OK);
    energy_sums nearest = {0}, right = {0}, plain = {0};
    for (int n = 0; n < 200; n++) {
        float vector[20], residual[20], energy_residual[20], plain_residual[20], wanted = 0.0f;
        for (uint32_t i = 0; i < 20u; i++) vector[i] = 2.0f * test_noise(&seed);
        for (uint32_t i = 0; i < 20u; i++) wanted += vector[i] * vector[i];
        memcpy(residual, vector, sizeof vector);
        memcpy(energy_residual, vector, sizeof vector);
        memcpy(plain_residual, vector, sizeof vector);
        const rvq_stage goal = {0, RVQ_CANDIDATES, 1.0f, 1.0f / wanted, wanted, 1.2f},
                        none = {0, RVQ_BLOCK, 1.0f, 0.0f, wanted, 1.2f};
        rsd_rvq_encode_book(made.rvq, 0, 1.0f, 16, residual);
        rvq_encode_energy(made.rvq, &none, NULL, 16, vector, plain_residual, NULL);
        rvq_encode_energy(made.rvq, &goal, NULL, 16, vector, energy_residual, NULL);
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

/* What a codeword costs by rvq_stage's formula, in double precision. */
static double plain_cost(const random_rvq *made, const rvq_stage *stage, uint32_t token, const float *vector,
                         const float *residual)
{
    const rsd_rvq_book *book = &made->books[stage->book];
    double left = 0.0, coded = 0.0;
    for (uint32_t i = 0; i < book->dim; i++) {
        const double element = (double)(book->scale * stage->scale) * book->codewords[(size_t)token * book->dim + i];
        const double l = (double)residual[i] - element, c = (double)vector[i] - l;
        left += l * l;
        coded += c * c;
    }
    const double missing = (double)stage->wanted - (double)stage->gain * coded;
    return left + (double)stage->weight * missing * missing;
}

/* The least cost that a nearest codeword of one of the stage's classes has, of the first `count` codewords but the
 * reserved 3rd, 6th, ... */
static double least_cost(const random_rvq *made, const rvq_stage *stage, uint32_t count, const float *vector,
                         const float *residual)
{
    const rvq_stage nearest = {stage->book, stage->candidate_count, stage->scale, 0.0f, 0.0f, 0.0f};
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
Test(rvq, the_cheapest_candidate_is_chosen_by_brute_force)
{
    static const struct {
        uint32_t dim, candidate_count;
    } kinds[] = {{8, 8}, {16, 16}, {8, 16}, {16, 8}, {11, 8}, {32, 16}, {1, 16}};
    uint32_t seed = 23;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const uint32_t dim = kinds[k].dim;
        random_rvq made = {0};
        random_rvq_add(&made, 0, 0, dim, 256, 0.02f, &seed);
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
            const rvq_stage stage = {0, kinds[k].candidate_count, 0.7f, (n % 5 ? 1.0f : 0.0f) / wanted, wanted, 1.1f};
            const int32_t token = rvq_encode_energy(made.rvq, &stage, NULL, bits, vector, after, NULL);
            cr_assert(token % 3 != 2 && token < 1 << bits, "dim %u: token %d", dim, token);
            const double got = plain_cost(&made, &stage, (uint32_t)token, vector, residual),
                         least = least_cost(&made, &stage, 1u << bits, vector, residual);
            cr_assert_leq(got, 1.01 * least + 1e-4, "dim %u, vector %d: %g, not %g", dim, n, got, least);
        }
        random_rvq_free(&made);
    }
}

Test(rvq, the_greatest_is_the_first_of_equals)
{
    uint32_t seed = 29;
    for (uint32_t count = 1; count <= 32u; count++) {
        for (int n = 0; n < 100; n++) {
            float values[32];
            uint32_t first = 0;
            for (uint32_t i = 0; i < count; i++) values[i] = floorf(8.0f * fabsf(test_noise(&seed)));
            values[test_random(&seed) % count] = -1.0f; /* a cell that has all its tokens */
            for (uint32_t i = 1; i < count; i++) first = values[i] > values[first] ? i : first;
            cr_assert_eq(rvq_greatest_of(values, count), first, "%u values", count);
        }
    }
}

/* Error that two stages leave, the first chosen with path_count candidates looked at ahead (0: by itself). */
static double left_by_two(const random_rvq *made, uint32_t path_count)
{
    double left = 0.0;
    uint32_t seed = 11;
    const int8_t leaves[256] = {0};
    const float shares[256] = {1.0f};
    const rvq_stage stages[2] = {{0, RVQ_BLOCK, 1.0f, 0.0f, 0.0f, 1.0f}, {1, RVQ_BLOCK, 0.5f, 0.0f, 0.0f, 1.0f}};
    const rvq_ahead ahead = {stages[1], leaves, shares, path_count};
    for (int n = 0; n < 300; n++) {
        float vector[12], residual[12];
        for (uint32_t i = 0; i < 12u; i++) vector[i] = residual[i] = 2.0f * test_noise(&seed);
        rvq_candidates found = {0};
        rvq_encode_energy(made->rvq, &stages[0], path_count ? &ahead : NULL, 16, vector, residual, &found);
        rvq_encode_energy(made->rvq, &stages[1], NULL, 16, vector, residual, &found);
        for (uint32_t i = 0; i < 12u; i++) left += (double)residual[i] * (double)residual[i];
    }
    return left;
}

Test(rvq, a_stage_that_looks_ahead_leaves_less_with_every_path)
{
    uint32_t seed = 9;
    random_rvq made = {0};
    random_rvq_add(&made, 0, 0, 12, 256, 0.02f, &seed);
    random_rvq_add(&made, 0, 0, 12, 256, 0.02f, &seed);
    cr_assert_eq(random_rvq_build(&made, 12), RSD_OK);
    const double alone = left_by_two(&made, 0), one = left_by_two(&made, 1), two = left_by_two(&made, 2),
                 four = left_by_two(&made, 4);
    cr_assert_eq(one, alone, "one path is the nearest");
    cr_assert_lt(two, 0.97 * alone, "%g, alone %g", two, alone);
    cr_assert_lt(four, 0.995 * two, "%g, two paths %g", four, two);
    random_rvq_free(&made);
}

Test(rvq, a_residual_is_what_the_decoded_levels_leave)
{
    random_rvq made = make_rvq();
    uint32_t seed = 5;
    for (int frame = 0; frame < FRAMES; frame++) {
        float latent[DIM], residual[DIM], sum[DIM] = {0};
        int32_t tokens[3];
        random_latent(latent, &seed);
        memcpy(residual, latent, sizeof latent);
        for (uint32_t level = 0; level < 3u; level++) {
            rsd_rvq_encode_level(made.rvq, level, 16, residual, tokens);
            rsd_rvq_decode_level(made.rvq, level, tokens, 1.0f, sum);
        }
        for (uint32_t i = 0; i < DIM; i++) cr_assert_float_eq(sum[i] + residual[i], latent[i], 1e-5f, "element %u", i);
    }
    random_rvq_free(&made);
}

Test(rvq, the_lowest_index_wins_a_tie_on_every_kernel)
{
    int8_t rows[64][4];
    for (int w = 0; w < 64; w++) memset(rows[w], w % 2 ? 9 : -9, 4); /* only two distinct codewords */
    const rsd_rvq_book book = {0, 0, 4, 64, 1.0f, rows[0]};
    random_rvq made = {.shape = {.level_count = 1, .book_count = 1}, .books = {book}};
    cr_assert_eq(random_rvq_build(&made, 4), RSD_OK);
    const int16_t up[4] = {9, 9, 9, 9}, between[4] = {0, 0, 0, 0};
    for (uint32_t k = 0; k < rvq_kernel_count; k++) {
        if (!rvq_kernels[k].supported()) continue;
        rvq_nearest nearest;
        rvq_kernels[k].search(made.rvq->books, up, 64, &nearest);
        cr_assert_eq(rvq_nearest_of_all(&nearest), 1, "%s", rvq_kernels[k].name);
        rvq_kernels[k].search(made.rvq->books, between, 64, &nearest);
        cr_assert_eq(rvq_nearest_of_all(&nearest), 0, "%s", rvq_kernels[k].name);
    }
    random_rvq_free(&made);
}

Test(rvq, codebook_bits_keep_tokens_below_two_to_the_bits)
{
    random_rvq made = make_rvq();
    uint32_t seed = 13;
    for (uint32_t bits = 1; bits <= 16u; bits++) {
        for (int frame = 0; frame < 20; frame++) {
            float residual[DIM], before[DIM];
            int32_t tokens[3];
            random_latent(residual, &seed);
            memcpy(before, residual, sizeof before);
            rsd_rvq_encode_level(made.rvq, 0, bits, residual, tokens);
            const uint32_t count = bits >= 10u ? 1024u : 1u << bits;
            cr_assert_eq((uint32_t)tokens[0], brute_force(&made.books[0], before, count), "%u bits", bits);
        }
    }
    random_rvq_free(&made);
}

Test(rvq, tokens_out_of_range_are_wrapped_and_none_adds_nothing)
{
    random_rvq made = make_rvq();
    float once[DIM] = {0}, wrapped[DIM] = {0}, none[DIM] = {0};
    const int32_t token = 5, high = 5 + 1024, missing = RSD_TOKEN_NONE;
    rsd_rvq_decode_level(made.rvq, 0, &token, 1.0f, once);
    rsd_rvq_decode_level(made.rvq, 0, &high, 1.0f, wrapped);
    rsd_rvq_decode_level(made.rvq, 0, &missing, 1.0f, none);
    cr_assert_arr_eq(once, wrapped, sizeof once);
    for (uint32_t i = 0; i < DIM; i++) cr_assert_eq(none[i], 0.0f);
    random_rvq_free(&made);
}

Test(rvq, huge_latents_stay_finite)
{
    random_rvq made = make_rvq();
    float residual[DIM];
    int32_t tokens[3];
    for (uint32_t i = 0; i < DIM; i++) residual[i] = i % 2u ? 1e30f : -1e30f;
    for (uint32_t level = 0; level < 3u; level++) rsd_rvq_encode_level(made.rvq, level, 16, residual, tokens);
    for (uint32_t i = 0; i < DIM; i++) cr_assert(isfinite(residual[i]));
    random_rvq_free(&made);
}

Test(rvq, wrong_shapes_are_refused)
{
    uint32_t seed = 1;
    random_rvq gap = {0}, wide = {0}, odd = {0};
    random_rvq_add(&gap, 1, 0, 4, 16, 1.0f, &seed); /* no level 0 */
    cr_assert_eq(random_rvq_build(&gap, 4), RSD_ERR_ARG);
    random_rvq_add(&wide, 0, 2, 4, 16, 1.0f, &seed); /* runs past the latent */
    cr_assert_eq(random_rvq_build(&wide, 4), RSD_ERR_ARG);
    random_rvq_add(&odd, 0, 0, 4, 16, 1.0f, &seed);
    odd.books[0].codeword_count = 15; /* not a power of two */
    cr_assert_eq(random_rvq_build(&odd, 4), RSD_ERR_ARG);
    odd.books[0].codeword_count = 16;
    odd.books[0].scale = -1.0f;
    cr_assert_eq(random_rvq_build(&odd, 4), RSD_ERR_ARG);
    odd.books[0].scale = 1.0f;
    cr_assert_eq(random_rvq_build(&odd, 4), RSD_OK);
    rsd_rvq *rvq;
    _Alignas(64) char small[64];
    cr_assert_eq(rsd_rvq_init(small, sizeof small, &odd.shape, &rvq), RSD_ERR_SIZE);
    random_rvq_free(&gap);
    random_rvq_free(&wide);
    random_rvq_free(&odd);
}

/* Two books of one vector, the first in parts or (few codewords) whole. */
static random_rvq make_pair(uint32_t words)
{
    uint32_t seed = words;
    random_rvq made = {0};
    random_rvq_add(&made, 0, 0, 20, words, 0.02f, &seed);
    random_rvq_add(&made, 0, 0, 20, 256, 0.01f, &seed);
    cr_assert_eq(random_rvq_build(&made, 20), RSD_OK);
    return made;
}

static double left_energy(const random_rvq *made, const float *vector, const int32_t tokens[2])
{
    double left = 0.0;
    for (uint32_t i = 0; i < 20u; i++) {
        double e = vector[i];
        for (uint32_t b = 0; b < 2u; b++)
            e -= (double)made->books[b].scale * made->books[b].codewords[(size_t)tokens[b] * 20u + i];
        left += e * e;
    }
    return left;
}

/* The best pair of all, for which every codeword of the first book is tried. */
static double least_left(const random_rvq *made, const float *vector)
{
    double least = INFINITY;
    for (int32_t w = 0; w < (int32_t)made->books[0].codeword_count; w++) {
        float residual[20];
        memcpy(residual, vector, sizeof residual);
        rsd_rvq_decode_book(made->rvq, 0, w, -1.0f, residual);
        const int32_t tokens[2] = {w, rsd_rvq_encode_book(made->rvq, 1, 1.0f, 16, residual)};
        least = fmin(least, left_energy(made, vector, tokens));
    }
    return least;
}

/* Sums over 100 vectors of what is left by one book after the other, by the pair, and by the best pair of all. */
static void compare_pairs(uint32_t words, double sums[3])
{
    random_rvq made = make_pair(words);
    uint32_t seed = 7;
    for (int n = 0; n < 100; n++) {
        float vector[DIM], residual[DIM];
        int32_t greedy[2], pair[2];
        random_latent(vector, &seed);
        memcpy(residual, vector, sizeof residual);
        for (uint32_t b = 0; b < 2u; b++) greedy[b] = rsd_rvq_encode_book(made.rvq, b, 1.0f, 16, residual);
        rvq_encode_pair(made.rvq, 0, vector, pair);
        const double left[3] = {left_energy(&made, vector, greedy), left_energy(&made, vector, pair),
                                least_left(&made, vector)};
        cr_assert_leq(left[1], left[0] * (1.0 + 1e-5), "%u words, vector %d", words, n);
        cr_assert_geq(left[1], left[2] * (1.0 - 1e-5), "%u words, vector %d", words, n);
        for (int i = 0; i < 3; i++) sums[i] += left[i];
    }
    random_rvq_free(&made);
}

Test(rvq, a_pair_of_books_leaves_less_than_one_after_the_other)
{
    double large[3] = {0}, small[3] = {0};
    compare_pairs(1024, large);
    cr_assert_lt(large[1], large[0] - 0.3 * (large[0] - large[2]), "%g, %g, best %g", large[0], large[1], large[2]);
    compare_pairs(8, small);
    cr_assert_lt(small[1], small[0], "a small book has candidates, too");
}

Test(rvq, a_pair_of_books_is_the_same_on_every_kernel_and_never_a_reserved_codeword)
{
    random_rvq made = make_pair(1024);
    for (uint32_t n = 0; n < 100u; n++) {
        float vector[DIM];
        int32_t first[2], tokens[2];
        uint32_t seed = n;
        random_latent(vector, &seed);
        rvq_set_search(made.rvq, NULL);
        rvq_encode_pair(made.rvq, 0, vector, first);
        for (uint32_t k = 0; k < rvq_kernel_count; k++) {
            if (!rvq_kernels[k].supported()) continue;
            rvq_set_search(made.rvq, rvq_kernels[k].search);
            rvq_encode_pair(made.rvq, 0, vector, tokens);
            cr_assert_arr_eq(tokens, first, sizeof first, "%s", rvq_kernels[k].name);
        }
        rvq_reserve_codeword(made.rvq, 0, (uint32_t)first[0]);
        rvq_encode_pair(made.rvq, 0, vector, tokens);
        cr_assert_neq(tokens[0], first[0]);
    }
    random_rvq_free(&made);
}

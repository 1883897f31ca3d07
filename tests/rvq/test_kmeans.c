// SPDX-License-Identifier: MIT
// Training of one codebook: nested codewords, reserved ones, the same result on any number of threads.
#include "rvq/rvq_support.h"
#include "rvq/rvq_train.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define DIM 6u
#define COUNT 4000u
#define WORDS 64u

/* Vectors around 64 seeded centres. */
static void fill_clusters(float *vectors)
{
    uint32_t seed = 21;
    float centres[WORDS][DIM];
    for (uint32_t w = 0; w < WORDS; w++) {
        for (uint32_t d = 0; d < DIM; d++) centres[w][d] = 4.0f * test_noise(&seed);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        for (uint32_t d = 0; d < DIM; d++) vectors[i * DIM + d] = centres[i % WORDS][d] + 0.2f * test_noise(&seed);
    }
}

static rvq_kmeans_config config_of(const float *vectors)
{
    return (rvq_kmeans_config){.vectors = vectors,
                               .stride = DIM,
                               .count = COUNT,
                               .dim = DIM,
                               .codeword_count = WORDS,
                               .iteration_count = 20,
                               .seed = 4};
}

/* Mean squared error of the first `words` codewords. */
static double error_of(const float *vectors, const int8_t *codewords, float scale, uint32_t words)
{
    double total = 0.0;
    for (uint32_t i = 0; i < COUNT; i++) {
        double best = INFINITY;
        for (uint32_t w = 0; w < words; w++) {
            double sum = 0.0;
            for (uint32_t d = 0; d < DIM; d++) {
                const double e = vectors[i * DIM + d] - scale * codewords[w * DIM + d];
                sum += e * e;
            }
            best = fmin(best, sum);
        }
        total += best;
    }
    return total / (COUNT * DIM);
}

static double variance(const float *vectors)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < COUNT * DIM; i++) sum += (double)vectors[i] * vectors[i];
    return sum / (COUNT * DIM);
}

Test(kmeans, finds_clusters_and_its_prefixes_are_good_codebooks)
{
    static float vectors[COUNT * DIM];
    int8_t codewords[WORDS * DIM];
    float scale;
    fill_clusters(vectors);
    const rvq_kmeans_config config = config_of(vectors);
    cr_assert_eq(rvq_kmeans(&config, codewords, &scale), RSD_OK);
    const double all = variance(vectors), whole = error_of(vectors, codewords, scale, WORDS);
    cr_assert_lt(whole, 0.08 * all, "error %g of %g", whole, all);
    double last = all * 1.5;
    for (uint32_t words = 2; words <= WORDS; words *= 2u) {
        const double error = error_of(vectors, codewords, scale, words);
        cr_assert_lt(error, last, "%u words", words);
        last = error;
    }
    /* Half of the words in their order do better than the other half. */
    cr_assert_lt(error_of(vectors, codewords, scale, WORDS / 4u),
                 error_of(vectors, codewords + (WORDS - WORDS / 4u) * DIM, scale, WORDS / 4u));
}

Test(kmeans, the_same_seed_gives_the_same_codebook_and_another_seed_another)
{
    static float vectors[COUNT * DIM];
    int8_t first[WORDS * DIM], second[WORDS * DIM];
    float scale, again;
    fill_clusters(vectors);
    rvq_kmeans_config config = config_of(vectors);
    cr_assert_eq(rvq_kmeans(&config, first, &scale), RSD_OK);
    cr_assert_eq(rvq_kmeans(&config, second, &again), RSD_OK);
    cr_assert_arr_eq(first, second, sizeof first);
    cr_assert_eq(scale, again);
    config.seed = 5;
    cr_assert_eq(rvq_kmeans(&config, second, &again), RSD_OK);
    cr_assert(memcmp(first, second, sizeof first) != 0);
}

Test(kmeans, a_reserved_codeword_stays_zero)
{
    static float vectors[COUNT * DIM];
    int8_t codewords[WORDS * DIM];
    float scale;
    fill_clusters(vectors);
    rvq_kmeans_config config = config_of(vectors);
    config.reserve_first = true;
    cr_assert_eq(rvq_kmeans(&config, codewords, &scale), RSD_OK);
    for (uint32_t d = 0; d < DIM; d++) cr_assert_eq(codewords[d], 0);
}

Test(kmeans, words_reserved_at_the_end_stay_zero_and_the_others_are_as_good_a_codebook_as_there_is)
{
    static float vectors[COUNT * DIM];
    int8_t codewords[WORDS * DIM];
    float scale;
    fill_clusters(vectors);
    rvq_kmeans_config config = config_of(vectors);
    config.codeword_count = WORDS / 2u;
    cr_assert_eq(rvq_kmeans(&config, codewords, &scale), RSD_OK);
    const double half = error_of(vectors, codewords, scale, WORDS / 2u);
    config.codeword_count = WORDS;
    config.reserve_last = 20;
    cr_assert_eq(rvq_kmeans(&config, codewords, &scale), RSD_OK);
    for (uint32_t i = (WORDS - 20u) * DIM; i < WORDS * DIM; i++) cr_assert_eq(codewords[i], 0);
    cr_assert_lt(error_of(vectors, codewords, scale, WORDS - 20u), half);
    config.reserve_last = WORDS;
    cr_assert_eq(rvq_kmeans(&config, codewords, &scale), RSD_ERR_ARG);
}

Test(kmeans, fewer_vectors_than_codewords_are_refused)
{
    static float vectors[COUNT * DIM];
    int8_t codewords[WORDS * DIM];
    float scale;
    rvq_kmeans_config config = config_of(vectors);
    config.count = WORDS - 1u;
    cr_assert_eq(rvq_kmeans(&config, codewords, &scale), RSD_ERR_ARG);
}

// SPDX-License-Identifier: MIT
// The quantiser against brute force, its limits, and the shapes that it refuses.
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
    random_rvq_add(&made, (rsd_rvq_codebook){0, 0, DIM, 1024, 0.02f, NULL}, &seed);
    random_rvq_add(&made, (rsd_rvq_codebook){1, 0, 12, 64, 0.01f, NULL}, &seed);
    random_rvq_add(&made, (rsd_rvq_codebook){1, 12, DIM - 12, 256, 0.01f, NULL}, &seed);
    random_rvq_add(&made, (rsd_rvq_codebook){2, 0, 5, 8, 0.01f, NULL}, &seed);
    random_rvq_add(&made, (rsd_rvq_codebook){2, 5, 1, 2, 0.01f, NULL}, &seed);
    random_rvq_add(&made, (rsd_rvq_codebook){2, 6, DIM - 6, 32, 0.01f, NULL}, &seed);
    cr_assert_eq(random_rvq_build(&made, DIM), RSD_OK);
    return made;
}

static void random_latent(float *latent, uint32_t *seed)
{
    for (uint32_t i = 0; i < DIM; i++) latent[i] = 2.0f * test_noise(seed);
}

/* Nearest row in double precision to the target as the quantiser rounds it. */
static uint32_t brute_force(const rsd_rvq_codebook *codebook, const float *residual, uint32_t count)
{
    const double steps = (double)(1u << rvq_fraction_bits(codebook->dim));
    uint32_t best = 0;
    double best_distance = INFINITY;
    for (uint32_t w = 0; w < count; w++) {
        double sum = 0.0;
        for (uint32_t i = 0; i < codebook->dim; i++) {
            const double target = nearbyint((double)residual[codebook->begin + i] * steps / (double)codebook->scale);
            const double e = target / steps - codebook->codewords[(size_t)w * codebook->dim + i];
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
                cr_assert_eq((uint32_t)tokens[g],
                             brute_force(&made.codebooks[b], before, made.codebooks[b].codeword_count),
                             "frame %d, codebook %u", frame, b);
        }
    }
    random_rvq_free(&made);
}

/* A codebook of steps much finer than its codewords: what rounding the target to whole units would lose. */
Test(rvq, targets_are_finer_than_codewords)
{
    int8_t rows[4] = {0, 1, 2, 3};
    const rsd_rvq_codebook codebook = {0, 0, 1, 4, 1.0f, rows};
    random_rvq made = {.shape = {.level_count = 1, .codebook_count = 1}, .codebooks = {codebook}};
    cr_assert_eq(random_rvq_build(&made, 1), RSD_OK);
    for (int32_t w = 0; w < 3; w++) {
        float below = (float)w + 0.47f, above = (float)w + 0.53f;
        cr_assert_eq(rsd_rvq_encode_codebook(made.rvq, 0, 1.0f, 16, &below), w);
        cr_assert_eq(rsd_rvq_encode_codebook(made.rvq, 0, 1.0f, 16, &above), w + 1);
    }
    random_rvq_free(&made);
}

/* Far out of the range that a search works in, the nearest codeword is the one in the target's direction. */
Test(rvq, a_target_out_of_range_keeps_its_direction)
{
    int8_t rows[2][2] = {{100, 20}, {71, 71}};
    const rsd_rvq_codebook codebook = {0, 0, 2, 2, 1.0f, rows[0]};
    random_rvq made = {.shape = {.level_count = 1, .codebook_count = 1}, .codebooks = {codebook}};
    cr_assert_eq(random_rvq_build(&made, 2), RSD_OK);
    for (float size = 1.0f; size < 1e30f; size *= 10.0f) {
        float along[2] = {100.0f * size, 20.0f * size}, between[2] = {71.0f * size, 71.0f * size};
        cr_assert_eq(rsd_rvq_encode_codebook(made.rvq, 0, 1.0f, 16, along), 0, "%g", (double)size);
        cr_assert_eq(rsd_rvq_encode_codebook(made.rvq, 0, 1.0f, 16, between), 1, "%g", (double)size);
    }
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
    const rsd_rvq_codebook codebook = {0, 0, 4, 64, 1.0f, rows[0]};
    random_rvq made = {.shape = {.level_count = 1, .codebook_count = 1}, .codebooks = {codebook}};
    cr_assert_eq(random_rvq_build(&made, 4), RSD_OK);
    const int16_t up[4] = {9, 9, 9, 9}, between[4] = {0, 0, 0, 0};
    for (uint32_t k = 0; k < rvq_kernel_count; k++) {
        if (!rvq_kernels[k].supported()) continue;
        rvq_nearest nearest;
        rvq_kernels[k].search(made.rvq->codebooks, up, 64, &nearest);
        cr_assert_eq(rvq_nearest_of_all(&nearest), 1, "%s", rvq_kernels[k].name);
        rvq_kernels[k].search(made.rvq->codebooks, between, 64, &nearest);
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
            cr_assert_eq((uint32_t)tokens[0], brute_force(&made.codebooks[0], before, count), "%u bits", bits);
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
    random_rvq_add(&gap, (rsd_rvq_codebook){1, 0, 4, 16, 1.0f, NULL}, &seed); /* no level 0 */
    cr_assert_eq(random_rvq_build(&gap, 4), RSD_ERR_ARG);
    random_rvq_add(&wide, (rsd_rvq_codebook){0, 2, 4, 16, 1.0f, NULL}, &seed); /* runs past the latent */
    cr_assert_eq(random_rvq_build(&wide, 4), RSD_ERR_ARG);
    random_rvq_add(&odd, (rsd_rvq_codebook){0, 0, 4, 16, 1.0f, NULL}, &seed);
    odd.codebooks[0].codeword_count = 15; /* not a power of two */
    cr_assert_eq(random_rvq_build(&odd, 4), RSD_ERR_ARG);
    odd.codebooks[0].codeword_count = 16;
    odd.codebooks[0].scale = -1.0f;
    cr_assert_eq(random_rvq_build(&odd, 4), RSD_ERR_ARG);
    odd.codebooks[0].scale = 1.0f;
    cr_assert_eq(random_rvq_build(&odd, 4), RSD_OK);
    rsd_rvq *rvq;
    _Alignas(64) char small[64];
    cr_assert_eq(rsd_rvq_init(small, sizeof small, &odd.shape, &rvq), RSD_ERR_SIZE);
    random_rvq_free(&gap);
    random_rvq_free(&wide);
    random_rvq_free(&odd);
}

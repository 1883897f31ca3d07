// SPDX-License-Identifier: MIT
// The MDCT against the sum of its definition.
#include <residuum/rsd_dsp.h>

#include "support/heap_calls.h"
#include "dsp/dsp_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846
#define MAX_HOP RSD_MDCT_MAX_HOP

typedef struct {
    void *block;
    rsd_mdct *mdct;
} fixture;

static fixture make_mdct(uint32_t hop)
{
    const size_t bytes = rsd_mdct_size_bytes(hop);
    fixture f = {dsp_block(bytes), NULL};
    cr_assert_eq(rsd_mdct_init(f.block, bytes, hop, &f.mdct), RSD_OK, "hop %u", hop);
    return f;
}

static double window_at(uint32_t n, uint32_t hop)
{
    const double s = sin(PI * (n + 0.5) / (2.0 * hop));
    return sin(PI / 2.0 * s * s);
}

/* cos(pi/N (n + 1/2 + N/2)(k + 1/2)), the angle reduced in whole quarter steps of pi/4N so that it stays exact. */
static double basis(uint32_t n, uint32_t k, uint32_t hop)
{
    const uint64_t quarters = (uint64_t)(2u * n + 1u + hop) * (2u * k + 1u) % (8u * (uint64_t)hop);
    return cos(PI * (double)quarters / (4.0 * hop));
}

/* Relative error (root of energy ratio) of rsd_mdct_forward against the definition, summed in double precision. */
static double forward_error(uint32_t hop, uint32_t seed)
{
    static float x[2u * MAX_HOP], coded[MAX_HOP];
    fixture f = make_mdct(hop);
    for (uint32_t n = 0; n < 2u * hop; n++) x[n] = test_noise(&seed);
    rsd_mdct_forward(f.mdct, x, coded);
    double error = 0.0, energy = 0.0;
    for (uint32_t k = 0; k < hop; k++) {
        double sum = 0.0;
        for (uint32_t n = 0; n < 2u * hop; n++) sum += window_at(n, hop) * x[n] * basis(n, k, hop);
        sum *= sqrt(2.0 / hop);
        error += (coded[k] - sum) * (coded[k] - sum);
        energy += sum * sum;
    }
    free(f.block);
    return sqrt(error / energy);
}

static double inverse_error(uint32_t hop, uint32_t seed)
{
    static float coefficients[MAX_HOP], y[2u * MAX_HOP];
    fixture f = make_mdct(hop);
    for (uint32_t k = 0; k < hop; k++) coefficients[k] = test_noise(&seed);
    rsd_mdct_inverse(f.mdct, coefficients, y);
    double error = 0.0, energy = 0.0;
    for (uint32_t n = 0; n < 2u * hop; n++) {
        double sum = 0.0;
        for (uint32_t k = 0; k < hop; k++) sum += coefficients[k] * basis(n, k, hop);
        sum *= sqrt(2.0 / hop) * window_at(n, hop);
        error += (y[n] - sum) * (y[n] - sum);
        energy += sum * sum;
    }
    free(f.block);
    return sqrt(error / energy);
}

Test(mdct, forward_is_the_windowed_cosine_sum_of_the_header)
{
    for (uint32_t hop = RSD_MDCT_MIN_HOP; hop <= 1024u; hop *= 2u) {
        const double error = forward_error(hop, 11u + hop);
        cr_assert_lt(error, 2e-6, "hop %u: relative error %g", hop, error);
        cr_assert_lt(error, 4e-7, "hop %u: relative error %g, more than single precision explains", hop, error);
    }
}

Test(mdct, inverse_is_the_transpose_of_forward)
{
    for (uint32_t hop = RSD_MDCT_MIN_HOP; hop <= 1024u; hop *= 2u) {
        const double error = inverse_error(hop, 23u + hop);
        cr_assert_lt(error, 4e-7, "hop %u: relative error %g", hop, error);
    }
}

/* A bin whose basis function is known: the frame that is basis function k, windowed, has coefficient 1 there and no
 * other. */
Test(mdct, a_windowed_basis_function_gives_one_coefficient)
{
    const uint32_t hop = 128u;
    fixture f = make_mdct(hop);
    for (uint32_t k = 0; k < hop; k += 9u) {
        float unit[128] = {0}, y[256], back[128];
        unit[k] = 1.0f;
        rsd_mdct_inverse(f.mdct, unit, y);
        rsd_mdct_forward(f.mdct, y, back);
        for (uint32_t j = 0; j < hop; j++)
            cr_assert_float_eq(back[j], j == k ? 1.0f : 0.0f, 2e-6, "k %u, coefficient %u: %g", k, j, back[j]);
    }
    free(f.block);
}

Test(mdct, overlap_add_of_frames_gives_the_input_again_and_keeps_its_energy)
{
    enum { FRAMES = 40 };
    for (uint32_t hop = RSD_MDCT_MIN_HOP; hop <= RSD_MDCT_MAX_HOP; hop *= 2u) {
        fixture f = make_mdct(hop);
        const size_t length = (size_t)(FRAMES + 1) * hop;
        float *in = calloc(length, sizeof *in), *out = calloc(length, sizeof *out);
        float *coefficients = calloc(hop, sizeof *coefficients), *y = calloc(2u * hop, sizeof *y);
        uint32_t seed = 5u;
        double in_energy = 0.0, coded_energy = 0.0;
        // Silent first and last half frame, so that every sound lies under two frames.
        for (size_t n = hop; n < length - hop; n++) {
            in[n] = test_noise(&seed);
            in_energy += (double)in[n] * in[n];
        }
        for (uint32_t t = 0; t < FRAMES; t++) {
            rsd_mdct_forward(f.mdct, in + (size_t)t * hop, coefficients);
            for (uint32_t k = 0; k < hop; k++) coded_energy += (double)coefficients[k] * coefficients[k];
            rsd_mdct_inverse(f.mdct, coefficients, y);
            for (uint32_t n = 0; n < 2u * hop; n++) out[(size_t)t * hop + n] += y[n];
        }
        for (size_t n = 0; n < length; n++)
            cr_assert_float_eq(out[n], in[n], 1e-6, "hop %u, sample %zu: %g, not %g", hop, n, out[n], in[n]);
        cr_assert_float_eq(coded_energy / in_energy, 1.0, 1e-6, "hop %u: energy ratio %.9f", hop,
                           coded_energy / in_energy);
        free(y), free(coefficients), free(out), free(in), free(f.block);
    }
}

Test(mdct, a_frame_depends_on_nothing_but_its_input)
{
    fixture f = make_mdct(256u);
    float x[512], other[512], first[256], again[256];
    uint32_t seed = 3u;
    for (int n = 0; n < 512; n++) x[n] = test_noise(&seed), other[n] = 100.0f * test_noise(&seed);
    other[7] = NAN;
    rsd_mdct_forward(f.mdct, x, first);
    rsd_mdct_forward(f.mdct, other, again);
    rsd_mdct_inverse(f.mdct, again, other);
    rsd_mdct_forward(f.mdct, x, again);
    for (int k = 0; k < 256; k++) cr_assert_eq(first[k], again[k], "what went before shows in coefficient %d", k);
    free(f.block);
}

Test(mdct, processing_allocates_nothing)
{
    float x[2u * MAX_HOP] = {1.0f}, coefficients[MAX_HOP];
    for (uint32_t hop = RSD_MDCT_MIN_HOP; hop <= RSD_MDCT_MAX_HOP; hop *= 2u) {
        const size_t before_setup = heap_calls();
        fixture f = make_mdct(hop);
        cr_assert_eq(heap_calls() - before_setup, 1u, "the one block of the test itself, counted");
        const size_t before = heap_calls();
        rsd_mdct_forward(f.mdct, x, coefficients);
        rsd_mdct_inverse(f.mdct, coefficients, x);
        cr_assert_eq(heap_calls(), before, "hop %u", hop);
        free(f.block);
    }
}

Test(mdct, init_refuses_what_the_header_excludes_and_stays_inside_its_block)
{
    rsd_mdct *mdct = NULL;
    const size_t bytes = rsd_mdct_size_bytes(128u);
    unsigned char *block = dsp_block(bytes + 128u);
    const uint32_t bad[] = {0u, 1u, 8u, 17u, 96u, 129u, 8192u, UINT32_MAX};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_eq(rsd_mdct_size_bytes(bad[i]), 0u, "hop %u", bad[i]);
        cr_assert_eq(rsd_mdct_init(block, bytes, bad[i], &mdct), RSD_ERR_ARG, "hop %u", bad[i]);
    }
    cr_assert_eq(rsd_mdct_init(NULL, bytes, 128u, &mdct), RSD_ERR_ARG);
    cr_assert_eq(rsd_mdct_init(block + 16, bytes, 128u, &mdct), RSD_ERR_ARG);
    cr_assert_eq(rsd_mdct_init(block, bytes, 128u, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_mdct_init(block, bytes - 1u, 128u, &mdct), RSD_ERR_SIZE);
    cr_assert_null(mdct, "written although init failed");

    memset(block + bytes, 0xa5, 64u);
    cr_assert_eq(rsd_mdct_init(block, bytes, 128u, &mdct), RSD_OK);
    float x[256] = {1.0f}, coefficients[128];
    rsd_mdct_forward(mdct, x, coefficients);
    rsd_mdct_inverse(mdct, coefficients, x);
    for (size_t i = 0; i < 64u; i++) cr_assert_eq(block[bytes + i], 0xa5, "byte %zu after the block", i);
    free(block);
}

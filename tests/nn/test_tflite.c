// SPDX-License-Identifier: MIT
// Kernels of TFLite graphs against their definitions.
#include "nn/tflite/graph_internal.h"
#include "support/signals.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every kernel, of the instruction sets here and of the others, against plain arithmetic written another way. */

#define MOST 8192u

static float floats_in[MOST], floats_second[MOST], weights_f32[MOST * 4u], bias_f32[MOST], floats_out[MOST], work[MOST];
static int8_t bytes_in[MOST], bytes_second[MOST], weights_s8[MOST * 4u], bytes_out[MOST];
static int32_t bias_s8[MOST];
static float scales[MOST];
static uint32_t seed;

static int8_t any_byte(void) { return (int8_t)(test_random(&seed) >> 24); }

static void fill(void)
{
    for (uint32_t i = 0; i < MOST; i++) {
        floats_in[i] = test_noise(&seed);
        floats_second[i] = test_noise(&seed);
        bias_f32[i] = test_noise(&seed);
        bytes_in[i] = any_byte();
        bytes_second[i] = any_byte();
        bias_s8[i] = (int32_t)(test_noise(&seed) * 3000.0f);
        scales[i] = 0.001f + 0.002f * fabsf(test_noise(&seed));
    }
    for (uint32_t i = 0; i < MOST * 4u; i++) {
        weights_f32[i] = test_noise(&seed);
        weights_s8[i] = any_byte();
    }
}

/* Scaled in float, rounded to even, in double steps where the result is the same. */
static int8_t requantised(int64_t sum, float scale, int32_t zero_point)
{
    const double scaled = (double)((float)sum * scale);
    const double rounded = nearbyint(scaled) + zero_point;
    return (int8_t)(rounded < -128 ? -128 : rounded > 127 ? 127 : rounded);
}

/* A convolution of some shape: grouped, dilated or padded as a transposed one is. */
static tfl_conv some_shape(uint32_t round)
{
    tfl_conv c = {.groups = 1u + round % 3u,
                  .group_inputs = 2u + 2u * (round % 5u),
                  .group_outputs = 1u + (round % 4u ? round * 7u % 35u : round * 37u % 170u),
                  .runs = 1u + round % 4u,
                  .in = {0.1f, (int32_t)(round % 40u) - 20},
                  .out = {0.2f, 5 - (int32_t)(round % 11u)}};
    const bool transposed = round % 2u;
    if (transposed) c.groups = 1u;
    c.run_length = c.group_inputs;
    c.in_channels = c.groups * c.group_inputs;
    c.in_rows = 5u + round % 9u;
    c.row_step = transposed ? c.in_channels : (1u + round % 2u) * c.in_channels;
    c.run_step = transposed ? -(int32_t)c.in_channels : (int32_t)c.in_channels;
    c.pad_rows = c.first_row = transposed ? c.runs - 1u : 0u;
    c.rows = transposed ? c.in_rows + c.runs - 1u : (c.in_rows - c.runs) / (1u + round % 2u) + 1u;
    c.block_count = (c.group_outputs + TFL_LANES - 1u) / TFL_LANES;
    return c;
}

/* Index into the input of input `k` of run `run`, or -1 in the padding. */
static int32_t input_at(const tfl_conv *c, uint32_t row, uint32_t group, uint32_t run, uint32_t k)
{
    const int32_t at = (int32_t)(row * c->row_step) + (int32_t)run * c->run_step;
    if (at < 0 || at >= (int32_t)(c->in_rows * c->in_channels)) return -1;
    return at + (int32_t)(group * c->group_inputs + k);
}

static void check_conv(const tfl_kernels *kernels, uint32_t round)
{
    tfl_conv c = some_shape(round);
    static float f32[MOST * 4u] __attribute__((aligned(64)));
    static int8_t s8[MOST * 4u] __attribute__((aligned(64)));
    const uint32_t inputs = c.runs * c.run_length;
    cr_assert_leq(c.groups * c.block_count * inputs * TFL_LANES, MOST * 4u);
    static float bias[MOST] __attribute__((aligned(64)));
    static int32_t bias_int[MOST] __attribute__((aligned(64)));
    memcpy(f32, weights_f32, sizeof f32);
    memcpy(s8, weights_s8, sizeof s8);
    memcpy(bias, bias_f32, sizeof bias);
    memcpy(bias_int, bias_s8, sizeof bias_int);
    c.weights = f32, c.bias = bias, c.scales = scales;
    kernels->conv_f32(&c, floats_in, work, floats_out);
    c.weights = s8, c.bias = bias_int;
    kernels->conv_s8(&c, bytes_in, (int16_t *)work, bytes_out);
    for (uint32_t m = 0; m < c.rows; m++) {
        for (uint32_t n = 0; n < c.groups * c.group_outputs; n++) {
            const uint32_t group = n / c.group_outputs, lane = n % c.group_outputs;
            const uint32_t place = (group * c.block_count + lane / TFL_LANES) * TFL_LANES + lane % TFL_LANES;
            const uint32_t block = (group * c.block_count + lane / TFL_LANES) * inputs * TFL_LANES;
            float sum = bias[place];
            int64_t whole = bias_int[place];
            for (uint32_t i = 0; i < inputs; i++) {
                const int32_t at = input_at(&c, m, group, i / c.run_length, i % c.run_length);
                const uint32_t j = lane % TFL_LANES;
                if (at < 0) continue;
                sum = fmaf(floats_in[at], f32[block + i * TFL_LANES + j], sum);
                whole += (int64_t)(bytes_in[at] - c.in.zero_point) * s8[block + (i / 2u * TFL_LANES + j) * 2u + i % 2u];
            }
            const uint32_t to = m * c.groups * c.group_outputs + n;
            cr_assert_eq(floats_out[to], sum, "%s round %u row %u output %u", kernels->name, round, m, n);
            cr_assert_eq(bytes_out[to], requantised(whole, scales[place], c.out.zero_point),
                         "%s int8 round %u row %u output %u", kernels->name, round, m, n);
        }
    }
}

static void check_depthwise(const tfl_kernels *kernels, uint32_t round)
{
    tfl_depthwise d = {.rows = 1u + round % 6u,
                       .channels = 1u + (round * 5u) % 70u,
                       .taps = 1u + round % 4u,
                       .weights = weights_f32,
                       .bias = bias_f32,
                       .scales = scales,
                       .in = {0.1f, 9},
                       .out = {0.1f, -7}};
    d.row_step = d.channels * (1u + round % 2u);
    d.tap_step = d.channels * (1u + round % 3u);
    kernels->depthwise_f32(&d, floats_in, floats_out);
    d.weights = weights_s8, d.bias = bias_s8;
    kernels->depthwise_s8(&d, bytes_in, bytes_out);
    for (uint32_t i = 0; i < d.rows * d.channels; i++) {
        const uint32_t m = i / d.channels, c = i % d.channels;
        float sum = bias_f32[c];
        int64_t whole = bias_s8[c];
        for (uint32_t tap = 0; tap < d.taps; tap++) {
            const uint32_t at = m * d.row_step + tap * d.tap_step + c;
            sum = fmaf(floats_in[at], weights_f32[tap * d.channels + c], sum);
            whole += (int64_t)(bytes_in[at] - 9) * weights_s8[tap * d.channels + c];
        }
        cr_assert_eq(floats_out[i], sum, "%s round %u output %u", kernels->name, round, i);
        cr_assert_eq(bytes_out[i], requantised(whole, scales[c], -7), "%s int8 round %u output %u", kernels->name,
                     round, i);
    }
}

#ifdef HAVE_SIMDE
extern const tfl_kernels emulated_tfl_kernels_avx2, emulated_tfl_kernels_avx512, emulated_tfl_kernels_neon;
static const tfl_kernels *const emulated[] = {&emulated_tfl_kernels_avx2, &emulated_tfl_kernels_avx512,
                                              &emulated_tfl_kernels_neon};
#define EMULATED_COUNT (sizeof emulated / sizeof *emulated)
#else
static const tfl_kernels *const emulated[] = {NULL};
#define EMULATED_COUNT 0u
#endif

/* Those that this machine has, then those that are built without their processor; NULL where it lacks one. */
static const tfl_kernels *kernels_at(uint32_t index)
{
    if (index >= tfl_kernels_count) return emulated[index - tfl_kernels_count];
    return tfl_all_kernels[index]->supported() ? tfl_all_kernels[index] : NULL;
}

#define FOR_ALL_KERNELS(kernels)                                                                                       \
    for (uint32_t kernel = 0; kernel < tfl_kernels_count + EMULATED_COUNT; kernel++)                                   \
        for (const tfl_kernels *kernels = kernels_at(kernel); kernels; kernels = NULL)

Test(tflite_kernels, convolutions_are_chains_of_fused_sums_and_exact_integers)
{
    seed = 3;
    FOR_ALL_KERNELS(kernels)
    {
        for (uint32_t round = 0; round < 60u; round++) {
            fill();
            check_conv(kernels, round);
            check_depthwise(kernels, round);
        }
    }
}

/* The reference in 64 bits: floor((a (x - zero) + half) / 2^shift). */
static int32_t rescaled(int64_t sum, int32_t shift, int32_t zero_point)
{
    const int64_t moved = (sum + ((int64_t)1 << (shift - 1))) >> shift;
    const int64_t out = moved + zero_point;
    return (int32_t)(out < -128 ? -128 : out > 127 ? 127 : out);
}

Test(tflite_kernels, int8_slopes_and_sums_are_the_fixed_point_ones)
{
    seed = 5;
    fill();
    FOR_ALL_KERNELS(kernels)
    {
        const tfl_elements leaky = {.count = 1021, .in = {1, 23}, .out = {1, -47}, .positive = 587, .negative = 176};
        kernels->leaky_s8(&leaky, bytes_in, bytes_out);
        for (uint32_t i = 0; i < leaky.count; i++) {
            const int32_t centred = bytes_in[i] - 23;
            cr_assert_eq(bytes_out[i], rescaled((int64_t)centred * (centred < 0 ? 176 : 587), 8, -47), "%u", i);
        }
        const int32_t half = 1 << 19;
        const tfl_elements sum = {.count = 1021,
                                  .in = {1, 35},
                                  .second = {1, 23},
                                  .out = {1, 35},
                                  .factor = 500656,
                                  .second_factor = 1405437,
                                  .bias = half - 500656 * 35 - 1405437 * 23,
                                  .shift = 20};
        kernels->add_s8(&sum, bytes_in, bytes_second, bytes_out);
        for (uint32_t i = 0; i < sum.count; i++) {
            const int64_t exact = (int64_t)500656 * (bytes_in[i] - 35) + (int64_t)1405437 * (bytes_second[i] - 23);
            cr_assert_eq(bytes_out[i], rescaled(exact, 20, 35), "%u", i);
        }
    }
}

Test(tflite_kernels, quantising_rounds_to_even_saturates_and_takes_any_float)
{
    static const struct {
        float x;
        int8_t y;
    } CASES[] = {{0.0f, 3},   {0.25f, 3},   {0.75f, 5},     {1.25f, 5},      {-0.25f, 3},
                 {-0.75f, 1}, {1e30f, 127}, {-1e30f, -128}, {INFINITY, 127}, {-INFINITY, -128},
                 {NAN, -128}, {61.9f, 127}, {-65.4f, -128}};
    const tfl_elements to = {.count = sizeof CASES / sizeof *CASES, .out = {0.5f, 3}},
                       from = {.count = 256, .in = {0.25f, -9}};
    FOR_ALL_KERNELS(kernels)
    {
        for (uint32_t i = 0; i < to.count; i++) floats_in[i] = CASES[i].x;
        kernels->quantize(&to, floats_in, bytes_out);
        for (uint32_t i = 0; i < to.count; i++)
            cr_assert_eq(bytes_out[i], CASES[i].y, "%s case %u: %d", kernels->name, i, bytes_out[i]);
        for (int i = 0; i < 256; i++) bytes_in[i] = (int8_t)(i - 128);
        kernels->dequantize(&from, bytes_in, floats_out);
        for (int i = 0; i < 256; i++) cr_assert_eq(floats_out[i], (float)(i - 128 + 9) * 0.25f, "%d", i);
    }
}

Test(tflite_kernels, sums_of_floats_repeat_a_shorter_second_operand)
{
    seed = 9;
    fill();
    const tfl_elements e = {.count = 96, .second_count = 24, .alpha = 0.3f};
    FOR_ALL_KERNELS(kernels)
    {
        kernels->add_f32(&e, floats_in, floats_second, floats_out);
        for (uint32_t i = 0; i < 96u; i++) cr_assert_eq(floats_out[i], floats_in[i] + floats_second[i % 24u]);
        kernels->sub_f32(&e, floats_in, floats_second, floats_out);
        for (uint32_t i = 0; i < 96u; i++) cr_assert_eq(floats_out[i], floats_in[i] - floats_second[i % 24u]);
        kernels->leaky_f32(&e, floats_in, floats_out);
        for (uint32_t i = 0; i < 96u; i++)
            cr_assert_eq(floats_out[i], floats_in[i] < 0.0f ? floats_in[i] * 0.3f : floats_in[i]);
    }
}

Test(tflite_kernels, distances_are_sums_in_order_without_fusing)
{
    static float vectors[64][TFL_LANES] __attribute__((aligned(64)));
    seed = 13;
    fill();
    memcpy(vectors, weights_f32, sizeof vectors);
    FOR_ALL_KERNELS(kernels)
    {
        float sums[TFL_LANES];
        kernels->distances((const float(*)[TFL_LANES])vectors, floats_in, 64, sums);
        for (uint32_t c = 0; c < TFL_LANES; c++) {
            volatile float sum = 0.0f;
            for (uint32_t i = 0; i < 64u; i++) {
                const float difference = floats_in[i] - vectors[i][c];
                const volatile float square = difference * difference;
                sum = sum + square;
            }
            cr_assert_eq(sums[c], sum, "%s vector %u", kernels->name, c);
        }
    }
}

// SPDX-License-Identifier: MIT
// The cost of tokens whose surroundings are known, and of tokens whose are not.
#include "entropy/pattern_cost.h"

#include "base/memory.h"
#include "support/signals.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define ROWS 3u
#define FRAMES 1500u

/* Noise in row 0; row 1 is row 0 of the frame `of_0` frames later, and row 2 noise, or row 1 of a frame before. */
static void fill(int32_t *tokens, int of_0, bool row_0_follows_2)
{
    uint32_t seed = 5;
    for (uint32_t i = 0; i < ROWS * FRAMES; i++) tokens[i] = (int32_t)test_between(&seed, 0, 15);
    for (int t = 0; t < (int)FRAMES; t++) {
        if (row_0_follows_2) tokens[t] = t > 0 ? tokens[2 * FRAMES + (uint32_t)t - 1u] : 0;
        const int from = t + of_0;
        if (from >= 0 && from < (int)FRAMES && !row_0_follows_2) tokens[FRAMES + (uint32_t)t] = tokens[from];
    }
}

/* Bits of the tokens of `row`. */
static double cost_of(const char *name, const int32_t *tokens, uint32_t row)
{
    static const uint16_t codewords[ROWS] = {16, 16, 16};
    const entropy_model_config config = {.slot_bits = 12, .row_bits = 14};
    const entropy_rows rows = {
        .tokens = tokens, .frame_count = FRAMES, .frame_capacity = FRAMES, .codewords = codewords};
    entropy_pattern_sums sums = {0};
    rsd_pattern pattern;
    void *block = base_alloc_64(entropy_model_bytes(&config));
    cr_assert_not_null(block);
    cr_assert_eq(rsd_pattern_parse(name, ROWS, &pattern, NULL), RSD_OK);
    cr_assert_eq(entropy_pattern_cost(entropy_model_init(block, &config), &pattern, &rows, &sums), RSD_OK);
    cr_assert_eq(sums.token_count, ROWS * FRAMES);
    free(block);
    return (double)sums.row_cost[row] / 65536.0 / (double)sums.row_token_count[row];
}

static void assert_knows(const char *pattern, const int32_t *tokens, uint32_t row, bool knows)
{
    const double bits = cost_of(pattern, tokens, row);
    cr_assert(knows ? bits < 2.5 : bits > 3.95, "%s: row %u has %.3f bits", pattern, row, bits);
}

/* What is known saves bits, and what is not saves none: no pattern looks ahead of itself. */
Test(pattern_cost, a_pattern_knows_what_it_has_sent_and_nothing_else)
{
    static int32_t tokens[ROWS * FRAMES];
    fill(tokens, 0, false); /* row 1 is row 0 of the same frame */
    assert_knows("parallel", tokens, 1, false);
    assert_knows("delay", tokens, 1, true);
    assert_knows("partial-delay", tokens, 1, true);
    assert_knows("partial-flatten", tokens, 1, true);
    assert_knows("flatten", tokens, 1, true);
    assert_knows("coarse-first", tokens, 1, true);
    fill(tokens, 1, false); /* row 1 is row 0 of the next frame */
    assert_knows("flatten", tokens, 1, false);
    assert_knows("delay", tokens, 1, false);
    assert_knows("delay=0,2,2", tokens, 1, true);
    assert_knows("coarse-first", tokens, 1, true);
    fill(tokens, 0, true); /* row 0 is row 2 of the frame before */
    assert_knows("parallel", tokens, 0, true);
    assert_knows("flatten", tokens, 0, true);
    assert_knows("partial-flatten", tokens, 0, true);
    assert_knows("delay", tokens, 0, false);
    assert_knows("partial-delay", tokens, 0, false);
    assert_knows("coarse-first", tokens, 0, false);
}

Test(pattern_cost, tokens_that_were_not_coded_cost_nothing)
{
    static int32_t tokens[ROWS * FRAMES];
    static const uint16_t codewords[ROWS] = {16, 16, 16};
    const entropy_model_config config = {.slot_bits = 10, .row_bits = 10};
    const entropy_rows rows = {
        .tokens = tokens, .frame_count = FRAMES, .frame_capacity = FRAMES, .codewords = codewords};
    entropy_pattern_sums sums = {0};
    rsd_pattern pattern;
    fill(tokens, 0, false);
    for (uint32_t t = 0; t < FRAMES; t++) tokens[2u * FRAMES + t] = RSD_TOKEN_NONE;
    void *block = base_alloc_64(entropy_model_bytes(&config));
    cr_assert_eq(rsd_pattern_parse("flatten", ROWS, &pattern, NULL), RSD_OK);
    cr_assert_eq(entropy_pattern_cost(entropy_model_init(block, &config), &pattern, &rows, &sums), RSD_OK);
    cr_assert(sums.token_count == 2u * FRAMES && sums.row_cost[2] == 0u);
    free(block);
}

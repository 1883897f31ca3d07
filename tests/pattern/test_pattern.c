// SPDX-License-Identifier: MIT
// Every pattern against the formulas of its paper, forward and back.
#include "pattern_support.h"

#include <string.h>

/* Steps by the formulas of the paper's patterns, counted otherwise than the library does. */
static uint64_t formula(const rsd_pattern *p, uint64_t frames)
{
    const uint64_t late = p->delay[p->row_count - 1u], first = p->flatten_first_frames, start = p->start_step_count;
    if (p->kind == RSD_PATTERN_MUSICLM) return start + p->row_count * frames;
    if (p->kind == RSD_PATTERN_COARSE_FIRST) return start + frames + (p->row_count > 1u ? frames + late : 0u);
    if (p->kind == RSD_PATTERN_DELAY) {
        const uint64_t flat = first < frames ? first : frames;
        return start + p->row_count * flat + (frames + late > first ? frames + late - first : 0u);
    }
    uint64_t steps = (frames + late) * (p->flattening[p->row_count - 1u] + 1u);
    for (uint32_t q = 0; q < p->row_count; q++)
        if (q == 0u || p->flattening[q] != p->flattening[q - 1u]) steps -= p->delay[q];
    return start + steps;
}

static void check_layout(const rsd_pattern *p, uint64_t frames)
{
    const uint64_t steps = rsd_pattern_step_count(p, frames);
    cr_assert_eq(steps, formula(p, frames), "kind %d, K %u, T %lu", p->kind, p->row_count, (unsigned long)frames);
    for (uint32_t q = 0; q < p->row_count; q++)
        for (uint64_t t = 0, last = 0; t < frames; t++) {
            uint64_t found;
            const uint64_t step = rsd_pattern_step_of(p, frames, q, t);
            cr_assert(step < steps && (t == 0u || step > last), "row %u, frame %lu", q, (unsigned long)t);
            cr_assert(rsd_pattern_at(p, frames, q, step, &found) && found == t, "row %u, frame %lu", q,
                      (unsigned long)t);
            last = step;
        }
}

static void check_round_trip(const rsd_pattern *p, uint64_t frames, uint32_t *seed)
{
    const uint64_t steps = rsd_pattern_step_count(p, frames);
    test_rows rows = make_rows(seed, p->row_count, frames);
    rsd_error error = {0};
    int32_t *sequence = malloc((size_t)(p->row_count * steps + 1u) * sizeof *sequence);
    int32_t *back = malloc((size_t)(p->row_count * frames + 1u) * sizeof *back);
    cr_assert(sequence && back);
    rsd_pattern_forward(p, rows.special, rows.tokens, frames, sequence);
    const rsd_pattern_sequence made = {sequence, steps};
    cr_assert_eq(rsd_pattern_check(p, rows.special, made, frames, &error), RSD_OK, "%s", error.text);
    rsd_pattern_inverse(p, rows.special, made, frames, back);
    cr_assert_eq(memcmp(back, rows.tokens, (size_t)(p->row_count * frames) * sizeof *back), 0);
    free(back);
    free(sequence);
    free(rows.tokens);
}

Test(pattern, every_token_has_one_step_and_comes_back)
{
    uint32_t seed = 23;
    for (uint32_t k = 1; k <= 46u; k++)
        for (uint32_t i = 0; i < 12u; i++) {
            const rsd_pattern p = random_pattern(&seed, k);
            const uint64_t frames = i == 0u ? 0u : i == 1u ? 1u : test_between(&seed, 2, 90);
            check_layout(&p, frames);
            check_round_trip(&p, frames, &seed);
        }
}

/* Every K up to the most sequences that a codec here has, and up to 4096 frames. */
Test(pattern, long_sounds_come_back)
{
    uint32_t seed = 4096;
    for (uint32_t k = 1; k <= 46u; k++) {
        const rsd_pattern p = random_pattern(&seed, k);
        check_round_trip(&p, test_between(&seed, 91, 4096), &seed);
    }
    for (uint32_t i = 0; rsd_pattern_name(i); i++)
        for (uint32_t k = 1; k <= 46u; k += 15u) {
            const rsd_pattern p = make_pattern(rsd_pattern_name(i), k);
            check_round_trip(&p, 4096, &seed);
        }
    const rsd_pattern grouped = make_pattern("musiclm=23", 46), late = make_pattern("unroll=0,3/5,4096", 2);
    check_round_trip(&grouped, 4096, &seed);
    check_round_trip(&late, 4095, &seed);
    check_layout(&late, 4096);
}

/* What the layout has at a step is what step_of says, and nothing else. */
Test(pattern, at_has_nothing_that_step_of_does_not_say)
{
    uint32_t seed = 5;
    for (uint32_t i = 0; i < 300u; i++) {
        const rsd_pattern p = random_pattern(&seed, test_between(&seed, 1, 9));
        const uint64_t frames = test_between(&seed, 0, 12), steps = rsd_pattern_step_count(&p, frames);
        uint64_t found = 0, frame;
        for (uint32_t q = 0; q < p.row_count; q++)
            for (uint64_t s = 0; s < steps; s++)
                if (rsd_pattern_at(&p, frames, q, s, &frame) && frame < frames) {
                    found++;
                    cr_assert_eq(rsd_pattern_step_of(&p, frames, q, frame), s);
                }
        cr_assert_eq(found, p.row_count * frames);
        cr_assert_not(rsd_pattern_at(&p, frames, 0, steps, &frame));
    }
}

/* A sequence that is still growing: what is not there yet is unknown, and that is not the special token. */
Test(pattern, what_a_cut_sequence_does_not_reach_is_unknown)
{
    const rsd_pattern p = make_pattern("delay", 4);
    const int32_t special[4] = {16, 16, 16, 16};
    int32_t tokens[12], sequence[28], cut[20], back[12];
    for (int i = 0; i < 12; i++) tokens[i] = i;
    rsd_pattern_forward(&p, special, tokens, 3, sequence);
    for (int q = 0; q < 4; q++) memcpy(cut + 5 * q, sequence + 7 * q, 5 * sizeof *cut);
    rsd_pattern_inverse(&p, special, (rsd_pattern_sequence){cut, 5}, 3, back);
    for (int q = 0; q < 4; q++)
        for (int t = 0; t < 3; t++)
            cr_assert_eq(back[3 * q + t], 1 + q + t < 5 ? tokens[3 * q + t] : RSD_TOKEN_NONE, "row %d, frame %d", q, t);
}

static void assert_refused(const char *text, uint32_t row_count, const char *word)
{
    rsd_pattern pattern = {.row_count = 77};
    rsd_error error = {0};
    cr_assert_neq(rsd_pattern_parse(text, row_count, &pattern, &error), RSD_OK, "'%s' was taken", text);
    cr_assert_not_null(strstr(error.text, word), "'%s': %s", text, error.text);
    cr_assert_eq(pattern.row_count, 77u, "'%s' wrote a pattern", text);
}

Test(pattern, texts_that_do_not_fit_are_refused_by_name)
{
    assert_refused("sideways", 4, "sideways");
    assert_refused("delay=0,2,1,3", 4, "row 3 has 1 after 2");
    assert_refused("unroll=0,1,1,0", 4, "row 4 has 0 after 1");
    assert_refused("unroll=0,1,1,1/0,1,2,2", 4, "share inner step 1");
    assert_refused("musiclm=3", 4, "3 rows do not divide 4");
    assert_refused("musiclm=2", 1, "2 rows do not divide 1");
    assert_refused("flatten+first=2", 4, "flatten their first");
    assert_refused("delay+last=2", 4, "'+last=2' is not understood");
    assert_refused("delay+start=99999", 4, "+start=N is '99999', where whole numbers from 0 to 1024 are taken");
    assert_refused("delay+first=", 4, "+first=N is missing");
    assert_refused("delay", 0, "rows");
    assert_refused("delay", RSD_MAX_SEQUENCES + 1u, "rows");
    assert_refused("", 4, "no pattern ''");
}

/* Each number by its place, with what is taken there. */
Test(pattern, numbers_of_lists_are_refused_by_place_and_range)
{
    assert_refused("delay=0,1,2", 4, "list of delays has 3 numbers where 4");
    assert_refused("delay=0", 4, "has 1 number where 4");
    assert_refused("delay=0,1,2,3,4", 4, "has 5 numbers where 4");
    assert_refused("delay=0,1,x,3", 4, "delay 3 is 'x', where whole numbers from 0 to 4096");
    assert_refused("delay=0,1,2,-3", 4, "delay 4 is '-3'");
    assert_refused("delay=0,1,1.5,3", 4, "delay 3 is '1.5'");
    assert_refused("delay=0,1,2,4097", 4, "delay 4 is '4097', where whole numbers from 0 to 4096");
    assert_refused("delay=0,1,2,99999", 4, "delay 4 is '99999'");
    assert_refused("delay=0,1,2,99999999999999999999", 4, "delay 4 is '99999999999999999999'");
    assert_refused("delay=0,1,2,3,", 4, "delay 5 is missing");
    assert_refused("delay=0,1,2,", 4, "delay 4 is missing");
    assert_refused("delay=0,,2,3", 4, "delay 2 is missing");
    assert_refused("delay=", 4, "delay 1 is missing");
    assert_refused("delay=0,1,2,3/0", 4, "'/0' is not understood");
    assert_refused("coarse-first=0,0", 4, "list of delays has 2 numbers where 3");
    assert_refused("partial-flatten=0,1,1,1024", 4, "inner step 4 is '1024', where whole numbers from 0 to 1023");
    assert_refused("unroll=0,1,1,1/0,1,1,x", 4, "delay 4 is 'x'");
    assert_refused("unroll=0,1,1,1/", 4, "delay 1 is missing");
    assert_refused("unroll", 4, "unroll=F,F,.../D,D,... is wanted");
    assert_refused("musiclm", 4, "musiclm=ROWS is wanted");
    assert_refused("musiclm=0", 4, "the number of rows of a group is '0', where whole numbers from 1");
    assert_refused("musiclm=2,2", 4, "',2' is not understood");
    assert_refused("parallel=0,0,0,0", 4, "parallel takes no list of numbers; delay=D,D,... does");
    assert_refused("partial-delay=0,1,1,1", 4, "partial-delay takes no list of numbers; delay=D,D,... does");
    assert_refused("flatten=0,1,2,3", 4, "flatten takes no list of numbers; partial-flatten=F,F,... does");
}

static void assert_wrong(const rsd_pattern *p, const int32_t *sequence, uint64_t steps, const char *word)
{
    const int32_t special[2] = {16, 32};
    rsd_error error = {0};
    cr_assert_eq(rsd_pattern_check(p, special, (rsd_pattern_sequence){sequence, steps}, 2, &error), RSD_ERR_FORMAT);
    cr_assert_not_null(strstr(error.text, word), "%s", error.text);
}

Test(pattern, sequences_that_do_not_fit_are_refused_by_place)
{
    const rsd_pattern p = make_pattern("delay", 2);
    const int32_t right[8] = {16, 1, 2, 16, 32, 32, 31, -1};
    const int32_t special[2] = {16, 32};
    int32_t wrong[8];
    cr_assert_eq(rsd_pattern_check(&p, special, (rsd_pattern_sequence){right, 4}, 2, NULL), RSD_OK);
    assert_wrong(&p, right, 3, "3 steps");
    memcpy(wrong, right, sizeof wrong);
    wrong[5] = 16; /* the other row's special token */
    assert_wrong(&p, wrong, 4, "[1, 1] (row, step, from 0) is 16");
    memcpy(wrong, right, sizeof wrong);
    wrong[2] = 16;
    assert_wrong(&p, wrong, 4, "[0, 2] (row, step, from 0) is 16, where the token of frame 1");
    memcpy(wrong, right, sizeof wrong);
    wrong[0] = -1; /* unknown is not special */
    assert_wrong(&p, wrong, 4, "[0, 0] (row, step, from 0) is -1");
    memcpy(wrong, right, sizeof wrong);
    wrong[7] = -2;
    assert_wrong(&p, wrong, 4, "[1, 3] (row, step, from 0) is -2");
}

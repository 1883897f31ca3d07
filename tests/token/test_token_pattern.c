// SPDX-License-Identifier: MIT
// Token sets whose rows are interleaved, saved and loaded.
#include "token/token_pattern.h"

#include "support/signals.h"
#include "temp_folder.h"

#include <criterion/criterion.h>
#include <string.h>

static temp_folder temp;
static void init(void) { temp_folder_make(&temp); }
static void fini(void) { temp_folder_remove(&temp); }
TestSuite(token_pattern, .init = init, .fini = fini);

#define ROWS 5u
#define SIDES 2u
#define FRAMES 9u

/* Two channels; rows of different sizes, and some that were not coded. */
static rsd_token_set make_set(const char *pattern)
{
    rsd_codec_info info = {.level_count = ROWS, .sequence_count = ROWS, .side_count = SIDES};
    rsd_token_set set;
    uint32_t seed = 11;
    for (uint32_t q = 0; q < ROWS; q++) {
        info.level_sequence_end[q] = (uint16_t)(q + 1u);
        info.sequence_codewords[q] = (uint16_t)(7u + 100u * q);
    }
    cr_assert_eq(rsd_token_set_create(&info, 2, FRAMES, &set), RSD_OK);
    for (uint32_t r = 0; r < 2u * ROWS; r++)
        for (uint32_t t = 0; t < FRAMES; t++)
            set.tokens[r * FRAMES + t] = (int32_t)test_between(&seed, 0, 7u + 100u * (r % ROWS)) - 1;
    for (uint32_t i = 0; i < 2u * SIDES * FRAMES; i++) set.side[i] = (int32_t)i;
    snprintf(set.codec, sizeof set.codec, "some");
    snprintf(set.pattern, sizeof set.pattern, "%s", pattern);
    set.sample_rate_hz = 48000;
    set.level_count = ROWS;
    set.sample_count = FRAMES * 100u;
    return set;
}

Test(token_pattern, rows_come_back_lined_up)
{
    static const char *const patterns[] = {"",         "delay", "flatten", "unroll=0,1,1,3,3/0,2,2,2,2", "coarse-first",
                                           "musiclm=5"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        rsd_token_set set = make_set(patterns[i]), back;
        rsd_error error = {0};
        const char *path = temp_folder_path(&temp, "t.npy");
        cr_assert_eq(rsd_token_set_save(&set, path, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(rsd_token_set_load(path, &back, &error), RSD_OK, "%s", error.text);
        cr_assert_str_eq(back.pattern, patterns[i]);
        cr_assert_eq(back.frame_count, FRAMES);
        cr_assert_eq(memcmp(back.tokens, set.tokens, 2u * ROWS * FRAMES * sizeof *set.tokens), 0, "%s", patterns[i]);
        cr_assert_eq(memcmp(back.side, set.side, 2u * SIDES * FRAMES * sizeof *set.side), 0, "%s", patterns[i]);
        rsd_token_set_destroy(&back);
        rsd_token_set_destroy(&set);
    }
}

Test(token_pattern, a_set_whose_pattern_does_not_fit_is_not_written)
{
    rsd_token_set set = make_set("delay=0,1");
    rsd_error error = {0};
    const char *path = temp_folder_path(&temp, "t.npy");
    cr_assert_eq(rsd_token_set_save(&set, path, &error), RSD_ERR_ARG);
    cr_assert_not_null(strstr(error.text, "2 numbers where 5"), "%s", error.text);
    set.sequence_codewords[3] = 0;
    snprintf(set.pattern, sizeof set.pattern, "delay");
    cr_assert_eq(rsd_token_set_save(&set, path, &error), RSD_ERR_FORMAT);
    cr_assert_not_null(strstr(error.text, "special token"), "%s", error.text);
    rsd_token_set_destroy(&set);
}

Test(token_pattern, misaligned_rows_are_late_by_their_delays)
{
    rsd_token_set set = make_set(""), late = make_set("");
    rsd_pattern pattern;
    cr_assert_eq(rsd_pattern_parse("delay", ROWS, &pattern, NULL), RSD_OK);
    cr_assert_eq(token_set_misalign(&late, &pattern), RSD_OK);
    cr_assert_eq(late.frame_count, FRAMES + ROWS - 1u);
    cr_assert_eq(late.sample_count, (FRAMES + ROWS - 1u) * 100u);
    for (uint64_t t = 0; t < late.frame_count; t++) {
        rsd_token_frame heard, meant;
        for (uint32_t c = 0; c < 2u; c++) {
            cr_assert(rsd_token_set_get(&late, c, t, &heard));
            for (uint32_t q = 0; q < ROWS; q++) {
                const bool is_inside = t >= q && rsd_token_set_get(&set, c, t - q, &meant);
                cr_assert_eq(heard.tokens[q], is_inside ? meant.tokens[q] : RSD_TOKEN_NONE, "%u %lu", q,
                             (unsigned long)t);
            }
            cr_assert(rsd_token_set_get(&set, c, t < FRAMES ? t : FRAMES - 1u, &meant));
            cr_assert_eq(heard.side[1], meant.side[1], "the newest frame's side tokens");
        }
    }
    rsd_token_set_destroy(&late);
    rsd_token_set_destroy(&set);
}

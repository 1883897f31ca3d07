// SPDX-License-Identifier: MIT
// How much there is: what a JSON file leaves out follows from the arrays, and what it says is held against them.
#include "token/token_pattern.h"

#include "temp_folder.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

static temp_folder temp;
static void init(void) { temp_folder_make(&temp); }
static void fini(void) { temp_folder_remove(&temp); }
TestSuite(token_lengths, .init = init, .fini = fini);

#define ROWS 4u
#define FRAMES 11u
#define HOP 128u

/* Saves four rows by a pattern, as of `live-128`, whose hop is 128. */
static void save(const char *pattern, uint32_t channel_count)
{
    rsd_error error = {0};
    rsd_token_set set;
    rsd_codec_info info = {.level_count = ROWS, .sequence_count = ROWS};
    for (uint32_t q = 0; q < ROWS; q++) {
        info.level_sequence_end[q] = (uint16_t)(q + 1u);
        info.sequence_codewords[q] = 1024;
    }
    cr_assert_eq(rsd_token_set_create(&info, channel_count, FRAMES, &set), RSD_OK);
    for (uint32_t i = 0; i < channel_count * ROWS * FRAMES; i++) set.tokens[i] = (int32_t)i;
    snprintf(set.codec, sizeof set.codec, "live-128");
    snprintf(set.pattern, sizeof set.pattern, "%s", pattern);
    set.sample_rate_hz = 48000;
    set.sample_count = 777;
    set.latency_samples = 256;
    set.level_count = ROWS;
    cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.npy"), &error), RSD_OK, "%s", error.text);
    rsd_token_set_destroy(&set);
}

/* Sets a number of the JSON file; below 0: takes the key out. */
static void edit(const char *key, json_int_t value)
{
    const char *path = temp_folder_path(&temp, "t.json");
    json_t *root = json_load_file(path, 0, NULL);
    if (value < 0)
        json_object_del(root, key);
    else
        json_object_set_new(root, key, json_integer(value));
    cr_assert_eq(json_dump_file(root, path, 0), 0);
    json_decref(root);
}

static rsd_status load(const char *pattern, rsd_token_set *set, rsd_error *error)
{
    return token_set_load_as(temp_folder_path(&temp, "t.npy"), pattern, set, error);
}

Test(token_lengths, frames_and_samples_that_are_not_said_follow_from_the_arrays)
{
    static const char *const patterns[] = {"",
                                           "parallel",
                                           "delay",
                                           "flatten",
                                           "partial-flatten",
                                           "coarse-first",
                                           "musiclm=2",
                                           "delay+first=3+start=2",
                                           "delay+start=0",
                                           "unroll=0,1,1,3/0,2,2,2"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        for (uint32_t channels = 1; channels <= 2u; channels++) {
            rsd_token_set set;
            rsd_error error = {0};
            save(patterns[i], channels);
            edit("frame_count", -1);
            edit("step_count", -1);
            edit("sample_count", -1);
            cr_assert_eq(load(NULL, &set, &error), RSD_OK, "'%s': %s", patterns[i], error.text);
            cr_assert_eq(set.frame_count, FRAMES, "'%s'", patterns[i]);
            cr_assert_eq(set.sample_count, FRAMES * HOP - 256u, "'%s'", patterns[i]);
            for (int32_t t = 0; t < (int32_t)(channels * ROWS * FRAMES); t++) cr_assert_eq(set.tokens[t], t);
            rsd_token_set_destroy(&set);
        }
}

static void assert_refused(const char *pattern, const char *words)
{
    rsd_token_set set;
    rsd_error error = {0};
    cr_assert_neq(load(pattern, &set, &error), RSD_OK, "no '%s'", words);
    cr_assert_not_null(strstr(error.text, words), "%s", error.text);
}

Test(token_lengths, steps_that_are_said_are_held_against_the_pattern)
{
    rsd_token_set set;
    rsd_error error = {0};
    save("delay", 1);
    cr_assert_eq(load(NULL, &set, &error), RSD_OK, "%s", error.text);
    rsd_token_set_destroy(&set);
    edit("step_count", 14);
    assert_refused(NULL, "\"step_count\": 14, where 11 frames of pattern 'delay' have 15");
    edit("step_count", -1);
    edit("frame_count", 10);
    assert_refused(NULL, "t.npy' has shape (4, 15) where 10 frames of pattern 'delay' have (4, 14)");
    save("flatten", 1);
    edit("frame_count", -1);
    edit("sequence_count", 3);
    assert_refused(NULL, "has shape (4, 45) where 15 frames of pattern 'flatten' have (3, 46)");
}

Test(token_lengths, rows_that_are_lined_up_are_told_from_those_of_a_pattern)
{
    save("", 1);
    assert_refused("delay", "has shape (4, 11) where 11 frames of pattern 'delay' have (4, 15): its rows are lined up");
    save("delay", 1);
    edit("frame_count", 15);
    assert_refused(NULL, "its rows are lined up");
}

/* How long a frame is, only the codec knows. */
Test(token_lengths, without_samples_the_codec_is_wanted)
{
    save("", 1);
    json_t *root = json_load_file(temp_folder_path(&temp, "t.json"), 0, NULL);
    json_object_set_new(root, "codec", json_string("no-such-codec"));
    cr_assert_eq(json_dump_file(root, temp_folder_path(&temp, "t.json"), 0), 0);
    rsd_token_set set;
    rsd_error error = {0};
    cr_assert_eq(load(NULL, &set, &error), RSD_OK, "%s", error.text);
    rsd_token_set_destroy(&set);
    json_object_del(root, "sample_count");
    cr_assert_eq(json_dump_file(root, temp_folder_path(&temp, "t.json"), 0), 0);
    json_decref(root);
    assert_refused(NULL, "t.json' has no \"sample_count\"");
    assert_refused(NULL, "no-such-codec");
}

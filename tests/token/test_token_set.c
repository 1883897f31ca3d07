// SPDX-License-Identifier: MIT
// Token sets in memory and in files.
#include <residuum/rsd_token.h>

#include "temp_folder.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <limits.h>
#include <sys/stat.h>

static temp_folder temp;
static void init(void) { temp_folder_make(&temp); }
static void fini(void) { temp_folder_remove(&temp); }
TestSuite(token_set, .init = init, .fini = fini);

#define SEQUENCES 5u
#define SIDES 2u
#define FRAMES 11u

static rsd_codec_info make_info(uint32_t side_count)
{
    rsd_codec_info info;
    memset(&info, 0, sizeof info);
    info.level_count = 3;
    for (uint16_t k = 0; k < 3u; k++) info.level_sequence_end[k] = (uint16_t)(2u * k + 1u);
    info.sequence_count = SEQUENCES;
    info.side_count = side_count;
    return info;
}

/* A token that says where it belongs. */
static int32_t token_of(uint32_t channel, uint32_t row, uint64_t frame)
{
    return (int32_t)(channel * 10000u + row * 100u + (uint32_t)frame);
}

static rsd_token_set make_set(uint32_t channel_count, uint32_t side_count)
{
    const rsd_codec_info info = make_info(side_count);
    rsd_token_set set;
    cr_assert_eq(rsd_token_set_create(&info, channel_count, FRAMES, &set), RSD_OK);
    for (uint32_t c = 0; c < channel_count; c++)
        for (uint64_t t = 0; t < FRAMES; t++) {
            rsd_token_frame frame = {.level_count = 2};
            for (uint32_t q = 0; q < SEQUENCES; q++) frame.tokens[q] = q < 3 ? token_of(c, q, t) : RSD_TOKEN_NONE;
            for (uint32_t s = 0; s < side_count; s++) frame.side[s] = token_of(c, 50 + s, t);
            rsd_token_set_put(&set, c, t, &frame);
        }
    snprintf(set.codec, sizeof set.codec, "live-128");
    snprintf(set.sample_format, sizeof set.sample_format, "pcm_16");
    set.sample_rate_hz = 44100;
    set.sample_count = 1234;
    set.latency_samples = 256;
    set.primed = true;
    return set;
}

static void assert_holds_the_frames(const rsd_token_set *set, uint32_t side_count)
{
    for (uint32_t c = 0; c < set->channel_count; c++)
        for (uint64_t t = 0; t < FRAMES; t++) {
            rsd_token_frame frame;
            cr_assert(rsd_token_set_get(set, c, t, &frame));
            cr_assert_eq(frame.level_count, 2);
            for (uint32_t q = 0; q < RSD_MAX_SEQUENCES; q++)
                cr_assert_eq(frame.tokens[q], q < 3 ? token_of(c, q, t) : RSD_TOKEN_NONE, "channel %u frame %u row %u",
                             c, (unsigned)t, q);
            for (uint32_t s = 0; s < side_count; s++) cr_assert_eq(frame.side[s], token_of(c, 50 + s, t));
        }
}

Test(token_set, a_saved_set_comes_back_whole_for_one_and_more_channels_with_and_without_side)
{
    for (uint32_t channels = 1; channels <= 3; channels++)
        for (uint32_t sides = 0; sides <= SIDES; sides += SIDES) {
            rsd_token_set set = make_set(channels, sides), back;
            rsd_error error;
            const char *path = temp_folder_path(&temp, "t.npy");
            cr_assert_eq(rsd_token_set_save(&set, path, &error), RSD_OK, "%s", error.text);
            cr_assert_eq(rsd_token_set_load(path, &back, &error), RSD_OK, "%s", error.text);
            assert_holds_the_frames(&back, sides);
            cr_assert_str_eq(back.codec, "live-128");
            cr_assert_str_eq(back.sample_format, "pcm_16");
            cr_assert_eq(back.channel_count, channels);
            cr_assert_eq(back.side_count, sides);
            cr_assert_eq(back.sample_rate_hz, 44100);
            cr_assert_eq(back.sample_count, 1234);
            cr_assert_eq(back.latency_samples, 256);
            cr_assert_eq(back.primed, true);
            cr_assert_eq(back.codec_level_count, set.codec_level_count);
            cr_assert_arr_eq(back.level_sequence_end, set.level_sequence_end, sizeof set.level_sequence_end);
            rsd_token_set_destroy(&set);
            rsd_token_set_destroy(&back);
        }
}

Test(token_set, files_have_the_shapes_that_the_contract_names)
{
    for (uint32_t channels = 1; channels <= 2; channels++) {
        rsd_token_set set = make_set(channels, SIDES);
        cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.npy"), NULL), RSD_OK);
        rsd_token_set_destroy(&set);
        static const char *const names[] = {"t.npy", "t.side.npy"};
        static const uint32_t rows[] = {SEQUENCES, SIDES};
        for (int f = 0; f < 2; f++) {
            int32_t *data = NULL;
            uint64_t shape[3];
            uint32_t dims = 0;
            cr_assert_eq(rsd_npy_load(temp_folder_path(&temp, names[f]), &data, shape, &dims, NULL), RSD_OK);
            cr_assert_eq(dims, channels == 1 ? 2u : 3u);
            cr_assert_eq(shape[dims - 1], FRAMES);
            cr_assert_eq(shape[dims - 2], rows[f]);
            free(data);
        }
    }
}

Test(token_set, a_new_set_holds_no_tokens)
{
    const rsd_codec_info info = make_info(SIDES);
    rsd_token_set set;
    cr_assert_eq(rsd_token_set_create(&info, 2, FRAMES, &set), RSD_OK);
    for (size_t i = 0; i < 2u * SEQUENCES * FRAMES; i++) cr_assert_eq(set.tokens[i], RSD_TOKEN_NONE);
    cr_assert_eq(set.level_count, 0);
    rsd_token_set_destroy(&set);
    cr_assert_null(set.tokens);
    rsd_token_set_destroy(&set);
}

Test(token_set, frames_outside_are_neither_put_nor_got)
{
    rsd_token_set set = make_set(1, SIDES);
    rsd_token_frame frame = {.level_count = 3};
    memset(frame.tokens, 0x11, sizeof frame.tokens);
    rsd_token_set_put(&set, 1, 0, &frame);
    rsd_token_set_put(&set, 0, FRAMES, &frame);
    rsd_token_set_put(&set, 0, UINT64_MAX, &frame);
    assert_holds_the_frames(&set, SIDES);
    cr_assert_eq(rsd_token_set_get(&set, 1, 0, &frame), 0);
    cr_assert_eq(rsd_token_set_get(&set, 0, FRAMES, &frame), 0);
    rsd_token_set_destroy(&set);
}

Test(token_set, sizes_out_of_range_are_refused)
{
    rsd_codec_info info = make_info(SIDES);
    rsd_token_set set;
    cr_assert_eq(rsd_token_set_create(&info, 0, 1, &set), RSD_ERR_ARG);
    cr_assert_eq(rsd_token_set_create(&info, 1, (uint64_t)1 << 31, &set), RSD_ERR_ARG);
    cr_assert_eq(rsd_token_set_create(&info, 1, UINT64_MAX / 5u, &set), RSD_ERR_ARG);
    info.sequence_count = RSD_MAX_SEQUENCES + 1;
    cr_assert_eq(rsd_token_set_create(&info, 1, 1, &set), RSD_ERR_ARG);
}

/* Replaces the first `from` in the saved JSON by `to` and says what loading gives. */
static rsd_status load_with_json(const char *from, const char *to, rsd_error *error)
{
    rsd_token_set set = make_set(1, SIDES);
    cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.npy"), NULL), RSD_OK);
    rsd_token_set_destroy(&set);
    char json[2048], changed[4096];
    const size_t bytes = read_bytes(temp_folder_path(&temp, "t.json"), json, sizeof json - 1);
    json[bytes] = '\0';
    const char *at = strstr(json, from);
    cr_assert_not_null(at, "'%s' is not in %s", from, json);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - json), json, to, at + strlen(from));
    write_bytes(temp_folder_path(&temp, "t.json"), changed, strlen(changed));
    const rsd_status status = rsd_token_set_load(temp_folder_path(&temp, "t.npy"), &set, error);
    if (status == RSD_OK) rsd_token_set_destroy(&set);
    return status;
}

Test(token_set, a_json_file_with_a_wrong_value_is_refused_by_key)
{
    static const struct {
        const char *from, *to, *names;
    } bad[] = {
        {"\"channel_count\": 1", "\"channel_count\": 0", "channel_count"},
        {"\"sequence_count\": 5", "\"sequence_count\": 257", "sequence_count"},
        {"\"sequence_count\": 5", "\"sequence_count\": 4", "shape (5, 11)"},
        {"\"frame_count\": 11", "\"frame_count\": 12", "shape (5, 11)"},
        {"\"frame_count\": 11", "\"frame_count\": \"11\"", "frame_count"},
        {"\"frame_count\": 11", "\"frame_count\": -1", "frame_count"},
        {"\"level_count\": 2", "\"level_count\": 65", "level_count"},
        {"\"sample_rate_hz\": 44100", "\"sample_rate_hz\": 1e9", "sample_rate_hz"},
        {"\"codec\": \"live-128\"", "\"codec\": \"\"", "codec"},
        {"residuum-tokens", "something", "format"},
        {"\"version\": 1", "\"version\": 2", "version"},
        {"\"side_count\": 2,", "", "side_count"},
        {"{", "[", "line"},
        {"\"version\": 1", "\"codec\": \"a\"", "duplicate"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rsd_error error;
        cr_assert_eq(load_with_json(bad[i].from, bad[i].to, &error), RSD_ERR_FORMAT, "%s", bad[i].to);
        cr_assert(strstr(error.text, bad[i].names), "'%s' does not name %s", error.text, bad[i].names);
    }
}

Test(token_set, a_missing_json_or_side_file_is_named)
{
    static const char *const names[] = {"t.json", "t.side.npy", "t.npy"};
    for (size_t i = 0; i < 3; i++) {
        rsd_token_set set = make_set(1, SIDES);
        cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.npy"), NULL), RSD_OK);
        rsd_token_set_destroy(&set);
        unlink(temp_folder_path(&temp, names[i]));
        rsd_error error;
        cr_assert_eq(rsd_token_set_load(temp_folder_path(&temp, "t.npy"), &set, &error), RSD_ERR_IO);
        cr_assert(strstr(error.text, names[i]), "'%s' does not name %s", error.text, names[i]);
    }
}

Test(token_set, a_name_that_does_not_end_in_npy_is_refused)
{
    rsd_token_set set = make_set(1, 0);
    rsd_error error;
    cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.wav"), &error), RSD_ERR_ARG);
    cr_assert(strstr(error.text, ".npy"), "%s", error.text);
    cr_assert_eq(rsd_token_set_load(".npy", &set, &error), RSD_ERR_ARG);
    cr_assert_eq(temp_folder_file_count(&temp), 0);
    rsd_token_set_destroy(&set);
}

Test(token_set, a_save_that_fails_leaves_the_earlier_set_as_it_was)
{
    rsd_token_set set = make_set(1, SIDES);
    cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.npy"), NULL), RSD_OK);
    // A folder in the place of the side file: it cannot be written after the tokens were written beside.
    char side[PATH_MAX], kept[PATH_MAX];
    snprintf(side, sizeof side, "%s", temp_folder_path(&temp, "t.side.npy"));
    snprintf(kept, sizeof kept, "%s", temp_folder_path(&temp, "kept"));
    cr_assert_eq(rename(side, kept), 0);
    cr_assert_eq(mkdir(side, 0700), 0);
    set.tokens[0] = 4711;
    rsd_error error;
    cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.npy"), &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "t.side.npy"), "%s", error.text);
    cr_assert_eq(rmdir(side), 0);
    cr_assert_eq(rename(kept, side), 0);
    cr_assert_eq(temp_folder_file_count(&temp), 3, "only the three files of the earlier set are left");
    rsd_token_set_destroy(&set);
    cr_assert_eq(rsd_token_set_load(temp_folder_path(&temp, "t.npy"), &set, &error), RSD_OK);
    assert_holds_the_frames(&set, SIDES);
    rsd_token_set_destroy(&set);
}

/* Frames with a token that says where it belongs, one of each channel. */
static void make_frames(rsd_token_frame *frames, uint32_t channel_count, uint64_t t)
{
    for (uint32_t c = 0; c < channel_count; c++) {
        frames[c] = (rsd_token_frame){.level_count = 3};
        for (uint32_t q = 0; q < SEQUENCES; q++) frames[c].tokens[q] = token_of(c, q, t);
        for (uint32_t s = 0; s < SIDES; s++) frames[c].side[s] = token_of(c, 50 + s, t);
    }
}

Test(token_set, grows_frame_by_frame_and_is_saved_as_it_is)
{
    const rsd_codec_info info = make_info(SIDES);
    rsd_token_set set, loaded;
    rsd_token_frame frames[2], frame;
    cr_assert_eq(rsd_token_set_create(&info, 2, 0, &set), RSD_OK);
    for (uint64_t t = 0; t < 99u; t++) {
        make_frames(frames, 2, t);
        cr_assert_eq(rsd_token_set_append(&set, frames), RSD_OK);
    }
    cr_assert_eq(set.frame_count, 99u);
    cr_assert_gt(set.frame_capacity, 99u);
    snprintf(set.codec, sizeof set.codec, "live-128");
    set.sample_rate_hz = 48000;
    rsd_error error;
    const char *path = temp_folder_path(&temp, "grown.npy");
    cr_assert_eq(rsd_token_set_save(&set, path, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_token_set_load(path, &loaded, &error), RSD_OK, "%s", error.text);
    rsd_token_set_trim(&set, 70);
    cr_assert_eq(set.frame_capacity, 70u);
    for (uint64_t t = 0; t < 99u; t++) {
        make_frames(frames, 2, t);
        for (uint32_t c = 0; c < 2u; c++) {
            cr_assert(rsd_token_set_get(&loaded, c, t, &frame));
            cr_assert_arr_eq(frame.tokens, frames[c].tokens, SEQUENCES * sizeof(int32_t), "frame %d", (int)t);
            cr_assert_arr_eq(frame.side, frames[c].side, SIDES * sizeof(int32_t));
            cr_assert_eq(rsd_token_set_get(&set, c, t, &frame), t < 70u);
            if (t < 70u) cr_assert_arr_eq(frame.tokens, frames[c].tokens, SEQUENCES * sizeof(int32_t));
        }
    }
    rsd_token_set_destroy(&set);
    rsd_token_set_destroy(&loaded);
}
/* A codec's path is any bytes; JSON takes UTF-8 alone. */
Test(token_set, a_codecs_path_of_any_bytes_and_of_any_length_comes_back_from_valid_json)
{
    static char long_path[4001];
    memset(long_path, 'p', sizeof long_path - 1u);
    const char *const names[] = {"/music/h\xf6ren.safetensors", "/music/h\xc3\xb6ren.safetensors", "a \"b\"\\\n\x1b",
                                 "\xff\xfe\x80", long_path};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        rsd_token_set set = make_set(1, 0), back;
        rsd_error error;
        snprintf(set.codec, sizeof set.codec, "%s", names[i]);
        cr_assert_eq(rsd_token_set_save(&set, temp_folder_path(&temp, "t.npy"), &error), RSD_OK, "%s", error.text);
        json_t *root = json_load_file(temp_folder_path(&temp, "t.json"), 0, NULL);
        cr_assert(json_is_string(json_object_get(root, "codec")), "name %zu: not JSON", i);
        json_decref(root);
        cr_assert_eq(rsd_token_set_load(temp_folder_path(&temp, "t.npy"), &back, &error), RSD_OK, "%s", error.text);
        cr_assert_str_eq(back.codec, names[i]);
        rsd_token_set_destroy(&set);
        rsd_token_set_destroy(&back);
    }
}

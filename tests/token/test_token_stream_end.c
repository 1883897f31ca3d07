// SPDX-License-Identifier: MIT
// Ends of compact streams, what is behind them, and what is told of a stream whose tokens cannot be read.
#include "token/stream_internal.h"

#include "base/crc32.h"
#include "temp_folder.h"

#include <criterion/criterion.h>
#include <string.h>

static temp_folder temp;
static void init(void) { temp_folder_make(&temp); }
static void fini(void) { temp_folder_remove(&temp); }
TestSuite(token_stream_end, .init = init, .fini = fini);

#define FRAMES 120u
#define HOP 480u
#define END_BYTES (STREAM_BLOCK_BYTES + STREAM_END_BYTES)

typedef struct {
    uint8_t bytes[1 << 16];
    size_t size;
} stream_file;

static rsd_token_stream_info make_info(void)
{
    rsd_token_stream_info info = {.fingerprint = 77, .channel_count = 1, .sample_rate_hz = 48000};
    info.codec.level_count = 2;
    info.codec.sequence_count = 2;
    info.codec.sample_rate_hz = 48000;
    info.codec.hop_samples = HOP;
    for (uint32_t q = 0; q < 2u; q++) {
        info.codec.level_sequence_end[q] = (uint16_t)(q + 1u);
        info.codec.sequence_codewords[q] = 16;
    }
    snprintf(info.codec_name, sizeof info.codec_name, "some");
    snprintf(info.sample_format, sizeof info.sample_format, "float");
    return info;
}

/* A stream of so many levels whose end mark says so many samples; into a file, and read from there. */
static rsd_status write_stream(const rsd_token_stream_info *info, uint32_t level_count, uint64_t sample_count,
                               stream_file *file, rsd_error *error)
{
    rsd_token_writer *writer;
    const char *path = temp_folder_path(&temp, "t.rsdt");
    const rsd_status status = rsd_token_writer_create(path, info, &writer, error);
    if (status != RSD_OK) return status;
    for (uint32_t t = 0; t < FRAMES; t++) {
        rsd_token_frame frame = {.level_count = level_count};
        frame.tokens[0] = (int32_t)(t % 16u);
        frame.tokens[1] = (int32_t)(t % 7u);
        cr_assert_eq(rsd_token_writer_append(writer, t, &frame, error), RSD_OK, "%s", error->text);
    }
    cr_assert_eq(rsd_token_writer_close(writer, sample_count, error), RSD_OK, "%s", error->text);
    file->size = read_bytes(path, file->bytes, sizeof file->bytes);
    return RSD_OK;
}

static void assert_ends(const stream_file *file, uint64_t sample_count, bool has_wrong_end, uint64_t behind)
{
    rsd_token_set set;
    rsd_token_stream_report report;
    rsd_error error = {0};
    cr_assert_eq(token_stream_parse(file->bytes, file->size, "t", &set, &report, &error), RSD_OK, "%s", error.text);
    cr_assert(report.is_ended && report.damage_count == 0u && set.frame_count == FRAMES);
    cr_assert_eq(set.sample_count, sample_count);
    cr_assert_eq(report.has_wrong_end, has_wrong_end);
    cr_assert_eq(report.behind_end_bytes, behind);
    rsd_token_set_destroy(&set);
}

Test(token_stream_end, a_length_that_the_frames_do_not_have_is_told_and_left_aside)
{
    static stream_file file;
    rsd_error error = {0};
    const rsd_token_stream_info info = make_info();
    const uint64_t most = (FRAMES + 4u) * HOP, whole = (uint64_t)FRAMES * HOP;
    const struct {
        uint64_t said, taken;
        bool is_wrong;
    } lengths[] = {{0, 0, false},
                   {whole - 300u, whole - 300u, false},
                   {most, most, false},
                   {most + 1u, whole, true},
                   {UINT64_MAX, whole, true}};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        cr_assert_eq(write_stream(&info, 2, lengths[i].said, &file, &error), RSD_OK, "%s", error.text);
        assert_ends(&file, lengths[i].taken, lengths[i].is_wrong, 0);
    }
}

/* Sums are right: only what is said cannot be. */
Test(token_stream_end, a_count_of_frames_that_cannot_be_is_told_and_left_aside)
{
    static stream_file file;
    rsd_error error = {0};
    const rsd_token_stream_info info = make_info();
    static const uint64_t counts[] = {0, FRAMES - 1u, UINT64_MAX, (uint64_t)1 << 40};
    cr_assert_eq(write_stream(&info, 2, 1000, &file, &error), RSD_OK, "%s", error.text);
    uint8_t *end = file.bytes + file.size - END_BYTES;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        stream_put(end + STREAM_BLOCK_BYTES + 8u, 8, counts[i]);
        stream_put(end + 20u, 4, base_crc32(0, end + STREAM_BLOCK_BYTES, STREAM_END_BYTES));
        assert_ends(&file, (uint64_t)FRAMES * HOP, true, 0);
    }
}

Test(token_stream_end, bytes_behind_the_end_are_counted)
{
    static stream_file file;
    rsd_error error = {0};
    const rsd_token_stream_info info = make_info();
    cr_assert_eq(write_stream(&info, 2, 1000, &file, &error), RSD_OK, "%s", error.text);
    assert_ends(&file, 1000, false, 0);
    memcpy(file.bytes + file.size, file.bytes, file.size); /* another stream */
    file.size *= 2u;
    assert_ends(&file, 1000, false, file.size / 2u);
}

Test(token_stream_end, a_sample_format_of_other_bytes_is_refused_both_ways)
{
    static stream_file file;
    rsd_error error = {0};
    rsd_token_set set;
    rsd_token_stream_report report;
    rsd_token_stream_info info = make_info();
    cr_assert_eq(write_stream(&info, 2, 1000, &file, &error), RSD_OK, "%s", error.text);
    const size_t header = (size_t)stream_get(file.bytes + 6, 2);
    file.bytes[header - 5u] = 0xff; /* the last letter of "float" */
    stream_put(file.bytes + header - 4u, 4, base_crc32(0, file.bytes, header - 4u));
    cr_assert_eq(token_stream_parse(file.bytes, file.size, "t", &set, &report, &error), RSD_ERR_FORMAT);
    cr_assert_not_null(strstr(error.text, "sample format is no UTF-8"), "%s", error.text);
    info.sample_format[0] = '\xfe';
    cr_assert_neq(write_stream(&info, 2, 1000, &file, &error), RSD_OK);
    cr_assert_not_null(strstr(error.text, "sample format is no UTF-8"), "%s", error.text);
}

/* The codec of a coded stream need not be here: header and blocks say the rest. */
Test(token_stream_end, what_is_told_without_the_tokens_is_what_is_told_with_them)
{
    static stream_file file;
    rsd_error error = {0};
    rsd_token_stream_info info = make_info();
    for (uint32_t coded = 0; coded <= 1u; coded++) {
        rsd_token_set set, seen;
        rsd_token_stream_report report, looked;
        info.is_entropy_coded = coded > 0u;
        cr_assert_eq(write_stream(&info, 1, 57000, &file, &error), RSD_OK, "%s", error.text);
        file.bytes[file.size - END_BYTES - 30u] ^= 1u; /* damage, in the last block */
        const char *path = temp_folder_path(&temp, "t.rsdt");
        write_bytes(path, file.bytes, file.size);
        cr_assert_eq(rsd_token_stream_load(path, &set, &report, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(token_stream_look(path, &seen, &looked, &error), RSD_OK, "%s", error.text);
        cr_assert(report.damage_count == 1u && looked.damage_count == 1u);
        cr_assert_eq(looked.lost_frame_count, report.lost_frame_count);
        cr_assert(looked.payload_bits == report.payload_bits && looked.fixed_bits == report.fixed_bits);
        cr_assert(looked.block_count == report.block_count && looked.is_ended);
        cr_assert(seen.frame_count == set.frame_count && seen.sample_count == set.sample_count);
        cr_assert(seen.level_count == set.level_count && seen.sample_rate_hz == set.sample_rate_hz);
        cr_assert_str_eq(seen.codec, "some");
        cr_assert_null(seen.tokens);
        rsd_token_set_destroy(&seen);
        rsd_token_set_destroy(&set);
    }
}

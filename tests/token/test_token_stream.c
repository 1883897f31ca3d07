// SPDX-License-Identifier: MIT
// Compact streams: whole, growing, cut and damaged.
#include "token/stream_internal.h"

#include "base/crc32.h"
#include "support/signals.h"
#include "temp_folder.h"

#include <criterion/criterion.h>
#include <string.h>

static temp_folder temp;
static void init(void) { temp_folder_make(&temp); }
static void fini(void) { temp_folder_remove(&temp); }
TestSuite(token_stream, .init = init, .fini = fini);

#define LEVELS 3u
#define ROWS 5u
#define FRAMES 250u /* two blocks of a second, and a half */

/* Rows of sizes that are no powers of two as well: 2 side tokens of 10 and 1 bits, rows of 4, 3, 10, 0 and 7 bits. */
static rsd_token_stream_info make_info(uint32_t channel_count)
{
    rsd_token_stream_info info = {.fingerprint = 77, .channel_count = channel_count, .sample_rate_hz = 44100};
    static const uint16_t ends[] = {1, 3, 5}, codewords[] = {16, 5, 1024, 1, 100}, side[] = {1000, 2};
    info.codec.level_count = LEVELS;
    info.codec.sequence_count = ROWS;
    info.codec.side_count = 2;
    info.codec.sample_rate_hz = 48000;
    info.codec.hop_samples = 480;
    memcpy(info.codec.level_sequence_end, ends, sizeof ends);
    memcpy(info.codec.sequence_codewords, codewords, sizeof codewords);
    memcpy(info.codec.side_codewords, side, sizeof side);
    snprintf(info.codec_name, sizeof info.codec_name, "some/codec");
    snprintf(info.sample_format, sizeof info.sample_format, "pcm_24");
    info.latency_samples = 321;
    info.primed = true;
    return info;
}

static rsd_token_set make_set(const rsd_token_stream_info *info, uint32_t level_count)
{
    rsd_token_set set;
    uint32_t seed = 7;
    cr_assert_eq(rsd_token_set_create(&info->codec, info->channel_count, FRAMES, &set), RSD_OK);
    for (uint32_t c = 0; c < info->channel_count; c++)
        for (uint64_t t = 0; t < FRAMES; t++) {
            rsd_token_frame frame = {.level_count = level_count};
            const uint32_t rows = info->codec.level_sequence_end[level_count - 1u];
            for (uint32_t q = 0; q < ROWS; q++)
                frame.tokens[q] =
                    q < rows ? (int32_t)test_between(&seed, 0, info->codec.sequence_codewords[q] - 1u) : RSD_TOKEN_NONE;
            for (uint32_t s = 0; s < 2u; s++)
                frame.side[s] = (int32_t)test_between(&seed, 0, info->codec.side_codewords[s] - 1u);
            rsd_token_set_put(&set, c, t, &frame);
        }
    set.sample_count = 109876; /* a part of a frame less than its frames */
    return set;
}

/* Rows of `levels` levels, frames [first, end). */
static void assert_same(const rsd_token_set *a, const rsd_token_set *b, uint32_t rows, uint64_t first, uint64_t end)
{
    for (uint32_t c = 0; c < a->channel_count; c++)
        for (uint64_t t = first; t < end; t++) {
            rsd_token_frame x, y;
            cr_assert(rsd_token_set_get(a, c, t, &x) && rsd_token_set_get(b, c, t, &y));
            cr_assert_eq(memcmp(x.tokens, y.tokens, rows * sizeof *x.tokens), 0, "frame %lu", (unsigned long)t);
            cr_assert_eq(memcmp(x.side, y.side, sizeof x.side), 0, "frame %lu", (unsigned long)t);
            for (uint32_t q = rows; q < ROWS; q++) cr_assert_eq(y.tokens[q], RSD_TOKEN_NONE);
        }
}

typedef struct {
    uint8_t *bytes;
    size_t size;
} file_bytes;

/* Of the head of a stream, its sum included. */
static size_t header_bytes(const file_bytes *file) { return (size_t)file->bytes[6] + 256u * file->bytes[7]; }

static file_bytes save(const rsd_token_set *set, const rsd_token_stream_info *info, uint32_t level_count)
{
    rsd_error error = {0};
    const char *path = temp_folder_path(&temp, "t.rsdt");
    cr_assert_eq(rsd_token_stream_save(set, info, level_count, path, &error), RSD_OK, "%s", error.text);
    file_bytes file = {malloc(1 << 20), 0};
    file.size = read_bytes(path, file.bytes, 1 << 20);
    return file;
}

static rsd_token_set parse(const void *bytes, size_t size, rsd_token_stream_report *report)
{
    rsd_token_set set;
    rsd_error error = {0};
    cr_assert_eq(token_stream_parse(bytes, size, "t.rsdt", &set, report, &error), RSD_OK, "%s", error.text);
    return set;
}

Test(token_stream, what_goes_in_comes_out)
{
    for (uint32_t channels = 1; channels <= 3u; channels += 2u)
        for (uint32_t levels = 1; levels <= LEVELS; levels++) {
            const rsd_token_stream_info info = make_info(channels);
            rsd_token_set set = make_set(&info, levels);
            rsd_token_stream_report report;
            file_bytes file = save(&set, &info, LEVELS);
            rsd_token_set back = parse(file.bytes, file.size, &report);
            cr_assert_eq(back.frame_count, FRAMES);
            assert_same(&set, &back, info.codec.level_sequence_end[levels - 1u], 0, FRAMES);
            cr_assert(report.is_ended && report.damage_count == 0u && report.lost_frame_count == 0u);
            cr_assert(report.info.fingerprint == 77u && back.sample_count == 109876u && back.latency_samples == 321u);
            cr_assert(back.primed && back.level_count == levels && back.sample_rate_hz == 44100u);
            cr_assert_str_eq(back.codec, "some/codec");
            cr_assert_str_eq(back.sample_format, "pcm_24");
            rsd_token_set_destroy(&back);
            rsd_token_set_destroy(&set);
            free(file.bytes);
        }
}

/* 11 bits of side tokens; 4, 13 and 7 bits of the levels. */
Test(token_stream, has_the_bitrate_that_it_states_to_the_bit)
{
    static const uint64_t bits[] = {11, 15, 28, 35};
    const rsd_token_stream_info info = make_info(2);
    for (uint32_t levels = 1; levels <= LEVELS; levels++) {
        rsd_token_set set = make_set(&info, LEVELS);
        rsd_token_stream_report report;
        file_bytes file = save(&set, &info, levels);
        rsd_token_set back = parse(file.bytes, file.size, &report);
        cr_assert_eq(rsd_token_stream_frame_bits(&info, levels), 2u * bits[levels]);
        cr_assert_eq(report.payload_bits, FRAMES * 2u * bits[levels]);
        uint64_t payload = 0; /* blocks of 100 frames, whole bytes each */
        for (uint64_t left = FRAMES; left > 0u; left -= left < 100u ? left : 100u)
            payload += ((left < 100u ? left : 100u) * 2u * bits[levels] + 7u) / 8u;
        const size_t header = header_bytes(&file);
        cr_assert_eq(file.size, header + payload + 3u * 24u + 24u + 16u);
        assert_same(&set, &back, info.codec.level_sequence_end[levels - 1u], 0, FRAMES);
        rsd_token_set_destroy(&back);
        rsd_token_set_destroy(&set);
        free(file.bytes);
    }
}

/* Every cut: the blocks before it are there, and it is told that there is no end. */
Test(token_stream, what_is_there_can_be_read_while_it_is_written)
{
    const rsd_token_stream_info info = make_info(1);
    rsd_token_set set = make_set(&info, LEVELS);
    file_bytes file = save(&set, &info, LEVELS);
    const size_t header = header_bytes(&file);
    uint64_t last = 0;
    for (size_t size = header; size < file.size; size++) {
        rsd_token_stream_report report;
        rsd_token_set back = parse(file.bytes, size, &report);
        cr_assert(!report.is_ended && report.damage_count == 0u, "cut at %zu", size);
        cr_assert(back.frame_count >= last && back.frame_count % 50u == 0u);
        last = back.frame_count;
        assert_same(&set, &back, ROWS, 0, last);
        rsd_token_set_destroy(&back);
    }
    cr_assert_eq(last, FRAMES);
    rsd_token_set_destroy(&set);
    free(file.bytes);
}

/* A byte anywhere behind the header: at most its block is lost, and the others are where they were. */
Test(token_stream, is_read_past_damage)
{
    const rsd_token_stream_info info = make_info(1);
    rsd_token_set set = make_set(&info, LEVELS);
    file_bytes file = save(&set, &info, LEVELS);
    const size_t header = header_bytes(&file);
    for (size_t at = header; at < file.size - 40u; at++) {
        rsd_token_stream_report report;
        file.bytes[at] ^= 0x21;
        rsd_token_set back = parse(file.bytes, file.size, &report);
        file.bytes[at] ^= 0x21;
        cr_assert(report.damage_count >= 1u && report.is_ended, "byte %zu", at);
        cr_assert(report.first_damage_byte <= at && report.block_count == 2u, "byte %zu", at);
        const uint64_t block = (report.first_damage_byte - header) / (24u + 438u); /* 100 frames of 35 bits */
        for (uint64_t b = 0; b < 3u; b++)
            if (b != block && b * 100u < back.frame_count)
                assert_same(&set, &back, ROWS, b * 100u, b == 2u ? FRAMES : (b + 1u) * 100u);
        rsd_token_set_destroy(&back);
    }
    rsd_token_set_destroy(&set);
    free(file.bytes);
}

/* Bytes that are missing from a block, or that were put into it: its frames are lost, and no others. */
Test(token_stream, is_read_past_missing_and_added_bytes)
{
    const rsd_token_stream_info info = make_info(1);
    rsd_token_set set = make_set(&info, LEVELS);
    file_bytes file = save(&set, &info, LEVELS);
    const size_t header = header_bytes(&file), block_bytes = 24u + 438u; /* 100 frames of 35 bits */
    uint8_t *spoilt = calloc(2u, file.size);
    for (uint64_t block = 0; block < 3u; block++) {
        for (size_t count = 1; count < 200u; count += 33u) {
            const size_t at = header + block * block_bytes + 24u + 10u;
            rsd_token_stream_report report;
            memcpy(spoilt, file.bytes, at);
            memcpy(spoilt + at, file.bytes + at + count, file.size - at - count);
            rsd_token_set less = parse(spoilt, file.size - count, &report);
            cr_assert(report.damage_count >= 1u && report.is_ended && report.block_count == 2u, "%zu less", count);
            memcpy(spoilt + at, file.bytes, count);
            memcpy(spoilt + at + count, file.bytes + at, file.size - at);
            rsd_token_set more = parse(spoilt, file.size + count, &report);
            cr_assert(report.damage_count >= 1u && report.is_ended && report.block_count == 2u, "%zu more", count);
            for (uint64_t b = 0; b < 3u; b++) {
                if (b == block) continue;
                assert_same(&set, &less, ROWS, b * 100u, b == 2u ? FRAMES : (b + 1u) * 100u);
                assert_same(&set, &more, ROWS, b * 100u, b == 2u ? FRAMES : (b + 1u) * 100u);
            }
            rsd_token_set_destroy(&less);
            rsd_token_set_destroy(&more);
        }
    }
    free(spoilt);
    rsd_token_set_destroy(&set);
    free(file.bytes);
}

Test(token_stream, damaged_headers_are_refused_by_name)
{
    const rsd_token_stream_info info = make_info(1);
    rsd_token_set set = make_set(&info, LEVELS);
    file_bytes file = save(&set, &info, LEVELS);
    const size_t header = header_bytes(&file);
    for (size_t at = 0; at < header; at++) {
        rsd_token_stream_report report;
        rsd_token_set back;
        rsd_error error = {0};
        file.bytes[at] ^= 0x10;
        const rsd_status status = token_stream_parse(file.bytes, file.size, "t.rsdt", &back, &report, &error);
        file.bytes[at] ^= 0x10;
        cr_assert(status == RSD_ERR_FORMAT || status == RSD_ERR_UNSUPPORTED, "byte %zu", at);
        cr_assert_not_null(strstr(error.text, "'t.rsdt'"), "%s", error.text);
    }
    rsd_token_set_destroy(&set);
    free(file.bytes);
}

Test(token_stream, tokens_that_do_not_fit_are_refused_by_place)
{
    const rsd_token_stream_info info = make_info(1);
    rsd_token_writer *writer = NULL;
    rsd_error error = {0};
    const char *path = temp_folder_path(&temp, "w.rsdt");
    cr_assert_eq(rsd_token_writer_create(path, &info, &writer, &error), RSD_OK, "%s", error.text);
    rsd_token_frame frame = {.level_count = 2, .side = {999, 1}, .tokens = {15, 4, 1023, -1, -1}};
    cr_assert_eq(rsd_token_writer_append(writer, 5, &frame, &error), RSD_OK, "%s", error.text);
    frame.tokens[1] = 5;
    cr_assert_eq(rsd_token_writer_append(writer, 6, &frame, &error), RSD_ERR_ARG);
    cr_assert_not_null(strstr(error.text, "frame 6, channel 1: row 1 holds 5, where a stream takes 0 to 4"), "%s",
                       error.text);
    frame.tokens[1] = 4;
    frame.side[0] = 1000;
    cr_assert_eq(rsd_token_writer_append(writer, 6, &frame, &error), RSD_ERR_ARG);
    cr_assert_not_null(strstr(error.text, "side row 0 holds 1000"), "%s", error.text);
    frame.side[0] = 0;
    frame.level_count = 4;
    cr_assert_eq(rsd_token_writer_append(writer, 6, &frame, &error), RSD_ERR_ARG);
    frame.level_count = 1;
    cr_assert_eq(rsd_token_writer_append(writer, 5, &frame, &error), RSD_ERR_ARG);
    cr_assert_not_null(strstr(error.text, "frame 5 does not follow frame 6"), "%s", error.text);
    cr_assert_eq(rsd_token_writer_append(writer, 9, &frame, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_token_writer_close(writer, 0, &error), RSD_OK, "%s", error.text);

    rsd_token_set back;
    rsd_token_stream_report report;
    cr_assert_eq(rsd_token_stream_load(path, &back, &report, &error), RSD_OK, "%s", error.text);
    cr_assert(back.frame_count == 10u && report.block_count == 2u && report.lost_frame_count == 8u);
    rsd_token_set_destroy(&back);
}

/* A block far behind the others would be a gap of gigabytes. */
Test(token_stream, gaps_are_bounded)
{
    const rsd_token_stream_info info = make_info(1);
    rsd_token_writer *writer = NULL;
    rsd_token_frame frame = {.level_count = 1, .tokens = {1, -1, -1, -1, -1}};
    const char *path = temp_folder_path(&temp, "w.rsdt");
    cr_assert_eq(rsd_token_writer_create(path, &info, &writer, NULL), RSD_OK);
    cr_assert_eq(rsd_token_writer_append(writer, 0, &frame, NULL), RSD_OK);
    cr_assert_eq(rsd_token_writer_append(writer, 4000000000u, &frame, NULL), RSD_OK);
    cr_assert_eq(rsd_token_writer_close(writer, 0, NULL), RSD_OK);
    rsd_token_set back;
    rsd_token_stream_report report;
    cr_assert_eq(rsd_token_stream_load(path, &back, &report, NULL), RSD_OK);
    cr_assert(back.frame_count == 1u && report.damage_count == 1u);
    rsd_token_set_destroy(&back);
}

/* ---- entropy coded ---- */

#define LONG_FRAMES 1230u /* twelve blocks and a part of one */

/* Tokens that hang together, so that there is something to learn. */
static rsd_token_set make_speech(const rsd_token_stream_info *info)
{
    rsd_token_set set;
    uint32_t seed = 7;
    cr_assert_eq(rsd_token_set_create(&info->codec, info->channel_count, LONG_FRAMES, &set), RSD_OK);
    for (uint32_t c = 0; c < info->channel_count; c++)
        for (uint64_t t = 0; t < LONG_FRAMES; t++) {
            rsd_token_frame frame = {.level_count = t / 250u % 2u ? 2 : LEVELS};
            const uint32_t coarse = (uint32_t)(t / 7u) * 5u % 16u;
            frame.side[0] = (int32_t)(coarse * 60u);
            frame.side[1] = (int32_t)(t & 1u);
            for (uint32_t q = 0; q < ROWS; q++)
                frame.tokens[q] =
                    q < info->codec.level_sequence_end[frame.level_count - 1u]
                        ? (int32_t)((coarse * q + test_between(&seed, 0, 1)) % info->codec.sequence_codewords[q])
                        : RSD_TOKEN_NONE;
            rsd_token_set_put(&set, c, t, &frame);
        }
    return set;
}

static void assert_equal_sets(const rsd_token_set *a, const rsd_token_set *b, uint64_t first, uint64_t end)
{
    for (uint32_t c = 0; c < a->channel_count; c++)
        for (uint64_t t = first; t < end; t++) {
            rsd_token_frame x, y;
            cr_assert(rsd_token_set_get(a, c, t, &x) && rsd_token_set_get(b, c, t, &y));
            cr_assert_eq(memcmp(x.tokens, y.tokens, sizeof x.tokens), 0, "frame %lu", (unsigned long)t);
            cr_assert_eq(memcmp(x.side, y.side, sizeof x.side), 0, "frame %lu", (unsigned long)t);
        }
}

Test(token_stream, entropy_coded_frames_come_back_and_are_smaller)
{
    rsd_token_stream_info info = make_info(2);
    rsd_token_set set = make_speech(&info);
    rsd_token_stream_report report;
    file_bytes plain = save(&set, &info, LEVELS);
    info.is_entropy_coded = true;
    info.restart_blocks = 4;
    file_bytes coded = save(&set, &info, LEVELS);
    rsd_token_set back = parse(coded.bytes, coded.size, &report);
    cr_assert(report.info.is_entropy_coded && report.is_ended && report.damage_count == 0u);
    cr_assert_eq(back.frame_count, LONG_FRAMES);
    assert_equal_sets(&set, &back, 0, LONG_FRAMES);
    cr_assert(coded.size < plain.size * 2u / 3u, "%zu of %zu bytes", coded.size, plain.size);
    cr_assert_lt(report.payload_bits, report.fixed_bits);
    rsd_token_set_destroy(&back);
    rsd_token_set_destroy(&set);
    free(plain.bytes);
    free(coded.bytes);
}

/* Start of every block, by kind. */
static uint32_t find_blocks(const file_bytes *file, size_t *starts, uint8_t *kinds)
{
    uint32_t count = 0;
    for (size_t at = header_bytes(file); at + 24u <= file->size; count++) {
        const uint8_t *b = file->bytes + at;
        starts[count] = at;
        kinds[count] = b[11];
        at += 24u + b[12] + 256u * b[13] + 65536u * b[14];
    }
    return count;
}

/* A coded stream whose model restarts every four blocks, and where its blocks are. */
typedef struct {
    rsd_token_set set;
    file_bytes file;
    size_t starts[64];
    uint8_t kinds[64];
    uint32_t block_count;
} coded_speech;

static coded_speech make_coded_speech(void)
{
    rsd_token_stream_info info = make_info(1);
    coded_speech made = {.set = make_speech(&info)};
    info.is_entropy_coded = true;
    info.restart_blocks = 4;
    made.file = save(&made.set, &info, LEVELS);
    made.block_count = find_blocks(&made.file, made.starts, made.kinds);
    return made;
}

static void destroy_coded_speech(coded_speech *speech)
{
    rsd_token_set_destroy(&speech->set);
    free(speech->file.bytes);
}

/* The least tokens a second must not make the longest blocks, where the writer of a tap said so. */
Test(token_stream, a_block_has_no_more_frames_than_the_info_allows)
{
    for (uint32_t is_coded = 0; is_coded < 2u; is_coded++) {
        rsd_token_stream_info info = make_info(1);
        rsd_token_set set = make_speech(&info);
        rsd_token_stream_report report;
        info.is_entropy_coded = is_coded != 0u;
        info.most_block_frames = 7u;
        file_bytes file = save(&set, &info, 1u);
        rsd_token_set back = parse(file.bytes, file.size, &report);
        cr_assert_eq(report.block_count, (LONG_FRAMES + 6u) / 7u, "%lu blocks", (unsigned long)report.block_count);
        cr_assert_eq(back.frame_count, LONG_FRAMES);
        rsd_token_set_destroy(&back);
        rsd_token_set_destroy(&set);
        free(file.bytes);
    }
}

/* What is lost of a damaged block goes up to the next one at which the model restarts, and no further. */
Test(token_stream, a_reader_of_coded_frames_begins_again_where_the_model_restarts)
{
    coded_speech speech = make_coded_speech();
    const file_bytes file = speech.file;
    const size_t *starts = speech.starts;
    cr_assert_geq(speech.block_count, 13u);
    for (uint32_t b = 0; b + 1u < speech.block_count; b++) {
        uint32_t next = b + 1u;
        while (speech.kinds[next] == 2u) next++; /* 2: goes on; 3: restarted; 1: the end */
        const uint64_t first = file.bytes[starts[b] + 4u] + 256u * file.bytes[starts[b] + 5u];
        const uint64_t again = file.bytes[starts[next] + 4u] + 256u * file.bytes[starts[next] + 5u];
        rsd_token_stream_report report;
        file.bytes[starts[b] + 30u] ^= 4;
        rsd_token_set back = parse(file.bytes, file.size, &report);
        file.bytes[starts[b] + 30u] ^= 4;
        cr_assert(report.damage_count == 1u && report.is_ended, "block %u", b);
        cr_assert_eq(back.frame_count, LONG_FRAMES, "block %u: %lu", b, (unsigned long)back.frame_count);
        cr_assert_eq(report.lost_frame_count, again - first, "block %u", b);
        assert_equal_sets(&speech.set, &back, 0, first);
        assert_equal_sets(&speech.set, &back, again, LONG_FRAMES);
        rsd_token_set_destroy(&back);
    }
    destroy_coded_speech(&speech);
}

/* Sums may be right and bytes too few: a writer of nonsense must not have a reader make up frames without end. */
Test(token_stream, a_coded_block_of_too_few_bytes_gives_no_frames_made_of_nothing)
{
    coded_speech speech = make_coded_speech();
    const file_bytes file = speech.file;
    const size_t *starts = speech.starts;
    stream_block block;
    rsd_token_stream_report report;
    cr_assert_eq(stream_block_read(file.bytes + starts[1], file.size - starts[1], &block), STREAM_GOOD_BLOCK);
    block.payload_bytes /= 2u;
    stream_block_write(&block, file.bytes + starts[1] + STREAM_BLOCK_BYTES, file.bytes + starts[1]);
    const size_t end = starts[1] + STREAM_BLOCK_BYTES + block.payload_bytes;
    memmove(file.bytes + end, file.bytes + starts[2], file.size - starts[2]);
    rsd_token_set back = parse(file.bytes, file.size - (starts[2] - end), &report);
    cr_assert(report.damage_count == 1u && report.first_damage_byte == starts[1] && report.is_ended);
    cr_assert_eq(back.frame_count, LONG_FRAMES);
    cr_assert(report.lost_frame_count > 200u && report.lost_frame_count < 300u, "%lu lost",
              (unsigned long)report.lost_frame_count);
    assert_equal_sets(&speech.set, &back, 0, 100u + block.frame_count / 3u);
    assert_equal_sets(&speech.set, &back, 400u, LONG_FRAMES);
    rsd_token_set_destroy(&back);
    destroy_coded_speech(&speech);
}

/* A stream of live-128 by what the codec knows of its places. */
static rsd_token_stream_info places_info(uint32_t channel_count, rsd_model **model)
{
    rsd_error error = {0};
    rsd_token_stream_info info = {.channel_count = channel_count, .sample_rate_hz = 48000, .is_entropy_coded = true};
    cr_assert_eq(rsd_model_open("live-128", model, &error), RSD_OK, "%s", error.text);
    rsd_model_info(*model, 48000, &info.codec);
    info.fingerprint = rsd_model_fingerprint(*model);
    info.knows_places = rsd_token_stream_places(*model);
    cr_assert(info.knows_places);
    snprintf(info.codec_name, sizeof info.codec_name, "live-128");
    return info;
}

/* Tokens of chance; now and then one channel is silent, and then both. */
static rsd_token_set make_places(const rsd_token_stream_info *info, uint64_t frame_count)
{
    rsd_token_set set;
    uint32_t seed = 3;
    cr_assert_eq(rsd_token_set_create(&info->codec, info->channel_count, frame_count, &set), RSD_OK);
    for (uint64_t t = 0; t < frame_count; t++)
        for (uint32_t c = 0; c < info->channel_count; c++) {
            rsd_token_frame frame = {.level_count = info->codec.level_count};
            for (uint32_t s = 0; s < info->codec.side_count; s++) frame.side[s] = (int32_t)test_between(&seed, 0, 900);
            for (uint32_t q = 0; q < info->codec.sequence_count; q++)
                frame.tokens[q] = (int32_t)test_between(&seed, 0, 1023);
            if (t % 10u == 9u || (t + 3u * c) % 7u == 5u) frame.side[0] = 0;
            rsd_token_set_put(&set, c, t, &frame);
        }
    return set;
}

/* The places of `live` follow from its model, so a stream of another one cannot be read, and that is said. */
Test(token_stream, a_stream_that_knows_places_wants_its_own_codec)
{
    rsd_model *model;
    rsd_error error = {0};
    rsd_token_stream_info info = places_info(1, &model);
    rsd_token_set set = make_places(&info, 100);
    rsd_token_stream_report report;
    file_bytes file = save(&set, &info, RSD_MAX_LEVELS);
    rsd_token_set back = parse(file.bytes, file.size, &report);
    assert_equal_sets(&set, &back, 0, 100);
    rsd_token_set_destroy(&back);
    free(file.bytes);
    info.fingerprint ^= 1u;
    const char *path = temp_folder_path(&temp, "other.rsdt");
    cr_assert_eq(rsd_token_stream_save(&set, &info, RSD_MAX_LEVELS, path, &error), RSD_ERR_UNSUPPORTED);
    cr_assert_not_null(strstr(error.text, "is another"), "%s", error.text);
    rsd_token_set_destroy(&set);
    rsd_model_release(model);
}

#define MODEL_BYTE 42u /* of the header: the version of the model that codes */

static rsd_status parse_as_model(file_bytes *file, uint8_t version, rsd_error *error)
{
    rsd_token_set back;
    rsd_token_stream_report report;
    const size_t end = header_bytes(file) - 4u;
    file->bytes[MODEL_BYTE] = version;
    stream_put(file->bytes + end, 4, base_crc32(0, file->bytes, end));
    const rsd_status status = token_stream_parse(file->bytes, file->size, "it", &back, &report, error);
    if (status == RSD_OK) rsd_token_set_destroy(&back);
    return status;
}

/* A pair comes back, and a damaged block of it costs what follows up to the next restart. */
Test(token_stream, a_pair_that_knows_places_comes_back)
{
    rsd_model *model;
    rsd_token_stream_info info = places_info(2, &model);
    rsd_token_set set = make_places(&info, 120);
    rsd_token_stream_report report;
    info.most_block_frames = 30u;
    info.restart_blocks = 2;
    file_bytes file = save(&set, &info, 3);
    rsd_token_set back = parse(file.bytes, file.size, &report);
    for (uint32_t c = 0; c < 2u; c++)
        for (uint64_t t = 0; t < 120u; t++) {
            rsd_token_frame x, y;
            cr_assert(rsd_token_set_get(&set, c, t, &x) && rsd_token_set_get(&back, c, t, &y));
            cr_assert_arr_eq(x.tokens, y.tokens, info.codec.level_sequence_end[2] * sizeof *x.tokens);
            cr_assert_arr_eq(x.side, y.side, info.codec.side_count * sizeof *x.side);
        }
    rsd_token_set_destroy(&back);
    file.bytes[header_bytes(&file) + 40u] ^= 1u;
    back = parse(file.bytes, file.size, &report);
    cr_assert(report.damage_count == 1u && report.lost_frame_count == 60u, "%lu lost",
              (unsigned long)report.lost_frame_count);
    rsd_token_set_destroy(&back);
    rsd_token_set_destroy(&set);
    free(file.bytes);
    rsd_model_release(model);
}

/* Its tokens would be read as others where the model has learnt to know pairs: such a file is refused, and no other. */
Test(token_stream, a_pair_by_a_model_without_pairs_is_refused_by_its_version)
{
    rsd_model *model;
    rsd_error error = {0};
    for (uint32_t channels = 1; channels <= 3u; channels++) {
        rsd_token_stream_info info = places_info(channels, &model);
        rsd_token_set set = make_places(&info, 10);
        file_bytes file = save(&set, &info, 1);
        cr_assert_eq(file.bytes[MODEL_BYTE], 3);
        for (uint8_t version = 1; version <= 2u; version++) {
            const rsd_status status = parse_as_model(&file, version, &error);
            cr_assert_eq(status, channels == 2u ? RSD_ERR_UNSUPPORTED : RSD_OK, "%u channels, version %u", channels,
                         version);
            if (channels == 2u)
                cr_assert_not_null(strstr(error.text, "a stereo pair coded by version"), "%s", error.text);
        }
        cr_assert_eq(parse_as_model(&file, 3, &error), RSD_OK);
        cr_assert_eq(parse_as_model(&file, 4, &error), RSD_ERR_FORMAT);
        cr_assert_not_null(strstr(error.text, "later model"), "%s", error.text);
        rsd_token_set_destroy(&set);
        free(file.bytes);
        rsd_model_release(model);
    }
}

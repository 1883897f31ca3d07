// SPDX-License-Identifier: MIT
// Tags as other programs write them: in other encodings, with characters that are none, long, and of kinds that
// libsndfile does not know.
#include "host/file/soundfile_internal.h"
#include "host_support.h"

TestSuite(soundfile_tags, .init = host_make_folder, .fini = host_remove_folder, .timeout = 600);

#define SAMPLE_COUNT 4800u

/* Appends a chunk to `bytes`; the next begins at an even place. */
static size_t put_chunk(unsigned char *bytes, size_t at, const char *id, const void *content, size_t count)
{
    memcpy(bytes + at, id, 4);
    host_put_number(bytes + at + 4, count, false);
    memcpy(bytes + at + 8, content, count);
    if (count % 2u == 1u) bytes[at + 8 + count] = 0;
    return at + 8u + count + count % 2u;
}

/* A WAV with chunks after its samples. */
static const char *make_wav(const void *chunks, size_t chunk_bytes)
{
    static unsigned char bytes[400000];
    static char path[128];
    snprintf(path, sizeof path, "%s", host_path("tagged.wav"));
    host_sound sound = host_make_tones(1u, SAMPLE_COUNT, 48000u);
    host_save(&sound, path, SF_FORMAT_PCM_16);
    host_sound_destroy(&sound);
    const size_t count = host_read_bytes(path, bytes, sizeof bytes);
    memcpy(bytes + count, chunks, chunk_bytes);
    host_put_number(bytes + 4, count + chunk_bytes - 8u, false);
    host_write_bytes(path, bytes, count + chunk_bytes);
    return path;
}

/* The same with a list of texts of one kind. */
static const char *make_tagged(const char *id, const void *text, size_t text_bytes)
{
    static unsigned char list[200000], chunk[200000];
    memcpy(list, "INFO", 4);
    const size_t count = put_chunk(list, 4u, id, text, text_bytes);
    return make_wav(chunk, put_chunk(chunk, 0u, "LIST", list, count));
}

/* Writes `from` as another file and returns what is said to be lost. */
static host_write_report copy(const char *from, const char *to)
{
    host_reader *reader;
    host_writer *writer;
    host_write_report report = {0};
    rsd_error error = {0};
    cr_assert_eq(host_reader_open(from, 0u, &reader, &error), RSD_OK, "%s", error.text);
    const host_writer_config config = {.channel_count = 1u,
                                       .rate_hz = 48000u,
                                       .expected_count = SAMPLE_COUNT,
                                       .meta = host_reader_meta(reader),
                                       .report = &report};
    float block[SAMPLE_COUNT], *rows[] = {block};
    uint32_t got = 0;
    cr_assert_eq(host_reader_read(reader, rows, SAMPLE_COUNT, &got, &error), RSD_OK);
    cr_expect_eq(got, SAMPLE_COUNT);
    cr_assert_eq(host_writer_open(to, &config, &writer, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_writer_write_interleaved(writer, block, got, &error), RSD_OK);
    cr_assert_eq(host_writer_close(writer, &error), RSD_OK, "%s", error.text);
    host_reader_close(reader);
    return report;
}

static void expect_artist(const char *path, const char *text)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    cr_assert_not_null(file, "%s", path);
    const char *artist = sf_get_string(file, SF_STR_ARTIST);
    if (text)
        cr_expect_str_eq(artist ? artist : "", text, "%s", path);
    else
        cr_expect_null(artist, "%s has '%s'", path, artist);
    sf_close(file);
}

static const char *const kinds[] = {"a.flac", "a.ogg", "a.opus", "a.mp3", "a.wav", "a.rf64", "a.aiff", "a.caf"};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

Test(soundfile_tags, a_tag_that_is_no_utf_8_is_taken_for_windows_1252)
{
    const char *path = make_tagged("IART", "J\xfcrg \x80", 7u);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const bool is_mp3 = i == 3u; // Latin-1 has no euro
        cr_expect_str_eq(copy(path, host_path(kinds[i])).lost, is_mp3 ? "tags" : "", "%s", kinds[i]);
        if (!is_mp3) expect_artist(host_path(kinds[i]), "J\xc3\xbcrg \xe2\x82\xac");
    }
    cr_expect_str_eq(copy(make_tagged("IART", "J\xfcrg", 5u), host_path("b.mp3")).lost, "");
    cr_expect_str_eq(copy(make_tagged("IART", "J\xc3\xbcrg", 6u), host_path("b.mp3")).lost, "");
    expect_artist(host_path("b.mp3"), "J\xfcrg");
    cr_expect_str_eq(copy(host_path("b.mp3"), host_path("c.flac")).lost, "");
    expect_artist(host_path("c.flac"), "J\xc3\xbcrg");
}

Test(soundfile_tags, a_tag_of_blanks_is_none_and_characters_that_control_are_blanks)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        cr_expect_str_eq(copy(make_tagged("IART", "a\x1b[2J\x7f\n", 8u), host_path(kinds[i])).lost, "", "%s", kinds[i]);
        expect_artist(host_path(kinds[i]), "a [2J");
        cr_expect_str_eq(copy(make_tagged("IART", "  ", 3u), host_path(kinds[i])).lost, "", "%s", kinds[i]);
        expect_artist(host_path(kinds[i]), NULL);
    }
}

/* ---- what libsndfile does not know ---- */

Test(soundfile_tags, chunks_and_texts_that_are_not_copied_are_named)
{
    static const char *const kept[] = {"b.wav", "b.aiff", "b.flac"};
    static const char texts[] = "INFOIENG\x04\0\0\0Ann\0IART\x04\0\0\0abc\0IKEY\0\0\0\0";
    static const char marks[] = "adtlnote\x08\0\0\0\1\0\0\0abc\0";
    static unsigned char chunks[1000];
    size_t count = put_chunk(chunks, 0u, "LIST", texts, sizeof texts - 1u);
    count = put_chunk(chunks, count, "iXML", "<BWFXML/>", 9u);
    count = put_chunk(chunks, count, "LIST", marks, sizeof marks - 1u);
    count = put_chunk(chunks, count, "JUNK", "\0\0\0", 4u);
    const char *path = make_wav(chunks, count);
    for (int i = 0; i < 3; i++)
        cr_expect_str_eq(copy(path, host_path(kept[i])).lost, "IENG, iXML, note", "%s", kept[i]);
    expect_artist(host_path("b.wav"), "abc");
    for (size_t i = 0; i < KIND_COUNT; i++) // what is written is known
        cr_expect_str_eq(
            copy(copy(path, host_path(kinds[i])).lost[0] ? host_path(kinds[i]) : "", host_path("c.wav")).lost, "", "%s",
            kinds[i]);
}

Test(soundfile_tags, texts_that_are_too_long_are_named)
{
    static char text[180000];
    memset(text, 'x', sizeof text - 1u);
    cr_expect_str_eq(copy(make_tagged("IART", text, sizeof text), host_path("a.wav")).lost, "IART");
    cr_expect_str_eq(copy(make_tagged("IART", text, 1000u), host_path("a.wav")).lost, "");
}

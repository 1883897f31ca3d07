// SPDX-License-Identifier: MIT
// Sounds of programs that write into a pipe, and several sounds in one file: read to their end.
#include "host/file/soundfile_internal.h"
#include "host_support.h"

TestSuite(soundfile_streams, .init = host_make_folder, .fini = host_remove_folder, .timeout = 600);

#define SAMPLE_COUNT 96000u

typedef struct {
    unsigned char bytes[600000];
    size_t count;
} content;

static void read_content(const char *path, content *file)
{
    FILE *from = fopen(path, "rb");
    cr_assert_not_null(from, "%s", path);
    file->count = fread(file->bytes, 1, sizeof file->bytes, from);
    cr_assert_lt(file->count, sizeof file->bytes);
    fclose(from);
}

/* `second` NULL: only the first. */
static void write_content(const char *path, const content *first, const content *second)
{
    FILE *to = fopen(path, "wb");
    cr_assert_eq(fwrite(first->bytes, 1, first->count, to), first->count);
    if (second) cr_assert_eq(fwrite(second->bytes, 1, second->count, to), second->count);
    fclose(to);
}

static unsigned char *find(content *file, const char *id)
{
    unsigned char *at = memmem(file->bytes, file->count, id, 4);
    cr_assert_not_null(at, "no %s", id);
    return at;
}

/* Half of it quiet, half noise: an encoder of variable rate spends little on the first. */
static host_sound make_uneven(uint32_t channel_count, uint32_t rate_hz)
{
    host_sound sound = host_make_noise(channel_count, SAMPLE_COUNT, rate_hz);
    for (uint32_t c = 0; c < channel_count; c++)
        for (uint32_t i = 0; i < SAMPLE_COUNT / 2u; i++) sound.channel[c][i] *= 1e-6f;
    return sound;
}

static void save_uneven(const char *path, uint32_t channel_count, uint32_t rate_hz, int subtype)
{
    host_sound sound = make_uneven(channel_count, rate_hz);
    host_save(&sound, path, subtype);
    host_sound_destroy(&sound);
}

/* As it is known when the file is opened, which is what tokens are told. */
static uint64_t known_count(const char *path)
{
    host_reader *reader;
    host_reader_info info;
    rsd_error error = {0};
    cr_assert_eq(host_reader_open(path, 0u, &reader, &error), RSD_OK, "%s", error.text);
    host_reader_get_info(reader, &info);
    host_reader_close(reader);
    return info.sample_count;
}

static void expect_whole(const char *path, uint64_t least, uint64_t most)
{
    const uint64_t known = known_count(path);
    host_sound sound = host_load(path, 0u);
    cr_expect(sound.sample_count >= least && sound.sample_count <= most, "%s: %llu samples, not %llu to %llu", path,
              (unsigned long long)sound.sample_count, (unsigned long long)least, (unsigned long long)most);
    cr_expect_eq(known, sound.sample_count, "%s: %llu known, %llu read", path, (unsigned long long)known,
                 (unsigned long long)sound.sample_count);
    cr_expect_eq(sound.faults.promised_count, 0u, "%s promises %llu", path,
                 (unsigned long long)sound.faults.promised_count);
    cr_expect_not(sound.faults.is_cut, "%s", path);
    cr_expect_eq(sound.faults.streams_read, sound.faults.stream_count, "%s", path);
    host_sound_destroy(&sound);
}

/* ---- MP3 ---- */

#define MP3_MORE 4608u /* what an encoder adds at both ends, which only its figures tell apart from sound */

/* The first frame's figures are what says how long it is; without them a program can but guess. */
static void remove_figures(content *file)
{
    unsigned char *at = memmem(file->bytes, 400, "Xing", 4);
    if (!at) at = memmem(file->bytes, 400, "Info", 4);
    cr_assert_not_null(at);
    memset(at, 0, 4);
}

Test(soundfile_streams, an_mp3_that_does_not_say_how_long_it_is_is_read_to_its_end)
{
    static content file;
    save_uneven(host_path("a.mp3"), 1u, 48000u, 0);
    expect_whole(host_path("a.mp3"), SAMPLE_COUNT, SAMPLE_COUNT);
    read_content(host_path("a.mp3"), &file);
    remove_figures(&file);
    write_content(host_path("pipe.mp3"), &file, NULL);
    expect_whole(host_path("pipe.mp3"), SAMPLE_COUNT, SAMPLE_COUNT + MP3_MORE);
}

Test(soundfile_streams, mp3_files_put_together_are_read_to_their_end)
{
    static content file, bare;
    save_uneven(host_path("a.mp3"), 1u, 48000u, 0);
    read_content(host_path("a.mp3"), &file);
    bare = file;
    remove_figures(&bare);
    write_content(host_path("both.mp3"), &file, &bare);
    expect_whole(host_path("both.mp3"), 2u * SAMPLE_COUNT, 2u * (SAMPLE_COUNT + MP3_MORE));
    write_content(host_path("bare.mp3"), &bare, &file);
    expect_whole(host_path("bare.mp3"), 2u * SAMPLE_COUNT, 2u * (SAMPLE_COUNT + MP3_MORE));
}

/* ---- sizes of 64 bits ---- */

Test(soundfile_streams, a_size_of_64_bits_that_a_program_could_not_know_is_that_of_the_file)
{
    static content file;
    save_uneven(host_path("a.caf"), 1u, 48000u, SF_FORMAT_PCM_16);
    read_content(host_path("a.caf"), &file);
    memset(find(&file, "data") + 4, 0xFF, 8);
    write_content(host_path("pipe.caf"), &file, NULL);
    expect_whole(host_path("pipe.caf"), SAMPLE_COUNT, SAMPLE_COUNT);

    save_uneven(host_path("a.rf64"), 1u, 48000u, SF_FORMAT_PCM_16);
    read_content(host_path("a.rf64"), &file);
    for (int value = 0; value < 256; value += 255) { // none of the three sizes, or all ones
        memset(find(&file, "ds64") + 8, value, 24);
        memset(find(&file, "data") + 4, 0xFF, 4);
        write_content(host_path("pipe.rf64"), &file, NULL);
        expect_whole(host_path("pipe.rf64"), SAMPLE_COUNT, SAMPLE_COUNT);
    }

    save_uneven(host_path("a.w64"), 1u, 48000u, SF_FORMAT_PCM_16);
    read_content(host_path("a.w64"), &file);
    for (int value = 0; value < 256; value += 255) {
        memset(file.bytes + 16, value, 8);
        memset(find(&file, "data") + 16, value, 8);
        write_content(host_path("pipe.w64"), &file, NULL);
        expect_whole(host_path("pipe.w64"), SAMPLE_COUNT, SAMPLE_COUNT);
    }
}

/* Through a view libsndfile reads chunks in another way, and must not meet one of no bytes. */
Test(soundfile_streams, a_chunk_of_no_bytes_in_a_file_of_unknown_size_does_no_harm)
{
    static content file;
    save_uneven(host_path("a.rf64"), 1u, 48000u, SF_FORMAT_PCM_16);
    read_content(host_path("a.rf64"), &file);
    memset(find(&file, "ds64") + 8, 0, 24);
    memset(find(&file, "data") + 4, 0xFF, 4);
    unsigned char *at = find(&file, "fmt ");
    memmove(at + 8, at, file.count - (size_t)(at - file.bytes));
    memcpy(at, "none\0\0\0\0", 8);
    file.count += 8u;
    write_content(host_path("pipe.rf64"), &file, NULL);
    expect_whole(host_path("pipe.rf64"), SAMPLE_COUNT, SAMPLE_COUNT);
}

/* ---- Ogg ---- */

Test(soundfile_streams, ogg_streams_that_follow_each_other_are_one_sound)
{
    static const char *const kinds[] = {"a.ogg", "a.opus"};
    static content file;
    for (int i = 0; i < 2; i++) {
        save_uneven(host_path(kinds[i]), 1u, 48000u, 0);
        host_sound one = host_load(host_path(kinds[i]), 0u);
        read_content(host_path(kinds[i]), &file);
        write_content(host_path("chain.ogg"), &file, &file);
        expect_whole(host_path("chain.ogg"), 2u * SAMPLE_COUNT, 2u * SAMPLE_COUNT);
        host_sound both = host_load(host_path("chain.ogg"), 0u);
        for (uint64_t s = 0; s < both.sample_count; s++)
            cr_assert_eq(both.channel[0][s], one.channel[0][s % SAMPLE_COUNT], "%s at %llu", kinds[i],
                         (unsigned long long)s);
        host_sound_destroy(&one);
        host_sound_destroy(&both);
    }
}

Test(soundfile_streams, an_ogg_stream_of_another_rate_is_left_out_and_counted)
{
    static content first, second;
    save_uneven(host_path("a.ogg"), 1u, 48000u, 0);
    save_uneven(host_path("b.ogg"), 2u, 44100u, 0);
    read_content(host_path("a.ogg"), &first);
    read_content(host_path("b.ogg"), &second);
    write_content(host_path("chain.ogg"), &first, &second);
    host_sound sound = host_load(host_path("chain.ogg"), 0u);
    cr_expect_eq(sound.sample_count, SAMPLE_COUNT, "%llu", (unsigned long long)sound.sample_count);
    cr_expect_eq(sound.faults.stream_count, 2u);
    cr_expect_eq(sound.faults.streams_read, 1u);
    cr_expect_eq(sound.faults.promised_count, 0u);
    host_sound_destroy(&sound);
}

Test(soundfile_streams, flac_in_ogg_is_refused_by_its_name)
{
    static content file = {.bytes = "OggS\0\2\0\0\0\0\0\0\0\0\x60\x0b\x71\0\0\0\0\0\0\0\0\0\1\x33\x7f"
                                    "FLAC\1\0\0\1fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0b\xb8\0\xf0",
                           .count = 79u};
    host_reader *reader;
    rsd_error error = {0};
    write_content(host_path("flac.ogg"), &file, NULL);
    cr_expect_eq(host_reader_open(host_path("flac.ogg"), 0u, &reader, &error), RSD_ERR_FORMAT);
    cr_expect_not_null(strstr(error.text, "FLAC in Ogg"), "%s", error.text);
}

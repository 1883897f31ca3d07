// SPDX-License-Identifier: MIT
// Sound files of every format, there and back.
#include "host_support.h"

#include <sndfile.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

TestSuite(soundfile, .init = host_make_folder, .fini = host_remove_folder);

static void expect_same_after(const char *name, uint32_t channel_count, int subtype, double tolerance)
{
    host_sound sound = host_make_noise(channel_count, 5000u, 44100u);
    host_save(&sound, host_path(name), subtype);
    host_sound back = host_load(host_path(name), 0u);
    cr_expect_eq(back.sample_rate_hz, 44100u);
    cr_expect_leq(host_difference(&sound, &back, 0u), tolerance, "%s is off by %g", name,
                  host_difference(&sound, &back, 0u));
    host_sound_destroy(&sound);
    host_sound_destroy(&back);
}

Test(soundfile, float_formats_give_back_every_sample_bit_by_bit)
{
    expect_same_after("a.wav", 1u, 0, 0.0);
    expect_same_after("b.wav", 8u, 0, 0.0);
    expect_same_after("c.w64", 2u, 0, 0.0);
    expect_same_after("d.rf64", 2u, 0, 0.0);
    expect_same_after("e.caf", 3u, 0, 0.0);
    expect_same_after("f.au", 2u, 0, 0.0);
    expect_same_after("g.AIFF", 2u, 0, 0.0);
}

Test(soundfile, integer_formats_are_off_by_at_most_their_last_bit)
{
    expect_same_after("a.flac", 2u, 0, 1.0 / 8388608.0);
    expect_same_after("b.flac", 1u, SF_FORMAT_PCM_16, 1.0 / 32768.0);
    expect_same_after("c.wav", 2u, SF_FORMAT_PCM_16, 1.0 / 32768.0);
    expect_same_after("d.wav", 2u, SF_FORMAT_PCM_24, 1.0 / 8388608.0);
}

Test(soundfile, a_subtype_that_the_format_cannot_hold_gives_way_to_the_formats_own)
{
    expect_same_after("a.flac", 1u, SF_FORMAT_FLOAT, 1.0 / 8388608.0);
    expect_same_after("b.wav", 1u, SF_FORMAT_OPUS, 0.0);
}

Test(soundfile, float_keeps_what_is_over_full_scale_and_integers_clip_it)
{
    host_sound sound = host_make_sound(1u, 4u, 48000u);
    const float loud[] = {1.5f, -1.5f, 3.0f, -0.25f};
    memcpy(sound.channel[0], loud, sizeof loud);
    host_save(&sound, host_path("f.wav"), 0);
    host_save(&sound, host_path("i.wav"), SF_FORMAT_PCM_16);
    host_sound whole = host_load(host_path("f.wav"), 0u), clipped = host_load(host_path("i.wav"), 0u);
    const float wanted[] = {1.0f, -1.0f, 1.0f, -0.25f};
    for (int i = 0; i < 4; i++) {
        cr_expect_eq(whole.channel[0][i], loud[i]);
        cr_expect_float_eq(clipped.channel[0][i], wanted[i], 1e-4, "sample %d is %g", i, (double)clipped.channel[0][i]);
    }
    host_sound_destroy(&sound);
    host_sound_destroy(&whole);
    host_sound_destroy(&clipped);
}

Test(soundfile, a_resampled_tone_is_the_tone_at_the_new_rate_in_phase_and_the_count_is_rounded)
{
    static const uint32_t rates[][2] = {{44100u, 48000u}, {48000u, 44100u}, {16000u, 48000u}, {96000u, 48000u}};
    for (int i = 0; i < 4; i++) {
        host_sound made = host_make_tones(2u, 20011u, rates[i][0]);
        host_save(&made, host_path("tone.wav"), 0);
        host_sound got = host_load(host_path("tone.wav"), rates[i][1]), converted = {0};
        const uint64_t count = (uint64_t)llround(20011.0 * rates[i][1] / rates[i][0]);
        host_sound wanted = host_make_tones(2u, count, rates[i][1]);
        cr_assert_eq(host_sound_convert(&made, rates[i][1], &converted, NULL), RSD_OK);
        cr_expect_eq(got.sample_rate_hz, rates[i][1]);
        cr_expect_lt(host_difference(&wanted, &got, 600u), 1e-4, "loaded, %u to %u Hz: off by %g", rates[i][0],
                     rates[i][1], host_difference(&wanted, &got, 600u));
        cr_expect_lt(host_difference(&wanted, &converted, 600u), 1e-4, "converted, %u to %u Hz: off by %g", rates[i][0],
                     rates[i][1], host_difference(&wanted, &converted, 600u));
        host_sound_destroy(&made);
        host_sound_destroy(&got);
        host_sound_destroy(&wanted);
        host_sound_destroy(&converted);
    }
}

/* Reads in blocks of 1..3000 samples. */
static void expect_stream_is_whole(const char *path, uint32_t rate_hz)
{
    host_sound whole = host_load(path, rate_hz);
    host_sound pieces = host_make_sound(whole.channel_count, whole.sample_count, whole.sample_rate_hz);
    host_reader *reader;
    host_reader_info info;
    rsd_error error = {0};
    cr_assert_eq(host_reader_open(path, rate_hz, &reader, &error), RSD_OK, "%s", error.text);
    host_reader_get_info(reader, &info);
    cr_expect_eq(info.sample_count, whole.sample_count);
    uint32_t seed = 3, got = 0, asked;
    uint64_t at = 0;
    do {
        float *out[HOST_SOUND_MAX_CHANNELS];
        for (uint32_t c = 0; c < whole.channel_count; c++) out[c] = pieces.channel[c] + at;
        asked = test_between(&seed, 1u, 3000u);
        if (asked > whole.sample_count - at) asked = (uint32_t)(whole.sample_count - at);
        cr_assert_eq(host_reader_read(reader, out, asked, &got, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(got, asked, "%u of %u samples at %llu", got, asked, (unsigned long long)at);
        at += got;
    } while (at < whole.sample_count);
    float spare[HOST_SOUND_MAX_CHANNELS][8], *out[HOST_SOUND_MAX_CHANNELS];
    for (uint32_t c = 0; c < HOST_SOUND_MAX_CHANNELS; c++) out[c] = spare[c];
    cr_assert_eq(host_reader_read(reader, out, 8u, &got, &error), RSD_OK);
    cr_expect_eq(got, 0u, "%u samples after the end", got);
    cr_expect_eq(host_difference(&whole, &pieces, 0u), 0.0);
    host_reader_close(reader);
    host_sound_destroy(&whole);
    host_sound_destroy(&pieces);
}

Test(soundfile, reading_in_any_blocks_gives_the_same_samples_and_ends_where_info_says)
{
    host_sound sound = host_make_noise(2u, 30001u, 44100u);
    host_save(&sound, host_path("n.flac"), 0);
    expect_stream_is_whole(host_path("n.flac"), 0u);
    expect_stream_is_whole(host_path("n.flac"), 48000u);
    expect_stream_is_whole(host_path("n.flac"), 22050u);
    host_sound_destroy(&sound);
}

Test(soundfile, writing_in_any_blocks_at_another_rate_gives_the_rounded_count_and_the_tone_in_phase)
{
    host_sound sound = host_make_tones(2u, 20011u, 48000u);
    const host_writer_config config = {.channel_count = 2u, .rate_hz = 48000u, .file_rate_hz = 44100u};
    host_writer *writer;
    rsd_error error = {0};
    uint32_t seed = 5;
    cr_assert_eq(host_writer_open(host_path("t.wav"), &config, &writer, &error), RSD_OK, "%s", error.text);
    for (uint64_t at = 0; at < sound.sample_count;) {
        uint32_t count = test_between(&seed, 1u, 5000u);
        if (count > sound.sample_count - at) count = (uint32_t)(sound.sample_count - at);
        const float *in[] = {sound.channel[0] + at, sound.channel[1] + at};
        cr_assert_eq(host_writer_write(writer, in, count, &error), RSD_OK, "%s", error.text);
        at += count;
    }
    cr_assert_eq(host_writer_close(writer, &error), RSD_OK, "%s", error.text);
    host_sound back = host_load(host_path("t.wav"), 0u);
    host_sound wanted = host_make_tones(2u, (uint64_t)llround(20011.0 * 44100 / 48000), 44100u);
    cr_expect_eq(back.sample_rate_hz, 44100u);
    cr_expect_lt(host_difference(&wanted, &back, 600u), 1e-4, "off by %g", host_difference(&wanted, &back, 600u));
    host_sound_destroy(&sound);
    host_sound_destroy(&back);
    host_sound_destroy(&wanted);
}

static uint64_t count_after_writing(uint64_t sample_count, uint32_t rate_hz, uint32_t file_rate_hz)
{
    const host_writer_config config = {.channel_count = 1u, .rate_hz = rate_hz, .file_rate_hz = file_rate_hz};
    host_sound sound = host_make_noise(1u, sample_count, rate_hz);
    host_writer *writer;
    cr_assert_eq(host_writer_open(host_path("n.wav"), &config, &writer, NULL), RSD_OK);
    cr_assert_eq(host_writer_write(writer, (const float *const *)sound.channel, (uint32_t)sample_count, NULL), RSD_OK);
    cr_assert_eq(host_writer_close(writer, NULL), RSD_OK);
    host_sound back = host_load(host_path("n.wav"), 0u);
    const uint64_t count = back.sample_count;
    host_sound_destroy(&sound);
    host_sound_destroy(&back);
    return count;
}

/* The converter itself rounds down, or gives nothing at all for a few samples. */
Test(soundfile, sounds_of_every_short_length_have_the_rounded_count_after_conversion)
{
    for (uint64_t count = 1; count <= 60u; count++) {
        cr_expect_eq(count_after_writing(count, 44100u, 48000u), (uint64_t)llround((double)count * 48000 / 44100));
        cr_expect_eq(count_after_writing(count, 44100u, 96000u), (uint64_t)llround((double)count * 96000 / 44100));
        host_sound sound = host_make_noise(1u, count, 16000u);
        host_save(&sound, host_path("s.wav"), 0);
        host_sound up = host_load(host_path("s.wav"), 44100u);
        cr_expect_eq(up.sample_count, (uint64_t)llround((double)count * 44100 / 16000));
        host_sound_destroy(&sound);
        host_sound_destroy(&up);
    }
}

/* libvorbis keeps what it is given at once on the stack. */
Test(soundfile, many_seconds_given_at_once_are_written_in_every_format)
{
    static const char *const names[] = {"a.ogg", "a.opus", "a.mp3", "a.flac", "a.wav"};
    host_sound sound = host_make_noise(1u, 960000u, 48000u);
    for (int i = 0; i < 5; i++) {
        const host_writer_config config = {.channel_count = 1u, .rate_hz = 48000u};
        host_writer *writer;
        rsd_error error = {0};
        cr_assert_eq(host_writer_open(host_path(names[i]), &config, &writer, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(host_writer_write_interleaved(writer, sound.channel[0], 960000u, &error), RSD_OK, "%s",
                     error.text);
        cr_assert_eq(host_writer_close(writer, &error), RSD_OK, "%s", error.text);
        host_sound back = host_load(host_path(names[i]), 0u);
        cr_expect_geq(back.sample_count, 960000u, "%s has %llu samples", names[i],
                      (unsigned long long)back.sample_count);
        host_sound_destroy(&back);
    }
    host_sound_destroy(&sound);
}

Test(soundfile, a_file_in_memory_is_read_as_from_disk)
{
    host_sound sound = host_make_noise(2u, 10007u, 48000u);
    host_save(&sound, host_path("m.flac"), 0);
    FILE *file = fopen(host_path("m.flac"), "rb");
    static unsigned char bytes[200000];
    const size_t byte_count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    host_sound disk = host_load(host_path("m.flac"), 44100u), memory = {0};
    rsd_error error = {0};
    cr_assert_eq(host_sound_load_memory(bytes, byte_count, 44100u, &memory, &error), RSD_OK, "%s", error.text);
    cr_expect_eq(host_difference(&disk, &memory, 0u), 0.0);
    cr_expect_neq(host_sound_load_memory(bytes, 20u, 0u, &memory, &error), RSD_OK);
    host_sound_destroy(&sound);
    host_sound_destroy(&disk);
    host_sound_destroy(&memory);
}

static void expect_refused(const char *path, rsd_status wanted, const char *word)
{
    host_sound sound = {0};
    rsd_error error = {0};
    const rsd_status status = host_sound_load(path, 0u, &sound, &error);
    cr_expect_eq(status, wanted, "%s: %s (%s)", path, rsd_status_text(status), error.text);
    cr_expect_eq(error.status, wanted);
    cr_expect_not_null(strstr(error.text, path), "'%s' does not name %s", error.text, path);
    cr_expect_not_null(strstr(error.text, word), "'%s' has no '%s'", error.text, word);
    cr_expect_null(sound.channel[0]);
}

static void write_text(const char *path, const char *text) { host_write_bytes(path, text, strlen(text)); }

Test(soundfile, what_cannot_be_read_is_refused_by_file_and_reason)
{
    expect_refused(host_path("none.wav"), RSD_ERR_IO, "No such file");
    write_text(host_path("text.wav"), "this is not sound\n");
    expect_refused(host_path("text.wav"), RSD_ERR_FORMAT, "ormat");
    write_text(host_path("void.wav"), "");
    expect_refused(host_path("void.wav"), RSD_ERR_FORMAT, "is empty");
    host_sound empty = {.sample_rate_hz = 48000u, .channel_count = 1u};
    host_save(&empty, host_path("empty.wav"), 0);
    expect_refused(host_path("empty.wav"), RSD_ERR_FORMAT, "no sound");
    SF_INFO info = {.samplerate = 48000, .channels = 9, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(host_path("nine.wav"), SFM_WRITE, &info);
    const float frame[9] = {0};
    sf_writef_float(file, frame, 1);
    sf_close(file);
    expect_refused(host_path("nine.wav"), RSD_ERR_UNSUPPORTED, "9 channels");
}

Test(soundfile, what_cannot_be_written_is_refused_by_file_and_reason)
{
    const host_writer_config config = {.channel_count = 1u, .rate_hz = 48000u};
    host_writer *writer = NULL;
    rsd_error error = {0};
    cr_expect_eq(host_writer_open(host_path("a.xyz"), &config, &writer, &error), RSD_ERR_UNSUPPORTED);
    cr_expect_not_null(strstr(error.text, "flac"), "'%s' does not say what is known", error.text);
    cr_expect_eq(host_writer_open(host_path("noending"), &config, &writer, &error), RSD_ERR_UNSUPPORTED);
    cr_expect_eq(host_writer_open(host_path("no/folder/a.wav"), &config, &writer, &error), RSD_ERR_IO);
    cr_expect_not_null(strstr(error.text, "No such file"), "'%s' gives no reason", error.text);
    const host_writer_config nine = {.channel_count = 9u, .rate_hz = 48000u};
    cr_expect_eq(host_writer_open(host_path("a.wav"), &nine, &writer, &error), RSD_ERR_ARG);
    cr_expect_null(writer);
}

/* A limit on file size stands in for a full disk: the system refuses the write in the same place. */
Test(soundfile, a_disk_that_refuses_is_an_error_that_names_the_file)
{
    const struct rlimit limit = {100000u, 100000u};
    host_sound sound = host_make_noise(1u, 100000u, 48000u);
    rsd_error error = {0};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    cr_expect_eq(host_sound_save(&sound, host_path("big.wav"), 0, &error), RSD_ERR_IO);
    cr_expect_not_null(strstr(error.text, "big.wav"), "'%s'", error.text);
    host_sound_destroy(&sound);
}

Test(soundfile, a_flushed_file_is_whole_while_it_is_still_open)
{
    host_sound sound = host_make_noise(2u, 9000u, 48000u);
    const host_writer_config config = {.channel_count = 2u, .rate_hz = 48000u, .is_recording = true};
    host_writer *writer;
    cr_assert_eq(host_writer_open(host_path("f.wav"), &config, &writer, NULL), RSD_OK);
    cr_assert_eq(host_writer_write(writer, (const float *const *)sound.channel, 9000u, NULL), RSD_OK);
    host_writer_flush(writer);
    /* libsndfile mends a stale header while reading; other programs do not. */
    unsigned char head[8];
    struct stat file;
    FILE *raw = fopen(host_path("f.wav"), "rb");
    cr_assert_eq(fread(head, 1, 8, raw), 8u);
    fclose(raw);
    stat(host_path("f.wav"), &file);
    cr_expect_eq(head[4] + 256u * head[5] + 65536u * head[6], (unsigned)file.st_size - 8u);
    host_sound back = host_load(host_path("f.wav"), 0u);
    cr_expect_eq(host_difference(&sound, &back, 0u), 0.0);
    cr_assert_eq(host_writer_close(writer, NULL), RSD_OK);
    host_sound_destroy(&sound);
    host_sound_destroy(&back);
}

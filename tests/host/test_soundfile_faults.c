// SPDX-License-Identifier: MIT
// Sound files as they should not be, and what files carry beside their samples.
#include "host/file/soundfile_internal.h"
#include "host_support.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

TestSuite(soundfile_faults, .init = host_make_folder, .fini = host_remove_folder, .timeout = 600);

static host_sound_faults faults_of(const char *path, uint32_t rate_hz, uint64_t wanted_count)
{
    host_sound sound = host_load(path, rate_hz);
    const host_sound_faults faults = sound.faults;
    cr_expect_eq(sound.sample_count, wanted_count, "%s has %llu samples, not %llu", path,
                 (unsigned long long)sound.sample_count, (unsigned long long)wanted_count);
    for (uint32_t c = 1; c < sound.channel_count; c++)
        cr_expect_eq(sound.channel[c], sound.channel[0] + c * sound.sample_count, "channels lie one after the other");
    host_sound_destroy(&sound);
    return faults;
}

/* ---- cut off ---- */

Test(soundfile_faults, a_file_that_was_cut_off_is_read_to_its_end_and_says_so)
{
    static const char *const names[] = {"a.wav", "b.aiff", "c.au", "d.w64", "e.caf", "f.rf64", "g.flac"};
    static unsigned char bytes[1000000];
    host_sound sound = host_make_noise(2u, 40000u, 48000u);
    for (int i = 0; i < 7; i++) {
        const char *path = host_path(names[i]);
        host_save(&sound, path, i == 6 ? 0 : SF_FORMAT_PCM_16);
        const host_sound_faults none = faults_of(path, 0u, 40000u);
        cr_expect_eq(none.promised_count, 0u, "%s is whole, but promises %llu", names[i],
                     (unsigned long long)none.promised_count);
        const size_t count = host_read_bytes(path, bytes, sizeof bytes);
        host_write_bytes(path, bytes, count - 80000u);
        host_sound cut = host_load(path, 0u), converted = host_load(path, 44100u);
        if (i < 5) cr_expect_eq(cut.sample_count, 20000u, "%s", names[i]);
        cr_expect(cut.sample_count > 10000u && cut.sample_count < 35000u, "%s has %llu", names[i],
                  (unsigned long long)cut.sample_count);
        /* Where the cut falls shows only when it is reached: the converter may have given a sample more by then. */
        const uint64_t wanted = host_converted_count(cut.sample_count, 48000u, 44100u);
        cr_expect(converted.sample_count - wanted <= 1u, "%s: %llu of %llu", names[i],
                  (unsigned long long)converted.sample_count, (unsigned long long)cut.sample_count);
        cr_expect_eq(cut.faults.read_count, cut.sample_count);
        cr_expect_eq(cut.faults.promised_count, 40000u, "%s promises %llu", names[i],
                     (unsigned long long)cut.faults.promised_count);
        for (uint32_t c = 0; c < 2u; c++)
            for (uint64_t s = 0; s < cut.sample_count; s++)
                cr_assert_float_eq(cut.channel[c][s], sound.channel[c][s], 1.0 / 32768.0, "%s at %llu", names[i],
                                   (unsigned long long)s);
        host_sound_destroy(&cut);
        host_sound_destroy(&converted);
    }
    host_sound_destroy(&sound);
}

Test(soundfile_faults, an_ogg_that_was_cut_off_is_one_and_a_whole_one_is_not)
{
    static const char *const names[] = {"a.ogg", "a.opus"};
    static unsigned char bytes[2000000];
    host_sound sound = host_make_noise(1u, 480000u, 48000u);
    for (int i = 0; i < 2; i++) {
        const char *path = host_path(names[i]);
        host_save(&sound, path, 0);
        host_sound whole = host_load(path, 0u);
        const size_t count = host_read_bytes(path, bytes, sizeof bytes);
        host_write_bytes(path, bytes, count / 2u);
        host_sound cut = host_load(path, 0u);
        cr_expect_not(whole.faults.is_cut, "%s", names[i]);
        cr_expect(cut.faults.is_cut, "%s", names[i]);
        cr_expect(cut.sample_count > 120000u && cut.sample_count < 400000u, "%s has %llu", names[i],
                  (unsigned long long)cut.sample_count);
        host_sound_destroy(&whole);
        host_sound_destroy(&cut);
    }
    host_sound_destroy(&sound);
}

Test(soundfile_faults, a_length_that_a_program_could_not_know_is_that_of_the_file_and_no_fault)
{
    static const struct {
        uint32_t riff, data;
    } sizes[] = {{0xFFFFFFFFu, 0xFFFFFFFFu}, {0x7FFFF024u, 0x7FFFF000u}, {0u, 0u}};
    static unsigned char bytes[100000];
    host_sound sound = host_make_noise(1u, 20000u, 48000u);
    host_save(&sound, host_path("a.wav"), SF_FORMAT_PCM_16);
    host_save(&sound, host_path("a.au"), SF_FORMAT_PCM_16);
    for (int i = 0; i < 3; i++) {
        const size_t count = host_read_bytes(host_path("a.wav"), bytes, sizeof bytes);
        host_put_number(bytes + 4, sizes[i].riff, false);
        host_put_number(bytes + 40, sizes[i].data, false);
        host_write_bytes(host_path("stream.wav"), bytes, count);
        cr_expect_eq(faults_of(host_path("stream.wav"), 0u, 20000u).promised_count, 0u, "size %x", sizes[i].data);
    }
    const size_t count = host_read_bytes(host_path("a.au"), bytes, sizeof bytes);
    host_put_number(bytes + 8, 0xFFFFFFFFu, true);
    host_write_bytes(host_path("stream.au"), bytes, count);
    cr_expect_eq(faults_of(host_path("stream.au"), 0u, 20000u).promised_count, 0u);
    host_sound_destroy(&sound);
}

static void expect_reads(host_reader *reader, const host_sound *wanted, const char *name)
{
    host_sound got = host_make_sound(wanted->channel_count, wanted->sample_count, wanted->sample_rate_hz);
    uint32_t count = 0;
    cr_assert_eq(host_reader_read(reader, got.channel, (uint32_t)wanted->sample_count, &count, NULL), RSD_OK);
    cr_expect_eq(count, wanted->sample_count, "%s: %u", name, count);
    cr_expect_eq(host_difference(wanted, &got, 0u), 0.0, "%s", name);
    host_sound_destroy(&got);
}

/* As from a program that streams for hours: the header says less than there is. */
Test(soundfile_faults, a_stream_that_grew_over_what_its_header_can_say_is_read_to_its_end)
{
    static unsigned char bytes[100000];
    host_sound sound = host_make_noise(1u, 20000u, 48000u);
    host_save(&sound, host_path("a.wav"), SF_FORMAT_PCM_16);
    const size_t count = host_read_bytes(host_path("a.wav"), bytes, sizeof bytes);
    host_put_number(bytes + 4, 0x7FFFF024u, false);
    host_put_number(bytes + 40, 0x7FFFF000u, false);
    host_write_bytes(host_path("long.wav"), bytes, count);
    const uint64_t many = ((uint64_t)3 << 30) / 2u;
    cr_assert_eq(truncate(host_path("long.wav"), (off_t)(44u + 2u * many)), 0);
    host_reader *reader;
    host_reader_info info;
    cr_assert_eq(host_reader_open(host_path("long.wav"), 0u, &reader, NULL), RSD_OK);
    host_reader_get_info(reader, &info);
    cr_expect_eq(info.sample_count, many, "%llu", (unsigned long long)info.sample_count);
    float block[64], *out[] = {block};
    uint32_t got = 0;
    cr_assert_eq(host_reader_read(reader, out, 64u, &got, NULL), RSD_OK);
    for (int i = 0; i < 64; i++) cr_expect_float_eq(block[i], sound.channel[0][i], 1.0 / 32768.0);
    host_reader_close(reader);
    host_sound_destroy(&sound);
}

Test(soundfile_faults, a_pipe_is_read_to_its_end_in_every_format_and_can_be_opened_again)
{
    static const char *const names[] = {"a.wav", "a.flac", "a.aiff", "a.caf", "a.ogg", "a.mp3"};
    host_sound sound = host_make_tones(2u, 30000u, 48000u);
    for (int i = 0; i < 6; i++) {
        char command[300];
        host_save(&sound, host_path(names[i]), 0);
        host_sound file = host_load(host_path(names[i]), 0u);
        snprintf(command, sizeof command, "rm -f '%s'; mkfifo '%s' && cat '%s' > '%s' &", host_path("pipe"),
                 host_path("pipe"), host_path(names[i]), host_path("pipe"));
        cr_assert_eq(system(command), 0);
        for (int tries = 0; access(host_path("pipe"), F_OK) != 0 && tries < 500; tries++) host_nap_ms(10u);
        host_reader *first, *second;
        rsd_error error = {0};
        cr_assert_eq(host_reader_open(host_path("pipe"), 0u, &first, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(host_reader_open_again(first, &second, &error), RSD_OK, "%s", error.text);
        expect_reads(first, &file, names[i]);
        expect_reads(second, &file, names[i]);
        host_reader_close(first);
        host_reader_close(second);
        host_sound_destroy(&file);
    }
    host_sound_destroy(&sound);
}

/* ---- not finite, over full scale ---- */

Test(soundfile_faults, values_that_are_not_finite_are_counted_and_read_as_0)
{
    host_sound sound = host_make_noise(2u, 20000u, 48000u);
    sound.channel[1][7000] = NAN;
    sound.channel[0][7001] = INFINITY;
    sound.channel[0][19999] = -INFINITY;
    host_save(&sound, host_path("n.wav"), 0);
    host_sound back = host_load(host_path("n.wav"), 0u), converted = host_load(host_path("n.wav"), 44100u);
    cr_expect_eq(back.faults.not_finite_count, 3u);
    cr_expect_eq(back.faults.not_finite_first, 7000u);
    cr_expect_eq(converted.faults.not_finite_count, 3u);
    cr_expect_eq(back.channel[1][7000], 0.0f);
    cr_expect_eq(back.channel[0][7001], 0.0f);
    cr_expect_eq(back.channel[1][6999], sound.channel[1][6999]);
    for (uint64_t i = 0; i < converted.sample_count; i++) cr_assert(isfinite(converted.channel[1][i]));
    host_sound_destroy(&sound);
    host_sound_destroy(&back);
    host_sound_destroy(&converted);
}

static host_write_report report_of(const char *path, int subtype)
{
    host_write_report report = {0};
    const float loud[] = {0.5f, 1.0f, -1.0f, 1.5f, -2.0f, 0.0f};
    const host_writer_config config = {
        .channel_count = 2u, .rate_hz = 48000u, .subtype = subtype, .expected_count = 3u, .report = &report};
    host_writer *writer;
    rsd_error error = {0};
    cr_assert_eq(host_writer_open(path, &config, &writer, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_writer_write_interleaved(writer, loud, 3u, &error), RSD_OK);
    cr_assert_eq(host_writer_close(writer, &error), RSD_OK, "%s", error.text);
    return report;
}

Test(soundfile_faults, samples_that_integers_clip_are_counted)
{
    const host_write_report clipped = report_of(host_path("i.wav"), SF_FORMAT_PCM_16);
    cr_expect_eq(clipped.clipped_count, 2u, "%llu", (unsigned long long)clipped.clipped_count);
    cr_expect_eq(clipped.peak, 2.0f);
    cr_expect_eq(report_of(host_path("i.flac"), 0).clipped_count, 2u);
    cr_expect_eq(report_of(host_path("f.wav"), SF_FORMAT_FLOAT).clipped_count, 0u);
}

/* ---- what kinds of file hold ---- */

static int subtype_in(const char *path)
{
    host_reader *reader;
    host_reader_info info;
    cr_assert_eq(host_reader_open(path, 0u, &reader, NULL), RSD_OK);
    host_reader_get_info(reader, &info);
    host_reader_close(reader);
    return info.subtype;
}

Test(soundfile_faults, samples_of_another_kind_give_way_to_the_nearest_and_asked_for_ones_are_refused_by_name)
{
    static const struct {
        const char *name;
        int asked, got;
    } rows[] = {
        {"a.wav", SF_FORMAT_MPEG_LAYER_III, SF_FORMAT_FLOAT}, {"b.wav", SF_FORMAT_VORBIS, SF_FORMAT_FLOAT},
        {"c.wav", SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8},        {"d.flac", SF_FORMAT_PCM_U8, SF_FORMAT_PCM_S8},
        {"e.flac", SF_FORMAT_PCM_32, SF_FORMAT_PCM_24},       {"f.flac", SF_FORMAT_DOUBLE, SF_FORMAT_PCM_24},
        {"g.flac", SF_FORMAT_ULAW, SF_FORMAT_PCM_16},         {"h.wav", SF_FORMAT_ALAC_20, SF_FORMAT_PCM_24},
        {"i.opus", SF_FORMAT_VORBIS, SF_FORMAT_OPUS},         {"j.ogg", SF_FORMAT_PCM_16, SF_FORMAT_VORBIS},
        {"k.mp3", SF_FORMAT_FLOAT, SF_FORMAT_MPEG_LAYER_III}, {"l.aiff", SF_FORMAT_PCM_24, SF_FORMAT_PCM_24},
    };
    host_sound sound = host_make_noise(1u, 5000u, 48000u);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        host_save(&sound, host_path(rows[i].name), rows[i].asked);
        cr_expect_eq(subtype_in(host_path(rows[i].name)), rows[i].got, "%s of %x has %x", rows[i].name, rows[i].asked,
                     subtype_in(host_path(rows[i].name)));
        host_writer_config config = {.channel_count = 1u, .rate_hz = 48000u, .subtype = rows[i].asked};
        config.subtype_is_wanted = true;
        host_writer *writer;
        rsd_error error = {0};
        const rsd_status status = host_writer_open(host_path(rows[i].name), &config, &writer, &error);
        if (status == RSD_OK) host_writer_discard(writer);
        cr_expect_eq(status, rows[i].asked == rows[i].got ? RSD_OK : RSD_ERR_UNSUPPORTED, "%s", rows[i].name);
        if (status == RSD_OK) continue;
        cr_expect_not_null(strstr(error.text, host_subtype_name(rows[i].asked)), "%s", error.text);
        cr_expect_not_null(strstr(error.text, host_subtype_name(rows[i].got)), "%s", error.text);
    }
    host_sound_destroy(&sound);
}

static void expect_head(const char *path, const char *head)
{
    unsigned char bytes[4];
    cr_assert_eq(host_read_bytes(path, bytes, 4u), 4u);
    cr_expect_eq(memcmp(bytes, head, 4), 0, "%s begins with %.4s, not %s", path, (const char *)bytes, head);
}

/* What is left out is a hole in the file: the sizes are real, the disk holds little. */
static void write_long(const char *name, uint64_t skipped, uint64_t expected_count)
{
    const host_writer_config config = {
        .channel_count = 8u, .rate_hz = 48000u, .subtype = SF_FORMAT_FLOAT, .expected_count = expected_count};
    const float frames[] = {.25f, .25f, .25f, .25f, .25f, .25f, .25f, .25f};
    host_writer *writer;
    rsd_error error = {0};
    cr_assert_eq(host_writer_open(host_path(name), &config, &writer, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_writer_write_interleaved(writer, frames, 1u, &error), RSD_OK, "%s", error.text);
    host_writer_flush(writer);
    host_writer_skip(writer, skipped);
    cr_assert_eq(host_writer_write_interleaved(writer, frames, 1u, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_writer_close(writer, &error), RSD_OK, "%s", error.text);
}

/* The last sample of a file of `count`. */
static float last_sample(const char *path, sf_count_t count)
{
    SF_INFO info = {0};
    float frame[8] = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    cr_assert_not_null(file);
    cr_expect_eq(info.frames, count, "%s has %lld samples", path, (long long)info.frames);
    sf_seek(file, info.frames - 1, SEEK_SET);
    sf_readf_float(file, frame, 1);
    sf_close(file);
    return frame[7];
}

Test(soundfile_faults, a_wav_of_over_4_gib_is_an_rf64_file_with_every_sample_and_a_small_one_a_plain_wav)
{
    const uint64_t many = ((uint64_t)5 << 30) / 32u;
    write_long("known.wav", many, many + 2u);
    expect_head(host_path("known.wav"), "RF64");
    cr_expect_eq(last_sample(host_path("known.wav"), (sf_count_t)many + 2), .25f);
    cr_assert_eq(unlink(host_path("known.wav")), 0);
    write_long("unknown.wav", many, 0u);
    expect_head(host_path("unknown.wav"), "RF64");
    cr_expect_eq(last_sample(host_path("unknown.wav"), (sf_count_t)many + 2), .25f);
    cr_assert_eq(unlink(host_path("unknown.wav")), 0);
    write_long("small.wav", 10u, 0u);
    expect_head(host_path("small.wav"), "RIFF");
    cr_expect_eq(last_sample(host_path("small.wav"), 12), .25f);
    write_long("plain.wav", 10u, 12u);
    unsigned char head[22];
    host_read_bytes(host_path("plain.wav"), head, sizeof head);
    cr_expect_eq(memcmp(head + 12, "fmt ", 4), 0);
    cr_expect_eq(head[20], 3, "the tag of plain float, not the extensible one");
}

Test(soundfile_faults, kinds_that_end_at_4_gib_are_refused_or_end_there_by_name)
{
    const uint64_t many = ((uint64_t)5 << 30) / 32u;
    static const char *const names[] = {"a.aiff", "a.au"};
    for (int i = 0; i < 2; i++) {
        host_writer_config config = {.channel_count = 8u, .rate_hz = 48000u, .expected_count = many};
        const float frame[8] = {0};
        host_writer *writer;
        rsd_error error = {0};
        cr_expect_eq(host_writer_open(host_path(names[i]), &config, &writer, &error), RSD_ERR_UNSUPPORTED);
        cr_expect_not_null(strstr(error.text, "4 GiB"), "%s", error.text);
        cr_expect_neq(access(host_path(names[i]), F_OK), 0);
        config.expected_count = 0u;
        config.is_recording = true;
        cr_assert_eq(host_writer_open(host_path(names[i]), &config, &writer, &error), RSD_OK);
        host_writer_skip(writer, HOST_LIMIT_32_BIT / 32u - 1u);
        cr_expect_eq(host_writer_write_interleaved(writer, frame, 1u, &error), RSD_OK);
        cr_expect_eq(host_writer_write_interleaved(writer, frame, 1u, &error), RSD_ERR_IO);
        cr_expect_not_null(strstr(error.text, "4 GiB"), "%s", error.text);
        cr_expect_eq(host_writer_close(writer, NULL), RSD_OK);
        cr_expect_eq(last_sample(host_path(names[i]), (sf_count_t)(HOST_LIMIT_32_BIT / 32u)), 0.0f);
        unlink(host_path(names[i]));
    }
}

/* ---- what was there ---- */

static void expect_text(const char *path, const char *text)
{
    unsigned char bytes[64] = {0};
    host_read_bytes(path, bytes, sizeof bytes - 1u);
    cr_expect_str_eq((const char *)bytes, text);
}

static int files_in_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "exit $(ls -A '%s' | wc -l)", host_folder);
    return WEXITSTATUS(system(command));
}

Test(soundfile_faults, what_fails_leaves_the_old_file_and_nothing_else)
{
    host_sound sound = host_make_noise(1u, 100000u, 48000u);
    const struct rlimit limit = {100000u, 100000u};
    host_writer *writer;
    rsd_error error = {0};
    host_write_bytes(host_path("a.wav"), (const unsigned char *)"precious", 8u);
    const host_writer_config config = {.channel_count = 1u, .rate_hz = 48000u};
    cr_assert_eq(host_writer_open(host_path("a.wav"), &config, &writer, &error), RSD_OK);
    expect_text(host_path("a.wav"), "precious");
    host_writer_discard(writer);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    cr_expect_eq(host_sound_save(&sound, host_path("a.wav"), 0, &error), RSD_ERR_IO);
    expect_text(host_path("a.wav"), "precious");
    cr_expect_eq(files_in_folder(), 1);
    host_sound_destroy(&sound);
}

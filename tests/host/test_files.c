// SPDX-License-Identifier: MIT
#include "host/host_input.h"
#include "host/host_recorder.h"
#include "host/host_soundfile.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <signal.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/rsd_host_XXXXXX";
static char path[256];

static void make_folder(void) { cr_assert_not_null(mkdtemp(folder)); }

static void remove_folder(void)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) cr_log_warn("cannot remove %s", folder);
}

TestSuite(files, .init = make_folder, .fini = remove_folder, .timeout = 60);

static const char *in_folder(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static host_sound make_sound(uint32_t channels, uint32_t rate_hz, uint64_t count)
{
    host_sound sound = {.sample_rate_hz = rate_hz, .channel_count = channels, .sample_count = count};
    float *memory = malloc(channels * count * sizeof *memory);
    for (uint32_t c = 0; c < channels; c++) {
        sound.channel[c] = memory + c * count;
        test_fill_tone(sound.channel[c], (uint32_t)count, 400.0 + 100.0 * c, rate_hz, 0.5f);
    }
    return sound;
}

Test(files, a_float_file_comes_back_bit_for_bit)
{
    rsd_error error;
    host_sound out = make_sound(3, 44100, 10001), in;
    cr_assert_eq(host_sound_save(&out, in_folder("a.wav"), 0, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_sound_load(path, 0, &in, &error), RSD_OK, "%s", error.text);
    cr_assert(in.sample_rate_hz == 44100u && in.channel_count == 3u && in.sample_count == 10001u);
    for (uint32_t c = 0; c < 3u; c++) cr_assert_arr_eq(in.channel[c], out.channel[c], 10001 * sizeof(float));
    host_sound_destroy(&in);
    host_sound_destroy(&out);
}

Test(files, every_named_format_keeps_the_length_or_says_that_it_cannot)
{
    static const char *const names[] = {"a.wav", "a.w64", "a.rf64", "a.caf", "a.au", "a.aiff", "a.flac"};
    host_sound out = make_sound(2, 48000, 5000);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        rsd_error error;
        host_sound in;
        cr_assert_eq(host_sound_save(&out, in_folder(names[i]), 0, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(host_sound_load(path, 0, &in, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(in.sample_count, 5000u, "%s", names[i]);
        for (uint32_t k = 0; k < 5000u; k++)
            cr_assert_float_eq(in.channel[1][k], out.channel[1][k], 2e-7, "%s", names[i]);
        host_sound_destroy(&in);
    }
    rsd_error error;
    cr_assert_eq(host_sound_save(&out, in_folder("a.xyz"), 0, &error), RSD_ERR_UNSUPPORTED);
    cr_assert(strstr(error.text, "a.xyz") && strstr(error.text, "flac"), "%s", error.text);
    host_sound_destroy(&out);
}

Test(files, integer_files_are_clipped_and_not_wrapped)
{
    rsd_error error;
    host_sound out = make_sound(1, 48000, 1000), in;
    for (uint32_t i = 0; i < 1000u; i++) out.channel[0][i] = i % 2u ? 1.7f : -1.7f;
    cr_assert_eq(host_sound_save(&out, in_folder("c.wav"), SF_FORMAT_PCM_16, &error), RSD_OK);
    cr_assert_eq(host_sound_load(path, 0, &in, &error), RSD_OK);
    for (uint32_t i = 0; i < 1000u; i++) cr_assert_float_eq(in.channel[0][i], i % 2u ? 1.0f : -1.0f, 1e-4);
    host_sound_destroy(&in);
    host_sound_destroy(&out);
}

Test(files, a_tone_keeps_its_place_through_rate_conversion)
{
    rsd_error error;
    host_sound out = make_sound(1, 44100, 44100), in;
    cr_assert_eq(host_sound_save(&out, in_folder("r.wav"), 0, &error), RSD_OK);
    cr_assert_eq(host_sound_load(path, 48000, &in, &error), RSD_OK);
    cr_assert_eq(in.sample_count, 48000u);
    for (uint32_t i = 4000; i < 44000u; i++)
        cr_assert_float_eq(in.channel[0][i], 0.5 * sin(TEST_TWO_PI * 400.0 * i / 48000.0), 1e-4, "sample %u", i);
    host_sound_destroy(&in);
    host_sound_destroy(&out);
}

Test(files, reading_in_pieces_gives_what_reading_whole_gives)
{
    rsd_error error;
    host_sound out = make_sound(2, 44100, 30000), whole;
    cr_assert_eq(host_sound_save(&out, in_folder("p.wav"), 0, &error), RSD_OK);
    cr_assert_eq(host_sound_load(path, 48000, &whole, &error), RSD_OK);
    host_reader *reader;
    cr_assert_eq(host_reader_open(path, 48000, &reader, &error), RSD_OK);
    uint32_t seed = 5, got;
    uint64_t at = 0;
    do {
        float piece[2][701], *to[2] = {piece[0], piece[1]};
        const uint32_t count = test_between(&seed, 1, 700);
        cr_assert_eq(host_reader_read(reader, to, count, &got, &error), RSD_OK);
        for (uint32_t c = 0; c < 2u; c++) cr_assert_arr_eq(piece[c], whole.channel[c] + at, got * sizeof(float));
        at += got;
    } while (got > 0u);
    cr_assert_eq(at, whole.sample_count);
    host_reader_close(reader);
    host_sound_destroy(&whole);
    host_sound_destroy(&out);
}

Test(files, what_cannot_be_read_is_named_with_the_reason)
{
    rsd_error error;
    host_sound sound;
    cr_assert_eq(host_sound_load("/nonexistent/x.wav", 0, &sound, &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "/nonexistent/x.wav") && strstr(error.text, "No such file"), "%s", error.text);
    FILE *stream = fopen(in_folder("no.wav"), "wb");
    fputs("this is no sound", stream);
    fclose(stream);
    cr_assert_eq(host_sound_load(path, 0, &sound, &error), RSD_ERR_FORMAT);
    cr_assert(strstr(error.text, "no.wav"), "%s", error.text);
    host_sound out = make_sound(1, 48000, 10);
    cr_assert_eq(host_sound_save(&out, "/nonexistent/y.wav", 0, &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "/nonexistent/y.wav"), "%s", error.text);
    host_sound_destroy(&out);
}

Test(files, an_input_loops_without_a_gap_and_fits_its_channels)
{
    rsd_error error;
    host_sound sound = make_sound(1, 48000, 1000);
    host_input *input;
    cr_assert_eq(host_input_create_sound(&sound, 48000, 2, &input, &error), RSD_OK);
    for (uint32_t at = 0; at < 5000u; at += 137u) {
        float piece[2][137], *to[2] = {piece[0], piece[1]};
        host_input_read(input, to, 137);
        for (uint32_t i = 0; i < 137u; i++) {
            cr_assert_eq(piece[0][i], sound.channel[0][(at + i) % 1000u], "sample %u", at + i);
            cr_assert_eq(piece[0][i], piece[1][i]);
        }
    }
    host_input_destroy(input);
    host_sound_destroy(&sound);
}

/* ---- recorder ---- */

static void push_tone(host_recorder *recorder, uint32_t begin, uint32_t count)
{
    for (uint32_t at = 0; at < count; at += 64u) {
        float x[2][64];
        const float *from[2] = {x[0], x[1]};
        for (uint32_t i = 0; i < 64u; i++) {
            x[0][i] = (float)(begin + at + i);
            x[1][i] = -x[0][i];
        }
        host_recorder_push(recorder, from, 64);
    }
}

Test(files, a_recording_holds_every_sample_pushed_between_start_and_stop)
{
    rsd_error error;
    host_recorder *recorder;
    host_recorder_status status;
    cr_assert_eq(host_recorder_create(2, 48000, &recorder, &error), RSD_OK);
    push_tone(recorder, 900000, 640); /* before start: not recorded */
    for (int round = 0; round < 2; round++) {
        host_sound in;
        cr_assert_eq(host_recorder_start(recorder, in_folder(round ? "b.wav" : "a.wav"), &error), RSD_OK);
        cr_assert_eq(host_recorder_start(recorder, "c.wav", &error), RSD_ERR_ARG);
        push_tone(recorder, 0, 64000);
        cr_assert_eq(host_recorder_stop(recorder, &error), RSD_OK, "%s", error.text);
        push_tone(recorder, 900000, 640);
        cr_assert_eq(host_sound_load(path, 0, &in, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(in.sample_count, 64000u);
        for (uint32_t i = 0; i < 64000u; i++)
            cr_assert(in.channel[0][i] == (float)i && in.channel[1][i] == -(float)i, "sample %u", i);
        host_sound_destroy(&in);
    }
    host_recorder_get_status(recorder, &status);
    cr_assert_eq(status.dropped_count, 0u);
    host_recorder_destroy(recorder);
}

Test(files, samples_that_find_the_ring_full_are_counted)
{
    rsd_error error;
    host_recorder *recorder;
    host_recorder_status status;
    cr_assert_eq(host_recorder_create(2, 8000, &recorder, &error), RSD_OK);
    cr_assert_eq(host_recorder_start(recorder, in_folder("d.wav"), &error), RSD_OK);
    push_tone(recorder, 0, 640000); /* 80 s at once: far more than the ring holds */
    cr_assert_eq(host_recorder_stop(recorder, &error), RSD_OK);
    host_recorder_get_status(recorder, &status);
    cr_assert_gt(status.dropped_count, 0u);
    cr_assert_eq(status.dropped_count + status.sample_count, 640000u);
    host_recorder_destroy(recorder);
}

Test(files, a_killed_process_leaves_a_recording_that_opens)
{
    rsd_error error;
    in_folder("k.wav");
    const pid_t child = fork();
    if (child == 0) {
        host_recorder *recorder;
        if (host_recorder_create(2, 48000, &recorder, &error) != RSD_OK ||
            host_recorder_start(recorder, path, &error) != RSD_OK)
            _exit(3);
        for (uint32_t at = 0;; at += 4800u) {
            push_tone(recorder, at, 4800);
            nanosleep(&(struct timespec){0, 100000000L}, NULL);
        }
    }
    nanosleep(&(struct timespec){3, 0}, NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    host_sound in;
    cr_assert_eq(host_sound_load(path, 0, &in, &error), RSD_OK, "%s", error.text);
    cr_assert_gt(in.sample_count, 48000u, "all but the last second of three: %llu samples",
                 (unsigned long long)in.sample_count);
    for (uint32_t i = 0; i < in.sample_count; i++) cr_assert_eq(in.channel[0][i], (float)i);
    host_sound_destroy(&in);
}

Test(files, a_recording_that_cannot_start_is_named)
{
    rsd_error error;
    host_recorder *recorder;
    cr_assert_eq(host_recorder_create(1, 48000, &recorder, &error), RSD_OK);
    cr_assert_eq(host_recorder_start(recorder, "/nonexistent/r.wav", &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "/nonexistent/r.wav"));
    cr_assert_eq(host_recorder_stop(recorder, &error), RSD_OK, "nothing runs");
    host_recorder_destroy(recorder);
}

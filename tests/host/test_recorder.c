// SPDX-License-Identifier: MIT
// Recordings, sample for sample.
#include "host/file/recorder.h"
#include "host_support.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

TestSuite(recorder, .init = host_make_folder, .fini = host_remove_folder, .timeout = 600);

static host_recorder *make_recorder(uint32_t channel_count)
{
    host_recorder *recorder = NULL;
    rsd_error error = {0};
    cr_assert_eq(host_recorder_create(channel_count, 48000u, &recorder, &error), RSD_OK, "%s", error.text);
    return recorder;
}

static void start(host_recorder *recorder, const char *path)
{
    rsd_error error = {0};
    cr_assert_eq(host_recorder_start(recorder, path, &error), RSD_OK, "%s", error.text);
}

static void stop(host_recorder *recorder)
{
    rsd_error error = {0};
    cr_assert_eq(host_recorder_stop(recorder, &error), RSD_OK, "%s", error.text);
}

/* Samples [from, to) in blocks of 1..500, with a rest now and then so that the writer thread comes in between. */
static void push(host_recorder *recorder, const host_sound *sound, uint64_t from, uint64_t to, uint32_t seed)
{
    while (from < to) {
        uint32_t count = test_between(&seed, 1u, 500u);
        if (count > to - from) count = (uint32_t)(to - from);
        const float *block[HOST_SOUND_MAX_CHANNELS];
        for (uint32_t c = 0; c < sound->channel_count; c++) block[c] = sound->channel[c] + from;
        host_recorder_push(recorder, block, count);
        from += count;
        if (test_random(&seed) >> 28 == 0u) host_nap_ms(2u);
    }
}

Test(recorder, a_recording_is_what_was_pushed_between_start_and_stop_sample_for_sample)
{
    host_sound sound = host_make_noise(2u, 200000u, 48000u);
    host_recorder *recorder = make_recorder(2u);
    host_recorder_status status;
    push(recorder, &sound, 0u, 5000u, 1u);
    start(recorder, host_path("r.wav"));
    host_recorder_get_status(recorder, &status);
    cr_expect(status.recording);
    push(recorder, &sound, 5000u, 105000u, 2u);
    stop(recorder);
    push(recorder, &sound, 105000u, 110000u, 3u);
    host_sound back = host_load(host_path("r.wav"), 0u);
    cr_assert_eq(back.sample_count, 100000u, "%llu samples", (unsigned long long)back.sample_count);
    for (uint32_t c = 0; c < 2u; c++)
        cr_expect_eq(memcmp(back.channel[c], sound.channel[c] + 5000, 100000u * sizeof(float)), 0, "channel %u", c);
    host_recorder_get_status(recorder, &status);
    cr_expect_not(status.recording);
    cr_expect_eq(status.sample_count, 100000u);
    cr_expect_eq(status.dropped_count, 0u);
    cr_expect_str_eq(status.path, host_path("r.wav"));
    host_recorder_destroy(recorder);
    host_sound_destroy(&sound);
    host_sound_destroy(&back);
}

Test(recorder, a_second_recording_has_nothing_of_the_first)
{
    host_sound sound = host_make_noise(1u, 60000u, 48000u);
    host_recorder *recorder = make_recorder(1u);
    start(recorder, host_path("1.wav"));
    push(recorder, &sound, 0u, 30000u, 1u);
    stop(recorder);
    start(recorder, host_path("2.wav"));
    push(recorder, &sound, 30000u, 60000u, 1u);
    host_recorder_destroy(recorder); /* stops */
    host_sound first = host_load(host_path("1.wav"), 0u), second = host_load(host_path("2.wav"), 0u);
    cr_assert_eq(first.sample_count, 30000u);
    cr_assert_eq(second.sample_count, 30000u);
    cr_expect_eq(memcmp(first.channel[0], sound.channel[0], 30000u * sizeof(float)), 0);
    cr_expect_eq(memcmp(second.channel[0], sound.channel[0] + 30000, 30000u * sizeof(float)), 0);
    host_sound_destroy(&first);
    host_sound_destroy(&second);
    host_sound_destroy(&sound);
}

Test(recorder, what_finds_the_ring_full_is_counted_and_the_rest_is_kept)
{
    const uint32_t ring = 131072u; /* 2 s at 48 kHz, up to a power of two */
    host_sound sound = host_make_noise(1u, 300000u, 48000u);
    host_recorder *recorder = make_recorder(1u);
    host_recorder_status status;
    start(recorder, host_path("full.wav"));
    host_recorder_push(recorder, (const float *const *)sound.channel, 300000u); /* one push: nobody drains meanwhile */
    host_recorder_get_status(recorder, &status);
    cr_expect_eq(status.dropped_count, 300000u - ring, "%llu dropped", (unsigned long long)status.dropped_count);
    stop(recorder);
    host_sound back = host_load(host_path("full.wav"), 0u);
    cr_assert_eq(back.sample_count, ring);
    cr_expect_eq(memcmp(back.channel[0], sound.channel[0], ring * sizeof(float)), 0);
    host_recorder_destroy(recorder);
    host_sound_destroy(&sound);
    host_sound_destroy(&back);
}

static void record_until_killed(const host_sound *sound, const char *path)
{
    host_recorder *recorder;
    if (host_recorder_create(2u, 48000u, &recorder, NULL) != RSD_OK) _exit(1);
    if (host_recorder_start(recorder, path, NULL) != RSD_OK) _exit(1);
    for (uint64_t at = 0; at + 480u <= sound->sample_count; at += 480u) {
        push(recorder, sound, at, at + 480u, 7u);
        host_nap_ms(10u);
    }
    _exit(2); /* not killed */
}

Test(recorder, a_process_that_is_killed_leaves_a_file_that_opens_and_lacks_at_most_the_last_second)
{
    host_sound sound = host_make_noise(2u, 48000u * 30u, 48000u);
    const char *path = host_path("killed.wav");
    const pid_t child = fork();
    if (child == 0) record_until_killed(&sound, path);
    host_nap_ms(3200u);
    kill(child, SIGKILL);
    int how;
    waitpid(child, &how, 0);
    cr_assert(WIFSIGNALED(how));
    host_sound back = host_load(path, 0u);
    cr_expect_eq(back.channel_count, 2u);
    /* 3.2 s less a second; the child of a busy machine may have pushed at half pace. */
    cr_expect_gt(back.sample_count, 48000u, "%llu samples", (unsigned long long)back.sample_count);
    for (uint32_t c = 0; c < 2u; c++)
        cr_expect_eq(memcmp(back.channel[c], sound.channel[c], back.sample_count * sizeof(float)), 0, "channel %u", c);
    host_sound_destroy(&back);
    host_sound_destroy(&sound);
}

Test(recorder, starting_twice_and_bad_paths_are_refused_and_stopping_nothing_is_fine)
{
    host_recorder *recorder = make_recorder(1u);
    rsd_error error = {0};
    stop(recorder);
    cr_expect_eq(host_recorder_start(recorder, host_path("no/such/a.wav"), &error), RSD_ERR_IO);
    cr_expect_not_null(strstr(error.text, "a.wav"), "'%s'", error.text);
    cr_expect_eq(host_recorder_start(recorder, host_path("a.what"), &error), RSD_ERR_UNSUPPORTED);
    start(recorder, host_path("a.wav"));
    cr_expect_eq(host_recorder_start(recorder, host_path("b.wav"), &error), RSD_ERR_ARG);
    cr_expect_not_null(strstr(error.text, "a.wav"), "'%s' does not say what runs", error.text);
    stop(recorder);
    cr_expect_neq(access(host_path("b.wav"), F_OK), 0);
    host_recorder_destroy(recorder);
    cr_expect_eq(host_recorder_create(0u, 48000u, &recorder, &error), RSD_ERR_ARG);
    cr_expect_eq(host_recorder_create(9u, 48000u, &recorder, &error), RSD_ERR_ARG);
}

/* A limit on file size stands in for a full disk. */
Test(recorder, a_disk_that_refuses_is_told_and_what_was_written_before_is_kept)
{
    const struct rlimit limit = {400000u, 400000u};
    host_sound sound = host_make_noise(1u, 200000u, 48000u);
    host_recorder *recorder = make_recorder(1u);
    host_recorder_status status;
    rsd_error error = {0};
    start(recorder, host_path("full.wav"));
    push(recorder, &sound, 0u, 50000u, 1u);
    host_nap_ms(50u);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    push(recorder, &sound, 50000u, 200000u, 2u);
    host_nap_ms(100u);
    host_recorder_get_status(recorder, &status);
    cr_expect(status.failed);
    cr_expect_not_null(strstr(status.error.text, "full.wav"), "'%s'", status.error.text);
    cr_expect_eq(host_recorder_stop(recorder, &error), RSD_ERR_IO);
    cr_expect_not_null(strstr(error.text, "full.wav"), "'%s'", error.text);
    host_sound back = host_load(host_path("full.wav"), 0u);
    cr_assert_gt(back.sample_count, 49999u, "%llu samples", (unsigned long long)back.sample_count);
    cr_expect_eq(memcmp(back.channel[0], sound.channel[0], 50000u * sizeof(float)), 0);
    host_recorder_destroy(recorder);
    host_sound_destroy(&back);
    host_sound_destroy(&sound);
}

// SPDX-License-Identifier: MIT
#include "host/host_clock.h"
#include "host/host_device.h"
#include "host_support.h"

#include <stdatomic.h>
#include <sys/stat.h>

/* Devices without sound hardware: the null device, and ALSA's null plugin under names that a file gives it. */

static const char asoundrc[] = "pcm.rsdtest_left { type null }\n"
                               "pcm.rsdtest_right { type null }\n"
                               "pcm.rsdtest_desk { type null }\n"
                               "pcm.rsdtest_desk_two { type null }\n";

static void make_home(void)
{
    host_make_folder();
    FILE *file = fopen(host_path(".asoundrc"), "w");
    fputs(asoundrc, file);
    fclose(file);
    setenv("HOME", host_folder, 1);
    setenv("JACK_NO_START_SERVER", "1", 1);
    setenv("JACK_DEFAULT_SERVER", "rsd-no-such-server", 1);
}

TestSuite(null_device, .timeout = 30);
TestSuite(device, .init = make_home, .fini = host_remove_folder, .timeout = 60);

typedef struct {
    atomic_uint block_count, odd_count, loud_count;
    atomic_ullong sample_count, last_ns;
    atomic_uint late_count; /* blocks whose time is not after the one before */
    atomic_uint burn_ms, sleep_ms;
} listener;

static void burn(uint32_t ms)
{
    struct timespec from, now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    do {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while ((now.tv_sec - from.tv_sec) * 1000L + (now.tv_nsec - from.tv_nsec) / 1000000L < (long)ms);
}

static void listen(void *context, const float *const *in, float *const *out, uint32_t sample_count, uint64_t block_ns)
{
    listener *self = context;
    for (uint32_t i = 0; i < sample_count; i++) {
        if (in[0][i] != 0.0f) atomic_fetch_add(&self->loud_count, 1u);
        out[0][i] = 0.25f;
    }
    if (sample_count != HOST_DEVICE_NULL_BLOCK) atomic_fetch_add(&self->odd_count, 1u);
    if (block_ns <= atomic_exchange(&self->last_ns, block_ns)) atomic_fetch_add(&self->late_count, 1u);
    atomic_fetch_add(&self->block_count, 1u);
    atomic_fetch_add(&self->sample_count, sample_count);
    const uint32_t burn_ms = atomic_exchange(&self->burn_ms, 0u), sleep_ms = atomic_exchange(&self->sleep_ms, 0u);
    if (burn_ms) burn(burn_ms);
    if (sleep_ms) host_nap_ms(sleep_ms);
}

static host_device *open_device(const host_device_config *config, listener *context)
{
    host_device *device = NULL;
    rsd_error error = {0};
    cr_assert_eq(host_device_open(config, listen, context, &device, &error), RSD_OK, "%s", error.text);
    return device;
}

static void start_device(host_device *device)
{
    rsd_error error = {0};
    cr_assert_eq(host_device_start(device, &error), RSD_OK, "%s", error.text);
}

Test(null_device, it_plays_blocks_of_silence_at_the_pace_of_its_rate)
{
    listener heard = {0};
    host_device *device = open_device(&(host_device_config){.backend = HOST_BACKEND_NULL}, &heard);
    host_device_info info;
    cr_assert_eq(host_device_poll(device), HOST_DEVICE_STOPPED);
    const uint64_t from_ns = host_clock_now_ns();
    start_device(device);
    cr_expect_eq(host_device_poll(device), HOST_DEVICE_RUNNING);
    host_nap_ms(600u);
    host_device_stop(device);
    const double most = (double)(host_clock_now_ns() - from_ns) * 1e-9 * 48000.0;
    host_device_get_info(device, &info);
    const double played = (double)atomic_load(&heard.sample_count);
    /* A busy machine may lose time, none may gain any. */
    cr_expect_leq(played, most + 64.0, "%g samples in the time of %g", played, most);
    cr_expect_geq(played, 0.5 * most, "%g samples in the time of %g", played, most);
    cr_expect_eq(info.sample_count, atomic_load(&heard.sample_count));
    cr_expect_eq(info.callback_count, atomic_load(&heard.block_count));
    cr_expect_eq(info.sample_rate_hz, 48000u);
    cr_expect_eq(info.block_samples, 64u);
    cr_expect_eq(info.input_channel_count, 0u);
    cr_expect_eq(atomic_load(&heard.odd_count), 0u);
    cr_expect_eq(atomic_load(&heard.loud_count), 0u);
    cr_expect_eq(atomic_load(&heard.late_count), 0u);
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
}

Test(null_device, rate_block_and_channels_are_as_asked)
{
    listener heard = {0};
    const host_device_config config = {
        .backend = HOST_BACKEND_NULL, .sample_rate_hz = 44100u, .block_samples = 441u, .channel_count = 2u};
    host_device *device = open_device(&config, &heard);
    host_device_info info;
    start_device(device);
    host_nap_ms(100u);
    host_device_stop(device);
    host_device_get_info(device, &info);
    cr_expect_eq(info.sample_rate_hz, 44100u);
    cr_expect_eq(info.block_samples, 441u);
    cr_expect_eq(info.channel_count, 2u);
    cr_expect_gt(atomic_load(&heard.block_count), 0u);
    cr_expect_eq(atomic_load(&heard.sample_count), 441u * atomic_load(&heard.block_count));
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
}

Test(null_device, the_worst_callback_is_told_in_cpu_time_which_sleeping_is_not)
{
    listener heard = {0};
    host_device *device = open_device(&(host_device_config){.backend = HOST_BACKEND_NULL}, &heard);
    host_device_info info;
    start_device(device);
    host_nap_ms(50u);
    atomic_store(&heard.sleep_ms, 60u);
    host_nap_ms(200u);
    host_device_get_info(device, &info);
    cr_expect_gt(info.worst_cpu_ns, 0u);
    cr_expect_lt(info.worst_cpu_ns, 30000000u, "a callback that slept 60 ms is told as %llu ns of CPU time",
                 (unsigned long long)info.worst_cpu_ns);
    double mean, worst;
    host_device_read_load(device, &mean, &worst);
    cr_expect_gt(worst, 40.0, "60 ms in a block of 1.33 ms is a load of 45, not %g", worst);
    cr_expect_gt(info.xrun_count, 0u, "a callback of 60 ms is no xrun");
    atomic_store(&heard.burn_ms, 40u);
    host_nap_ms(300u);
    host_device_get_info(device, &info);
    cr_expect_geq(info.worst_cpu_ns, 39000000u, "a callback that worked 40 ms is told as %llu ns",
                  (unsigned long long)info.worst_cpu_ns);
    cr_expect_float_eq(info.worst_cpu_share, (double)info.worst_cpu_ns / 1333333.0, 0.1);
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
}

Test(null_device, load_is_counted_anew_after_each_reading)
{
    listener heard = {0};
    host_device *device = open_device(&(host_device_config){.backend = HOST_BACKEND_NULL}, &heard);
    double mean, worst;
    start_device(device);
    atomic_store(&heard.burn_ms, 20u);
    host_nap_ms(150u);
    host_device_stop(device);
    host_device_read_load(device, &mean, &worst);
    cr_expect_gt(worst, 14.0, "worst is %g", worst);
    cr_expect_gt(mean, 0.0);
    cr_expect_leq(mean, worst * 1.000001, "mean %g, worst %g", mean, worst);
    host_device_read_load(device, &mean, &worst);
    cr_expect_eq(mean, 0.0);
    cr_expect_eq(worst, 0.0);
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
}

Test(null_device, no_callback_runs_after_stop_and_a_second_start_counts_from_zero)
{
    listener heard = {0};
    host_device *device = open_device(&(host_device_config){.backend = HOST_BACKEND_NULL}, &heard);
    host_device_info info;
    for (int round = 0; round < 3; round++) {
        start_device(device);
        start_device(device); /* nothing happens */
        host_nap_ms(60u);
        host_device_stop(device);
        const uint32_t count = atomic_exchange(&heard.block_count, 0u);
        host_device_get_info(device, &info);
        cr_expect_gt(count, 0u);
        cr_expect_eq(info.callback_count, count, "%llu, not %u callbacks in round %d",
                     (unsigned long long)info.callback_count, count, round);
        host_nap_ms(20u);
        cr_expect_eq(atomic_load(&heard.block_count), 0u);
    }
    rsd_error error = {0};
    cr_expect_eq(host_device_reopen(device, &error), RSD_ERR_ARG);
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
    cr_expect_eq(host_device_close(NULL), HOST_CLOSE_CLEAN);
}

Test(null_device, what_is_out_of_range_is_refused_in_words)
{
    static const struct {
        host_device_config config;
        const char *word;
    } wrong[] = {{{.backend = HOST_BACKEND_NULL, .channel_count = 3u}, "3 channels"},
                 {{.backend = HOST_BACKEND_NULL, .block_samples = 8193u}, "8193"},
                 {{.backend = HOST_BACKEND_NULL, .sample_rate_hz = 7999u}, "7999"},
                 {{.backend = HOST_BACKEND_NULL, .sample_rate_hz = 384001u}, "384001"}};
    listener heard = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        host_device *device = NULL;
        rsd_error error = {0};
        cr_expect_eq(host_device_open(&wrong[i].config, listen, &heard, &device, &error), RSD_ERR_ARG);
        cr_expect_not_null(strstr(error.text, wrong[i].word), "'%s' does not say %s", error.text, wrong[i].word);
        cr_expect_null(device);
    }
    host_backend backend;
    cr_expect_eq(host_backend_parse("Null", &backend), RSD_OK);
    cr_expect_eq(backend, HOST_BACKEND_NULL);
    cr_expect_eq(host_backend_parse("portaudio", &backend), RSD_OK);
    cr_expect_str_eq(host_backend_name(backend), "portaudio");
    cr_expect_eq(host_backend_parse("alsa", &backend), RSD_ERR_ARG);
}

/* ---- choosing ---- */

typedef struct {
    uint32_t count, number_of_right, test_device_count;
} device_table;

static void note_entry(void *context, const host_device_entry *entry)
{
    device_table *table = context;
    table->count++;
    if (strncmp(entry->name, "rsdtest_", 8) == 0) table->test_device_count++;
    if (strcmp(entry->name, "rsdtest_right") == 0) table->number_of_right = entry->index;
}

static device_table list_devices(void)
{
    device_table table = {0};
    rsd_error error = {0};
    const uint32_t count = host_device_list(note_entry, &table, false, &error);
    cr_assert_eq(error.status, RSD_OK, "%s", error.text);
    cr_assert_eq(count, table.count);
    if (table.test_device_count != 4u) cr_skip_test("PortAudio has no ALSA here");
    return table;
}

static host_device_config of_portaudio(const char *output)
{
    return (host_device_config){.backend = HOST_BACKEND_PORTAUDIO, .output_device = output, .no_input = true};
}

static void expect_opens(const char *wanted, const char *name)
{
    listener heard = {0};
    host_device_info info;
    const host_device_config config = of_portaudio(wanted);
    host_device *device = open_device(&config, &heard);
    host_device_get_info(device, &info);
    cr_expect_str_eq(info.output_name, name, "'%s' opens %s", wanted, info.output_name);
    cr_expect_str_eq(info.input_name, "");
    cr_expect_str_eq(info.host_api, "ALSA");
    cr_expect_eq(info.backend, HOST_BACKEND_PORTAUDIO);
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
}

Test(device, a_part_of_a_name_in_any_case_a_whole_name_or_a_number_names_a_device)
{
    char number[16];
    snprintf(number, sizeof number, "%u", list_devices().number_of_right);
    expect_opens("rsdtest_left", "rsdtest_left");
    expect_opens("RSDtest_L", "rsdtest_left");
    expect_opens("t_desk_t", "rsdtest_desk_two");
    expect_opens("rsdtest_desk", "rsdtest_desk"); /* in full, though another one begins so */
    expect_opens(number, "rsdtest_right");
}

static void expect_not_found(const host_device_config *config, const char *const *words, size_t word_count)
{
    listener heard = {0};
    host_device *device = NULL;
    rsd_error error = {0};
    cr_expect_eq(host_device_open(config, listen, &heard, &device, &error), RSD_ERR_NOT_FOUND);
    for (size_t i = 0; i < word_count; i++)
        cr_expect_not_null(strstr(error.text, words[i]), "'%s' has no '%s'", error.text, words[i]);
    cr_expect_null(device);
}

Test(device, an_unknown_name_is_refused_with_all_candidates)
{
    list_devices();
    static const char *const words[] = {"\"nosuch\"",    "not found",        "rsdtest_left",
                                        "rsdtest_right", "rsdtest_desk_two", "ALSA"};
    host_device_config config = of_portaudio("nosuch");
    expect_not_found(&config, words, 6u);
    config = (host_device_config){.input_device = "nosuch"}; /* AUTO with a name does not fall back either */
    expect_not_found(&config, words, 6u);
    static const char *const number[] = {"\"4711\"", "no such number", "rsdtest_left"};
    config = of_portaudio("4711");
    expect_not_found(&config, number, 3u);
}

Test(device, a_name_that_fits_several_is_refused_with_those_that_it_fits)
{
    list_devices();
    static const char *const words[] = {"more than one", "rsdtest_desk", "rsdtest_desk_two"};
    host_device_config config = of_portaudio("T_DESK");
    listener heard = {0};
    host_device *device = NULL;
    rsd_error error = {0};
    expect_not_found(&config, words, 3u);
    cr_expect_eq(host_device_open(&config, listen, &heard, &device, &error), RSD_ERR_NOT_FOUND);
    cr_expect_null(strstr(error.text, "rsdtest_left"), "'%s' offers what does not fit", error.text);
}

Test(device, an_unknown_host_api_is_refused_with_those_that_are_here)
{
    list_devices();
    static const char *const words[] = {"\"coreaudio\"", "ALSA"};
    const host_device_config config = {.backend = HOST_BACKEND_PORTAUDIO, .host_api = "coreaudio"};
    expect_not_found(&config, words, 2u);
}

Test(device, stderr_is_as_before_after_looking_for_devices)
{
    struct stat before, after;
    fstat(STDERR_FILENO, &before);
    list_devices();
    expect_opens("rsdtest_left", "rsdtest_left");
    fstat(STDERR_FILENO, &after);
    cr_expect_eq(before.st_ino, after.st_ino);
    cr_expect_eq(before.st_dev, after.st_dev);
}

Test(device, an_alsa_device_plays_stops_and_can_be_opened_again)
{
    list_devices();
    for (int round = 0; round < 2; round++) {
        listener heard = {0};
        host_device_config config = {.backend = HOST_BACKEND_PORTAUDIO, .output_device = "rsdtest_left"};
        host_device *device = open_device(&config, &heard);
        host_device_info info;
        start_device(device);
        for (int waited = 0; atomic_load(&heard.block_count) < 10u && waited < 200; waited++) host_nap_ms(10u);
        cr_expect_eq(host_device_poll(device), HOST_DEVICE_RUNNING);
        host_device_stop(device);
        host_device_get_info(device, &info);
        const uint32_t count = atomic_load(&heard.block_count);
        cr_expect_geq(count, 10u);
        host_nap_ms(20u);
        cr_expect_eq(atomic_load(&heard.block_count), count, "blocks come after stop");
        cr_expect_str_eq(info.input_name, "rsdtest_left", "the input comes from %s", info.input_name);
        cr_expect_eq(info.worst_cpu_ns, 0u);
        cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
    }
}

Test(device, without_a_sound_device_automatic_takes_the_null_device_and_says_why)
{
    device_table table = {0};
    remove(host_path(".asoundrc"));
    if (host_device_list(note_entry, &table, false, NULL) > 0u) cr_skip_test("this machine has sound devices");
    listener heard = {0};
    host_device_info info;
    host_device *device = open_device(&(host_device_config){0}, &heard);
    host_device_get_info(device, &info);
    cr_expect_eq(info.backend, HOST_BACKEND_NULL);
    cr_expect_str_eq(info.fallback, "no sound device found");
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
    static const char *const words[] = {"no sound device", "--backend null"};
    const host_device_config config = {.backend = HOST_BACKEND_PORTAUDIO};
    expect_not_found(&config, words, 2u);
}

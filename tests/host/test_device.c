// SPDX-License-Identifier: MIT
// Which device a name means.
#include "host/device/device.h"
#include "host_support.h"

#include <stdatomic.h>
#include <sys/stat.h>

/* PortAudio without sound hardware: ALSA's null plugin, under names that a file gives it. */

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

TestSuite(device, .init = make_home, .fini = host_remove_folder, .timeout = 600);

static atomic_uint block_count;

static void listen(void *context, const float *const *in, float *const *out, uint32_t sample_count, uint64_t block_ns)
{
    (void)context;
    (void)block_ns;
    memcpy(out[0], in[0], sample_count * sizeof(float));
    atomic_fetch_add(&block_count, 1u);
}

static host_device *open_device(const host_device_config *config)
{
    host_device *device = NULL;
    rsd_error error = {0};
    cr_assert_eq(host_device_open(config, listen, NULL, &device, &error), RSD_OK, "%s", error.text);
    return device;
}

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
    host_device_info info;
    const host_device_config config = of_portaudio(wanted);
    host_device *device = open_device(&config);
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
    host_device *device = NULL;
    rsd_error error = {0};
    cr_expect_eq(host_device_open(config, listen, NULL, &device, &error), RSD_ERR_NOT_FOUND);
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
    host_device *device = NULL;
    rsd_error error = {0};
    expect_not_found(&config, words, 3u);
    cr_expect_eq(host_device_open(&config, listen, NULL, &device, &error), RSD_ERR_NOT_FOUND);
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
        host_device_config config = {.backend = HOST_BACKEND_PORTAUDIO, .output_device = "rsdtest_left"};
        host_device *device = open_device(&config);
        host_device_info info;
        atomic_store(&block_count, 0u);
        cr_assert_eq(host_device_start(device, NULL), RSD_OK);
        for (int waited = 0; atomic_load(&block_count) < 10u && waited < 200; waited++) host_nap_ms(10u);
        cr_expect_eq(host_device_poll(device), HOST_DEVICE_RUNNING);
        host_device_stop(device);
        host_device_get_info(device, &info);
        const uint32_t count = atomic_load(&block_count);
        cr_expect_geq(count, 10u);
        host_nap_ms(20u);
        cr_expect_eq(atomic_load(&block_count), count, "blocks come after stop");
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
    host_device_info info;
    host_device *device = open_device(&(host_device_config){0});
    host_device_get_info(device, &info);
    cr_expect_eq(info.backend, HOST_BACKEND_NULL);
    cr_expect_str_eq(info.fallback, "no sound device found");
    cr_expect_eq(host_device_close(device), HOST_CLOSE_CLEAN);
    static const char *const words[] = {"no sound device", "--backend null"};
    const host_device_config config = {.backend = HOST_BACKEND_PORTAUDIO};
    expect_not_found(&config, words, 2u);
}

/* Without libjack built in, the answer is the same: there is none. */
Test(device, without_a_jack_server_its_backend_is_refused_and_two_channels_are_the_most)
{
    static const char *const words[] = {"JACK"};
    host_device_config config = {.backend = HOST_BACKEND_JACK};
    expect_not_found(&config, words, 1u);
    host_device *device = NULL;
    rsd_error error = {0};
    config = (host_device_config){.channel_count = 3u};
    cr_expect_eq(host_device_open(&config, listen, NULL, &device, &error), RSD_ERR_ARG);
    cr_expect_not_null(strstr(error.text, "3 channels"), "'%s'", error.text);
    config.channel_count = 9u;
    cr_expect_eq(host_device_open(&config, listen, NULL, &device, &error), RSD_ERR_ARG);
    cr_expect_not_null(strstr(error.text, "1 to 8"), "'%s'", error.text);
}

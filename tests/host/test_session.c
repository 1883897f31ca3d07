// SPDX-License-Identifier: MIT
// Device, engine, input and recorder together, by the null device.
#include "host/session/session.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void nap_ms(long ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL); }

static host_session *open_session(host_session_config config)
{
    rsd_error error;
    host_session *session;
    config.device.backend = HOST_BACKEND_NULL;
    config.schedule = RSD_SCHEDULE_INLINE; /* a slow build would be scheduled threaded, a hop later */
    cr_assert_eq(host_session_create(&config, &session, &error), RSD_OK, "%s", error.text);
    return session;
}

Test(session, the_null_device_is_paced_by_the_clock_and_measures_its_callback, .timeout = 600)
{
    rsd_error error;
    host_session *session = open_session((host_session_config){.device.block_samples = 64});
    cr_assert_eq(host_session_start(session, &error), RSD_OK, "%s", error.text);
    for (int i = 0; i < 100; i++) {
        nap_ms(10);
        cr_assert_eq(host_session_poll(session), HOST_DEVICE_RUNNING);
    }
    host_session_status status;
    host_session_get_status(session, &status);
    cr_assert(status.sample_time > 43000u && status.sample_time < 70000u, "%llu samples in a second",
              (unsigned long long)status.sample_time);
    cr_assert_eq(status.device.block_samples, 64u);
    cr_assert_eq(status.latency.total_samples, 256u);
    cr_assert_gt(status.device.worst_cpu_ns, 0u);
    cr_assert_gt(status.load_mean, 0.0);
    cr_assert_eq(status.input, HOST_INPUT_SILENCE);
    cr_assert_eq(host_session_destroy(session, &error), HOST_CLOSE_CLEAN);
}

Test(session, a_file_is_played_through_the_engine_into_a_whole_recording, .timeout = 600)
{
    char path[] = "/tmp/rsd_session_XXXXXX.wav";
    rsd_error error;
    host_sound in, out;
    close(mkstemps(path, 4));
    host_session *session = open_session((host_session_config){.device.block_samples = 64, .input_file = DEMO_FILE});
    cr_assert_eq(rsd_engine_set(host_session_engine(session), RSD_PARAM_MONITOR, 0, RSD_MONITOR_DRY), RSD_OK);
    cr_assert_eq(host_session_record(session, path, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_session_start(session, &error), RSD_OK);
    nap_ms(500);
    cr_assert_eq(host_session_destroy(session, &error), HOST_CLOSE_CLEAN);
    cr_assert_eq(host_sound_load(path, 0, &out, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_sound_load(DEMO_FILE, 0, &in, &error), RSD_OK);
    cr_assert_gt(out.sample_count, 15000u);
    /* The first 20 ms are the way from wet to dry. */
    for (uint64_t i = 1500; i < out.sample_count; i++)
        cr_assert_eq(out.channel[0][i], in.channel[0][i - 256u], "sample %llu", (unsigned long long)i);
    host_sound_destroy(&in);
    host_sound_destroy(&out);
    unlink(path);
}

Test(session, devices_that_are_not_there_are_named)
{
    rsd_error error;
    host_session *session;
    const host_session_config config = {
        .device = {.backend = HOST_BACKEND_PORTAUDIO, .output_device = "no such device at all"}};
    cr_assert_neq(host_session_create(&config, &session, &error), RSD_OK);
    cr_assert(error.text[0] != '\0' && strchr(error.text, '\n') == NULL, "%s", error.text);
}

Test(session, wrong_configurations_are_refused)
{
    rsd_error error;
    host_session *session;
    host_session_config config = {.device = {.backend = HOST_BACKEND_NULL, .channel_count = 9}};
    cr_assert_eq(host_session_create(&config, &session, &error), RSD_ERR_ARG);
    config.device.channel_count = 1;
    config.codec = "no-such-codec";
    cr_assert_eq(host_session_create(&config, &session, &error), RSD_ERR_NOT_FOUND);
    cr_assert(strstr(error.text, "no-such-codec"));
    config.codec = NULL;
    config.input_file = "/nonexistent/in.wav";
    cr_assert_eq(host_session_create(&config, &session, &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "/nonexistent/in.wav"));
}

// SPDX-License-Identifier: MIT
// The device that is a timer.
#include "host/session/clock.h"
#include "host/device/device.h"
#include "host_support.h"

#include <stdatomic.h>

/* The device without sound hardware that a timer paces. */

TestSuite(null_device, .timeout = 600);

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
    } wrong[] = {{{.backend = HOST_BACKEND_NULL, .channel_count = 9u}, "9 channels"},
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
    cr_expect_eq(host_backend_parse("JACK", &backend), RSD_OK);
    cr_expect_str_eq(host_backend_name(backend), "jack");
    cr_expect_eq(host_backend_parse("alsa", &backend), RSD_ERR_ARG);
}

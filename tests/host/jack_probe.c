// SPDX-License-Identifier: MIT
// jack_probe PART SERVER_PID BACKEND: host_device under the JACK server of JACK_DEFAULT_SERVER, which it may kill or
// halt; BACKEND is jack, or portaudio for the JACK in it.
#include "host/session/clock.h"
#include "host/device/device.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static atomic_uint block_count, odd_count;
static pid_t server;
static host_backend backend;
static int failures;

static void expect(bool holds, const char *sentence)
{
    printf("  %s %s\n", holds ? "holds:" : "FAILS:", sentence);
    failures += !holds;
}

static void nap_ms(uint32_t ms)
{
    const struct timespec t = {ms / 1000u, (long)(ms % 1000u) * 1000000L};
    nanosleep(&t, NULL);
}

static double seconds_since(uint64_t from_ns) { return (double)(host_clock_now_ns() - from_ns) * 1e-9; }

static void listen(void *context, const float *const *in, float *const *out, uint32_t sample_count, uint64_t block_ns)
{
    (void)context;
    (void)block_ns;
    for (uint32_t c = 0; c < 2u; c++) memcpy(out[c], in[c], sample_count * sizeof(float));
    if (sample_count != 64u) atomic_fetch_add(&odd_count, 1u);
    atomic_fetch_add(&block_count, 1u);
}

static host_device *open_jack(rsd_error *error)
{
    host_device *device = NULL;
    const host_device_config config = {
        .backend = backend, .host_api = "jack", .client_name = "rsd_probe", .channel_count = 2u};
    if (host_device_open(&config, listen, NULL, &device, error) != RSD_OK) printf("  open: %s\n", error->text);
    return device;
}

static host_device *play(void)
{
    rsd_error error = {0};
    host_device *device = open_jack(&error);
    if (!device || host_device_start(device, &error) != RSD_OK) {
        printf("FAILS: the device opens and starts: %s\n", error.text);
        exit(1);
    }
    nap_ms(500u);
    return device;
}

/* Polls until LOST, at most `most_s`. */
static bool is_lost_within(host_device *device, double most_s)
{
    const uint64_t from_ns = host_clock_now_ns();
    while (seconds_since(from_ns) < most_s) {
        if (host_device_poll(device) == HOST_DEVICE_LOST) return true;
        nap_ms(10u);
    }
    return false;
}

static void plays(void)
{
    for (int round = 0; round < 2; round++) {
        host_device *device = play();
        host_device_info info;
        host_device_get_info(device, &info);
        expect(info.sample_rate_hz == 48000u && info.block_samples == 64u, "rate and block are the server's");
        expect(info.input_channel_count == 2u && info.output_channel_count == 2u, "it is full duplex in stereo");
        expect(info.callback_count > 100u, "blocks come");
        expect(atomic_load(&odd_count) == 0u, "all blocks have the server's size");
        expect(info.backend == backend, "by the backend that was asked for");
        expect(info.output_latency_samples > 0u, "the server's latency is told");
        host_device_stop(device);
        const uint32_t count = atomic_load(&block_count);
        nap_ms(50u);
        expect(atomic_load(&block_count) == count, "no block comes after stop");
        expect(host_device_close(device) == HOST_CLOSE_CLEAN, "it closes cleanly");
    }
}

/* `hangs`: the server still lives, but does not answer. PortAudio cannot be closed when it has died, either. */
static void expect_given_up(host_device *device, bool hangs)
{
    const bool is_leaked = hangs || backend == HOST_BACKEND_PORTAUDIO;
    rsd_error error = {0};
    const uint64_t from_ns = host_clock_now_ns();
    const rsd_status expected = is_leaked ? RSD_ERR_UNSUPPORTED : RSD_ERR_NOT_FOUND;
    expect(host_device_reopen(device, &error) == expected, is_leaked ? "reopening is refused" : "no server is there");
    expect(strstr(error.text, "JACK") && strstr(error.text, "start"), "and says what to do");
    if (!is_leaked) expect(host_device_reopen(device, &error) == expected, "as often as it is asked");
    expect(host_device_poll(device) == HOST_DEVICE_LOST, "the device stays lost");
    printf("    %s\n", error.text);
    const uint32_t count = atomic_load(&block_count);
    expect(host_device_close(device) == (is_leaked ? HOST_CLOSE_LEAKED : HOST_CLOSE_CLEAN),
           is_leaked ? "close leaves the library as it is" : "it closes cleanly");
    if (is_leaked && backend == HOST_BACKEND_PORTAUDIO)
        expect(!open_jack(&error) && error.status == RSD_ERR_UNSUPPORTED, "no device opens after that");
    if (!is_leaked) expect(!open_jack(&error) && error.status == RSD_ERR_NOT_FOUND, "no device opens after that");
    expect(seconds_since(from_ns) < 1.0, "none of it hangs");
    nap_ms(20u);
    expect(atomic_load(&block_count) == count, "the callback does not run again");
}

static void dies(int number)
{
    host_device *device = play();
    kill(server, number);
    expect(is_lost_within(device, 3.0), "a server that ended is noticed within 3 s");
    expect_given_up(device, false);
}

static void hangs(void)
{
    host_device *device = play();
    kill(server, SIGSTOP);
    expect(is_lost_within(device, 8.0), "a server that hangs is noticed within 8 s");
    expect_given_up(device, true);
    kill(server, SIGCONT);
}

/* Nobody polled: the first that is known of it is that stop would hang. */
static void stops_late(int number)
{
    host_device *device = play();
    kill(server, number);
    if (number != SIGSTOP) nap_ms(200u);
    const uint64_t from_ns = host_clock_now_ns();
    host_device_stop(device);
    expect(seconds_since(from_ns) < 4.0, "stop comes back within 4 s");
    expect(host_device_poll(device) == HOST_DEVICE_LOST, "the device is then lost");
    expect_given_up(device, number == SIGSTOP);
    if (number == SIGSTOP) kill(server, SIGCONT);
}

static void dies_before_start(int number)
{
    rsd_error error = {0};
    host_device *device = open_jack(&error);
    if (!device) exit(1);
    kill(server, number);
    nap_ms(200u);
    uint64_t from_ns = host_clock_now_ns();
    const rsd_status status = host_device_start(device, &error);
    printf("    start after %.1f s: %s\n", seconds_since(from_ns), status == RSD_OK ? "ok" : error.text);
    expect(seconds_since(from_ns) < 12.0, "start comes back");
    expect(status != RSD_OK || is_lost_within(device, 8.0), "with an error, or the device is soon lost");
    from_ns = host_clock_now_ns();
    expect(host_device_close(device) == HOST_CLOSE_LEAKED || number != SIGSTOP, "close leaves the library as it is");
    expect(seconds_since(from_ns) < 4.0, "close comes back within 4 s");
    if (number == SIGSTOP) kill(server, SIGCONT);
}

static void hangs_before_open(void)
{
    rsd_error error = {0};
    struct stat before, after;
    fstat(STDERR_FILENO, &before);
    kill(server, SIGSTOP);
    const uint64_t from_ns = host_clock_now_ns();
    expect(!open_jack(&error) && error.status == RSD_ERR_UNSUPPORTED, "a server that hangs gives no device");
    expect(seconds_since(from_ns) < 25.0, "and that is known after some seconds");
    expect(strstr(error.text, "hangs"), "and said");
    fstat(STDERR_FILENO, &after);
    expect(before.st_ino == after.st_ino && before.st_dev == after.st_dev, "stderr is what it was");
    kill(server, SIGCONT);
}

static void count_entry(void *context, const host_device_entry *entry)
{
    (void)entry;
    ++*(uint32_t *)context;
}

static void hangs_before_list(void)
{
    rsd_error error = {0};
    struct stat before, after;
    uint32_t seen = 0u;
    expect(host_device_list(count_entry, &seen, false, &error) == seen && seen > 0u && error.status == RSD_OK,
           "a server that runs lists its client");
    fstat(STDERR_FILENO, &before);
    kill(server, SIGSTOP);
    const uint64_t from_ns = host_clock_now_ns();
    seen = 0u;
    expect(host_device_list(count_entry, &seen, false, &error) == 0u && seen == 0u, "one that hangs lists nothing");
    expect(error.status == RSD_ERR_UNSUPPORTED && strstr(error.text, "hangs"), "and that is said");
    expect(seconds_since(from_ns) < 25.0, "after some seconds");
    fstat(STDERR_FILENO, &after);
    expect(before.st_ino == after.st_ino && before.st_dev == after.st_dev, "stderr is what it was");
    kill(server, SIGCONT);
}

int main(int argc, char **argv)
{
    if (argc != 4 || host_backend_parse(argv[3], &backend) != RSD_OK) return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    server = (pid_t)atoi(argv[2]);
    const char *part = argv[1];
    if (strcmp(part, "plays") == 0)
        plays();
    else if (strcmp(part, "term") == 0)
        dies(SIGTERM);
    else if (strcmp(part, "kill") == 0)
        dies(SIGKILL);
    else if (strcmp(part, "hang") == 0)
        hangs();
    else if (strcmp(part, "open-hanging") == 0)
        hangs_before_open();
    else if (strcmp(part, "list-hanging") == 0)
        hangs_before_list();
    else if (strcmp(part, "stop-killed") == 0)
        stops_late(SIGKILL);
    else if (strcmp(part, "stop-hanging") == 0)
        stops_late(SIGSTOP);
    else if (strcmp(part, "start-killed") == 0)
        dies_before_start(SIGKILL);
    else if (strcmp(part, "start-hanging") == 0)
        dies_before_start(SIGSTOP);
    else
        return 2;
    _exit(failures > 0); /* PortAudio's own clean-up hangs once the server is gone */
}

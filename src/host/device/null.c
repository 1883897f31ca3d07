// SPDX-License-Identifier: MIT
// The null device: a thread that a timer paces, silence in, output thrown away. Says how much CPU time a callback
// takes.
#include "host/session/clock.h"
#include "base/error.h"
#include "base/sleep.h"
#include "host/device/internal.h"

#include <sched.h>
#include <string.h>
#include <time.h>

/* So many late blocks are caught up back to back; time beyond that is skipped, as a device would have dropped it. */
#define MAX_CATCH_UP_BLOCKS 8u
#define PRIORITY_ABOVE_MIN 9 /* where a JACK server's clients are, about */

static rsd_status open_device(host_device *device, rsd_error *error)
{
    (void)error;
    const host_device_config *config = &device->config;
    host_device_info *info = &device->info;
    info->backend = HOST_BACKEND_NULL;
    info->sample_rate_hz = config->sample_rate_hz ? config->sample_rate_hz : HOST_DEVICE_NULL_RATE_HZ;
    info->block_samples = config->block_samples ? config->block_samples : HOST_DEVICE_NULL_BLOCK;
    info->expected_block_samples = info->block_samples;
    info->channel_count = info->output_channel_count = config->channel_count;
    snprintf(info->output_name, sizeof info->output_name, "null");
    snprintf(info->host_api, sizeof info->host_api, "timer");
    return RSD_OK;
}

static uint64_t thread_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * BASE_NS_PER_S + (uint64_t)t.tv_nsec;
}

static void raise_worst(host_device *device, uint64_t cpu_ns, uint64_t period_ns)
{
    if (cpu_ns <= atomic_load_explicit(&device->worst_cpu_ns, memory_order_relaxed)) return;
    const float share = (float)cpu_ns / (float)period_ns;
    uint32_t bits;
    memcpy(&bits, &share, sizeof bits);
    atomic_store_explicit(&device->worst_cpu_ns, cpu_ns, memory_order_relaxed); /* read by host_device_get_info */
    atomic_store_explicit(&device->worst_cpu_share_bits, bits, memory_order_relaxed);
}

static void count_xrun(host_device *device)
{
    const uint64_t count = atomic_load_explicit(&device->xrun_count, memory_order_relaxed);
    atomic_store_explicit(&device->xrun_count, count + 1u, memory_order_relaxed);
}

/*
 * Time of block `index` of this run from its first sample: never a sum of rounded periods, so the pace does not drift.
 * A run starts anew (returns false) when more than MAX_CATCH_UP_BLOCKS are behind.
 */
static bool wait_for_block(host_device *device, uint64_t start_ns, uint64_t index, uint64_t period_ns)
{
    /* Whole seconds apart from the rest: as one product it would run over after four days. */
    const uint64_t samples = index * device->info.block_samples, rate = device->info.sample_rate_hz;
    const uint64_t due_ns = start_ns + samples / rate * BASE_NS_PER_S + samples % rate * BASE_NS_PER_S / rate;
    const uint64_t now_ns = host_clock_now_ns();
    if (now_ns < due_ns) {
        base_sleep_until(due_ns);
        if (host_clock_now_ns() > due_ns + period_ns) count_xrun(device);
        return true;
    }
    if (now_ns > due_ns + period_ns) count_xrun(device);
    return now_ns <= due_ns + MAX_CATCH_UP_BLOCKS * period_ns;
}

static void play_block(host_device *device, uint64_t period_ns)
{
    float *out[HOST_DEVICE_MAX_CHANNELS];
    for (uint32_t c = 0; c < HOST_DEVICE_MAX_CHANNELS; c++) out[c] = device->spare[c];
    const uint64_t cpu_before = thread_cpu_ns();
    (void)host_device_run(device, NULL, out, device->info.block_samples, host_clock_now_ns());
    raise_worst(device, thread_cpu_ns() - cpu_before, period_ns);
}

static void *pace(void *context)
{
    host_device *device = context;
    const uint64_t period_ns = device->info.block_samples * BASE_NS_PER_S / device->info.sample_rate_hz;
    uint64_t start_ns = host_clock_now_ns();
    uint64_t index = 0;
    /* acquire: pairs with stop */
    while (!atomic_load_explicit(&device->thread_stop, memory_order_acquire)) {
        if (!wait_for_block(device, start_ns, index, period_ns)) {
            start_ns = host_clock_now_ns();
            index = 0;
        }
        play_block(device, period_ns);
        index++;
    }
    return NULL;
}

/* Real-time where the system grants it, as the thread of a real device is. */
static int start_thread(host_device *device)
{
    const struct sched_param priority = {.sched_priority = sched_get_priority_min(SCHED_FIFO) + PRIORITY_ABOVE_MIN};
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error) return error;
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes, &priority);
    error = pthread_create(&device->thread, &attributes, pace, device);
    pthread_attr_destroy(&attributes);
    return error ? pthread_create(&device->thread, NULL, pace, device) : 0;
}

static rsd_status start(host_device *device, rsd_error *error)
{
    atomic_store(&device->thread_stop, false);
    if (start_thread(device) != 0)
        return base_error_set(error, RSD_ERR_THREAD, "the system gave no thread for the null device");
    return RSD_OK;
}

static bool stop(host_device *device)
{
    atomic_store_explicit(&device->thread_stop, true, memory_order_release); /* read by pace */
    pthread_join(device->thread, NULL);
    return true;
}

static bool close_device(host_device *device)
{
    (void)device;
    return true;
}

/* Never lost: a thread of our own. */
const host_device_calls host_null_calls = {.open = open_device, .start = start, .stop = stop, .close = close_device};

// SPDX-License-Identifier: MIT
// What every block of a device goes through, and the figures about it.
#include "host/session/clock.h"
#include "host/device/internal.h"

#include <string.h>

/* The audio thread alone adds to these counters: a load and a store are enough. The control thread reads them. */
static void add(_Atomic uint64_t *counter, uint64_t amount)
{
    const uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + amount, memory_order_relaxed);
}

/* Raises the maximum kept as float bits. host_device_read_load may take it back to 0 meanwhile: hence compare and
 * exchange. */
static void raise_bits(_Atomic uint32_t *place, float value)
{
    uint32_t bits, seen = atomic_load_explicit(place, memory_order_relaxed);
    memcpy(&bits, &value, sizeof bits);
    for (int attempt = 0; attempt < 4 && bits > seen; attempt++)
        if (atomic_compare_exchange_weak_explicit(place, &seen, bits, memory_order_relaxed, memory_order_relaxed))
            return;
}

/* Inputs that the device lacks: silence, or the one channel that there is. */
static void point_inputs(host_device *device, const float *const *in, uint32_t start, const float **sub_block)
{
    const uint32_t have = in ? device->info.input_channel_count : 0u;
    for (uint32_t c = 0; c < device->info.channel_count; c++)
        sub_block[c] = have == 0u ? device->silence : in[c < have ? c : have - 1u] + start;
    for (uint32_t c = 0; c < device->info.sidechain_channel_count; c++)
        sub_block[device->info.channel_count + c] = device->side[c] + start;
    const float **cv = sub_block + device->info.channel_count + device->info.sidechain_channel_count;
    for (uint32_t i = 0; i < device->info.cv_count; i++) cv[i] = device->cv[i] + start;
}

static void point_outputs(host_device *device, float *const *out, uint32_t start, float **sub_block)
{
    for (uint32_t c = 0; c < device->info.channel_count; c++)
        sub_block[c] = c < device->info.output_channel_count ? out[c] + start : device->spare[c];
}

/* Mono plays on every output channel; stereo on a mono device as the mean of both. */
static void spread(host_device *device, float *const *out, uint32_t start, uint32_t count)
{
    const uint32_t channels = device->info.channel_count;
    const uint32_t outputs = device->info.output_channel_count;
    for (uint32_t c = channels; c < outputs; c++)
        memcpy(out[c] + start, out[c - channels] + start, count * sizeof **out);
    if (channels == 2u && outputs == 1u)
        for (uint32_t i = 0; i < count; i++) out[0][start + i] = 0.5f * (out[0][start + i] + device->spare[1][i]);
}

static void run_sub_blocks(host_device *device, const float *const *in, float *const *out, uint32_t sample_count,
                           uint64_t block_ns)
{
    for (uint32_t start = 0; start < sample_count;) {
        const uint32_t left = sample_count - start;
        const uint32_t count = left < HOST_DEVICE_MAX_BLOCK ? left : HOST_DEVICE_MAX_BLOCK;
        const float *sub_block_in[2u * HOST_DEVICE_MAX_CHANNELS + HOST_DEVICE_MAX_CV];
        float *sub_block_out[HOST_DEVICE_MAX_CHANNELS];
        point_inputs(device, in, start, sub_block_in);
        point_outputs(device, out, start, sub_block_out);
        const uint64_t offset_ns = start * BASE_NS_PER_S / device->info.sample_rate_hz;
        device->callback(device->context, sub_block_in, sub_block_out, count, block_ns + offset_ns);
        spread(device, out, start, count);
        start += count;
    }
}

static void keep_figures(host_device *device, uint32_t sample_count, uint64_t block_ns)
{
    const uint64_t end_ns = host_clock_now_ns(), busy_ns = end_ns - block_ns;
    const uint64_t deadline_ns = sample_count * BASE_NS_PER_S / device->info.sample_rate_hz;
    /* In freewheel there is no deadline, and the codec may be waited for: that is no load. Stored by on_freewheel. */
    const bool has_deadline = deadline_ns && !atomic_load_explicit(&device->freewheels, memory_order_relaxed);
    if (has_deadline) add(&device->busy_ns, busy_ns);
    if (has_deadline) add(&device->deadline_ns, deadline_ns);
    add(&device->callback_count, 1u);
    add(&device->sample_count, sample_count);
    if (has_deadline) raise_bits(&device->worst_load_bits, (float)busy_ns / (float)deadline_ns);
    atomic_store_explicit(&device->block_samples, sample_count, memory_order_relaxed);
    if (device->config.finished) device->config.finished(device->context, sample_count, block_ns, end_ns);
}

bool host_device_run(host_device *device, const float *const *in, float *const *out, uint32_t sample_count,
                     uint64_t block_ns)
{
    atomic_store(&device->inside, true); /* cut_off of device.c waits for it */
    const bool cut_off = atomic_load(&device->cut_off);
    if (cut_off) {
        for (uint32_t c = 0; c < device->info.output_channel_count; c++) memset(out[c], 0, sample_count * sizeof **out);
    } else {
        if (device->calls->take_midi) device->calls->take_midi(device, sample_count);
        run_sub_blocks(device, in, out, sample_count, block_ns);
        keep_figures(device, sample_count, block_ns);
    }
    atomic_store(&device->inside, false);
    return !cut_off;
}

void host_device_read_load(host_device *device, double *mean, double *worst)
{
    const uint64_t busy = atomic_load_explicit(&device->busy_ns, memory_order_relaxed);
    const uint64_t deadline = atomic_load_explicit(&device->deadline_ns, memory_order_relaxed);
    const uint32_t bits = atomic_exchange_explicit(&device->worst_load_bits, 0u, memory_order_relaxed);
    float highest;
    memcpy(&highest, &bits, sizeof highest);
    const uint64_t time_ns = deadline - device->read_deadline_ns;
    *mean = time_ns ? (double)(busy - device->read_busy_ns) / (double)time_ns : 0.0;
    *worst = highest;
    device->read_busy_ns = busy;
    device->read_deadline_ns = deadline;
}

bool host_device_is_faster(const host_device *device, bool guess)
{
    /* Stored by JACK's notification thread, which the server waits for before it begins and after it ends. */
    return device->native ? atomic_load_explicit(&device->freewheels, memory_order_relaxed) : guess;
}

uint64_t host_device_xruns(const host_device *device)
{
    return atomic_load_explicit(&device->xrun_count, memory_order_relaxed);
}

host_transport host_device_transport(const host_device *device)
{
    const uint64_t bits = atomic_load_explicit(&device->transport_bits, memory_order_relaxed);
    const uint32_t bpm_bits = atomic_load_explicit(&device->transport_bpm_bits, memory_order_relaxed);
    host_transport transport = {.state = (host_transport_state)(bits >> 32), .frame = (uint32_t)bits};
    memcpy(&transport.bpm, &bpm_bits, sizeof transport.bpm);
    transport.freewheels = atomic_load_explicit(&device->freewheels, memory_order_relaxed);
    return transport;
}

void host_device_get_info(const host_device *device, host_device_info *info)
{
    *info = device->info;
    const uint32_t block = atomic_load_explicit(&device->block_samples, memory_order_relaxed);
    if (block) info->block_samples = block;
    info->callback_count = atomic_load_explicit(&device->callback_count, memory_order_relaxed);
    info->sample_count = atomic_load_explicit(&device->sample_count, memory_order_relaxed);
    info->xrun_count = atomic_load_explicit(&device->xrun_count, memory_order_relaxed);
    info->worst_cpu_ns = atomic_load_explicit(&device->worst_cpu_ns, memory_order_relaxed);
    const uint32_t bits = atomic_load_explicit(&device->worst_cpu_share_bits, memory_order_relaxed);
    float share;
    memcpy(&share, &bits, sizeof share);
    info->worst_cpu_share = share;
    info->transport = host_device_transport(device);
    if (!device->native) return;
    info->input_latency_samples = atomic_load_explicit(&device->port_latency[0], memory_order_relaxed);
    info->output_latency_samples = atomic_load_explicit(&device->port_latency[1], memory_order_relaxed);
}

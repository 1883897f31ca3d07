// SPDX-License-Identifier: MIT
// What JACK calls: blocks on its audio thread, the rest on its notification thread. Nothing but the last function,
// which sets them up, allocates, locks, logs or makes a system call.
#include "host/session/clock.h"
#include "host/device/jack.h"

#include "base/realtime.h"

#include <string.h>

/* ---- the audio thread ---- */

static host_transport_state state_of(jack_transport_state_t state)
{
    if (state == JackTransportStopped) return HOST_TRANSPORT_STOPPED;
    return state == JackTransportRolling || state == JackTransportLooping ? HOST_TRANSPORT_ROLLING
                                                                          : HOST_TRANSPORT_STARTING;
}

static RSD_REALTIME void note_transport(host_device *device)
{
    jack_position_t position;
    REALTIME_TRUST_BEGIN; /* JACK has this call for its audio thread */
    const jack_transport_state_t state = jack_transport_query(device->native->client, &position);
    REALTIME_TRUST_END;
    const float bpm = position.valid & JackPositionBBT ? (float)position.beats_per_minute : 0.0f;
    uint32_t bpm_bits;
    memcpy(&bpm_bits, &bpm, sizeof bpm_bits);
    /* Both read by control in host_device_get_info; a tempo of the block before does no harm. */
    atomic_store_explicit(&device->transport_bits, (uint64_t)state_of(state) << 32 | position.frame,
                          memory_order_relaxed);
    atomic_store_explicit(&device->transport_bpm_bits, bpm_bits, memory_order_relaxed);
}

/* Thread: [audio] */
static RSD_REALTIME int on_block(jack_nframes_t sample_count, void *context)
{
    host_device *device = context;
    const uint64_t block_ns = host_clock_now_ns();
    const uint32_t inputs = device->info.input_channel_count;
    const float *in[HOST_DEVICE_MAX_CHANNELS];
    const float *side[HOST_DEVICE_MAX_CHANNELS];
    const float *cv[HOST_DEVICE_MAX_CV];
    float *out[HOST_DEVICE_MAX_CHANNELS];
    REALTIME_TRUST_BEGIN; /* JACK has this call for its audio thread */
    for (uint32_t c = 0; c < inputs; c++) in[c] = jack_port_get_buffer(device->native->in[c], sample_count);
    for (uint32_t c = 0; c < device->info.sidechain_channel_count; c++)
        side[c] = jack_port_get_buffer(device->native->side[c], sample_count);
    for (uint32_t i = 0; i < device->info.cv_count; i++)
        cv[i] = jack_port_get_buffer(device->native->cv[i], sample_count);
    for (uint32_t c = 0; c < device->info.output_channel_count; c++)
        out[c] = jack_port_get_buffer(device->native->out[c], sample_count);
    REALTIME_TRUST_END;
    note_transport(device);
    device->side = side;
    device->cv = cv;
    (void)host_device_run(device, inputs > 0u ? in : NULL, out, sample_count, block_ns);
    return 0;
}

/* ---- the notification thread ---- */

static int on_xrun(void *context)
{
    host_device *device = context;
    atomic_fetch_add_explicit(&device->xrun_count, 1u, memory_order_relaxed); /* read by host_device_get_info */
    return 0;
}

/* The server waits for this before it leaves real time, and again before it goes back. */
static void on_freewheel(int starting, void *context)
{
    host_device *device = context;
    atomic_store(&device->freewheels, starting != 0); /* read by audio in host_device_is_faster */
}

static void on_shutdown(void *context)
{
    host_device *device = context;
    atomic_store(&device->native->gone, true); /* read by control in is_active */
}

/*
 * Sound that leaves out_N entered at in_N earlier by what the callback adds; sound that enters in_N leaves by out_N as
 * much later. The server has brought the ports' own ranges up to date from what they are connected to. Ports without
 * the other side (a file is played) begin anew.
 */
static void on_latency(jack_latency_callback_mode_t mode, void *context)
{
    host_device *device = context;
    const host_jack *jack = device->native;
    const bool is_capture = mode == JackCaptureLatency;
    jack_port_t *const *from = is_capture ? jack->in : jack->out, *const *to = is_capture ? jack->out : jack->in;
    const uint32_t added = atomic_load(&device->latency_samples); /* stored by control in host_device_set_latency */
    uint32_t worst = 0u;
    for (uint32_t c = 0; c < device->info.channel_count; c++) {
        jack_latency_range_t range = {0u, 0u};
        if (from[c]) {
            jack_port_get_latency_range(from[c], mode, &range);
            if (range.max > worst) worst = range.max;
            range.min += added;
            range.max += added;
        }
        if (to[c]) jack_port_set_latency_range(to[c], mode, &range);
    }
    /* Read by control in host_device_get_info. */
    atomic_store_explicit(&device->port_latency[is_capture ? 0 : 1], worst, memory_order_relaxed);
}

bool host_jack_set_callbacks(host_device *device)
{
    jack_client_t *client = device->native->client;
    jack_on_shutdown(client, on_shutdown, device);
    return jack_set_process_callback(client, on_block, device) == 0 &&
           jack_set_xrun_callback(client, on_xrun, device) == 0 &&
           jack_set_freewheel_callback(client, on_freewheel, device) == 0 &&
           jack_set_latency_callback(client, on_latency, device) == 0;
}

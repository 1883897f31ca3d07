// SPDX-License-Identifier: MIT
#ifndef HOST_DEVICE_INTERNAL_H
#define HOST_DEVICE_INTERNAL_H

#include "host_device.h"

#include <portaudio.h>
#include <pthread.h>
#include <stdatomic.h>

/* Shared by the common part and the two backends of host_device. */

#define HOST_NS_PER_S 1000000000ull
#define HOST_DEVICE_MAX_HOST_CHANNELS 2u

struct host_device {
    host_device_config config; /* its strings point into `names` */
    char names[4][128];
    host_device_callback callback;
    void *context;
    host_device_info info; /* the part that does not change while it plays */
    host_device_state state;

    /* Written by the audio thread, read by the control thread; relaxed: each is a figure of its own. */
    _Atomic uint64_t callback_count, sample_count, xrun_count, busy_ns, deadline_ns, worst_cpu_ns;
    _Atomic uint32_t worst_load_bits, worst_cpu_share_bits; /* a float's bits: non-negative floats order as integers */
    _Atomic uint32_t block_samples;
    /* Control thread sets cut_off, then waits for inside to be 0; both sequentially consistent, as each side looks at
     * both. */
    _Atomic bool cut_off;
    _Atomic bool inside;

    uint64_t read_busy_ns, read_deadline_ns; /* load as of the last host_device_read_load */
    uint64_t seen_callback_count, seen_ns;   /* when blocks last came, for the watchdog */

    PaStream *stream;
    bool initialised; /* Pa_Initialize of ours is open */
    bool jack;
    bool deserted; /* a call into PortAudio did not come back: its thread may still look at the device */

    pthread_t thread;
    _Atomic bool thread_stop; /* control stores, null device's thread loads */

    float silence[HOST_DEVICE_MAX_BLOCK];
    float spare[HOST_DEVICE_MAX_CHANNELS][HOST_DEVICE_MAX_BLOCK]; /* outputs that the device does not have */
};

/*
 * One block of the host's, any length: calls the callback in pieces, spreads mono, keeps the figures. `in` and `out`
 * have the device's channel counts (in: NULL for none). Returns false, with silence in `out`, once the device was cut
 * off. Thread: [audio]
 */
RSD_REALTIME bool host_device_run(host_device *device, const float *const *in, float *const *out, uint32_t sample_count,
                                  uint64_t block_ns);
/* Counters back to 0 before a start. Thread: [control] */
void host_device_clear_counters(host_device *device);
/* Makes sure that the callback does not run and will not. Thread: [control]. Waits for a callback that is running. */
void host_device_cut_off(host_device *device);

rsd_status host_portaudio_open(host_device *device, rsd_error *error);
rsd_status host_portaudio_start(host_device *device, rsd_error *error);
bool host_portaudio_stop(host_device *device); /* false: it hangs, PortAudio is now unusable */
bool host_portaudio_active(host_device *device);
bool host_portaudio_close(host_device *device);   /* false: it hangs, PortAudio is now unusable */
void host_portaudio_abandon(host_device *device); /* marks PortAudio as unusable in this process */
bool host_portaudio_usable(void);

/* The device that `wanted` names among those with channels in that direction; see host_device_select.c. */
rsd_status host_portaudio_select(const host_device_config *config, PaDeviceIndex *input, PaDeviceIndex *output,
                                 rsd_error *error);

rsd_status host_null_open(host_device *device, rsd_error *error);
rsd_status host_null_start(host_device *device, rsd_error *error);
void host_null_stop(host_device *device);

#endif

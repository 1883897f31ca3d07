// SPDX-License-Identifier: MIT
#ifndef HOST_DEVICE_INTERNAL_H
#define HOST_DEVICE_INTERNAL_H

#include "base/sleep.h"
#include "host/device/device.h"
#include "host/device/drift.h"

#include <portaudio.h>
#include <pthread.h>
#include <stdatomic.h>

/* Shared by the common part and the backends of host_device. */

#define HOST_DEVICE_MAX_PORTAUDIO_CHANNELS 2u

typedef struct host_jack host_jack; /* jack.h */

/* What a backend does. A device that is open has one. Thread: [control] */
typedef struct {
    rsd_status (*open)(host_device *device, rsd_error *error);
    rsd_status (*start)(host_device *device, rsd_error *error);
    bool (*stop)(host_device *device);               /* false: it hangs; the device is lost */
    bool (*is_active)(host_device *device);          /* NULL: always; false: it was lost */
    void (*lose)(host_device *device, bool stalled); /* just found to be lost; stalled: it hangs */
    bool (*close)(host_device *device);              /* false: it hangs, and threads may still look at the device */
    bool (*can_reopen)(const host_device *device);   /* NULL: never lost */
    void (*tell_latency)(host_device *device);       /* NULL: tells nobody what the callback adds */
    /* NULL: it has no MIDI of its own. A block of the host's starts. Thread: [audio] */
    void (*take_midi)(host_device *device, uint32_t sample_count) RSD_REALTIME;
} host_device_calls;

extern const host_device_calls host_portaudio_calls, host_null_calls;
#ifdef RSD_HAVE_JACK
extern const host_device_calls host_jack_calls;
#endif

struct host_device {
    host_device_config config; /* its strings point into `names` */
    char names[7][128];
    char cv_names[HOST_DEVICE_MAX_CV][64];
    host_device_callback callback;
    void *context;
    host_device_info info; /* the part that does not change while it plays */
    host_device_state state;
    const host_device_calls *calls;

    /* Written by the audio thread, read by the control thread; relaxed: each is a figure of its own. */
    _Atomic uint64_t callback_count, sample_count, xrun_count, busy_ns, deadline_ns, worst_cpu_ns;
    _Atomic uint32_t worst_load_bits, worst_cpu_share_bits; /* a float's bits: non-negative floats order as integers */
    _Atomic uint32_t block_samples;

    /* JACK alone. Each is a figure of its own, relaxed. */
    _Atomic bool freewheels;             /* JACK's notification thread stores, audio and control load */
    _Atomic uint64_t transport_bits;     /* audio stores, control loads: frame, and above it host_transport_state */
    _Atomic uint32_t transport_bpm_bits; /* a float's bits; audio stores, control loads */
    _Atomic uint32_t latency_samples;    /* of the callback: control stores, JACK's notification thread loads */
    _Atomic uint32_t port_latency[2];    /* from the sound's source to us, from us to its end; the same, reversed */

    /* Control thread sets cut_off, then waits for inside to be 0; both sequentially consistent, as each side looks at
     * both. */
    _Atomic bool cut_off;
    _Atomic bool inside;

    uint64_t read_busy_ns, read_deadline_ns; /* load as of the last host_device_read_load */
    uint64_t seen_callback_count, seen_ns;   /* when blocks last came, for the watchdog */

    PaStream *stream;
    PaStream *side_stream;  /* PortAudio's side-chain where that is another device; NULL: none */
    host_drift drift;       /* of that to our own clock */
    uint32_t side_channels; /* of the device as opened */
    float side_rows[HOST_DRIFT_MAX_CHANNELS][HOST_DEVICE_MAX_BLOCK];
    bool initialised; /* Pa_Initialize of ours is open */
    bool jack;        /* PortAudio's JACK */
    bool deserted;    /* a call into a sound library did not come back: its thread may still look at the device */

    const float *const *cv;      /* audio's own: as side, of the signals that steer */
    const float *const *side;    /* audio's own: the side-chain of this block of the host's */
    uint32_t told_block_samples; /* at the last tell_latency */
    host_jack *native;           /* JACK without PortAudio; NULL where it is another backend */

    pthread_t thread;
    _Atomic bool thread_stop; /* control stores, null device's thread loads */

    float silence[HOST_DEVICE_MAX_BLOCK];
    float spare[HOST_DEVICE_MAX_CHANNELS][HOST_DEVICE_MAX_BLOCK]; /* outputs that the device does not have */
};

/*
 * One block of the host's, any length: calls the callback in sub-blocks, spreads mono, keeps the figures. `in` and
 * `out` have the device's channel counts (in: NULL for none). Returns false, with silence in `out`, once the device was cut
 * off. Thread: [audio]
 */
RSD_REALTIME bool host_device_run(host_device *device, const float *const *in, float *const *out, uint32_t sample_count,
                                  uint64_t block_ns);

/*
 * work(device) on a thread of its own, for at most timeout_s. RSD_ERR_UNSUPPORTED, and device->deserted, where it did
 * not come back in time: the device is then left to the thread that hangs. Thread: [control]
 */
rsd_status host_device_call(host_device *device, rsd_status (*work)(host_device *device, rsd_error *error),
                            uint32_t timeout_s, rsd_error *error);
/* Says why a call with a timeout gave nothing: `begun` as of host_call_with_timeout. Returns error's status. [any] */
rsd_status host_device_fail_call(bool begun, uint32_t timeout_s, rsd_error *error);

bool host_portaudio_usable(void);  /* false: a server that died has taken PortAudio with it */
void host_portaudio_give_up(void); /* it is not usable from here on */

/* portaudio_side.c. Which device the configuration names for the side-chain; paNoDevice: none. Thread: [control] */
rsd_status host_portaudio_select_side(const host_device_config *config, PaDeviceIndex *side, rsd_error *error);
/* Opens the side-chain's stream where it is not the input's device, which then has its channels behind those of the
 * input. After the device itself was described; where it fails nothing of it is open. Thread: [control] */
rsd_status host_portaudio_open_side(host_device *device, PaDeviceIndex input, PaDeviceIndex side, rsd_error *error);
rsd_status host_portaudio_start_side(host_device *device, rsd_error *error);
/* It is closed with its stream, or where none was opened. Thread: [control] */
void host_portaudio_close_side(host_device *device);
/* Points device->side at the side-chain of a block of up to HOST_DEVICE_MAX_BLOCK samples. Thread: [audio] */
RSD_REALTIME void host_portaudio_take_side(host_device *device, const float *const *in, const float **side,
                                           uint32_t sample_count);
/* What went wrong, in PortAudio's words. Thread: [control] */
rsd_status host_portaudio_error(rsd_error *error, const char *what, PaError code);

/* The device that `wanted` names among those with channels in that direction; see select.c. */
rsd_status host_portaudio_select(const host_device_config *config, PaDeviceIndex *input, PaDeviceIndex *output,
                                 rsd_error *error);
/* One entry a device, with `error` filled where PortAudio does not start. It may hang. Thread: any one */
void host_portaudio_list(void (*visit)(void *context, const host_device_entry *entry), void *context, rsd_error *error);
#ifdef RSD_HAVE_JACK
/* One entry a JACK client with audio ports; none where no server runs. It may hang. Thread: any one */
void host_jack_list(void (*visit)(void *context, const host_device_entry *entry), void *context, bool show_noise);
#endif

#endif

// SPDX-License-Identifier: MIT
#ifndef HOST_DEVICE_H
#define HOST_DEVICE_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * An audio device: a client of a JACK server, PortAudio, or a timer-paced null device for machines without sound
 * hardware. One thread (control) opens, starts, polls, stops and closes; the device's own thread (audio) calls the
 * callback.
 *
 * As a JACK client it has the ports in_1, in_2... and out_1, out_2..., adds no block of its own, and tells the server
 * how late it is, in both directions, so that other programs can make up for it.
 *
 * A sound server that dies takes PortAudio with it: after that every call that stops or closes the stream hangs. So a
 * lost JACK device of PortAudio's is left as it is, knowingly leaked, and the process must end to get another (see
 * host_device_close).
 */

#define HOST_DEVICE_MAX_CHANNELS 8u /* as RSD_ENGINE_MAX_CHANNELS; PortAudio takes 2 */
#define HOST_DEVICE_MAX_CV 8u       /* signals that steer: JACK alone */
#define HOST_DEVICE_MAX_BLOCK 8192u /* the callback never gets more samples at once; longer host blocks are cut */
#define HOST_DEVICE_NULL_RATE_HZ 48000u
#define HOST_DEVICE_NULL_BLOCK 64u

typedef struct host_device host_device;

typedef enum { HOST_BACKEND_AUTO, HOST_BACKEND_JACK, HOST_BACKEND_PORTAUDIO, HOST_BACKEND_NULL } host_backend;
typedef enum { HOST_DEVICE_STOPPED, HOST_DEVICE_RUNNING, HOST_DEVICE_LOST } host_device_state;
typedef enum { HOST_CLOSE_CLEAN, HOST_CLOSE_LEAKED } host_close_result;

/*
 * One block: in[c] and out[c] are channel_count pointers to sample_count samples, 1..HOST_DEVICE_MAX_BLOCK, that do not
 * overlap. `in` is silence where the device has no input; where there is a side-chain, its channels follow in `in`, and then the signals that steer. block_ns is CLOCK_MONOTONIC at the block's start.
 * Thread: [audio]: must not allocate, lock, log or make a system call.
 */
typedef void (*host_device_callback)(void *context, const float *const *in, float *const *out, uint32_t sample_count,
                                     uint64_t block_ns) RSD_REALTIME;

/*
 * A MIDI message, `offset_samples` into the host's block that starts: it comes before the block's first callback.
 * Thread: [audio], as host_device_callback
 */
typedef void (*host_device_midi)(void *context, uint32_t offset_samples, const uint8_t *bytes,
                                 size_t size) RSD_REALTIME;

/*
 * After every block of the host's, callback and all: its samples, when it began, and when it was done (CLOCK_MONOTONIC).
 * Thread: [audio], as the callback
 */
typedef void (*host_device_finished)(void *context, uint32_t sample_count, uint64_t block_ns,
                                     uint64_t end_ns) RSD_REALTIME;

/* What to open. Zeroed is fine: automatic backend, default devices, their rate, their block, and channel_count 1. */
typedef struct {
    /* AUTO: JACK where a server runs and has what is asked for, else PortAudio where it has an output device, else the
     * null device. No backend starts a server. */
    host_backend backend;
    /* NULL: default. PortAudio: a number of host_device_list, or part of a name, case ignored. JACK: a client, or how
     * the names of its ports begin, case ignored; the first port goes to channel 1, and so on. */
    const char *input_device, *output_device;
    /* A side-chain of channel_count channels; NULL: none. JACK: ports, connected to this client or these ports. PortAudio: as
     * input_device; the input's own device gives its channels behind those of the input, and another one, which has a
     * clock of its own, is brought to ours. The null device has none. */
    const char *sidechain_device;
    /* JACK: names of ports for signals that steer, cv_count of them, and the client or ports that they are connected to, in
     * order; NULL: they are connected by others */
    const char *cv_ports[HOST_DEVICE_MAX_CV];
    uint32_t cv_count;
    const char *cv_device;
    const char *host_api;   /* NULL: any; part of a host API's name ("jack", "alsa"), case ignored */
    host_device_midi midi;  /* NULL: none is wanted. JACK alone has it: the port midi_in; with the callback's context */
    const char *midi_input; /* NULL: connected by others; JACK: part of a MIDI port's name or alias, case ignored */
    const char *client_name;       /* NULL: "residuum"; what JACK calls the program's ports */
    uint32_t sample_rate_hz;       /* 0: the device's default */
    uint32_t block_samples;        /* 0: the host's own size, which adds no delay; another size adds one block */
    uint32_t channel_count;        /* 1..HOST_DEVICE_MAX_CHANNELS; 0 is taken as 1. Mono plays on two output channels */
    bool no_connect;               /* JACK: connect only to input_device and output_device */
    bool jack_loopback;            /* JACK: connect our own outputs to our own inputs, and nothing else */
    bool no_input;                 /* do not open an input: the sound comes from somewhere else */
    host_device_finished finished; /* NULL: nobody wants to know; gets the callback's context */
    bool show_noise;               /* let the sound libraries write to stderr while they look for devices */
} host_device_config;

/* JACK's transport as of the latest block. NONE: another backend, or no block yet. */
typedef enum {
    HOST_TRANSPORT_NONE,
    HOST_TRANSPORT_STOPPED,
    HOST_TRANSPORT_ROLLING,
    HOST_TRANSPORT_STARTING
} host_transport_state;
typedef struct {
    host_transport_state state;
    uint32_t frame;  /* samples from the transport's start */
    float bpm;       /* beats a minute; 0: the transport has no tempo */
    bool freewheels; /* the server asks for sound as fast as it gets it */
} host_transport;

typedef struct {
    host_backend backend;                                 /* as opened, never AUTO */
    char fallback[160];                                   /* why AUTO took the null device, one line; empty otherwise */
    char input_name[128], output_name[128], host_api[64]; /* input_name is empty where there is no input */
    char midi_input_name[128]; /* of the port that `midi_input` named; empty: the backend has none of that name */
    char client_name[64]; /* JACK: as the server has it, with a number behind where the name was taken; else empty */
    uint32_t sample_rate_hz;
    uint32_t channel_count;           /* what the callback sees */
    uint32_t input_channel_count;     /* of the device as opened; 0: no input */
    uint32_t sidechain_channel_count; /* channel_count, or 0: no side-chain */
    uint32_t cv_count;                /* signals that steer */
    uint32_t output_channel_count;
    uint32_t block_samples; /* size of the latest block; before the first: what was asked, 0 for the host's own */
    uint32_t expected_block_samples; /* about what blocks will have, known before the first; 0: not known */
    uint32_t input_latency_samples, output_latency_samples; /* as the device reports them, JACK: now; null device: 0 */
    uint64_t callback_count;
    uint64_t sample_count;  /* played since start */
    uint64_t xrun_count;    /* callbacks that came with a gap, or null device deadlines missed by more than a block */
    uint64_t worst_cpu_ns;  /* null device: worst thread CPU time of one callback since start; else 0 */
    double worst_cpu_share; /* the same as a share of that block's deadline */
    host_transport transport;
} host_device_info;

/* One row of `residuum devices`. */
#define HOST_DEVICE_NO_NUMBER UINT32_MAX
typedef struct {
    uint32_t index; /* the number that input_device and output_device take; JACK clients have none */
    char name[128], host_api[64];
    uint32_t input_channel_count, output_channel_count;
    double default_rate_hz, default_low_input_latency_s, default_low_output_latency_s;
    bool is_default_input, is_default_output;
} host_device_entry;

/*
 * Opens a device; nothing plays before start. `callback` and `context` must live until close.
 * Errors: RSD_ERR_ARG (range), RSD_ERR_NOT_FOUND (no such or more than one such device: the text lists candidates; no
 * output device), RSD_ERR_UNSUPPORTED (rate, block or channels refused by the device; or a sound server died earlier in
 * this process), RSD_ERR_IO (PortAudio, JACK), RSD_ERR_MEMORY. `error` may be NULL. `*device` is written only on
 * RSD_OK. While the libraries look for devices, stderr of the whole process goes to /dev/null unless show_noise.
 * Thread: [control]
 */
RSD_NODISCARD rsd_status host_device_open(const host_device_config *config, host_device_callback callback,
                                          void *context, host_device **device, rsd_error *error);

/* Starts the callbacks. RSD_ERR_IO, RSD_ERR_THREAD. Starting a running device does nothing. Thread: [control] */
RSD_NODISCARD rsd_status host_device_start(host_device *device, rsd_error *error);

/* Ends the callbacks; none runs after it returns. On a lost device it only cuts the callback off. Thread: [control] */
void host_device_stop(host_device *device);

/*
 * LOST: the sound server died, the device went away, or no block came for 5 s. It stays LOST until close or reopen.
 * Thread: [control]. Cost: a few loads; call it a few times a second.
 */
host_device_state host_device_poll(host_device *device);

/*
 * Stops if need be and frees the device; NULL is fine. HOST_CLOSE_LEAKED: a lost JACK device of PortAudio's, or a
 * device that sends no blocks but claims to run. PortAudio is then left untouched, because stopping, closing and
 * terminating it hang; the callback is cut off and will not run again, so that `context` may be freed; every later open
 * of a PortAudio device in this process fails with RSD_ERR_UNSUPPORTED. Ending the process works. Thread: [control]
 */
host_close_result host_device_close(host_device *device);

/*
 * Tries to bring a LOST device back with the same configuration, callback and rate, and starts it. ALSA and OSS (a
 * device unplugged and plugged in again): closes, asks PortAudio for its devices anew, opens. JACK: a new client of the
 * server that runs by then, with the connections that the configuration names. Refused with RSD_ERR_UNSUPPORTED: a
 * server that hangs, one of another rate, and PortAudio's JACK, which is of no use once its server died; the text says
 * what to do. Other failures (not plugged in, no server yet): as host_device_open; call it again later. The device stays
 * LOST then.
 * Thread: [control]
 */
RSD_NODISCARD rsd_status host_device_reopen(host_device *device, rsd_error *error);

/* What was opened, and the counters as they are now. Thread: [control] */
void host_device_get_info(const host_device *device, host_device_info *info);

/*
 * What the callback adds to the latency between input and output. JACK tells it to the graph: capture latency of out_N
 * is that of in_N and this, playback latency of in_N is that of out_N and this. Call it before start, and whenever it
 * may have changed, every few milliseconds at will. Thread: [control]. Cost: a few loads where nothing has changed
 */
void host_device_set_latency(host_device *device, uint32_t latency_samples);

/* Gaps counted so far, as info's xrun_count. Thread: [audio] */
RSD_REALTIME uint64_t host_device_xruns(const host_device *device);

/*
 * Whether sound comes faster than in real time: JACK knows (freewheel), for others `guess` counts.
 * Thread: [audio], in the callback
 */
RSD_REALTIME bool host_device_is_faster(const host_device *device, bool guess);

/* JACK's transport as of the latest block. Thread: [audio], [control] */
RSD_REALTIME host_transport host_device_transport(const host_device *device);

/*
 * Load since the previous call: wall-clock time inside the callback as a share of the time that its block lasts, mean
 * and worst. Zero when no block came. One reader: a second one would see only what came since the first. Thread:
 * [control]
 */
void host_device_read_load(host_device *device, double *mean, double *worst);

/*
 * Calls `visit` for every JACK client with audio ports, where a server runs, then for every PortAudio device, in order
 * of index; returns how many, with `error` filled where PortAudio does not start. Zero devices are no error
 * (error->status is RSD_OK). RSD_ERR_UNSUPPORTED: a server hangs, as was found out by 15 s of waiting; no device can be
 * opened in this process any more. Thread: [control], while no PortAudio device is lost
 */
uint32_t host_device_list(void (*visit)(void *context, const host_device_entry *entry), void *context, bool show_noise,
                          rsd_error *error);

/* "auto", "jack", "portaudio", "null". parse: RSD_ERR_ARG where `text` is none of them. Thread: [any] */
const char *host_backend_name(host_backend backend);
RSD_NODISCARD rsd_status host_backend_parse(const char *text, host_backend *backend);

#endif

// SPDX-License-Identifier: MIT
#ifndef HOST_SESSION_H
#define HOST_SESSION_H

#include "host/session/clock.h"
#include "host/session/cv.h"
#include "host/device/device.h"
#include "host/session/input.h"
#include "host/session/midi.h"
#include "host/file/recorder.h"
#include "host/file/soundfile.h"
#include "host/session/scope.h"
#include "host/session/profile.h"
#include "host/session/tap.h"

#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>

/*
 * What `residuum live` is made of: device -> (microphone or a file) -> engine -> device and recorder. One control
 * thread.
 */

typedef struct host_session host_session;

typedef struct {
    host_device_config device; /* no_input is set by the session where input_file is given */
    const char *codec;         /* name or path; NULL: "live" */
    rsd_schedule schedule;
    const char
        *midi_input; /* a MIDI device by part of its name: JACK's or PortMidi's; NULL: none (JACK: unconnected) */
    const char *input_file;     /* in place of the microphone, looped; NULL: the microphone */
    const char *sidechain_file; /* of cross-synthesis, looped; NULL: none */
    const host_cv *cv;      /* which signals steer what; copied; NULL: none. The device's configuration has its ports */
    const host_sound *demo; /* looped where there is neither input_file nor an input device; copied; NULL: silence */
} host_session_config;

typedef enum { HOST_INPUT_DEVICE, HOST_INPUT_FILE, HOST_INPUT_DEMO, HOST_INPUT_SILENCE } host_input_kind;

typedef struct {
    host_device_state state;
    host_device_info device;
    double load_mean, load_worst;    /* share of the deadline, over the last 100 ms or more */
    double load_peak;                /* worst since start */
    rsd_engine_latency latency;      /* the engine's, with the codec in it */
    uint32_t device_latency_samples; /* input + output, as the device reports them */
    double latency_ms;               /* engine + device */
    uint32_t sample_rate_hz, channel_count;
    uint64_t sample_time;
    host_input_kind input;
    host_input_status input_file; /* zero where no file is played */
    host_recorder_status recorder;
    host_midi_status midi;
    char midi_input_name[128]; /* "": none was asked for */
} host_session_status;

/*
 * Opens the device, the codec and the input, and builds engine and recorder at the device's rate. Nothing plays yet.
 * Errors: those of host_device_open, rsd_model_open, rsd_engine_create, host_sound_load; `error` may be NULL.
 * Thread: [setup]
 */
RSD_NODISCARD rsd_status host_session_create(const host_session_config *config, host_session **session,
                                             rsd_error *error);
RSD_NODISCARD rsd_status host_session_start(host_session *session, rsd_error *error); /* Thread: [control] */

/*
 * Call it every few milliseconds or less often: looks after the device, reads the load. RUNNING, STOPPED, LOST.
 * Thread: [control]
 */
host_device_state host_session_poll(host_session *session);

/*
 * Ends a recording (whole), stops and closes the device, frees everything; NULL is fine (CLEAN). HOST_CLOSE_LEAKED: the
 * sound server died or hangs and its library was left as it is; end the process without other calls to PortAudio or
 * JACK.
 * `error` (may be NULL) gets what went wrong with the recording's last part. Thread: [control]
 */
host_close_result host_session_destroy(host_session *session, rsd_error *error);

/* After LOST: host_device_reopen. Sound goes on where it was; a recording goes on too. Thread: [control] */
RSD_NODISCARD rsd_status host_session_reopen(host_session *session, rsd_error *error);

/* Starts and stops a recording of the output while playing; as host_recorder_start and _stop. Thread: [control] */
RSD_NODISCARD rsd_status host_session_record(host_session *session, const char *path, rsd_error *error);
RSD_NODISCARD rsd_status host_session_record_stop(host_session *session, rsd_error *error);

void host_session_get_status(host_session *session, host_session_status *status); /* Thread: [control] */

/* Plays silence until it is told otherwise; all goes on behind it. Thread: [control] */
void host_session_hush(host_session *session, bool is_wanted);

/*
 * Plays two states, each by an engine of its own, in place of the session's engine, which goes on unheard; let it rest
 * by its bypass. Silent until one is chosen: 0, 1, or HOST_BLIND_SILENCE of blind.h, at any time. Behind a hush, as the
 * engine's sound ends and begins at once. RSD_ERR_FULL: a test runs, or has not been freed by host_session_poll;
 * else those of host_blind_create. Thread: [control], choose: [any]
 */
RSD_NODISCARD rsd_status host_session_begin_blind(host_session *session, const rsd_preset *a, const rsd_preset *b,
                                                  rsd_error *error);
void host_session_choose_blind(host_session *session, uint32_t sound);
void host_session_end_blind(host_session *session); /* where none runs nothing happens */

/* Parts, borrowed, for host_control and host_osc. Thread: [control] */
rsd_engine *host_session_engine(host_session *session);
host_clock *host_session_clock(host_session *session);
host_midi *host_session_midi(host_session *session);
host_tap *host_session_tap(host_session *session);
host_scope *host_session_scope(host_session *session);
host_scope *host_session_screen_scope(host_session *session); /* a ring has one reader: this is the terminal's */
host_profile *host_session_profile(host_session *session);
/* From the first block on the profile also says where the time goes. RSD_ERR_MEMORY. Thread: [setup], before start */
RSD_NODISCARD rsd_status host_session_profile_stages(host_session *session);

#endif

// SPDX-License-Identifier: MIT
#ifndef PLUG_INTERNAL_H
#define PLUG_INTERNAL_H

#include "plug.h"

#include "engine/levels_share.h"
#include "host/http/http.h"
#include "host/session/clock.h"
#include "host/session/control.h"
#include "host/session/tap.h"
#include "host/osc/osc.h"
#include "host/device/pace.h"

#include <pthread.h>
#include <stdatomic.h>

#define PLUG_HASH_BYTES 17u /* 16 hex digits */
#define PLUG_TELEMETRY_CAPACITY 64u
#define PLUG_MIDI_MOVED 128u /* by one message: all notes off */

typedef struct {
    uint32_t param;
    float from, to; /* engine terms */
} plug_ramp;

typedef struct {
    pthread_t thread;
    bool is_running;
    _Atomic bool stop;
    host_osc *server;
    host_loader *loader; /* lives as long as the plugin: plug_prepare must not wait for what it opens */
    uint32_t port;       /* asked for */
    char log[RSD_ERROR_TEXT_BYTES + 320u]; /* a line to be said once the lock is let go; "" for none */
} plug_osc;

/* Two states to compare, as pages have them; OSC has four. */
#define PLUG_SLOT_COUNT 4u
typedef struct {
    bool is_filled;
    rsd_preset preset;
    rsd_model *model; /* one reference: no file is opened to come back to it */
} plug_slot;

/* Served by the thread of plug_osc. Tap and scope are made when they are first wanted and live as long as the plugin:
 * audio may be in them. */
typedef struct {
    host_http *server;         /* NULL: there is none */
    uint32_t port;             /* asked for */
    uint32_t last_port;        /* where it was, of the port asked for; 0: not yet */
    _Atomic uint32_t port_now; /* control -> any; 0: nowhere */
    _Atomic bool is_on;        /* control -> audio: tap and scope take what comes */
    host_tap *tap;
    host_scope *scope;
    uint64_t looker, next_status_ns; /* the thread's own */
    plug_slot slots[PLUG_SLOT_COUNT];
    uint32_t current_slot;
} plug_page;

typedef struct {
    pthread_t thread;
    bool is_wanted, is_running; /* under the lock */
    _Atomic bool stop;
    _Atomic bool is_on; /* control -> audio: the tap takes frames */
    _Atomic float kbps; /* thread -> audio, OSC; 0: not measured, or not yet */
    host_tap *tap;      /* made when it is first wanted; lives as long as the plugin: audio may be in it */
} plug_coding;

struct plug {
    plug_config config;
    const plug_param *params;
    uint32_t param_count;

    /* Replaced by plug_prepare only, while no audio call runs; the control side holds `lock`. */
    rsd_engine *engine;
    host_control *control;
    rsd_model *model; /* that the engine was made with or last got by plug_set_codec; one reference */
    bool is_started;

    pthread_mutex_t lock;          /* of the control side; the audio thread never takes it */
    rsd_model *waiting_model;      /* for plug_prepare; NULL: none */
    char waiting[PLUG_PATH_BYTES]; /* its name */
    char missing[PLUG_PATH_BYTES]; /* wanted, not found; "" when there is none */
    char missing_hash[PLUG_HASH_BYTES];
    char fallback[PLUG_PATH_BYTES]; /* what plays in its place: another codec than this ends the wait for it */
    pthread_mutex_t servers_lock;   /* before `lock`: who starts and stops servers */
    plug_osc osc;
    plug_page page;
    plug_coding coding;
    uint32_t known_level_count; /* of the codec in use, as of the last poll */

    /* Between the two sides. */
    _Atomic bool wants_poll;       /* control -> audio */
    _Atomic bool is_offline;       /* any -> audio */
    _Atomic bool osc_is_on;        /* control -> audio: keep the clock and pass telemetry on */
    _Atomic uint32_t change_count; /* control -> audio */
    _Atomic uint32_t hop_samples;  /* control -> audio, for meters: of the codec in use, at its own rate */
    host_clock clock;              /* audio -> OSC */
    rsd_ring *telemetry;           /* audio -> control */

    /* Modulation: audio writes, state saving reads each value for itself. */
    _Atomic bool is_modulated[PLUG_MAX_PARAMS];
    _Atomic float unmodulated[PLUG_MAX_PARAMS];
    _Atomic float picked[PLUG_MAX_PARAMS]; /* share that a level was named by, to go with the codec; PLUG_NOT_PICKED */

    /* The audio thread's own. */
    midi_player midi;
    uint32_t midi_moved_count;
    uint32_t midi_moved[PLUG_MIDI_MOVED];
    host_pace pace;
    float modulation[PLUG_MAX_PARAMS];
    uint32_t picked_level_count; /* of the codec that `picked` was last followed to */
    uint32_t step_samples;
    plug_ramp ramps[PLUG_MAX_PARAMS];
    uint32_t ramp_count;
    double input_energy, error_energy; /* sums that fade */
    double level_energy[RSD_MAX_LEVELS];
    double energy_frames;
    uint32_t meter_level_count;
    plug_meters meters;
};

/* ---- plug_picks.c: levels that are named by a share ---- */
#define PLUG_NOT_PICKED (-1.0f)
RSD_REALTIME void plug_pick(plug *self, uint32_t param, float share);   /* [audio] */
RSD_REALTIME float plug_picked_share(const plug *self, uint32_t param); /* [any] */
RSD_REALTIME void plug_follow_picks(plug *self);                        /* after another codec came. [audio] */
void plug_forget_picks(plug *self);                                     /* levels were set by name. [control] */

/* ---- plug_meters.c ---- */
RSD_REALTIME void plug_clear_meters(plug *self);
RSD_REALTIME void plug_take_telemetry(plug *self); /* [audio] */

/* ---- plug_control.c ---- */
void plug_say(const plug *self, plug_log_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));
void plug_note_change(plug *self);
/* All of these want the lock held. */
void plug_update_wants_poll(plug *self);
/* A codec that was opened before the lock was taken: no file is opened under it. Takes over the model's reference. */
typedef struct {
    rsd_model *model;
    char name[PLUG_PATH_BYTES]; /* absolute where it is a path */
    const rsd_preset *preset;   /* that goes with it in one step; NULL: none */
} plug_opened;
RSD_NODISCARD rsd_status plug_take_codec_locked(plug *self, const plug_opened *opened, plug_codec_rule rule,
                                                bool *waits, rsd_error *error);
const char *plug_codec_locked(plug *self);

/* What is wanted is not on this machine: what plays goes on, and states keep the wanted name until another codec is
 * taken. hash: of its files, "" where it is not known. Under the lock. */
void plug_keep_missing_locked(plug *self, const char *codec, const char *hash);
bool plug_is_in_use_locked(plug *self,
                           const char *codec); /* plays, or waits for plug_prepare; under any of its names */
/* Parameters of `preset` in one step; those that it does not name go to their defaults. */
RSD_NODISCARD rsd_status plug_apply_preset_locked(plug *self, const rsd_preset *preset, rsd_error *error);
/* Lock not held. */
RSD_NODISCARD rsd_status plug_open_codec(const char *name_or_path, plug_opened *opened, rsd_error *error);
/* Where audio does not run, a codec that waits is taken at once. Lock not held. */
RSD_NODISCARD rsd_status plug_settle(plug *self, bool *waits, rsd_error *error);

/* ---- plug_osc.c: the servers of OSC and of the page, and their thread. servers_lock is held ---- */
void plug_servers_start_locked(plug *self); /* where a port is asked for */
void plug_servers_stop(plug *self);         /* lock not held: waits for the thread */

/* ---- plug_page.c ---- */
void plug_page_watch(plug *self, rsd_engine *engine); /* before its first block */
/* The OSC server is there. False: the page is not, and the log says why. */
bool plug_page_start_locked(plug *self);
void plug_page_stop(plug *self);   /* no thread serves it any more */
void plug_page_update(plug *self); /* what it shows beside values and meters; lock not held */
RSD_REALTIME void plug_page_push(plug *self, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame);

/* ---- plug_slots.c ---- */
rsd_status plug_act_locked(void *plug, const host_osc_action *action, rsd_error *error); /* a host_osc_config.act */
void plug_slots_destroy(plug *self);

/* ---- plug_midi.c ---- */
void plug_init_midi(plug *self); /* [setup] */

/* ---- plug_coding.c ---- */
void plug_coding_watch(plug *self, rsd_engine *engine); /* before its first block */
void plug_coding_start_locked(plug *self);              /* where it is wanted */
void plug_coding_stop(plug *self);                      /* lock not held: waits for the thread */

/* ---- plug_hash.c ---- */
/* FNV-1a, 64 bits, of the files of a codec, built in or not; "" where they cannot be read. [control] */
void plug_codec_hash(const char *name_or_path, char hash[PLUG_HASH_BYTES]);

#endif

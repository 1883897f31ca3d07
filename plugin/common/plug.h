// SPDX-License-Identifier: MIT
#ifndef PLUG_H
#define PLUG_H

#include "plug_params.h"

#include "host/midi/player.h"

#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>

/*
 * What LV2, CLAP and Pure Data share: an engine that can be prepared anew for another rate, the codec that was asked
 * for (also where it cannot be found), a state that survives versions, meters, and OSC.
 *
 * Threads: [audio] calls are wait-free: no allocation, lock, log or system call. [control] calls may come from any
 * other threads; a lock that the audio thread never takes puts them in order. [setup]: as [control], while no audio
 * call runs. Codecs whose frames last over 8 ms (neural ones) run threaded, others inline: the latency is the same on
 * every machine. Offline renders are exact: there the audio thread waits for a frame, or codes it.
 */

typedef struct plug plug;

typedef enum { PLUG_LOG_ERROR, PLUG_LOG_WARNING, PLUG_LOG_NOTE } plug_log_level;
/* One line for a person, without a newline. Never called on the audio thread. */
typedef void (*plug_log)(void *context, plug_log_level level, const char *text);

typedef struct {
    uint32_t sample_rate_hz; /* 8000..384000 */
    uint32_t channel_count;
    const char *codec; /* name or path; NULL: "live" */
    plug_log log;      /* NULL: nobody listens */
    void *log_context;
} plug_config;

/* ---- life ---- */

RSD_NODISCARD rsd_status plug_create(const plug_config *config, plug **made, rsd_error *error); /* [setup] */
void plug_destroy(plug *self); /* [setup] NULL is fine */

/*
 * Ready to play from silence at this rate with so many channels; parameters and codec stay. A codec that waited (see
 * plug_set_codec) is taken now. On failure what was before still plays. Thread: [setup]
 */
RSD_NODISCARD rsd_status plug_prepare(plug *self, uint32_t sample_rate_hz, uint32_t channel_count, rsd_error *error);
/* Whether audio runs: between the two a codec is swapped while it plays, outside the engine is made anew. [setup] */
void plug_start(plug *self);
void plug_stop(plug *self);

/* ---- audio ---- */

/* out[c] may be in[c]. Not more than one thread at a time. Thread: [audio] */
RSD_REALTIME void plug_process(plug *self, const float *const *in, float *const *out, uint32_t sample_count);
/* The same with a side-chain of as many channels, for cross-synthesis; NULL: none. Its pointers may be those of in or out. */
RSD_REALTIME void plug_process_sidechain(plug *self, const float *const *in, const float *const *sidechain,
                                         float *const *out, uint32_t sample_count);
/* rsd_engine_set_transport: of the host, before plug_process or when it changes. Thread: [audio] */
RSD_REALTIME void plug_set_transport(plug *self, float bpm, double beats, bool is_rolling);
RSD_REALTIME void plug_reset(plug *self); /* silence; parameters stay. Thread: [audio] */
/*
 * The host says that it renders, not in real time: a threaded codec is waited for, and no frame is late. A host that
 * does not say so is told by its pace, within a quarter of a second of sound. Thread: [any]
 */
RSD_REALTIME void plug_set_offline(plug *self, bool is_offline);

/*
 * At the current sample. Codec and ports are not for this thread: they are ignored here. A share over 1 is a number of
 * levels: what hosts have kept from before levels were a share. Thread: [audio]
 */
RSD_REALTIME void plug_set(plug *self, uint32_t param, float value);
/*
 * The same for a host that gives one value a block: parameters that are read once a frame (is_ramped) move to it in
 * even steps of PLUG_STEP_US over the next plug_process. A block no longer than two steps gets it at once.
 */
#define PLUG_STEP_US 2667u
RSD_REALTIME void plug_aim(plug *self, uint32_t param, float value);
RSD_REALTIME float plug_get(const plug *self,
                            uint32_t param); /* in parameter terms, without what modulates it; [any] */
/* The share that so many levels, or the level that the parameter names, are with the codec in use. [audio], [control] */
RSD_REALTIME float plug_share_of(const plug *self, const plug_param *param, float levels);
/* What plug_set takes of a value: within the range, and a share where it is a number of levels. [audio], [control] */
RSD_REALTIME float plug_taken(const plug *self, const plug_param *param, float value);
/* And back: what the engine takes. [any] */
RSD_REALTIME float plug_levels_of(const plug *self, const plug_param *param, float share);
uint32_t plug_level_count(const plug *self); /* of the codec in use. [control] */
/* As plug_param_text and plug_param_parse, with levels of the codec in use: "7.0 of 14", "7", "50 %". [control] */
void plug_text(const plug *self, uint32_t param, float value, char *text, size_t text_bytes);
bool plug_parse(const plug *self, uint32_t param, const char *text, float *value);
/* Adds `amount` to what is played; the value itself stays what it is, and is what is saved. Thread: [audio] */
RSD_REALTIME void plug_modulate(plug *self, uint32_t param, float amount);
/* rsd_engine_apply for what has no parameter (levels beyond PLUG_LEVEL_PARAMS). Thread: [audio] */
RSD_REALTIME void plug_apply(plug *self, uint32_t param_id, uint32_t level, float value);

RSD_REALTIME uint32_t plug_latency_samples(const plug *self); /* [any], but not while plug_prepare runs */
RSD_REALTIME uint64_t plug_sample_time(const plug *self);     /* as plug_latency_samples */

/* Energies of the last 100 ms or so, in dB; -120 where there is nothing. */
#define PLUG_METER_FLOOR_DB (-120.0f)
typedef struct {
    uint32_t level_count;                  /* of the codec in use */
    float levels;                          /* active */
    float bitrate_kbps;                    /* all channels */
    float coded_kbps;                      /* the same entropy coded: plug_measure_coding */
    float snr_db;                          /* of all active levels; 0 in silence */
    uint32_t late_frame_count;             /* frames that a worker did not have in time, since plug_prepare */
    float level_energy_db[RSD_MAX_LEVELS]; /* of what each level adds */
} plug_meters;
RSD_REALTIME const plug_meters *plug_get_meters(const plug *self); /* as of the last plug_process. Thread: [audio] */

/* True while a codec swap, or another number of generations, wants plug_poll to be called now and then. [audio] */
RSD_REALTIME bool plug_wants_poll(const plug *self);
/* Raised whenever something but the host changed parameters (OSC, preset, state). Thread: [any] */
RSD_REALTIME uint32_t plug_change_count(const plug *self);

/* ---- control ---- */

/* Frees what a swap left, hands over a codec that waited. Thread: [control] */
void plug_poll(plug *self);

typedef enum {
    PLUG_CODEC_ANY,         /* a latency that changes while it plays is fine */
    PLUG_CODEC_SAME_LATENCY /* where the latency would change, the codec waits for plug_prepare */
} plug_codec_rule;
/*
 * Opens a codec by name or path and plays it: cross-faded between start and stop, else from silence. `*waits` (may be
 * NULL) is set to whether it waits for plug_prepare. On failure the codec in use stays, and `error` says why.
 */
RSD_NODISCARD rsd_status plug_set_codec(plug *self, const char *name_or_path, plug_codec_rule rule, bool *waits,
                                        rsd_error *error);
/* The name or path asked for last; of a state whose codec was not found: that one. At most text_bytes. */
#define PLUG_PATH_BYTES 4096u
void plug_codec(plug *self, char *text, size_t text_bytes);

/* Parameters, and the codec where it names one, as rsd_preset_open finds them. */
RSD_NODISCARD rsd_status plug_set_preset(plug *self, const char *name_or_path, plug_codec_rule rule, bool *waits,
                                         rsd_error *error);

/* 0 stops the OSC server. What goes wrong (a port that is taken) is logged. */
void plug_set_osc_port(plug *self, uint32_t port);
uint32_t plug_osc_port(plug *self); /* what was asked for */

/*
 * The page of src/host/http, for browsers of this machine: on this TCP port or, where somebody has it, on the first free
 * one of the PLUG_PAGE_PORTS that begin with it; the log says which. 0 ends it. Where none is free, or this was built
 * without an HTTP server, the log says so. A thread of its own serves it, the audio thread fills rings.
 */
#define PLUG_PAGE_PORTS 16u
void plug_set_http_port(plug *self, uint32_t port);
uint32_t plug_http_port(plug *self);                        /* what was asked for */
RSD_REALTIME uint32_t plug_http_port_now(const plug *self); /* where the page is; 0: nowhere. Thread: [any] */

/*
 * Whether plug_meters.coded_kbps is measured, over the last second; it is 0 until then. A thread of its own does it, at
 * some percent of a core (12 % for live-128 at all levels, a channel) and 32 MB: off unless somebody asks. Thread: [control]
 */
void plug_measure_coding(plug *self, bool is_wanted);
bool plug_measures_coding(plug *self); /* what was asked for last. Thread: [control] */

/* ---- state ---- */

/*
 * JSON text: format and version, codec by name (or path) and hash, both ports, whether coding is measured,
 * every parameter by its symbol. `controls` (param_count values, may be NULL) is kept beside: what the host's own
 * controls show. Free the text.
 */
RSD_NODISCARD rsd_status plug_save(plug *self, const float *controls, char **text, rsd_error *error);
/*
 * Takes over a state of this or another version: what is unknown is left out with one line in the log, what is out of
 * range is clamped. A codec that is not there: one line in the log, the codec in use plays on and the state keeps the
 * name. RSD_ERR_FORMAT: it is no state, nothing changed.
 */
typedef struct {
    const char *codec_path; /* in place of the state's; NULL: the state's */
    plug_codec_rule rule;
    bool keeps_ports;   /* a preset, or a copy of an instance, must not take the ports of another */
    bool takes_measure; /* whether coding is measured is the state's; else as it is: a host has a control for it */
    /* Gets param_count values: the saved ones, or else as the parameters are; NULL: not wanted. Of a state of before
     * levels were a share, a saved number of levels stays one: a host brings it back as it was. */
    float *controls;
    bool *waits; /* as plug_set_codec; NULL: not wanted */
} plug_load_options;
RSD_NODISCARD rsd_status plug_load(plug *self, const char *text, size_t text_bytes, const plug_load_options *options,
                                   rsd_error *error);

/* ---- MIDI ---- */

/*
 * One message at the current sample, by the map of src/host/midi: the user's file as it was at plug_create, or the
 * built-in one.
 *
 * number   gets what goes with the request
 * Returns  what the audio thread cannot do: MIDI_ASKS_PRESET and the like
 * Thread   [audio]
 */
RSD_REALTIME midi_request plug_take_midi(plug *self, const uint8_t *bytes, size_t size, uint32_t *number);
/* Parameters that the last plug_take_midi has moved, for index 0..; the number of parameters past the last. [audio] */
RSD_REALTIME uint32_t plug_midi_moved(const plug *self, uint32_t index);
/* Presets as program changes count them, built-in ones and then the user's by their names; false past the last. [control] */
bool plug_preset_name(uint32_t index, char name[PLUG_TEXT_BYTES]);

#endif

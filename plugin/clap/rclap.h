// SPDX-License-Identifier: MIT
#ifndef RCLAP_H
#define RCLAP_H

#include "plug.h"

#include "clap_abi_ports.h"
#include "clap_abi_presets.h"

#include <stdatomic.h>

#define RCLAP_ID "org.residuum.residuum"

/* What the audio thread wants done on the main thread. */
enum {
    RCLAP_DO_POLL = 1u,
    RCLAP_DO_CODEC = 2u,
    RCLAP_DO_OSC = 4u,
    RCLAP_DO_SAY_LATE = 8u,
    RCLAP_DO_PRESET = 16u,
    RCLAP_DO_MEASURE = 32u,
    RCLAP_DO_HTTP = 64u,
    RCLAP_DO_DECODER = 128u
};

/* Parameters behind those of plug_param: what is only read, and what turns the measuring of one of them on. */
enum { RCLAP_METER_BITRATE, RCLAP_METER_CODED, RCLAP_METER_MEASURE, RCLAP_METER_PAGE, RCLAP_METERS };
#define RCLAP_METER_GROUP "Meters"

#define RCLAP_DECODER_ID 0x10200u
#define RCLAP_MOST_DECODERS 64u
#define RCLAP_FOLDER_BYTES 1024u

typedef struct {
    clap_plugin_t plugin;
    const clap_host_t *host;
    const clap_host_log_t *host_log;
    const clap_host_thread_check_t *host_thread_check;
    const clap_host_latency_t *host_latency;
    const clap_host_params_t *host_params;
    const clap_host_preset_load_t *host_preset_load;

    plug *plug;
    const plug_param *params;
    uint32_t param_count;
    uint32_t channel_count;
    double sample_rate;
    bool is_active;
    uint32_t announced_latency; /* what the host was told last */
    uint32_t told_level_count;  /* the host knows the texts of so many levels */

    _Atomic uint32_t jobs;                                  /* audio -> main: RCLAP_DO_* */
    _Atomic uint32_t wanted_codec, wanted_osc, wanted_http; /* audio -> main */
    _Atomic uint32_t wanted_preset;                         /* audio -> main: by its number */
    _Atomic uint32_t late_frame_count;                      /* audio -> main */
    _Atomic float shown[PLUG_MAX_PARAMS]; /* what the host believes; codec and ports: what is asked for */

    _Atomic float meters[RCLAP_METERS]; /* as the host knows them; the switch: what is asked for */

    char decoder_folder[RCLAP_FOLDER_BYTES];             /* of codec files that may decode: what was there at init */
    char decoders[RCLAP_MOST_DECODERS][PLUG_TEXT_BYTES]; /* their names */
    uint32_t decoder_count;
    _Atomic uint32_t decoder_shown;  /* what the host believes */
    _Atomic uint32_t decoder_now;    /* main -> audio */
    _Atomic uint32_t wanted_decoder; /* audio -> main */

    /* The audio thread's own. */
    uint32_t seen_change_count;
    uint32_t seen_decoder;
    uint32_t poll_left;
    uint32_t late_told_at; /* main was asked to say so many late frames; the next time at twice as many */
} rclap;

extern const clap_plugin_descriptor_t rclap_descriptor;
#define RCLAP_URL_BYTES 4200u
extern char rclap_manual_url[RCLAP_URL_BYTES]; /* part of it: "" where no manual is installed beside the module */
const clap_plugin_t *rclap_create(const clap_host_t *host);
static inline rclap *rclap_of(const clap_plugin_t *plugin) { return plugin->plugin_data; }
extern const struct clap_preset_discovery_factory rclap_preset_factory;

/* ---- clap_params.c ---- */
RSD_REALTIME uint32_t rclap_param_id(const rclap *self, uint32_t param);
RSD_REALTIME uint32_t rclap_param_of(const rclap *self, clap_id param_id); /* param_count where there is none */
/* Applies one event at the current sample; tells the host what a MIDI controller moved. [audio], or [main] inactive */
RSD_REALTIME void rclap_take_event(rclap *self, const clap_event_header_t *event, const clap_output_events_t *out);
/* Tells the host of values that came from elsewhere (OSC, preset, state). As rclap_take_event. */
RSD_REALTIME void rclap_tell_changes(rclap *self, const clap_output_events_t *out);
void rclap_refresh_shown(rclap *self); /* [main] */
/* Where another codec has other levels, the host is to ask anew how the value of a share reads. [main] */
void rclap_tell_level_count(rclap *self);
extern const clap_plugin_params_t rclap_params;
extern const clap_plugin_remote_controls_t rclap_remote_controls;

/* An event that sets a parameter in the host; false: no room. `out` NULL: there is nobody to tell. [audio] */
RSD_REALTIME bool rclap_tell_value(clap_id param_id, uint32_t time, double value, const clap_output_events_t *out);

/* ---- clap_meters.c ---- */
RSD_REALTIME clap_id rclap_meter_id(uint32_t meter);
RSD_REALTIME uint32_t rclap_meter_of(clap_id id); /* RCLAP_METERS where there is none */
void rclap_meter_info(uint32_t meter, clap_param_info_t *info);
RSD_REALTIME double rclap_meter_value(const rclap *self, uint32_t meter);
void rclap_meter_text(uint32_t meter, double value, char *text, uint32_t text_bytes);
bool rclap_meter_parse(uint32_t meter, const char *text, double *value);
RSD_REALTIME void rclap_meter_set(rclap *self, uint32_t meter, double value);
/* time: no earlier than what the host was told in this block. [audio] */
RSD_REALTIME void rclap_tell_meters(rclap *self, uint32_t time, const clap_output_events_t *out);
void rclap_measure(rclap *self);        /* does what rclap_meter_set asked for. [main] */
void rclap_refresh_meters(rclap *self); /* [main] */

/* ---- clap_decoders.c ---- */
void rclap_find_decoders(rclap *self);          /* [main] */
RSD_REALTIME bool rclap_is_decoder(clap_id id); /* the parameter behind the meters */
void rclap_decoder_info(const rclap *self, clap_param_info_t *info);
RSD_REALTIME double rclap_decoder_value(const rclap *self);
void rclap_decoder_text(const rclap *self, double value, char *text, uint32_t text_bytes);
bool rclap_decoder_parse(const rclap *self, const char *text, double *value);
RSD_REALTIME void rclap_decoder_set(rclap *self, double value);
void rclap_set_decoder(rclap *self); /* does what rclap_decoder_set asked for. [main] */
void rclap_refresh_decoder(
    rclap *self,
    bool
        is_answer); /* Looks what decodes now; the host is told in the next block, also that nothing came of what it asked. [main] */
void rclap_show_decoder(rclap *self); /* the same, and the host asks by itself. [main] */
/* As rclap_tell_meters. [audio] */
RSD_REALTIME void rclap_tell_decoder(rclap *self, uint32_t time, const clap_output_events_t *out);

/* ---- clap_process.c ---- */
/* [audio] */
RSD_REALTIME clap_process_status rclap_process(const clap_plugin_t *plugin, const clap_process_t *process);

/* ---- clap_ports.c ---- */
extern const clap_plugin_audio_ports_t rclap_audio_ports;
extern const clap_plugin_audio_ports_config_t rclap_audio_ports_config;
extern const clap_plugin_audio_ports_config_info_t rclap_audio_ports_config_info;
extern const clap_plugin_configurable_audio_ports_t rclap_configurable_audio_ports;
extern const clap_plugin_note_ports_t rclap_note_ports;

/* ---- clap_state.c ---- */
extern const clap_plugin_state_t rclap_state;
extern const clap_plugin_state_context_t rclap_state_context;
extern const clap_plugin_preset_load_t rclap_preset_load;

/* ---- clap_main.c ---- */
void rclap_log(void *context, plug_log_level level, const char *text);
/* A codec that changes the latency waits for the host to activate again: asks for that. [main] */
void rclap_ask_restart(rclap *self);
/* Does what the audio thread, or a flush, left. [main] */
void rclap_do_jobs(rclap *self);
RSD_REALTIME void rclap_ask_main(rclap *self, uint32_t jobs); /* [any] */

/* In debug builds, whether the host keeps to the threads that CLAP wants. */
#ifdef NDEBUG
#define RCLAP_ON_MAIN(self) ((void)(self))
#define RCLAP_ON_AUDIO(self) ((void)(self))
#else
RSD_REALTIME void rclap_check_thread(const rclap *self, bool wants_main, const char *where);
#define RCLAP_ON_MAIN(self) rclap_check_thread(self, true, __func__)
#define RCLAP_ON_AUDIO(self) rclap_check_thread(self, false, __func__)
#endif

#endif

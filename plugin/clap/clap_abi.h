// SPDX-License-Identifier: MIT
#ifndef CLAP_ABI_H
#define CLAP_ABI_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The CLAP plugin interface, as far as this plugin and its tests use it. Names, layouts and identifiers are those that
 * https://github.com/free-audio/clap publishes (1.2); the declarations and comments are ours.
 * tests/plugin/clap_facts.def lists them all, and where that project's clap/clap.h is installed the test clap_abi
 * compares each with it.
 *
 * Two threads call: [main] and [audio]. What is marked with neither may be called by any. A member of the plugin's that
 * the audio thread calls is RSD_REALTIME, so that only such a function fits in it. A member of the host's that the audio
 * thread may call is RSD_REALTIME on the host's word: CLAP has the host make it fit for that, which no compiler of ours
 * sees. No other call of a host's has this promise.
 */

#define CLAP_EXPORT __attribute__((visibility("default")))

/* ---- basics ---- */

#define CLAP_VERSION_MAJOR 1u
#define CLAP_VERSION_MINOR 2u
#define CLAP_VERSION_REVISION 10u
#define CLAP_VERSION_INIT                                                                                              \
    {                                                                                                                  \
        CLAP_VERSION_MAJOR, CLAP_VERSION_MINOR, CLAP_VERSION_REVISION                                                  \
    }

typedef struct clap_version {
    uint32_t major;
    uint32_t minor;
    uint32_t revision;
} clap_version_t;

/* Before 1.0 the layouts were others; from then on what is there stays as it is. */
static inline bool clap_version_is_compatible(clap_version_t version) { return version.major >= 1u; }

typedef uint32_t clap_id;
#define CLAP_INVALID_ID UINT32_MAX

#define CLAP_NAME_SIZE 256 /* bytes of a name to show, its zero included */
#define CLAP_PATH_SIZE 1024

typedef struct clap_plugin clap_plugin_t;
typedef struct clap_host clap_host_t;

/* ---- events ---- */

#define CLAP_CORE_EVENT_SPACE_ID 0u
#define CLAP_EVENT_PARAM_VALUE 5u
#define CLAP_EVENT_PARAM_MOD 6u
#define CLAP_EVENT_MIDI 10u

/* The first member of every event. */
typedef struct clap_event_header {
    uint32_t size; /* bytes of the whole event */
    uint32_t time; /* sample in the block */
    uint16_t space_id;
    uint16_t type; /* CLAP_EVENT_*, in the core space */
    uint32_t flags;
} clap_event_header_t;

/* A parameter is set. The four that pick notes are -1 where it is for all. */
typedef struct clap_event_param_value {
    clap_event_header_t header;
    clap_id param_id;
    void *cookie; /* of clap_param_info_t, or NULL */
    int32_t note_id;
    int16_t port_index;
    int16_t channel;
    int16_t key;
    double value;
} clap_event_param_value_t;

/* What is added to a parameter until the next such event. */
typedef struct clap_event_param_mod {
    clap_event_header_t header;
    clap_id param_id;
    void *cookie;
    int32_t note_id;
    int16_t port_index;
    int16_t channel;
    int16_t key;
    double amount;
} clap_event_param_mod_t;

typedef struct clap_event_midi {
    clap_event_header_t header;
    uint16_t port_index;
    uint8_t data[3];
} clap_event_midi_t;

typedef int64_t clap_beattime; /* quarter notes, CLAP_BEATTIME_FACTOR each */
typedef int64_t clap_sectime;
#define CLAP_BEATTIME_FACTOR ((int64_t)1 << 31)
#define CLAP_TRANSPORT_HAS_TEMPO (1 << 0)
#define CLAP_TRANSPORT_HAS_BEATS_TIMELINE (1 << 1)
#define CLAP_TRANSPORT_IS_PLAYING (1 << 4)

typedef struct clap_event_transport {
    clap_event_header_t header;
    uint32_t flags; /* CLAP_TRANSPORT_* */
    clap_beattime song_pos_beats;
    clap_sectime song_pos_seconds;
    double tempo; /* beats a minute */
    double tempo_inc;
    clap_beattime loop_start_beats;
    clap_beattime loop_end_beats;
    clap_sectime loop_start_seconds;
    clap_sectime loop_end_seconds;
    clap_beattime bar_start;
    int32_t bar_number;
    uint16_t tsig_num;
    uint16_t tsig_denom;
} clap_event_transport_t;

/* A host's list, in order of time. */
typedef struct clap_input_events {
    void *ctx;
    uint32_t (*size)(const struct clap_input_events *list) RSD_REALTIME;
    const clap_event_header_t *(*get)(const struct clap_input_events *list, uint32_t index)RSD_REALTIME;
} clap_input_events_t;

/* Takes a copy; false where there is no room. */
typedef struct clap_output_events {
    void *ctx;
    bool (*try_push)(const struct clap_output_events *list, const clap_event_header_t *event) RSD_REALTIME;
} clap_output_events_t;

/* ---- a block of sound ---- */

typedef struct clap_audio_buffer {
    float **data32; /* one of the two is set: a pointer for each channel */
    double **data64;
    uint32_t channel_count;
    uint32_t latency;
    uint64_t constant_mask; /* a bit for each channel that holds one value throughout */
} clap_audio_buffer_t;

typedef int32_t clap_process_status;
#define CLAP_PROCESS_CONTINUE 1

typedef struct clap_process {
    int64_t steady_time; /* samples since some time; -1 where the host does not know */
    uint32_t frames_count;
    const clap_event_transport_t *transport; /* NULL: there is none */
    const clap_audio_buffer_t *audio_inputs;
    clap_audio_buffer_t *audio_outputs;
    uint32_t audio_inputs_count;
    uint32_t audio_outputs_count;
    const clap_input_events_t *in_events;
    const clap_output_events_t *out_events;
} clap_process_t;

/* ---- plugin and host ---- */

#define CLAP_PLUGIN_FEATURE_AUDIO_EFFECT "audio-effect"
#define CLAP_PLUGIN_FEATURE_DISTORTION "distortion"
#define CLAP_PLUGIN_FEATURE_GLITCH "glitch"
#define CLAP_PLUGIN_FEATURE_MONO "mono"
#define CLAP_PLUGIN_FEATURE_STEREO "stereo"

/* Texts are never NULL but for what says so; those that a plugin has nothing for are empty. */
typedef struct clap_plugin_descriptor {
    clap_version_t clap_version;
    const char *id;
    const char *name;
    const char *vendor;
    const char *url;
    const char *manual_url;
    const char *support_url;
    const char *version;
    const char *description;
    const char *const *features; /* CLAP_PLUGIN_FEATURE_*, NULL at the end */
} clap_plugin_descriptor_t;

struct clap_plugin {
    const clap_plugin_descriptor_t *desc;
    void *plugin_data;
    bool (*init)(const clap_plugin_t *plugin);    /* [main]; the host's extensions may be asked for from here on */
    void (*destroy)(const clap_plugin_t *plugin); /* [main] */
    bool (*activate)(const clap_plugin_t *plugin, double sample_rate, uint32_t min_frames_count,
                     uint32_t max_frames_count); /* [main]; latency and ports stay until deactivate */
    void (*deactivate)(const clap_plugin_t *plugin);
    bool (*start_processing)(const clap_plugin_t *plugin) RSD_REALTIME; /* [audio] */
    void (*stop_processing)(const clap_plugin_t *plugin) RSD_REALTIME;  /* [audio] */
    void (*reset)(const clap_plugin_t *plugin) RSD_REALTIME;            /* [audio] */
    /* [audio] */
    clap_process_status (*process)(const clap_plugin_t *plugin, const clap_process_t *process) RSD_REALTIME;
    const void *(*get_extension)(const clap_plugin_t *plugin, const char *id); /* NULL: none */
    void (*on_main_thread)(const clap_plugin_t *plugin); /* [main]; the answer to request_callback */
};

struct clap_host {
    clap_version_t clap_version;
    void *host_data;
    const char *name;
    const char *vendor;
    const char *url;
    const char *version;
    const void *(*get_extension)(const clap_host_t *host, const char *extension_id);
    void (*request_restart)(const clap_host_t *host); /* deactivate and activate, when the host likes */
    void (*request_process)(const clap_host_t *host);
    void (*request_callback)(const clap_host_t *host) RSD_REALTIME; /* of on_main_thread */
};

/* The symbol clap_entry of a module. */
typedef struct clap_plugin_entry {
    clap_version_t clap_version;
    bool (*init)(const char *plugin_path);
    void (*deinit)(void);
    const void *(*get_factory)(const char *factory_id); /* NULL: none */
} clap_plugin_entry_t;

#define CLAP_PLUGIN_FACTORY_ID "clap.plugin-factory"
typedef struct clap_plugin_factory {
    uint32_t (*get_plugin_count)(const struct clap_plugin_factory *factory);
    const clap_plugin_descriptor_t *(*get_plugin_descriptor)(const struct clap_plugin_factory *factory, uint32_t index);
    const clap_plugin_t *(*create_plugin)(const struct clap_plugin_factory *factory, const clap_host_t *host,
                                          const char *plugin_id);
} clap_plugin_factory_t;

/* ---- extensions: log, threads, latency, tail, render ---- */

#define CLAP_EXT_LOG "clap.log"
typedef int32_t clap_log_severity;
#define CLAP_LOG_INFO 1
#define CLAP_LOG_WARNING 2
#define CLAP_LOG_ERROR 3
#define CLAP_LOG_HOST_MISBEHAVING 5
typedef struct clap_host_log {
    void (*log)(const clap_host_t *host, clap_log_severity severity, const char *msg);
} clap_host_log_t;

#define CLAP_EXT_THREAD_CHECK "clap.thread-check"
typedef struct clap_host_thread_check {
    bool (*is_main_thread)(const clap_host_t *host);
    bool (*is_audio_thread)(const clap_host_t *host);
} clap_host_thread_check_t;

#define CLAP_EXT_LATENCY "clap.latency"
typedef struct clap_plugin_latency {
    uint32_t (*get)(const clap_plugin_t *plugin); /* samples. [main], active or being activated */
} clap_plugin_latency_t;
typedef struct clap_host_latency {
    void (*changed)(const clap_host_t *host); /* [main], within activate */
} clap_host_latency_t;

#define CLAP_EXT_TAIL "clap.tail"
typedef struct clap_plugin_tail {
    /* Samples of sound after the input has ended. [audio], [main] */
    uint32_t (*get)(const clap_plugin_t *plugin) RSD_REALTIME;
} clap_plugin_tail_t;

#define CLAP_EXT_RENDER "clap.render"
typedef int32_t clap_plugin_render_mode;
#define CLAP_RENDER_REALTIME 0
#define CLAP_RENDER_OFFLINE 1
typedef struct clap_plugin_render {
    bool (*has_hard_realtime_requirement)(const clap_plugin_t *plugin); /* [main] */
    bool (*set)(const clap_plugin_t *plugin, clap_plugin_render_mode mode);
} clap_plugin_render_t;

/* ---- extension: parameters ---- */

#define CLAP_EXT_PARAMS "clap.params"
typedef uint32_t clap_param_info_flags;
#define CLAP_PARAM_IS_STEPPED (1u << 0)
#define CLAP_PARAM_IS_READONLY (1u << 3)
#define CLAP_PARAM_IS_BYPASS (1u << 4)
#define CLAP_PARAM_IS_AUTOMATABLE (1u << 5)
#define CLAP_PARAM_IS_MODULATABLE (1u << 10)
#define CLAP_PARAM_IS_ENUM (1u << 16)

typedef struct clap_param_info {
    clap_id id; /* never changes its meaning */
    clap_param_info_flags flags;
    void *cookie; /* comes back in events */
    char name[CLAP_NAME_SIZE];
    char module[CLAP_PATH_SIZE]; /* group, "a/b" for one in another */
    double min_value;
    double max_value;
    double default_value;
} clap_param_info_t;

typedef struct clap_plugin_params {
    uint32_t (*count)(const clap_plugin_t *plugin);                                               /* [main] */
    bool (*get_info)(const clap_plugin_t *plugin, uint32_t param_index, clap_param_info_t *info); /* [main] */
    bool (*get_value)(const clap_plugin_t *plugin, clap_id param_id, double *value);              /* [main] */
    bool (*value_to_text)(const clap_plugin_t *plugin, clap_id param_id, double value, char *text,
                          uint32_t text_bytes);                                                            /* [main] */
    bool (*text_to_value)(const clap_plugin_t *plugin, clap_id param_id, const char *text, double *value); /* [main] */
    /* Events without sound. Active: [audio], else [main] */
    void (*flush)(const clap_plugin_t *plugin, const clap_input_events_t *in,
                  const clap_output_events_t *out) RSD_REALTIME;
} clap_plugin_params_t;
typedef uint32_t clap_param_rescan_flags;
#define CLAP_PARAM_RESCAN_VALUES (1u << 0)
#define CLAP_PARAM_RESCAN_TEXT (1u << 1)
#define CLAP_PARAM_RESCAN_ALL (1u << 3)
typedef uint32_t clap_param_clear_flags;

typedef struct clap_host_params {
    void (*rescan)(const clap_host_t *host, clap_param_rescan_flags flags); /* [main] */
    void (*clear)(const clap_host_t *host, clap_id param_id, clap_param_clear_flags flags);
    void (*request_flush)(const clap_host_t *host);
} clap_host_params_t;

/* Pages for a controller with eight knobs. */
#define CLAP_EXT_REMOTE_CONTROLS "clap.remote-controls/2"
#define CLAP_EXT_REMOTE_CONTROLS_COMPAT "clap.remote-controls.draft/2"
#define CLAP_REMOTE_CONTROLS_COUNT 8
typedef struct clap_remote_controls_page {
    char section_name[CLAP_NAME_SIZE];
    clap_id page_id;
    char page_name[CLAP_NAME_SIZE];
    clap_id param_ids[CLAP_REMOTE_CONTROLS_COUNT]; /* CLAP_INVALID_ID: a knob without */
    bool is_for_preset;
} clap_remote_controls_page_t;
typedef struct clap_plugin_remote_controls {
    uint32_t (*count)(const clap_plugin_t *plugin);                                                   /* [main] */
    bool (*get)(const clap_plugin_t *plugin, uint32_t page_index, clap_remote_controls_page_t *page); /* [main] */
} clap_plugin_remote_controls_t;

/* ---- extensions: state ---- */

/* Bytes that were read or written, -1 for a failure; less than asked for is none. read: 0 at the end. */
typedef struct clap_istream {
    void *ctx;
    int64_t (*read)(const struct clap_istream *stream, void *buffer, uint64_t size);
} clap_istream_t;
typedef struct clap_ostream {
    void *ctx;
    int64_t (*write)(const struct clap_ostream *stream, const void *buffer, uint64_t size);
} clap_ostream_t;

#define CLAP_EXT_STATE "clap.state"
typedef struct clap_plugin_state {
    bool (*save)(const clap_plugin_t *plugin, const clap_ostream_t *stream); /* [main] */
    bool (*load)(const clap_plugin_t *plugin, const clap_istream_t *stream); /* [main] */
} clap_plugin_state_t;

#define CLAP_EXT_STATE_CONTEXT "clap.state-context/2"
#define CLAP_STATE_CONTEXT_FOR_PROJECT 3u
typedef struct clap_plugin_state_context {
    bool (*save)(const clap_plugin_t *plugin, const clap_ostream_t *stream, uint32_t context_type); /* [main] */
    bool (*load)(const clap_plugin_t *plugin, const clap_istream_t *stream, uint32_t context_type); /* [main] */
} clap_plugin_state_context_t;

#endif

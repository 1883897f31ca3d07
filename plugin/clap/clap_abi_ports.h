// SPDX-License-Identifier: MIT
#ifndef CLAP_ABI_PORTS_H
#define CLAP_ABI_PORTS_H

#include "clap_abi.h"

/*
 * The part of the CLAP interface that is about ports for sound and notes. Everything here is [main]. See clap_abi.h.
 */

#define CLAP_PORT_MONO "mono"
#define CLAP_PORT_STEREO "stereo"
#define CLAP_EXT_AUDIO_PORTS "clap.audio-ports"
#define CLAP_AUDIO_PORT_IS_MAIN (1u << 0)
typedef struct clap_audio_port_info {
    clap_id id;
    char name[CLAP_NAME_SIZE];
    uint32_t flags;
    uint32_t channel_count;
    const char *port_type; /* CLAP_PORT_*, or NULL */
    clap_id in_place_pair; /* port of the other side that may have the same buffers */
} clap_audio_port_info_t;
typedef struct clap_plugin_audio_ports {
    uint32_t (*count)(const clap_plugin_t *plugin, bool is_input);                                         /* [main] */
    bool (*get)(const clap_plugin_t *plugin, uint32_t index, bool is_input, clap_audio_port_info_t *info); /* [main] */
} clap_plugin_audio_ports_t;

/* Whole sets of ports to choose from, while not active. */
#define CLAP_EXT_AUDIO_PORTS_CONFIG "clap.audio-ports-config"
typedef struct clap_audio_ports_config {
    clap_id id;
    char name[CLAP_NAME_SIZE];
    uint32_t input_port_count;
    uint32_t output_port_count;
    bool has_main_input;
    uint32_t main_input_channel_count;
    const char *main_input_port_type;
    bool has_main_output;
    uint32_t main_output_channel_count;
    const char *main_output_port_type;
} clap_audio_ports_config_t;
typedef struct clap_plugin_audio_ports_config {
    uint32_t (*count)(const clap_plugin_t *plugin);                                              /* [main] */
    bool (*get)(const clap_plugin_t *plugin, uint32_t index, clap_audio_ports_config_t *config); /* [main] */
    bool (*select)(const clap_plugin_t *plugin, clap_id config_id);                              /* [main] */
} clap_plugin_audio_ports_config_t;

#define CLAP_EXT_AUDIO_PORTS_CONFIG_INFO "clap.audio-ports-config-info/1"
#define CLAP_EXT_AUDIO_PORTS_CONFIG_INFO_COMPAT "clap.audio-ports-config-info/draft-0"
typedef struct clap_plugin_audio_ports_config_info {
    clap_id (*current_config)(const clap_plugin_t *plugin); /* [main] */
    bool (*get)(const clap_plugin_t *plugin, clap_id config_id, uint32_t port_index, bool is_input,
                clap_audio_port_info_t *info); /* [main] */
} clap_plugin_audio_ports_config_info_t;

/* Ports as the host wants them, while not active. */
#define CLAP_EXT_CONFIGURABLE_AUDIO_PORTS "clap.configurable-audio-ports/1"
#define CLAP_EXT_CONFIGURABLE_AUDIO_PORTS_COMPAT "clap.configurable-audio-ports.draft1"
typedef struct clap_audio_port_configuration_request {
    bool is_input;
    uint32_t port_index;
    uint32_t channel_count;
    const char *port_type;
    const void *port_details; /* of surround and the like */
} clap_audio_port_configuration_request_t;
typedef struct clap_plugin_configurable_audio_ports {
    bool (*can_apply_configuration)(const clap_plugin_t *plugin,
                                    const clap_audio_port_configuration_request_t *requests,
                                    uint32_t request_count); /* [main] */
    bool (*apply_configuration)(const clap_plugin_t *plugin, const clap_audio_port_configuration_request_t *requests,
                                uint32_t request_count); /* [main]; all of them, or none and false */
} clap_plugin_configurable_audio_ports_t;

#define CLAP_EXT_NOTE_PORTS "clap.note-ports"
#define CLAP_NOTE_DIALECT_MIDI (1u << 1)
typedef struct clap_note_port_info {
    clap_id id;
    uint32_t supported_dialects; /* CLAP_NOTE_DIALECT_* */
    uint32_t preferred_dialect;
    char name[CLAP_NAME_SIZE];
} clap_note_port_info_t;
typedef struct clap_plugin_note_ports {
    uint32_t (*count)(const clap_plugin_t *plugin, bool is_input);                                        /* [main] */
    bool (*get)(const clap_plugin_t *plugin, uint32_t index, bool is_input, clap_note_port_info_t *info); /* [main] */
} clap_plugin_note_ports_t;

#endif

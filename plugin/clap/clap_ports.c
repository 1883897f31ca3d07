// SPDX-License-Identifier: MIT
// Audio ports, mono or stereo as the host wants it, and a note port for MIDI controllers.
#include "rclap.h"

#include <stdio.h>
#include <string.h>

enum { CONFIG_STEREO = 1, CONFIG_MONO = 2 };

static const char *type_of(uint32_t channels) { return channels == 1u ? CLAP_PORT_MONO : CLAP_PORT_STEREO; }

/* Inputs: the sound and its side-chain. One output. */
static uint32_t count_of(bool is_input) { return is_input ? 2u : 1u; }

static bool fill_port(uint32_t channels, uint32_t index, bool is_input, clap_audio_port_info_t *info)
{
    const bool is_main = index == 0u;
    if (index >= count_of(is_input)) return false;
    memset(info, 0, sizeof *info);
    info->id = !is_main ? 2u : is_input ? 0u : 1u;
    snprintf(info->name, sizeof info->name, "%s", !is_main ? "Side-chain" : is_input ? "In" : "Out");
    info->flags = is_main ? CLAP_AUDIO_PORT_IS_MAIN : 0u;
    info->channel_count = channels;
    info->port_type = type_of(channels);
    info->in_place_pair = !is_main ? CLAP_INVALID_ID : is_input ? 1u : 0u;
    return true;
}

static uint32_t port_count(const clap_plugin_t *plugin, bool is_input)
{
    (void)plugin;
    return count_of(is_input);
}

static bool get_port(const clap_plugin_t *plugin, uint32_t index, bool is_input, clap_audio_port_info_t *info)
{
    return fill_port(rclap_of(plugin)->channel_count, index, is_input, info);
}

const clap_plugin_audio_ports_t rclap_audio_ports = {port_count, get_port};

/* ---- configurations ---- */

static uint32_t channels_of(clap_id config) { return config == CONFIG_MONO ? 1u : config == CONFIG_STEREO ? 2u : 0u; }

static uint32_t config_count(const clap_plugin_t *plugin)
{
    (void)plugin;
    return 2u;
}

static bool get_config(const clap_plugin_t *plugin, uint32_t index, clap_audio_ports_config_t *config)
{
    (void)plugin;
    if (index > 1u) return false;
    memset(config, 0, sizeof *config);
    config->id = index == 0u ? CONFIG_STEREO : CONFIG_MONO;
    const uint32_t channels = channels_of(config->id);
    snprintf(config->name, sizeof config->name, "%s", channels == 1u ? "Mono" : "Stereo");
    config->input_port_count = count_of(true);
    config->output_port_count = count_of(false);
    config->has_main_input = config->has_main_output = true;
    config->main_input_channel_count = config->main_output_channel_count = channels;
    config->main_input_port_type = config->main_output_port_type = type_of(channels);
    return true;
}

/* Taken by the next activation. */
static bool set_channels(rclap *self, uint32_t channels)
{
    if (channels == 0u || self->is_active) return false;
    self->channel_count = channels;
    const uint32_t before = self->param_count;
    self->param_count = plug_param_count_for(channels);
    if (self->param_count != before && self->host_params) self->host_params->rescan(self->host, CLAP_PARAM_RESCAN_ALL);
    return true;
}

static bool select_config(const clap_plugin_t *plugin, clap_id config)
{
    RCLAP_ON_MAIN(rclap_of(plugin));
    return set_channels(rclap_of(plugin), channels_of(config));
}

const clap_plugin_audio_ports_config_t rclap_audio_ports_config = {config_count, get_config, select_config};

static clap_id current_config(const clap_plugin_t *plugin)
{
    return rclap_of(plugin)->channel_count == 1u ? CONFIG_MONO : CONFIG_STEREO;
}

static bool get_config_port(const clap_plugin_t *plugin, clap_id config, uint32_t index, bool is_input,
                            clap_audio_port_info_t *info)
{
    (void)plugin;
    const uint32_t channels = channels_of(config);
    return channels > 0u && fill_port(channels, index, is_input, info);
}

const clap_plugin_audio_ports_config_info_t rclap_audio_ports_config_info = {current_config, get_config_port};

/* Channels that fulfil every request; 0 where none do. All ports are as wide as each other. */
static uint32_t channels_for(const rclap *self, const clap_audio_port_configuration_request_t *requests,
                             uint32_t request_count)
{
    uint32_t channels = 0u;
    for (uint32_t i = 0; i < request_count; i++) {
        const clap_audio_port_configuration_request_t *r = &requests[i];
        if (r->port_index >= count_of(r->is_input) || r->channel_count < 1u || r->channel_count > 2u) return 0u;
        if (r->port_type && strcmp(r->port_type, type_of(r->channel_count)) != 0) return 0u;
        if (channels > 0u && channels != r->channel_count) return 0u;
        channels = r->channel_count;
    }
    /* A request for one side alone must leave the other as it is. */
    bool asks[2] = {false, false};
    for (uint32_t i = 0; i < request_count; i++)
        if (requests[i].port_index == 0u) asks[requests[i].is_input ? 1 : 0] = true;
    if (channels != self->channel_count && !(asks[0] && asks[1])) return 0u;
    return channels;
}

static bool can_apply(const clap_plugin_t *plugin, const clap_audio_port_configuration_request_t *requests,
                      uint32_t request_count)
{
    const rclap *self = rclap_of(plugin);
    return !self->is_active && channels_for(self, requests, request_count) > 0u;
}

static bool apply(const clap_plugin_t *plugin, const clap_audio_port_configuration_request_t *requests,
                  uint32_t request_count)
{
    rclap *self = rclap_of(plugin);
    return set_channels(self, channels_for(self, requests, request_count));
}

const clap_plugin_configurable_audio_ports_t rclap_configurable_audio_ports = {can_apply, apply};

/* ---- notes ---- */

static uint32_t note_count(const clap_plugin_t *plugin, bool is_input)
{
    (void)plugin;
    return is_input ? 1u : 0u;
}

static bool get_note_port(const clap_plugin_t *plugin, uint32_t index, bool is_input, clap_note_port_info_t *info)
{
    (void)plugin;
    if (index > 0u || !is_input) return false;
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "MIDI controllers");
    info->supported_dialects = info->preferred_dialect = CLAP_NOTE_DIALECT_MIDI;
    return true;
}

const clap_plugin_note_ports_t rclap_note_ports = {note_count, get_note_port};

// SPDX-License-Identifier: MIT
// State and presets. Main thread.
#include "rclap.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STATE_BYTES (1u << 20)

/* ---- state ---- */

static bool write_all(const clap_ostream_t *stream, const char *text, size_t bytes)
{
    while (bytes > 0u) {
        const int64_t written = stream->write(stream, text, bytes);
        if (written <= 0) return false;
        text += written;
        bytes -= (size_t)written;
    }
    return true;
}

static bool save(const clap_plugin_t *plugin, const clap_ostream_t *stream)
{
    rclap *self = rclap_of(plugin);
    rsd_error error;
    char *text = NULL;
    RCLAP_ON_MAIN(self);
    if (plug_save(self->plug, NULL, &text, &error) != RSD_OK) {
        rclap_log(self, PLUG_LOG_ERROR, error.text);
        return false;
    }
    const bool fine = write_all(stream, text, strlen(text));
    free(text);
    return fine;
}

/* All that the stream has, a zero behind it; NULL where it fails or is too long to be a state of ours. */
static char *read_all(const clap_istream_t *stream, size_t *bytes)
{
    char *text = malloc(MAX_STATE_BYTES + 1u);
    *bytes = 0u;
    while (text) {
        const int64_t got = stream->read(stream, text + *bytes, MAX_STATE_BYTES - *bytes);
        if (got == 0 && *bytes < MAX_STATE_BYTES) break;
        if (got <= 0) {
            free(text);
            return NULL;
        }
        *bytes += (size_t)got;
    }
    return text;
}

static void after_change(rclap *self, bool waits)
{
    rclap_refresh_shown(self);
    if (self->host_params) self->host_params->rescan(self->host, CLAP_PARAM_RESCAN_VALUES | CLAP_PARAM_RESCAN_TEXT);
    if (waits) rclap_ask_restart(self);
}

static bool load_as(rclap *self, const clap_istream_t *stream, bool keeps_ports)
{
    rsd_error error;
    size_t bytes;
    bool waits = false;
    RCLAP_ON_MAIN(self);
    char *text = read_all(stream, &bytes);
    if (!text) return false;
    const plug_load_options options = {
        .rule = PLUG_CODEC_SAME_LATENCY, .keeps_ports = keeps_ports, .takes_measure = true, .waits = &waits};
    const rsd_status status = plug_load(self->plug, text, bytes, &options, &error);
    free(text);
    if (status != RSD_OK) {
        rclap_log(self, PLUG_LOG_ERROR, error.text);
        return false;
    }
    after_change(self, waits);
    return true;
}

static bool load(const clap_plugin_t *plugin, const clap_istream_t *stream)
{
    return load_as(rclap_of(plugin), stream, false);
}

const clap_plugin_state_t rclap_state = {save, load};

static bool save_for(const clap_plugin_t *plugin, const clap_ostream_t *stream, uint32_t context)
{
    (void)context; /* the reader knows what it wants of it */
    return save(plugin, stream);
}

static bool load_for(const clap_plugin_t *plugin, const clap_istream_t *stream, uint32_t context)
{
    return load_as(rclap_of(plugin), stream, context != CLAP_STATE_CONTEXT_FOR_PROJECT);
}

const clap_plugin_state_context_t rclap_state_context = {save_for, load_for};

/* ---- presets ---- */

static bool from_location(const clap_plugin_t *plugin, uint32_t kind, const char *location, const char *key)
{
    rclap *self = rclap_of(plugin);
    rsd_error error;
    bool waits = false;
    const bool is_builtin = kind == CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN;
    const char *name = is_builtin ? key : location;
    RCLAP_ON_MAIN(self);
    const rsd_status status = name ? plug_set_preset(self->plug, name, PLUG_CODEC_SAME_LATENCY, &waits, &error)
                                   : base_error_set(&error, RSD_ERR_ARG, "no preset was named");
    if (status != RSD_OK) {
        if (self->host_preset_load) self->host_preset_load->on_error(self->host, kind, location, key, 0, error.text);
        return false;
    }
    after_change(self, waits);
    if (self->host_preset_load) self->host_preset_load->loaded(self->host, kind, location, key);
    return true;
}

const clap_plugin_preset_load_t rclap_preset_load = {from_location};

// SPDX-License-Identifier: MIT
// presets.ttl: the built-in presets as values of the control ports.
#include "lv2_ttl.h"

#include "codec/codec_name.h"
#include "engine/levels_share.h"

#include <residuum/rsd_preset.h>

#include <stdlib.h>
#include <string.h>

static rsd_preset *next_preset(uint32_t index)
{
    static rsd_preset preset;
    const char *json;
    size_t bytes;
    rsd_error error;
    if (!rsd_preset_builtin(index, &json, &bytes)) return NULL;
    if (rsd_preset_parse(json, bytes, "preset", &preset, &error) == RSD_OK) return &preset;
    fprintf(stderr, "lv2_ttl: %s\n", error.text);
    exit(1);
}

/* Without '-', which the console of jalv cannot read in an address, and blanks, which no address has. */
static void write_address(FILE *to, const ttl_plugin *plugin, const char *kind, const char *name)
{
    fprintf(to, "<%s:%s:", plugin->uri, kind);
    for (const char *c = name; *c; c++) fputc(*c == '-' || *c == ' ' ? '_' : *c, to);
    fputc('>', to);
}

static void begin_preset(FILE *to, const ttl_plugin *plugin, const rsd_preset *preset)
{
    write_address(to, plugin, "preset", preset->name);
    fprintf(to, " a pset:Preset ;\n    lv2:appliesTo <%s> ;\n    rdfs:label \"%s\" ;\n", plugin->uri, preset->name);
    if (preset->group[0] == '\0') return;
    fputs("    pset:bank ", to);
    write_address(to, plugin, "bank", preset->group);
    fputs(" ;\n", to);
}

/* The group of a preset is its bank. Said once for each preset of it: the same again is nothing new. */
static void write_bank(FILE *to, const ttl_plugin *plugin, const rsd_preset *preset)
{
    if (preset->group[0] == '\0') return;
    write_address(to, plugin, "bank", preset->group);
    fprintf(to, " a pset:Bank ;\n    rdfs:label \"%s\" .\n\n", preset->group);
}

void ttl_presets_in_manifest(FILE *to)
{
    const rsd_preset *preset;
    for (uint32_t i = 0; (preset = next_preset(i)) != NULL; i++) {
        for (uint32_t p = 0; p < TTL_PLUGIN_COUNT; p++) {
            begin_preset(to, &ttl_plugins[p], preset);
            fputs("    rdfs:seeAlso <presets.ttl> .\n\n", to);
            write_bank(to, &ttl_plugins[p], preset);
        }
    }
}

/* Of the codec that a preset is for. */
static uint32_t level_count_of(const rsd_preset *preset)
{
    rsd_codec_info info;
    rsd_model *model;
    rsd_error error;
    const char *name = preset->codec[0] != '\0' ? preset->codec : "live";
    const int index = plug_codec_index(name);
    const codec_shape *outside = index >= 0 ? codec_outside_shape((uint32_t)index) : NULL;
    if (outside) return outside->level_count;
    if (rsd_model_open(name, &model, &error) != RSD_OK) {
        fprintf(stderr, "lv2_ttl: %s\n", error.text);
        exit(1);
    }
    rsd_model_info(model, 48000u, &info);
    rsd_model_release(model);
    return info.level_count;
}

static float as_port(const rsd_preset *preset, const plug_param *param, float value)
{
    if (!param->is_share) return plug_param_from_engine(param, value);
    if (param->is_pick) return engine_share_of_level(param->info, value, level_count_of(preset));
    const float share = value / (float)level_count_of(preset);
    return share < 1.0f ? share : 1.0f;
}

static float preset_value(const rsd_preset *preset, const plug_param *param)
{
    for (uint32_t i = 0; param->kind == PLUG_PARAM_ROW && i < preset->setting_count; i++)
        if (preset->settings[i].param_id == param->info->id && preset->settings[i].level == param->level)
            return as_port(preset, param, preset->settings[i].value);
    return param->default_value;
}

static void write_value(FILE *to, const char *symbol, float value)
{
    fprintf(to, " ;\n    lv2:port [\n        lv2:symbol \"%s\" ;\n        pset:value ", symbol);
    ttl_number(to, value);
    fputs("\n    ]", to);
}

/* A codec that the preset does not name stays; the OSC port and what is of the session are no matter of presets. */
static void write_param(FILE *to, const rsd_preset *preset, const plug_param *param)
{
    char symbol[PLUG_TEXT_BYTES];
    plug_param_symbol(param, symbol);
    if (param->kind == PLUG_PARAM_OSC_PORT || param->kind == PLUG_PARAM_HTTP_PORT) return;
    if (param->kind == PLUG_PARAM_ROW && rsd_param_is_of_session(param->info)) return;
    if (param->kind == PLUG_PARAM_CODEC) {
        const int codec = preset->codec[0] != '\0' ? plug_codec_index(preset->codec) : -1;
        if (codec >= 0) write_value(to, symbol, (float)codec);
        return;
    }
    const float value = preset_value(preset, param);
    if (rlv2_is_enabled(param))
        write_value(to, "enabled", 1.0f - value);
    else
        write_value(to, symbol, value);
}

void ttl_write_presets(const char *folder)
{
    FILE *to = ttl_open(folder, "presets.ttl");
    const rsd_preset *preset;
    for (uint32_t i = 0; (preset = next_preset(i)) != NULL; i++) {
        for (uint32_t p = 0; p < TTL_PLUGIN_COUNT; p++) {
            begin_preset(to, &ttl_plugins[p], preset);
            fputs("    rdfs:comment ", to);
            ttl_string(to, preset->description);
            const uint32_t param_count = plug_param_count_for(ttl_plugins[p].channels);
            for (uint32_t s = 0; s < param_count; s++) write_param(to, preset, plug_param_at(s));
            fputs(" .\n\n", to);
        }
    }
    ttl_close(to);
}

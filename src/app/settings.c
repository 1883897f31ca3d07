// SPDX-License-Identifier: MIT
// Codec, preset and --set of the command line, and their way into an engine.
#include "settings.h"

#include "base/error.h"
#include "base/read_file.h"
#include "codec/codec_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void explain_range(const rsd_param_info *info, const char *symbol, const char *value, rsd_error *error)
{
    if (rsd_param_value_names(info))
        base_error_set(error, RSD_ERR_ARG, "%s takes one of %s, not '%s'", symbol, rsd_param_value_names(info), value);
    else
        base_error_set(error, RSD_ERR_ARG, "%s takes a %snumber in %g..%g%s%s, not '%s'", symbol,
                       rsd_param_is_whole(info) ? "whole " : "", (double)info->min, (double)info->max,
                       *rsd_param_unit_text(info->unit) ? " " : "", rsd_param_unit_text(info->unit), value);
}

bool app_setting_parse(const char *symbol, const char *value, app_setting *setting, rsd_error *error)
{
    const rsd_status found = rsd_param_parse_symbol(symbol, &setting->info, &setting->level);
    if (found == RSD_ERR_NOT_FOUND) {
        base_error_set(error, found, "there is no parameter '%s'; see residuum params", symbol);
        return false;
    }
    if (found != RSD_OK) {
        base_error_set(error, found,
                       "'%s' does not fit: parameters of one level are named like level_gain[2], 1 to %u, "
                       "the others without [N]",
                       symbol, RSD_MAX_LEVELS);
        return false;
    }
    if (setting->info->unit == RSD_UNIT_TEXT) return true;
    if (rsd_param_parse_value(setting->info, value, &setting->value) == RSD_OK) return true;
    explain_range(setting->info, symbol, value, error);
    return false;
}

static int add(const app_arguments *arguments, app_settings *settings, const app_setting *setting)
{
    if (settings->count == APP_MAX_SETTINGS) return app_usage(arguments, "too many parameters are set");
    settings->settings[settings->count++] = *setting;
    return -1;
}

/* A shell may give a preset through a pipe; everything else is as the library has it. */
static rsd_status open_preset(const char *name, rsd_preset *preset, rsd_error *error)
{
    void *text = NULL;
    size_t text_bytes = 0;
    if (!base_is_given_descriptor(name)) return rsd_preset_open(name, preset, error);
    rsd_status status = base_read_file_or_pipe(name, BASE_PRESET_BYTES, &text, &text_bytes, error);
    if (status == RSD_OK) status = rsd_preset_parse(text, text_bytes, name, preset, error);
    free(text);
    return status;
}

static int add_preset(const app_arguments *arguments, app_settings *settings)
{
    rsd_error error;
    rsd_preset preset;
    if (settings->preset[0] == '\0') return -1;
    if (open_preset(settings->preset, &preset, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    if (settings->codec[0] == '\0') {
        snprintf(settings->codec, sizeof settings->codec, "%s", preset.codec);
        settings->codec_is_from_preset = true;
    }
    for (uint32_t i = 0; i < preset.setting_count; i++) {
        const app_setting setting = {rsd_param_by_id(preset.settings[i].param_id), preset.settings[i].level,
                                     preset.settings[i].value};
        const int result = add(arguments, settings, &setting);
        if (result >= 0) return result;
    }
    settings->preset_setting_count = settings->count;
    return -1;
}

typedef struct {
    char symbol[64];
    const char *value;
} assignment;

static bool split(const char *text, assignment *parts)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof parts->symbol) return false;
    snprintf(parts->symbol, sizeof parts->symbol, "%.*s", (int)(equals - text), text);
    parts->value = equals + 1;
    return true;
}

static int check_text(const app_arguments *arguments, const char *symbol, const char *value, char *target)
{
    if (*value == '\0' || strlen(value) >= APP_NAME_BYTES)
        return app_usage(arguments, "%s needs a name or a file of 1 to %u bytes", symbol, APP_NAME_BYTES - 1u);
    if (target) snprintf(target, APP_NAME_BYTES, "%s", value);
    return -1;
}

static const char *origin_of(const app_arguments *arguments)
{
    return arguments->set_origin ? arguments->set_origin : "--set";
}

/* Codec and preset of all options, so that their order on the command line does not matter. */
static int read_names(const app_arguments *arguments, app_settings *settings)
{
    int result = -1;
    for (uint32_t i = 0; i < arguments->set_count && result < 0; i++) {
        assignment parts;
        if (!split(arguments->sets[i], &parts))
            return app_usage(arguments, "%s takes SYMBOL=VALUE, not '%s'", origin_of(arguments), arguments->sets[i]);
        if (strcmp(parts.symbol, "codec") == 0) result = check_text(arguments, "codec", parts.value, settings->codec);
        if (strcmp(parts.symbol, "decode_codec") == 0)
            result = check_text(arguments, "decode_codec", parts.value, settings->decode_codec);
        if (strcmp(parts.symbol, "preset") == 0)
            result = check_text(arguments, "preset", parts.value, settings->preset);
    }
    if (result < 0 && app_given(arguments, APP_OPT_CODEC))
        result = check_text(arguments, "--codec", arguments->value[APP_OPT_CODEC], settings->codec);
    if (result < 0 && app_given(arguments, APP_OPT_PRESET))
        result = check_text(arguments, "--preset", arguments->value[APP_OPT_PRESET], settings->preset);
    return result;
}

int app_settings_join_decoder(const app_arguments *arguments, app_settings *settings, const char *codec)
{
    char joined[APP_NAME_BYTES];
    if (!codec_join_decoder(codec, settings->decode_codec, joined, sizeof joined))
        return app_usage(arguments, "codec and decode_codec have over %u bytes together", APP_NAME_BYTES - 2u);
    memcpy(settings->codec, joined, sizeof joined);
    return -1;
}

static int join_decoder(const app_arguments *arguments, app_settings *settings)
{
    if (settings->decode_codec[0] == '\0') return -1;
    settings->codec_is_standard = settings->codec[0] == '\0';
    return app_settings_join_decoder(arguments, settings, settings->codec_is_standard ? "live" : settings->codec);
}

int app_settings_read(const app_arguments *arguments, app_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    rsd_error error;
    app_setting setting;
    int result = read_names(arguments, settings);
    if (result < 0) result = add_preset(arguments, settings);
    if (result < 0) result = join_decoder(arguments, settings);
    if (result < 0 && app_given(arguments, APP_OPT_LEVELS)) {
        if (!app_setting_parse("levels", arguments->value[APP_OPT_LEVELS], &setting, &error))
            return app_usage(arguments, "--%s", error.text);
        result = add(arguments, settings, &setting);
    }
    for (uint32_t i = 0; i < arguments->set_count && result < 0; i++) {
        assignment parts;
        if (!split(arguments->sets[i], &parts)) continue; // reported by read_names
        if (!app_setting_parse(parts.symbol, parts.value, &setting, &error))
            return app_usage(arguments, "%s: %s", origin_of(arguments), error.text);
        if (setting.info->unit != RSD_UNIT_TEXT) result = add(arguments, settings, &setting);
    }
    return result;
}

int app_settings_apply(const app_arguments *arguments, const app_settings *settings, rsd_engine *engine)
{
    rsd_codec_info codec;
    rsd_engine_get_codec(engine, &codec);
    for (uint32_t i = 0; i < settings->count; i++) {
        const app_setting *setting = &settings->settings[i];
        const bool is_missing = rsd_param_is_per_level(setting->info) && setting->level >= codec.level_count;
        if (is_missing && i < settings->preset_setting_count) continue;
        if (is_missing)
            return app_usage(arguments, "%s[%u] is set, but codec '%s' has levels 1 to %u", setting->info->symbol,
                             setting->level + 1u, codec.name, codec.level_count);
        if (rsd_engine_set(engine, setting->info->id, setting->level, setting->value) != RSD_OK)
            return app_fail(arguments, "the engine refused %s = %g", setting->info->symbol, (double)setting->value);
    }
    return -1;
}

// SPDX-License-Identifier: MIT
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "app.h"

#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>

/*
 * What --codec, --preset, --levels and --set ask for together, checked before anything is opened: the preset first,
 * then
 * --levels, then every --set in order. Thread of all: [setup], [control]
 */

#define APP_MAX_SETTINGS (RSD_PRESET_MAX_SETTINGS + APP_MAX_SETS + 1u)

#define APP_NAME_BYTES 4096u /* of a name or a path, as long as the system takes */

typedef struct {
    const rsd_param_info *info;
    uint32_t level; /* 0-based */
    float value;
} app_setting;

typedef struct {
    char codec[APP_NAME_BYTES];        /* --codec, else --set codec=, else the preset's, else "" */
    char decode_codec[APP_NAME_BYTES]; /* --set decode_codec=; "" for none. It is joined to `codec` already, */
    bool codec_is_standard;            /* to "live" where no codec was named */
    bool codec_is_from_preset;
    char preset[APP_NAME_BYTES];          /* --preset or --set preset=; "" for none */
    uint32_t count, preset_setting_count; /* the preset's come first */
    app_setting settings[APP_MAX_SETTINGS];
} app_settings;

/* "symbol" and "value" in words. False with a text for a person in `error`. */
bool app_setting_parse(const char *symbol, const char *value, app_setting *setting, rsd_error *error);

/* Makes `codec` and the decoder that was asked for the joined name in settings->codec. Returns as app_settings_read. */
int app_settings_join_decoder(const app_arguments *arguments, app_settings *settings, const char *codec);
/* Returns -1 to go on, else the exit code of what was reported. */
int app_settings_read(const app_arguments *arguments, app_settings *settings);
/*
 * Sets the engine. A level that the codec does not have is left out where the preset names it, which is for any codec,
 * and reported where the command line does. Same return.
 */
int app_settings_apply(const app_arguments *arguments, const app_settings *settings, rsd_engine *engine);

#endif

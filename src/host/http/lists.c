// SPDX-License-Identifier: MIT
// Lists that a page chooses from: presets, codecs, names of values.
#include "host/http/lists.h"

#include "base/text.h"
#include "codec/known_models.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_params.h>
#include <residuum/rsd_preset.h>

#include <stdio.h>
#include <stdlib.h>

static json_t *text_json(const char *text)
{
    char *utf8 = text_utf8_copy(text);
    json_t *value = utf8 ? json_string(utf8) : NULL;
    free(utf8);
    return value;
}

static void append(json_t *list, json_t *entry)
{
    if (entry && json_array_size(list) < HOST_HTTP_MAX_LISTED)
        json_array_append_new(list, entry);
    else
        json_decref(entry);
}

void host_http_list_preset(json_t *list, const char *name)
{
    rsd_preset preset;
    if (rsd_preset_open(name, &preset, NULL) != RSD_OK) return;
    append(list, json_pack("{s:o, s:s, s:o}", "name", text_json(name), "group", *preset.group ? preset.group : "Mine",
                           "help", text_json(preset.description)));
}

void host_http_list_codec(json_t *list, const char *name, const char *help)
{
    append(list, json_pack("{s:o, s:s}", "name", text_json(name), "help", help));
}

void host_http_list_codecs(json_t *list)
{
    const char *name, *help;
    const known_model *known;
    char folder[KNOWN_MODEL_PATH_BYTES];
    for (uint32_t i = 0; rsd_model_builtin(i, &name, &help); i++)
        if (!known_model_find(name)) host_http_list_codec(list, name, help);
    for (uint32_t i = 0; (known = known_model_at(i)) != NULL; i++)
        if (known_model_folder(known, folder)) host_http_list_codec(list, known->name, known->what);
}

static json_t *names_of(const rsd_param_info *info)
{
    const char *name;
    json_t *names = json_array();
    for (uint32_t i = (uint32_t)info->min; (float)i <= info->max && (name = rsd_param_value_name(info, i)) != NULL; i++)
        json_array_append_new(names, json_string(name));
    return names;
}

json_t *host_http_value_names(void)
{
    char path[96];
    const rsd_param_info *info;
    json_t *rows = json_object();
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (info->unit == RSD_UNIT_TEXT || info->unit == RSD_UNIT_MONITOR ||
            !rsd_param_value_name(info, (uint32_t)info->min))
            continue;
        snprintf(path, sizeof path, "/residuum%s", info->osc);
        json_object_set_new(rows, path, names_of(info));
    }
    return rows;
}

// SPDX-License-Identifier: MIT
// The parameters that hosts see: rows of the table, a level each where they have levels, codec, ports.
#include "plug_params.h"

#include "engine/levels_share.h"

#include <residuum/rsd_codec.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static plug_param params[PLUG_MAX_PARAMS];
static uint32_t param_count, mono_count, codec_param, osc_param, http_param;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static plug_param *add(plug_param_kind kind, rsd_param_group group, const rsd_param_info *info, uint32_t level)
{
    plug_param *param = &params[param_count++];
    *param = (plug_param){.kind = kind, .group = group, .info = info, .level = level};
    if (!info) return param;
    param->min = info->min;
    param->max = info->max;
    param->default_value = info->default_value;
    param->is_stepped = rsd_param_is_whole(info);
    param->is_ramped = info->ramp == RSD_RAMP_FRAME;
    return param;
}

static void end_at(plug_param *param, float limit)
{
    if (limit > param->min && limit < param->max) param->max = limit;
    if (param->default_value > param->max) param->default_value = param->max;
}

static void make_pick(plug_param *param)
{
    param->default_value = engine_share_of_level(param->info, param->default_value, PLUG_MAX_LEVELS);
    param->is_share = param->is_pick = true;
    param->is_stepped = false; /* as many steps as the codec has levels */
    param->min = 0.0f;
    param->max = 1.0f;
}

static void add_scalar(const rsd_param_info *info)
{
    plug_param *param = add(PLUG_PARAM_ROW, info->group, info, 0u);
    if (info->id == RSD_PARAM_LEVELS) {
        param->is_share = true;
        param->min = 0.0f;
        param->max = param->default_value = 1.0f;
        return;
    }
    if (info->unit == RSD_UNIT_LEVELS) make_pick(param);
    if (info->unit == RSD_UNIT_KBPS) end_at(param, (float)PLUG_MAX_KBPS);
    if (info->unit == RSD_UNIT_BITS) end_at(param, (float)PLUG_MAX_CODEBOOK_BITS);
}

static void add_codec(void)
{
    codec_param = param_count;
    plug_param *codec = add(PLUG_PARAM_CODEC, RSD_GROUP_CODEC, rsd_param_by_id(RSD_PARAM_CODEC), 0u);
    const int standard = plug_codec_index("live");
    while (plug_codec_name((uint32_t)codec->max + 1u)) codec->max += 1.0f;
    codec->default_value = standard < 0 ? 0.0f : (float)standard;
    codec->is_stepped = true;
    codec->is_ramped = false;
}

static void add_port(plug_param_kind kind, uint32_t *index)
{
    *index = param_count;
    plug_param *port = add(kind, RSD_GROUP_SESSION, NULL, 0u);
    port->max = (float)PLUG_MAX_PORT;
    port->is_stepped = true;
}

static void add_row(const rsd_param_info *info)
{
    if (!rsd_param_is_per_level(info)) add_scalar(info);
    const uint32_t levels = rsd_param_is_per_level(info) ? PLUG_LEVEL_PARAMS : 0u;
    for (uint32_t level = 0; level < levels; level++) add(PLUG_PARAM_ROW, info->group, info, level);
    if (info->id == RSD_PARAM_LEVELS) add_codec(); /* the two that one plays first */
}

/* The rows of a group that make sense from so many channels on. */
static void add_group(rsd_param_group group, uint32_t min_channels)
{
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        if (info->unit != RSD_UNIT_TEXT && info->group == group && info->min_channels == min_channels) add_row(info);
}

static void fill(void)
{
    for (uint32_t group = 0; group < RSD_GROUP_COUNT; group++) add_group((rsd_param_group)group, 1u);
    add_port(PLUG_PARAM_OSC_PORT, &osc_param);
    add_port(PLUG_PARAM_HTTP_PORT, &http_param);
    mono_count = param_count;
    for (uint32_t group = 0; group < RSD_GROUP_COUNT; group++) add_group((rsd_param_group)group, 2u);
}

uint32_t plug_param_count_for(uint32_t channel_count)
{
    const uint32_t all = plug_param_count();
    return channel_count == 1u ? mono_count : all;
}

uint32_t plug_param_count(void)
{
    pthread_once(&once, fill);
    return param_count;
}

const plug_param *plug_param_at(uint32_t index) { return index < plug_param_count() ? &params[index] : NULL; }

uint32_t plug_param_find(uint32_t param_id, uint32_t level)
{
    const uint32_t count = plug_param_count();
    for (uint32_t i = 0; i < count; i++)
        if (params[i].info && (uint32_t)params[i].info->id == param_id && params[i].level == level) return i;
    return count;
}

uint32_t plug_param_osc_port(void) { return plug_param_count() > 0u ? osc_param : 0u; }
uint32_t plug_param_http_port(void) { return plug_param_count() > 0u ? http_param : 0u; }
uint32_t plug_param_codec(void) { return plug_param_count() > 0u ? codec_param : 0u; }

uint32_t plug_param_by_symbol(const char *symbol)
{
    char text[PLUG_TEXT_BYTES];
    const rsd_param_info *info;
    uint32_t level;
    if (rsd_param_parse_symbol(symbol, &info, &level) == RSD_OK) return plug_param_find(info->id, level);
    const uint32_t count = plug_param_count();
    for (uint32_t i = 0; i < count; i++) {
        plug_param_symbol(&params[i], text);
        if (strcmp(text, symbol) == 0) return i;
    }
    return count;
}

void plug_param_symbol(const plug_param *param, char *text)
{
    if (param->kind == PLUG_PARAM_OSC_PORT)
        snprintf(text, PLUG_TEXT_BYTES, "osc_port");
    else if (param->kind == PLUG_PARAM_HTTP_PORT)
        snprintf(text, PLUG_TEXT_BYTES, "http_port");
    else if (rsd_param_is_per_level(param->info))
        snprintf(text, PLUG_TEXT_BYTES, "%s_%u", param->info->symbol, param->level + 1u);
    else
        snprintf(text, PLUG_TEXT_BYTES, "%s", param->info->symbol);
}

/* "Level gain" of level 3 is "Level 3 gain". */
void plug_param_name(const plug_param *param, char *text)
{
    const char *name = param->kind == PLUG_PARAM_OSC_PORT    ? "OSC port"
                       : param->kind == PLUG_PARAM_HTTP_PORT ? "Page port"
                                                             : param->info->name;
    const char *rest = strchr(name, ' ');
    if (param->kind == PLUG_PARAM_ROW && rsd_param_is_per_level(param->info) && rest)
        snprintf(text, PLUG_TEXT_BYTES, "%.*s %u%s", (int)(rest - name), name, param->level + 1u, rest);
    else
        snprintf(text, PLUG_TEXT_BYTES, "%s", name);
}

static bool is_narrowed(const plug_param *param)
{
    return param->info && !param->is_share && param->max < param->info->max;
}

float plug_param_to_engine(const plug_param *param, float value)
{
    return is_narrowed(param) && value >= param->max ? param->info->max : value;
}

float plug_param_from_engine(const plug_param *param, float value)
{
    return is_narrowed(param) && value > param->max ? param->max : value;
}

float plug_param_clamp(const plug_param *param, float value)
{
    if (!isfinite(value)) return param->default_value;
    if (value < param->min) return param->min;
    if (value > param->max) return param->max;
    return param->is_stepped ? floorf(value + 0.5f) : value;
}

const char *plug_codec_name(uint32_t index)
{
    const char *name, *description;
    return rsd_model_builtin(index, &name, &description) ? name : NULL;
}

int plug_codec_index(const char *name)
{
    const char *known;
    /* "live" stands for "live-128"; the table of the library knows, but does not tell before it is opened. */
    const char *wanted = strcmp(name, "live") == 0 ? "live-128" : name;
    for (uint32_t i = 0; (known = plug_codec_name(i)) != NULL; i++)
        if (strcmp(known, wanted) == 0) return (int)i;
    return -1;
}

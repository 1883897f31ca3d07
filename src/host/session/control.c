// SPDX-License-Identifier: MIT
// What steers an engine, by name or number: ranges, values, words for what is refused.
#include "host/session/control_internal.h"

#include "base/error.h"
#include "codec/codec_name.h"
#include "engine/levels_share.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rsd_status host_control_create(const host_control_config *config, host_control **control)
{
    if (!config || !config->engine || !control) return RSD_ERR_ARG;
    host_control *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    rsd_codec_info info;
    rsd_engine_get_codec(config->engine, &info);
    self->engine = config->engine;
    self->tap = config->tap;
    self->coded_kbps = config->coded_kbps;
    self->sample_rate_hz = config->sample_rate_hz;
    self->channel_count = config->channel_count;
    self->telemetry = config->telemetry;
    snprintf(self->codec, sizeof self->codec, "%s", config->codec ? config->codec : info.name);
    memcpy(self->codec_before, self->codec, sizeof self->codec);
    host_control_show_codec(self);
    memcpy(self->model_name, info.name, sizeof info.name);
    memcpy(self->model_name_before, info.name, sizeof info.name);
    *control = self;
    return RSD_OK;
}

void host_control_set_tap(host_control *control, host_tap *tap) { control->tap = tap; }

void host_control_destroy(host_control *control)
{
    if (!control) return;
    rsd_model_release(control->model);
    rsd_model_release(control->model_before);
    free(control);
}

/* ---- parameters ---- */

bool host_control_has(const host_control *control, const rsd_param_info *info)
{
    return control->channel_count == 0u || control->channel_count >= info->min_channels;
}

void host_control_range(const host_control *control, const rsd_param_info *info, float *min, float *max)
{
    rsd_engine_get_range(control->engine, info->id, min, max);
}

static rsd_status no_such_level(const rsd_param_info *info, uint32_t level, uint32_t level_count, rsd_error *error)
{
    return base_error_set(error, RSD_ERR_ARG, "%s: there is no level %llu; the codec in use has levels 1..%u",
                          info->symbol, (unsigned long long)level + 1u, level_count);
}

static rsd_status wrong_value(const host_control *control, const rsd_param_info *info, const char *given,
                              rsd_error *error)
{
    char all[40] = "";
    float min, max;
    if (rsd_param_value_names(info))
        return base_error_set(error, RSD_ERR_ARG, "%s takes %s or %g..%g, not %.60s", info->symbol,
                              rsd_param_value_names(info), (double)info->min, (double)info->max, given);
    host_control_range(control, info, &min, &max);
    const char *unit = rsd_param_unit_text(info->unit);
    if (max < info->max) snprintf(all, sizeof all, ", or %g for all there is", (double)info->max);
    return base_error_set(error, RSD_ERR_ARG, "%s takes %s %g..%g%s%s%s, not %.60s", info->symbol,
                          rsd_param_is_whole(info) ? "a whole number" : "a number", (double)min, (double)max,
                          *unit ? " " : "", unit, all, given);
}

/*
 * The range that is shown is the one that is taken. The end of the parameter's own range means "all that the codec
 * has", as that is the default and outlasts a change of codec; and while a codec is on its way in, what it has is not
 * known yet.
 */
static bool is_in_range(const host_control *control, const rsd_param_info *info, float value, bool by_table)
{
    float min = info->min, max = info->max;
    if (value == info->max) return true;
    const bool is_known = !host_control_swap_pending(control) && !control->is_loading;
    if (!by_table && is_known) host_control_range(control, info, &min, &max);
    return value >= min && value <= max; /* not-a-number fails both */
}

/* What rsd_engine_set and rsd_engine_post refuse, with words for it. */
static rsd_status check(const host_control *control, rsd_param_id param_id, uint32_t level, float value, bool by_table,
                        rsd_error *error)
{
    const rsd_param_info *info = rsd_param_by_id(param_id);
    if (!info) return base_error_set(error, RSD_ERR_ARG, "there is no parameter number %u", param_id);
    if (info->unit == RSD_UNIT_TEXT)
        return base_error_set(error, RSD_ERR_ARG, "%s takes a name, not a number", info->symbol);
    if (!host_control_has(control, info))
        return base_error_set(error, RSD_ERR_ARG, "%s makes no sense in mono", info->symbol);
    rsd_codec_info codec;
    rsd_engine_get_codec(control->engine, &codec);
    if (rsd_param_is_per_level(info) && level >= codec.level_count)
        return no_such_level(info, level, codec.level_count, error);
    if (is_in_range(control, info, value, by_table)) return RSD_OK;
    char given[32];
    snprintf(given, sizeof given, "%g", (double)value);
    return wrong_value(control, info, given, error);
}

static rsd_status report(rsd_status status, rsd_error *error)
{
    return base_error_set(error, status, "%s", status == RSD_OK ? "" : rsd_status_text(status));
}

rsd_status host_control_check_value(const host_control *control, rsd_param_id param_id, uint32_t level, float value,
                                    rsd_error *error)
{
    return check(control, param_id, level, value, false, error);
}

/*
 * The bitrate of all levels of the codec in use limits nothing, and is to limit nothing after a change of codec either:
 * the end of the range that is shown stands for the end of the parameter's own. The other way round for a lowest level
 * (freeze_from): "all there is" is the highest that the codec in use has, as over it there is nothing.
 */
static float open_ended(const host_control *control, rsd_param_id param_id, float value)
{
    const rsd_param_info *info = rsd_param_by_id(param_id);
    float min, max;
    if (host_control_swap_pending(control) || control->is_loading) return value;
    host_control_range(control, info, &min, &max);
    if (param_id == RSD_PARAM_BITRATE_KBPS) return value >= max ? info->max : value;
    return value > max && !engine_is_open_ended(info) ? max : value;
}

rsd_status host_control_set_value(host_control *control, rsd_param_id param_id, uint32_t level, float value,
                                  rsd_error *error)
{
    const rsd_status status = check(control, param_id, level, value, false, error);
    if (status != RSD_OK) return status;
    value = open_ended(control, param_id, value);
    host_control_note_value(control, param_id, level, value);
    return report(rsd_engine_set(control->engine, param_id, level, value), error);
}

rsd_status host_control_post_value(host_control *control, rsd_param_id param_id, uint32_t level, float value,
                                   uint64_t sample_time, rsd_error *error)
{
    rsd_status status = check(control, param_id, level, value, true, error);
    if (status != RSD_OK) return status;
    const rsd_event event = {sample_time, param_id, level, value};
    status = rsd_engine_post(control->engine, &event);
    if (status == RSD_ERR_FULL)
        return base_error_set(error, status, "%u timed changes wait already; send them later",
                              RSD_ENGINE_EVENT_CAPACITY);
    return report(status, error);
}

static rsd_status find_symbol(const char *symbol, const rsd_param_info **info, uint32_t *level, rsd_error *error)
{
    const rsd_status status = rsd_param_parse_symbol(symbol, info, level);
    if (status == RSD_ERR_NOT_FOUND)
        return base_error_set(error, status, "there is no parameter '%.80s'; `residuum params` lists them", symbol);
    if (status == RSD_OK) return status;
    char plain[64];
    snprintf(plain, sizeof plain, "%.*s", (int)strcspn(symbol, "["), symbol);
    const rsd_param_info *named = rsd_param_by_symbol(plain);
    if (named && rsd_param_is_per_level(named))
        return base_error_set(error, status, "'%.80s': %s wants a level, %s[1]..%s[%u]", symbol, plain, plain, plain,
                              RSD_MAX_LEVELS);
    return base_error_set(error, status, "'%.80s': %s has no levels, write it without [ ]", symbol, plain);
}

rsd_status host_control_set(host_control *control, const char *symbol, const char *value, rsd_error *error)
{
    const rsd_param_info *info = NULL;
    uint32_t level = 0;
    float number;
    if (!symbol || !value) return base_error_set(error, RSD_ERR_ARG, "a parameter and a value are wanted");
    const rsd_status status = find_symbol(symbol, &info, &level, error);
    if (status != RSD_OK) return status;
    if (info->id == RSD_PARAM_CODEC) return host_control_set_codec(control, value, error);
    if (info->id == RSD_PARAM_DECODE_CODEC) return host_control_set_decoder(control, value, error);
    if (info->id == RSD_PARAM_PRESET) return host_control_set_preset(control, value, error);
    if (rsd_param_parse_value(info, value, &number) != RSD_OK) {
        char given[72];
        snprintf(given, sizeof given, "'%.60s'", value);
        return wrong_value(control, info, given, error);
    }
    return host_control_set_value(control, info->id, level, number, error);
}

rsd_status host_control_set_assignment(host_control *control, const char *assignment, rsd_error *error)
{
    char symbol[64];
    const char *equals = assignment ? strchr(assignment, '=') : NULL;
    if (!equals || equals == assignment || (size_t)(equals - assignment) >= sizeof symbol)
        return base_error_set(error, RSD_ERR_ARG, "'%.80s': symbol=value is wanted, as in levels=3.5",
                              assignment ? assignment : "");
    snprintf(symbol, sizeof symbol, "%.*s", (int)(equals - assignment), assignment);
    return host_control_set(control, symbol, equals + 1, error);
}

rsd_status host_control_get(const host_control *control, rsd_param_id param_id, uint32_t level, float *value)
{
    const rsd_param_info *info = rsd_param_by_id(param_id);
    float set, min, max;
    if (!control || !info || !value || rsd_engine_get(control->engine, param_id, level, &set) != RSD_OK)
        return RSD_ERR_ARG;
    (void)host_control_waiting_value(control, param_id, level, &set);
    host_control_range(control, info, &min, &max);
    *value = set > max && engine_is_open_ended(info) ? max : set;
    return RSD_OK;
}

float host_control_levels_in_use(const host_control *control)
{
    rsd_codec_info codec;
    float levels = 0.0f, kbps = 0.0f;
    rsd_engine_get_codec(control->engine, &codec);
    if (rsd_engine_get(control->engine, RSD_PARAM_LEVELS, 0, &levels) != RSD_OK ||
        rsd_engine_get(control->engine, RSD_PARAM_BITRATE_KBPS, 0, &kbps) != RSD_OK)
        return 0.0f;
    return rsd_engine_levels_in_use(&codec, levels, kbps);
}

rsd_status host_control_get_text(const host_control *control, const char *symbol, char *text, size_t text_bytes,
                                 rsd_error *error)
{
    const rsd_param_info *info = NULL;
    uint32_t level = 0;
    float value = 0.0f;
    const char *words = NULL;
    if (!symbol || !text || text_bytes == 0u) return base_error_set(error, RSD_ERR_ARG, "a parameter is wanted");
    const rsd_status status = find_symbol(symbol, &info, &level, error);
    if (status != RSD_OK) return status;
    if (info->id == RSD_PARAM_CODEC) words = control->codec;
    if (info->id == RSD_PARAM_DECODE_CODEC) words = codec_decoder_name(control->codec);
    if (info->id == RSD_PARAM_PRESET) words = control->preset;
    if (!words && host_control_get(control, info->id, level, &value) != RSD_OK)
        return base_error_set(error, RSD_ERR_ARG, "'%.80s' has no value", symbol);
    if (!words) words = rsd_param_value_name(info, (uint32_t)value);
    if (words)
        snprintf(text, text_bytes, "%s", words);
    else
        snprintf(text, text_bytes, "%.7g", (double)value);
    return report(RSD_OK, error);
}

/* ---- the rest ---- */

const char *host_control_codec(const host_control *control) { return control->codec; }
void host_control_before_preset(host_control *control, void (*act)(void *context), void *context)
{
    control->before_preset = act;
    control->before_preset_context = context;
}

const char *host_control_preset(const host_control *control) { return control->preset; }

const char *host_control_shown_name(const char *name_or_path)
{
    size_t end = strlen(name_or_path);
    while (end > 0u && name_or_path[end - 1u] == '/') end--;
    while (end > 0u && name_or_path[end - 1u] != '/') end--;
    return name_or_path + end;
}

const char *host_control_handed_codec(const host_control *control) { return control->codec_before; }

bool host_control_swap_pending(const host_control *control) { return control->is_waiting || control->swap_under_way; }
bool host_control_preset_waits(const host_control *control) { return control->preset_waits; }
void host_control_set_loading(host_control *control, bool is_loading) { control->is_loading = is_loading; }
rsd_engine *host_control_engine(host_control *control) { return control->engine; }
uint32_t host_control_sample_rate_hz(const host_control *control) { return control->sample_rate_hz; }

void host_control_get_codec_info(const host_control *control, rsd_codec_info *info)
{
    rsd_engine_get_codec(control->engine, info);
}

bool host_control_latest_tokens(const host_control *control, uint64_t *frame_index, rsd_token_frame *frame)
{
    return control->tap && host_tap_latest(control->tap, frame_index, frame);
}

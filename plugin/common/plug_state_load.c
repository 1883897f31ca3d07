// SPDX-License-Identifier: MIT
// The state that a host keeps with a session: read, whatever version wrote it.
#include "plug_internal.h"
#include "base/error.h"
#include "plug_state.h"

#include "base/text.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- parameters ---- */

typedef struct {
    rsd_preset *preset;
    uint32_t unknown_count;
    char unknown[64]; /* the first one */
} loader;

/* What this version's table allows: out of range is clamped, no number is the default. */
static float clamped(const rsd_param_info *info, const json_t *value)
{
    if (!json_is_number(value)) return info->default_value;
    const float number = (float)json_number_value(value);
    if (!(number >= info->min)) return info->min;
    if (number > info->max) return info->max;
    return rsd_param_is_whole(info) ? floorf(number + 0.5f) : number;
}

static void add(loader *l, const rsd_param_info *info, uint32_t level, const json_t *value)
{
    rsd_preset *preset = l->preset;
    if (preset->setting_count == RSD_PRESET_MAX_SETTINGS) return;
    preset->settings[preset->setting_count].param_id = info->id;
    preset->settings[preset->setting_count].level = level;
    preset->settings[preset->setting_count++].value = clamped(info, value);
}

static void add_parameter(loader *l, const rsd_param_info *info, const json_t *value)
{
    if (!value || info->unit == RSD_UNIT_TEXT) return;
    if (!rsd_param_is_per_level(info)) {
        add(l, info, 0u, value);
        return;
    }
    const size_t count = json_array_size(value);
    for (size_t level = 0; level < count && level < RSD_MAX_LEVELS; level++) {
        const json_t *item = json_array_get(value, level);
        if (clamped(info, item) != info->default_value) add(l, info, (uint32_t)level, item);
    }
}

/*
 * In states of old the bitrate had set the levels, and levels turned after it held. They play on: where the bitrate
 * would limit them now, it is no limit.
 */
static void lift_old_bitrate(plug *self, rsd_preset *preset)
{
    const rsd_param_info *bitrate = rsd_param_by_id(RSD_PARAM_BITRATE_KBPS);
    float levels = rsd_param_by_id(RSD_PARAM_LEVELS)->default_value, *kbps = NULL;
    rsd_codec_info info;
    rsd_model_info(self->waiting_model ? self->waiting_model : self->model, self->config.sample_rate_hz, &info);
    for (uint32_t i = 0; i < preset->setting_count; i++) {
        if (preset->settings[i].param_id == RSD_PARAM_LEVELS) levels = preset->settings[i].value;
        if (preset->settings[i].param_id == RSD_PARAM_BITRATE_KBPS) kbps = &preset->settings[i].value;
    }
    const float unlimited = rsd_engine_levels_in_use(&info, levels, bitrate->max);
    if (kbps && rsd_engine_levels_in_use(&info, levels, *kbps) < unlimited) *kbps = bitrate->max;
}

static void note_unknown(loader *l, json_t *parameters)
{
    const char *key;
    json_t *value;
    json_object_foreach(parameters, key, value)
    {
        const rsd_param_info *info = rsd_param_by_symbol(key);
        if (info && info->unit != RSD_UNIT_TEXT) continue;
        if (l->unknown_count++ == 0u) snprintf(l->unknown, sizeof l->unknown, "%.60s", key);
    }
}

static void load_share(plug *self, float share)
{
    engine_set_levels_share(self->engine,
                            plug_param_clamp(&self->params[plug_param_find(RSD_PARAM_LEVELS, 0u)], share));
}

static void load_picks(plug *self, json_t *picks)
{
    for (uint32_t i = 0; i < self->param_count; i++) {
        const json_t *share = self->params[i].is_pick ? json_object_get(picks, self->params[i].info->symbol) : NULL;
        if (!json_is_number(share)) continue;
        const float held = plug_param_clamp(&self->params[i], (float)json_number_value(share));
        atomic_store_explicit(&self->picked[i], held, memory_order_relaxed); /* read by audio, each for itself */
    }
}

static rsd_status load_parameters(plug *self, json_t *root, rsd_error *error)
{
    rsd_preset preset = {.name = "state"};
    loader l = {.preset = &preset};
    json_t *parameters = json_object_get(root, "parameters");
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        add_parameter(&l, info, json_object_get(parameters, info->symbol));
    if (json_integer_value(json_object_get(root, "version")) < PLUG_STATE_CEILING_VERSION)
        lift_old_bitrate(self, &preset);
    note_unknown(&l, parameters);
    if (l.unknown_count > 0u)
        plug_say(
            self, PLUG_LOG_WARNING, "the state was made by version %s: %u of its parameters (\"%s\"...) are left out",
            json_string_value(json_object_get(root, "made_by")) ? json_string_value(json_object_get(root, "made_by"))
                                                                : "unknown",
            l.unknown_count, l.unknown);
    const rsd_status status = plug_apply_preset_locked(self, &preset, error);
    const json_t *share = json_object_get(root, PLUG_STATE_LEVELS_SHARE);
    if (status == RSD_OK && json_is_number(share)) load_share(self, (float)json_number_value(share));
    if (status == RSD_OK) load_picks(self, json_object_get(root, PLUG_STATE_PICKS));
    return status;
}

/* ---- codec ---- */

static const char *text_of(json_t *root, const char *key)
{
    const char *text = json_string_value(json_object_get(root, key));
    return text ? text : "";
}

static void keep_missing(plug *self, const char *codec, const char *hash, const char *reason)
{
    plug_keep_missing_locked(self, codec, hash);
    plug_say(self, PLUG_LOG_ERROR,
             "the codec of this session is not there: %s; '%s' plays in its place, and the session keeps the name",
             reason, self->fallback);
}

/* What the state wants, opened or looked at before the lock is taken. */
typedef struct {
    char name[PLUG_PATH_BYTES], saved_hash[PLUG_HASH_BYTES]; /* name "": the state names none */
    bool is_wanted;                                          /* another one than plays */
    rsd_status status;                                       /* of opening it */
    rsd_error error;
    plug_opened opened;
    char hash[PLUG_HASH_BYTES]; /* of one that is there */
} state_codec;

static void open_codec(plug *self, json_t *root, const char *codec_path, state_codec *codec)
{
    char bytes[PLUG_PATH_BYTES];
    const char *name = codec_path ? codec_path : text_of(root, "codec");
    const char *hex = text_of(root, PLUG_STATE_CODEC_BYTES);
    if (!codec_path && *hex && text_from_hex(hex, bytes, sizeof bytes)) name = bytes;
    codec->name[0] = '\0';
    if (name[0] == '\0' || strlen(name) >= PLUG_PATH_BYTES) return;
    snprintf(codec->name, sizeof codec->name, "%s", name);
    snprintf(codec->saved_hash, sizeof codec->saved_hash, "%s", text_of(root, "codec_hash"));
    pthread_mutex_lock(&self->lock);
    codec->is_wanted = !plug_is_in_use_locked(self, name);
    pthread_mutex_unlock(&self->lock);
    codec->status = codec->is_wanted ? plug_open_codec(name, &codec->opened, &codec->error) : RSD_OK;
    if (codec->status == RSD_OK) plug_codec_hash(name, codec->hash);
}

static void load_codec_locked(plug *self, state_codec *codec, plug_codec_rule rule, bool *waits)
{
    if (codec->name[0] == '\0') return;
    self->missing[0] = '\0';
    rsd_status status = codec->status;
    if (status == RSD_OK && codec->is_wanted)
        status = plug_take_codec_locked(self, &codec->opened, rule, waits, &codec->error);
    if (status != RSD_OK)
        keep_missing(self, codec->name, codec->saved_hash, codec->error.text);
    else if (codec->saved_hash[0] != '\0' && codec->hash[0] != '\0' && strcmp(codec->saved_hash, codec->hash) != 0)
        plug_say(self, PLUG_LOG_WARNING,
                 "codec '%s' is not the one of this session (%s, now %s): it may sound different", codec->name,
                 codec->saved_hash, codec->hash);
}

/* ---- the whole ---- */

static void load_controls(const plug *self, json_t *root, float *controls)
{
    char symbol[PLUG_TEXT_BYTES];
    json_t *saved = json_object_get(root, "controls");
    /* A port of then said levels, and a host that brings it back says the same. */
    const json_int_t version = json_integer_value(json_object_get(root, "version"));
    for (uint32_t i = 0; i < self->param_count; i++) {
        const plug_param *s = &self->params[i];
        plug_param_symbol(s, symbol);
        const json_t *value = json_object_get(saved, symbol);
        const int codec = plug_codec_index(text_of(root, "codec"));
        controls[i] = s->kind == PLUG_PARAM_ROW        ? plug_get(self, i)
                      : s->kind == PLUG_PARAM_CODEC    ? (codec >= 0 ? (float)codec : s->default_value)
                      : s->kind == PLUG_PARAM_OSC_PORT ? (float)self->osc.port
                                                       : (float)self->page.port;
        if (!json_is_number(value)) continue;
        const bool has_levels = version < (s->is_pick ? PLUG_STATE_PICK_VERSION : PLUG_STATE_SHARE_VERSION);
        controls[i] =
            s->is_share && has_levels ? clamped(s->info, value) : plug_param_clamp(s, (float)json_number_value(value));
    }
}

static rsd_status parse(const char *text, size_t text_bytes, json_t **root, rsd_error *error)
{
    json_error_t where;
    const char *problem = text_skip_mark(&text, &text_bytes);
    if (problem) return base_error_set(error, RSD_ERR_FORMAT, "the state %s", problem);
    *root = json_loadb(text, text_bytes, 0, &where);
    if (!*root) return base_error_set(error, RSD_ERR_FORMAT, "the state cannot be read: %s", where.text);
    if (strcmp(text_of(*root, "format"), PLUG_STATE_FORMAT) == 0 &&
        json_is_object(json_object_get(*root, "parameters")))
        return RSD_OK;
    json_decref(*root);
    return base_error_set(error, RSD_ERR_FORMAT, "this is no state of Residuum");
}

/* States of before there was a page have none. */
static uint32_t port_of(const json_t *root, const char *name)
{
    const json_int_t port = json_integer_value(json_object_get(root, name));
    return port >= 0 && port <= (json_int_t)PLUG_MAX_PORT ? (uint32_t)port : 0u;
}

rsd_status plug_load(plug *self, const char *text, size_t text_bytes, const plug_load_options *options,
                     rsd_error *error)
{
    json_t *root = NULL;
    bool is_waiting = false;
    state_codec codec;
    rsd_status status = parse(text, text_bytes, &root, error);
    if (status != RSD_OK) return status;
    open_codec(self, root, options->codec_path, &codec);
    pthread_mutex_lock(&self->lock);
    load_codec_locked(self, &codec, options->rule, &is_waiting);
    status = load_parameters(self, root, error);
    if (options->controls) load_controls(self, root, options->controls);
    pthread_mutex_unlock(&self->lock);
    if (!options->keeps_ports) plug_set_osc_port(self, port_of(root, "osc_port"));
    if (!options->keeps_ports) plug_set_http_port(self, port_of(root, "http_port"));
    if (options->takes_measure) plug_measure_coding(self, json_is_true(json_object_get(root, "measure_coding")));
    json_decref(root);
    if (options->waits) *options->waits = is_waiting;
    return status == RSD_OK ? plug_settle(self, options->waits, error) : status;
}

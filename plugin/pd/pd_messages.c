// SPDX-License-Identifier: MIT
// Messages by the names that OSC has: `levels 3.5` is /levels, `level 4 gain 0.2` is /level/4/gain, `level * mute 1`
// all.
#include "rpd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 256u

/* ---- out ---- */

static void tell(rpd *self, const char *what, double value)
{
    t_atom word;
    SETFLOAT(&word, (t_float)value);
    outlet_anything(self->info, gensym(what), 1, &word);
}

static void tell_level(rpd *self, uint32_t level, double energy_db)
{
    t_atom words[3];
    SETFLOAT(&words[0], (t_float)(level + 1u));
    SETSYMBOL(&words[1], gensym("energy"));
    SETFLOAT(&words[2], (t_float)energy_db);
    outlet_anything(self->info, gensym("level"), 3, words);
}

void rpd_bang(rpd *self)
{
    const plug_meters *meters = plug_get_meters(self->plug);
    char codec[PLUG_PATH_BYTES];
    t_atom word;
    plug_codec(self->plug, codec, sizeof codec);
    SETSYMBOL(&word, gensym(codec));
    outlet_anything(self->info, gensym("codec"), 1, &word);
    tell(self, "latency", plug_latency_samples(self->plug));
    tell(self, "levels", (double)meters->levels);
    tell(self, "bitrate", (double)meters->bitrate_kbps);
    if (plug_http_port_now(self->plug) != 0u) tell(self, "http", plug_http_port_now(self->plug));
    if (meters->coded_kbps > 0.0f) tell(self, "coded", (double)meters->coded_kbps);
    tell(self, "snr", (double)meters->snr_db);
    for (uint32_t k = 0; k < meters->level_count; k++) tell_level(self, k, (double)meters->level_energy_db[k]);
}

void rpd_meters(rpd *self, t_floatarg every_ms)
{
    self->meter_ms = every_ms > 0.0f ? (double)every_ms : 0.0;
    self->meter_left_ms = 0.0;
}

/* ---- in ---- */

/* One part of an OSC address against one of ours: 'N' in ours is a level's number, or '*' for all. */
static bool part_matches(const char *ours, size_t ours_length, const char *given, size_t length, int *level)
{
    if (ours_length == 1u && *ours == 'N') {
        char *end = NULL;
        if (length == 1u && *given == '*') {
            *level = -1;
            return true;
        }
        *level = (int)strtol(given, &end, 10);
        return end == given + length && *level >= 1 && *level <= (int)RSD_MAX_LEVELS;
    }
    return ours_length == length && memcmp(ours, given, length) == 0;
}

static bool path_matches(const char *ours, const char *given, int *level)
{
    *level = 1;
    while (*ours == '/' && *given == '/') {
        const size_t ours_length = strcspn(++ours, "/"), length = strcspn(++given, "/");
        if (!part_matches(ours, ours_length, given, length, level)) return false;
        ours += ours_length;
        given += length;
    }
    return *ours == '\0' && *given == '\0';
}

/* By address, or by symbol: "input_gain_db", "level_gain[3]". level -1: every level. */
static const rsd_param_info *find(const rpd *self, const char *path, int *level)
{
    const rsd_param_info *info;
    uint32_t index;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        if (info->min_channels <= self->channel_count && path_matches(info->osc, path, level)) return info;
    if (rsd_param_parse_symbol(path + 1, &info, &index) != RSD_OK) return NULL;
    if (info->min_channels > self->channel_count) return NULL;
    *level = (int)index + 1;
    return info;
}

/* Selector and all words but the last one, as an address. */
static bool join(const t_symbol *selector, int count, const t_atom *words, char path[PATH_BYTES])
{
    int used = snprintf(path, PATH_BYTES, "/%s", selector->s_name);
    for (int i = 0; i + 1 < count && used < (int)PATH_BYTES; i++) {
        if (words[i].a_type == A_FLOAT)
            used += snprintf(path + used, PATH_BYTES - (size_t)used, "/%g", (double)words[i].a_w.w_float);
        else if (words[i].a_type == A_SYMBOL)
            used += snprintf(path + used, PATH_BYTES - (size_t)used, "/%s", words[i].a_w.w_symbol->s_name);
    }
    return used < (int)PATH_BYTES;
}

static bool read_value(const rsd_param_info *info, const t_atom *word, float *value)
{
    if (word->a_type == A_SYMBOL) return rsd_param_parse_value(info, word->a_w.w_symbol->s_name, value) == RSD_OK;
    *value = (float)word->a_w.w_float;
    return *value >= info->min && *value <= info->max;
}

static void set(rpd *self, const rsd_param_info *info, int level, float value)
{
    const uint32_t first = level < 0 ? 0u : (uint32_t)level - 1u;
    const uint32_t last = level < 0 ? RSD_MAX_LEVELS - 1u : first;
    for (uint32_t k = first; k <= last; k++) plug_apply(self->plug, info->id, k, value);
}

static void load(rpd *self, const rsd_param_info *info, const t_atom *word)
{
    if (word->a_type == A_SYMBOL && info->id == RSD_PARAM_DECODE_CODEC)
        rpd_load_decoder(self, word->a_w.w_symbol->s_name);
    else if (word->a_type == A_SYMBOL)
        rpd_load(self, word->a_w.w_symbol->s_name, info->id == RSD_PARAM_PRESET);
    else
        pd_error(self, "residuum~: %s wants a name", info->symbol);
}

static void take(rpd *self, const rsd_param_info *info, int level, const t_atom *word)
{
    float value;
    if (info->unit == RSD_UNIT_TEXT) {
        load(self, info, word);
    } else if (read_value(info, word, &value)) {
        set(self, info, level, value);
    } else if (rsd_param_value_names(info)) {
        pd_error(self, "residuum~: %s is one of %s", info->symbol, rsd_param_value_names(info));
    } else {
        pd_error(self, "residuum~: %s is %g to %g %s", info->symbol, (double)info->min, (double)info->max,
                 rsd_param_unit_text(info->unit));
    }
}

/* What is no row of the parameter table; false: there is no such thing. */
static bool take_number(rpd *self, const char *path, t_float number)
{
    const uint32_t port = number > 0.0f && number <= (float)PLUG_MAX_PORT ? (uint32_t)number : 0u;
    if (strcmp(path, "/osc") == 0)
        plug_set_osc_port(self->plug, port);
    else if (strcmp(path, "/http") == 0)
        plug_set_http_port(self->plug, port);
    else if (strcmp(path, "/coding") == 0)
        plug_measure_coding(self->plug, number > 0.0f);
    else
        return false;
    return true;
}

void rpd_anything(rpd *self, t_symbol *selector, int count, t_atom *words)
{
    char path[PATH_BYTES];
    int level;
    if (count < 1 || !join(selector, count, words, path)) {
        pd_error(self, "residuum~: '%s' wants a value", selector->s_name);
        return;
    }
    if (words[0].a_type == A_FLOAT && take_number(self, path, words[0].a_w.w_float)) return;
    const rsd_param_info *info = find(self, path, &level);
    if (info)
        take(self, info, level, &words[count - 1]);
    else
        pd_error(self, "residuum~: there is no control '%s'", path + 1);
}

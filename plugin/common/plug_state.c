// SPDX-License-Identifier: MIT
// The state that a host keeps with a session: written.
#include "plug_internal.h"
#include "base/error.h"
#include "plug_state.h"

#include "base/text.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double engine_value(const plug *self, const rsd_param_info *info, uint32_t level)
{
    float value = info->default_value;
    const uint32_t param = plug_param_find(info->id, level);
    const bool is_share = param < self->param_count && self->params[param].is_share;
    /* Stored by audio in plug_modulate. */
    if (is_share && atomic_load_explicit(&self->is_modulated[param], memory_order_relaxed))
        return (double)plug_levels_of(self, &self->params[param], plug_get(self, param));
    if (param < self->param_count && atomic_load_explicit(&self->is_modulated[param], memory_order_relaxed))
        return (double)plug_param_to_engine(&self->params[param],
                                            atomic_load_explicit(&self->unmodulated[param], memory_order_relaxed));
    if (rsd_engine_get(self->engine, info->id, level, &value) != RSD_OK) value = info->default_value;
    return (double)value;
}

/* Values that are the default too: a later version may have other defaults. */
static json_t *parameters(const plug *self)
{
    json_t *all = json_object();
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (info->unit == RSD_UNIT_TEXT) continue;
        if (!rsd_param_is_per_level(info)) {
            json_object_set_new(all, info->symbol, json_real(engine_value(self, info, 0u)));
            continue;
        }
        json_t *levels = json_array();
        for (uint32_t level = 0; level < RSD_MAX_LEVELS; level++)
            json_array_append_new(levels, json_real(engine_value(self, info, level)));
        json_object_set_new(all, info->symbol, levels);
    }
    return all;
}

/* Where the host turned levels as a share it is that share; a preset's or OSC's levels are levels, and no share. */
static void add_share(const plug *self, json_t *root)
{
    float share;
    const bool is_held = engine_get_levels_share(self->engine, &share);
    const uint32_t param = plug_param_find(RSD_PARAM_LEVELS, 0u);
    if (is_held) json_object_set_new(root, PLUG_STATE_LEVELS_SHARE, json_real((double)plug_get(self, param)));
}

/* The same of controls that name a level. */
static void add_picks(const plug *self, json_t *root)
{
    json_t *all = json_object();
    for (uint32_t i = 0; i < self->param_count; i++)
        if (self->params[i].is_pick && atomic_load_explicit(&self->picked[i], memory_order_relaxed) >= 0.0f)
            json_object_set_new(all, self->params[i].info->symbol, json_real((double)plug_get(self, i)));
    json_object_set_new(root, PLUG_STATE_PICKS, all);
}

static json_t *controls_of(const plug *self, const float *controls)
{
    char symbol[PLUG_TEXT_BYTES];
    json_t *all = json_object();
    for (uint32_t i = 0; i < self->param_count; i++) {
        plug_param_symbol(&self->params[i], symbol);
        json_object_set_new(all, symbol, json_real((double)controls[i]));
    }
    return all;
}

/* The name, and the hash of a codec that is not there: what it was when it was. */
static bool name_codec(plug *self, char name[PLUG_PATH_BYTES], char hash[PLUG_HASH_BYTES])
{
    const char *now = plug_codec_locked(self);
    snprintf(name, PLUG_PATH_BYTES, "%s", now);
    if (now != self->missing) return false;
    memcpy(hash, self->missing_hash, PLUG_HASH_BYTES);
    return true;
}

static void add_codec(const char *name, const char *hash, json_t *root)
{
    char *shown = text_utf8_copy(name);
    json_object_set_new(root, "codec", json_string(shown));
    free(shown);
    if (!text_is_utf8(name)) { /* a file's name is bytes, and JSON takes UTF-8 alone */
        char hex[2u * PLUG_PATH_BYTES];
        text_to_hex(name, hex);
        json_object_set_new(root, PLUG_STATE_CODEC_BYTES, json_string(hex));
    }
    if (hash[0] != '\0') json_object_set_new(root, "codec_hash", json_string(hash));
}

rsd_status plug_save(plug *self, const float *controls, char **text, rsd_error *error)
{
    char name[PLUG_PATH_BYTES], hash[PLUG_HASH_BYTES];
    pthread_mutex_lock(&self->lock);
    json_t *root = json_object();
    json_object_set_new(root, "format", json_string(PLUG_STATE_FORMAT));
    json_object_set_new(root, "version", json_integer(PLUG_STATE_VERSION));
    json_object_set_new(root, "made_by", json_string(RSD_VERSION));
    const bool has_hash = name_codec(self, name, hash);
    json_object_set_new(root, "osc_port", json_integer(self->osc.port));
    json_object_set_new(root, "http_port", json_integer(self->page.port));
    if (self->coding.is_wanted) json_object_set_new(root, "measure_coding", json_true());
    json_object_set_new(root, "parameters", parameters(self));
    add_share(self, root);
    add_picks(self, root);
    if (controls) json_object_set_new(root, "controls", controls_of(self, controls));
    pthread_mutex_unlock(&self->lock);
    if (!has_hash) plug_codec_hash(name, hash); /* reads its files: not under the lock */
    add_codec(name, hash, root);
    /* Nine digits bring every float back as it was. */
    *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(root);
    if (!*text) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the state");
    return base_error_set(error, RSD_OK, "%s", "");
}

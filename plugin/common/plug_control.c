// SPDX-License-Identifier: MIT
// The control side: codecs and presets. Everything here is in order by the lock.
#include "plug_internal.h"

#include "base/error.h"
#include "codec/codec_name.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plug_say(const plug *self, plug_log_level level, const char *format, ...)
{
    char text[RSD_ERROR_TEXT_BYTES + 256u];
    va_list arguments;
    if (!self->config.log) return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    self->config.log(self->config.log_context, level, text);
}

void plug_note_change(plug *self)
{
    atomic_fetch_add_explicit(&self->change_count, 1u, memory_order_relaxed); /* read by whoever shows values */
}

void plug_update_wants_poll(plug *self)
{
    rsd_codec_info info;
    rsd_engine_get_codec(self->engine, &info);
    const bool has_other_levels = info.level_count != self->known_level_count;
    self->known_level_count = info.level_count;
    if (has_other_levels) plug_note_change(self); /* the share that so many levels are */
    /* Both are read by audio. */
    atomic_store_explicit(&self->hop_samples, info.hop_samples, memory_order_relaxed);
    atomic_store_explicit(&self->wants_poll, host_control_swap_pending(self->control), memory_order_relaxed);
}

void plug_poll(plug *self)
{
    rsd_error error;
    pthread_mutex_lock(&self->lock);
    const bool has_waited = host_control_preset_waits(self->control);
    const rsd_status status = host_control_poll(self->control, &error);
    if (has_waited && !host_control_preset_waits(self->control)) plug_note_change(self);
    plug_update_wants_poll(self);
    pthread_mutex_unlock(&self->lock);
    if (status != RSD_OK) plug_say(self, PLUG_LOG_ERROR, "%s", error.text);
}

/* ---- codecs ---- */

const char *plug_codec_locked(plug *self)
{
    const char *in_use = self->waiting_model ? self->waiting : host_control_codec(self->control);
    if (self->missing[0] != '\0' && strcmp(in_use, self->fallback) == 0) return self->missing;
    return in_use;
}

void plug_codec(plug *self, char *text, size_t text_bytes)
{
    pthread_mutex_lock(&self->lock);
    snprintf(text, text_bytes, "%s", plug_codec_locked(self));
    pthread_mutex_unlock(&self->lock);
}

static bool changes_latency(const plug *self, const rsd_model *model)
{
    rsd_codec_info now, next;
    rsd_engine_get_codec(self->engine, &now);
    rsd_model_info(model, self->config.sample_rate_hz, &next);
    return now.latency_samples != next.latency_samples || now.sample_rate_hz != next.sample_rate_hz ||
           now.hop_samples != next.hop_samples || host_control_swap_pending(self->control);
}

static void keep_waiting(plug *self, rsd_model *model, const char *name)
{
    rsd_model_release(self->waiting_model);
    self->waiting_model = model;
    snprintf(self->waiting, sizeof self->waiting, "%s", name);
}

/* While audio runs. */
static rsd_status swap(plug *self, const plug_opened *opened, rsd_error *error)
{
    rsd_model *model = rsd_model_retain(opened->model);
    const host_control_opened with = {opened->preset, opened->name, model, opened->name, HOST_CONTROL_NO_MARK};
    const rsd_status status = opened->preset ? host_control_take_preset(self->control, &with, error)
                                             : host_control_take_codec(self->control, model, opened->name, error);
    if (status != RSD_OK) {
        rsd_model_release(opened->model);
        return status;
    }
    rsd_model_release(self->waiting_model);
    self->waiting_model = NULL;
    rsd_model_release(self->model);
    self->model = opened->model;
    plug_update_wants_poll(self);
    return RSD_OK;
}

/* A session must find the file or folder again from another working folder. Names of models stand for no path. */
static const char *absolute(const char *name, char path[PATH_MAX])
{
    if (codec_is_name(name)) return name;
    if (realpath(name, path)) return strlen(path) < PLUG_PATH_BYTES ? path : name;
    char folder[PLUG_PATH_BYTES];
    if (!codec_cut_int16(name, folder, sizeof folder) || !realpath(folder, path)) return name;
    if (strlen(path) + strlen(RSD_CODEC_INT16) >= PLUG_PATH_BYTES) return name;
    return strcat(path, RSD_CODEC_INT16);
}

/* Both names of a joined one. */
static const char *absolute_both(const char *name, char path[PATH_MAX])
{
    char coder[PLUG_PATH_BYTES], found[PATH_MAX], decoder[PATH_MAX];
    if (!codec_decoder_sign(name)) return absolute(name, path);
    if (!codec_join_decoder(name, "none", coder, sizeof coder)) return name;
    const bool fits =
        codec_join_decoder(absolute(coder, found), absolute(codec_decoder_name(name), decoder), path, PLUG_PATH_BYTES);
    return fits ? path : name;
}

rsd_status plug_open_codec(const char *name_or_path, plug_opened *opened, rsd_error *error)
{
    char path[PATH_MAX];
    opened->preset = NULL;
    if (strlen(name_or_path) >= PLUG_PATH_BYTES)
        return base_error_set(error, RSD_ERR_ARG, "the name of the codec is too long: %.80s...", name_or_path);
    snprintf(opened->name, sizeof opened->name, "%s", absolute_both(name_or_path, path));
    return rsd_model_open(opened->name, &opened->model, error);
}

rsd_status plug_take_codec_locked(plug *self, const plug_opened *opened, plug_codec_rule rule, bool *waits,
                                  rsd_error *error)
{
    if (waits) *waits = false;
    self->missing[0] = '\0';
    plug_note_change(self);
    if (self->is_started && (rule == PLUG_CODEC_ANY || !changes_latency(self, opened->model)))
        return swap(self, opened, error);
    keep_waiting(self, opened->model, opened->name);
    if (waits) *waits = true;
    return RSD_OK;
}

rsd_status plug_settle(plug *self, bool *waits, rsd_error *error)
{
    pthread_mutex_lock(&self->lock);
    const bool take = self->waiting_model && !self->is_started;
    pthread_mutex_unlock(&self->lock);
    if (!take) return base_error_set(error, RSD_OK, "%s", "");
    if (waits) *waits = false;
    return plug_prepare(self, self->config.sample_rate_hz, self->config.channel_count, error);
}

void plug_keep_missing_locked(plug *self, const char *codec, const char *hash)
{
    snprintf(self->fallback, sizeof self->fallback, "%s",
             self->waiting_model ? self->waiting : host_control_codec(self->control));
    snprintf(self->missing, sizeof self->missing, "%s", codec);
    snprintf(self->missing_hash, sizeof self->missing_hash, "%s", hash);
}

/* A codec of the list whose files are not on this machine stays chosen, as one of a session does. */
static void keep_listed(plug *self, const char *name)
{
    if (plug_codec_index(name) < 0) return;
    pthread_mutex_lock(&self->lock);
    plug_keep_missing_locked(self, name, "");
    pthread_mutex_unlock(&self->lock);
}

rsd_status plug_set_codec(plug *self, const char *name_or_path, plug_codec_rule rule, bool *waits, rsd_error *error)
{
    plug_opened opened = {.model = NULL};
    if (waits) *waits = false;
    rsd_status status = plug_open_codec(name_or_path, &opened, error);
    if (status != RSD_OK) {
        keep_listed(self, name_or_path);
        return status;
    }
    pthread_mutex_lock(&self->lock);
    status = plug_take_codec_locked(self, &opened, rule, waits, error);
    pthread_mutex_unlock(&self->lock);
    return status == RSD_OK ? plug_settle(self, waits, error) : status;
}

/* ---- presets ---- */

/* What was modulated is so again at the next event; read by audio and by whoever saves. */
static void note_preset(plug *self)
{
    for (uint32_t i = 0; i < self->param_count; i++)
        atomic_store_explicit(&self->is_modulated[i], false, memory_order_relaxed);
    plug_forget_picks(self);
    plug_note_change(self);
}

rsd_status plug_apply_preset_locked(plug *self, const rsd_preset *preset, rsd_error *error)
{
    const rsd_status status = rsd_preset_apply(preset, self->engine);
    if (status != RSD_OK)
        return base_error_set(error, status, "preset '%s': %s", preset->name, rsd_status_text(status));
    note_preset(self);
    return RSD_OK;
}

bool plug_is_in_use_locked(plug *self, const char *codec)
{
    const char *now = self->waiting_model ? self->waiting : host_control_codec(self->control);
    const int index = plug_codec_index(codec);
    return strcmp(now, codec) == 0 || (index >= 0 && index == plug_codec_index(now));
}

/* Also where what is asked for is the codec of a session that was not there: then nothing is there to open. */
static bool needs_codec(plug *self, const char *codec)
{
    pthread_mutex_lock(&self->lock);
    const bool is_missing = strcmp(plug_codec_locked(self), codec) == 0;
    const bool needs = codec[0] != '\0' && !is_missing && !plug_is_in_use_locked(self, codec);
    pthread_mutex_unlock(&self->lock);
    return needs;
}

rsd_status plug_set_preset(plug *self, const char *name_or_path, plug_codec_rule rule, bool *waits, rsd_error *error)
{
    rsd_preset preset;
    plug_opened opened = {.model = NULL};
    bool codec_waits = false;
    if (waits) *waits = false;
    rsd_status status = rsd_preset_open(name_or_path, &preset, error);
    if (status == RSD_OK && needs_codec(self, preset.codec)) status = plug_open_codec(preset.codec, &opened, error);
    if (status != RSD_OK) return status;
    pthread_mutex_lock(&self->lock);
    opened.preset = &preset;
    if (opened.model) status = plug_take_codec_locked(self, &opened, rule, &codec_waits, error);
    if (status == RSD_OK && opened.model && !codec_waits)
        note_preset(self);
    else if (status == RSD_OK)
        status = plug_apply_preset_locked(self, &preset, error);
    if (waits) *waits = codec_waits;
    pthread_mutex_unlock(&self->lock);
    return status == RSD_OK ? plug_settle(self, waits, error) : status;
}

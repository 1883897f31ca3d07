// SPDX-License-Identifier: MIT
// Codec swaps and presets of the control thread.
#include "host/session/control_internal.h"

#include "base/error.h"
#include "codec/codec_name.h"

#include <stdio.h>
#include <string.h>

static void keep(char *to, const char *from) { snprintf(to, HOST_CONTROL_NAME_BYTES, "%s", from); }

void host_control_show_codec(host_control *control)
{
    char coder[HOST_CONTROL_NAME_BYTES];
    const char *decoder = host_control_shown_name(codec_decoder_name(control->codec));
    if (codec_join_decoder(control->codec, "none", coder, sizeof coder))
        (void)codec_join_decoder(host_control_shown_name(coder), decoder, control->shown_codec,
                                 sizeof control->shown_codec);
}

/* What was asked for has been handed to the engine. */
static void keep_asked(host_control *control)
{
    memcpy(control->codec_before, control->codec, sizeof control->codec);
    memcpy(control->model_name_before, control->model_name, sizeof control->model_name);
    rsd_model_release(control->model_before);
    control->model_before = rsd_model_retain(control->model);
}

/* ---- presets that were asked for earlier ---- */

uint64_t host_control_mark(host_control *control)
{
    control->takes_notes = true;
    return control->note_order;
}

void host_control_forget_marks(host_control *control)
{
    if (control->preset_waits) return; /* the notes are its own, too */
    control->takes_notes = false;
    control->note_count = 0u;
}

static void remove_note(host_control *control, uint32_t index)
{
    host_control_note *note = &control->notes[index];
    control->note_count--;
    memmove(note, note + 1, (control->note_count - index) * sizeof *note);
}

void host_control_note_value(host_control *control, rsd_param_id param_id, uint32_t level, float value)
{
    if (!control->takes_notes) return;
    uint32_t same = 0;
    while (same < control->note_count &&
           (control->notes[same].param_id != param_id || control->notes[same].level != level))
        same++;
    if (same < control->note_count)
        remove_note(control, same);
    else if (control->note_count == HOST_CONTROL_MAX_NOTES)
        remove_note(control, 0u);
    control->notes[control->note_count++] = (host_control_note){++control->note_order, param_id, level, value};
}

static void set_notes_again(host_control *control, uint64_t mark)
{
    for (uint32_t i = 0; i < control->note_count; i++) {
        const host_control_note *note = &control->notes[i];
        if (note->order > mark) (void)!rsd_engine_set(control->engine, note->param_id, note->level, note->value);
    }
}

/* What the preset that waits, and what was set behind it, will make of a value. */
bool host_control_waiting_value(const host_control *control, rsd_param_id param_id, uint32_t level, float *value)
{
    const rsd_param_info *info = rsd_param_by_id(param_id);
    const rsd_preset *preset = &control->waiting_preset;
    if (!control->preset_waits || rsd_param_is_of_session(info)) return false;
    *value = info->default_value;
    for (uint32_t i = 0; i < preset->setting_count; i++)
        if (preset->settings[i].param_id == param_id && preset->settings[i].level == level)
            *value = preset->settings[i].value;
    for (uint32_t i = 0; i < control->note_count; i++) {
        const host_control_note *note = &control->notes[i];
        if (note->order > control->preset_mark && note->param_id == param_id && note->level == level)
            *value = note->value;
    }
    return true;
}

/* ---- codecs ---- */

static void keep_preset_waiting(host_control *control, const host_control_opened *opened)
{
    const uint64_t now = host_control_mark(control);
    control->preset_mark = opened->mark == HOST_CONTROL_NO_MARK ? now : opened->mark;
    control->waiting_preset = *opened->preset;
    control->preset_waits = true;
}

/* The model goes to the engine, with the preset that waits or alone. */
static rsd_status hand_over(host_control *control, rsd_model *model, rsd_error *error)
{
    return control->preset_waits ? rsd_preset_load(&control->waiting_preset, model, control->engine, error)
                                 : rsd_engine_swap(control->engine, model, error);
}

/* What was set since the preset was asked for is set again behind it. */
static void end_waiting(host_control *control)
{
    control->is_waiting = false;
    if (!control->preset_waits) return;
    control->preset_waits = false;
    set_notes_again(control, control->preset_mark);
    if (!control->is_loading) host_control_forget_marks(control);
}

/*
 * An engine that is busy with an earlier swap is no failure: the model waits, and replaces one that waited. A preset
 * waits with its model, and one that waits already gets the new model: both are one change.
 */
static rsd_status take(host_control *control, rsd_model *model, const char *name, const host_control_opened *with,
                       rsd_error *error)
{
    rsd_codec_info info;
    rsd_model_info(model, control->sample_rate_hz, &info);
    if (with) keep_preset_waiting(control, with);
    const rsd_status status = hand_over(control, model, error);
    if (status != RSD_OK && status != RSD_ERR_FULL) {
        if (with) control->preset_waits = false;
        rsd_model_release(model);
        return status;
    }
    rsd_model_release(control->model);
    control->model = model;
    keep(control->codec, name);
    host_control_show_codec(control);
    memcpy(control->model_name, info.name, sizeof info.name);
    control->is_waiting = status == RSD_ERR_FULL;
    if (status == RSD_OK) {
        keep_asked(control);
        end_waiting(control);
    }
    control->swap_under_way = true;
    return base_error_set(error, RSD_OK, "%s", "");
}

rsd_status host_control_take_codec(host_control *control, rsd_model *model, const char *name, rsd_error *error)
{
    return take(control, model, name, NULL, error);
}

rsd_status host_control_set_block(host_control *control, uint32_t block_samples, rsd_error *error)
{
    if (host_control_swap_pending(control)) return base_error_set(error, RSD_ERR_FULL, "a codec swap is under way");
    const rsd_status status = rsd_engine_set_block(control->engine, block_samples, error);
    control->swap_under_way = rsd_engine_collect(control->engine);
    return status;
}

/* Of each name of a joined one its last part. */
const char *host_control_shown_text(const host_control *control, rsd_param_id param_id)
{
    if (param_id == RSD_PARAM_PRESET) return host_control_shown_name(control->preset);
    const char *decoder = host_control_shown_name(codec_decoder_name(control->codec));
    return param_id == RSD_PARAM_DECODE_CODEC ? decoder : control->shown_codec;
}

static rsd_status check_name(const char *what, const char *name, rsd_error *error)
{
    if (!name || *name == '\0') return base_error_set(error, RSD_ERR_NOT_FOUND, "no %s was named", what);
    if (strlen(name) >= HOST_CONTROL_NAME_BYTES)
        return base_error_set(error, RSD_ERR_ARG, "the name of the %s is too long: %.80s...", what, name);
    return RSD_OK;
}

rsd_status host_control_set_codec(host_control *control, const char *name_or_path, rsd_error *error)
{
    rsd_model *model = NULL;
    rsd_status status = check_name("codec", name_or_path, error);
    if (status == RSD_OK) status = rsd_model_open(name_or_path, &model, error);
    if (status != RSD_OK) return status;
    return host_control_take_codec(control, model, name_or_path, error);
}

rsd_status host_control_set_decoder(host_control *control, const char *name_or_path, rsd_error *error)
{
    char joined[HOST_CONTROL_NAME_BYTES];
    const rsd_status status = check_name("decoder", name_or_path, error);
    if (status != RSD_OK) return status;
    if (!codec_join_decoder(control->codec, name_or_path, joined, sizeof joined))
        return base_error_set(error, RSD_ERR_ARG, "the name of the decoder is too long: %.80s...", name_or_path);
    return host_control_set_codec(control, joined, error);
}

static bool is_path(const char *name) { return strchr(name, '/') || strchr(name, '.'); }

/* "live" and "live-128" are the same built-in codec: a preset must not swap one for the other. */
static bool is_in_use(const host_control *control, const char *name, const rsd_model *model)
{
    rsd_codec_info info;
    if (strcmp(name, control->codec) == 0) return true;
    if (is_path(name) || is_path(control->codec)) return false;
    rsd_model_info(model, control->sample_rate_hz, &info);
    return strcmp(info.name, control->model_name) == 0;
}

rsd_model *host_control_model(const host_control *control)
{
    return control->model ? rsd_model_retain(control->model) : NULL;
}

/* ---- presets ---- */

/* Where a codec waits, the preset waits for it. */
static rsd_status load_values(host_control *control, const host_control_opened *opened, rsd_error *error)
{
    if (control->is_waiting) {
        keep_preset_waiting(control, opened);
        return base_error_set(error, RSD_OK, "%s", "");
    }
    const rsd_status status = rsd_preset_load(opened->preset, NULL, control->engine, error);
    if (status == RSD_OK) set_notes_again(control, opened->mark);
    return status;
}

rsd_status host_control_take_preset(host_control *control, const host_control_opened *opened, rsd_error *error)
{
    rsd_model *model = opened->model;
    rsd_error reason;
    rsd_status status;
    if (control->before_preset) control->before_preset(control->before_preset_context);
    if (model && !is_in_use(control, opened->codec, model)) {
        status = take(control, model, opened->codec, opened, &reason);
    } else {
        rsd_model_release(model);
        status = load_values(control, opened, &reason);
    }
    if (status != RSD_OK) return base_error_set(error, status, "preset '%.200s': %.250s", opened->name, reason.text);
    keep(control->preset, opened->name);
    return base_error_set(error, RSD_OK, "%s", "");
}

rsd_status host_control_set_preset(host_control *control, const char *name_or_path, rsd_error *error)
{
    rsd_preset preset;
    rsd_model *model = NULL;
    rsd_status status = check_name("preset", name_or_path, error);
    if (status == RSD_OK) status = rsd_preset_open(name_or_path, &preset, error);
    if (status == RSD_OK && preset.codec[0] != '\0') status = rsd_model_open(preset.codec, &model, error);
    if (status != RSD_OK) return status;
    const host_control_opened opened = {&preset, name_or_path, model, preset.codec, HOST_CONTROL_NO_MARK};
    return host_control_take_preset(control, &opened, error);
}

static rsd_status hand_over_waiting(host_control *control, rsd_error *error)
{
    rsd_error reason;
    const rsd_status status = hand_over(control, control->model, &reason);
    if (status == RSD_ERR_FULL) return RSD_OK;
    end_waiting(control);
    if (status == RSD_OK) {
        keep_asked(control);
        control->swap_under_way = true;
        return RSD_OK;
    }
    (void)base_error_set(error, status, "codec '%.200s': %.250s", control->codec, reason.text);
    memcpy(control->codec, control->codec_before, sizeof control->codec);
    host_control_show_codec(control);
    memcpy(control->model_name, control->model_name_before, sizeof control->model_name);
    rsd_model_release(control->model);
    control->model = control->model_before ? rsd_model_retain(control->model_before) : NULL;
    return status;
}

/* A change of generations is a swap to the same codec. */
static rsd_status follow_generations(host_control *control, rsd_error *error)
{
    if (!rsd_engine_wants_generations(control->engine)) return RSD_OK;
    const rsd_status status = rsd_engine_apply_generations(control->engine, error);
    control->swap_under_way = status == RSD_OK;
    return status;
}

rsd_status host_control_poll(host_control *control, rsd_error *error)
{
    rsd_codec_info info;
    (void)base_error_set(error, RSD_OK, "%s", "");
    control->swap_under_way = rsd_engine_collect(control->engine);
    host_control_read_telemetry(control);
    if (control->tap) {
        rsd_engine_get_codec(control->engine, &info);
        /* No memory for the histograms costs the usage meter, nothing else: it then shows 0. */
        (void)!host_tap_poll(control->tap, &info);
    }
    if (control->swap_under_way) return RSD_OK;
    return control->is_waiting ? hand_over_waiting(control, error) : follow_generations(control, error);
}

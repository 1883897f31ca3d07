// SPDX-License-Identifier: MIT
// Codec swaps and presets of the control thread.
#include "host/session/control_internal.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static void keep(char *to, const char *from) { snprintf(to, HOST_CONTROL_NAME_BYTES, "%s", from); }

/* What was asked for has been handed to the engine. */
static void keep_asked(host_control *control)
{
    memcpy(control->codec_before, control->codec, sizeof control->codec);
    memcpy(control->model_name_before, control->model_name, sizeof control->model_name);
    rsd_model_release(control->model_before);
    control->model_before = rsd_model_retain(control->model);
}

/* An engine that is busy with an earlier swap is no failure: the model waits, and replaces one that waited. */
rsd_status host_control_take_codec(host_control *control, rsd_model *model, const char *name, rsd_error *error)
{
    rsd_codec_info info;
    rsd_model_info(model, control->sample_rate_hz, &info);
    const rsd_status status = rsd_engine_swap(control->engine, model, error);
    if (status != RSD_OK && status != RSD_ERR_FULL) {
        rsd_model_release(model);
        return status;
    }
    rsd_model_release(control->model);
    control->model = model;
    control->is_waiting = status == RSD_ERR_FULL;
    keep(control->codec, name);
    memcpy(control->model_name, info.name, sizeof info.name);
    if (status == RSD_OK) keep_asked(control);
    control->swap_under_way = true;
    return base_error_set(error, RSD_OK, "%s", "");
}

rsd_status host_control_set_block(host_control *control, uint32_t block_samples, rsd_error *error)
{
    if (host_control_swap_pending(control)) return base_error_set(error, RSD_ERR_FULL, "a codec swap is under way");
    const rsd_status status = rsd_engine_set_block(control->engine, block_samples, error);
    control->swap_under_way = rsd_engine_collect(control->engine);
    return status;
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

static rsd_status apply(host_control *control, const rsd_preset *preset, const char *name, rsd_error *error)
{
    const rsd_status status = rsd_preset_apply(preset, control->engine);
    if (status != RSD_OK) return base_error_set(error, status, "preset '%.200s': %s", name, rsd_status_text(status));
    keep(control->preset, name);
    return base_error_set(error, RSD_OK, "%s", "");
}

rsd_model *host_control_model(const host_control *control)
{
    return control->model ? rsd_model_retain(control->model) : NULL;
}

/* ---- presets that were asked for earlier ---- */

uint64_t host_control_mark(host_control *control)
{
    control->takes_notes = true;
    return control->note_order;
}

void host_control_forget_marks(host_control *control)
{
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

rsd_status host_control_take_preset(host_control *control, const host_control_opened *opened, rsd_error *error)
{
    rsd_model *model = opened->model;
    rsd_status status = RSD_OK;
    if (model && is_in_use(control, opened->codec, model))
        rsd_model_release(model);
    else if (model)
        status = host_control_take_codec(control, model, opened->codec, error);
    if (status == RSD_OK) status = apply(control, opened->preset, opened->name, error);
    if (status == RSD_OK) set_notes_again(control, opened->mark);
    return status;
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
    const rsd_status status = rsd_engine_swap(control->engine, control->model, &reason);
    if (status == RSD_ERR_FULL) return RSD_OK;
    control->is_waiting = false;
    if (status == RSD_OK) {
        keep_asked(control);
        control->swap_under_way = true;
        return RSD_OK;
    }
    (void)base_error_set(error, status, "codec '%.200s': %.250s", control->codec, reason.text);
    memcpy(control->codec, control->codec_before, sizeof control->codec);
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

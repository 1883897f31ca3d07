// SPDX-License-Identifier: MIT
// Parameters: what a host is told of them, and the events that turn them.
#include "rclap.h"

#include "base/realtime.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEVEL_STRIDE 256u /* id of a level's parameter: the table's id + LEVEL_STRIDE x (level, 1-based) */
#define OSC_PORT_ID 0x10000u
#define HTTP_PORT_ID 0x10100u

uint32_t rclap_param_id(const rclap *self, uint32_t param)
{
    const plug_param *s = &self->params[param];
    if (s->kind == PLUG_PARAM_OSC_PORT) return OSC_PORT_ID;
    if (s->kind == PLUG_PARAM_HTTP_PORT) return HTTP_PORT_ID;
    const bool of_level = s->kind == PLUG_PARAM_ROW && rsd_param_is_per_level(s->info);
    return s->info->id + (of_level ? LEVEL_STRIDE * (s->level + 1u) : 0u);
}

uint32_t rclap_param_of(const rclap *self, clap_id param_id)
{
    for (uint32_t i = 0; i < self->param_count; i++)
        if (rclap_param_id(self, i) == param_id) return i;
    return self->param_count;
}

/* ---- what it is ---- */

static uint32_t count(const clap_plugin_t *plugin) { return rclap_of(plugin)->param_count + RCLAP_METERS + 1u; }

static bool is_modulatable(const plug_param *s) { return s->kind == PLUG_PARAM_ROW && !s->is_stepped; }

static clap_param_info_flags flags_of(const plug_param *s)
{
    clap_param_info_flags flags = s->is_stepped ? CLAP_PARAM_IS_STEPPED : 0u;
    if (s->kind == PLUG_PARAM_ROW) flags |= CLAP_PARAM_IS_AUTOMATABLE;
    if (is_modulatable(s)) flags |= CLAP_PARAM_IS_MODULATABLE;
    if (s->kind == PLUG_PARAM_CODEC) flags |= CLAP_PARAM_IS_ENUM;
    if (s->kind == PLUG_PARAM_ROW && rsd_param_value_names(s->info)) flags |= CLAP_PARAM_IS_ENUM;
    if (s->kind == PLUG_PARAM_ROW && s->info->id == RSD_PARAM_BYPASS) flags |= CLAP_PARAM_IS_BYPASS;
    return flags;
}

static bool get_info(const clap_plugin_t *plugin, uint32_t index, clap_param_info_t *info)
{
    rclap *self = rclap_of(plugin);
    char name[PLUG_TEXT_BYTES];
    if (index >= count(plugin)) return false;
    memset(info, 0, sizeof *info);
    if (index == self->param_count + RCLAP_METERS) {
        rclap_decoder_info(self, info);
        return true;
    }
    if (index >= self->param_count) {
        rclap_meter_info(index - self->param_count, info);
        return true;
    }
    const plug_param *s = &self->params[index];
    info->id = rclap_param_id(self, index);
    info->flags = flags_of(s);
    plug_param_name(s, name);
    snprintf(info->name, sizeof info->name, "%s", name);
    snprintf(info->module, sizeof info->module, "%s", rsd_param_group_name((uint32_t)s->group));
    info->min_value = (double)s->min;
    info->max_value = (double)s->max;
    info->default_value = (double)s->default_value;
    return true;
}

static bool get_value(const clap_plugin_t *plugin, clap_id param_id, double *value)
{
    rclap *self = rclap_of(plugin);
    const uint32_t param = rclap_param_of(self, param_id), meter = rclap_meter_of(param_id);
    if (meter < RCLAP_METERS) {
        *value = rclap_meter_value(self, meter);
        return true;
    }
    if (rclap_is_decoder(param_id)) {
        *value = rclap_decoder_value(self);
        return true;
    }
    if (param == self->param_count) return false;
    const bool in_engine = self->params[param].kind == PLUG_PARAM_ROW;
    /* Stored by audio where an event asked for it. */
    *value = (double)(in_engine ? plug_get(self->plug, param)
                                : atomic_load_explicit(&self->shown[param], memory_order_relaxed));
    return true;
}

static bool value_to_text(const clap_plugin_t *plugin, clap_id param_id, double value, char *text, uint32_t text_bytes)
{
    rclap *self = rclap_of(plugin);
    const uint32_t param = rclap_param_of(self, param_id), meter = rclap_meter_of(param_id);
    if (text_bytes == 0u) return false;
    if (rclap_is_decoder(param_id)) {
        rclap_decoder_text(self, value, text, text_bytes);
        return true;
    }
    if (param == self->param_count && meter == RCLAP_METERS) return false;
    if (meter < RCLAP_METERS) {
        rclap_meter_text(meter, value, text, text_bytes);
        return true;
    }
    plug_text(self->plug, param, (float)value, text, text_bytes);
    return true;
}

static bool text_to_value(const clap_plugin_t *plugin, clap_id param_id, const char *text, double *value)
{
    rclap *self = rclap_of(plugin);
    float number;
    const uint32_t param = rclap_param_of(self, param_id), meter = rclap_meter_of(param_id);
    if (rclap_is_decoder(param_id)) return rclap_decoder_parse(self, text, value);
    if (meter < RCLAP_METERS) return rclap_meter_parse(meter, text, value);
    if (param == self->param_count || !plug_parse(self->plug, param, text, &number)) return false;
    *value = (double)number;
    return true;
}

/* ---- telling the host ---- */

static void show(rclap *self, uint32_t param, float value)
{
    atomic_store_explicit(&self->shown[param], value, memory_order_relaxed); /* read by main in get_value */
}

bool rclap_tell_value(clap_id param_id, uint32_t time, double value, const clap_output_events_t *out)
{
    const clap_event_param_value_t event = {
        .header = {sizeof event, time, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, 0},
        .param_id = param_id,
        .note_id = -1,
        .port_index = -1,
        .channel = -1,
        .key = -1,
        .value = value};
    return !out || out->try_push(out, &event.header);
}

static void tell(rclap *self, uint32_t param, uint32_t time, const clap_output_events_t *out)
{
    const float value = plug_get(self->plug, param);
    if (value == atomic_load_explicit(&self->shown[param], memory_order_relaxed)) return;
    /* Where there is no room: again at the next change. */
    if (rclap_tell_value(rclap_param_id(self, param), time, (double)value, out)) show(self, param, value);
}

void rclap_tell_changes(rclap *self, const clap_output_events_t *out)
{
    const uint32_t now = plug_change_count(self->plug);
    if (now == self->seen_change_count) return;
    self->seen_change_count = now;
    for (uint32_t i = 0; i < self->param_count; i++)
        if (self->params[i].kind == PLUG_PARAM_ROW) tell(self, i, 0u, out);
}

void rclap_refresh_shown(rclap *self)
{
    char codec[PLUG_PATH_BYTES];
    plug_codec(self->plug, codec, sizeof codec);
    const int index = plug_codec_index(codec);
    for (uint32_t i = 0; i < self->param_count; i++) {
        if (self->params[i].kind == PLUG_PARAM_ROW) show(self, i, plug_get(self->plug, i));
        if (self->params[i].kind == PLUG_PARAM_OSC_PORT) show(self, i, (float)plug_osc_port(self->plug));
        if (self->params[i].kind == PLUG_PARAM_HTTP_PORT) show(self, i, (float)plug_http_port(self->plug));
        if (self->params[i].kind == PLUG_PARAM_CODEC)
            show(self, i, index >= 0 ? (float)index : self->params[i].default_value);
    }
    rclap_refresh_meters(self);
    rclap_show_decoder(self);
}

void rclap_tell_level_count(rclap *self)
{
    const uint32_t level_count = plug_level_count(self->plug);
    if (level_count == self->told_level_count) return;
    self->told_level_count = level_count;
    if (self->host_params) self->host_params->rescan(self->host, CLAP_PARAM_RESCAN_TEXT);
}

/* ---- events ---- */

static void set(rclap *self, uint32_t param, float value)
{
    const plug_param *s = &self->params[param];
    const float clamped = plug_taken(self->plug, s, value);
    show(self, param, clamped);
    if (self->params[param].kind == PLUG_PARAM_CODEC) {
        atomic_store_explicit(&self->wanted_codec, (uint32_t)clamped, memory_order_relaxed); /* read after the jobs */
        rclap_ask_main(self, RCLAP_DO_CODEC);
    } else if (self->params[param].kind == PLUG_PARAM_OSC_PORT) {
        atomic_store_explicit(&self->wanted_osc, (uint32_t)clamped, memory_order_relaxed); /* read after the jobs */
        rclap_ask_main(self, RCLAP_DO_OSC);
    } else if (self->params[param].kind == PLUG_PARAM_HTTP_PORT) {
        atomic_store_explicit(&self->wanted_http, (uint32_t)clamped, memory_order_relaxed); /* read after the jobs */
        rclap_ask_main(self, RCLAP_DO_HTTP);
    } else {
        plug_set(self->plug, param, clamped);
    }
}

static void take_midi(rclap *self, const clap_event_midi_t *midi, const clap_output_events_t *out)
{
    uint32_t number, param;
    const uint8_t kind = midi->data[0] & 0xf0u;
    const size_t size = midi->data[0] >= 0xf8u ? 1u : kind == 0xc0u || kind == 0xd0u ? 2u : 3u;
    if (plug_take_midi(self->plug, midi->data, size, &number) == MIDI_ASKS_PRESET) {
        atomic_store_explicit(&self->wanted_preset, number, memory_order_relaxed); /* read after the jobs */
        rclap_ask_main(self, RCLAP_DO_PRESET);
    }
    for (uint32_t i = 0; (param = plug_midi_moved(self->plug, i)) < self->param_count; i++)
        tell(self, param, midi->header.time, out);
}

void rclap_take_event(rclap *self, const clap_event_header_t *event, const clap_output_events_t *out)
{
    if (event->space_id != CLAP_CORE_EVENT_SPACE_ID) return;
    if (event->type == CLAP_EVENT_PARAM_VALUE) {
        const clap_event_param_value_t *value = (const clap_event_param_value_t *)event;
        const uint32_t param = rclap_param_of(self, value->param_id);
        const uint32_t meter = rclap_meter_of(value->param_id);
        if (param < self->param_count && isfinite(value->value)) set(self, param, (float)value->value);
        if (meter < RCLAP_METERS && isfinite(value->value)) rclap_meter_set(self, meter, value->value);
        if (rclap_is_decoder(value->param_id) && isfinite(value->value)) rclap_decoder_set(self, value->value);
    } else if (event->type == CLAP_EVENT_PARAM_MOD) {
        const clap_event_param_mod_t *mod = (const clap_event_param_mod_t *)event;
        const uint32_t param = rclap_param_of(self, mod->param_id);
        if (param < self->param_count && is_modulatable(&self->params[param]))
            plug_modulate(self->plug, param, (float)mod->amount);
    } else if (event->type == CLAP_EVENT_MIDI) {
        take_midi(self, (const clap_event_midi_t *)event, out);
    }
}

/* [active: audio, else main] */
static RSD_REALTIME void flush(const clap_plugin_t *plugin, const clap_input_events_t *in,
                               const clap_output_events_t *out)
{
    rclap *self = rclap_of(plugin);
    const uint32_t event_count = in->size(in);
    for (uint32_t i = 0; i < event_count; i++) rclap_take_event(self, in->get(in, i), out);
    rclap_tell_changes(self, out);
    if (self->is_active) return;
    REALTIME_TRUST_BEGIN; /* not active: CLAP has this call on the main thread */
    rclap_do_jobs(self);
    REALTIME_TRUST_END;
}

const clap_plugin_params_t rclap_params = {count, get_info, get_value, value_to_text, text_to_value, flush};

/* ---- pages for controllers with eight knobs ---- */

#define KNOBS CLAP_REMOTE_CONTROLS_COUNT

static uint32_t group_size(const rclap *self, uint32_t group)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < self->param_count; i++) size += (uint32_t)self->params[i].group == group;
    return size;
}

static uint32_t pages_of(const rclap *self, uint32_t group) { return (group_size(self, group) + KNOBS - 1u) / KNOBS; }

static uint32_t page_count(const clap_plugin_t *plugin)
{
    uint32_t pages = 0;
    for (uint32_t group = 0; group < RSD_GROUP_COUNT; group++) pages += pages_of(rclap_of(plugin), group);
    return pages + 1u; /* the last: the meters */
}

static void fill_page(const rclap *self, uint32_t group, uint32_t page, clap_remote_controls_page_t *filled)
{
    uint32_t in_group = 0;
    for (uint32_t k = 0; k < KNOBS; k++) filled->param_ids[k] = CLAP_INVALID_ID;
    for (uint32_t i = 0; i < self->param_count; i++) {
        if ((uint32_t)self->params[i].group != group) continue;
        if (in_group / KNOBS == page) filled->param_ids[in_group % KNOBS] = rclap_param_id(self, i);
        in_group++;
    }
    const char *name = rsd_param_group_name(group);
    const uint32_t last = (page + 1u) * KNOBS < in_group ? (page + 1u) * KNOBS : in_group;
    snprintf(filled->section_name, sizeof filled->section_name, "%s", name);
    if (pages_of(self, group) > 1u)
        snprintf(filled->page_name, sizeof filled->page_name, "%s %u-%u", name, page * KNOBS + 1u, last);
    else
        snprintf(filled->page_name, sizeof filled->page_name, "%s", name);
}

static void fill_meter_page(clap_remote_controls_page_t *filled)
{
    for (uint32_t k = 0; k < KNOBS; k++) filled->param_ids[k] = k < RCLAP_METERS ? rclap_meter_id(k) : CLAP_INVALID_ID;
    filled->param_ids[RCLAP_METERS] = RCLAP_DECODER_ID;
    snprintf(filled->section_name, sizeof filled->section_name, RCLAP_METER_GROUP);
    snprintf(filled->page_name, sizeof filled->page_name, RCLAP_METER_GROUP);
}

static bool get_page(const clap_plugin_t *plugin, uint32_t index, clap_remote_controls_page_t *page)
{
    const rclap *self = rclap_of(plugin);
    memset(page, 0, sizeof *page);
    page->page_id = index;
    for (uint32_t group = 0; group < RSD_GROUP_COUNT; group++) {
        const uint32_t pages = pages_of(self, group);
        if (index < pages) {
            fill_page(self, group, index, page);
            return true;
        }
        index -= pages;
    }
    if (index > 0u) return false;
    fill_meter_page(page);
    return true;
}

const clap_plugin_remote_controls_t rclap_remote_controls = {page_count, get_page};

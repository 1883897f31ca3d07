// SPDX-License-Identifier: MIT
// What pages show beside values and meters: slots, MIDI, what latency is made of, callbacks, and lists to choose from.
#include "app/live/live.h"
#include "app/paths.h"

#include "host/http/lists.h"

#include <stdio.h>
#include <string.h>

#define STATUS_EVERY_S 0.25

/* ---- status ---- */

static json_t *slots_json(const live_ui_states *s)
{
    json_t *filled = json_array();
    for (uint32_t i = 0; i < LIVE_UI_SLOT_COUNT; i++) json_array_append_new(filled, json_boolean(s->has_slot[i]));
    return json_pack("{s:o, s:i}", "filled", filled, "current", (int)s->current_slot);
}

static json_t *midi_json(const live_ui_state *live)
{
    char target[64] = "";
    const rsd_param_info *info = live->midi_learns ? live->midi_learnt : NULL;
    if (info) snprintf(target, sizeof target, "%s", info->symbol);
    if (info && rsd_param_is_per_level(info))
        snprintf(target, sizeof target, "%s[%u]", info->symbol, live->midi_learnt_level + 1u);
    return json_pack("{s:s, s:s}", "learning", target, "learnt", live->told.learnt);
}

static json_t *latency_json(const host_session_status *status)
{
    const rsd_engine_latency *l = &status->latency;
    return json_pack("[[s, i], [s, i], [s, i], [s, i]]", "codec", (int)l->codec_samples, "resampler",
                     (int)l->resampler_samples, "threaded hop", (int)l->schedule_samples, "device",
                     (int)status->device_latency_samples);
}

static json_t *callbacks_json(const live_ui_snapshot *p)
{
    char causes[128] = "";
    json_t *counts = json_array();
    for (uint32_t i = 0; i < HOST_PROFILE_BIN_COUNT; i++)
        json_array_append_new(counts, json_integer((json_int_t)p->histogram.count[i]));
    size_t used = 0;
    for (unsigned i = 0; i < HOST_PROFILE_CAUSE_COUNT; i++)
        if (p->worst.causes >> i & 1u && used < sizeof causes)
            used += (size_t)snprintf(causes + used, sizeof causes - used, "%s%s", used > 0u ? ", " : "",
                                     host_profile_cause_name(i));
    return json_pack("{s:o, s:f, s:f, s:s}", "counts", counts, "worst_share", p->worst.share, "worst_late_ms",
                     p->worst.late_ms, "causes", causes);
}

/* Bits of each level entropy coded; empty where it is not measured. */
static json_t *coded_json(const live_ui_state *live, const live_ui_snapshot *p)
{
    const host_tap *tap = host_session_tap(live->session);
    json_t *bits = json_array();
    if (host_tap_coding_kbps(tap) <= 0.0f) return bits;
    for (uint32_t k = 0; k < p->codec.level_count; k++)
        json_array_append_new(bits, json_real((double)host_tap_coding_level_bits(tap, k)));
    return bits;
}

static json_t *status_json(live_ui_state *live)
{
    live_ui_snapshot p;
    live_ui_take_snapshot(live, &p);
    const host_session_status *s = &p.status;
    const uint32_t hop = p.codec.hop_samples, rate = p.codec.sample_rate_hz;
    return json_pack("{s:[s, s, s, s, s, s], s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:s, s:f}", "offers", "record",
                     "listen", "midi", "callbacks", "load", "states", "slots", slots_json(&live->states), "midi",
                     midi_json(live), "latency", latency_json(s), "callbacks", callbacks_json(&p), "coded_bits",
                     coded_json(live, &p), "rate_hz", (int)s->sample_rate_hz, "block", (int)s->device.block_samples,
                     "backend", host_backend_name(s->device.backend), "frame_s", rate > 0u ? (double)hop / rate : 0.0);
}

/* ---- lists ---- */

static json_t *presets_json(const live_ui_state *live)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < live->preset_count; i++) host_http_list_preset(list, live->presets[i]);
    return list;
}

/* What was trained here, and EnCodec's folders, by their names below the folders of --osc-files. */
static void add_files(json_t *list, const char *folder)
{
    app_paths paths = {0};
    const size_t length = strlen(folder);
    if (app_paths_add(&paths, folder, "safetensors", NULL) == RSD_OK) app_paths_sort(&paths);
    for (size_t i = 0; i < paths.count; i++) {
        char name[512];
        const char *below = paths.files[i].name + length;
        snprintf(name, sizeof name, "%s", below + strspn(below, "/"));
        char *end = strrchr(name, '/');
        const bool is_encodec = end && strcmp(end, "/model.safetensors") == 0;
        if (is_encodec) *end = '\0';
        host_http_list_codec(list, name, is_encodec ? "an EnCodec folder" : "a codec file");
    }
    app_paths_destroy(&paths);
}

static json_t *codecs_json(const live_ui_state *live)
{
    json_t *list = json_array();
    host_http_list_codecs(list);
    for (uint32_t i = 0; i < live->arguments->osc_files_count; i++) add_files(list, live->arguments->osc_files[i]);
    return list;
}

/* "/residuum/level/N/gain" is level_gain[N]: what MIDI learns. */
static json_t *symbols_json(void)
{
    char symbol[64], path[96];
    const rsd_param_info *info;
    json_t *symbols = json_object();
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        app_format_param_symbol(info, symbol, sizeof symbol);
        snprintf(path, sizeof path, "/residuum%s", info->osc);
        if (info->unit != RSD_UNIT_TEXT) json_object_set_new(symbols, path, json_string(symbol));
    }
    return symbols;
}

void live_ui_page_update(live_ui_state *live)
{
    live_ui_told *told = &live->told;
    const double now = live_ui_now_s();
    if (!live->http || now < told->next_s) return;
    told->next_s = now + STATUS_EVERY_S;
    const uint64_t looker = host_http_looker_number(live->http);
    if (looker == 0u || live_ui_is_blind(live)) {
        told->looker = 0;
        return;
    }
    if (looker > told->looker || told->preset_count != live->preset_count)
        host_http_tell_lookers(live->http, "LISTS",
                               json_pack("{s:o, s:o, s:o, s:o}", "presets", presets_json(live), "codecs",
                                         codecs_json(live), "symbols", symbols_json(), "names",
                                         host_http_value_names()));
    told->looker = looker;
    told->preset_count = live->preset_count;
    host_http_tell_lookers(live->http, "STATUS", status_json(live));
}

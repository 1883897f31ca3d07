// SPDX-License-Identifier: MIT
// The page inside a plugin: where it is served, what the audio thread gives it, what it shows beside values and meters.
#include "plug_internal.h"

#include "base/error.h"
#include "base/sleep.h"
#include "host/http/lists.h"

#define STATUS_EVERY_NS 250000000u

/* ---- audio ---- */

void plug_page_push(plug *self, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    /* Set by plug_page_start_locked when the tap is there; it stays as long as the plugin. */
    if (!atomic_load_explicit(&self->page.is_on, memory_order_acquire)) return;
    host_tap_push(self->page.tap, channel, frame_index, frame);
}

static RSD_REALTIME void push_sound(void *context, uint32_t channel, const float *dry, const float *wet,
                                    uint32_t sample_count)
{
    plug *self = context;
    /* As in plug_page_push. */
    if (!atomic_load_explicit(&self->page.is_on, memory_order_acquire)) return;
    host_scope_push(self->page.scope, channel, dry, wet, sample_count);
}

void plug_page_watch(plug *self, rsd_engine *engine) { rsd_engine_set_sound_tap(engine, push_sound, self); }

/* ---- start and stop ---- */

static bool need_rings(plug *self)
{
    plug_page *page = &self->page;
    if (!page->tap && host_tap_create(&page->tap) != RSD_OK) return false;
    return page->scope || host_scope_create(&page->scope) == RSD_OK;
}

static rsd_status serve_at(plug *self, uint32_t port, rsd_error *error)
{
    const bool has_osc = host_osc_fd(self->osc.server) >= 0;
    const host_http_config config = {.control = self->control,
                                     .osc = self->osc.server,
                                     .scope = self->page.scope,
                                     .sample_rate_hz = self->config.sample_rate_hz,
                                     .port = port,
                                     .osc_port = has_osc ? host_osc_port(self->osc.server) : 0u};
    return host_http_create(&config, &self->page.server, error);
}

/* Where it was before, so that a browser finds it again; else the first that is free. */
static rsd_status find_port(plug *self, rsd_error *error)
{
    const plug_page *page = &self->page;
    if (page->last_port != 0u && serve_at(self, page->last_port, error) == RSD_OK) return RSD_OK;
    for (uint32_t i = 0; i < PLUG_PAGE_PORTS && page->port + i <= PLUG_MAX_PORT; i++) {
        const rsd_status status = serve_at(self, page->port + i, error);
        if (status != RSD_ERR_IO) return status;
    }
    return base_error_set(error, RSD_ERR_IO, "none of the %u ports from %u on is free", PLUG_PAGE_PORTS, page->port);
}

static bool fail(plug *self, const char *text)
{
    self->page.server = NULL;
    plug_say(self, PLUG_LOG_ERROR, "%s: this instance has no page", text);
    return false;
}

bool plug_page_start_locked(plug *self)
{
    rsd_error error;
    plug_page *page = &self->page;
    if (!need_rings(self)) return fail(self, "no memory");
    if (find_port(self, &error) != RSD_OK) return fail(self, error.text);
    const uint32_t port = host_http_port(page->server);
    if (port != page->last_port)
        plug_say(self, PLUG_LOG_NOTE, "the page of this instance is at %s%s", host_http_address(page->server),
                 port == page->port ? "" : " (the port that was asked for is in use)");
    page->last_port = port;
    page->looker = page->next_status_ns = 0u;
    host_tap_watch(page->tap, self->engine);
    host_control_set_tap(self->control, page->tap);
    atomic_store_explicit(&page->port_now, port, memory_order_relaxed); /* read by whoever shows it */
    atomic_store_explicit(&page->is_on, true, memory_order_release);    /* read by audio: the rings are there */
    return true;
}

void plug_page_stop(plug *self)
{
    plug_page *page = &self->page;
    if (!page->server) return;
    atomic_store_explicit(&page->is_on, false, memory_order_relaxed); /* read by audio */
    atomic_store_explicit(&page->port_now, 0u, memory_order_relaxed); /* read by whoever shows it */
    host_http_destroy(page->server);
    page->server = NULL;
    pthread_mutex_lock(&self->lock);
    host_control_set_tap(self->control, NULL);
    pthread_mutex_unlock(&self->lock);
    host_tap_rest(page->tap);
}

uint32_t plug_http_port_now(const plug *self)
{
    return atomic_load_explicit(&self->page.port_now,
                                memory_order_relaxed); /* stored where the page starts and stops */
}

/* ---- what it shows ---- */

static json_t *slots_json(const plug_page *page)
{
    json_t *filled = json_array();
    for (uint32_t i = 0; i < PLUG_SLOT_COUNT; i++)
        json_array_append_new(filled, json_boolean(page->slots[i].is_filled));
    return json_pack("{s:o, s:i}", "filled", filled, "current", (int)page->current_slot);
}

/* A plugin has no recorder, no blind test, and no device whose callbacks are its own: it offers none of these. */
static json_t *status_json(plug *self)
{
    rsd_engine_latency latency;
    rsd_codec_info codec;
    pthread_mutex_lock(&self->lock);
    json_t *slots = slots_json(&self->page);
    const uint32_t rate_hz = self->config.sample_rate_hz;
    rsd_engine_get_latency(self->engine, &latency);
    rsd_engine_get_codec(self->engine, &codec);
    pthread_mutex_unlock(&self->lock);
    const double frame_s = codec.sample_rate_hz > 0u ? (double)codec.hop_samples / codec.sample_rate_hz : 0.0;
    return json_pack("{s:[], s:o, s:[[s, i], [s, i], [s, i]], s:i, s:s, s:f}", "offers", "slots", slots, "latency",
                     "codec", (int)latency.codec_samples, "resampler", (int)latency.resampler_samples, "threaded hop",
                     (int)latency.schedule_samples, "rate_hz", (int)rate_hz, "backend", "plugin", "frame_s", frame_s);
}

static json_t *lists_json(void)
{
    char name[PLUG_TEXT_BYTES];
    json_t *presets = json_array(), *codecs = json_array();
    for (uint32_t i = 0; i < HOST_HTTP_MAX_LISTED && plug_preset_name(i, name); i++)
        host_http_list_preset(presets, name);
    host_http_list_codecs(codecs);
    return json_pack("{s:o, s:o, s:{}, s:o}", "presets", presets, "codecs", codecs, "symbols", "names",
                     host_http_value_names());
}

void plug_page_update(plug *self)
{
    plug_page *page = &self->page;
    const uint64_t now_ns = base_now_ns();
    if (now_ns < page->next_status_ns) return;
    page->next_status_ns = now_ns + STATUS_EVERY_NS;
    const uint64_t looker = host_http_looker_number(page->server);
    if (looker > page->looker) host_http_tell_lookers(page->server, "LISTS", lists_json());
    if (looker != 0u) host_http_tell_lookers(page->server, "STATUS", status_json(self));
    page->looker = looker;
}

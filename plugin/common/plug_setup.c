// SPDX-License-Identifier: MIT
// Life of a plugin: its engine is made, and made anew for another rate or other channels.
#include "plug_internal.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static rsd_status make_control(plug *self, rsd_engine *engine, const char *codec, uint32_t rate_hz, uint32_t channels,
                               host_control **control)
{
    const host_control_config config = {.engine = engine,
                                        .codec = codec,
                                        .sample_rate_hz = rate_hz,
                                        .channel_count = channels,
                                        .telemetry = self->telemetry,
                                        .coded_kbps = &self->coding.kbps};
    return host_control_create(&config, control);
}

static rsd_status make_engine(uint32_t rate_hz, uint32_t channels, rsd_model *model, rsd_engine **engine,
                              rsd_error *error)
{
    const rsd_engine_config config = {.sample_rate_hz = rate_hz,
                                      .channel_count = channels,
                                      .schedule = RSD_SCHEDULE_BY_FRAME,
                                      .sidechain_channel_count = channels};
    return rsd_engine_create(&config, model, engine, error);
}

/* Every value of the old engine. */
static void copy_parameters(const rsd_engine *from, rsd_engine *to)
{
    const rsd_param_info *info;
    float value;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (info->unit == RSD_UNIT_TEXT) continue;
        const uint32_t level_count = rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u;
        for (uint32_t level = 0; level < level_count; level++)
            if (rsd_engine_get(from, info->id, level, &value) == RSD_OK)
                (void)!rsd_engine_set(to, info->id, level, value);
    }
    if (engine_get_levels_share(from, &value)) engine_set_levels_share(to, value);
}

static void take_over(plug *self, rsd_engine *engine, host_control *control, uint32_t rate_hz, uint32_t channels)
{
    rsd_codec_info info;
    host_control_destroy(self->control);
    rsd_engine_destroy(self->engine);
    self->engine = engine;
    self->control = control;
    self->config.sample_rate_hz = rate_hz;
    self->config.channel_count = channels;
    self->step_samples = (uint32_t)((uint64_t)rate_hz * PLUG_STEP_US / 1000000u);
    self->ramp_count = 0u;
    rsd_engine_get_codec(engine, &info);
    atomic_store_explicit(&self->hop_samples, info.hop_samples, memory_order_relaxed); /* read by audio for meters */
    host_clock_init(&self->clock, rate_hz);
    host_pace_init(&self->pace, rate_hz);
    plug_clear_meters(self);
    plug_update_wants_poll(self);
}

/* As many generations as the parameter says, before anything sounds. */
static rsd_status settle_generations(rsd_engine *engine, rsd_error *error)
{
    const rsd_status status = rsd_engine_apply_generations(engine, error);
    rsd_engine_reset(engine);
    (void)rsd_engine_collect(engine);
    return status;
}

/* A new engine for `model` called `codec`; the parameters of the old one. */
static rsd_status replace_engine(plug *self, uint32_t rate_hz, uint32_t channels, rsd_model *model, const char *codec,
                                 rsd_error *error)
{
    rsd_engine *engine = NULL;
    host_control *control = NULL;
    rsd_status status = make_engine(rate_hz, channels, model, &engine, error);
    if (status != RSD_OK) return status;
    status = make_control(self, engine, codec, rate_hz, channels, &control);
    if (status != RSD_OK) {
        rsd_engine_destroy(engine);
        return base_error_set(error, status, "no memory for the engine's controls");
    }
    plug_coding_watch(self, engine);
    plug_page_watch(self, engine);
    if (self->engine) copy_parameters(self->engine, engine);
    status = settle_generations(engine, error);
    if (status != RSD_OK) {
        host_control_destroy(control);
        rsd_engine_destroy(engine);
        return status;
    }
    take_over(self, engine, control, rate_hz, channels);
    return RSD_OK;
}

/* The codec that plays may have come by OSC or a preset: then the control has its model. */
static rsd_model *model_in_use(plug *self)
{
    rsd_model *model = host_control_model(self->control);
    return model ? model : rsd_model_retain(self->model);
}

static rsd_status prepare_locked(plug *self, uint32_t rate_hz, uint32_t channels, rsd_error *error)
{
    char name[PLUG_PATH_BYTES];
    rsd_model *model = self->waiting_model ? rsd_model_retain(self->waiting_model) : model_in_use(self);
    const char *codec = self->waiting_model ? self->waiting : host_control_codec(self->control);
    memcpy(name, codec, strlen(codec) + 1u);
    const bool is_same = !rsd_engine_wants_generations(self->engine) && rate_hz == self->config.sample_rate_hz &&
                         channels == self->config.channel_count && !self->waiting_model &&
                         !host_control_swap_pending(self->control);
    rsd_status status = RSD_OK;
    if (is_same)
        plug_reset(self);
    else
        status = replace_engine(self, rate_hz, channels, model, name, error);
    if (status != RSD_OK) {
        rsd_model_release(model);
        return status;
    }
    rsd_model_release(self->model);
    self->model = model;
    rsd_model_release(self->waiting_model);
    self->waiting_model = NULL;
    return RSD_OK;
}

rsd_status plug_prepare(plug *self, uint32_t sample_rate_hz, uint32_t channel_count, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    pthread_mutex_lock(&self->servers_lock);
    plug_servers_stop(self);
    plug_coding_stop(self);
    pthread_mutex_lock(&self->lock);
    const rsd_status status = prepare_locked(self, sample_rate_hz, channel_count, error);
    plug_servers_start_locked(self);
    plug_coding_start_locked(self);
    pthread_mutex_unlock(&self->lock);
    pthread_mutex_unlock(&self->servers_lock);
    return status;
}

static void set_started(plug *self, bool is_started)
{
    pthread_mutex_lock(&self->lock);
    self->is_started = is_started;
    pthread_mutex_unlock(&self->lock);
}

void plug_start(plug *self) { set_started(self, true); }
void plug_stop(plug *self) { set_started(self, false); }

static rsd_status make_telemetry_ring(plug *self)
{
    const size_t bytes = rsd_ring_size_bytes(PLUG_TELEMETRY_CAPACITY, sizeof(rsd_telemetry));
    void *block = base_calloc_64(bytes); /* touched: the audio thread meets no page that is not there */
    if (!block) return RSD_ERR_MEMORY;
    const rsd_status status =
        rsd_ring_init(block, bytes, PLUG_TELEMETRY_CAPACITY, sizeof(rsd_telemetry), &self->telemetry);
    if (status != RSD_OK) free(block);
    return status; /* the ring lies at the start of its block */
}

static rsd_status build(plug *self, const plug_config *config, rsd_error *error)
{
    const char *codec = config->codec ? config->codec : "live";
    const rsd_status status = make_telemetry_ring(self);
    if (status != RSD_OK) return base_error_set(error, status, "no memory for a plugin");
    const rsd_status opened = rsd_model_open(codec, &self->model, error);
    if (opened != RSD_OK) return opened;
    return replace_engine(self, config->sample_rate_hz, config->channel_count, self->model, codec, error);
}

static void open_midi(plug *self)
{
    rsd_error error;
    plug_init_midi(self);
    if (midi_map_load(NULL, &self->midi.map, NULL, &error) == RSD_OK) return;
    plug_say(self, PLUG_LOG_WARNING, "%s; the built-in MIDI map is used", error.text);
    midi_map_default(&self->midi.map);
}

rsd_status plug_create(const plug_config *config, plug **made, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    plug *self = base_calloc_64(sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for a plugin");
    self->config = *config;
    self->params = plug_param_at(0u);
    self->param_count = plug_param_count();
    pthread_mutex_init(&self->lock, NULL);
    pthread_mutex_init(&self->servers_lock, NULL);
    open_midi(self);
    plug_forget_picks(self);
    const rsd_status status = build(self, config, error);
    if (status != RSD_OK) {
        plug_destroy(self);
        return status;
    }
    *made = self;
    return RSD_OK;
}

void plug_destroy(plug *self)
{
    if (!self) return;
    plug_servers_stop(self);
    plug_coding_stop(self);
    host_tap_destroy(self->coding.tap);
    host_loader_destroy(self->osc.loader);
    host_control_destroy(self->control);
    rsd_engine_destroy(self->engine);
    host_tap_destroy(self->page.tap);
    host_scope_destroy(self->page.scope);
    plug_slots_destroy(self);
    rsd_model_release(self->waiting_model);
    rsd_model_release(self->model);
    free(self->telemetry);
    pthread_mutex_destroy(&self->servers_lock);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

// SPDX-License-Identifier: MIT
// Life of an instance, main thread.
#include "rclap.h"

#include "base/realtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_RATE_HZ 48000.0
#define MIN_RATE_HZ 8000.0
#define MAX_RATE_HZ 384000.0

static const char *const features[] = {CLAP_PLUGIN_FEATURE_AUDIO_EFFECT, CLAP_PLUGIN_FEATURE_DISTORTION,
                                       CLAP_PLUGIN_FEATURE_GLITCH,       CLAP_PLUGIN_FEATURE_STEREO,
                                       CLAP_PLUGIN_FEATURE_MONO,         NULL};

char rclap_manual_url[RCLAP_URL_BYTES];

const clap_plugin_descriptor_t rclap_descriptor = {
    .clap_version = CLAP_VERSION_INIT,
    .id = RCLAP_ID,
    .name = "Residuum",
    .vendor = "Residuum",
    .url = "",
    .manual_url = rclap_manual_url,
    .support_url = "",
    .version = RSD_VERSION,
    .description = "A residual vector quantiser to hear and play, level by level",
    .features = features,
};

void rclap_log(void *context, plug_log_level level, const char *text)
{
    const rclap *self = context;
    const clap_log_severity severity = level == PLUG_LOG_ERROR     ? CLAP_LOG_ERROR
                                       : level == PLUG_LOG_WARNING ? CLAP_LOG_WARNING
                                                                   : CLAP_LOG_INFO;
    if (self->host_log)
        self->host_log->log(self->host, severity, text);
    else
        fprintf(stderr, "Residuum: %s\n", text);
}

#ifndef NDEBUG
void rclap_check_thread(const rclap *self, bool wants_main, const char *where)
{
    char text[160];
    if (!self->host_thread_check) return;
    REALTIME_TRUST_BEGIN; /* in debug builds alone; a line is made only for a host that is on the wrong thread */
    const bool is_right = wants_main ? self->host_thread_check->is_main_thread(self->host)
                                     : self->host_thread_check->is_audio_thread(self->host);
    if (is_right) return;
    snprintf(text, sizeof text, "%s was called on another thread than the %s thread", where,
             wants_main ? "main" : "audio");
    if (self->host_log) self->host_log->log(self->host, CLAP_LOG_HOST_MISBEHAVING, text);
    REALTIME_TRUST_END;
}
#endif

/* ---- jobs of the main thread ---- */

void rclap_ask_main(rclap *self, uint32_t jobs)
{
    /* Taken by main in rclap_do_jobs. */
    const uint32_t before = atomic_fetch_or_explicit(&self->jobs, jobs, memory_order_release);
    if ((before & jobs) != jobs || jobs == RCLAP_DO_POLL) self->host->request_callback(self->host);
}

void rclap_ask_restart(rclap *self)
{
    if (self->is_active) self->host->request_restart(self->host);
}

static void set_codec(rclap *self)
{
    rsd_error error;
    bool waits = false;
    const char *name = plug_codec_name(atomic_load_explicit(&self->wanted_codec, memory_order_relaxed));
    if (!name) return;
    if (plug_set_codec(self->plug, name, PLUG_CODEC_SAME_LATENCY, &waits, &error) != RSD_OK)
        rclap_log(self, PLUG_LOG_ERROR, error.text);
    if (waits) rclap_ask_restart(self);
}

static void set_preset(rclap *self)
{
    rsd_error error;
    char name[PLUG_TEXT_BYTES];
    bool waits = false;
    if (!plug_preset_name(atomic_load_explicit(&self->wanted_preset, memory_order_relaxed), name)) return;
    if (plug_set_preset(self->plug, name, PLUG_CODEC_SAME_LATENCY, &waits, &error) != RSD_OK)
        rclap_log(self, PLUG_LOG_ERROR, error.text);
    if (waits) rclap_ask_restart(self);
}

static void say_late(rclap *self)
{
    char text[160];
    snprintf(text, sizeof text, "%u frames of the codec came late so far: this machine is too slow for it, or too busy",
             atomic_load_explicit(&self->late_frame_count, memory_order_relaxed));
    rclap_log(self, PLUG_LOG_WARNING, text);
}

void rclap_do_jobs(rclap *self)
{
    /* Raised by audio in rclap_ask_main; what is wanted was stored before. */
    const uint32_t jobs = atomic_exchange_explicit(&self->jobs, 0u, memory_order_acquire);
    if (jobs & RCLAP_DO_CODEC) set_codec(self);
    if (jobs & RCLAP_DO_DECODER) rclap_set_decoder(self);
    if (jobs & RCLAP_DO_PRESET) set_preset(self);
    if (jobs & RCLAP_DO_SAY_LATE) say_late(self);
    if (jobs & RCLAP_DO_OSC)
        plug_set_osc_port(self->plug, atomic_load_explicit(&self->wanted_osc, memory_order_relaxed));
    if (jobs & RCLAP_DO_HTTP)
        plug_set_http_port(self->plug, atomic_load_explicit(&self->wanted_http, memory_order_relaxed));
    if (jobs & RCLAP_DO_MEASURE) rclap_measure(self);
    if (jobs & (RCLAP_DO_CODEC | RCLAP_DO_DECODER | RCLAP_DO_PRESET | RCLAP_DO_POLL))
        rclap_refresh_decoder(self, (jobs & RCLAP_DO_DECODER) != 0u);
    if (!(jobs & RCLAP_DO_POLL)) return;
    plug_poll(self->plug);
    rclap_tell_level_count(self);
    if (self->is_active && plug_latency_samples(self->plug) != self->announced_latency) rclap_ask_restart(self);
}

/* ---- life ---- */

static bool init(const clap_plugin_t *plugin)
{
    rclap *self = rclap_of(plugin);
    const clap_host_t *host = self->host;
    rsd_error error;
    self->host_log = host->get_extension(host, CLAP_EXT_LOG);
    self->host_thread_check = host->get_extension(host, CLAP_EXT_THREAD_CHECK);
    self->host_latency = host->get_extension(host, CLAP_EXT_LATENCY);
    self->host_params = host->get_extension(host, CLAP_EXT_PARAMS);
    self->host_preset_load = host->get_extension(host, CLAP_EXT_PRESET_LOAD);
    if (!self->host_preset_load) self->host_preset_load = host->get_extension(host, CLAP_EXT_PRESET_LOAD_COMPAT);
    rclap_find_decoders(self);
    const plug_config config = {.sample_rate_hz = (uint32_t)self->sample_rate,
                                .channel_count = self->channel_count,
                                .log = rclap_log,
                                .log_context = self};
    if (plug_create(&config, &self->plug, &error) != RSD_OK) {
        rclap_log(self, PLUG_LOG_ERROR, error.text);
        return false;
    }
    rclap_refresh_shown(self);
    self->told_level_count = plug_level_count(self->plug);
    self->announced_latency = plug_latency_samples(self->plug);
    return true;
}

static void destroy(const clap_plugin_t *plugin)
{
    rclap *self = rclap_of(plugin);
    plug_destroy(self->plug);
    free(self);
}

/*
 * Beyond what the engine does (8 to 384 kHz) sound is coded as at the nearest rate that it does: only times in ms are
 * others then.
 */
static uint32_t engine_rate(const rclap *self, double sample_rate)
{
    char text[160];
    const double rate = sample_rate < MIN_RATE_HZ ? MIN_RATE_HZ : sample_rate > MAX_RATE_HZ ? MAX_RATE_HZ : sample_rate;
    if (rate != sample_rate) {
        snprintf(text, sizeof text, "%g Hz is not in 8 to 384 kHz: coded as at %g Hz", sample_rate, rate);
        rclap_log((void *)self, PLUG_LOG_WARNING, text);
    }
    return (uint32_t)(rate + 0.5);
}

static bool activate(const clap_plugin_t *plugin, double sample_rate, uint32_t min_frames, uint32_t max_frames)
{
    rclap *self = rclap_of(plugin);
    rsd_error error;
    (void)min_frames;
    (void)max_frames; /* any block is fine */
    RCLAP_ON_MAIN(self);
    if (!(sample_rate > 0.0 && sample_rate < 1e9)) return false; /* not-a-number fails both */
    const uint32_t rate_hz = engine_rate(self, sample_rate);
    if (plug_prepare(self->plug, rate_hz, self->channel_count, &error) != RSD_OK) {
        rclap_log(self, PLUG_LOG_ERROR, error.text);
        return false;
    }
    self->sample_rate = sample_rate;
    self->poll_left = 0u;
    plug_start(self->plug);
    self->is_active = true;
    const uint32_t latency = plug_latency_samples(self->plug);
    if (latency != self->announced_latency && self->host_latency) self->host_latency->changed(self->host);
    self->announced_latency = latency;
    return true;
}

static void deactivate(const clap_plugin_t *plugin)
{
    rclap *self = rclap_of(plugin);
    RCLAP_ON_MAIN(self);
    plug_stop(self->plug);
    self->is_active = false;
}

static RSD_REALTIME bool start_processing(const clap_plugin_t *plugin)
{
    RCLAP_ON_AUDIO(rclap_of(plugin));
    (void)plugin;
    return true;
}

static RSD_REALTIME void stop_processing(const clap_plugin_t *plugin)
{
    RCLAP_ON_AUDIO(rclap_of(plugin));
    (void)plugin;
}

static RSD_REALTIME void reset(const clap_plugin_t *plugin)
{
    RCLAP_ON_AUDIO(rclap_of(plugin));
    plug_reset(rclap_of(plugin)->plug);
}

static void on_main_thread(const clap_plugin_t *plugin)
{
    RCLAP_ON_MAIN(rclap_of(plugin));
    rclap_do_jobs(rclap_of(plugin));
}

/* ---- small extensions ---- */

static uint32_t get_latency(const clap_plugin_t *plugin) { return rclap_of(plugin)->announced_latency; }

static const clap_plugin_latency_t latency_extension = {get_latency};

/* What is in the codec's frames when the sound ends: they overlap by one, and a resampler rings as long as it delays.
 */
static RSD_REALTIME uint32_t get_tail(const clap_plugin_t *plugin)
{
    return 2u * plug_latency_samples(rclap_of(plugin)->plug);
}

static const clap_plugin_tail_t tail_extension = {get_tail};

static bool has_hard_realtime_requirement(const clap_plugin_t *plugin)
{
    (void)plugin;
    return false;
}

static bool set_render_mode(const clap_plugin_t *plugin, clap_plugin_render_mode mode)
{
    if (mode != CLAP_RENDER_REALTIME && mode != CLAP_RENDER_OFFLINE) return false;
    plug_set_offline(rclap_of(plugin)->plug, mode == CLAP_RENDER_OFFLINE);
    return true;
}

static const clap_plugin_render_t render_extension = {has_hard_realtime_requirement, set_render_mode};

static const void *get_extension(const clap_plugin_t *plugin, const char *id)
{
    (void)plugin;
    static const struct {
        const char *id;
        const void *extension;
    } rows[] = {{CLAP_EXT_PARAMS, &rclap_params},
                {CLAP_EXT_STATE, &rclap_state},
                {CLAP_EXT_STATE_CONTEXT, &rclap_state_context},
                {CLAP_EXT_LATENCY, &latency_extension},
                {CLAP_EXT_TAIL, &tail_extension},
                {CLAP_EXT_RENDER, &render_extension},
                {CLAP_EXT_AUDIO_PORTS, &rclap_audio_ports},
                {CLAP_EXT_AUDIO_PORTS_CONFIG, &rclap_audio_ports_config},
                {CLAP_EXT_AUDIO_PORTS_CONFIG_INFO, &rclap_audio_ports_config_info},
                {CLAP_EXT_AUDIO_PORTS_CONFIG_INFO_COMPAT, &rclap_audio_ports_config_info},
                {CLAP_EXT_CONFIGURABLE_AUDIO_PORTS, &rclap_configurable_audio_ports},
                {CLAP_EXT_CONFIGURABLE_AUDIO_PORTS_COMPAT, &rclap_configurable_audio_ports},
                {CLAP_EXT_NOTE_PORTS, &rclap_note_ports},
                {CLAP_EXT_REMOTE_CONTROLS, &rclap_remote_controls},
                {CLAP_EXT_REMOTE_CONTROLS_COMPAT, &rclap_remote_controls},
                {CLAP_EXT_PRESET_LOAD, &rclap_preset_load},
                {CLAP_EXT_PRESET_LOAD_COMPAT, &rclap_preset_load}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].id, id) == 0) return rows[i].extension;
    return NULL;
}

const clap_plugin_t *rclap_create(const clap_host_t *host)
{
    rclap *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->host = host;
    self->channel_count = 2u;
    self->sample_rate = DEFAULT_RATE_HZ;
    self->params = plug_param_at(0u);
    self->param_count = plug_param_count();
    self->plugin = (clap_plugin_t){.desc = &rclap_descriptor,
                                   .plugin_data = self,
                                   .init = init,
                                   .destroy = destroy,
                                   .activate = activate,
                                   .deactivate = deactivate,
                                   .start_processing = start_processing,
                                   .stop_processing = stop_processing,
                                   .reset = reset,
                                   .process = rclap_process,
                                   .get_extension = get_extension,
                                   .on_main_thread = on_main_thread};
    return &self->plugin;
}

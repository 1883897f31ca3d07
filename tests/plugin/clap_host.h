// SPDX-License-Identifier: MIT
#ifndef CLAP_HOST_H
#define CLAP_HOST_H

#include "clap_abi_ports.h"
#include "clap_abi_presets.h"
#include "plug_support.h"

#include <dlfcn.h>

/* A small CLAP host that keeps to the rules and writes down what the plugin asks for. */

#define MAX_EVENTS 4096

typedef struct {
    clap_host_t host;
    bool on_audio_thread; /* which thread this one plays just now */
    unsigned restart_asked, callback_asked, rescans, latency_changes, logs, preset_errors, presets_loaded;
    char last_log[1024];
    void *module;
    const clap_plugin_entry_t *entry;
    const clap_plugin_t *plugin;
    const clap_plugin_params_t *params;
    const clap_plugin_state_t *state;
    const clap_plugin_latency_t *latency;
    clap_event_param_value_t events[MAX_EVENTS]; /* of the next process call, in order of time */
    const clap_event_transport_t *transport;     /* NULL: none */
    uint32_t event_count;
    clap_event_param_value_t told[MAX_EVENTS]; /* what the plugin pushed */
    uint32_t told_count, told_time;            /* told_time: of the latest one in this block */
} test_host;

static inline test_host *host_of(const clap_host_t *host) { return host->host_data; }

static void h_log(const clap_host_t *host, clap_log_severity severity, const char *text)
{
    (void)severity;
    host_of(host)->logs++;
    snprintf(host_of(host)->last_log, sizeof host_of(host)->last_log, "%s", text);
}
static bool h_is_main(const clap_host_t *host) { return !host_of(host)->on_audio_thread; }
static bool h_is_audio(const clap_host_t *host) { return host_of(host)->on_audio_thread; }
static void h_latency_changed(const clap_host_t *host) { host_of(host)->latency_changes++; }
static void h_rescan(const clap_host_t *host, clap_param_rescan_flags flags)
{
    (void)flags;
    host_of(host)->rescans++;
}
static void h_clear(const clap_host_t *host, clap_id id, clap_param_clear_flags flags)
{
    (void)host, (void)id, (void)flags;
}
static void h_request_flush(const clap_host_t *host) { (void)host; }
static void h_preset_error(const clap_host_t *host, uint32_t kind, const char *location, const char *key, int32_t os,
                           const char *text)
{
    (void)kind, (void)location, (void)key, (void)os, (void)text;
    host_of(host)->preset_errors++;
}
static void h_preset_loaded(const clap_host_t *host, uint32_t kind, const char *location, const char *key)
{
    (void)kind, (void)location, (void)key;
    host_of(host)->presets_loaded++;
}

static const void *h_extension(const clap_host_t *host, const char *id)
{
    (void)host;
    static const clap_host_log_t log = {h_log};
    static const clap_host_thread_check_t check = {h_is_main, h_is_audio};
    static const clap_host_latency_t latency = {h_latency_changed};
    static const clap_host_params_t params = {h_rescan, h_clear, h_request_flush};
    static const clap_host_preset_load_t preset = {h_preset_error, h_preset_loaded};
    if (strcmp(id, CLAP_EXT_LOG) == 0) return &log;
    if (strcmp(id, CLAP_EXT_THREAD_CHECK) == 0) return &check;
    if (strcmp(id, CLAP_EXT_LATENCY) == 0) return &latency;
    if (strcmp(id, CLAP_EXT_PARAMS) == 0) return &params;
    if (strcmp(id, CLAP_EXT_PRESET_LOAD) == 0) return &preset;
    return NULL;
}

static void h_restart(const clap_host_t *host) { host_of(host)->restart_asked++; }
static void h_process(const clap_host_t *host) { (void)host; }
static void h_callback(const clap_host_t *host) { host_of(host)->callback_asked++; }

static inline const clap_plugin_factory_t *open_module(test_host *h, const char *file)
{
    h->module = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!h->module) fprintf(stderr, "%s\n", dlerror());
    need(h->module != NULL, file);
    h->entry = dlsym(h->module, "clap_entry");
    need(h->entry && h->entry->init(file), "clap_entry");
    return h->entry->get_factory(CLAP_PLUGIN_FACTORY_ID);
}

static inline test_host *open_host_of(const char *file)
{
    test_host *h = calloc(1, sizeof *h);
    h->host = (clap_host_t){CLAP_VERSION_INIT, h, "test", "", "", "0", h_extension, h_restart, h_process, h_callback};
    const clap_plugin_factory_t *factory = open_module(h, file);
    h->plugin = factory->create_plugin(factory, &h->host, "org.residuum.residuum");
    need(h->plugin && h->plugin->init(h->plugin), "a plugin");
    h->params = h->plugin->get_extension(h->plugin, CLAP_EXT_PARAMS);
    h->state = h->plugin->get_extension(h->plugin, CLAP_EXT_STATE);
    h->latency = h->plugin->get_extension(h->plugin, CLAP_EXT_LATENCY);
    return h;
}

static inline test_host *open_host(void) { return open_host_of(CLAP_FILE); }

static inline void close_host(test_host *h)
{
    h->plugin->destroy(h->plugin);
    h->entry->deinit();
    dlclose(h->module);
    free(h);
}

/* ---- parameters ---- */

static inline clap_id id_of(test_host *h, const char *name)
{
    clap_param_info_t info;
    for (uint32_t i = 0; i < h->params->count(h->plugin); i++)
        if (h->params->get_info(h->plugin, i, &info) && strcmp(info.name, name) == 0) return info.id;
    need(0, name);
    return CLAP_INVALID_ID;
}

static inline double value_of(test_host *h, const char *name)
{
    double value = -1e9;
    need(h->params->get_value(h->plugin, id_of(h, name), &value), name);
    return value;
}

static inline clap_event_param_value_t value_event(clap_id id, uint32_t time, double value)
{
    return (clap_event_param_value_t){
        .header = {sizeof(clap_event_param_value_t), time, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, 0},
        .param_id = id,
        .note_id = -1,
        .port_index = -1,
        .channel = -1,
        .key = -1,
        .value = value};
}

static inline void add_event(test_host *h, clap_id id, uint32_t time, double value)
{
    need(h->event_count < MAX_EVENTS, "room for events");
    h->events[h->event_count++] = value_event(id, time, value);
}

static uint32_t in_size(const clap_input_events_t *list) { return ((test_host *)list->ctx)->event_count; }
static const clap_event_header_t *in_get(const clap_input_events_t *list, uint32_t index)
{
    return &((test_host *)list->ctx)->events[index].header;
}
static bool out_push(const clap_output_events_t *list, const clap_event_header_t *event)
{
    test_host *h = list->ctx;
    if (event->type != CLAP_EVENT_PARAM_VALUE || h->told_count == MAX_EVENTS) return false;
    need(event->time >= h->told_time, "events in the order of their time");
    h->told_time = event->time;
    h->told[h->told_count++] = *(const clap_event_param_value_t *)event;
    return true;
}

static inline void flush_events(test_host *h)
{
    const clap_input_events_t in = {h, in_size, in_get};
    const clap_output_events_t out = {h, out_push};
    h->told_time = 0;
    h->params->flush(h->plugin, &in, &out);
    h->event_count = 0;
}

static inline void set_now(test_host *h, const char *name, double value)
{
    add_event(h, id_of(h, name), 0, value);
    flush_events(h);
}

/* ---- sound ---- */

static inline void start(test_host *h, double rate)
{
    need(h->plugin->activate(h->plugin, rate, 1, 8192), "activate");
    h->on_audio_thread = true;
    need(h->plugin->start_processing(h->plugin), "start_processing");
    h->on_audio_thread = false;
}

static inline void stop(test_host *h)
{
    h->on_audio_thread = true;
    h->plugin->stop_processing(h->plugin);
    h->on_audio_thread = false;
    h->plugin->deactivate(h->plugin);
}

static inline clap_process_status process_sidechain(test_host *h, float **in, float **side, float **out,
                                                    uint32_t channels, uint32_t count)
{
    clap_audio_buffer_t inputs[2] = {{.data32 = in, .channel_count = channels},
                                     {.data32 = side, .channel_count = channels}};
    clap_audio_buffer_t outputs = {.data32 = out, .channel_count = channels};
    const clap_input_events_t in_events = {h, in_size, in_get};
    const clap_output_events_t out_events = {h, out_push};
    const clap_process_t block = {.steady_time = -1,
                                  .frames_count = count,
                                  .transport = h->transport,
                                  .audio_inputs = inputs,
                                  .audio_outputs = &outputs,
                                  .audio_inputs_count = side ? 2 : 1,
                                  .audio_outputs_count = 1,
                                  .in_events = &in_events,
                                  .out_events = &out_events};
    h->told_time = 0;
    h->on_audio_thread = true;
    const clap_process_status status = h->plugin->process(h->plugin, &block);
    h->on_audio_thread = false;
    h->event_count = 0;
    return status;
}

static inline clap_process_status process(test_host *h, float **in, float **out, uint32_t channels, uint32_t count)
{
    return process_sidechain(h, in, NULL, out, channels, count);
}

/* What a host's main loop does between blocks. */
static inline void main_loop(test_host *h)
{
    while (h->callback_asked > 0) {
        h->callback_asked = 0;
        h->plugin->on_main_thread(h->plugin);
    }
}

/* ---- state ---- */

typedef struct {
    char *bytes;
    size_t size, at, step; /* step: at most so many bytes a call; 0: all */
} memory_stream;

static int64_t stream_write(const clap_ostream_t *stream, const void *bytes, uint64_t size)
{
    memory_stream *m = stream->ctx;
    const size_t take = m->step && size > m->step ? m->step : (size_t)size;
    m->bytes = realloc(m->bytes, m->size + take + 1u);
    memcpy(m->bytes + m->size, bytes, take);
    m->size += take;
    m->bytes[m->size] = '\0';
    return (int64_t)take;
}

static int64_t stream_read(const clap_istream_t *stream, void *bytes, uint64_t size)
{
    memory_stream *m = stream->ctx;
    size_t take = m->size - m->at < size ? m->size - m->at : (size_t)size;
    if (m->step && take > m->step) take = m->step;
    memcpy(bytes, m->bytes + m->at, take);
    m->at += take;
    return (int64_t)take;
}

static inline memory_stream save_state(test_host *h, size_t step)
{
    memory_stream m = {.step = step};
    const clap_ostream_t stream = {&m, stream_write};
    need(h->state->save(h->plugin, &stream), "save");
    return m;
}

static inline bool load_state(test_host *h, const char *bytes, size_t size, size_t step)
{
    memory_stream m = {(char *)bytes, size, 0, step};
    const clap_istream_t stream = {&m, stream_read};
    return h->state->load(h->plugin, &stream);
}

#endif

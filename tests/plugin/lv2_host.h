// SPDX-License-Identifier: MIT
#ifndef LV2_HOST_H
#define LV2_HOST_H

#include "plug_support.h"

#include "../../plugin/lv2/lv2_ports.h"

#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/core/lv2.h>
#include <lv2/log/log.h>
#include <lv2/midi/midi.h>
#include <lv2/time/time.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include <stdalign.h>
#include <stdarg.h>

/* A small LV2 host without lilv: ports by number, a worker that works when it is told to, a log that is counted. */

#define MAX_URIS 512
#define ATOM_BYTES 8192u
#define JOB_BYTES 8192u

typedef struct {
    uint32_t size;
    char bytes[JOB_BYTES];
} test_job;

typedef struct {
    void *module;
    const LV2_Descriptor *descriptor;
    LV2_Handle handle;
    uint32_t channels, param_count;
    float controls[PLUG_MAX_PARAMS], meters[RLV2_METER_COUNT], latency, coding;
    alignas(8) char control[ATOM_BYTES], notify[ATOM_BYTES];
    LV2_Atom_Forge forge; /* into control */
    LV2_Atom_Forge_Frame frame;
    test_job jobs[16];
    unsigned job_count, logs;
    char last_log[1024];
    LV2_Worker_Schedule schedule;
    LV2_Log_Log log;
    /* The state as it was stored. */
    struct {
        LV2_URID key, type;
        size_t size;
        char *value;
    } properties[8];
    unsigned property_count;
} test_lv2;

static char *host_uris[MAX_URIS];
static uint32_t host_uri_count;

static LV2_URID host_map(LV2_URID_Map_Handle handle, const char *uri)
{
    (void)handle;
    for (uint32_t i = 0; i < host_uri_count; i++)
        if (strcmp(host_uris[i], uri) == 0) return i + 1u;
    need(host_uri_count < MAX_URIS, "room for URIs");
    host_uris[host_uri_count++] = strdup(uri);
    return host_uri_count;
}

static LV2_URID_Map host_uri_map = {NULL, host_map};
static LV2_URID urid(const char *uri) { return host_map(NULL, uri); }

static LV2_Worker_Status host_schedule(LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data)
{
    test_lv2 *h = handle;
    if (h->job_count == 16u || size > JOB_BYTES) return LV2_WORKER_ERR_NO_SPACE;
    h->jobs[h->job_count].size = size;
    memcpy(h->jobs[h->job_count++].bytes, data, size);
    return LV2_WORKER_SUCCESS;
}

static int host_vprintf(LV2_Log_Handle handle, LV2_URID type, const char *format, va_list arguments)
{
    test_lv2 *h = handle;
    (void)type;
    h->logs++;
    return vsnprintf(h->last_log, sizeof h->last_log, format, arguments);
}

static int host_printf(LV2_Log_Handle handle, LV2_URID type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = host_vprintf(handle, type, format, arguments);
    va_end(arguments);
    return length;
}

static inline float *control_of(test_lv2 *h, const char *symbol)
{
    for (uint32_t i = 0; i < h->param_count; i++) {
        char text[PLUG_TEXT_BYTES];
        plug_param_symbol(plug_param_at(i), text);
        if (strcmp(rlv2_is_enabled(plug_param_at(i)) ? "enabled" : text, symbol) == 0) return &h->controls[i];
    }
    need(0, symbol);
    return NULL;
}

static inline void connect_all(test_lv2 *h)
{
    const LV2_Descriptor *d = h->descriptor;
    for (uint32_t i = 0; i < h->param_count; i++) {
        const plug_param *param = plug_param_at(i);
        h->controls[i] = rlv2_is_enabled(param) ? 1.0f - param->default_value : param->default_value;
        d->connect_port(h->handle, rlv2_port_param(h->channels, i), &h->controls[i]);
    }
    for (uint32_t i = 0; i < RLV2_METER_COUNT; i++)
        d->connect_port(h->handle, rlv2_port_meter(h->channels, h->param_count, i), &h->meters[i]);
    d->connect_port(h->handle, rlv2_port_coding(h->channels, h->param_count), &h->coding);
    d->connect_port(h->handle, rlv2_port_latency(h->channels), &h->latency);
    d->connect_port(h->handle, rlv2_port_control(h->channels), h->control);
    d->connect_port(h->handle, rlv2_port_notify(h->channels), h->notify);
}

static inline test_lv2 *open_lv2_of(const char *file, uint32_t channels, double rate)
{
    test_lv2 *h = calloc(1, sizeof *h);
    h->channels = channels;
    h->param_count = plug_param_count_for(channels);
    h->module = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!h->module) fprintf(stderr, "%s\n", dlerror());
    need(h->module != NULL, file);
    LV2_Descriptor_Function find;
    *(void **)&find = dlsym(h->module, "lv2_descriptor");
    need(find != NULL, "lv2_descriptor");
    const char *uri = channels == 1u ? RLV2_MONO_URI : RLV2_STEREO_URI;
    for (uint32_t i = 0; (h->descriptor = find(i)) != NULL && strcmp(h->descriptor->URI, uri) != 0; i++) continue;
    need(h->descriptor != NULL, uri);
    h->schedule = (LV2_Worker_Schedule){h, host_schedule};
    h->log = (LV2_Log_Log){h, host_printf, host_vprintf};
    const LV2_Feature map = {LV2_URID__map, &host_uri_map}, schedule = {LV2_WORKER__schedule, &h->schedule},
                      log = {LV2_LOG__log, &h->log};
    const LV2_Feature *const features[] = {&map, &schedule, &log, NULL};
    h->handle = h->descriptor->instantiate(h->descriptor, rate, "", features);
    need(h->handle != NULL, "an instance");
    lv2_atom_forge_init(&h->forge, &host_uri_map);
    connect_all(h);
    return h;
}

static inline test_lv2 *open_lv2(uint32_t channels, double rate) { return open_lv2_of(LV2_FILE, channels, rate); }

static inline void close_lv2(test_lv2 *h)
{
    h->descriptor->cleanup(h->handle);
    dlclose(h->module);
    for (unsigned i = 0; i < h->property_count; i++) free(h->properties[i].value);
    free(h);
}

/* ---- events of the next run ---- */

static inline void begin_events(test_lv2 *h)
{
    lv2_atom_forge_set_buffer(&h->forge, (uint8_t *)h->control, ATOM_BYTES);
    lv2_atom_forge_sequence_head(&h->forge, &h->frame, 0);
}

static inline void add_set(test_lv2 *h, int64_t at, const char *property, float value)
{
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_frame_time(&h->forge, at);
    lv2_atom_forge_object(&h->forge, &frame, 0, urid(LV2_PATCH__Set));
    lv2_atom_forge_key(&h->forge, urid(LV2_PATCH__property));
    lv2_atom_forge_urid(&h->forge, urid(property));
    lv2_atom_forge_key(&h->forge, urid(LV2_PATCH__value));
    lv2_atom_forge_float(&h->forge, value);
    lv2_atom_forge_pop(&h->forge, &frame);
}

static inline void add_set_path_of(test_lv2 *h, const char *property, const char *path)
{
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_frame_time(&h->forge, 0);
    lv2_atom_forge_object(&h->forge, &frame, 0, urid(LV2_PATCH__Set));
    lv2_atom_forge_key(&h->forge, urid(LV2_PATCH__property));
    lv2_atom_forge_urid(&h->forge, urid(property));
    lv2_atom_forge_key(&h->forge, urid(LV2_PATCH__value));
    lv2_atom_forge_path(&h->forge, path, (uint32_t)strlen(path));
    lv2_atom_forge_pop(&h->forge, &frame);
}

static inline void add_set_path(test_lv2 *h, const char *path) { add_set_path_of(h, RLV2_CODEC_FILE_URI, path); }

static inline void add_midi(test_lv2 *h, int64_t at, uint8_t controller, uint8_t value)
{
    const uint8_t bytes[3] = {0xb0, controller, value};
    lv2_atom_forge_frame_time(&h->forge, at);
    lv2_atom_forge_atom(&h->forge, 3, urid(LV2_MIDI__MidiEvent));
    lv2_atom_forge_write(&h->forge, bytes, 3);
}

static inline void add_position(test_lv2 *h, int64_t at, float bpm, int64_t bar, float bar_beat)
{
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_frame_time(&h->forge, at);
    lv2_atom_forge_object(&h->forge, &frame, 0, urid(LV2_TIME__Position));
    lv2_atom_forge_key(&h->forge, urid(LV2_TIME__beatsPerMinute));
    lv2_atom_forge_float(&h->forge, bpm);
    lv2_atom_forge_key(&h->forge, urid(LV2_TIME__bar));
    lv2_atom_forge_long(&h->forge, bar);
    lv2_atom_forge_key(&h->forge, urid(LV2_TIME__barBeat));
    lv2_atom_forge_float(&h->forge, bar_beat);
    lv2_atom_forge_key(&h->forge, urid(LV2_TIME__beatsPerBar));
    lv2_atom_forge_float(&h->forge, 4.0f);
    lv2_atom_forge_key(&h->forge, urid(LV2_TIME__speed));
    lv2_atom_forge_float(&h->forge, 1.0f);
    lv2_atom_forge_pop(&h->forge, &frame);
}

/* Runs with the events since begin_events; afterwards there are none. */
static inline void run_lv2(test_lv2 *h, float *const *in, float *const *out, uint32_t count)
{
    for (uint32_t c = 0; c < h->channels; c++) {
        h->descriptor->connect_port(h->handle, rlv2_port_in(c), in[c]);
        h->descriptor->connect_port(h->handle, rlv2_port_out(h->channels, c), out[c]);
    }
    LV2_Atom_Sequence *notify = (LV2_Atom_Sequence *)h->notify;
    notify->atom.type = 0;
    notify->atom.size = ATOM_BYTES - sizeof(LV2_Atom);
    h->descriptor->run(h->handle, count);
}

/* ---- worker ---- */

static LV2_Worker_Status host_respond(LV2_Worker_Respond_Handle handle, uint32_t size, const void *data)
{
    test_lv2 *h = handle;
    const LV2_Worker_Interface *worker = h->descriptor->extension_data(LV2_WORKER__interface);
    return worker->work_response(h->handle, size, data);
}

static inline void work_lv2(test_lv2 *h)
{
    const LV2_Worker_Interface *worker = h->descriptor->extension_data(LV2_WORKER__interface);
    for (unsigned i = 0; i < h->job_count; i++)
        worker->work(h->handle, host_respond, h, h->jobs[i].size, h->jobs[i].bytes);
    h->job_count = 0;
}

/* ---- state ---- */

static LV2_State_Status host_store(LV2_State_Handle handle, uint32_t key, const void *value, size_t size, uint32_t type,
                                   uint32_t flags)
{
    test_lv2 *h = handle;
    need(h->property_count < 8u && (flags & LV2_STATE_IS_POD), "a plain property");
    h->properties[h->property_count].key = key;
    h->properties[h->property_count].type = type;
    h->properties[h->property_count].size = size;
    h->properties[h->property_count].value = malloc(size);
    memcpy(h->properties[h->property_count++].value, value, size);
    return LV2_STATE_SUCCESS;
}

static const void *host_retrieve(LV2_State_Handle handle, uint32_t key, size_t *size, uint32_t *type, uint32_t *flags)
{
    const test_lv2 *h = handle;
    for (unsigned i = 0; i < h->property_count; i++) {
        if (h->properties[i].key != key) continue;
        *size = h->properties[i].size;
        *type = h->properties[i].type;
        *flags = LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE;
        return h->properties[i].value;
    }
    return NULL;
}

/* A session that keeps files as "session/NAME": they may lie elsewhere when it is opened again. */
static const char *session_folder = "/nowhere";
static char *host_abstract(LV2_State_Map_Path_Handle handle, const char *path)
{
    char text[4096];
    (void)handle;
    snprintf(text, sizeof text, "session/%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    return strdup(text);
}
static char *host_absolute(LV2_State_Map_Path_Handle handle, const char *path)
{
    char text[4096];
    (void)handle;
    snprintf(text, sizeof text, "%s/%s", session_folder, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    return strdup(text);
}
static void host_free_path(LV2_State_Free_Path_Handle handle, char *path)
{
    (void)handle;
    free(path);
}
static LV2_State_Map_Path host_map_path = {NULL, host_abstract, host_absolute};
static LV2_State_Free_Path host_free = {NULL, host_free_path};
static const LV2_Feature map_path_feature = {LV2_STATE__mapPath, &host_map_path},
                         free_path_feature = {LV2_STATE__freePath, &host_free};
static const LV2_Feature *const session_features[] = {&map_path_feature, &free_path_feature, NULL};

static inline void save_lv2_with(test_lv2 *h, const LV2_Feature *const *features)
{
    const LV2_State_Interface *state = h->descriptor->extension_data(LV2_STATE__interface);
    need(state->save(h->handle, host_store, h, 0, features) == LV2_STATE_SUCCESS, "save");
}
static inline void save_lv2(test_lv2 *h) { save_lv2_with(h, NULL); }

/* Restores into `h` what `from` has saved. */
static inline LV2_State_Status restore_lv2(test_lv2 *h, test_lv2 *from)
{
    const LV2_State_Interface *state = h->descriptor->extension_data(LV2_STATE__interface);
    return state->restore(h->handle, host_retrieve, from, 0, NULL);
}

#endif

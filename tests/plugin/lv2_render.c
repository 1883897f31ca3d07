// SPDX-License-Identifier: MIT
// lv2_render URI IN.wav OUT.wav BLOCK [preset=URI] [load=FOLDER] [save=FOLDER] [SYMBOL=VALUE] [SAMPLE:SYMBOL=VALUE]...
// An offline host over lilv: what Ardour's export does to a plugin. Values at a sample are set at the start of the
// block that begins there (BLOCK must divide it). The worker runs between blocks.
#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/presets/presets.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>
#include <sndfile.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_URIS 1024
#define MAX_PORTS 512
#define MAX_CHANGES 256
#define ATOM_BYTES 16384

typedef struct {
    long sample;
    char symbol[64];
    float value;
} change;

static char *uris[MAX_URIS];
static uint32_t uri_count;
static float controls[MAX_PORTS];
static char atoms[MAX_PORTS][ATOM_BYTES] __attribute__((aligned(8)));
static change changes[MAX_CHANGES];
static unsigned change_count;
static const char *preset_uri, *load_folder, *save_folder;
static const LilvPlugin *plugin;
static LilvInstance *instance;
static LilvWorld *world;

static void fail(const char *what, const char *of)
{
    fprintf(stderr, "lv2_render: %s: %s\n", what, of);
    exit(1);
}

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char *uri)
{
    (void)handle;
    for (uint32_t i = 0; i < uri_count; i++)
        if (strcmp(uris[i], uri) == 0) return i + 1u;
    if (uri_count == MAX_URIS) fail("too many URIs", uri);
    uris[uri_count++] = strdup(uri);
    return uri_count;
}

static const char *unmap_uri(LV2_URID_Unmap_Handle handle, LV2_URID urid)
{
    (void)handle;
    return urid >= 1u && urid <= uri_count ? uris[urid - 1u] : NULL;
}

/* ---- worker: a queue that is worked off between blocks ---- */
static struct {
    uint32_t size;
    char bytes[8192];
} jobs[64];
static unsigned job_count;

static LV2_Worker_Status schedule(LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data)
{
    (void)handle;
    if (job_count == 64 || size > sizeof jobs[0].bytes) return LV2_WORKER_ERR_NO_SPACE;
    jobs[job_count].size = size;
    memcpy(jobs[job_count++].bytes, data, size);
    return LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t size, const void *data)
{
    const LV2_Worker_Interface *worker = handle;
    return worker->work_response(lilv_instance_get_handle(instance), size, data);
}

static void work(void)
{
    const LV2_Worker_Interface *worker = lilv_instance_get_extension_data(instance, LV2_WORKER__interface);
    for (unsigned i = 0; i < job_count; i++)
        worker->work(lilv_instance_get_handle(instance), respond, (void *)worker, jobs[i].size, jobs[i].bytes);
    job_count = 0;
}

static LV2_URID_Map map = {NULL, map_uri};
static LV2_URID_Unmap unmap = {NULL, unmap_uri};
static LV2_Worker_Schedule worker_schedule = {NULL, schedule};
static const LV2_Feature map_feature = {LV2_URID__map, &map}, unmap_feature = {LV2_URID__unmap, &unmap},
                         schedule_feature = {LV2_WORKER__schedule, &worker_schedule};
static const LV2_Feature *const features[] = {&map_feature, &unmap_feature, &schedule_feature, NULL};

/* ---- ports ---- */

static long port_of(const char *symbol)
{
    LilvNode *node = lilv_new_string(world, symbol);
    const LilvPort *port = lilv_plugin_get_port_by_symbol(plugin, node);
    lilv_node_free(node);
    return port ? (long)lilv_port_get_index(plugin, port) : -1;
}

static void set_control(const char *symbol, float value)
{
    const long index = port_of(symbol);
    if (index < 0) fail("no such port", symbol);
    controls[index] = value;
}

static void set_from_state(const char *symbol, void *data, const void *value, uint32_t size, uint32_t type)
{
    (void)data;
    if (type == map_uri(NULL, LV2_ATOM__Float) && size == sizeof(float)) set_control(symbol, *(const float *)value);
}

static const void *get_for_state(const char *symbol, void *data, uint32_t *size, uint32_t *type)
{
    (void)data;
    *size = sizeof(float);
    *type = map_uri(NULL, LV2_ATOM__Float);
    return &controls[port_of(symbol)];
}

static void load_states(void)
{
    if (preset_uri) {
        LilvNode *node = lilv_new_uri(world, preset_uri);
        lilv_world_load_resource(world, node);
        LilvState *state = lilv_state_new_from_world(world, &map, node);
        if (!state) fail("no such preset", preset_uri);
        lilv_state_restore(state, instance, set_from_state, NULL, 0, features);
        lilv_state_free(state);
        lilv_node_free(node);
    }
    if (load_folder) {
        char path[4096];
        snprintf(path, sizeof path, "%s/state.ttl", load_folder);
        LilvState *state = lilv_state_new_from_file(world, &map, NULL, path);
        if (!state) fail("no state", path);
        lilv_state_restore(state, instance, set_from_state, NULL, 0, features);
        lilv_state_free(state);
    }
}

static void save_state(void)
{
    if (!save_folder) return;
    LilvState *state =
        lilv_state_new_from_instance(plugin, instance, &map, NULL, NULL, NULL, save_folder, get_for_state, NULL,
                                     LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE, features);
    if (lilv_state_save(world, &map, &unmap, state, NULL, save_folder, "state.ttl") != 0)
        fail("cannot save", save_folder);
    lilv_state_free(state);
}

/* ---- sound ---- */

/* A side-chain is connected to nothing, as in a host that knows none. */
static void connect_ports(float *in[], float *out[], unsigned channels)
{
    unsigned ins = 0, outs = 0;
    const uint32_t count = lilv_plugin_get_num_ports(plugin);
    LilvNode *audio = lilv_new_uri(world, LILV_URI_AUDIO_PORT), *input = lilv_new_uri(world, LILV_URI_INPUT_PORT);
    LilvNode *control = lilv_new_uri(world, LILV_URI_CONTROL_PORT);
    lilv_plugin_get_port_ranges_float(plugin, NULL, NULL, controls);
    for (uint32_t i = 0; i < count; i++) {
        const LilvPort *port = lilv_plugin_get_port_by_index(plugin, i);
        void *data = atoms[i];
        if (lilv_port_is_a(plugin, port, control)) data = &controls[i];
        if (lilv_port_is_a(plugin, port, audio))
            data = !lilv_port_is_a(plugin, port, input) ? out[outs++] : ins < channels ? in[ins++] : NULL;
        lilv_instance_connect_port(instance, i, data);
    }
    lilv_node_free(audio);
    lilv_node_free(input);
    lilv_node_free(control);
}

static void reset_atoms(void)
{
    const uint32_t count = lilv_plugin_get_num_ports(plugin);
    LilvNode *class = lilv_new_uri(world, LV2_ATOM__AtomPort), *input = lilv_new_uri(world, LILV_URI_INPUT_PORT);
    for (uint32_t i = 0; i < count; i++) {
        const LilvPort *port = lilv_plugin_get_port_by_index(plugin, i);
        if (!lilv_port_is_a(plugin, port, class)) continue;
        LV2_Atom_Sequence *sequence = (LV2_Atom_Sequence *)atoms[i];
        const int is_input = lilv_port_is_a(plugin, port, input);
        sequence->atom.type = is_input ? map_uri(NULL, LV2_ATOM__Sequence) : 0;
        sequence->atom.size = is_input ? sizeof(LV2_Atom_Sequence_Body) : ATOM_BYTES - sizeof(LV2_Atom);
        sequence->body.unit = sequence->body.pad = 0;
    }
    lilv_node_free(class);
    lilv_node_free(input);
}

static void render(SNDFILE *from, SNDFILE *to, int channels, long frames, int block)
{
    float *interleaved = calloc((size_t)block * (size_t)channels, sizeof(float));
    float *in[8] = {NULL}, *out[8] = {NULL};
    for (int c = 0; c < channels; c++) in[c] = calloc((size_t)block, 4), out[c] = calloc((size_t)block, 4);
    connect_ports(in, out, (unsigned)channels);
    load_states();
    for (unsigned i = 0; i < change_count; i++)
        if (changes[i].sample < 0) set_control(changes[i].symbol, changes[i].value);
    lilv_instance_activate(instance);
    for (long at = 0; at < frames; at += block) {
        const int count = frames - at < block ? (int)(frames - at) : block;
        for (unsigned i = 0; i < change_count; i++)
            if (changes[i].sample == at) set_control(changes[i].symbol, changes[i].value);
        if (sf_readf_float(from, interleaved, count) != count) fail("cut short", "input");
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < count; i++) in[c][i] = interleaved[i * channels + c];
        reset_atoms();
        lilv_instance_run(instance, (uint32_t)count);
        work();
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < count; i++) interleaved[i * channels + c] = out[c][i];
        if (sf_writef_float(to, interleaved, count) != count) fail("cannot write", "output");
    }
    save_state();
    lilv_instance_deactivate(instance);
    for (int c = 0; c < channels; c++) free(in[c]), free(out[c]);
    free(interleaved);
}

static void read_words(int argc, char **argv)
{
    for (int i = 5; i < argc; i++) {
        char *equals = strchr(argv[i], '='), *colon = strchr(argv[i], ':');
        if (!equals || change_count == MAX_CHANGES) fail("what is", argv[i]);
        if (strncmp(argv[i], "preset=", 7) == 0)
            preset_uri = equals + 1;
        else if (strncmp(argv[i], "load=", 5) == 0)
            load_folder = equals + 1;
        else if (strncmp(argv[i], "save=", 5) == 0)
            save_folder = equals + 1;
        else {
            change *c = &changes[change_count++];
            const char *symbol = colon && colon < equals ? colon + 1 : argv[i];
            c->sample = symbol == argv[i] ? -1 : atol(argv[i]);
            snprintf(c->symbol, sizeof c->symbol, "%.*s", (int)(equals - symbol), symbol);
            c->value = (float)atof(equals + 1);
        }
    }
}

static void print_outputs(void)
{
    static const char *const symbols[] = {"latency", "snr_db", "bitrate_now_kbps", "levels_now", "level_energy_db_1"};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        printf("%s %.2f\n", symbols[i], (double)controls[port_of(symbols[i])]);
}

int main(int argc, char **argv)
{
    SF_INFO info = {0};
    if (argc < 5) fail("usage", "URI IN OUT BLOCK ...");
    read_words(argc, argv);
    SNDFILE *from = sf_open(argv[2], SFM_READ, &info);
    if (!from) fail("cannot read", argv[2]);
    SF_INFO out_info = {.samplerate = info.samplerate, .channels = info.channels};
    out_info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    SNDFILE *to = sf_open(argv[3], SFM_WRITE, &out_info);
    if (!to) fail("cannot write", argv[3]);
    world = lilv_world_new();
    lilv_world_load_all(world);
    LilvNode *uri = lilv_new_uri(world, argv[1]);
    plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world), uri);
    lilv_node_free(uri);
    if (!plugin) fail("no such plugin", argv[1]);
    instance = lilv_plugin_instantiate(plugin, info.samplerate, features);
    if (!instance) fail("cannot instantiate", argv[1]);
    render(from, to, info.channels, info.frames, atoi(argv[4]));
    print_outputs();
    lilv_instance_free(instance);
    lilv_world_free(world);
    sf_close(from);
    sf_close(to);
    for (uint32_t i = 0; i < uri_count; i++) free(uris[i]);
    return 0;
}

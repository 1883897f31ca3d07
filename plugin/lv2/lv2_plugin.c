// SPDX-License-Identifier: MIT
// Life of an instance, and the descriptors: the only symbol that leaves this module is lv2_descriptor.
#include "rlv2.h"

#include <lv2/core/lv2_util.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rlv2_log(void *context, plug_log_level level, const char *text)
{
    const rlv2 *self = context;
    const rlv2_urids *u = &self->urids;
    const LV2_URID type = level == PLUG_LOG_ERROR     ? u->log_Error
                          : level == PLUG_LOG_WARNING ? u->log_Warning
                                                      : u->log_Note;
    if (self->log && self->map) // the brackets: libc's printf is a macro for clang where it checks (FORTIFY)
        (self->log->printf)(self->log->handle, type, "Residuum: %s\n", text);
    else
        fprintf(stderr, "Residuum: %s\n", text);
}

static const float nothing = NAN; /* on ports that are not connected */

static LV2_URID map(const rlv2 *self, const char *uri) { return self->map->map(self->map->handle, uri); }

static void map_params(rlv2 *self)
{
    char uri[sizeof RLV2_PARAM_URI + PLUG_TEXT_BYTES], symbol[PLUG_TEXT_BYTES];
    for (uint32_t i = 0; i < self->param_count; i++) {
        plug_param_symbol(&self->params[i], symbol);
        snprintf(uri, sizeof uri, "%s%s", RLV2_PARAM_URI, symbol);
        self->urids.param[i] = map(self, uri);
    }
}

static void map_uris(rlv2 *self)
{
    rlv2_urids *u = &self->urids;
    const struct {
        LV2_URID *urid;
        const char *uri;
    } rows[] = {{&u->atom_Object, LV2_ATOM__Object},
                {&u->atom_Blank, LV2_ATOM__Blank},
                {&u->atom_Float, LV2_ATOM__Float},
                {&u->atom_Double, LV2_ATOM__Double},
                {&u->atom_Int, LV2_ATOM__Int},
                {&u->atom_Long, LV2_ATOM__Long},
                {&u->atom_Bool, LV2_ATOM__Bool},
                {&u->atom_Path, LV2_ATOM__Path},
                {&u->atom_String, LV2_ATOM__String},
                {&u->atom_URID, LV2_ATOM__URID},
                {&u->atom_Sequence, LV2_ATOM__Sequence},
                {&u->midi_Event, LV2_MIDI__MidiEvent},
                {&u->patch_Get, LV2_PATCH__Get},
                {&u->patch_Set, LV2_PATCH__Set},
                {&u->patch_property, LV2_PATCH__property},
                {&u->patch_value, LV2_PATCH__value},
                {&u->time_Position, LV2_TIME__Position},
                {&u->time_beatsPerMinute, LV2_TIME__beatsPerMinute},
                {&u->time_bar, LV2_TIME__bar},
                {&u->time_barBeat, LV2_TIME__barBeat},
                {&u->time_beatsPerBar, LV2_TIME__beatsPerBar},
                {&u->time_speed, LV2_TIME__speed},
                {&u->log_Error, LV2_LOG__Error},
                {&u->log_Warning, LV2_LOG__Warning},
                {&u->log_Note, LV2_LOG__Note},
                {&u->state, RLV2_STATE_URI},
                {&u->codec_file, RLV2_CODEC_FILE_URI},
                {&u->decoder_file, RLV2_DECODER_FILE_URI}};
    if (!self->map) return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) *rows[i].urid = map(self, rows[i].uri);
    map_params(self);
    lv2_atom_forge_init(&self->forge, self->map);
}

static bool make_plug(rlv2 *self, double rate)
{
    rsd_error error;
    const plug_config config = {.sample_rate_hz = rate > 0.0 && rate < 1e6 ? (uint32_t)lround(rate) : 0u,
                                .channel_count = self->channel_count,
                                .log = rlv2_log,
                                .log_context = self};
    if (plug_create(&config, &self->plug, &error) == RSD_OK) return true;
    rlv2_log(self, PLUG_LOG_ERROR, error.text);
    return false;
}

static LV2_Handle instantiate(const LV2_Descriptor *descriptor, double rate, const char *bundle_path,
                              const LV2_Feature *const *features)
{
    (void)bundle_path;
    static const LV2_Feature *const none[] = {NULL};
    rlv2 *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->channel_count = strcmp(descriptor->URI, RLV2_MONO_URI) == 0 ? 1u : 2u;
    self->sample_rate_hz = (uint32_t)rate;
    self->params = plug_param_at(0u);
    self->param_count = plug_param_count_for(self->channel_count);
    self->codec_param = plug_param_codec();
    self->osc_param = plug_param_osc_port();
    self->http_param = plug_param_http_port();
    for (uint32_t i = 0; i < PLUG_MAX_PARAMS; i++) {
        self->controls[i] = &nothing;
        rlv2_remember(self, i, nothing);
    }
    /* Nothing is required: a host without any of these still gets sound. */
    (void)lv2_features_query(features ? features : none, LV2_URID__map, &self->map, false, LV2_LOG__log, &self->log,
                             false, LV2_WORKER__schedule, &self->schedule, false, NULL);
    map_uris(self);
    if (make_plug(self, rate)) return self;
    free(self);
    return NULL;
}

/* Also between two blocks. [audio] */
static RSD_REALTIME void connect_port(LV2_Handle handle, uint32_t port, void *data)
{
    rlv2 *self = handle;
    const uint32_t channels = self->channel_count, first_param = rlv2_port_param(channels, 0u);
    const uint32_t first_meter = rlv2_port_meter(channels, self->param_count, 0u);
    if (port < channels)
        self->in[port] = data;
    else if (port < 2u * channels)
        self->out[port - channels] = data;
    else if (port == rlv2_port_control(channels))
        self->control = data;
    else if (port == rlv2_port_notify(channels))
        self->notify = data;
    else if (port == rlv2_port_latency(channels))
        self->latency = data;
    else if (port >= first_param && port < first_meter)
        self->controls[port - first_param] = data ? data : &nothing;
    else if (port < first_meter + RLV2_METER_COUNT)
        self->meters[port - first_meter] = data;
    else if (port == rlv2_port_free_wheeling(channels, self->param_count))
        self->free_wheeling = data;
    else if (port == rlv2_port_coding(channels, self->param_count))
        self->coding = data;
    else if (port < rlv2_port_sidechain(channels, self->param_count, channels))
        self->sidechain[port - rlv2_port_sidechain(channels, self->param_count, 0u)] = data;
}

static void activate(LV2_Handle handle)
{
    rlv2 *self = handle;
    rsd_error error;
    rlv2_take_slow_ports(self);
    if (plug_prepare(self->plug, self->sample_rate_hz, self->channel_count, &error) != RSD_OK)
        rlv2_log(self, PLUG_LOG_ERROR, error.text);
    plug_start(self->plug);
    self->poll_left = 0u;
}

static void deactivate(LV2_Handle handle)
{
    rlv2 *self = handle;
    plug_stop(self->plug);
}

static void cleanup(LV2_Handle handle)
{
    rlv2 *self = handle;
    plug_destroy(self->plug);
    free(self);
}

static const void *extension_data(const char *uri)
{
    if (strcmp(uri, LV2_WORKER__interface) == 0) return &rlv2_worker_interface;
    if (strcmp(uri, LV2_STATE__interface) == 0) return rlv2_state_interface();
    return NULL;
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index)
{
    static const LV2_Descriptor descriptors[] = {
        {RLV2_MONO_URI, instantiate, connect_port, activate, rlv2_run, deactivate, cleanup, extension_data},
        {RLV2_STEREO_URI, instantiate, connect_port, activate, rlv2_run, deactivate, cleanup, extension_data}};
    return index < sizeof descriptors / sizeof *descriptors ? &descriptors[index] : NULL;
}

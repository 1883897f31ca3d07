// SPDX-License-Identifier: MIT
// Device, engine, input and recorder, put together.
#include "host/session/session.h"

#include "base/error.h"

#include "base/realtime.h"

#include "host/midi/input.h"
#include "engine/watch.h"
#include "host/session/blind_stage.h"
#include "host/session/hush.h"
#include "host/session/input.h"
#include "host/device/pace.h"

#include <stdlib.h>
#include <string.h>

#define LOAD_WINDOW_NS 100000000ull

struct host_session {
    host_device *device;
    rsd_engine *engine;
    host_recorder *recorder;
    host_input *input;     /* NULL: the device's input */
    host_input *sidechain; /* NULL: none, or the device's */
    bool has_device_sidechain;
    host_input_kind input_kind;
    host_clock clock;
    host_pace pace; /* audio's own once started */
    host_tap *tap;
    host_cv cv;
    host_midi *midi;
    host_midi_input *midi_input; /* PortMidi's; NULL: JACK's port, or none */
    char midi_input_name[128];
    host_scope *scope, *screen_scope;
    host_profile *profile;
    bool device_is_null;            /* which catches up after a gap */
    bool device_is_jack;            /* which knows what is a render */
    host_profile_callback callback; /* audio's own, as the next two: of the block that is being played */
    uint32_t seen_late_frames;
    uint64_t seen_xruns;
    uint32_t sample_rate_hz, channel_count;
    double load_mean, load_worst, load_peak;
    uint64_t load_read_ns;
    float input_block[HOST_DEVICE_MAX_CHANNELS][HOST_DEVICE_MAX_BLOCK];
    float sidechain_block[HOST_DEVICE_MAX_CHANNELS][HOST_DEVICE_MAX_BLOCK];
    host_hush hush;
    rsd_engine_config engine_config;
    host_blind_stage stage;
    float unheard[HOST_DEVICE_MAX_CHANNELS][HOST_DEVICE_MAX_BLOCK]; /* the engine's sound while a test runs */
};

static RSD_REALTIME void set_by_midi(void *context, rsd_param_id param_id, uint32_t level, float value)
{
    const host_session *self = context;
    rsd_engine_apply(self->engine, param_id, level, value);
}

/* Thread: [audio] */
static RSD_REALTIME void take_jack_midi(void *context, uint32_t offset_samples, const uint8_t *bytes, size_t size)
{
    const host_session *self = context;
    host_midi_push(self->midi, rsd_engine_sample_time(self->engine) + offset_samples, bytes, size);
}

/* A MIDI clock goes before JACK's transport, and that before the parameter. */
static RSD_REALTIME void tell_transport(host_session *self, host_blind *blind)
{
    float bpm = 0.0f;
    double beats = -1.0;
    bool clock_rolls = false;
    const float clock_bpm = host_midi_clock(self->midi, &clock_rolls);
    const host_transport jack = host_device_transport(self->device);
    const bool jack_rolls = jack.state == HOST_TRANSPORT_ROLLING;
    bool is_rolling = jack_rolls || clock_rolls;
    if (clock_bpm > 0.0f) {
        bpm = clock_bpm;
        is_rolling = clock_rolls;
    } else if (jack.bpm > 0.0f) {
        bpm = jack.bpm;
        beats = (double)jack.frame / self->sample_rate_hz * (double)jack.bpm / 60.0;
        is_rolling = jack_rolls;
    }
    rsd_engine_set_transport(self->engine, bpm, beats, is_rolling);
    if (blind) host_blind_set_transport(blind, bpm, beats, is_rolling);
}

/* The block, cut where a MIDI message or a step of a signal that steers is due. */
static RSD_REALTIME void run_engine(host_session *self, const rsd_engine_block *block, const float *const *cv)
{
    const uint32_t sample_count = block->sample_count;
    const float *part_in[HOST_DEVICE_MAX_CHANNELS], *part_side[HOST_DEVICE_MAX_CHANNELS];
    float *part_out[HOST_DEVICE_MAX_CHANNELS];
    host_midi_begin(self->midi, rsd_engine_sample_time(self->engine));
    for (uint32_t at = 0; at < sample_count;) {
        const uint32_t midi_left = host_midi_play(self->midi, rsd_engine_sample_time(self->engine), sample_count - at);
        const uint32_t length = host_cv_left(&self->cv, midi_left);
        for (uint32_t c = 0; c < self->channel_count; c++) {
            part_in[c] = block->in[c] + at;
            part_out[c] = block->out[c] + at;
            if (block->sidechain) part_side[c] = block->sidechain[c] + at;
        }
        const rsd_engine_block part = {part_in, part_out, block->sidechain ? part_side : NULL, length};
        rsd_engine_process_block(self->engine, &part);
        host_cv_hear(&self->cv, self->engine, cv, at, length);
        at += length;
    }
}

/* The engine, or in its place the two of a blind test, while the engine goes on unheard. Thread: [audio] */
static RSD_REALTIME void play_engines(host_session *self, const rsd_engine_block *block, const float *const *cv,
                                      bool is_render)
{
    host_blind *blind = host_blind_stage_enter(&self->stage);
    tell_transport(self, blind);
    rsd_engine_wait_for_frames(self->engine, is_render);
    if (!blind) {
        run_engine(self, block, cv);
        return;
    }
    float *unheard[HOST_DEVICE_MAX_CHANNELS] = {NULL};
    for (uint32_t c = 0; c < self->channel_count; c++) unheard[c] = self->unheard[c];
    const rsd_engine_block own = {block->in, unheard, block->sidechain, block->sample_count};
    run_engine(self, &own, cv);
    host_blind_wait_for_frames(blind, is_render);
    host_blind_process(blind, block, host_blind_stage_choice(&self->stage));
}

/* Once a block of the device's: a long one is played in parts, and the first says when it began. Thread: [audio] */
static RSD_REALTIME void begin_record(host_session *self, uint32_t sample_count, uint64_t block_ns, bool is_render)
{
    host_profile_callback *record = &self->callback;
    if (record->sample_count > 0u) return;
    const uint64_t sample_time = rsd_engine_sample_time(self->engine);
    const bool has_lost_time = !self->device_is_null && host_device_xruns(self->device) != self->seen_xruns;
    record->sample_count = sample_count; /* until it is finished: that one has begun */
    record->entry_ns = block_ns;
    record->sample_time = sample_time;
    record->late_ns = host_profile_begin(self->profile, sample_time, block_ns, has_lost_time);
    /* The guess of a render is one until the clock has been heard for a while. */
    const bool is_known = sample_time > self->sample_rate_hz / 2u || self->device_is_jack;
    record->flags = is_render && is_known ? HOST_PROFILE_RENDER : 0u;
}

/* What the callback has left behind it. A host_device_finished. Thread: [audio] */
static RSD_REALTIME void finish_record(void *context, uint32_t sample_count, uint64_t block_ns, uint64_t end_ns)
{
    host_session *self = context;
    host_profile_callback *record = &self->callback;
    engine_view view;
    engine_watch(self->engine, &view);
    const uint64_t duration_ns = end_ns - block_ns, xruns = host_device_xruns(self->device);
    record->duration_ns = duration_ns > UINT32_MAX ? UINT32_MAX : (uint32_t)duration_ns;
    record->sample_count = sample_count;
    record->late_frame_count = (uint16_t)(view.late_frame_count - self->seen_late_frames);
    record->xrun_count = xruns >= self->seen_xruns ? (uint32_t)(xruns - self->seen_xruns) : 0u; /* opened anew */
    record->codec_frames = (uint16_t)view.queued_frames;
    record->tap_frames = (uint16_t)host_tap_queued(self->tap);
    record->recorder_samples = host_recorder_queued(self->recorder);
    record->input_samples = self->input ? host_input_queued(self->input) : 0u;
    if (view.is_swapping) record->flags |= HOST_PROFILE_SWAPPING;
    if (record->recorder_samples > 0u) record->flags |= HOST_PROFILE_RECORDING;
    self->seen_late_frames = view.late_frame_count;
    self->seen_xruns = xruns;
    host_profile_push(self->profile, record);
    record->sample_count = 0u;
}

/* Thread: [audio]. Nothing here allocates, locks, logs or makes a system call. */
static RSD_REALTIME void play_block(void *context, const float *const *in, float *const *out, uint32_t sample_count,
                                    uint64_t block_ns)
{
    host_session *self = context;
    const float *from[HOST_DEVICE_MAX_CHANNELS] = {NULL}, *beside[HOST_DEVICE_MAX_CHANNELS] = {NULL};
    float *own[HOST_DEVICE_MAX_CHANNELS], *side[HOST_DEVICE_MAX_CHANNELS];
    for (uint32_t c = 0; c < self->channel_count; c++) {
        own[c] = self->input_block[c];
        side[c] = self->sidechain_block[c];
        beside[c] = self->has_device_sidechain ? in[self->channel_count + c] : side[c];
        from[c] = self->input ? own[c] : in[c];
    }
    const bool is_fast = host_pace_update(&self->pace, block_ns, sample_count);
    const bool is_render = host_device_is_faster(self->device, is_fast);
    begin_record(self, sample_count, block_ns, is_render);
    host_clock_update(&self->clock, rsd_engine_sample_time(self->engine), block_ns, sample_count);
    REALTIME_TRUST_BEGIN; /* a render may wait for its input; a device in real time never comes to it */
    if (self->input && is_render) host_input_wait(self->input, sample_count);
    if (self->sidechain && is_render) host_input_wait(self->sidechain, sample_count);
    REALTIME_TRUST_END;
    if (self->input) host_input_read(self->input, own, sample_count);
    if (self->sidechain) host_input_read(self->sidechain, side, sample_count);
    const bool has_sidechain = self->sidechain || self->has_device_sidechain;
    const rsd_engine_block block = {from, out, has_sidechain ? beside : NULL, sample_count};
    play_engines(self, &block, in + self->channel_count + (self->has_device_sidechain ? self->channel_count : 0u),
                 is_render);
    host_hush_apply(&self->hush, out, self->channel_count, sample_count);
    host_recorder_push(self->recorder, (const float *const *)out, sample_count);
    host_blind_stage_leave(&self->stage);
}

/* ---- create
 * ---------------------------------------------------------------------------------------------------------- */

static rsd_status open_device(host_session *self, const host_session_config *config, rsd_error *error)
{
    host_device_config device = config->device;
    device.no_input = config->input_file != NULL;
    device.midi = take_jack_midi;
    device.midi_input = config->midi_input;
    device.finished = finish_record;
    if (config->cv) self->cv = *config->cv;
    device.cv_count = self->cv.count;
    for (uint32_t i = 0; i < self->cv.count; i++) device.cv_ports[i] = self->cv.targets[i].port;
    const rsd_status status = host_device_open(&device, play_block, self, &self->device, error);
    if (status != RSD_OK) return status;
    host_device_info info;
    host_device_get_info(self->device, &info);
    self->sample_rate_hz = info.sample_rate_hz;
    self->channel_count = info.channel_count;
    self->device_is_jack = info.backend == HOST_BACKEND_JACK;
    self->device_is_null = info.backend == HOST_BACKEND_NULL;
    if (info.cv_count == 0u) self->cv.count = 0u; /* not JACK */
    host_cv_start(&self->cv, info.sample_rate_hz);
    host_clock_init(&self->clock, info.sample_rate_hz);
    host_hush_init(&self->hush, info.sample_rate_hz);
    host_pace_init(&self->pace, info.sample_rate_hz);
    return RSD_OK;
}

static rsd_status open_input(host_session *self, const host_session_config *config, rsd_error *error)
{
    host_device_info info;
    host_device_get_info(self->device, &info);
    if (config->input_file) {
        self->input_kind = HOST_INPUT_FILE;
        return host_input_create(config->input_file, self->sample_rate_hz, self->channel_count, &self->input, error);
    }
    if (info.input_channel_count > 0u) {
        self->input_kind = HOST_INPUT_DEVICE;
        return RSD_OK;
    }
    self->input_kind = config->demo ? HOST_INPUT_DEMO : HOST_INPUT_SILENCE;
    if (!config->demo) return RSD_OK;
    return host_input_create_sound(config->demo, self->sample_rate_hz, self->channel_count, &self->input, error);
}

static rsd_status open_sidechain(host_session *self, const host_session_config *config, rsd_error *error)
{
    host_device_info info;
    host_device_get_info(self->device, &info);
    self->has_device_sidechain = info.sidechain_channel_count > 0u;
    if (!config->sidechain_file) return RSD_OK;
    return host_input_create(config->sidechain_file, self->sample_rate_hz, self->channel_count, &self->sidechain,
                             error);
}

static rsd_status create_engine(host_session *self, const host_session_config *config, rsd_error *error)
{
    rsd_model *model;
    host_device_info info;
    host_device_get_info(self->device, &info);
    rsd_status status = rsd_model_open(config->codec ? config->codec : "live", &model, error);
    if (status != RSD_OK) return status;
    const bool has_sidechain = self->sidechain || self->has_device_sidechain;
    self->engine_config = (rsd_engine_config){.sample_rate_hz = self->sample_rate_hz,
                                              .channel_count = self->channel_count,
                                              .schedule = config->schedule,
                                              .block_samples = info.expected_block_samples,
                                              .sidechain_channel_count = has_sidechain ? self->channel_count : 0u};
    status = rsd_engine_create(&self->engine_config, model, &self->engine, error);
    rsd_model_release(model); /* the engine has its own reference */
    return status;
}

/* A block later, so that it is played at its sample and not at once: the same for all, without the jitter of blocks. */
static void take_portmidi(void *context, uint64_t now_ns, const uint8_t *bytes, size_t size)
{
    host_session *self = context;
    host_midi_message message = {.size = (uint8_t)size};
    host_device_info info;
    if (!host_clock_sample_at(&self->clock, now_ns, &message.sample_time)) return; /* nothing plays yet */
    host_device_get_info(self->device, &info);
    message.sample_time += info.block_samples;
    memcpy(message.bytes, bytes, size);
    (void)host_midi_send(self->midi, &message);
}

static rsd_status open_midi(host_session *self, const host_session_config *config, rsd_error *error)
{
    host_device_info info;
    host_device_get_info(self->device, &info);
    if (host_midi_create(self->engine, set_by_midi, self, self->sample_rate_hz, &self->midi) != RSD_OK)
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for MIDI");
    memcpy(self->midi_input_name, info.midi_input_name, sizeof self->midi_input_name);
    if (!config->midi_input || info.midi_input_name[0] != '\0') return RSD_OK;
    const rsd_status status = host_midi_input_open(config->midi_input, take_portmidi, self, &self->midi_input, error);
    if (status != RSD_OK) return status;
    snprintf(self->midi_input_name, sizeof self->midi_input_name, "%s", host_midi_input_name(self->midi_input));
    return RSD_OK;
}

/* An rsd_sound_tap. Thread: [audio] */
static RSD_REALTIME void push_scopes(void *context, uint32_t channel, const float *dry, const float *wet,
                                     uint32_t sample_count)
{
    const host_session *self = context;
    host_scope_push(self->scope, channel, dry, wet, sample_count);
    host_scope_push(self->screen_scope, channel, dry, wet, sample_count);
}

rsd_status host_session_create(const host_session_config *config, host_session **session, rsd_error *error)
{
    host_session *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the session");
    rsd_status status = open_device(self, config, error);
    if (status == RSD_OK) status = open_input(self, config, error);
    if (status == RSD_OK) status = open_sidechain(self, config, error);
    if (status == RSD_OK) status = create_engine(self, config, error);
    if (status == RSD_OK) status = open_midi(self, config, error);
    if (status == RSD_OK)
        status = host_recorder_create(self->channel_count, self->sample_rate_hz, &self->recorder, error);
    if (status == RSD_OK && (status = host_tap_create(&self->tap)) != RSD_OK)
        base_error_set(error, status, "no memory for the token meter");
    if (status == RSD_OK && (status = host_scope_create(&self->scope)) != RSD_OK)
        base_error_set(error, status, "no memory for the scope");
    if (status == RSD_OK && (status = host_scope_create(&self->screen_scope)) != RSD_OK)
        base_error_set(error, status, "no memory for the scope");
    if (status == RSD_OK && (status = host_profile_create(self->sample_rate_hz, &self->profile)) != RSD_OK)
        base_error_set(error, status, "no memory for the profile");
    if (status != RSD_OK) {
        host_session_destroy(self, NULL);
        return status;
    }
    host_tap_watch(self->tap, self->engine);
    rsd_engine_set_tap(self->engine, host_tap_push, self->tap);
    rsd_engine_set_sound_tap(self->engine, push_scopes, self);
    *session = self;
    return RSD_OK;
}

host_close_result host_session_destroy(host_session *session, rsd_error *error)
{
    if (!session) return HOST_CLOSE_CLEAN;
    if (error) *error = (rsd_error){0};
    /* The recording first: it is whole before a device that may hang is touched. */
    if (session->recorder && host_recorder_stop(session->recorder, error) != RSD_OK && error)
        error->status = RSD_ERR_IO;
    host_midi_input_close(session->midi_input); /* its thread asks the device */
    /* Cuts the callback off, so that nothing plays into what is freed below, even where the device is leaked. */
    const host_close_result result = host_device_close(session->device);
    host_recorder_destroy(session->recorder);
    rsd_engine_destroy(session->engine);
    host_blind_stage_destroy(&session->stage);
    host_tap_destroy(session->tap);
    host_midi_destroy(session->midi);
    host_scope_destroy(session->scope);
    host_scope_destroy(session->screen_scope);
    host_profile_destroy(session->profile);
    host_input_destroy(session->input);
    host_input_destroy(session->sidechain);
    free(session);
    return result;
}

/* ---- control
 * ----------------------------------------------------------------------------------------------------------- */

/* A codec that was swapped in may be later or sooner than the one before. */
static void tell_latency(host_session *self)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(self->engine, &latency);
    host_device_set_latency(self->device, host_blind_stage_latency_samples(&self->stage, latency.total_samples));
}

/* What was set before the start holds from the first sample on. Later, host_control_poll sees to it. */
static rsd_status settle_generations(rsd_engine *engine, rsd_error *error)
{
    if (!rsd_engine_wants_generations(engine) || rsd_engine_collect(engine)) return RSD_OK;
    const rsd_status status = rsd_engine_apply_generations(engine, error);
    rsd_engine_reset(engine);
    (void)rsd_engine_collect(engine);
    return status;
}

rsd_status host_session_start(host_session *session, rsd_error *error)
{
    const rsd_status status = settle_generations(session->engine, error);
    if (status != RSD_OK) return status;
    tell_latency(session);
    session->load_read_ns = host_clock_now_ns();
    return host_device_start(session->device, error);
}

static void read_load(host_session *self)
{
    const uint64_t now = host_clock_now_ns();
    if (now - self->load_read_ns < LOAD_WINDOW_NS) return;
    self->load_read_ns = now;
    host_device_read_load(self->device, &self->load_mean, &self->load_worst);
    if (self->load_worst > self->load_peak) self->load_peak = self->load_worst;
}

host_device_state host_session_poll(host_session *session)
{
    read_load(session);
    host_profile_poll(session->profile);
    tell_latency(session);
    const host_device_state state = host_device_poll(session->device);
    host_blind_stage_poll(&session->stage, state == HOST_DEVICE_RUNNING);
    return state;
}

rsd_status host_session_reopen(host_session *session, rsd_error *error)
{
    return host_device_reopen(session->device, error);
}

rsd_status host_session_record(host_session *session, const char *path, rsd_error *error)
{
    return host_recorder_start(session->recorder, path, error);
}

rsd_status host_session_record_stop(host_session *session, rsd_error *error)
{
    return host_recorder_stop(session->recorder, error);
}

void host_session_get_status(host_session *session, host_session_status *status)
{
    memset(status, 0, sizeof *status);
    status->state = host_device_poll(session->device);
    host_device_get_info(session->device, &status->device);
    status->load_mean = session->load_mean;
    status->load_worst = session->load_worst;
    status->load_peak = session->load_peak;
    rsd_engine_get_latency(session->engine, &status->latency);
    status->device_latency_samples = status->device.input_latency_samples + status->device.output_latency_samples;
    status->latency_ms =
        1000.0 * (status->latency.total_samples + status->device_latency_samples) / session->sample_rate_hz;
    status->sample_rate_hz = session->sample_rate_hz;
    status->channel_count = session->channel_count;
    status->sample_time = rsd_engine_sample_time(session->engine);
    status->input = session->input_kind;
    if (session->input) host_input_get_status(session->input, &status->input_file);
    host_recorder_get_status(session->recorder, &status->recorder);
    host_midi_get_status(session->midi, &status->midi);
    memcpy(status->midi_input_name, session->midi_input_name, sizeof status->midi_input_name);
}

rsd_engine *host_session_engine(host_session *session) { return session->engine; }

host_clock *host_session_clock(host_session *session) { return &session->clock; }

host_midi *host_session_midi(host_session *session) { return session->midi; }

host_tap *host_session_tap(host_session *session) { return session->tap; }

void host_session_hush(host_session *session, bool is_wanted) { host_hush_set(&session->hush, is_wanted); }

rsd_status host_session_begin_blind(host_session *session, const rsd_preset *a, const rsd_preset *b, rsd_error *error)
{
    const host_blind_config config = {.engine = session->engine_config, .states = {a, b}};
    return host_blind_stage_begin(&session->stage, &config, error);
}

void host_session_choose_blind(host_session *session, uint32_t sound)
{
    host_blind_stage_choose(&session->stage, sound);
}

void host_session_end_blind(host_session *session) { host_blind_stage_end(&session->stage); }
host_scope *host_session_scope(host_session *session) { return session->scope; }
host_scope *host_session_screen_scope(host_session *session) { return session->screen_scope; }
host_profile *host_session_profile(host_session *session) { return session->profile; }

rsd_status host_session_profile_stages(host_session *session)
{
    codec_stages *stages = host_profile_stages_of(session->profile);
    if (!stages) return RSD_ERR_MEMORY;
    engine_watch_stages(session->engine, stages);
    return RSD_OK;
}

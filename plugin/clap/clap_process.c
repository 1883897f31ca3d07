// SPDX-License-Identifier: MIT
// One block. Nothing in this file allocates, locks, logs or makes a system call.
#include "rclap.h"

#include <string.h>

#define POLL_MS 50u

/* A host that hands over no buffers, or other channels than it asked for, gets nothing back. */
static bool has_buffers(const rclap *self, const clap_process_t *process)
{
    if (process->audio_inputs_count < 1u || process->audio_outputs_count < 1u) return false;
    const clap_audio_buffer_t *in = process->audio_inputs, *out = process->audio_outputs;
    return in->data32 && out->data32 && in->channel_count >= self->channel_count &&
           out->channel_count >= self->channel_count;
}

/* A host may leave the second port out, or without buffers. */
static bool has_sidechain(const rclap *self, const clap_process_t *process)
{
    const clap_audio_buffer_t *side = process->audio_inputs + 1;
    return process->audio_inputs_count > 1u && side->data32 && side->channel_count >= self->channel_count;
}

static void run(rclap *self, const clap_process_t *process, uint32_t from, uint32_t until)
{
    const float *in[RSD_ENGINE_MAX_CHANNELS], *side[RSD_ENGINE_MAX_CHANNELS];
    float *out[RSD_ENGINE_MAX_CHANNELS];
    const bool has_side = has_sidechain(self, process);
    for (uint32_t c = 0; c < self->channel_count; c++) {
        if (has_side) side[c] = process->audio_inputs[1].data32[c] + from;
        in[c] = process->audio_inputs->data32[c] + from;
        out[c] = process->audio_outputs->data32[c] + from;
    }
    plug_process_sidechain(self->plug, in, has_side ? side : NULL, out, until - from);
}

/* The block, cut where an event is due. */
static void run_events(rclap *self, const clap_process_t *process, bool has_sound)
{
    const clap_input_events_t *events = process->in_events;
    const uint32_t event_count = events ? events->size(events) : 0u, frames = process->frames_count;
    uint32_t done = 0u;
    for (uint32_t i = 0; i < event_count; i++) {
        const clap_event_header_t *event = events->get(events, i);
        const uint32_t at = event->time < done ? done : event->time > frames ? frames : event->time;
        if (has_sound && at > done) run(self, process, done, at);
        done = at;
        rclap_take_event(self, event, process->out_events);
    }
    if (has_sound && frames > done) run(self, process, done, frames);
}

/* A bit for every channel that is one value throughout: the host may let what follows rest. */
static uint64_t constant_channels(const rclap *self, const clap_process_t *process)
{
    uint64_t mask = 0u;
    for (uint32_t c = 0; c < self->channel_count; c++) {
        const float *out = process->audio_outputs->data32[c];
        uint32_t i = 1u;
        while (i < process->frames_count && out[i] == out[0]) i++;
        if (i >= process->frames_count) mask |= (uint64_t)1u << c;
    }
    return mask;
}

/* A host has no place to show them: a line in its log for 1, 2, 4... late frames. */
static void tell_late_frames(rclap *self)
{
    const uint32_t count = plug_get_meters(self->plug)->late_frame_count;
    if (count < self->late_told_at) self->late_told_at = 0u; /* prepared anew */
    if (count == 0u || count < 2u * self->late_told_at) return;
    self->late_told_at = count;
    atomic_store_explicit(&self->late_frame_count, count, memory_order_relaxed); /* read by main in rclap_do_jobs */
    rclap_ask_main(self, RCLAP_DO_SAY_LATE);
}

static void ask_for_polls(rclap *self, uint32_t sample_count, const clap_output_events_t *out)
{
    if (self->poll_left > sample_count) {
        self->poll_left -= sample_count;
        return;
    }
    self->poll_left = (uint32_t)self->sample_rate * POLL_MS / 1000u;
    tell_late_frames(self);
    rclap_tell_meters(self, sample_count > 0u ? sample_count - 1u : 0u, out);
    rclap_tell_decoder(self, sample_count > 0u ? sample_count - 1u : 0u, out);
    /* By OSC a codec of another latency may have come in. */
    if (plug_wants_poll(self->plug) || plug_latency_samples(self->plug) != self->announced_latency)
        rclap_ask_main(self, RCLAP_DO_POLL);
}

static void take_transport(rclap *self, const clap_event_transport_t *transport)
{
    if (!transport) return;
    const bool has_tempo = transport->flags & CLAP_TRANSPORT_HAS_TEMPO;
    const bool has_beats = transport->flags & CLAP_TRANSPORT_HAS_BEATS_TIMELINE;
    plug_set_transport(self->plug, has_tempo ? (float)transport->tempo : 0.0f,
                       has_beats ? (double)transport->song_pos_beats / (double)CLAP_BEATTIME_FACTOR : -1.0,
                       transport->flags & CLAP_TRANSPORT_IS_PLAYING);
}

clap_process_status rclap_process(const clap_plugin_t *plugin, const clap_process_t *process)
{
    rclap *self = rclap_of(plugin);
    RCLAP_ON_AUDIO(self);
    const bool has_sound = has_buffers(self, process);
    take_transport(self, process->transport);
    rclap_tell_changes(self, process->out_events);
    run_events(self, process, has_sound);
    if (has_sound) process->audio_outputs->constant_mask = constant_channels(self, process);
    ask_for_polls(self, process->frames_count, process->out_events);
    return CLAP_PROCESS_CONTINUE;
}

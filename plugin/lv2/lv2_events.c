// SPDX-License-Identifier: MIT
// Atoms in and out. Nothing in this file allocates, locks, logs or makes a system call.
#include "rlv2.h"

#include "base/realtime.h"

#include <lv2/atom/util.h>

#include <string.h>

#define NOTIFY_OVERHEAD_BYTES 256u /* of the heads around a path */

void rlv2_process(rlv2 *self, uint32_t from, uint32_t until)
{
    const float *in[RSD_ENGINE_MAX_CHANNELS], *side[RSD_ENGINE_MAX_CHANNELS];
    float *out[RSD_ENGINE_MAX_CHANNELS];
    bool has_sidechain = true;
    for (uint32_t c = 0; c < self->channel_count; c++) {
        if (!self->in[c] || !self->out[c]) return;
        in[c] = self->in[c] + from;
        out[c] = self->out[c] + from;
        has_sidechain = has_sidechain && self->sidechain[c];
        if (has_sidechain) side[c] = self->sidechain[c] + from;
    }
    plug_process_sidechain(self->plug, in, has_sidechain ? side : NULL, out, until - from);
}

/* ---- in ---- */

static bool read_number(const rlv2 *self, const LV2_Atom *atom, float *number)
{
    const rlv2_urids *u = &self->urids;
    if (atom->type == u->atom_Float && atom->size == sizeof(float))
        *number = ((const LV2_Atom_Float *)atom)->body;
    else if (atom->type == u->atom_Double && atom->size == sizeof(double))
        *number = (float)((const LV2_Atom_Double *)atom)->body;
    else if ((atom->type == u->atom_Int || atom->type == u->atom_Bool) && atom->size == sizeof(int32_t))
        *number = (float)((const LV2_Atom_Int *)atom)->body;
    else if (atom->type == u->atom_Long && atom->size == sizeof(int64_t))
        *number = (float)((const LV2_Atom_Long *)atom)->body;
    else
        return false;
    return true;
}

static void set_property(rlv2 *self, LV2_URID property, const LV2_Atom *value)
{
    const rlv2_urids *u = &self->urids;
    float number;
    rlv2_work_kind kind;
    if (property == u->codec_file || property == u->decoder_file) {
        kind = property == u->codec_file ? RLV2_WORK_CODEC_FILE : RLV2_WORK_DECODER_FILE;
        if (value->type == u->atom_Path || value->type == u->atom_String)
            rlv2_schedule_file(self, kind, LV2_ATOM_BODY_CONST(value), value->size);
        return;
    }
    if (!read_number(self, value, &number)) return;
    for (uint32_t i = 0; i < self->param_count; i++) {
        if (u->param[i] != property) continue;
        if (rlv2_is_slow(self, i, &kind))
            rlv2_schedule(self, kind, (uint32_t)plug_param_clamp(&self->params[i], number));
        else
            plug_set(self->plug, i, number);
        return;
    }
}

/* A number of a position; false where it is not there. */
static bool position_number(const rlv2 *self, const LV2_Atom *atom, float *number)
{
    return atom && read_number(self, atom, number);
}

static void take_position(rlv2 *self, const LV2_Atom_Object *object)
{
    const rlv2_urids *u = &self->urids;
    const LV2_Atom *bpm = NULL, *bar = NULL, *bar_beat = NULL, *beats_per_bar = NULL, *speed = NULL;
    float tempo = 0.0f, rate = 0.0f, bars = 0.0f, beat = 0.0f, in_bar = 4.0f;
    lv2_atom_object_get(object, u->time_beatsPerMinute, &bpm, u->time_bar, &bar, u->time_barBeat, &bar_beat,
                        u->time_beatsPerBar, &beats_per_bar, u->time_speed, &speed, 0);
    (void)position_number(self, bpm, &tempo);
    (void)position_number(self, beats_per_bar, &in_bar);
    const bool is_rolling = position_number(self, speed, &rate) && rate != 0.0f;
    const bool has_place = position_number(self, bar, &bars) && position_number(self, bar_beat, &beat);
    plug_set_transport(self->plug, tempo, has_place ? (double)bars * (double)in_bar + (double)beat : -1.0, is_rolling);
}

static void take_object(rlv2 *self, const LV2_Atom_Object *object)
{
    const rlv2_urids *u = &self->urids;
    const LV2_Atom *property = NULL, *value = NULL;
    if (object->body.otype == u->patch_Get) {
        self->tell_codec = true;
        return;
    }
    if (object->body.otype == u->time_Position) {
        take_position(self, object);
        return;
    }
    if (object->body.otype != u->patch_Set) return;
    lv2_atom_object_get(object, u->patch_property, &property, u->patch_value, &value, 0);
    if (property && value && property->type == u->atom_URID && property->size == sizeof(LV2_URID))
        set_property(self, ((const LV2_Atom_URID *)property)->body, value);
}

static void take_midi(rlv2 *self, const uint8_t *bytes, uint32_t size)
{
    uint32_t number;
    if (plug_take_midi(self->plug, bytes, size, &number) == MIDI_ASKS_PRESET)
        rlv2_schedule(self, RLV2_WORK_PRESET, number);
}

static void take_event(rlv2 *self, const LV2_Atom *atom)
{
    if (atom->type == self->urids.midi_Event)
        take_midi(self, LV2_ATOM_BODY_CONST(atom), atom->size);
    else if (atom->type == self->urids.atom_Object || atom->type == self->urids.atom_Blank)
        take_object(self, (const LV2_Atom_Object *)atom);
}

void rlv2_run_events(rlv2 *self, uint32_t sample_count)
{
    uint32_t done = 0u;
    if (self->control && self->map && self->control->atom.type == self->urids.atom_Sequence) {
        LV2_ATOM_SEQUENCE_FOREACH(self->control, event)
        {
            const int64_t time = event->time.frames;
            const uint32_t at = time < (int64_t)done           ? done
                                : time > (int64_t)sample_count ? sample_count
                                                               : (uint32_t)time;
            if (at > done) rlv2_process(self, done, at);
            done = at;
            take_event(self, &event->body);
        }
    }
    if (sample_count > done) rlv2_process(self, done, sample_count);
}

/* ---- out ---- */

static void tell_codec(rlv2 *self)
{
    LV2_Atom_Forge *forge = &self->forge;
    const rlv2_urids *u = &self->urids;
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_frame_time(forge, 0);
    lv2_atom_forge_object(forge, &frame, 0, u->patch_Set);
    lv2_atom_forge_key(forge, u->patch_property);
    lv2_atom_forge_urid(forge, u->codec_file);
    lv2_atom_forge_key(forge, u->patch_value);
    lv2_atom_forge_path(forge, self->codec_path, (uint32_t)strlen(self->codec_path));
    lv2_atom_forge_pop(forge, &frame);
}

/* A sequence in the port's buffer of `capacity` bytes, with the codec where that is to be said and has room. */
static void forge_notify(rlv2 *self, uint32_t capacity)
{
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_set_buffer(&self->forge, (uint8_t *)self->notify, capacity);
    if (!lv2_atom_forge_sequence_head(&self->forge, &frame, 0)) return;
    if (self->tell_codec && capacity > strlen(self->codec_path) + NOTIFY_OVERHEAD_BYTES) {
        tell_codec(self);
        self->tell_codec = false;
    }
    lv2_atom_forge_pop(&self->forge, &frame);
}

void rlv2_write_notify(rlv2 *self)
{
    if (!self->notify || !self->map) return;
    REALTIME_TRUST_BEGIN; /* LV2's forge writes into a buffer; what it might call is a sink, and none is set */
    forge_notify(self, self->notify->atom.size); /* before the sequence's head takes the place of its size */
    REALTIME_TRUST_END;
}

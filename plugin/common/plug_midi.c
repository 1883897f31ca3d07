// SPDX-License-Identifier: MIT
// MIDI messages by the map that `live` has, too. Nothing in this file allocates, locks, logs or makes a system call.
#include "plug_internal.h"

/* [audio] */
static RSD_REALTIME void set_by_midi(void *context, rsd_param_id param_id, uint32_t level, float value)
{
    plug *self = context;
    for (uint32_t i = 0; i < self->param_count; i++) {
        const plug_param *s = &self->params[i];
        if (s->kind != PLUG_PARAM_ROW || s->info->id != param_id || s->level != level) continue;
        plug_set(self, i, s->is_share ? plug_share_of(self, s, value) : plug_param_from_engine(s, value));
        if (self->midi_moved_count < PLUG_MIDI_MOVED) self->midi_moved[self->midi_moved_count++] = i;
        return;
    }
    plug_apply(self, (uint32_t)param_id, level, value); /* a level that has no parameter in hosts */
}

midi_request plug_take_midi(plug *self, const uint8_t *bytes, size_t size, uint32_t *number)
{
    self->midi_moved_count = 0u;
    self->midi.engine = self->engine;
    self->midi.sample_rate_hz = self->config.sample_rate_hz;
    return midi_player_take(&self->midi, bytes, size, rsd_engine_sample_time(self->engine), number);
}

uint32_t plug_midi_moved(const plug *self, uint32_t index)
{
    return index < self->midi_moved_count ? self->midi_moved[index] : self->param_count;
}

void plug_init_midi(plug *self)
{
    self->midi.set = set_by_midi;
    self->midi.context = self;
}

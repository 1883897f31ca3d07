// SPDX-License-Identifier: MIT
// Which binding a MIDI message has, and the value that it means. Nothing in this file allocates, locks, logs or makes a
// system call.
#include "host/midi/map.h"

#include "engine/levels_share.h"

#define CENTRE 64u
#define TOP 127u
#define UNITY 100u
#define TOP_DB 6.0f
#define DB_OF_LOG2 12.041199827f /* 40 log10(x) = this x log2(x) */

const midi_binding *midi_map_find(const midi_map *map, midi_source source, uint32_t channel, uint32_t number)
{
    for (uint32_t i = 0; i < map->binding_count; i++) {
        const midi_binding *b = &map->bindings[i];
        const bool is_channel = b->channel == MIDI_ANY_CHANNEL || b->channel == channel;
        if (b->source == source && is_channel && number >= b->first && number <= b->last) return b;
    }
    return NULL;
}

uint32_t midi_binding_level(const midi_binding *binding, uint32_t number, uint32_t bank)
{
    const rsd_param_info *info = rsd_param_by_id(binding->param_id);
    if (!info || !rsd_param_is_per_level(info)) return 0u;
    return binding->level + number - binding->first + (binding->is_banked ? bank * MIDI_BANK_LEVELS : 0u);
}

/* 64 is the middle to the bit: a fader with a notch there, and a gain of one, depend on it. */
static float share_of(uint32_t value)
{
    if (value <= CENTRE) return 0.5f * (float)value / (float)CENTRE;
    return 0.5f + 0.5f * (float)(value - CENTRE) / (float)(TOP - CENTRE);
}

static float volume_db(uint32_t value, float min)
{
    if (value >= UNITY) return TOP_DB * (float)(value - UNITY) / (float)(TOP - UNITY);
    const float db = value == 0u ? min : DB_OF_LOG2 * rsd_log2f((float)value / (float)UNITY);
    return db > min ? db : min;
}

float midi_binding_value(const midi_binding *binding, uint32_t value, float min, float max)
{
    const rsd_param_info *info = rsd_param_by_id(binding->param_id);
    value = value > TOP ? TOP : value;
    if (binding->curve == MIDI_CURVE_VOLUME && info->unit == RSD_UNIT_DB) return volume_db(value, min);
    if (value == TOP) return engine_is_open_ended(info) ? info->max : max;
    /* 64..127 is on, as MIDI has switches. */
    if (info->unit == RSD_UNIT_SWITCH) return value >= CENTRE ? 1.0f : 0.0f;
    if (!rsd_param_is_whole(info)) return min + (max - min) * share_of(value);
    /* Even parts of the travel, the first and last step as wide as any other. */
    return min + (float)(uint32_t)((max - min + 1.0f) * (float)value / (float)(TOP + 1u));
}

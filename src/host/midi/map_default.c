// SPDX-License-Identifier: MIT
// The map that holds where the user has none.
#include "host/midi/map.h"

static const midi_binding_text rows[] = {
#define MIDI_CONTROL(first, last, symbol, CURVE, is_banked, name)                                                      \
    {MIDI_FROM_CONTROLLER, first, last, MIDI_TO_PARAMETER, symbol, MIDI_CURVE_##CURVE, is_banked, false, 0.0f, name},
#define MIDI_NOTES(first, last, symbol, CURVE, is_banked, name)                                                        \
    {MIDI_FROM_NOTE, first, last, MIDI_TO_PARAMETER, symbol, MIDI_CURVE_##CURVE, is_banked, false, 0.0f, name},
#define MIDI_NOTE_TO(first, symbol, value, name)                                                                       \
    {MIDI_FROM_NOTE, first, first, MIDI_TO_PARAMETER, symbol, MIDI_CURVE_RANGE, false, true, value, name},
#define MIDI_ACTION(first, TARGET, name)                                                                               \
    {MIDI_FROM_CONTROLLER, first, first, MIDI_TO_##TARGET, "", MIDI_CURVE_RANGE, false, false, 0.0f, name},
#include "host/midi/default_map.def"
};

const midi_binding_text *midi_default_row(uint32_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

void midi_map_default(midi_map *map)
{
    const midi_binding_text *row;
    *map = (midi_map){0};
    for (uint32_t i = 0; (row = midi_default_row(i)) != NULL; i++) {
        const rsd_param_info *info = rsd_param_by_symbol(row->symbol);
        if (row->target == MIDI_TO_PARAMETER && !info) continue;
        map->bindings[map->binding_count++] = (midi_binding){.source = row->source,
                                                             .channel = MIDI_ANY_CHANNEL,
                                                             .first = row->first,
                                                             .last = row->last,
                                                             .target = row->target,
                                                             .curve = row->curve,
                                                             .param_id = info ? info->id : (rsd_param_id)0,
                                                             .is_banked = row->is_banked,
                                                             .has_value = row->has_value,
                                                             .value = row->value};
    }
}

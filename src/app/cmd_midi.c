// SPDX-License-Identifier: MIT
// `residuum midi`: the MIDI map, for people or as its file.
#include "app.h"

#include "host/midi/map.h"

#include <stdio.h>
#include <stdlib.h>

static void format_message(const midi_binding *b, char *text, size_t text_bytes)
{
    char channel[24] = "";
    const char *kind = b->source == MIDI_FROM_NOTE ? "note" : "controller";
    if (b->channel != MIDI_ANY_CHANNEL) snprintf(channel, sizeof channel, " channel %u", b->channel);
    if (b->first == b->last)
        snprintf(text, text_bytes, "%s %u%s", kind, b->first, channel);
    else
        snprintf(text, text_bytes, "%ss %u to %u%s", kind, b->first, b->last, channel);
}

static void format_target(const midi_binding *b, char *text, size_t text_bytes)
{
    const rsd_param_info *info = b->target == MIDI_TO_PARAMETER ? rsd_param_by_id((uint32_t)b->param_id) : NULL;
    if (!info)
        snprintf(text, text_bytes, "%s", midi_target_name(b->target));
    else if (!rsd_param_is_per_level(info))
        snprintf(text, text_bytes, "%s", info->symbol);
    else if (b->first == b->last)
        snprintf(text, text_bytes, "%s[%u]", info->symbol, b->level + 1u);
    else
        snprintf(text, text_bytes, "%s[%u] to [%u]", info->symbol, b->level + 1u, b->level + 1u + b->last - b->first);
}

static void print_binding(const midi_binding *b)
{
    char message[64], target[96], held[32] = "while held";
    if (b->has_value) snprintf(held, sizeof held, "%g while held", (double)b->value);
    format_message(b, message, sizeof message);
    format_target(b, target, sizeof target);
    printf("%-32s %-28s %s%s\n", message, target,
           b->source == MIDI_FROM_NOTE && b->curve != MIDI_CURVE_TOGGLE ? held : midi_curve_name(b->curve),
           b->is_banked ? ", 16 levels further with each bank" : "");
}

static int print_json(const app_arguments *arguments, const midi_map *map)
{
    char *text = midi_map_print(map);
    if (!text) return app_fail(arguments, "out of memory");
    fputs(text, stdout);
    free(text);
    return APP_OK;
}

int app_midi(const app_arguments *arguments)
{
    midi_map map;
    rsd_error error;
    char own[MIDI_PATH_BYTES];
    bool is_default = false;
    const char *path = arguments->value[APP_OPT_MIDI_MAP];
    if (midi_map_load(path, &map, &is_default, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    if (app_given(arguments, APP_OPT_MAP_JSON)) return print_json(arguments, &map);
    const bool has_own = midi_map_user_path(own);
    if (is_default)
        app_print("the built-in map%s%s", has_own ? "; your own would be " : "", has_own ? own : "");
    else
        app_print("the map of %s", path ? path : own);
    puts("\n");
    for (uint32_t i = 0; i < map.binding_count; i++) print_binding(&map.bindings[i]);
    puts("program change                   preset                       in order of their names, from 0\n"
         "clock                            tempo");
    return APP_OK;
}

// SPDX-License-Identifier: MIT
// A MIDI map as JSON up to the first zero byte, then MIDI messages by it: a length in one byte each, and its bytes.
#include "host/midi/player.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rsd_engine *engine;

static void set_up(void)
{
    rsd_model *model = NULL;
    const rsd_engine_config config = {48000, 1, RSD_SCHEDULE_INLINE, 0, 0};
    if (rsd_model_open("live", &model, NULL) != RSD_OK) abort();
    if (rsd_engine_create(&config, model, &engine, NULL) != RSD_OK) abort();
    rsd_model_release(model);
}

/* No message leads out of a parameter's range. */
static void set(void *context, rsd_param_id param_id, uint32_t level, float value)
{
    const rsd_param_info *info = rsd_param_by_id(param_id);
    (void)context;
    if (!info || level >= RSD_MAX_LEVELS || !(value >= info->min && value <= info->max)) abort();
    rsd_engine_apply(engine, param_id, level, value);
}

/* What was read is written so that it is read again, as the same. */
static void check_text(const midi_map *map)
{
    static midi_map again;
    rsd_error error;
    char *text = midi_map_print(map);
    if (!text || midi_map_parse(text, strlen(text), "again", &again, &error) != RSD_OK) abort();
    if (again.binding_count != map->binding_count) abort();
    for (uint32_t i = 0; i < map->binding_count; i++) {
        const midi_binding *a = &map->bindings[i], *b = &again.bindings[i];
        if (a->source != b->source || a->channel != b->channel || a->first != b->first || a->last != b->last) abort();
        if (a->target != b->target || a->param_id != b->param_id || a->level != b->level) abort();
    }
    free(text);
}

static void play(midi_player *player, const uint8_t *data, size_t size)
{
    uint64_t time = 0;
    for (size_t at = 0; at < size;) {
        uint32_t number = 0;
        const size_t left = size - at - 1u, bytes = data[at] < left ? data[at] : left;
        uint8_t *message = malloc(bytes ? bytes : 1u); /* of this length: reads past its end are found */
        if (!message) abort();
        memcpy(message, data + at + 1u, bytes);
        (void)midi_player_take(player, message, bytes, time, &number);
        free(message);
        time += 1u + 97u * bytes;
        if (!(midi_player_bpm(player, time) >= 0.0f)) abort();
        at += 1u + bytes;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static midi_map map;
    static midi_player player;
    rsd_error error = {0};
    if (!engine) set_up();
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    const size_t json_bytes = end ? (size_t)(end - data) : size;
    if (midi_map_parse((const char *)data, json_bytes, "map", &map, &error) == RSD_OK)
        check_text(&map);
    else if (error.text[0] == '\0')
        abort(); /* a refusal without a reason */
    else
        midi_map_default(&map);
    memset(&player, 0, sizeof player);
    player.engine = engine;
    player.set = set;
    player.sample_rate_hz = 48000u;
    midi_player_set_map(&player, &map);
    if (end) play(&player, end + 1, size - json_bytes - 1u);
    return 0;
}

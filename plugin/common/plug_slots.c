// SPDX-License-Identifier: MIT
#include "plug_slots.h"

#include "plug_limits.h"

#include <residuum/rsd_codec.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define MAX_UDP_PORT 65535.0f

static plug_slot slots[PLUG_MAX_SLOTS];
static uint32_t slot_count, codec_slot, osc_slot;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static plug_slot *add(plug_slot_kind kind, plug_slot_group group, const rsd_param_info *info, uint32_t level)
{
    plug_slot *slot = &slots[slot_count++];
    *slot = (plug_slot){.kind = kind, .group = group, .info = info, .level = level};
    if (!info) return slot;
    slot->min = info->min;
    slot->max = info->max;
    slot->default_value = info->default_value;
    slot->is_stepped = info->scale == RSD_SCALE_STEPPED || info->scale == RSD_SCALE_PER_LEVEL_SWITCH;
    slot->is_ramped = !slot->is_stepped && info->smooth_ms == 0.0f && info->unit != RSD_UNIT_KBPS;
    return slot;
}

static void end_at(plug_slot *slot, float limit)
{
    if (limit > slot->min && limit < slot->max) slot->max = limit;
    if (slot->default_value > slot->max) slot->default_value = slot->max;
}

static bool is_of_codec(const rsd_param_info *info)
{
    return info->unit == RSD_UNIT_LEVELS || info->unit == RSD_UNIT_KBPS || info->unit == RSD_UNIT_BITS ||
           info->id == RSD_PARAM_NOISE_FILL;
}

static bool is_mixer(const rsd_param_info *info)
{
    return info->unit == RSD_UNIT_DB || info->unit == RSD_UNIT_MONITOR || info->id == RSD_PARAM_MIX ||
           info->id == RSD_PARAM_BYPASS;
}

static void add_scalar(const rsd_param_info *info)
{
    const bool of_codec = is_of_codec(info) || !is_mixer(info);
    plug_slot *slot = add(PLUG_SLOT_PARAM, of_codec ? PLUG_GROUP_CODEC : PLUG_GROUP_MIXER, info, 0u);
    if (info->unit == RSD_UNIT_LEVELS) end_at(slot, (float)PLUG_MAX_LEVELS);
    if (info->unit == RSD_UNIT_KBPS) end_at(slot, (float)PLUG_MAX_KBPS);
    if (info->unit == RSD_UNIT_BITS) end_at(slot, (float)PLUG_MAX_CODEBOOK_BITS);
}

static void add_others(void)
{
    codec_slot = slot_count;
    plug_slot *codec = add(PLUG_SLOT_CODEC, PLUG_GROUP_CODEC, rsd_param_by_id(RSD_PARAM_CODEC), 0u);
    const int standard = plug_codec_index("live");
    while (plug_codec_name((uint32_t)codec->max + 1u)) codec->max += 1.0f;
    codec->default_value = standard < 0 ? 0.0f : (float)standard;
    codec->is_stepped = true;
    codec->is_ramped = false;
    osc_slot = slot_count;
    plug_slot *osc = add(PLUG_SLOT_OSC, PLUG_GROUP_MIXER, NULL, 0u);
    osc->max = MAX_UDP_PORT;
    osc->is_stepped = true;
}

static plug_slot_group group_of_level(const rsd_param_info *info)
{
    return info->id == RSD_PARAM_LEVEL_MUTE   ? PLUG_GROUP_MUTE
           : info->id == RSD_PARAM_LEVEL_SOLO ? PLUG_GROUP_SOLO
                                              : PLUG_GROUP_GAIN;
}

static void fill(void)
{
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        if (info->unit != RSD_UNIT_TEXT && !rsd_param_is_per_level(info)) add_scalar(info);
    add_others();
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (!rsd_param_is_per_level(info)) continue;
        for (uint32_t level = 0; level < PLUG_LEVEL_SLOTS && slot_count < PLUG_MAX_SLOTS; level++)
            add(PLUG_SLOT_PARAM, group_of_level(info), info, level);
    }
}

uint32_t plug_slot_count(void)
{
    pthread_once(&once, fill);
    return slot_count;
}

const plug_slot *plug_slot_at(uint32_t index) { return index < plug_slot_count() ? &slots[index] : NULL; }

uint32_t plug_slot_find(rsd_param_id param_id, uint32_t level)
{
    const uint32_t count = plug_slot_count();
    for (uint32_t i = 0; i < count; i++)
        if (slots[i].info && (uint32_t)slots[i].info->id == param_id && slots[i].level == level) return i;
    return count;
}

uint32_t plug_slot_osc_port(void) { return plug_slot_count() > 0u ? osc_slot : 0u; }
uint32_t plug_slot_codec(void) { return plug_slot_count() > 0u ? codec_slot : 0u; }

uint32_t plug_slot_by_symbol(const char *symbol)
{
    char text[PLUG_TEXT_BYTES];
    const rsd_param_info *info;
    uint32_t level;
    if (rsd_param_parse_symbol(symbol, &info, &level) == RSD_OK) return plug_slot_find(info->id, level);
    const uint32_t count = plug_slot_count();
    for (uint32_t i = 0; i < count; i++) {
        plug_slot_symbol(&slots[i], text);
        if (strcmp(text, symbol) == 0) return i;
    }
    return count;
}

void plug_slot_symbol(const plug_slot *slot, char *text)
{
    if (slot->kind == PLUG_SLOT_OSC)
        snprintf(text, PLUG_TEXT_BYTES, "osc_port");
    else if (rsd_param_is_per_level(slot->info))
        snprintf(text, PLUG_TEXT_BYTES, "%s_%u", slot->info->symbol, slot->level + 1u);
    else
        snprintf(text, PLUG_TEXT_BYTES, "%s", slot->info->symbol);
}

/* "Level gain" of level 3 is "Level 3 gain". */
void plug_slot_name(const plug_slot *slot, char *text)
{
    const char *name = slot->kind == PLUG_SLOT_OSC ? "OSC port" : slot->info->name;
    const char *rest = strchr(name, ' ');
    if (slot->kind == PLUG_SLOT_PARAM && rsd_param_is_per_level(slot->info) && rest)
        snprintf(text, PLUG_TEXT_BYTES, "%.*s %u%s", (int)(rest - name), name, slot->level + 1u, rest);
    else
        snprintf(text, PLUG_TEXT_BYTES, "%s", name);
}

const char *plug_slot_group_name(plug_slot_group group)
{
    static const char *const names[] = {"Codec", "Mixer", "Level gains", "Level mutes", "Level solos"};
    return names[group];
}

const char *plug_slot_group_symbol(plug_slot_group group)
{
    static const char *const names[] = {"coding", "mixer", "gains", "mutes", "solos"};
    return names[group];
}

static bool is_limited(const plug_slot *slot) { return slot->info && slot->max < slot->info->max; }

float plug_slot_to_engine(const plug_slot *slot, float value)
{
    return is_limited(slot) && value >= slot->max ? slot->info->max : value;
}

float plug_slot_from_engine(const plug_slot *slot, float value)
{
    return is_limited(slot) && value > slot->max ? slot->max : value;
}

float plug_slot_limit(const plug_slot *slot, float value)
{
    if (!isfinite(value)) return slot->default_value;
    if (value < slot->min) return slot->min;
    if (value > slot->max) return slot->max;
    return slot->is_stepped ? floorf(value + 0.5f) : value;
}

const char *plug_codec_name(uint32_t index)
{
    const char *name, *description;
    return rsd_model_builtin(index, &name, &description) ? name : NULL;
}

int plug_codec_index(const char *name)
{
    const char *known;
    /* "live" stands for "live-128"; the table of the library knows, but does not tell before it is opened. */
    const char *wanted = strcmp(name, "live") == 0 ? "live-128" : name;
    for (uint32_t i = 0; (known = plug_codec_name(i)) != NULL; i++)
        if (strcmp(known, wanted) == 0) return (int)i;
    return -1;
}

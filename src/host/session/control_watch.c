// SPDX-License-Identifier: MIT
// Finds what has changed among the values in force, whoever changed it.
#include "host/session/control_watch.h"

#include "engine/levels_share.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void add(host_watch *watch, const rsd_param_info *info, uint32_t level, uint32_t text)
{
    watch->entries[watch->entry_count++] = (host_watch_entry){.info = info, .level = level, .text = text};
}

static void take_range(const host_watch *watch, host_watch_entry *entry)
{
    entry->is_there = !rsd_param_is_per_level(entry->info) || entry->level < watch->codec.level_count;
    host_control_range(watch->control, entry->info, &entry->min, &entry->max);
}

static float value_in_force(const host_watch *watch, const host_watch_entry *entry)
{
    float value = 0.0f;
    /* A row of the table, and not a text: cannot fail. */
    (void)!rsd_engine_get(host_control_engine(watch->control), entry->info->id, entry->level, &value);
    return value > entry->max ? entry->max : value;
}

static const char *name_in_force(const host_watch *watch, const host_watch_entry *entry)
{
    return host_control_shown_text(watch->control, entry->info->id);
}

void host_watch_init(host_watch *watch, host_control *control)
{
    uint32_t text_count = 0;
    memset(watch, 0, sizeof *watch);
    watch->control = control;
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        if (!host_control_has(control, info)) continue;
        const uint32_t count = rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u;
        const uint32_t text = info->unit == RSD_UNIT_TEXT ? text_count++ : 0u;
        for (uint32_t level = 0; level < count; level++) add(watch, info, level, text);
    }
    host_control_get_codec_info(control, &watch->codec);
    watch->change = 1;
    for (uint32_t i = 0; i < watch->entry_count; i++) {
        host_watch_entry *entry = &watch->entries[i];
        take_range(watch, entry);
        entry->change = entry->range_change = watch->change;
        if (entry->info->unit == RSD_UNIT_TEXT)
            snprintf(watch->texts[entry->text], HOST_WATCH_TEXT_BYTES, "%s", name_in_force(watch, entry));
        else
            entry->value = value_in_force(watch, entry);
    }
}

/* ---- comparing ---- */

static bool has_other_bitrates(const rsd_codec_info *a, const rsd_codec_info *b)
{
    for (uint32_t k = 0; k < a->level_count; k++)
        if (a->level_kbps[k] != b->level_kbps[k]) return true;
    return false;
}

static bool has_other_codec(host_watch *watch)
{
    rsd_codec_info codec;
    memset(&codec, 0, sizeof codec);
    host_control_get_codec_info(watch->control, &codec);
    const bool is_other = codec.level_count != watch->codec.level_count ||
                          codec.max_codebook_bits != watch->codec.max_codebook_bits ||
                          has_other_bitrates(&codec, &watch->codec);
    watch->codec = codec;
    return is_other;
}

static bool range_differs(const host_watch *watch, host_watch_entry *entry)
{
    const host_watch_entry before = *entry;
    take_range(watch, entry);
    return entry->is_there != before.is_there || entry->min != before.min || entry->max != before.max;
}

static bool text_differs(host_watch *watch, const host_watch_entry *entry)
{
    char name[HOST_WATCH_TEXT_BYTES];
    snprintf(name, sizeof name, "%s", name_in_force(watch, entry));
    if (strcmp(name, watch->texts[entry->text]) == 0) return false;
    memcpy(watch->texts[entry->text], name, sizeof name);
    return true;
}

static bool value_differs(host_watch *watch, host_watch_entry *entry)
{
    if (entry->info->unit == RSD_UNIT_TEXT) return text_differs(watch, entry);
    const float value = value_in_force(watch, entry);
    if (value == entry->value) return false;
    entry->value = value;
    return true;
}

bool host_watch_poll(host_watch *watch)
{
    const uint64_t next = watch->change + 1u;
    const bool has_new_ranges = has_other_codec(watch);
    bool any = false;
    for (uint32_t i = 0; i < watch->entry_count; i++) {
        host_watch_entry *entry = &watch->entries[i];
        const bool is_moved = has_new_ranges && range_differs(watch, entry);
        if (is_moved) entry->range_change = next;
        if (!value_differs(watch, entry) && !is_moved) continue;
        entry->change = next;
        any = true;
    }
    if (any) watch->change = next;
    return any;
}

/* ---- 0 to 1 ---- */

float host_watch_normalise(const host_watch_entry *entry)
{
    const float span = entry->max - entry->min;
    return span > 0.0f ? fminf((entry->value - entry->min) / span, 1.0f) : 0.0f;
}

float host_control_denormalise(const host_control *control, const rsd_param_info *info, float normalised)
{
    float min, max;
    host_control_range(control, info, &min, &max);
    if (normalised >= 1.0f) return engine_is_open_ended(info) ? info->max : max;
    const float value = min + normalised * (max - min);
    return rsd_param_is_whole(info) ? roundf(value) : value;
}

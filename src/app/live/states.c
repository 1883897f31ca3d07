// SPDX-License-Identifier: MIT
// Whole states of `live`: saved as presets, kept in slots, compared, morphed, thrown about at random, and taken back.
#include "app/live/live.h"

#include "base/error.h"
#include "base/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define RANDOM_AMOUNT 0.3f /* of the key */
#define MORPH_PAUSE_S 1.0  /* what moves within is one movement */

rsd_status live_ui_capture(const live_ui_state *live, const char *name, rsd_preset *preset)
{
    return rsd_preset_capture(host_control_engine(live->control), name, host_control_codec(live->control), preset);
}

rsd_status live_ui_take(live_ui_state *live, const rsd_preset *preset, rsd_error *error)
{
    rsd_model *model = NULL;
    const bool is_other = preset->codec[0] != '\0' && strcmp(preset->codec, host_control_codec(live->control)) != 0;
    if (is_other && rsd_model_open(preset->codec, &model, error) != RSD_OK) return error->status;
    const host_control_opened opened = {preset, preset->name, model, preset->codec, HOST_CONTROL_NO_MARK};
    live->states.takes_back = true;
    const rsd_status status = host_control_take_preset(live->control, &opened, error);
    live->states.takes_back = false;
    return status;
}

/* ---- undo ---- */

void live_ui_keep_undo(live_ui_state *live)
{
    live_ui_states *s = &live->states;
    if (s->undo_count == LIVE_UI_UNDO_COUNT) {
        memmove(&s->undo[0], &s->undo[1], (LIVE_UI_UNDO_COUNT - 1u) * sizeof s->undo[0]);
        s->undo_count--;
    }
    /* The name comes back with the state; that of a file may be longer than a preset's. */
    const char *name = host_control_preset(live->control);
    if (strlen(name) >= sizeof s->undo[0].name) name = "before";
    if (live_ui_capture(live, name[0] ? name : "start", &s->undo[s->undo_count]) == RSD_OK) s->undo_count++;
}

void live_ui_before_preset(void *context)
{
    live_ui_state *live = context;
    if (!live->states.takes_back) live_ui_keep_undo(live);
}

rsd_status live_ui_undo(live_ui_state *live, rsd_error *error)
{
    live_ui_states *s = &live->states;
    if (s->undo_count == 0u) return base_error_set(error, RSD_ERR_NOT_FOUND, "there is nothing to take back");
    return live_ui_take(live, &s->undo[--s->undo_count], error);
}

/* ---- saving ---- */

rsd_status live_ui_save_preset(live_ui_state *live, const char *name, rsd_error *error)
{
    rsd_preset preset;
    char made[64];
    if (!name) {
        const time_t now = time(NULL);
        struct tm local;
        localtime_r(&now, &local);
        strftime(made, sizeof made, "mine-%Y%m%d-%H%M%S", &local);
        name = made;
    }
    if (live_ui_capture(live, name, &preset) != RSD_OK)
        return base_error_set(error, RSD_ERR_ARG, "the name of the preset is too long: %.80s", name);
    const rsd_status status = rsd_preset_save(&preset, name, error);
    if (status != RSD_OK) return status;
    app_update_lv2_presets();
    live_ui_load_preset_names(live);
    live_ui_say(live, "saved preset %s", name);
    return RSD_OK;
}

/* ---- slots ---- */

rsd_status live_ui_store_slot(live_ui_state *live, uint32_t slot, rsd_error *error)
{
    live_ui_states *s = &live->states;
    char name[16];
    if (slot >= LIVE_UI_SLOT_COUNT) return base_error_set(error, RSD_ERR_ARG, "slots are 1 to %u", LIVE_UI_SLOT_COUNT);
    snprintf(name, sizeof name, "slot %c", (char)('A' + (int)slot));
    const rsd_status status = live_ui_capture(live, name, &s->slots[slot]);
    if (status != RSD_OK) return base_error_set(error, status, "%s", rsd_status_text(status));
    s->has_slot[slot] = true;
    s->current_slot = slot;
    live_ui_listen_offer(live);
    live_ui_say(live, "slot %c holds what sounds now", 'A' + (int)slot);
    return RSD_OK;
}

rsd_status live_ui_recall_slot(live_ui_state *live, uint32_t slot, rsd_error *error)
{
    live_ui_states *s = &live->states;
    if (slot >= LIVE_UI_SLOT_COUNT || !s->has_slot[slot])
        return base_error_set(error, RSD_ERR_NOT_FOUND, "slot %c is empty", slot < 26u ? 'A' + (int)slot : '?');
    live_ui_keep_undo(live);
    const rsd_status status = live_ui_take(live, &s->slots[slot], error);
    if (status == RSD_OK) s->current_slot = slot;
    if (status == RSD_OK) live_ui_say(live, "slot %c", 'A' + (int)slot);
    return status;
}

/* From the first comparison on both are as loud as the dry sound, unless it is switched off (l). */
static void match_levels(live_ui_state *live)
{
    rsd_error error;
    live_ui_states *s = &live->states;
    if (s->has_slot[0] && s->has_slot[1]) return;
    (void)!host_control_set_value(live->control, RSD_PARAM_LEVEL_MATCH, 0, 1.0f, &error);
}

/* What sounds goes into the slot that is left, and the other one sounds; an empty one becomes a copy. */
rsd_status live_ui_compare(live_ui_state *live, rsd_error *error)
{
    live_ui_states *s = &live->states;
    match_levels(live);
    const uint32_t other = s->current_slot == 0u ? 1u : 0u;
    rsd_status status = live_ui_store_slot(live, s->current_slot < 2u ? s->current_slot : 0u, error);
    if (status == RSD_OK && !s->has_slot[other]) status = live_ui_store_slot(live, other, error);
    return status == RSD_OK ? live_ui_recall_slot(live, other, error) : status;
}

rsd_status live_ui_copy_slot(live_ui_state *live, uint32_t from, uint32_t to, rsd_error *error)
{
    live_ui_states *s = &live->states;
    if (from >= LIVE_UI_SLOT_COUNT || to >= LIVE_UI_SLOT_COUNT || !s->has_slot[from])
        return base_error_set(error, RSD_ERR_NOT_FOUND, "slots are 1 to %u, and the first one must hold something",
                              LIVE_UI_SLOT_COUNT);
    s->slots[to] = s->slots[from];
    s->has_slot[to] = true;
    live_ui_listen_offer(live);
    return RSD_OK;
}

/* ---- morphing ---- */

static float value_in(const rsd_preset *preset, const rsd_param_info *info, uint32_t level, float max)
{
    for (uint32_t i = 0; i < preset->setting_count; i++)
        if (preset->settings[i].param_id == info->id && preset->settings[i].level == level)
            return preset->settings[i].value < max ? preset->settings[i].value : max;
    return info->default_value < max ? info->default_value : max;
}

/* Numbers by their weights; what has no middle is as in the slot that weighs most. */
static float mixed(const live_ui_states *s, const float weights[LIVE_UI_SLOT_COUNT], const rsd_param_info *info,
                   uint32_t level, float max)
{
    float sum = 0.0f;
    uint32_t heaviest = 0;
    for (uint32_t i = 0; i < LIVE_UI_SLOT_COUNT; i++) {
        if (weights[i] > weights[heaviest]) heaviest = i;
        if (weights[i] > 0.0f) sum += weights[i] * value_in(&s->slots[i], info, level, max);
    }
    return rsd_param_is_whole(info) ? value_in(&s->slots[heaviest], info, level, max) : sum;
}

static void set_changed(live_ui_state *live, const rsd_param_info *info, uint32_t level, float value)
{
    rsd_error error;
    float now = 0.0f;
    if (host_control_get(live->control, info->id, level, &now) != RSD_OK || now == value) return;
    (void)!host_control_set_value(live->control, info->id, level, value, &error);
}

/* Every value of every row that the codec in use has. */
static void for_each_value(live_ui_state *live,
                           void (*visit)(live_ui_state *live, const rsd_param_info *info, uint32_t level,
                                         const float *arguments),
                           const float *arguments)
{
    rsd_codec_info codec;
    const rsd_param_info *info;
    host_control_get_codec_info(live->control, &codec);
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (info->unit == RSD_UNIT_TEXT || rsd_param_is_of_session(info) || !host_control_has(live->control, info))
            continue;
        const uint32_t count = rsd_param_is_per_level(info) ? codec.level_count : 1u;
        for (uint32_t level = 0; level < count; level++) visit(live, info, level, arguments);
    }
}

static void morph_value(live_ui_state *live, const rsd_param_info *info, uint32_t level, const float *weights)
{
    float min, max;
    host_control_range(live->control, info, &min, &max);
    set_changed(live, info, level, mixed(&live->states, weights, info, level, max));
}

/* A pad that is dragged across is taken back in one step. */
static void keep_before_morph(live_ui_state *live)
{
    const double now_s = live_ui_now_s();
    if (now_s > live->states.morphed_s + MORPH_PAUSE_S) live_ui_keep_undo(live);
    live->states.morphed_s = now_s;
}

rsd_status live_ui_morph(live_ui_state *live, float x, float y, rsd_error *error)
{
    const live_ui_states *s = &live->states;
    if (!(x >= 0.0f && x <= 1.0f && y >= 0.0f && y <= 1.0f))
        return base_error_set(error, RSD_ERR_ARG, "morph takes 0 to 1, and 0 to 1");
    const float weights[LIVE_UI_SLOT_COUNT] = {(1.0f - x) * (1.0f - y), x * (1.0f - y), (1.0f - x) * y, x * y};
    for (uint32_t i = 0; i < LIVE_UI_SLOT_COUNT; i++)
        if (weights[i] > 0.0f && !s->has_slot[i])
            return base_error_set(error, RSD_ERR_NOT_FOUND, "slot %c is empty", 'A' + (int)i);
    keep_before_morph(live);
    for_each_value(live, morph_value, weights);
    return RSD_OK;
}

/* ---- at random ---- */

rsd_status live_ui_lock(live_ui_state *live, const char *symbol, bool is_locked, rsd_error *error)
{
    const rsd_param_info *info = rsd_param_by_symbol(symbol);
    if (!info) return base_error_set(error, RSD_ERR_NOT_FOUND, "there is no parameter '%.80s'", symbol);
    live->states.is_locked[info->id] = is_locked;
    return RSD_OK;
}

/* Loudness, bypass and what plays are no matter of chance, nor is what modulates what. */
static bool is_fixed(const live_ui_states *s, const rsd_param_info *info)
{
    if (s->is_locked[info->id]) return true;
    switch (info->id) {
    case RSD_PARAM_BYPASS:
    case RSD_PARAM_MONITOR:
    case RSD_PARAM_MIX:
    case RSD_PARAM_BITRATE_KBPS:
        return true;
    default:
        return info->unit == RSD_UNIT_DB || info->group == RSD_GROUP_LEVEL_MUTES ||
               info->group == RSD_GROUP_LEVEL_SOLOS || info->group == RSD_GROUP_MODULATION ||
               info->group == RSD_GROUP_SEQUENCER;
    }
}

static void throw_value(live_ui_state *live, const rsd_param_info *info, uint32_t level, const float *amount)
{
    live_ui_states *s = &live->states;
    float min, max, now = 0.0f;
    if (is_fixed(s, info) || host_control_get(live->control, info->id, level, &now) != RSD_OK) return;
    host_control_range(live->control, info, &min, &max);
    const float share = 0.5f + 0.5f * base_noise(&s->seed), wanted = min + (max - min) * share;
    const bool changes = 0.5f + 0.5f * base_noise(&s->seed) < *amount;
    if (!rsd_param_is_whole(info))
        set_changed(live, info, level, now + *amount * (wanted - now));
    else if (changes)
        set_changed(live, info, level, fminf(floorf(min + (max - min + 1.0f) * share), max));
}

rsd_status live_ui_randomise(live_ui_state *live, float amount, rsd_error *error)
{
    if (!(amount >= 0.0f && amount <= 1.0f)) return base_error_set(error, RSD_ERR_ARG, "random takes 0 to 1");
    live_ui_keep_undo(live);
    if (live->states.seed == 0u) live->states.seed = (uint32_t)host_clock_now_ns() | 1u;
    for_each_value(live, throw_value, &amount);
    live_ui_say(live, "thrown by %.0f %%; u takes it back", 100.0 * (double)amount);
    return RSD_OK;
}

void live_ui_state_key(live_ui_state *live, int key)
{
    rsd_error error = {RSD_OK, ""};
    rsd_status status = RSD_OK;
    if (key == 'S') status = live_ui_save_preset(live, NULL, &error);
    if (key == 'a') status = live_ui_compare(live, &error);
    if (key == 'x') status = live_ui_randomise(live, RANDOM_AMOUNT, &error);
    if (key == 'u') status = live_ui_undo(live, &error);
    if (status != RSD_OK) live_ui_say(live, "%s", error.text);
}

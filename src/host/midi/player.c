// SPDX-License-Identifier: MIT
// MIDI messages as changes of parameters. Nothing in this file allocates, locks, logs or makes a system call.
#include "host/midi/player.h"

#define NOTE_OFF 0x80u
#define NOTE_ON 0x90u
#define CONTROL_CHANGE 0xb0u
#define PROGRAM_CHANGE 0xc0u
#define CLOCK_TICK 0xf8u
#define CLOCK_START 0xfau
#define CLOCK_CONTINUE 0xfbu
#define CLOCK_STOP 0xfcu
#define CC_ALL_SOUND_OFF 120u /* up to 127: channel mode messages */
#define SWITCH_ON 64u
#define LOST_AFTER_MS 500u
#define MIN_BPM 20.0
#define MAX_BPM 400.0

uint32_t midi_bank_count(uint32_t level_count) { return (level_count + MIDI_BANK_LEVELS - 1u) / MIDI_BANK_LEVELS; }

static uint32_t level_count_of(const midi_player *player)
{
    float min = 0.0f, max = 0.0f;
    rsd_engine_get_range(player->engine, RSD_PARAM_LEVELS, &min, &max);
    return (uint32_t)max;
}

/* ---- parameters ---- */

/* The level that a message steers; false: the codec in use has it not. */
static bool find_level(const midi_player *player, const midi_binding *binding, uint32_t number, uint32_t *level)
{
    const rsd_param_info *info = rsd_param_by_id(binding->param_id);
    *level = midi_binding_level(binding, number, player->bank);
    return info && (!rsd_param_is_per_level(info) || *level < level_count_of(player));
}

static void toggle(midi_player *player, const midi_binding *binding, uint32_t level)
{
    float now = 0.0f;
    const rsd_param_info *info = rsd_param_by_id(binding->param_id);
    if (rsd_engine_get(player->engine, info->id, level, &now) != RSD_OK) return;
    const float on = binding->has_value ? binding->value : info->max;
    const float off = binding->has_value ? info->default_value : info->min;
    const bool is_on = binding->has_value ? now == on : now > 0.5f * (info->min + info->max);
    player->set(player->context, info->id, level, is_on ? off : on);
}

static void set_controller(midi_player *player, const midi_binding *binding, uint32_t number, uint32_t value)
{
    float min = 0.0f, max = 0.0f;
    uint32_t level;
    if (!find_level(player, binding, number, &level)) return;
    if (binding->curve == MIDI_CURVE_TOGGLE) {
        if (value >= SWITCH_ON) toggle(player, binding, level);
        return;
    }
    rsd_engine_get_range(player->engine, binding->param_id, &min, &max);
    player->set(player->context, binding->param_id, level, midi_binding_value(binding, value, min, max));
}

static void press(midi_player *player, const midi_binding *binding, uint32_t note)
{
    uint32_t level;
    float before = 0.0f;
    if (!find_level(player, binding, note, &level)) return;
    if (binding->curve == MIDI_CURVE_TOGGLE) {
        toggle(player, binding, level);
        return;
    }
    if (player->notes[note].is_held) return; /* struck again before it was let go: what was before stays known */
    if (rsd_engine_get(player->engine, binding->param_id, level, &before) != RSD_OK) return;
    player->notes[note].is_held = true;
    player->notes[note].param_id = binding->param_id;
    player->notes[note].level = level;
    player->notes[note].before = before;
    const float held = binding->has_value ? binding->value : rsd_param_by_id(binding->param_id)->max;
    player->set(player->context, binding->param_id, level, held);
}

/* By what the press did: the bank may have changed since. */
static void release(midi_player *player, uint32_t note)
{
    if (!player->notes[note].is_held) return;
    player->notes[note].is_held = false;
    player->set(player->context, player->notes[note].param_id, player->notes[note].level, player->notes[note].before);
}

static void release_all(midi_player *player)
{
    for (uint32_t note = 0; note < 128u; note++) release(player, note);
}

/* ---- actions ---- */

static midi_request act(midi_player *player, midi_target target)
{
    const uint32_t banks = midi_bank_count(level_count_of(player));
    switch (target) {
    case MIDI_TO_BANK_NEXT:
        if (player->bank + 1u < banks) player->bank++;
        return MIDI_ASKS_NOTHING;
    case MIDI_TO_BANK_PREVIOUS:
        if (player->bank > 0u) player->bank--;
        return MIDI_ASKS_NOTHING;
    case MIDI_TO_PRESET_NEXT:
        return MIDI_ASKS_PRESET_NEXT;
    case MIDI_TO_PRESET_PREVIOUS:
        return MIDI_ASKS_PRESET_PREVIOUS;
    case MIDI_TO_TAP:
        return MIDI_ASKS_TAP;
    case MIDI_TO_PARAMETER:
    case MIDI_TARGET_COUNT:
        break;
    }
    return MIDI_ASKS_NOTHING;
}

static midi_request take_controller(midi_player *player, uint32_t channel, uint32_t number, uint32_t value)
{
    const midi_binding *binding = midi_map_find(&player->map, MIDI_FROM_CONTROLLER, channel, number);
    if (number >= CC_ALL_SOUND_OFF && !binding) release_all(player);
    if (!binding) return MIDI_ASKS_NOTHING;
    if (binding->target != MIDI_TO_PARAMETER)
        return value >= SWITCH_ON ? act(player, binding->target) : MIDI_ASKS_NOTHING;
    set_controller(player, binding, number, value);
    return MIDI_ASKS_NOTHING;
}

static midi_request take_note(midi_player *player, uint32_t channel, uint32_t note, bool is_on)
{
    if (!is_on) {
        release(player, note);
        return MIDI_ASKS_NOTHING;
    }
    const midi_binding *binding = midi_map_find(&player->map, MIDI_FROM_NOTE, channel, note);
    if (!binding) return MIDI_ASKS_NOTHING;
    if (binding->target != MIDI_TO_PARAMETER) return act(player, binding->target);
    press(player, binding, note);
    return MIDI_ASKS_NOTHING;
}

/* ---- the clock ---- */

static void lose_clock(midi_clock *clock)
{
    clock->tick_count = 0u;
    clock->bpm = 0.0f;
}

float midi_player_bpm(midi_player *player, uint64_t sample_time)
{
    midi_clock *clock = &player->clock;
    const uint64_t limit = (uint64_t)player->sample_rate_hz * LOST_AFTER_MS / 1000u;
    const uint64_t last = clock->tick_count > 0u ? clock->tick_times[(clock->tick_count - 1u) % MIDI_CLOCK_TICKS] : 0u;
    if (clock->tick_count > 0u && sample_time > last + limit) lose_clock(clock);
    return clock->bpm;
}

static void take_tick(midi_player *player, uint64_t sample_time)
{
    midi_clock *clock = &player->clock;
    (void)midi_player_bpm(player, sample_time);
    uint64_t *slot = &clock->tick_times[clock->tick_count % MIDI_CLOCK_TICKS];
    if (clock->tick_count >= MIDI_CLOCK_TICKS && sample_time > *slot) {
        const double bpm = 60.0 * player->sample_rate_hz / (double)(sample_time - *slot);
        if (bpm >= MIN_BPM && bpm <= MAX_BPM) clock->bpm = (float)bpm;
    }
    *slot = sample_time;
    clock->tick_count++;
}

static midi_request take_clock(midi_player *player, uint8_t status, uint64_t sample_time)
{
    switch (status) {
    case CLOCK_TICK:
        take_tick(player, sample_time);
        return MIDI_ASKS_NOTHING;
    case CLOCK_START:
    case CLOCK_CONTINUE:
        player->clock.is_rolling = true;
        return status == CLOCK_START ? MIDI_ASKS_START : MIDI_ASKS_CONTINUE;
    case CLOCK_STOP:
        player->clock.is_rolling = false;
        return MIDI_ASKS_STOP;
    default:
        return MIDI_ASKS_NOTHING;
    }
}

/* ---- messages ---- */

/* A codec with fewer levels has fewer banks: faders that reach none of them would do nothing. */
static void keep_bank(midi_player *player)
{
    const uint32_t banks = midi_bank_count(level_count_of(player));
    if (player->bank >= banks) player->bank = banks > 0u ? banks - 1u : 0u;
}

midi_request midi_player_take(midi_player *player, const uint8_t *bytes, size_t size, uint64_t sample_time,
                              uint32_t *number)
{
    *number = 0u;
    if (size == 0u) return MIDI_ASKS_NOTHING;
    if (bytes[0] >= CLOCK_TICK) return take_clock(player, bytes[0], sample_time);
    keep_bank(player);
    const uint32_t kind = bytes[0] & 0xf0u, channel = (bytes[0] & 0x0fu) + 1u;
    if (size < 2u || bytes[1] > 127u) return MIDI_ASKS_NOTHING;
    if (kind == PROGRAM_CHANGE) {
        *number = bytes[1];
        return MIDI_ASKS_PRESET;
    }
    if (size < 3u || bytes[2] > 127u) return MIDI_ASKS_NOTHING;
    if (kind == CONTROL_CHANGE) return take_controller(player, channel, bytes[1], bytes[2]);
    if (kind == NOTE_ON || kind == NOTE_OFF)
        return take_note(player, channel, bytes[1], kind == NOTE_ON && bytes[2] > 0u);
    return MIDI_ASKS_NOTHING;
}

void midi_player_set_map(midi_player *player, const midi_map *map)
{
    release_all(player);
    player->map = *map;
}

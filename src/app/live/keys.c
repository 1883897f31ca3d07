// SPDX-License-Identifier: MIT
// What a key of `live` does.
#include "app/live/live.h"

#include <curses.h>

#include <math.h>
#include <string.h>

const char *const live_ui_key_help[] = {
    "left right   levels by 0.1          w  hear the decoded sound (wet)",
    "- +          levels by 1            d  hear the input, delayed (dry)",
    "up down      pick a level           r  hear what was lost (residual)",
    "1..9 0       pick level 1..10       t  hear what the top level adds (delta)",
    "s            solo the level         p P  next, previous preset",
    "m            mute the level         R  start, stop a recording",
    "b            bypass                 L  MIDI learn: the level's gain",
    "l            level match            c  put the clip light out",
    "i            limiter                h  how long callbacks take (histogram)",
    "a            compare A and B        x  throw all at random, by 30 %",
    "S            save as a preset       u  take back",
    "T            tap the tempo          v k  spectrograms, tokens",
    "f            imagine fine levels",
    "Tab          the other pages        q  quit          ?  this help",
    NULL,
};

static void set(live_ui_state *live, rsd_param_id id, uint32_t level, float value)
{
    rsd_error error;
    if (host_control_set_value(live->control, id, level, value, &error) != RSD_OK) live_ui_say(live, "%s", error.text);
}

static float get(const live_ui_state *live, rsd_param_id id, uint32_t level)
{
    float value = 0.0f;
    return host_control_get(live->control, id, level, &value) == RSD_OK ? value : 0.0f;
}

static void toggle(live_ui_state *live, rsd_param_id id, uint32_t level)
{
    set(live, id, level, get(live, id, level) >= 0.5f ? 0.0f : 1.0f);
}

static void step_levels(live_ui_state *live, float step)
{
    const rsd_param_info *info = rsd_param_by_id(RSD_PARAM_LEVELS);
    float min, max;
    host_control_range(live->control, info, &min, &max);
    // Down from what is in use, so that a key has an effect under a bitrate that limits the levels, too.
    const float from = step < 0.0f ? host_control_levels_in_use(live->control) : get(live, RSD_PARAM_LEVELS, 0);
    // Tenths, so that ten small steps are one large one.
    const float wanted = roundf((from + step) * 10.0f) / 10.0f;
    set(live, RSD_PARAM_LEVELS, 0, fminf(fmaxf(wanted, min), max));
}

static void pick_level(live_ui_state *live, int level)
{
    rsd_codec_info codec;
    host_control_get_codec_info(live->control, &codec);
    if (level >= 0 && level < (int)codec.level_count) live->selected_level = (uint32_t)level;
}

/* ---- what keys do: each action takes the number that stands beside it ---- */

static void quit(live_ui_state *live, float unused)
{
    (void)unused;
    live->quit = true;
}

static void toggle_help(live_ui_state *live, float unused)
{
    (void)unused;
    const bool has_more = live->help_is_shown && live->help_page + 1u < live_ui_help_page_count();
    live->help_page = has_more ? live->help_page + 1u : 0u;
    live->help_is_shown = has_more || !live->help_is_shown;
}

static void toggle_histogram(live_ui_state *live, float unused)
{
    (void)unused;
    live->histogram_is_shown = !live->histogram_is_shown;
    live->help_is_shown = false;
}

static void toggle_recording(live_ui_state *live, float unused)
{
    (void)unused;
    live_ui_toggle_recording(live);
}

static void reset_clip(live_ui_state *live, float unused)
{
    (void)unused;
    host_control_reset_clip(live->control);
}

static void set_monitor(live_ui_state *live, float monitor) { set(live, RSD_PARAM_MONITOR, 0, monitor); }

static void toggle_switch(live_ui_state *live, float id) { toggle(live, (rsd_param_id)id, 0); }

static void toggle_level_switch(live_ui_state *live, float id) { toggle(live, (rsd_param_id)id, live->selected_level); }

static void pick_neighbour(live_ui_state *live, float step) { pick_level(live, (int)live->selected_level + (int)step); }

static void pick_by_number(live_ui_state *live, float number) { pick_level(live, (int)number - 1); }

static void turn_page(live_ui_state *live, float unused)
{
    (void)unused;
    live->page = (live_ui_page)((live->page + 1) % LIVE_UI_PAGE_COUNT);
}

/* The page, or from there back to the levels. */
static void show_page(live_ui_state *live, float page)
{
    live->page = live->page == (live_ui_page)page ? LIVE_UI_PAGE_LEVELS : (live_ui_page)page;
    live->help_is_shown = false;
}

static void change_state(live_ui_state *live, float key) { live_ui_state_key(live, (int)key); }

/* Of the level that is picked, its gain; pressed again, nothing is learnt. */
static void learn_midi(live_ui_state *live, float unused)
{
    (void)unused;
    live_ui_midi_learn(live, live->midi_learns ? NULL : rsd_param_by_id(RSD_PARAM_LEVEL_GAIN), live->selected_level);
}

static void tap_tempo(live_ui_state *live, float unused)
{
    (void)unused;
    live_ui_tap_tempo(live, live_ui_now_s());
}

static void compare_imagined(live_ui_state *live, float unused)
{
    rsd_error error;
    (void)unused;
    if (live_ui_compare_imagined(live, &error) != RSD_OK) live_ui_say(live, "%s", error.text);
}

static void pick_preset(live_ui_state *live, float step) { live_ui_step_preset(live, (int)step); }

static const struct {
    int key;
    void (*act)(live_ui_state *live, float number);
    float number;
} bindings[] = {
    {'q', quit, 0},
    {'?', toggle_help, 0},
    {'h', toggle_histogram, 0},
    {'R', toggle_recording, 0},
    {KEY_LEFT, step_levels, -0.1f},
    {KEY_RIGHT, step_levels, 0.1f},
    {'-', step_levels, -1},
    {'+', step_levels, 1},
    {'=', step_levels, 1}, /* the key of '+' without shift */
    {'w', set_monitor, RSD_MONITOR_WET},
    {'d', set_monitor, RSD_MONITOR_DRY},
    {'r', set_monitor, RSD_MONITOR_RESIDUAL},
    {'t', set_monitor, RSD_MONITOR_DELTA},
    {'b', toggle_switch, RSD_PARAM_BYPASS},
    {'c', reset_clip, 0},
    {'l', toggle_switch, RSD_PARAM_LEVEL_MATCH},
    {'i', toggle_switch, RSD_PARAM_LIMITER},
    {'s', toggle_level_switch, RSD_PARAM_LEVEL_SOLO},
    {'m', toggle_level_switch, RSD_PARAM_LEVEL_MUTE},
    {KEY_UP, pick_neighbour, -1},
    {KEY_DOWN, pick_neighbour, 1},
    {'1', pick_by_number, 1},
    {'2', pick_by_number, 2},
    {'3', pick_by_number, 3},
    {'4', pick_by_number, 4},
    {'5', pick_by_number, 5},
    {'6', pick_by_number, 6},
    {'7', pick_by_number, 7},
    {'8', pick_by_number, 8},
    {'9', pick_by_number, 9},
    {'0', pick_by_number, 10},
    {'\t', turn_page, 0},
    {'v', show_page, LIVE_UI_PAGE_SPECTRA},
    {'k', show_page, LIVE_UI_PAGE_TOKENS},
    {'S', change_state, 'S'},
    {'a', change_state, 'a'},
    {'x', change_state, 'x'},
    {'u', change_state, 'u'},
    {'L', learn_midi, 0},
    {'T', tap_tempo, 0},
    {'f', compare_imagined, 0},
    {'p', pick_preset, 1},
    {'P', pick_preset, -1},
};

void live_ui_key(live_ui_state *live, int key)
{
    if (live->page == LIVE_UI_PAGE_CONTROLS && !live->help_is_shown && live_ui_control_key(live, key)) return;
    for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++)
        if (bindings[i].key == key) bindings[i].act(live, bindings[i].number);
}

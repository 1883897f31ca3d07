// SPDX-License-Identifier: MIT
#include "app/live/live.h"

#include <curses.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *const live_ui_key_help[] = {
    "left right   levels by 0.1          w  hear the decoded sound (wet)",
    "- +          levels by 1            d  hear the input, delayed (dry)",
    "up down      pick a level           r  hear what was lost (residual)",
    "1..9 0       pick level 1..10       t  hear what the top level adds (delta)",
    "s            solo the level         p P  next, previous preset",
    "m            mute the level         R  start, stop a recording",
    "b            bypass                 q  quit          ?  this help",
    NULL,
};

void live_ui_load_preset_names(live_ui_state *live)
{
    const char *json;
    size_t json_bytes;
    rsd_preset preset;
    rsd_error error;
    for (uint32_t i = 0; live->preset_count < LIVE_UI_MAX_PRESETS && rsd_preset_builtin(i, &json, &json_bytes); i++)
        if (rsd_preset_parse(json, json_bytes, "built-in preset", &preset, &error) == RSD_OK)
            memcpy(live->presets[live->preset_count++], preset.name, sizeof preset.name);
    live->preset_index = live->preset_count;
}

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

static void step_preset(live_ui_state *live, int step)
{
    rsd_error error;
    if (live->preset_count == 0u) return;
    const int count = (int)live->preset_count;
    const int start = live->preset_index == live->preset_count ? (step > 0 ? -1 : 0) : (int)live->preset_index;
    live->preset_index = (uint32_t)((start + step + count) % count);
    if (host_control_set_preset(live->control, live->presets[live->preset_index], &error) != RSD_OK)
        live_ui_say(live, "%s", error.text);
}

void live_ui_toggle_recording(live_ui_state *live)
{
    rsd_error error;
    host_session_status status;
    host_session_get_status(live->session, &status);
    if (status.recorder.recording) {
        const rsd_status stopped = host_session_record_stop(live->session, &error);
        host_session_get_status(live->session, &status);
        if (stopped != RSD_OK)
            live_ui_say(live, "%s", error.text);
        else
            live_ui_say(live, "recorded %s: %.1f s%s", status.recorder.path,
                        (double)status.recorder.sample_count / status.sample_rate_hz,
                        status.recorder.report.clipped_count > 0u ? "; it is clipped: lower the output gain" : "");
        return;
    }
    char path[64];
    const time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(path, sizeof path, "residuum-%Y%m%d-%H%M%S.wav", &local);
    if (host_session_record(live->session, path, &error) != RSD_OK) live_ui_say(live, "%s", error.text);
}

static void key_for_level(live_ui_state *live, int key)
{
    if (key == KEY_UP) pick_level(live, (int)live->selected_level - 1);
    if (key == KEY_DOWN) pick_level(live, (int)live->selected_level + 1);
    if (key >= '1' && key <= '9') pick_level(live, key - '1');
    if (key == '0') pick_level(live, 9);
    if (key == 's') toggle(live, RSD_PARAM_LEVEL_SOLO, live->selected_level);
    if (key == 'm') toggle(live, RSD_PARAM_LEVEL_MUTE, live->selected_level);
}

void live_ui_key(live_ui_state *live, int key)
{
    switch (key) {
    case 'q':
        live->quit = true;
        break;
    case '?':
        live->help_is_shown = !live->help_is_shown;
        break;
    case KEY_LEFT:
        step_levels(live, -0.1f);
        break;
    case KEY_RIGHT:
        step_levels(live, 0.1f);
        break;
    case '-':
        step_levels(live, -1.0f);
        break;
    case '+':
    case '=':
        step_levels(live, 1.0f);
        break; // '=' is the key of '+' without shift
    case 'w':
        set(live, RSD_PARAM_MONITOR, 0, RSD_MONITOR_WET);
        break;
    case 'd':
        set(live, RSD_PARAM_MONITOR, 0, RSD_MONITOR_DRY);
        break;
    case 'r':
        set(live, RSD_PARAM_MONITOR, 0, RSD_MONITOR_RESIDUAL);
        break;
    case 't':
        set(live, RSD_PARAM_MONITOR, 0, RSD_MONITOR_DELTA);
        break;
    case 'b':
        toggle(live, RSD_PARAM_BYPASS, 0);
        break;
    case 'p':
        step_preset(live, 1);
        break;
    case 'P':
        step_preset(live, -1);
        break;
    case 'R':
        live_ui_toggle_recording(live);
        break;
    default:
        key_for_level(live, key);
    }
}

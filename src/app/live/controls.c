// SPDX-License-Identifier: MIT
// The second page of the screen: every control, its value and range, what is not at its default; and the third, the
// tokens as they come.
#include "app/live/live.h"

#include <curses.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FIRST_ROW 2
#define STEP_SHARE 0.02f /* of the range, for a key */
#define NAME_COLUMN 3
#define VALUE_COLUMN 28
#define RANGE_COLUMN 42

/* The n-th row of the table that is a number and makes sense here; NULL past the last. */
static const rsd_param_info *control_at(const live_ui_state *live, uint32_t index)
{
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (info->unit == RSD_UNIT_TEXT || !host_control_has(live->control, info)) continue;
        if (index-- == 0u) return info;
    }
    return NULL;
}

static uint32_t control_count(const live_ui_state *live)
{
    uint32_t count = 0;
    while (control_at(live, count)) count++;
    return count;
}

static uint32_t level_of(const live_ui_state *live, const rsd_param_info *info)
{
    return rsd_param_is_per_level(info) ? live->selected_level : 0u;
}

/* ---- drawing ---- */

static void format_value(const live_ui_state *live, const rsd_param_info *info, float value, char *text, size_t bytes)
{
    (void)live;
    const char *unit = rsd_param_unit_text(info->unit);
    const char *name = rsd_param_value_name(info, (uint32_t)value);
    if (name)
        snprintf(text, bytes, "%s", name);
    else if (info->unit == RSD_UNIT_SWITCH)
        snprintf(text, bytes, "%s", value != 0.0f ? "on" : "off");
    else
        snprintf(text, bytes, "%.4g%s%s", (double)value, *unit ? " " : "", unit);
}

static void format_range(const live_ui_state *live, const rsd_param_info *info, char *text, size_t bytes)
{
    float min, max;
    host_control_range(live->control, info, &min, &max);
    if (rsd_param_value_names(info) || info->unit == RSD_UNIT_SWITCH)
        *text = '\0';
    else
        snprintf(text, bytes, "%g..%g", (double)min, (double)max);
}

static bool is_at_default(const live_ui_state *live, const rsd_param_info *info, uint32_t level)
{
    float value = 0.0f;
    if (rsd_engine_get(host_control_engine(live->control), info->id, level, &value) != RSD_OK) return true;
    return value == info->default_value;
}

/* Also where another level than the picked one is moved. */
static bool is_all_default(const live_ui_state *live, const rsd_param_info *info, uint32_t level_count)
{
    const uint32_t count = rsd_param_is_per_level(info) ? level_count : 1u;
    for (uint32_t k = 0; k < count; k++)
        if (!is_at_default(live, info, k)) return false;
    return true;
}

/* Levels, monitor and bypass stand above, and what single levels have beside their bars. */
static bool is_shown_elsewhere(const rsd_param_info *info)
{
    return info->id == RSD_PARAM_LEVELS || info->id == RSD_PARAM_MONITOR || info->id == RSD_PARAM_BYPASS ||
           rsd_param_is_per_level(info) || rsd_param_is_of_session(info);
}

void live_ui_changed_text(const live_ui_state *live, const live_ui_snapshot *p, size_t columns, char *text,
                          size_t text_bytes)
{
    static const char head[] = "changed: ", more[] = ", 999 more";
    const rsd_param_info *info;
    size_t used = 0u;
    uint32_t left_out = 0u;
    *text = '\0';
    if (columns >= text_bytes) columns = text_bytes - 1u;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        char value[64], item[128];
        float now = info->default_value;
        if (info->unit == RSD_UNIT_TEXT || is_shown_elsewhere(info) || is_all_default(live, info, p->codec.level_count))
            continue;
        (void)!host_control_get(live->control, info->id, 0u, &now);
        format_value(live, info, now, value, sizeof value);
        snprintf(item, sizeof item, "%s%s %s", used > 0u ? ", " : head, info->symbol, value);
        const bool fits = left_out == 0u && used + strlen(item) + strlen(more) <= columns;
        left_out += !fits;
        if (fits) used += (size_t)snprintf(text + used, text_bytes - used, "%s", item);
    }
    if (left_out > 0u && used > 0u) snprintf(text + used, text_bytes - used, ", %u more", left_out);
    if (left_out > 0u && used == 0u && columns >= sizeof "999 changed")
        snprintf(text, text_bytes, "%u changed", left_out);
}

static void draw_control(const live_ui_state *live, const live_ui_snapshot *p, const rsd_param_info *info, int row)
{
    char text[96], name[48];
    float value = 0.0f;
    const uint32_t level = level_of(live, info);
    const bool is_moved = !is_all_default(live, info, p->codec.level_count);
    if (host_control_get(live->control, info->id, level, &value) != RSD_OK) value = info->default_value;
    if (rsd_param_is_per_level(info))
        snprintf(name, sizeof name, "%s of level %u", info->name, level + 1u);
    else
        snprintf(name, sizeof name, "%s", info->name);
    if (is_moved) attron(A_BOLD);
    live_ui_text(row, 1, 1, is_moved ? "*" : " ");
    live_ui_text(row, NAME_COLUMN, VALUE_COLUMN - NAME_COLUMN - 1, name);
    format_value(live, info, value, text, sizeof text);
    live_ui_text(row, VALUE_COLUMN, RANGE_COLUMN - VALUE_COLUMN - 1, text);
    if (is_moved) attroff(A_BOLD);
    format_range(live, info, text, sizeof text);
    attron(A_DIM);
    live_ui_text(row, RANGE_COLUMN, COLS - RANGE_COLUMN - 1, text);
    attroff(A_DIM);
}

void live_ui_draw_controls(const live_ui_state *live, const live_ui_snapshot *snapshot, int end_row)
{
    const int rows = end_row - FIRST_ROW, count = (int)control_count(live), picked = (int)live->picked_control;
    if (rows <= 0) return;
    const int first = count <= rows || picked < rows / 2 ? 0
                      : picked - rows / 2 + rows > count ? count - rows
                                                         : picked - rows / 2;
    attron(A_UNDERLINE);
    live_ui_text(FIRST_ROW - 1, 1, COLS - 2,
                 COLS >= 76 ? "  control (* is not at its default)   up down left right  z default  Tab"
                            : "  control (* changed)  arrows  z default  L learn  Tab");
    attroff(A_UNDERLINE);
    for (int i = first; i < count && i - first < rows; i++) {
        const bool is_picked = i == picked;
        if (is_picked) attron(A_REVERSE);
        draw_control(live, snapshot, control_at(live, (uint32_t)i), FIRST_ROW + i - first);
        if (is_picked) attroff(A_REVERSE);
    }
}

/* ---- keys ---- */

static void say_failed(live_ui_state *live, rsd_status status, const rsd_error *error)
{
    if (status != RSD_OK) live_ui_say(live, "%s", error->text);
}

static void step(live_ui_state *live, float direction)
{
    rsd_error error;
    float min, max, value = 0.0f;
    const rsd_param_info *info = control_at(live, live->picked_control);
    const uint32_t level = level_of(live, info);
    if (host_control_get(live->control, info->id, level, &value) != RSD_OK) return;
    host_control_range(live->control, info, &min, &max);
    const float width = rsd_param_is_whole(info) ? 1.0f : STEP_SHARE * (max - min);
    float wanted = value + direction * width;
    if (!rsd_param_is_whole(info)) wanted = min + roundf((wanted - min) / width) * width;
    wanted = fminf(fmaxf(wanted, min), max);
    say_failed(live, host_control_set_value(live->control, info->id, level, wanted, &error), &error);
}

static void set_default(live_ui_state *live)
{
    rsd_error error;
    const rsd_param_info *info = control_at(live, live->picked_control);
    say_failed(live, host_control_set_value(live->control, info->id, level_of(live, info), info->default_value, &error),
               &error);
}

bool live_ui_control_key(live_ui_state *live, int key)
{
    const uint32_t count = control_count(live);
    const rsd_param_info *info = control_at(live, live->picked_control);
    switch (key) {
    case KEY_UP:
        if (live->picked_control > 0u) live->picked_control--;
        return true;
    case KEY_DOWN:
        if (live->picked_control + 1u < count) live->picked_control++;
        return true;
    case KEY_PPAGE:
        live->picked_control -= live->picked_control < 10u ? live->picked_control : 10u;
        return true;
    case KEY_NPAGE:
        live->picked_control = live->picked_control + 10u < count ? live->picked_control + 10u : count - 1u;
        return true;
    case KEY_LEFT:
    case KEY_RIGHT:
        step(live, key == KEY_LEFT ? -1.0f : 1.0f);
        return true;
    case 'z':
        set_default(live);
        return true;
    case 'L':
        live_ui_midi_learn(live, live->midi_learns ? NULL : info, level_of(live, info));
        return true;
    default:
        return false;
    }
}

/* ---- tokens ---- */

void live_ui_keep_tokens(live_ui_state *live)
{
    live_ui_tokens *t = &live->tokens;
    rsd_token_frame frame;
    uint64_t index = 0;
    if (!host_control_latest_tokens(live->control, &index, &frame) || (t->count > 0u && index == t->index)) return;
    t->index = index;
    int16_t *column = t->columns[t->count++ % LIVE_UI_TOKEN_COLUMNS];
    for (uint32_t row = 0; row < LIVE_UI_TOKEN_ROWS; row++) column[row] = (int16_t)frame.tokens[row];
}

/* Tokens have no order: what is seen is which repeat and which are not there. */
static char shade(int16_t token)
{
    static const char shades[] = ".:-=+*%#@$&";
    return token < 0 ? ' ' : shades[(uint32_t)token % (sizeof shades - 1u)];
}

void live_ui_draw_tokens(const live_ui_state *live, const live_ui_snapshot *snapshot, int end_row)
{
    char head[96];
    const live_ui_tokens *t = &live->tokens;
    const int columns = COLS - 6 < (int)LIVE_UI_TOKEN_COLUMNS ? COLS - 6 : (int)LIVE_UI_TOKEN_COLUMNS;
    uint32_t rows =
        snapshot->codec.sequence_count < LIVE_UI_TOKEN_ROWS ? snapshot->codec.sequence_count : LIVE_UI_TOKEN_ROWS;
    snprintf(head, sizeof head, "%s",
             COLS >= 82 ? "  tokens of channel 1: a row a sequence, 20 frames a second; blank: not coded   Tab"
                        : "  tokens of channel 1, 20 a second; blank: not coded");
    attron(A_UNDERLINE);
    live_ui_text(FIRST_ROW - 1, 1, COLS - 2, head);
    attroff(A_UNDERLINE);
    for (uint32_t row = 0; row < rows && FIRST_ROW + (int)row < end_row; row++) {
        snprintf(head, sizeof head, "%3u", row + 1u);
        live_ui_text(FIRST_ROW + (int)row, 1, 3, head);
        for (int x = 0; x < columns && (uint64_t)x < t->count; x++)
            mvaddch(FIRST_ROW + (int)row, 5 + x,
                    (chtype)shade(t->columns[(t->count - 1u - (uint64_t)x) % LIVE_UI_TOKEN_COLUMNS][row]));
    }
}

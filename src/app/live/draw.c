// SPDX-License-Identifier: MIT
// What the screen of `live` shows.
#include "app/live/live.h"

#include "base/text.h"

#include <curses.h>

#include <langinfo.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FIRST_LEVEL_ROW 7 /* 14 levels fit on 24 lines */
#define BAR_COLUMN 9
#define MIN_CELLS 4 /* a shorter bar says nothing */
#define MIN_HEAD_LINES 4
#define HELP_SPLIT 36 /* where the right half of the keys starts */
#define FLOOR_DB (-90.0)

/* Figures right of a level's bar; from the last on they are left out where the terminal is narrow. */
static const struct {
    const char *head;
    int width;
} figures[] = {{"energy", 10}, {"SNR after", 11}, {"gain", 7}};
enum { FIGURE_COUNT = sizeof figures / sizeof figures[0] };

/* Recording or message, and the keys; the keys go first where there is no room. */
static int rows_below(void) { return LINES > FIRST_LEVEL_ROW + 2 ? 2 : LINES >= MIN_HEAD_LINES ? 1 : 0; }

static void line(int row, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line of text above the foot, or of it; a column is left free on either side where there are more than two. */
static void line(int row, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    const int margin = COLS > 2 ? 1 : 0;
    live_ui_text(row, margin, COLS - 2 * margin, text);
}

static bool is_above_foot(int row) { return row < LINES - rows_below(); }
/* A line with names, which may be long and of any bytes: it loses its middle where it is too long. */
static void name_line(int row, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void name_line(int row, const char *format, ...)
{
    char whole[5120], text[5120];
    va_list list;
    va_start(list, format);
    vsnprintf(whole, sizeof whole, format, list);
    va_end(list);
    (void)text_escape(whole, text, sizeof text);
    if (COLS > 2) text_cut_middle(text, (size_t)COLS - 2u);
    line(row, "%s", text);
}

void live_ui_cells(int row, int column, int cells, int full)
{
    const bool is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (row < 0 || row >= LINES || column + cells > COLS || move(row, column) == ERR) return;
    for (int i = 0; i < cells; i++) addstr(i < full ? (is_utf8 ? "\xe2\x96\x88" : "#") : (is_utf8 ? "\xc2\xb7" : "."));
}

/* A bar of `cells`, full at 0 dBFS, empty at FLOOR_DB. */
static void bar(int row, int column, int cells, double db)
{
    live_ui_cells(row, column, cells, (int)lround(cells * (1.0 - fmin(fmax(db, FLOOR_DB), 0.0) / FLOOR_DB)));
}

/* Right of the output's figure: it stays lit until `c` puts it out. */
static void draw_clip_light(const live_ui_snapshot *p, int column)
{
    const host_meters *m = &p->meters;
    char text[16];
    if (m->clipped_count > 0u) {
        attron(COLOR_PAIR(3) | A_BOLD | A_REVERSE);
        live_ui_text(5, column, 6, " CLIP ");
        attroff(COLOR_PAIR(3) | A_BOLD | A_REVERSE);
    } else if (m->limiter_db < -0.05f) {
        snprintf(text, sizeof text, " %5.1f", (double)m->limiter_db);
        live_ui_text(5, column, 6, text);
    }
}

static void draw_peaks(const live_ui_snapshot *p)
{
    const int cells = (COLS - 50) / 2, second = BAR_COLUMN + cells + 10;
    const double in_db = (double)p->meters.input_peak_db, out_db = (double)p->meters.output_peak_db;
    char text[32];
    if (!is_above_foot(5)) return;
    if (cells < MIN_CELLS) {
        line(5, "input %.1f dB   output %.1f dB%s", in_db, out_db, p->meters.clipped_count > 0u ? "   CLIP" : "");
        return;
    }
    line(5, "input");
    bar(5, BAR_COLUMN, cells, in_db);
    snprintf(text, sizeof text, " %6.1f dB", in_db);
    live_ui_text(5, BAR_COLUMN + cells, 10, text);
    live_ui_text(5, second, 10, "   output ");
    bar(5, second + 10, cells, out_db);
    snprintf(text, sizeof text, " %6.1f dB", out_db);
    live_ui_text(5, second + 10 + cells, 10, text);
    draw_clip_light(p, second + 20 + cells);
}

/* How many of the figures fit, where they start, and how long the bar before them is (0: none). */
static int place_figures(int *start, int *cells)
{
    int count = 0, width = 0;
    while (count < FIGURE_COUNT && BAR_COLUMN + width + figures[count].width < COLS) width += figures[count++].width;
    *cells = COLS - BAR_COLUMN - width - 2;
    if (*cells < MIN_CELLS || count < FIGURE_COUNT) *cells = 0;
    *start = BAR_COLUMN + *cells;
    return count;
}

static void draw_figures(const live_ui_snapshot *p, uint32_t level, int row)
{
    const host_meters *m = &p->meters;
    int start, cells;
    char text[FIGURE_COUNT][32] = {"      -   ", "       -   ", "    off"};
    const int count = place_figures(&start, &cells);
    if ((float)level < m->levels) {
        snprintf(text[0], sizeof text[0], " %6.1f dB", (double)m->level_energy_db[level]);
        snprintf(text[1], sizeof text[1], " %7.1f dB", (double)m->level_snr_db[level]);
        snprintf(text[2], sizeof text[2], " %6.2f", (double)m->level_gain[level]);
    }
    for (int i = 0; i < count; start += figures[i++].width) live_ui_text(row, start, figures[i].width, text[i]);
}

static void draw_level(const live_ui_state *live, const live_ui_snapshot *p, uint32_t level, int row)
{
    float muted = 0.0f, soloed = 0.0f;
    int start, cells;
    char text[32];
    if (host_control_get(live->control, RSD_PARAM_LEVEL_MUTE, level, &muted) != RSD_OK) muted = 0.0f;
    if (host_control_get(live->control, RSD_PARAM_LEVEL_SOLO, level, &soloed) != RSD_OK) soloed = 0.0f;
    const bool is_picked = level == live->selected_level;
    const int style = p->meters.level_gain[level] > 0.0f ? COLOR_PAIR(soloed >= 0.5f ? 2 : 1) : (int)A_DIM;
    (void)place_figures(&start, &cells);
    snprintf(text, sizeof text, "%s%2u %c%c ", is_picked ? ">" : " ", level + 1u, soloed >= 0.5f ? 'S' : ' ',
             muted >= 0.5f ? 'M' : ' ');
    if (is_picked) attron(A_REVERSE);
    live_ui_text(row, COLS > BAR_COLUMN ? 1 : 0, BAR_COLUMN - 1, text);
    attroff(A_REVERSE);
    attron(style);
    if (cells > 0) bar(row, BAR_COLUMN, cells, (double)p->meters.level_energy_db[level]);
    attroff(style);
    draw_figures(p, level, row);
}

static void draw_level_heads(int row)
{
    int start, cells;
    const int count = place_figures(&start, &cells);
    attron(A_UNDERLINE);
    for (int column = 1; column < COLS - 1; column++) mvaddch(row, column, ' ');
    line(row, "level");
    for (int i = 0; i < count; start += figures[i++].width) {
        char text[16];
        snprintf(text, sizeof text, "%*s", figures[i].width - (i < 2), figures[i].head);
        live_ui_text(row, start, figures[i].width, text);
    }
    attroff(A_UNDERLINE);
}

/* The rows of the levels, scrolled so that the picked one is in sight. */
static void draw_levels(const live_ui_state *live, const live_ui_snapshot *p)
{
    const int rows = LINES - FIRST_LEVEL_ROW - rows_below();
    if (rows <= 0) return;
    draw_level_heads(FIRST_LEVEL_ROW - 1);
    const int count = (int)p->codec.level_count, picked = (int)live->selected_level;
    const int first = count <= rows || picked < rows / 2 ? 0
                      : picked - rows / 2 + rows > count ? count - rows
                                                         : picked - rows / 2;
    for (int k = first; k < count && k - first < rows; k++)
        draw_level(live, p, (uint32_t)k, FIRST_LEVEL_ROW + k - first);
}

/* The keys are in two halves side by side, or one below the other where it is narrow, and then on as many pages as that
 * takes. Below the head where all of them have room there, else in its place. */
static bool help_is_wide(void) { return COLS >= HELP_SPLIT + 40; }

static int help_half_rows(void)
{
    int count = 0;
    while (live_ui_key_help[count]) count++;
    return count;
}

static int help_rows(void) { return help_is_wide() ? help_half_rows() : 2 * help_half_rows(); }

static bool help_fits_below_head(void) { return is_above_foot(FIRST_LEVEL_ROW + help_rows() - 1); }

static int help_page_rows(void)
{
    const int rows = LINES - rows_below() - (help_fits_below_head() ? FIRST_LEVEL_ROW : 0);
    return rows > 0 ? rows : 1;
}

uint32_t live_ui_help_page_count(void) { return (uint32_t)((help_rows() + help_page_rows() - 1) / help_page_rows()); }

static void draw_help(uint32_t page)
{
    const int first_row = help_fits_below_head() ? FIRST_LEVEL_ROW : 0, rows = help_page_rows();
    const int half_rows = help_half_rows(), from = (int)page * rows;
    if (half_rows < 1) return;
    for (int i = from; i < help_rows() && i < from + rows; i++) {
        const char *keys = live_ui_key_help[i % half_rows] + i / half_rows * HELP_SPLIT;
        line(first_row + i - from, "%.*s", help_is_wide() || i >= half_rows ? INT_MAX : HELP_SPLIT, keys);
    }
}

/* And what else is not at its default than what stands above, whoever set it. */
static void draw_idle(const live_ui_state *live, const live_ui_snapshot *p, int row)
{
    char text[512], changed[256];
    if (live->osc)
        snprintf(text, sizeof text, "not recording   OSC on port %u", host_osc_port(live->osc));
    else
        snprintf(text, sizeof text, "not recording");
    const int left = COLS - 2 - (int)strlen(text) - 3;
    live_ui_changed_text(live, p, left > 0 ? (size_t)left : 0u, changed, sizeof changed);
    if (*changed) snprintf(text + strlen(text), sizeof text - strlen(text), "   %s", changed);
    line(row, "%s", text);
}

static void draw_state(const live_ui_state *live, const live_ui_snapshot *p, int row)
{
    const host_recorder_status *r = &p->status.recorder;
    if (live_ui_now_s() < live->message_until_s) {
        attron(COLOR_PAIR(2));
        name_line(row, "%s", live->message);
        attroff(COLOR_PAIR(2));
    } else if (r->recording) {
        attron(COLOR_PAIR(3));
        if (r->failed)
            name_line(row, "RECORDING BROKE OFF after %.1f s: %s", (double)r->sample_count / p->status.sample_rate_hz,
                      r->error.text);
        else
            name_line(row, "recording %s  %.1f s", r->path, (double)r->sample_count / p->status.sample_rate_hz);
        attroff(COLOR_PAIR(3));
    } else {
        draw_idle(live, p, row);
    }
}

/* On a terminal of one to three lines a message takes the last one while it is fresh. */
static void draw_foot(const live_ui_state *live, const live_ui_snapshot *p)
{
    const int rows = rows_below();
    if (rows > 0) draw_state(live, p, LINES - rows);
    if (rows == 0 && live_ui_now_s() < live->message_until_s) {
        move(LINES - 1, 0);
        clrtoeol();
        draw_state(live, p, LINES - 1);
    }
    if (rows < 2) return;
    if (live->help_is_shown && live->help_page + 1u < live_ui_help_page_count())
        line(LINES - 1, "? more keys");
    else
        live_ui_draw_keys(LINES - 1);
}

void live_ui_draw(const live_ui_state *live, const live_ui_snapshot *snapshot)
{
    const bool help_fits = help_fits_below_head();
    if (live_ui_is_blind(live)) { /* anything else would tell what is played */
        line(LINES / 2, "a blind listening test runs on the page");
        return;
    }
    const bool is_other_page = live->page != LIVE_UI_PAGE_LEVELS && !live->help_is_shown && LINES >= MIN_HEAD_LINES;
    if (is_other_page)
        live_ui_draw_title(snapshot);
    else if (!live->help_is_shown || help_fits) {
        live_ui_draw_head(snapshot, LINES - rows_below());
        draw_peaks(snapshot);
    }
    if (is_other_page && live->page == LIVE_UI_PAGE_CONTROLS)
        live_ui_draw_controls(live, snapshot, LINES - rows_below());
    else if (is_other_page && live->page == LIVE_UI_PAGE_SPECTRA)
        live_ui_draw_spectra(live, LINES - rows_below());
    else if (is_other_page)
        live_ui_draw_tokens(live, snapshot, LINES - rows_below());
    else if (live->help_is_shown)
        draw_help(live->help_page);
    else if (live->histogram_is_shown)
        live_ui_draw_histogram(snapshot, FIRST_LEVEL_ROW - 1, LINES - rows_below());
    else
        draw_levels(live, snapshot);
    draw_foot(live, snapshot);
}

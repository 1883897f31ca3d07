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

static const char *input_text(const host_session_status *s)
{
    switch (s->input) {
    case HOST_INPUT_FILE:
        return "file";
    case HOST_INPUT_DEMO:
        return "built-in demo";
    case HOST_INPUT_SILENCE:
        return "none (silence)";
    default:
        return s->device.input_name;
    }
}

static void draw_devices(const live_ui_snapshot *p)
{
    const host_session_status *s = &p->status;
    if (s->state == HOST_DEVICE_LOST) {
        attron(COLOR_PAIR(3) | A_BOLD);
        line(1, "DEVICE LOST  in: %s   out: %s", input_text(s), s->device.output_name);
        attroff(COLOR_PAIR(3) | A_BOLD);
        return;
    }
    line(1, "in: %s   out: %s%s%s%s", input_text(s), s->device.output_name, s->device.host_api[0] ? " [" : "",
         s->device.host_api, s->device.host_api[0] ? "]" : "");
}

static void draw_latency(const live_ui_snapshot *p)
{
    const host_session_status *s = &p->status;
    line(3, "latency %u samples, %.2f ms: codec %u, resampler %u, schedule %u, device %u",
         s->latency.total_samples + s->device_latency_samples, s->latency_ms, s->latency.codec_samples,
         s->latency.resampler_samples, s->latency.schedule_samples, s->device_latency_samples);
}

/* What the worst callback was comes last: on a narrow screen it is left out. */
static void draw_load(const live_ui_snapshot *p)
{
    char causes[128];
    const host_session_status *s = &p->status;
    live_ui_causes_text(p->worst.causes, causes, sizeof causes);
    line(4, "load mean %.1f %% worst %.1f %% peak %.1f %% of deadline  xruns %llu  late %u  dropped %u%s%s",
         100.0 * s->load_mean, 100.0 * p->worst.share, 100.0 * s->load_peak, (unsigned long long)s->device.xrun_count,
         p->meters.late_frame_count, p->meters.dropped_count, causes[0] != '\0' ? "  worst: " : "", causes);
}

static void draw_levels_in_use(const live_ui_snapshot *p)
{
    char coded[32] = "";
    if (p->meters.coded_kbps > 0.0f) snprintf(coded, sizeof coded, " (coded %.1f)", (double)p->meters.coded_kbps);
    line(2, "levels %.1f of %u  %.1f kbps%s  monitor %s  bypass %s  preset %s", (double)p->levels, p->codec.level_count,
         (double)p->meters.bitrate_kbps, coded, rsd_monitor_name((uint32_t)p->monitor),
         p->bypass >= 0.5f ? "on" : "off", p->preset);
}

static void draw_title(const live_ui_snapshot *p)
{
    const host_session_status *s = &p->status;
    char channels[24], transport[64];
    snprintf(channels, sizeof channels, "%u channels", s->channel_count);
    live_ui_transport_text(s, transport, sizeof transport);
    attron(A_BOLD);
    line(0, "residuum  %s  %u Hz  %s  %02d:%02d  %s", p->codec.name, s->sample_rate_hz,
         s->channel_count == 1u   ? "mono"
         : s->channel_count == 2u ? "stereo"
                                  : channels,
         (int)p->seconds / 60, (int)p->seconds % 60, transport);
    attroff(A_BOLD);
}

/* As many lines as there are above the foot; the first ones first. */
static void draw_head(const live_ui_snapshot *p)
{
    draw_title(p);
    if (is_above_foot(1)) draw_devices(p);
    if (is_above_foot(2)) draw_levels_in_use(p);
    if (is_above_foot(3)) draw_latency(p);
    if (is_above_foot(4)) draw_load(p);
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

/* Below the head where there is room, else in its place; the two halves one below the other where it is narrow. */
static void draw_help(int row)
{
    const int halves = COLS >= HELP_SPLIT + 40 ? 1 : 2;
    for (int half = 0; half < halves; half++)
        for (int i = 0; live_ui_key_help[i]; i++, row++) {
            if (!is_above_foot(row)) return;
            const int width = halves == 1 || half == 1 ? INT_MAX : HELP_SPLIT;
            line(row, "%.*s", width, live_ui_key_help[i] + half * HELP_SPLIT);
        }
}

static int help_rows(void)
{
    int count = 0;
    while (live_ui_key_help[count]) count++;
    return COLS >= HELP_SPLIT + 40 ? count : 2 * count;
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
    } else if (live->osc) {
        line(row, "not recording   OSC on port %u", host_osc_port(live->osc));
    } else {
        line(row, "not recording");
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
    attron(A_DIM);
    line(LINES - 1, "arrows: levels, pick  s solo  m mute  wdrt monitor  p preset  Tab all  q quit  ? help");
    attroff(A_DIM);
}

void live_ui_draw(const live_ui_state *live, const live_ui_snapshot *snapshot)
{
    const bool help_fits = is_above_foot(FIRST_LEVEL_ROW + help_rows() - 1);
    if (live_ui_is_blind(live)) { /* anything else would tell what is played */
        line(LINES / 2, "a blind listening test runs on the page");
        return;
    }
    const bool is_other_page = live->page != LIVE_UI_PAGE_LEVELS && !live->help_is_shown && LINES >= MIN_HEAD_LINES;
    if (is_other_page)
        draw_title(snapshot);
    else if (!live->help_is_shown || help_fits) {
        draw_head(snapshot);
        draw_peaks(snapshot);
    }
    if (is_other_page && live->page == LIVE_UI_PAGE_CONTROLS)
        live_ui_draw_controls(live, snapshot, LINES - rows_below());
    else if (is_other_page && live->page == LIVE_UI_PAGE_SPECTRA)
        live_ui_draw_spectra(live, LINES - rows_below());
    else if (is_other_page)
        live_ui_draw_tokens(live, snapshot, LINES - rows_below());
    else if (live->help_is_shown)
        draw_help(help_fits ? FIRST_LEVEL_ROW : 0);
    else if (live->histogram_is_shown)
        live_ui_draw_histogram(snapshot, FIRST_LEVEL_ROW - 1, LINES - rows_below());
    else
        draw_levels(live, snapshot);
    draw_foot(live, snapshot);
}

// SPDX-License-Identifier: MIT
#include "live.h"

#include <curses.h>

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FIRST_LEVEL_ROW 7 /* 14 levels fit on 24 lines */
#define ROWS_BELOW 2      /* recording or message, keys */
#define BAR_COLUMN 9
#define FIGURES_WIDTH 30 /* right of a level's bar */
#define FLOOR_DB (-90.0)

static void line(int row, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line of text, cut at the right edge. */
static void line(int row, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (row < LINES) mvaddnstr(row, 1, text, COLS - 2);
}

/* A bar of `cells`, full at 0 dBFS, empty at FLOOR_DB. */
static void bar(int row, int column, int cells, double db)
{
    const bool is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    const int full = (int)lround(cells * (1.0 - fmin(fmax(db, FLOOR_DB), 0.0) / FLOOR_DB));
    move(row, column);
    for (int i = 0; i < cells; i++) addstr(i < full ? (is_utf8 ? "\xe2\x96\x88" : "#") : (is_utf8 ? "\xc2\xb7" : "."));
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

static void draw_head(const live_picture *p)
{
    const host_session_status *s = &p->status;
    char channels[24], transport[64];
    snprintf(channels, sizeof channels, "%u channels", s->channel_count);
    live_transport_text(s, transport, sizeof transport);
    attron(A_BOLD);
    line(0, "residuum  %s  %u Hz  %s  %02d:%02d  %s", p->codec.name, s->sample_rate_hz,
         s->channel_count == 1u   ? "mono"
         : s->channel_count == 2u ? "stereo"
                                  : channels,
         (int)p->seconds / 60, (int)p->seconds % 60, transport);
    attroff(A_BOLD);
    line(1, "in: %s   out: %s%s%s%s", input_text(s), s->device.output_name, s->device.host_api[0] ? " [" : "",
         s->device.host_api, s->device.host_api[0] ? "]" : "");
    if (s->state == HOST_DEVICE_LOST) {
        attron(COLOR_PAIR(3) | A_BOLD);
        addstr("   DEVICE LOST");
        attroff(COLOR_PAIR(3) | A_BOLD);
    }
    line(2, "levels %.1f of %u  %.1f kbps  monitor %s  bypass %s  preset %s", (double)p->levels, p->codec.level_count,
         (double)p->meters.bitrate_kbps, rsd_monitor_name((uint32_t)p->monitor), p->bypass >= 0.5f ? "on" : "off",
         p->preset);
    line(3, "latency %u samples, %.2f ms: codec %u, resampler %u, schedule %u, device %u",
         s->latency.total_samples + s->device_latency_samples, s->latency_ms, s->latency.codec_samples,
         s->latency.resampler_samples, s->latency.schedule_samples, s->device_latency_samples);
    line(4, "load mean %.1f %% worst %.1f %% peak %.1f %% of deadline  xruns %llu  late %u  dropped %u",
         100.0 * s->load_mean, 100.0 * s->load_worst, 100.0 * s->load_peak, (unsigned long long)s->device.xrun_count,
         p->meters.late_frame_count, p->meters.dropped_count);
}

static void draw_peaks(const live_picture *p)
{
    const int cells = COLS > 80 ? (COLS - 44) / 2 : 18;
    line(5, "input");
    bar(5, BAR_COLUMN, cells, (double)p->meters.input_peak_db);
    printw(" %6.1f dB", (double)p->meters.input_peak_db);
    printw("   output ");
    bar(5, getcurx(stdscr), cells, (double)p->meters.output_peak_db);
    printw(" %6.1f dB", (double)p->meters.output_peak_db);
}

static void draw_level(const live_state *live, const live_picture *p, uint32_t level, int row)
{
    float muted = 0.0f, soloed = 0.0f;
    if (host_control_get(live->control, RSD_PARAM_LEVEL_MUTE, level, &muted) != RSD_OK) muted = 0.0f;
    if (host_control_get(live->control, RSD_PARAM_LEVEL_SOLO, level, &soloed) != RSD_OK) soloed = 0.0f;
    const host_meters *m = &p->meters;
    const bool is_heard = m->level_gain[level] > 0.0f;
    const int style = is_heard ? COLOR_PAIR(soloed >= 0.5f ? 2 : 1) : (int)A_DIM;
    const int cells = COLS - BAR_COLUMN - FIGURES_WIDTH;
    if (level == live->selected_level) attron(A_REVERSE);
    mvprintw(row, 1, "%s%2u %c%c ", level == live->selected_level ? ">" : " ", level + 1u, soloed >= 0.5f ? 'S' : ' ',
             muted >= 0.5f ? 'M' : ' ');
    attroff(A_REVERSE);
    attron(style);
    if (cells > 0) bar(row, BAR_COLUMN, cells, (double)m->level_energy_db[level]);
    attroff(style);
    if ((float)level < m->levels)
        printw(" %6.1f dB %7.1f dB %6.2f", (double)m->level_energy_db[level], (double)m->level_snr_db[level],
               (double)m->level_gain[level]);
    else
        printw(" %6s    %7s    %6s", "-", "-", "off");
}

/* The rows of the levels, scrolled so that the picked one is in sight. */
static void draw_levels(const live_state *live, const live_picture *p)
{
    const int rows = LINES - FIRST_LEVEL_ROW - ROWS_BELOW;
    attron(A_UNDERLINE);
    mvprintw(FIRST_LEVEL_ROW - 1, 1, "%-*s%*s", BAR_COLUMN - 1, "level", COLS - BAR_COLUMN - 1,
             "energy   SNR after   gain ");
    attroff(A_UNDERLINE);
    if (rows <= 0) return;
    const int count = (int)p->codec.level_count, picked = (int)live->selected_level;
    const int first = count <= rows || picked < rows / 2 ? 0
                      : picked - rows / 2 + rows > count ? count - rows
                                                         : picked - rows / 2;
    for (int k = first; k < count && k - first < rows; k++)
        draw_level(live, p, (uint32_t)k, FIRST_LEVEL_ROW + k - first);
}

static void draw_foot(const live_state *live, const live_picture *p)
{
    const host_recorder_status *r = &p->status.recorder;
    if (live_now_s() < live->message_until_s) {
        attron(COLOR_PAIR(2));
        line(LINES - 2, "%s", live->message);
        attroff(COLOR_PAIR(2));
    } else if (r->recording) {
        attron(COLOR_PAIR(3));
        line(LINES - 2, "recording %s  %.1f s%s", r->path, (double)r->sample_count / p->status.sample_rate_hz,
             r->failed ? "  THE DISK REFUSED" : "");
        attroff(COLOR_PAIR(3));
    } else if (live->osc) {
        line(LINES - 2, "not recording   OSC on port %u", host_osc_port(live->osc));
    } else {
        line(LINES - 2, "not recording");
    }
    attron(A_DIM);
    line(LINES - 1, "arrows: levels, pick  s solo  m mute  wdrt monitor  p preset  q quit  ? help");
    attroff(A_DIM);
}

void live_draw(const live_state *live, const live_picture *picture)
{
    draw_head(picture);
    draw_peaks(picture);
    if (live->help_is_shown)
        for (int i = 0; live_key_help[i]; i++) line(FIRST_LEVEL_ROW + i, "%s", live_key_help[i]);
    else
        draw_levels(live, picture);
    draw_foot(live, picture);
}

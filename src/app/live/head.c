// SPDX-License-Identifier: MIT
// The head of the screen of `live`: codec, devices, levels, latency, load. Each line has longer and shorter forms; a figure
// that does not fit is left out with its name.
#include "app/live/live.h"

#include "base/text.h"

#include <curses.h>

#include <stdio.h>
#include <string.h>

#define FORM_BYTES 256
#define MIN_PRESET_COLUMNS 8
#define TRANSPORT_WORD 10 /* "transport " */

/* Two blanks part what belongs together. The last parts go until the rest fits. */
static void cut_parts(char *text, size_t columns)
{
    while (strlen(text) > columns) {
        char *cut = NULL;
        for (char *c = strstr(text, "  "); c; c = strstr(c + 2, "  ")) cut = c;
        if (!cut) return; /* the rest is cut between words */
        *cut = '\0';
    }
}

/* The first of the forms that fits whole; of the last one as many parts as do. */
static void draw_form(int row, char forms[][FORM_BYTES], int count)
{
    const int margin = COLS > 2 ? 1 : 0, columns = COLS - 2 * margin;
    int i = 0;
    while (i + 1 < count && (int)strlen(forms[i]) > columns) i++;
    cut_parts(forms[i], (size_t)columns);
    live_ui_text(row, margin, columns, forms[i]);
}

static void draw_title(const live_ui_snapshot *p)
{
    const host_session_status *s = &p->status;
    char forms[2][FORM_BYTES], channels[24], transport[64], plain[128];
    snprintf(channels, sizeof channels, "%u channels", s->channel_count);
    live_ui_transport_text(s, transport, sizeof transport);
    snprintf(plain, sizeof plain, "%.60s  %u Hz  %s  %02d:%02d", p->codec.name, s->sample_rate_hz,
             s->channel_count == 1u   ? "mono"
             : s->channel_count == 2u ? "stereo"
                                      : channels,
             (int)p->seconds / 60, (int)p->seconds % 60);
    snprintf(forms[0], FORM_BYTES, "residuum  %s  %s", plain, transport);
    snprintf(forms[1], FORM_BYTES, "%s  %s", plain, *transport ? transport + TRANSPORT_WORD : "");
    const int count = COLS < (int)strlen(plain) || !*transport ? 1 : 2; /* what is cut anyway begins with our name */
    attron(A_BOLD);
    draw_form(0, forms, count);
    attroff(A_BOLD);
}

void live_ui_draw_title(const live_ui_snapshot *snapshot) { draw_title(snapshot); }

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
    char text[2u * sizeof p->status.device.input_name + 128u];
    const host_session_status *s = &p->status;
    const bool is_lost = s->state == HOST_DEVICE_LOST;
    snprintf(text, sizeof text, "%sin: %s   out: %s%s%s%s", is_lost ? "DEVICE LOST  " : "", input_text(s),
             s->device.output_name, s->device.host_api[0] && !is_lost ? " [" : "", is_lost ? "" : s->device.host_api,
             s->device.host_api[0] && !is_lost ? "]" : "");
    if (is_lost) attron(COLOR_PAIR(3) | A_BOLD);
    live_ui_text(1, COLS > 2 ? 1 : 0, COLS > 2 ? COLS - 2 : COLS, text);
    if (is_lost) attroff(COLOR_PAIR(3) | A_BOLD);
}

/* The preset's name loses its middle where it is too long for what is left of the line. */
static void add_preset(char *form, const char *before, const char *preset)
{
    char name[FORM_BYTES];
    const int left = COLS - 2 - (int)(strlen(form) + strlen(before));
    (void)text_escape(preset, name, sizeof name);
    if (left >= MIN_PRESET_COLUMNS) text_cut_middle(name, (size_t)left);
    snprintf(form + strlen(form), FORM_BYTES - strlen(form), "%s%.100s", before, name);
}

static void draw_levels_in_use(const live_ui_snapshot *p)
{
    char forms[2][FORM_BYTES], coded[2][32] = {"", ""};
    const char *monitor = rsd_monitor_name((uint32_t)p->monitor);
    const double levels = (double)p->levels, kbps = (double)p->meters.bitrate_kbps;
    const bool is_bypassed = p->bypass >= 0.5f;
    if (p->meters.coded_kbps > 0.0f) {
        snprintf(coded[0], sizeof coded[0], " (coded %.1f)", (double)p->meters.coded_kbps);
        snprintf(coded[1], sizeof coded[1], " (%.1f)", (double)p->meters.coded_kbps);
    }
    snprintf(forms[0], FORM_BYTES, "levels %.1f of %u  %.1f kbps%s  monitor %s  bypass %s", levels,
             p->codec.level_count, kbps, coded[0], monitor, is_bypassed ? "on" : "off");
    add_preset(forms[0], "  preset ", p->preset);
    snprintf(forms[1], FORM_BYTES, "levels %.1f of %u  %.1f kbps%s  %s%s", levels, p->codec.level_count, kbps, coded[1],
             monitor, is_bypassed ? "  bypass" : "");
    add_preset(forms[1], "  ", p->preset);
    draw_form(2, forms, 2);
}

static void draw_latency(const live_ui_snapshot *p)
{
    const host_session_status *s = &p->status;
    const unsigned codec = s->latency.codec_samples, resampler = s->latency.resampler_samples,
                   schedule = s->latency.schedule_samples, device = s->device_latency_samples;
    char forms[4][FORM_BYTES];
    snprintf(forms[0], FORM_BYTES, "latency %u samples, %.2f ms: codec %u, resampler %u, schedule %u, device %u",
             s->latency.total_samples + device, s->latency_ms, codec, resampler, schedule, device);
    snprintf(forms[1], FORM_BYTES, "latency %.2f ms  codec %u  resampler %u  schedule %u  device %u", s->latency_ms,
             codec, resampler, schedule, device);
    snprintf(forms[2], FORM_BYTES, "latency %.2f ms  codec %u  res %u  sched %u  dev %u", s->latency_ms, codec,
             resampler, schedule, device);
    snprintf(forms[3], FORM_BYTES, "%.2f ms  codec %u  res %u  sched %u  dev %u", s->latency_ms, codec, resampler,
             schedule, device);
    draw_form(3, forms, 4);
}

/* What the worst callback was comes last: on a narrow screen it is left out. */
static void draw_load(const live_ui_snapshot *p)
{
    char forms[4][FORM_BYTES], causes[128], counts[96];
    const host_session_status *s = &p->status;
    const double mean = 100.0 * s->load_mean, worst = 100.0 * p->worst.share, peak = 100.0 * s->load_peak;
    live_ui_causes_text(p->worst.causes, causes, sizeof causes);
    snprintf(counts, sizeof counts, "xruns %llu  late %u  dropped %u", (unsigned long long)s->device.xrun_count,
             p->meters.late_frame_count, p->meters.dropped_count);
    snprintf(forms[0], FORM_BYTES, "load mean %.1f %% worst %.1f %% peak %.1f %% of deadline  %s%s%.60s", mean, worst,
             peak, counts, *causes ? "  worst: " : "", causes);
    snprintf(forms[1], FORM_BYTES, "load mean %.1f %% worst %.1f %% peak %.1f %%  %s", mean, worst, peak, counts);
    snprintf(forms[2], FORM_BYTES, "load mean %.1f worst %.1f peak %.1f %%  %s", mean, worst, peak, counts);
    snprintf(forms[3], FORM_BYTES, "load %.1f %.1f %.1f %%  %s", mean, worst, peak, counts);
    draw_form(4, forms, 4);
}

void live_ui_draw_head(const live_ui_snapshot *p, int end_row)
{
    draw_title(p);
    if (end_row > 1) draw_devices(p);
    if (end_row > 2) draw_levels_in_use(p);
    if (end_row > 3) draw_latency(p);
    if (end_row > 4) draw_load(p);
}

void live_ui_draw_keys(int row)
{
    char forms[][FORM_BYTES] = {"arrows: levels, pick  s solo  m mute  wdrt monitor  p preset  Tab all  q quit  ? help",
                                "arrows: levels, pick  s solo  m mute  wdrt hear  p preset  Tab  q quit  ? help",
                                "arrows: levels, pick  s solo  m mute  Tab  q quit  ? help", "? help  q quit  Tab"};
    attron(A_DIM);
    draw_form(row, forms, 4);
    attroff(A_DIM);
}

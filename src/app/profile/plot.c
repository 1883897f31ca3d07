// SPDX-License-Identifier: MIT
// A profile as a picture: the load over time, and how often it was how high.
#include "app/profile/profile.h"

#include "app/svg.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_WIDTH 1000.0
#define PAGE_HEIGHT 410.0
#define SLICE_COUNT 130u /* of the time line: three units of the page each */
#define BIN_COUNT 40u

typedef struct {
    double most[SLICE_COUNT], sum[SLICE_COUNT], count[SLICE_COUNT], bins[BIN_COUNT], last_s, highest;
} pictured;

static void collect(const profile_result *p, pictured *picture)
{
    const host_profile_data *data = &p->data;
    memset(picture, 0, sizeof *picture);
    picture->last_s = profile_time_s(p, data->callbacks[data->callback_count - 1u].entry_ns);
    picture->highest = fmax(1.0, 100.0 * p->load.at[PROFILE_RANK_COUNT - 1u]);
    for (size_t i = 0; i < data->callback_count; i++) {
        const host_profile_callback *c = &data->callbacks[i];
        if (c->sample_count == 0u || (c->flags & HOST_PROFILE_RENDER)) continue;
        const double load = 1e-7 * c->duration_ns * data->head.sample_rate_hz / c->sample_count;
        const double share = picture->last_s > 0.0 ? profile_time_s(p, c->entry_ns) / picture->last_s : 0.0;
        const uint32_t slice = (uint32_t)fmin(fmax(share, 0.0) * SLICE_COUNT, SLICE_COUNT - 1.0);
        picture->most[slice] = fmax(picture->most[slice], load);
        picture->sum[slice] += load;
        picture->count[slice] += 1.0;
        picture->bins[(uint32_t)fmin(load / picture->highest * BIN_COUNT, BIN_COUNT - 1.0)] += 1.0;
    }
}

static void draw_events(const profile_result *p, const svg_panel *panel, FILE *file)
{
    for (size_t i = 0; i < p->data.event_count; i++) {
        const double at = profile_time_s(p, p->data.events[i].time_ns);
        if (at < panel->x.low || at > panel->x.high) continue;
        fprintf(file,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#888\" stroke-dasharray=\"3 3\"/>\n",
                svg_x(panel, at), panel->top, svg_x(panel, at), panel->top + SVG_PANEL_HEIGHT);
    }
}

static void draw_time_line(const profile_result *p, const pictured *picture, FILE *file)
{
    svg_panel panel = {.left = 80,
                       .top = 80,
                       .x = svg_make_axis(0.0, picture->last_s),
                       .y = svg_make_axis(0.0, picture->highest),
                       .title = "Load over time",
                       .x_label = "s",
                       .y_label = "% of the deadline"};
    const double width = picture->last_s / SLICE_COUNT;
    svg_frame(&panel, file);
    svg_bars(&panel, (svg_bar_row){0.0, width, SLICE_COUNT, picture->most, SVG_ORANGE}, file);
    fputs("<polyline fill=\"none\" stroke=\"" SVG_BLUE "\" stroke-width=\"2\" points=\"", file);
    for (uint32_t s = 0; s < SLICE_COUNT; s++)
        if (picture->count[s] > 0.0)
            fprintf(file, "%.1f,%.1f ", svg_x(&panel, (s + 0.5) * width),
                    svg_y(&panel, picture->sum[s] / picture->count[s]));
    fputs("\"/>\n", file);
    draw_events(p, &panel, file);
}

static void draw_histogram(pictured *picture, FILE *file)
{
    double most = 1.0;
    for (uint32_t b = 0; b < BIN_COUNT; b++) {
        picture->bins[b] = picture->bins[b] > 0.0 ? log10(picture->bins[b]) + 0.1 : 0.0; // one is seen, too
        most = fmax(most, picture->bins[b]);
    }
    svg_panel panel = {.left = 570,
                       .top = 80,
                       .x = svg_make_axis(0.0, picture->highest),
                       .y = (svg_axis){0.0, ceil(most), 1.0},
                       .title = "How many callbacks had which load",
                       .x_label = "% of the deadline",
                       .y_label = "callbacks, as a power of ten"};
    svg_frame(&panel, file);
    svg_bars(&panel, (svg_bar_row){0.0, picture->highest / BIN_COUNT, BIN_COUNT, picture->bins, SVG_BLUE}, file);
}

static void draw_legend(FILE *file)
{
    fputs("<rect x=\"250\" y=\"384\" width=\"12\" height=\"12\" fill=\"" SVG_ORANGE "\"/>\n<line x1=\"340\" y1=\"390\" "
          "x2=\"360\" y2=\"390\" stroke=\"" SVG_BLUE "\" stroke-width=\"2\"/>\n<line x1=\"430\" y1=\"390\" x2=\"450\" "
          "y2=\"390\" stroke=\"#888\" stroke-dasharray=\"3 3\"/>\n",
          file);
    svg_text(file, 268.0, 394.0, (svg_text_style){"start", 12, ""}, "largest");
    svg_text(file, 366.0, 394.0, (svg_text_style){"start", 12, ""}, "mean");
    svg_text(file, 456.0, 394.0, (svg_text_style){"start", 12, ""}, "codec, preset, recording, block");
}

void profile_draw(FILE *file, const void *context)
{
    const profile_result *p = context;
    pictured picture;
    char title[256], shown[256];
    svg_begin(file, PAGE_WIDTH, PAGE_HEIGHT);
    const char *slash = strrchr(p->path, '/');
    snprintf(title, sizeof title, "%.120s: %s, %u Hz, blocks of %u, %.1f s", slash ? slash + 1 : p->path,
             p->data.head.codec, p->data.head.sample_rate_hz, p->block_samples, p->seconds);
    (void)text_escape(title, shown, sizeof shown);
    text_to_utf8(shown, title, sizeof title);
    svg_text(file, PAGE_WIDTH / 2.0, 32.0, (svg_text_style){"middle", 18, " font-weight=\"bold\""}, title);
    collect(p, &picture);
    draw_time_line(p, &picture, file);
    draw_histogram(&picture, file);
    draw_legend(file);
    svg_end(file);
}

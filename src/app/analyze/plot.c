// SPDX-License-Identifier: MIT
// Four panels, drawn by hand: plain SVG 1.1 that every browser and converter shows alike.
#include "app/analyze/analyze.h"

#include "app/svg.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define PAGE_WIDTH 1000.0
#define PAGE_HEIGHT 740.0

typedef double (*figure_of)(const analyze_row *row);
static double kbps_of(const analyze_row *row) { return row->kbps; }
static double count_of(const analyze_row *row) { return row->level_count; }
static double snr_of(const analyze_row *row) { return row->snr_db; }
static double segmental_of(const analyze_row *row) { return row->segmental_snr_db; }
static double lsd_of(const analyze_row *row) { return row->lsd_db; }
static double codewords_of(const analyze_row *row) { return row->codewords_used; }
static double cpu_of(const analyze_row *row) { return 100.0 * row->cpu_share; }

typedef struct {
    const char *name, *colour;
    bool is_dashed;
    figure_of x, y;
} series;

/* Range of one series over the rows, joined to [*low, *high]. */
static void widen(const analysis *result, figure_of figure, double *low, double *high)
{
    for (uint32_t i = 0; i < result->row_count; i++) {
        const double value = figure(&result->rows[i]);
        if (!isfinite(value)) continue;
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

static void draw_series(const svg_panel *p, const analysis *result, const series *s, FILE *file)
{
    fprintf(file, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s points=\"", s->colour,
            s->is_dashed ? " stroke-dasharray=\"6 4\"" : "");
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        if (isfinite(s->y(row))) fprintf(file, "%.1f,%.1f ", svg_x(p, s->x(row)), svg_y(p, s->y(row)));
    }
    fputs("\"/>\n", file);
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        if (!isfinite(s->y(row))) continue;
        fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\" fill=\"%s\"/>\n", svg_x(p, s->x(row)),
                svg_y(p, s->y(row)), s->is_dashed ? "#fff\" stroke=\"" SVG_ORANGE : s->colour);
    }
}

/* Level counts beside the points, where there is room since the last one. */
static void label_points(const svg_panel *p, const analysis *result, const series *s, FILE *file)
{
    double last_x = -INFINITY, last_y = -INFINITY;
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        char number[16];
        if (!isfinite(s->y(row))) continue;
        const double x = svg_x(p, s->x(row)), y = svg_y(p, s->y(row));
        if (fabs(x - last_x) < 16.0 && fabs(y - last_y) < 14.0) continue;
        last_x = x;
        last_y = y;
        snprintf(number, sizeof number, "%u", row->level_count);
        // Under a rising curve and over a falling one, so that the second series of a panel stays clear.
        svg_text(file, x, s->y == snr_of ? y + 17.0 : y - 8.0, (svg_text_style){"middle", 10, " fill=\"#555\""},
                 number);
    }
}

static void draw_legend(const svg_panel *p, const series *list, uint32_t count, FILE *file)
{
    for (uint32_t i = 0; i < count; i++) {
        const double x = p->left + SVG_PANEL_WIDTH - 150.0,
                     y = p->top + SVG_PANEL_HEIGHT - 14.0 - 18.0 * (count - 1u - i);
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", x,
                y - 4.0, x + 28.0, y - 4.0, list[i].colour, list[i].is_dashed ? " stroke-dasharray=\"6 4\"" : "");
        svg_text(file, x + 36.0, y, (svg_text_style){"start", 12, ""}, list[i].name);
    }
}

/* The y axis starts at 0 where all is above it. */
static void draw_panel(svg_panel p, const analysis *result, const series *list, uint32_t count, FILE *file)
{
    double x_high = 0.0, y_low = INFINITY, y_high = -INFINITY;
    for (uint32_t i = 0; i < count; i++) {
        double unused = 0.0;
        widen(result, list[i].x, &unused, &x_high);
        widen(result, list[i].y, &y_low, &y_high);
    }
    if (!(y_high >= y_low)) y_low = y_high = 0.0;
    if (y_low > 0.0) y_low = 0.0;
    p.x = svg_make_axis(0.0, x_high);
    if (list[0].x == count_of && p.x.step < 1.0) p.x = (svg_axis){0.0, ceil(x_high), 1.0}; // no half levels
    // Room above the highest point for its label.
    p.y = svg_make_axis(y_low, y_high + 0.06 * (y_high - y_low));
    svg_frame(&p, file);
    for (uint32_t i = 0; i < count; i++) draw_series(&p, result, &list[i], file);
    if (list[0].x == kbps_of) label_points(&p, result, &list[0], file);
    if (count > 1u) draw_legend(&p, list, count, file);
}

void analyze_plot(const analysis *result, FILE *file)
{
    static const series snr[] = {{"SNR", SVG_BLUE, false, kbps_of, snr_of},
                                 {"segmental SNR", SVG_ORANGE, true, kbps_of, segmental_of}};
    static const series lsd[] = {{"LSD", SVG_BLUE, false, kbps_of, lsd_of}};
    static const series usage[] = {{"codewords", SVG_BLUE, false, count_of, codewords_of}};
    static const series cpu[] = {{"CPU", SVG_BLUE, false, count_of, cpu_of}};
    const char *rate = "bitrate of all channels, kbps (numbers: level count)";
    char title[512], shown[512];

    svg_begin(file, PAGE_WIDTH, PAGE_HEIGHT);
    const char *slash = strrchr(result->path, '/');
    snprintf(title, sizeof title, "%.300s: %s, %u Hz, %.1f s", slash ? slash + 1 : result->path, result->codec,
             result->sample_rate_hz, (double)result->sample_count / result->sample_rate_hz);
    (void)text_escape(title, shown, sizeof shown); // XML has no control characters either
    text_to_utf8(shown, title, sizeof title);
    svg_text(file, PAGE_WIDTH / 2.0, 32.0, (svg_text_style){"middle", 18, " font-weight=\"bold\""}, title);
    draw_panel((svg_panel){.left = 80, .top = 80, .title = "Signal-to-noise ratio", .x_label = rate, .y_label = "dB"},
               result, snr, 2, file);
    draw_panel((svg_panel){.left = 570,
                           .top = 80,
                           .title = "Log-spectral distance (lower is closer)",
                           .x_label = rate,
                           .y_label = "dB"},
               result, lsd, 1, file);
    draw_panel((svg_panel){.left = 80,
                           .top = 430,
                           .title = "Codewords used by the topmost level",
                           .x_label = "level",
                           .y_label = "codewords"},
               result, usage, 1, file);
    draw_panel(
        (svg_panel){
            .left = 570, .top = 430, .title = "CPU time", .x_label = "level count", .y_label = "% of real time"},
        result, cpu, 1, file);
    svg_end(file);
}

// SPDX-License-Identifier: MIT
// Four panels, drawn by hand: plain SVG 1.1 that every browser and converter shows alike.
#include "app/analyze/analyze.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define PAGE_WIDTH 1000.0
#define PAGE_HEIGHT 740.0
#define PANEL_WIDTH 390.0
#define PANEL_HEIGHT 240.0
#define MAX_TICKS 16

/* Colours of Okabe and Ito, told apart by colour-blind people too. */
#define BLUE "#0072b2"
#define ORANGE "#d55e00"

typedef struct {
    double low, high, step;
} axis;

typedef struct {
    double left, top;
    axis x, y;
    const char *title, *x_label, *y_label;
} panel;

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

/* An axis from `low` to `high` widened to whole steps of 1, 2 or 5 times a power of ten, about five of them. */
static axis make_axis(double low, double high)
{
    if (!(high > low)) high = low + 1.0;
    const double raw = (high - low) / 5.0, power = pow(10.0, floor(log10(raw))), share = raw / power;
    const double step = power * (share < 1.5 ? 1.0 : share < 3.5 ? 2.0 : share < 7.5 ? 5.0 : 10.0);
    return (axis){floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step};
}

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

static double x_at(const panel *p, double value)
{
    return p->left + (value - p->x.low) / (p->x.high - p->x.low) * PANEL_WIDTH;
}

static double y_at(const panel *p, double value)
{
    return p->top + PANEL_HEIGHT - (value - p->y.low) / (p->y.high - p->y.low) * PANEL_HEIGHT;
}

/* How words stand: text-anchor, font-size, and further attributes with a blank before each. */
typedef struct {
    const char *anchor;
    int size;
    const char *more;
} text_style;

static void text(FILE *file, double x, double y, text_style style, const char *words)
{
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\"%s>", x, y, style.anchor, style.size,
            style.more);
    for (; *words; words++) {
        if (*words == '<')
            fputs("&lt;", file);
        else if (*words == '&')
            fputs("&amp;", file);
        else if ((unsigned char)*words >= 32u)
            fputc(*words, file);
    }
    fputs("</text>\n", file);
}

static void draw_ticks(const panel *p, FILE *file)
{
    char number[32];
    for (int i = 0; i <= MAX_TICKS; i++) {
        const double value = p->x.low + i * p->x.step, x = x_at(p, value);
        if (value > p->x.high + 1e-9 * p->x.step) break;
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>\n", x, p->top, x,
                p->top + PANEL_HEIGHT);
        snprintf(number, sizeof number, "%.6g", fabs(value) < 1e-9 * p->x.step ? 0.0 : value);
        text(file, x, p->top + PANEL_HEIGHT + 18.0, (text_style){"middle", 12, ""}, number);
    }
    for (int i = 0; i <= MAX_TICKS; i++) {
        const double value = p->y.low + i * p->y.step, y = y_at(p, value);
        if (value > p->y.high + 1e-9 * p->y.step) break;
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>\n", p->left, y,
                p->left + PANEL_WIDTH, y);
        snprintf(number, sizeof number, "%.6g", fabs(value) < 1e-9 * p->y.step ? 0.0 : value);
        text(file, p->left - 8.0, y + 4.0, (text_style){"end", 12, ""}, number);
    }
}

static void draw_frame(const panel *p, FILE *file)
{
    char turn[96];
    draw_ticks(p, file);
    fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"#444\"/>\n",
            p->left, p->top, PANEL_WIDTH, PANEL_HEIGHT);
    text(file, p->left + PANEL_WIDTH / 2.0, p->top - 12.0, (text_style){"middle", 14, " font-weight=\"bold\""},
         p->title);
    text(file, p->left + PANEL_WIDTH / 2.0, p->top + PANEL_HEIGHT + 38.0, (text_style){"middle", 13, ""}, p->x_label);
    const double x = p->left - 46.0, y = p->top + PANEL_HEIGHT / 2.0;
    snprintf(turn, sizeof turn, " transform=\"rotate(-90 %.1f %.1f)\"", x, y);
    text(file, x, y, (text_style){"middle", 13, turn}, p->y_label);
}

static void draw_series(const panel *p, const analysis *result, const series *s, FILE *file)
{
    fprintf(file, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s points=\"", s->colour,
            s->is_dashed ? " stroke-dasharray=\"6 4\"" : "");
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        if (isfinite(s->y(row))) fprintf(file, "%.1f,%.1f ", x_at(p, s->x(row)), y_at(p, s->y(row)));
    }
    fputs("\"/>\n", file);
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        if (!isfinite(s->y(row))) continue;
        fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\" fill=\"%s\"/>\n", x_at(p, s->x(row)),
                y_at(p, s->y(row)), s->is_dashed ? "#fff\" stroke=\"" ORANGE : s->colour);
    }
}

/* Level counts beside the points, where there is room since the last one. */
static void label_points(const panel *p, const analysis *result, const series *s, FILE *file)
{
    double last_x = -INFINITY, last_y = -INFINITY;
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        char number[16];
        if (!isfinite(s->y(row))) continue;
        const double x = x_at(p, s->x(row)), y = y_at(p, s->y(row));
        if (fabs(x - last_x) < 16.0 && fabs(y - last_y) < 14.0) continue;
        last_x = x;
        last_y = y;
        snprintf(number, sizeof number, "%u", row->level_count);
        // Under a rising curve and over a falling one, so that the second series of a panel stays clear.
        text(file, x, s->y == snr_of ? y + 17.0 : y - 8.0, (text_style){"middle", 10, " fill=\"#555\""}, number);
    }
}

static void draw_legend(const panel *p, const series *list, uint32_t count, FILE *file)
{
    for (uint32_t i = 0; i < count; i++) {
        const double x = p->left + PANEL_WIDTH - 150.0, y = p->top + PANEL_HEIGHT - 14.0 - 18.0 * (count - 1u - i);
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", x,
                y - 4.0, x + 28.0, y - 4.0, list[i].colour, list[i].is_dashed ? " stroke-dasharray=\"6 4\"" : "");
        text(file, x + 36.0, y, (text_style){"start", 12, ""}, list[i].name);
    }
}

/* The y axis starts at 0 where all is above it. */
static void draw_panel(panel p, const analysis *result, const series *list, uint32_t count, FILE *file)
{
    double x_high = 0.0, y_low = INFINITY, y_high = -INFINITY;
    for (uint32_t i = 0; i < count; i++) {
        double unused = 0.0;
        widen(result, list[i].x, &unused, &x_high);
        widen(result, list[i].y, &y_low, &y_high);
    }
    if (!(y_high >= y_low)) y_low = y_high = 0.0;
    if (y_low > 0.0) y_low = 0.0;
    p.x = make_axis(0.0, x_high);
    if (list[0].x == count_of && p.x.step < 1.0) p.x = (axis){0.0, ceil(x_high), 1.0}; // no half levels
    // Room above the highest point for its label.
    p.y = make_axis(y_low, y_high + 0.06 * (y_high - y_low));
    draw_frame(&p, file);
    for (uint32_t i = 0; i < count; i++) draw_series(&p, result, &list[i], file);
    if (list[0].x == kbps_of) label_points(&p, result, &list[0], file);
    if (count > 1u) draw_legend(&p, list, count, file);
}

void analyze_plot(const analysis *result, FILE *file)
{
    static const series snr[] = {{"SNR", BLUE, false, kbps_of, snr_of},
                                 {"segmental SNR", ORANGE, true, kbps_of, segmental_of}};
    static const series lsd[] = {{"LSD", BLUE, false, kbps_of, lsd_of}};
    static const series usage[] = {{"codewords", BLUE, false, count_of, codewords_of}};
    static const series cpu[] = {{"CPU", BLUE, false, count_of, cpu_of}};
    const char *rate = "bitrate of all channels, kbps (numbers: level count)";
    char title[512], shown[512];

    fprintf(file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
            "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" fill=\"#222\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
            PAGE_WIDTH, PAGE_HEIGHT, PAGE_WIDTH, PAGE_HEIGHT);
    const char *slash = strrchr(result->path, '/');
    snprintf(title, sizeof title, "%.300s: %s, %u Hz, %.1f s", slash ? slash + 1 : result->path, result->codec,
             result->sample_rate_hz, (double)result->sample_count / result->sample_rate_hz);
    (void)text_escape(title, shown, sizeof shown); // XML has no control characters either
    text_to_utf8(shown, title, sizeof title);
    text(file, PAGE_WIDTH / 2.0, 32.0, (text_style){"middle", 18, " font-weight=\"bold\""}, title);
    draw_panel((panel){.left = 80, .top = 80, .title = "Signal-to-noise ratio", .x_label = rate, .y_label = "dB"},
               result, snr, 2, file);
    draw_panel((panel){.left = 570,
                       .top = 80,
                       .title = "Log-spectral distance (lower is closer)",
                       .x_label = rate,
                       .y_label = "dB"},
               result, lsd, 1, file);
    draw_panel((panel){.left = 80,
                       .top = 430,
                       .title = "Codewords used by the topmost level",
                       .x_label = "level",
                       .y_label = "codewords"},
               result, usage, 1, file);
    draw_panel(
        (panel){.left = 570, .top = 430, .title = "CPU time", .x_label = "level count", .y_label = "% of real time"},
        result, cpu, 1, file);
    fputs("</svg>\n", file);
}

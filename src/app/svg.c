// SPDX-License-Identifier: MIT
// Panels with axes and words, as plain SVG 1.1.
#include "app/svg.h"

#include <math.h>

#define MAX_TICKS 16

void svg_begin(FILE *file, double width, double height)
{
    fprintf(file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
            "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
            "font-family=\"sans-serif\" fill=\"#222\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
            width, height, width, height);
}

void svg_end(FILE *file) { fputs("</svg>\n", file); }

svg_axis svg_make_axis(double low, double high)
{
    if (!(high > low)) high = low + 1.0;
    const double raw = (high - low) / 5.0, power = pow(10.0, floor(log10(raw))), share = raw / power;
    const double step = power * (share < 1.5 ? 1.0 : share < 3.5 ? 2.0 : share < 7.5 ? 5.0 : 10.0);
    return (svg_axis){floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step};
}

double svg_x(const svg_panel *p, double value)
{
    return p->left + (value - p->x.low) / (p->x.high - p->x.low) * SVG_PANEL_WIDTH;
}

double svg_y(const svg_panel *p, double value)
{
    return p->top + SVG_PANEL_HEIGHT - (value - p->y.low) / (p->y.high - p->y.low) * SVG_PANEL_HEIGHT;
}

void svg_text(FILE *file, double x, double y, svg_text_style style, const char *words)
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

static void draw_ticks(const svg_panel *p, FILE *file)
{
    char number[32];
    for (int i = 0; i <= MAX_TICKS; i++) {
        const double value = p->x.low + i * p->x.step, x = svg_x(p, value);
        if (value > p->x.high + 1e-9 * p->x.step) break;
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>\n", x, p->top, x,
                p->top + SVG_PANEL_HEIGHT);
        snprintf(number, sizeof number, "%.6g", fabs(value) < 1e-9 * p->x.step ? 0.0 : value);
        svg_text(file, x, p->top + SVG_PANEL_HEIGHT + 18.0, (svg_text_style){"middle", 12, ""}, number);
    }
    for (int i = 0; i <= MAX_TICKS; i++) {
        const double value = p->y.low + i * p->y.step, y = svg_y(p, value);
        if (value > p->y.high + 1e-9 * p->y.step) break;
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>\n", p->left, y,
                p->left + SVG_PANEL_WIDTH, y);
        snprintf(number, sizeof number, "%.6g", fabs(value) < 1e-9 * p->y.step ? 0.0 : value);
        svg_text(file, p->left - 8.0, y + 4.0, (svg_text_style){"end", 12, ""}, number);
    }
}

void svg_frame(const svg_panel *p, FILE *file)
{
    char turn[96];
    draw_ticks(p, file);
    fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"#444\"/>\n",
            p->left, p->top, SVG_PANEL_WIDTH, SVG_PANEL_HEIGHT);
    svg_text(file, p->left + SVG_PANEL_WIDTH / 2.0, p->top - 12.0,
             (svg_text_style){"middle", 14, " font-weight=\"bold\""}, p->title);
    svg_text(file, p->left + SVG_PANEL_WIDTH / 2.0, p->top + SVG_PANEL_HEIGHT + 38.0,
             (svg_text_style){"middle", 13, ""}, p->x_label);
    const double x = p->left - 46.0, y = p->top + SVG_PANEL_HEIGHT / 2.0;
    snprintf(turn, sizeof turn, " transform=\"rotate(-90 %.1f %.1f)\"", x, y);
    svg_text(file, x, y, (svg_text_style){"middle", 13, turn}, p->y_label);
}

void svg_bars(const svg_panel *p, svg_bar_row bars, FILE *file)
{
    for (uint32_t i = 0; i < bars.count; i++) {
        if (!(bars.heights[i] > 0.0)) continue;
        const double left = svg_x(p, bars.low + i * bars.width), top = svg_y(p, bars.heights[i]);
        fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", left, top,
                svg_x(p, bars.low + (i + 1.0) * bars.width) - left, svg_y(p, p->y.low) - top, bars.colour);
    }
}

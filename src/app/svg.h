// SPDX-License-Identifier: MIT
#ifndef APP_SVG_H
#define APP_SVG_H

#include <stdint.h>
#include <stdio.h>

/*
 * Pictures by hand: plain SVG 1.1 that every browser and converter shows alike. The caller checks the stream for
 * errors. Thread of all: [any]
 */

#define SVG_PANEL_WIDTH 390.0
#define SVG_PANEL_HEIGHT 240.0

/* Colours of Okabe and Ito, told apart by colour-blind people too. */
#define SVG_BLUE "#0072b2"
#define SVG_ORANGE "#d55e00"

typedef struct {
    double low, high, step;
} svg_axis;

typedef struct {
    double left, top;
    svg_axis x, y;
    const char *title, *x_label, *y_label;
} svg_panel;

/* How words stand: text-anchor, font-size, and further attributes with a blank before each. */
typedef struct {
    const char *anchor;
    int size;
    const char *more;
} svg_text_style;

/* Start of a page with a white ground; svg_end closes it. */
void svg_begin(FILE *file, double width, double height);
void svg_end(FILE *file);

void svg_text(FILE *file, double x, double y, svg_text_style style, const char *words);

/* An axis from `low` to `high` widened to whole steps of 1, 2 or 5 times a power of ten, about five of them. */
svg_axis svg_make_axis(double low, double high);

/* Bars side by side, each `width` of the x axis, the first from `low` on, as high as `heights` says. */
typedef struct {
    double low, width;
    uint32_t count;
    const double *heights;
    const char *colour;
} svg_bar_row;

/* Place of a value on the page. */
double svg_x(const svg_panel *p, double value);
double svg_y(const svg_panel *p, double value);

/* Grid, frame, title and labels of a panel whose axes are made. */
void svg_frame(const svg_panel *p, FILE *file);
void svg_bars(const svg_panel *p, svg_bar_row bars, FILE *file);

#endif

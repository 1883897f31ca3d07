// SPDX-License-Identifier: MIT
// Two panels: how the round trips lie over time, and how many lie where.
#include "app/latency/lab.h"

#include "app/svg.h"

#include <math.h>
#include <stdlib.h>

#define PAGE_WIDTH 1000.0
#define PAGE_HEIGHT 400.0
#define BIN_COUNT 25u
#define LEAST_RANGE 0.05 /* samples to either side of the median: what is exact is not drawn as if it were not */

typedef struct {
    double x, deviation, ms;
    bool is_through;
} point;

typedef struct {
    uint32_t count;
    bool is_sweep;
    double largest; /* deviation */
    point *points;
} cloud;

/* Heard rounds: of one measurement over their number, of a sweep over the row's. */
static void add_row(const lab_report *report, uint32_t index, cloud *all)
{
    const latency_result *result = &report->rows[index].result;
    for (uint32_t i = 0; i < result->rounds.count; i++) {
        const latency_round *round = &result->rounds.rounds[i];
        if (round->estimate.faults & LATENCY_NOT_HEARD) continue;
        const double median = latency_rounds_spread(&result->rounds, round->is_through).median;
        const double deviation = round->estimate.delay_samples - median;
        all->largest = fmax(all->largest, fabs(deviation));
        all->points[all->count++] =
            (point){all->is_sweep ? index + 1.0 : i + 1.0, deviation,
                    1e3 * round->estimate.delay_samples / result->probe.sample_rate_hz, round->is_through};
    }
}

static bool collect(const lab_report *report, cloud *all)
{
    size_t total = 1u;
    *all = (cloud){.is_sweep = report->row_count > 1u};
    for (uint32_t r = 0; r < report->row_count; r++)
        total += report->rows[r].is_measured ? report->rows[r].result.rounds.count : 0u;
    all->points = calloc(total, sizeof *all->points);
    if (!all->points) return false;
    for (uint32_t r = 0; r < report->row_count; r++)
        if (report->rows[r].is_measured) add_row(report, r, all);
    return true;
}

static double y_of(const cloud *all, const point *p) { return all->is_sweep ? p->ms : p->deviation; }

static void draw_time_line(const cloud *all, FILE *file)
{
    double low = INFINITY, high = -INFINITY, last = 1.0;
    for (uint32_t i = 0; i < all->count; i++) {
        low = fmin(low, y_of(all, &all->points[i]));
        high = fmax(high, y_of(all, &all->points[i]));
        last = fmax(last, all->points[i].x);
    }
    if (!(high >= low)) low = high = 0.0;
    svg_panel panel = {.left = 80,
                       .top = 80,
                       .x = svg_make_axis(0.0, last),
                       .y = svg_make_axis(fmin(low, -LEAST_RANGE), fmax(high, LEAST_RANGE)),
                       .title = all->is_sweep ? "Round trip of every row" : "Round trip of every round",
                       .x_label = all->is_sweep ? "row of the table" : "round",
                       .y_label = all->is_sweep ? "ms" : "samples from the median"};
    svg_frame(&panel, file);
    for (uint32_t i = 0; i < all->count; i++)
        fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", svg_x(&panel, all->points[i].x),
                svg_y(&panel, y_of(all, &all->points[i])), all->points[i].is_through ? SVG_ORANGE : SVG_BLUE);
}

static void draw_histogram(const cloud *all, FILE *file)
{
    double counts[BIN_COUNT] = {0}, most = 1.0;
    const double half = fmax(all->largest, LEAST_RANGE), width = 2.0 * half / BIN_COUNT;
    for (uint32_t i = 0; i < all->count; i++) {
        const double at = floor((all->points[i].deviation + half) / width);
        const uint32_t bin = (uint32_t)fmin(fmax(at, 0.0), BIN_COUNT - 1.0);
        most = fmax(most, ++counts[bin]);
    }
    const svg_axis y = svg_make_axis(0.0, most);
    svg_panel panel = {.left = 570,
                       .top = 80,
                       .x = svg_make_axis(-half, half),
                       .y = y.step < 1.0 ? (svg_axis){0.0, most, 1.0} : y,
                       .title = "How many rounds lie where",
                       .x_label = "samples from the median",
                       .y_label = "rounds"};
    svg_frame(&panel, file);
    svg_bars(&panel, (svg_bar_row){-half, width, BIN_COUNT, counts, SVG_BLUE}, file);
}

static void draw_legend(FILE *file)
{
    fputs("<circle cx=\"420\" cy=\"381\" r=\"4\" fill=\"" SVG_BLUE "\"/>\n<circle cx=\"520\" cy=\"381\" r=\"4\" "
          "fill=\"" SVG_ORANGE "\"/>\n",
          file);
    svg_text(file, 430.0, 385.0, (svg_text_style){"start", 12, ""}, "straight");
    svg_text(file, 530.0, 385.0, (svg_text_style){"start", 12, ""}, "through the codec");
}

static void make_title(const lab_report *report, char *title, size_t bytes)
{
    const lab_row *row = &report->rows[0];
    const latency_spread s = row->is_measured ? latency_rounds_spread(&row->result.rounds, false) : (latency_spread){0};
    if (report->row_count > 1u)
        snprintf(title, bytes, "residuum latency: %u combinations", report->row_count);
    else if (s.count == 0u)
        snprintf(title, bytes, "residuum latency: nothing heard");
    else
        snprintf(title, bytes, "residuum latency: median %.2f samples, %.3f ms", s.median,
                 1e3 * s.median / row->result.probe.sample_rate_hz);
}

void lab_draw(FILE *file, const void *context)
{
    const lab_report *report = context;
    cloud all;
    char title[128];
    svg_begin(file, PAGE_WIDTH, PAGE_HEIGHT);
    make_title(report, title, sizeof title);
    svg_text(file, PAGE_WIDTH / 2.0, 32.0, (svg_text_style){"middle", 18, " font-weight=\"bold\""}, title);
    if (collect(report, &all)) {
        draw_time_line(&all, file);
        draw_histogram(&all, file);
        if (report->rows[0].result.is_through) draw_legend(file);
    }
    free(all.points);
    svg_end(file);
}

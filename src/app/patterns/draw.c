// SPDX-License-Identifier: MIT
// Layouts of few rows and frames, in letters and as SVG.
#include "app/patterns/patterns.h"

#include "app/svg.h"

#include <stdio.h>
#include <string.h>

#define CELL 20.0
#define PAGE_MARGIN 30.0
#define LABEL_WIDTH 36.0
#define TITLE_HEIGHT 26.0
#define TITLE_BYTES 48u /* with the end; what is longer is cut */

/* Frame at a step, or -1 for the special token. */
static int cell_of(const rsd_pattern *pattern, uint32_t row, uint64_t step)
{
    uint64_t frame;
    const bool has_token = rsd_pattern_at(pattern, PATTERNS_DRAWN_FRAMES, row, step, &frame);
    return has_token && frame < PATTERNS_DRAWN_FRAMES ? (int)frame : -1;
}

static uint64_t drawn_steps(const named_pattern *named)
{
    return rsd_pattern_step_count(&named->drawn, PATTERNS_DRAWN_FRAMES);
}

/* A list has a number a row, which is more than a title has room for. */
static void cut_title(const named_pattern *named, char title[TITLE_BYTES])
{
    if (strlen(named->text) < TITLE_BYTES)
        snprintf(title, TITLE_BYTES, "%s", named->text);
    else
        snprintf(title, TITLE_BYTES, "%.*s...", (int)TITLE_BYTES - 4, named->text);
}

static void print_layout(const named_pattern *named)
{
    char title[TITLE_BYTES];
    cut_title(named, title);
    printf("\n%s\n", title);
    for (uint32_t q = 0; q < named->drawn.row_count; q++) {
        printf("k%-3u", q);
        for (uint64_t s = 0; s < drawn_steps(named); s++) {
            const int frame = cell_of(&named->drawn, q, s);
            if (frame < 0)
                fputs(" S", stdout);
            else
                printf(" %d", frame);
        }
        putchar('\n');
    }
}

void patterns_print_layouts(const pattern_list *list)
{
    printf("\nLayouts of %u frames, a row a line, a step a column. S: the special token; digits: frames, from 0.\n",
           PATTERNS_DRAWN_FRAMES);
    for (uint32_t i = 0; i < list->count; i++) print_layout(&list->patterns[i]);
}

/* ---- SVG ---- */

static void draw_cell(double x, double y, int frame, FILE *file)
{
    /* Light to dark: frames follow each other. */
    static const char *const fills[] = {"#cfe3f3", "#93c0e2", "#4f97cb", "#0072b2"};
    const char digit[2] = {frame < 0 ? 'S' : (char)('0' + frame), '\0'};
    const char *more = frame < 0 ? " fill=\"#999\"" : frame < 2 ? "" : " fill=\"#fff\"";
    fprintf(file, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" stroke=\"#fff\"/>\n", x, y,
            CELL, CELL, frame < 0 ? "#eee" : fills[frame % 4]);
    svg_text(file, x + CELL / 2.0, y + CELL / 2.0 + 4.0, (svg_text_style){"middle", 11, more}, digit);
}

static double layout_height(const named_pattern *named) { return TITLE_HEIGHT + CELL * (named->drawn.row_count + 1.0); }

static void draw_layout(const named_pattern *named, double top, FILE *file)
{
    char label[16], title[TITLE_BYTES];
    cut_title(named, title);
    svg_text(file, PAGE_MARGIN, top + 14.0, (svg_text_style){"start", 14, " font-weight=\"bold\""}, title);
    for (uint32_t q = 0; q < named->drawn.row_count; q++) {
        const double y = top + TITLE_HEIGHT + CELL * q;
        snprintf(label, sizeof label, "k%u", q);
        svg_text(file, PAGE_MARGIN, y + CELL / 2.0 + 4.0, (svg_text_style){"start", 11, ""}, label);
        for (uint64_t s = 0; s < drawn_steps(named); s++)
            draw_cell(PAGE_MARGIN + LABEL_WIDTH + CELL * (double)s, y, cell_of(&named->drawn, q, s), file);
    }
}

void patterns_draw_layouts(const pattern_list *list, FILE *file)
{
    double height = 2.0 * PAGE_MARGIN, top = PAGE_MARGIN;
    uint64_t steps = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        height += layout_height(&list->patterns[i]);
        if (drawn_steps(&list->patterns[i]) > steps) steps = drawn_steps(&list->patterns[i]);
    }
    svg_begin(file, 2.0 * PAGE_MARGIN + LABEL_WIDTH + CELL * (double)steps, height);
    for (uint32_t i = 0; i < list->count; i++) {
        draw_layout(&list->patterns[i], top, file);
        top += layout_height(&list->patterns[i]);
    }
    svg_end(file);
}

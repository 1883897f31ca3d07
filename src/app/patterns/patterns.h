// SPDX-License-Identifier: MIT
#ifndef APP_PATTERNS_H
#define APP_PATTERNS_H

#include "app/app.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_pattern.h>

#include <stdio.h>

/* `residuum patterns`: what each pattern is for a codec. */

#define PATTERNS_MOST 32u
#define PATTERNS_DRAWN_ROWS 8u /* of a picture, where the pattern may have more */
#define PATTERNS_DRAWN_FRAMES 4u
#define PATTERNS_UNROLL_BYTES (4u * RSD_MAX_SEQUENCES + 16u)

typedef struct {
    const char *text; /* as it was named */
    rsd_pattern pattern;
    rsd_pattern drawn; /* the same of fewer rows, where its text has no list */
} named_pattern;

typedef struct {
    rsd_codec_info codec;
    uint32_t level_count, row_count; /* that are looked at; K: their rows */
    uint32_t count;
    named_pattern patterns[PATTERNS_MOST];
    char unroll[PATTERNS_UNROLL_BYTES]; /* text of one of them */
} pattern_list;

/* The codec of --codec (live, where none is named), its rows of --levels. -1 to go on, else the exit code. */
int patterns_choose_codec(const app_arguments *arguments, pattern_list *list);

/* Steps, special tokens and delay of every pattern, a line each, for `frame_count` frames. */
void patterns_print_table(const pattern_list *list, uint64_t frame_count);

/* Layouts in letters: S is the special token, digits are frames. */
void patterns_print_layouts(const pattern_list *list);

/* The same as SVG. */
void patterns_draw_layouts(const pattern_list *list, FILE *file);

#endif

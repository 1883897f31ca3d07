// SPDX-License-Identifier: MIT
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "app.h"

#include <jansson.h>
#include <stdio.h>

/* Figures for people and for programs: what the commands that measure share. Thread of all: [control] */

/* A figure, or null where there is none: JSON has no infinity. */
json_t *report_figure(double value);
/* A name as JSON takes it: bytes that are not UTF-8 become U+FFFD. */
json_t *report_text(const char *text);
/* " %*.*f" to standard output, a dash where there is none. */
void report_print(double value, int width, int decimals);

/*
 * Writes `root`, which it takes (NULL: there was no memory), where --json says; nothing without --json. Returns -1 to
 * go on, else the exit code of what was reported.
 */
int report_json(const app_arguments *arguments, json_t *root);
/*
 * Writes a file whole, or leaves what was there: `print` writes into the stream, whose errors are seen to here. Same
 * return.
 */
int report_write(const app_arguments *arguments, const char *path, void (*print)(FILE *stream, const void *context),
                 const void *context);
/*
 * Writes the picture that --plot names, likewise; nothing without --plot. `draw` writes SVG (svg.h), which becomes PNG
 * where the name ends in .png. Same return.
 */
int report_plot(const app_arguments *arguments, void (*draw)(FILE *stream, const void *context), const void *context);
/* Whether a table is to be printed: not with --quiet, nor where the JSON goes to standard output. */
bool report_is_shown(const app_arguments *arguments);
/* Refuses --quiet where nothing is written either. Returns -1 to go on, else the exit code. */
int report_check_quiet(const app_arguments *arguments);

#endif

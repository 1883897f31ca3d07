// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_LAB_H
#define APP_LATENCY_LAB_H

#include "app/latency/measure.h"

#include <stdio.h>

/* What the parts of `residuum latency` share. Thread of all: [control] */

/* What one row of a sweep asks for; of a single measurement the one row. Zero and NULL: the device's, the default. */
typedef struct {
    uint32_t block_samples, sample_rate_hz;
    const char *codec;    /* NULL: nothing is put into the loop, but for --through */
    const char *schedule; /* NULL: auto */
} lab_choice;

/* One row: what was asked for, and what was measured or why not. */
typedef struct {
    lab_choice choice;
    bool is_measured;
    latency_result result; /* where it was */
    rsd_error error;       /* where it was not */
} lab_row;

typedef struct {
    const app_arguments *arguments;
    uint32_t row_count;
    lab_row *rows;
} lab_report;

/* sweep.c. Rows of --sweep; to be freed. Returns -1 to go on, else the exit code of what was reported. */
int lab_sweep_parse(const app_arguments *arguments, lab_row **rows, uint32_t *row_count);
void lab_sweep_print(const lab_report *report);

/* The verdict on a row, as one short word for a table: "ok", "not heard", "differs"... */
const char *lab_verdict(const lab_row *row);
/* Whether the row is what it should be: heard, and as stated. */
bool lab_is_good(const lab_row *row);
/* Whether all rows are that were measured, and one was: a device may refuse a combination of a sweep. */
bool lab_all_are_good(const lab_report *report);

/* report.c: one measurement as text; JSON of all rows; a line a round as CSV. */
void lab_print(const app_arguments *arguments, const lab_row *row);
int lab_write_json(const lab_report *report);
int lab_write_csv(const lab_report *report);
/* faults.c: what is wrong, a sentence a line, with what to do; nothing where nothing is. */
void lab_print_faults(const latency_result *result, bool is_through);
/* "echo", "clipped": of one bit. */
const char *lab_fault_name(unsigned index);

/* plot.c: a time line and a histogram of the round trips. */
void lab_draw(FILE *file, const void *report);

/* self_test.c: exit code. */
int lab_self_test(const app_arguments *arguments);

#endif

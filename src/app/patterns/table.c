// SPDX-License-Identifier: MIT
// A line a pattern: its steps, special tokens, first frame and delay.
#include "app/patterns/patterns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_WIDTH 24u /* what is longer is cut: a list has a number a row */

static void print_name(const char *text)
{
    if (strlen(text) <= NAME_WIDTH)
        printf("%-*s", (int)NAME_WIDTH, text);
    else
        printf("%.*s...", (int)NAME_WIDTH - 3, text);
}

static void print_row(const pattern_list *list, const named_pattern *named, uint64_t frame_count)
{
    const rsd_pattern *pattern = &named->pattern;
    const uint64_t steps = rsd_pattern_step_count(pattern, frame_count);
    const uint64_t delay = rsd_pattern_delay_frames(pattern);
    const double frame_ms = 1e3 * list->codec.hop_samples / list->codec.sample_rate_hz;
    print_name(named->text);
    printf(" %9" PRIu64 " %10" PRIu64 " %10" PRIu64, steps, list->row_count * (steps - frame_count),
           rsd_pattern_first_frame_steps(pattern, frame_count));
    if (delay == UINT64_MAX)
        puts("      files only");
    else
        printf(" %7" PRIu64 " %8.2f\n", delay, (double)delay * frame_ms);
}

void patterns_print_table(const pattern_list *list, uint64_t frame_count)
{
    puts("pattern                      steps   specials  1st frame  delay, frames, ms");
    for (uint32_t i = 0; i < list->count; i++) print_row(list, &list->patterns[i], frame_count);
}

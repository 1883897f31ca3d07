// SPDX-License-Identifier: MIT
// How long callbacks take: a histogram on the screen of `live`, and what the worst of the last second was.
#include "app/live/live.h"

#include <curses.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MERGED_BINS 2u /* of 5 % each: a row of the screen has 10 % */
#define ROW_COUNT (HOST_PROFILE_BIN_COUNT / MERGED_BINS)
#define LABEL_COLUMNS 30
#define MIN_CELLS 4

void live_ui_causes_text(unsigned causes, char *text, size_t text_bytes)
{
    size_t used = 0u;
    *text = '\0';
    for (unsigned i = 0; i < HOST_PROFILE_CAUSE_COUNT; i++) {
        if (!(causes & 1u << i)) continue;
        const int wrote =
            snprintf(text + used, text_bytes - used, "%s%s", used > 0u ? ", " : "", host_profile_cause_name(i));
        used += (size_t)wrote;
        if (used >= text_bytes) return;
    }
}

static void draw_worst(const host_profile_worst *worst, int row)
{
    char text[256], causes[128];
    live_ui_causes_text(worst->causes, causes, sizeof causes);
    if (!worst->is_there) return;
    snprintf(text, sizeof text, "worst of the last second %.3f ms, %.1f %% of its deadline, began %.3f ms late: %s",
             worst->duration_ms, 100.0 * worst->share, worst->late_ms, causes[0] != '\0' ? causes : "unexplained");
    live_ui_text(row, 1, COLS - 2, text);
}

static void draw_bin(const host_profile_histogram *histogram, uint32_t index, uint64_t most, int row)
{
    char text[64], range[24];
    uint64_t count = 0u;
    for (uint32_t b = 0; b < MERGED_BINS; b++) count += histogram->count[index * MERGED_BINS + b];
    if (index + 1u < ROW_COUNT)
        snprintf(range, sizeof range, "%u to %u %%", index * 10u, index * 10u + 10u);
    else
        snprintf(range, sizeof range, "over %u %%", index * 10u);
    snprintf(text, sizeof text, "%-14s %12" PRIu64, range, count);
    live_ui_text(row, 1, LABEL_COLUMNS - 1, text);
    const int cells = COLS - LABEL_COLUMNS - 2;
    if (cells < MIN_CELLS) return;
    const double share = log10(1.0 + (double)count) / log10(1.0 + (double)most);
    live_ui_cells(row, LABEL_COLUMNS, cells, (int)ceil(share * cells));
}

void live_ui_draw_histogram(const live_ui_snapshot *snapshot, int row, int end_row)
{
    const host_profile_histogram *histogram = &snapshot->histogram;
    uint64_t most = 1u;
    for (uint32_t b = 0; b < HOST_PROFILE_BIN_COUNT; b++)
        most = histogram->count[b] > most ? histogram->count[b] : most;
    if (row >= end_row) return;
    live_ui_text(row++, 1, COLS - 2, "callbacks by share of their deadline, since the start (bars are logarithmic)");
    for (uint32_t i = 0; i < ROW_COUNT && row < end_row - 1; i++) draw_bin(histogram, i, MERGED_BINS * most, row++);
    if (row < end_row) draw_worst(&snapshot->worst, row);
}

// SPDX-License-Identifier: MIT
#ifndef APP_ANALYZE_H
#define APP_ANALYZE_H

#include "settings.h"

#include "host/host_soundfile.h"

#include <stdio.h>

/* What one level count does to a sound. Not finite: it could not be measured (silence). */
typedef struct {
    uint32_t level_count;
    double kbps; /* all channels */
    double snr_db, segmental_snr_db, lsd_db;
    double perplexity; /* of the topmost of these levels: mean over its sequences of 2^entropy */
    double cpu_share;  /* of real time, all channels */
} analyze_row;

typedef struct {
    const char *path;
    char codec[64];
    uint32_t sample_rate_hz, channel_count, latency_samples, level_count;
    uint64_t sample_count;
    uint32_t row_count;
    analyze_row rows[RSD_MAX_LEVELS];
} analysis;

/*
 * Runs the whole sound through a fresh engine with row->level_count levels and fills the row. Returns -1 to go on, else
 * the exit code of what was reported.
 */
int analyze_measure(const app_arguments *arguments, const app_settings *settings, const host_sound *sound,
                    analyze_row *row);

/* Draws the rows as SVG. The caller checks the stream for errors. */
void analyze_plot(const analysis *result, FILE *file);

#endif

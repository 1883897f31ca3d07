// SPDX-License-Identifier: MIT
#ifndef APP_ANALYZE_H
#define APP_ANALYZE_H

#include "app/settings.h"

#include "host/file/soundfile.h"

#include <residuum/rsd_token.h>

#include <stdio.h>

/* What one level count does to a sound. Silence is coded as silence: 200 dB. Not finite: it could not be measured. */
typedef struct {
    uint32_t level_count;
    double kbps;       /* all channels */
    bool wants_coding; /* by the caller: */
    double coded_kbps; /* the same entropy coded; not finite where it is not wanted */
    double level_bits; /* a frame and channel, of the topmost of these levels; of level 1 with its side tokens */
    double snr_db, segmental_snr_db, lsd_db;
    double nmr_db;            /* analyze_nmr_db */
    double codewords_used;    /* by the topmost of these levels: analyze_usage_codewords, at most its codebook has */
    double cpu_share;         /* of real time, all channels */
    uint32_t latency_samples; /* of the engine: codec, and resamplers where the codec runs at another rate */
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
 * Name, latency and level counts of the codec that `settings` name at result->sample_rate_hz, and a row for each level
 * count of --levels. Returns -1 to go on, else the exit code of what was reported.
 */
int analyze_describe(const app_arguments *arguments, const app_settings *settings, analysis *result);

/*
 * Runs the whole sound through a fresh engine with row->level_count levels and fills the row.
 * decoded  NULL, or gets the decoded sound, aligned with `sound`; free with host_sound_destroy. Same return.
 */
int analyze_measure(const app_arguments *arguments, const app_settings *settings, const host_sound *sound,
                    analyze_row *row, host_sound *decoded);

/*
 * Bitrate of a set's first levels, all channels, when a model that learns as it goes codes them: of frames, as a stream
 * without restarts. Not finite where the codec cannot be opened or there is no memory.
 */
double analyze_coded_kbps(const char *codec, const rsd_token_set *set);

/*
 * Noise-to-mask ratio (dsp/masking.h) of frames of 1024 samples, every 512: the mean over frames and channels as powers, in
 * dB. Digital silence is left out. Not finite: nothing is left, or there is no memory.
 */
double analyze_nmr_db(const host_sound *sound, const host_sound *decoded);

/* SNR, segmental SNR, LSD and NMR of `decoded`, which has the shape of `sound`, into the row. */
void analyze_distance(const host_sound *sound, const host_sound *decoded, analyze_row *row);

/* Draws the rows as SVG. The caller checks the stream for errors. */
void analyze_plot(const analysis *result, FILE *file);

#endif

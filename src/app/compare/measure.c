// SPDX-License-Identifier: MIT
// One row of `compare`: code, take the delay off, measure.
#include "app/compare/compare.h"
#include "app/offline.h"
#include "app/outputs.h"
#include "app/progress.h"

#include <sndfile.h>

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const app_arguments *arguments;
    const app_settings *settings;
    comparison *c;
    app_progress progress;
    uint32_t row_total;
} work;

void compare_format_kbps(double kbps, char text[24])
{
    const int length = snprintf(text, 24, "%.1f", kbps);
    if (length > 2 && length < 24 && strcmp(text + length - 2, ".0") == 0) text[length - 2] = '\0';
}

/* "FOLDER/live-128_L07_63.8kbps.wav", "FOLDER/opus_64kbps.wav"; what does not belong into a name becomes _. */
static char *name_file(const comparison *c, const compare_row *row)
{
    char codec[sizeof row->codec], level[16] = "", kbps[24];
    snprintf(codec, sizeof codec, "%s", row->codec);
    for (char *at = codec; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("-._", *at)) *at = '_';
    if (row->figures.level_count > 0u) snprintf(level, sizeof level, "_L%02u", row->figures.level_count);
    compare_format_kbps(row->figures.kbps, kbps);
    char *path = NULL;
    return asprintf(&path, "%s/%s%s_%skbps.wav", c->folder, codec, level, kbps) < 0 ? NULL : path;
}

/* Takes a finished row, and writes its sound where that is wanted. */
static int keep_row(work *w, compare_row row, const host_sound *decoded)
{
    rsd_error error;
    comparison *c = w->c;
    if (c->folder) {
        row.file = name_file(c, &row);
        if (!row.file) return app_fail(w->arguments, "out of memory");
    }
    compare_row *kept = &c->rows[c->row_count++];
    *kept = row;
    if (!row.file) return -1;
    if (app_same_file(row.file, c->ours.path))
        return app_usage(w->arguments, "'%s' is the input and would be written over; name another folder", row.file);
    if (host_sound_save(decoded, row.file, SF_FORMAT_FLOAT, &error) == RSD_OK) return -1;
    return app_fail(w->arguments, "%s", error.text);
}

static int measure_level(work *w, uint32_t level_count)
{
    host_sound decoded = {0};
    compare_row row = {.figures = {.level_count = level_count, .wants_coding = true}, .beside = -1};
    snprintf(row.codec, sizeof row.codec, "%s", w->c->ours.codec);
    int code = analyze_measure(w->arguments, w->settings, w->c->sound, &row.figures, &decoded);
    row.latency_ms = 1000.0 * row.figures.latency_samples / w->c->sound->sample_rate_hz;
    if (code < 0) code = keep_row(w, row, &decoded);
    host_sound_destroy(&decoded);
    return code;
}

/* `decoded` at the rate and with the length of `like`, in its place: it may be a sample off after two conversions. */
static rsd_status return_to_rate(const host_sound *like, host_sound *decoded, rsd_error *error)
{
    host_sound converted, fitted;
    if (decoded->sample_rate_hz == like->sample_rate_hz) return RSD_OK;
    rsd_status status = host_sound_convert(decoded, like->sample_rate_hz, &converted, error);
    if (status != RSD_OK) return status;
    status = host_sound_create(like->sample_rate_hz, like->channel_count, like->sample_count, &fitted, error);
    if (status == RSD_OK) {
        const uint64_t count =
            converted.sample_count < like->sample_count ? converted.sample_count : like->sample_count;
        for (uint32_t c = 0; c < like->channel_count; c++)
            memcpy(fitted.channel[c], converted.channel[c], (size_t)count * sizeof(float));
        host_sound_destroy(decoded);
        *decoded = fitted;
    }
    host_sound_destroy(&converted);
    return status;
}

static int measure_rate(work *w, const compare_peer *peer, const host_sound *input, double kbps)
{
    rsd_error error;
    compare_coded coded;
    const host_sound *sound = w->c->sound;
    if (peer->code(input, kbps, &coded, &error) != RSD_OK) return app_fail(w->arguments, "%s", error.text);
    int code = -1;
    if (return_to_rate(sound, &coded.decoded, &error) != RSD_OK) code = app_fail(w->arguments, "%s", error.text);
    if (code < 0) {
        compare_row row = {.peer = peer,
                           .latency_ms = 1000.0 * coded.latency_samples / peer->rate_hz,
                           .asked_kbps = kbps * sound->channel_count,
                           .beside = -1};
        snprintf(row.codec, sizeof row.codec, "%s", peer->name);
        row.figures.kbps = coded.kbps;
        row.figures.cpu_share = (double)coded.cpu_ns * 1e-9 * sound->sample_rate_hz / (double)sound->sample_count;
        analyze_distance(sound, &coded.decoded, &row.figures);
        code = keep_row(w, row, &coded.decoded);
    }
    host_sound_destroy(&coded.decoded);
    return code;
}

static void show_progress(work *w) { app_progress_update(&w->progress, (double)w->c->row_count / w->row_total, NULL); }

static uint32_t rates_of(const comparison *c, const compare_peer *peer, const double **rates_kbps)
{
    *rates_kbps = peer->own_rate_count > 0u ? peer->own_rates_kbps : c->rates_kbps;
    return peer->own_rate_count > 0u ? peer->own_rate_count : c->rate_count;
}

/* The input is brought to the peer's rate, once for all bitrates. */
static int measure_peer(work *w, const compare_peer *peer)
{
    rsd_error error;
    host_sound input;
    if (host_sound_convert(w->c->sound, peer->rate_hz, &input, &error) != RSD_OK)
        return app_fail(w->arguments, "%s", error.text);
    const double *rates_kbps;
    const uint32_t rate_count = rates_of(w->c, peer, &rates_kbps);
    int code = -1;
    for (uint32_t i = 0; i < rate_count && code < 0; i++) {
        show_progress(w);
        code = measure_rate(w, peer, &input, rates_kbps[i]);
    }
    host_sound_destroy(&input);
    return code;
}

/* In order of bitrate; where that is equal, the peers' first, so that ours stands under what it is compared with. */
static int order_of_rows(const void *a, const void *b)
{
    const analyze_row *first = &((const compare_row *)a)->figures, *second = &((const compare_row *)b)->figures;
    if (fabs(first->kbps - second->kbps) > 1e-6) return first->kbps < second->kbps ? -1 : 1;
    if (first->level_count != second->level_count) return first->level_count < second->level_count ? -1 : 1;
    return strcmp(((const compare_row *)a)->codec, ((const compare_row *)b)->codec);
}

/* Our rows are set against the peer's row that was asked for the nearest bitrate, if near enough; of two, such as Opus
 * with channels apart and joint, against the one with more SNR. */
static bool is_nearer(const comparison *c, const compare_row *other, double distance, int32_t best, double nearest)
{
    if (best < 0 || distance != nearest) return distance < nearest;
    return other->figures.snr_db > c->rows[best].figures.snr_db;
}

static void find_neighbours(comparison *c)
{
    for (uint32_t i = 0; i < c->row_count; i++) {
        if (c->rows[i].peer) continue;
        double nearest = COMPARE_NEAR;
        for (uint32_t j = 0; j < c->row_count; j++) {
            const compare_row *other = &c->rows[j];
            if (!other->peer) continue;
            const double distance = fabs(c->rows[i].figures.kbps - other->asked_kbps) / other->asked_kbps;
            if (!is_nearer(c, other, distance, c->rows[i].beside, nearest)) continue;
            nearest = distance;
            c->rows[i].beside = (int32_t)j;
        }
    }
}

int compare_measure(const app_arguments *arguments, const app_settings *settings, comparison *c)
{
    work w = {.arguments = arguments, .settings = settings, .c = c, .row_total = c->ours.row_count};
    for (uint32_t i = 0; i < c->peer_count; i++) {
        const double *unused;
        w.row_total += rates_of(c, c->peers[i], &unused);
    }
    app_progress_start(&w.progress, "comparing", app_given(arguments, APP_OPT_QUIET));
    int code = -1;
    for (uint32_t i = 0; i < c->ours.row_count && code < 0; i++) {
        show_progress(&w);
        code = measure_level(&w, c->ours.rows[i].level_count);
    }
    for (uint32_t i = 0; i < c->peer_count && code < 0; i++) code = measure_peer(&w, c->peers[i]);
    app_progress_end(&w.progress);
    qsort(c->rows, c->row_count, sizeof *c->rows, order_of_rows);
    find_neighbours(c);
    return code;
}

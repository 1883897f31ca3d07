// SPDX-License-Identifier: MIT
// What the page draws of the sound: spectra of dry, wet and residual, masking threshold and noise. On the pusher thread.
#include "host/http/internal.h"

#include "dsp/masking.h"

#include <residuum/rsd_dsp.h>

#include <lo/lo.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS 2048u
#define COLUMNS 256u /* from LOWEST_HZ to HIGHEST_HZ, evenly in their logarithm */
#define LOWEST_HZ 20.0
#define HIGHEST_HZ 20000.0
#define FRAMES_PER_S 60u
#define MASKING_EVERY 3u   /* frames */
#define STEPS_PER_DB 2.0f  /* of a byte */
#define FLOOR_DB (-120.0f) /* byte 0 of a spectrum, dBFS; of masking 0 dB SPL is byte 0 */
#define PI 3.14159265358979323846
#define MAX_BEHIND 3u /* frames; what is older is left out */

enum { DRY, WET, RESIDUAL, TRACE_COUNT };

struct http_spectrum {
    host_scope *scope;
    bool is_looked_at;
    uint32_t hop_samples, filled; /* `filled`: samples since the last frame */
    uint32_t frame;
    float history[2][POINTS]; /* dry, wet; the newest last */
    float window[POINTS];
    dsp_complex roots[POINTS];
    float work[4][POINTS];
    float level_db[TRACE_COUNT][POINTS / 2u];
    float column_line[2][COLUMNS + 1u]; /* where each column begins, in lines of the spectrum and of masking */
    dsp_masking masking;
    dsp_masking_scratch scratch;
    dsp_masking_result masked;
};

static void find_columns(http_spectrum *self, double sample_rate_hz)
{
    for (uint32_t c = 0; c <= COLUMNS; c++) {
        const double hz = LOWEST_HZ * pow(HIGHEST_HZ / LOWEST_HZ, (double)c / COLUMNS);
        self->column_line[0][c] = (float)(hz * POINTS / sample_rate_hz);
        self->column_line[1][c] = (float)(hz * DSP_MASKING_POINTS / sample_rate_hz);
    }
}

http_spectrum *host_http_spectrum_create(host_scope *scope, uint32_t sample_rate_hz)
{
    http_spectrum *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->scope = scope;
    self->hop_samples = sample_rate_hz / FRAMES_PER_S;
    for (uint32_t i = 0; i < POINTS; i++) {
        const double angle = 2.0 * PI * i / POINTS;
        self->window[i] = (float)((1.0 - cos(angle)) * 2.0 / POINTS); /* a sine of full scale is 0 dB */
        self->roots[i] = (dsp_complex){(float)cos(angle), (float)-sin(angle)};
    }
    find_columns(self, sample_rate_hz);
    dsp_masking_init(&self->masking, sample_rate_hz);
    return self;
}

void host_http_spectrum_destroy(http_spectrum *spectrum)
{
    if (spectrum) host_scope_look(spectrum->scope, false);
    free(spectrum);
}

/* ---- analysis ---- */

static float power_db(float r, float i) { return 3.0102999566f * rsd_log2f(r * r + i * i); }

/* Dry and wet in one transform: as real and imaginary part. Their difference is that of their spectra. */
static void find_spectra(http_spectrum *self)
{
    for (uint32_t i = 0; i < POINTS; i++) {
        self->work[0][i] = self->window[i] * self->history[DRY][i];
        self->work[1][i] = self->window[i] * self->history[WET][i];
    }
    const dsp_split x = dsp_fft(self->roots, POINTS, (dsp_split){self->work[0], self->work[1]},
                                (dsp_split){self->work[2], self->work[3]});
    for (uint32_t k = 0; k < POINTS / 2u; k++) {
        const uint32_t m = (POINTS - k) % POINTS;
        const float dry_r = 0.5f * (x.r[k] + x.r[m]), dry_i = 0.5f * (x.i[k] - x.i[m]);
        const float wet_r = 0.5f * (x.i[k] + x.i[m]), wet_i = 0.5f * (x.r[m] - x.r[k]);
        self->level_db[DRY][k] = power_db(dry_r, dry_i);
        self->level_db[WET][k] = power_db(wet_r, wet_i);
        self->level_db[RESIDUAL][k] = power_db(dry_r - wet_r, dry_i - wet_i);
    }
}

static uint8_t to_byte(float db, float floor_db)
{
    const float steps = (db - floor_db) * STEPS_PER_DB + 0.5f;
    return steps <= 0.0f ? 0u : steps >= 255.0f ? 255u : (uint8_t)steps;
}

/* A column's level: between two lines where it is narrower than one, else the highest of its lines. */
static float column_db(const float *level_db, uint32_t line_count, float from, float to)
{
    uint32_t k = (uint32_t)from;
    if (k + 1u >= line_count) return FLOOR_DB;
    if (to - from < 1.0f) {
        const float share = from - (float)k;
        return (1.0f - share) * level_db[k] + share * level_db[k + 1u];
    }
    float most = level_db[k];
    for (; (float)k < to && k < line_count; k++) most = level_db[k] > most ? level_db[k] : most;
    return most;
}

static void add_blob(lo_message message, const void *data, size_t bytes)
{
    lo_blob blob = lo_blob_new((int32_t)bytes, data);
    if (blob) lo_message_add_blob(message, blob);
    if (blob) lo_blob_free(blob);
}

static void add_columns(lo_message message, const http_spectrum *self, const float *level_db, bool is_masking)
{
    uint8_t bytes[COLUMNS];
    const float *line = self->column_line[is_masking];
    const uint32_t line_count = is_masking ? self->masking.line_count : POINTS / 2u;
    for (uint32_t c = 0; c < COLUMNS; c++)
        bytes[c] = to_byte(column_db(level_db, line_count, line[c], line[c + 1u]), is_masking ? 0.0f : FLOOR_DB);
    add_blob(message, bytes, sizeof bytes);
}

/* ---- messages ---- */

/* /residuum/page/spectrum i b b b: number of the frame; dry, wet, residual */
static lo_message spectrum_message(http_spectrum *self)
{
    lo_message message = lo_message_new();
    if (!message) return NULL;
    find_spectra(self);
    lo_message_add_int32(message, (int32_t)(self->frame & INT32_MAX));
    for (uint32_t t = 0; t < TRACE_COUNT; t++) add_columns(message, self, self->level_db[t], false);
    return message;
}

/* /residuum/page/masking b b b b f: signal, noise, threshold; ratios of the bands plus 128; the ratio in all, dB */
static lo_message masking_message(http_spectrum *self)
{
    uint8_t ratios[DSP_MASKING_MAX_BANDS];
    const uint32_t at = POINTS - DSP_MASKING_POINTS;
    lo_message message = lo_message_new();
    if (!message) return NULL;
    dsp_masking_measure(&self->masking, self->history[DRY] + at, self->history[WET] + at, &self->scratch,
                        &self->masked);
    add_columns(message, self, self->masked.signal_db, true);
    add_columns(message, self, self->masked.noise_db, true);
    add_columns(message, self, self->masked.threshold_db, true);
    for (uint32_t b = 0; b < self->masking.band_count; b++) {
        const float shifted = roundf(self->masked.nmr_db[b]) + 128.0f;
        ratios[b] = shifted < 0.0f ? 0u : shifted > 255.0f ? 255u : (uint8_t)shifted;
    }
    add_blob(message, ratios, self->masking.band_count);
    lo_message_add_float(message, self->masked.total_nmr_db);
    return message;
}

/* /residuum/page/levels b: where each level ends among the tokens of a frame, 16 bits each, the higher byte first */
static lo_message levels_message(host_http *http)
{
    uint8_t ends[2u * RSD_MAX_LEVELS];
    lo_message message = lo_message_new();
    if (!message) return NULL;
    pthread_mutex_lock(&http->lock);
    const rsd_codec_info *codec = &http->shown.codec;
    const uint32_t count = codec->level_count;
    for (uint32_t k = 0; k < count; k++) {
        ends[2u * k] = (uint8_t)(codec->level_sequence_end[k] >> 8);
        ends[2u * k + 1u] = (uint8_t)codec->level_sequence_end[k];
    }
    pthread_mutex_unlock(&http->lock);
    add_blob(message, ends, 2u * count);
    return message;
}

static void post_to_lookers(host_http *http, const char *path, lo_message message)
{
    unsigned char bytes[2048];
    size_t length = sizeof bytes;
    if (!message) return;
    const bool fits = lo_message_length(message, path) <= sizeof bytes;
    if (fits && lo_message_serialise(message, path, bytes, &length)) {
        pthread_mutex_lock(&http->lock);
        for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++)
            if (http->clients[i].wants_spectra)
                host_http_post(http, &http->clients[i], MG_WEBSOCKET_OPCODE_BINARY, bytes, length);
        pthread_mutex_unlock(&http->lock);
    }
    lo_message_free(message);
}

/* ---- the pusher's ---- */

static bool has_lookers(host_http *http)
{
    bool any = false;
    pthread_mutex_lock(&http->lock);
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++)
        any = any || (http->clients[i].is_ready && http->clients[i].wants_spectra);
    pthread_mutex_unlock(&http->lock);
    return any;
}

/* Shifts what is there into the history, a hop at most. Returns whether a hop is full. */
static bool take_samples(http_spectrum *self)
{
    host_scope_sample samples[256];
    while (self->filled < self->hop_samples) {
        const uint32_t room = self->hop_samples - self->filled, most = room < 256u ? room : 256u;
        const uint32_t count = host_scope_read(self->scope, samples, most);
        if (count == 0u) return false;
        for (uint32_t t = 0; t < 2u; t++) {
            float *history = self->history[t];
            memmove(history, history + count, (POINTS - count) * sizeof *history);
            for (uint32_t i = 0; i < count; i++)
                history[POINTS - count + i] = t == DRY ? samples[i].dry : samples[i].wet;
        }
        self->filled += count;
    }
    self->filled = 0;
    self->frame++;
    return true;
}

void host_http_push_spectra(host_http *http)
{
    http_spectrum *self = http->spectrum;
    if (!self) return;
    const bool is_looked_at = has_lookers(http) && !host_http_is_blind(http);
    if (is_looked_at != self->is_looked_at) host_scope_look(self->scope, is_looked_at);
    self->is_looked_at = is_looked_at;
    for (uint32_t i = 0; take_samples(self); i++) {
        if (!is_looked_at || i >= MAX_BEHIND) continue; /* left over, or more than can be shown */
        post_to_lookers(http, "/residuum/page/spectrum", spectrum_message(self));
        if (self->frame % MASKING_EVERY == 0u) post_to_lookers(http, "/residuum/page/masking", masking_message(self));
        if (self->frame % FRAMES_PER_S == 0u) post_to_lookers(http, "/residuum/page/levels", levels_message(http));
    }
}

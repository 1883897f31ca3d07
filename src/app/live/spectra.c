// SPDX-License-Identifier: MIT
// The page of the screen with spectrograms of wet, dry and residual, in half blocks: two bands a line.
#include "app/live/live.h"

#include "dsp/fft_internal.h"

#include <residuum/rsd_dsp.h>

#include <curses.h>

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINTS 2048u
#define BANDS 64u /* from LOWEST_HZ to HIGHEST_HZ, evenly in their logarithm */
#define COLUMNS 256u
#define LOWEST_HZ 40.0
#define HIGHEST_HZ 20000.0
#define FLOOR_DB (-90.0f)
#define TOP_DB (-10.0f)
#define PI 3.14159265358979323846
#define FIRST_ROW 2
#define LABEL_COLUMNS 6
#define FIRST_PAIR 8 /* of colours; those before are the other pages' */
#define MOST_SHADES 12

enum { WET, DRY, RESIDUAL, TRACE_COUNT };

struct live_ui_spectra {
    float history[2][POINTS]; /* wet, dry; the newest last */
    float window[POINTS];
    dsp_complex roots[POINTS];
    float work[4][POINTS];
    float level_db[TRACE_COUNT][POINTS / 2u];
    uint32_t band_line[BANDS + 1u]; /* where each begins, in lines of the spectrum */
    uint64_t column_count;
    uint8_t columns[TRACE_COUNT][COLUMNS][BANDS]; /* a ring: 0 at FLOOR_DB, 255 at TOP_DB */
};

/* ---- what comes in ---- */

static live_ui_spectra *make_spectra(uint32_t sample_rate_hz)
{
    live_ui_spectra *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    for (uint32_t i = 0; i < POINTS; i++) {
        const double angle = 2.0 * PI * i / POINTS;
        self->window[i] = (float)((1.0 - cos(angle)) * 2.0 / POINTS); /* a sine of full scale is 0 dB */
        self->roots[i] = (dsp_complex){(float)cos(angle), (float)-sin(angle)};
    }
    for (uint32_t b = 0; b <= BANDS; b++) {
        const double line = LOWEST_HZ * pow(HIGHEST_HZ / LOWEST_HZ, (double)b / BANDS) * POINTS / sample_rate_hz;
        self->band_line[b] = line < POINTS / 2.0 ? (uint32_t)line : POINTS / 2u;
    }
    return self;
}

/* Whatever has come since; no more than the last window of it counts. */
static bool read_sound(live_ui_spectra *self, host_scope *scope)
{
    host_scope_sample samples[256];
    uint32_t count;
    bool any = false;
    while ((count = host_scope_read(scope, samples, 256u)) > 0u) {
        for (int trace = 0; trace < 2; trace++)
            memmove(self->history[trace], self->history[trace] + count, (POINTS - count) * sizeof(float));
        for (uint32_t i = 0; i < count; i++) {
            self->history[WET][POINTS - count + i] = samples[i].wet;
            self->history[DRY][POINTS - count + i] = samples[i].dry;
        }
        any = true;
    }
    return any;
}

static float power_db(float r, float i) { return 3.0102999566f * rsd_log2f(r * r + i * i); }

/* Wet and dry in one transform: as real and imaginary part. Their difference is that of their spectra. */
static void find_spectra(live_ui_spectra *self)
{
    for (uint32_t i = 0; i < POINTS; i++) {
        self->work[0][i] = self->window[i] * self->history[WET][i];
        self->work[1][i] = self->window[i] * self->history[DRY][i];
    }
    const dsp_split x = dsp_fft(self->roots, POINTS, (dsp_split){self->work[0], self->work[1]},
                                (dsp_split){self->work[2], self->work[3]});
    for (uint32_t k = 0; k < POINTS / 2u; k++) {
        const uint32_t m = (POINTS - k) % POINTS;
        const float wet_r = 0.5f * (x.r[k] + x.r[m]), wet_i = 0.5f * (x.i[k] - x.i[m]);
        const float dry_r = 0.5f * (x.i[k] + x.i[m]), dry_i = 0.5f * (x.r[m] - x.r[k]);
        self->level_db[WET][k] = power_db(wet_r, wet_i);
        self->level_db[DRY][k] = power_db(dry_r, dry_i);
        self->level_db[RESIDUAL][k] = power_db(dry_r - wet_r, dry_i - wet_i);
    }
}

static void keep_column(live_ui_spectra *self)
{
    const uint64_t column = self->column_count++ % COLUMNS;
    for (uint32_t trace = 0; trace < TRACE_COUNT; trace++)
        for (uint32_t b = 0; b < BANDS; b++) {
            uint32_t k = self->band_line[b];
            float db = k < POINTS / 2u ? self->level_db[trace][k] : FLOOR_DB;
            for (k++; k < self->band_line[b + 1u]; k++) db = fmaxf(db, self->level_db[trace][k]);
            const float share = fminf(fmaxf((db - FLOOR_DB) / (TOP_DB - FLOOR_DB), 0.0f), 1.0f);
            self->columns[trace][column][b] = (uint8_t)(255.0f * share);
        }
}

void live_ui_keep_spectra(live_ui_state *live)
{
    host_scope *scope = host_session_screen_scope(live->session);
    const bool is_shown = live->page == LIVE_UI_PAGE_SPECTRA;
    host_scope_look(scope, is_shown);
    if (!is_shown) return;
    if (!live->spectra) live->spectra = make_spectra(host_control_sample_rate_hz(live->control));
    if (!live->spectra || !read_sound(live->spectra, scope)) return;
    find_spectra(live->spectra);
    keep_column(live->spectra);
}

/* ---- what is shown ---- */

/* Dark to bright, of the terminal's colours: so many as it has. */
static int shade_count(void)
{
    if (!has_colors() || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) return 0;
    if (COLORS >= 256 && COLOR_PAIRS >= FIRST_PAIR + MOST_SHADES * MOST_SHADES) return MOST_SHADES;
    return COLOR_PAIRS >= FIRST_PAIR + 36 ? 6 : 0;
}

static void make_pairs(int count)
{
    static const short many[MOST_SHADES] = {16, 17, 18, 54, 90, 126, 162, 198, 203, 209, 221, 231};
    static const short few[6] = {COLOR_BLACK, COLOR_BLUE, COLOR_MAGENTA, COLOR_RED, COLOR_YELLOW, COLOR_WHITE};
    static int made;
    if (made == count) return;
    const short *colours = count == MOST_SHADES ? many : few;
    for (int upper = 0; upper < count; upper++)
        for (int lower = 0; lower < count; lower++)
            init_pair((short)(FIRST_PAIR + upper * count + lower), colours[upper], colours[lower]);
    made = count;
}

/* The highest of the bands that half a line stands for; half 0 is the highest. */
static uint8_t level_of_half(const uint8_t *bands, int half, int half_count)
{
    const int from = (half_count - 1 - half) * (int)BANDS / half_count;
    const int until = (half_count - half) * (int)BANDS / half_count;
    uint8_t most = bands[from];
    for (int b = from + 1; b < until; b++) most = bands[b] > most ? bands[b] : most;
    return most;
}

static void draw_cell(int row, int column, uint8_t upper, uint8_t lower, int shades)
{
    static const char without_colour[] = " .:-=+*#%@";
    if (shades == 0) {
        const char c = without_colour[(upper + lower) / 2 * (int)(sizeof without_colour - 1u) / 256];
        mvaddch(row, column, (chtype)(unsigned char)c);
        return;
    }
    const int pair = FIRST_PAIR + upper * shades / 256 * shades + lower * shades / 256;
    attron(COLOR_PAIR(pair));
    mvaddstr(row, column, "\xe2\x96\x80");
    attroff(COLOR_PAIR(pair));
}

static void draw_trace(const live_ui_spectra *self, int trace, int row, int rows, int shades)
{
    static const char *const names[TRACE_COUNT] = {"wet", "dry", "resid"};
    const int width = COLS - LABEL_COLUMNS - 1 < (int)COLUMNS ? COLS - LABEL_COLUMNS - 1 : (int)COLUMNS;
    live_ui_text(row, 0, LABEL_COLUMNS, names[trace]);
    if (rows > 1) live_ui_text(row + 1, 0, LABEL_COLUMNS, rows > 2 ? "20k" : "");
    if (rows > 2) live_ui_text(row + rows - 1, 0, LABEL_COLUMNS, "40 Hz");
    for (int x = 0; x < width && (uint64_t)x < self->column_count; x++) {
        const uint64_t column = (self->column_count - 1u - (uint64_t)x) % COLUMNS;
        for (int y = 0; y < rows; y++)
            draw_cell(row + y, LABEL_COLUMNS + width - 1 - x,
                      level_of_half(self->columns[trace][column], 2 * y, 2 * rows),
                      level_of_half(self->columns[trace][column], 2 * y + 1, 2 * rows), shades);
    }
}

/* As many of the three as have two lines each. */
void live_ui_draw_spectra(const live_ui_state *live, int end_row)
{
    const int shades = shade_count(), lines = end_row - FIRST_ROW;
    const int shown = lines >= 6 ? TRACE_COUNT : lines >= 4 ? 2 : 1, rows = lines / shown;
    if (lines < 1) return;
    attron(A_UNDERLINE);
    live_ui_text(FIRST_ROW - 1, 1, COLS - 2, "spectrograms, -90 to -10 dBFS, 20 columns a second   v");
    attroff(A_UNDERLINE);
    if (!live->spectra) return;
    if (shades > 0) make_pairs(shades);
    for (int trace = 0; trace < shown; trace++)
        draw_trace(live->spectra, trace, FIRST_ROW + trace * rows, rows, shades);
}

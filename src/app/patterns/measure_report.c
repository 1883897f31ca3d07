// SPDX-License-Identifier: MIT
// What was measured of patterns, as a table, JSON and a picture.
#include "app/patterns/measure.h"

#include "app/report.h"
#include "app/svg.h"

#include "base/numbers.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>

/* Mean bits a token of one level. */
static double level_bits(const pattern_measurement *result, const measured_pattern *row, uint32_t level)
{
    const uint16_t *ends = result->list.codec.level_sequence_end;
    double cost = 0.0, count = 0.0;
    for (uint32_t q = level > 0u ? ends[level - 1u] : 0u; q < ends[level]; q++) {
        cost += (double)row->sums.row_cost[q];
        count += (double)row->sums.row_token_count[q];
    }
    return count > 0.0 ? cost / 65536.0 / count : NAN;
}

/* Bits a token without a model, by the tokens that there were. */
static double plain_bits(const pattern_measurement *result)
{
    double bits = 0.0;
    const entropy_pattern_sums *sums = &result->rows[0].sums;
    for (uint32_t q = 0; q < result->list.row_count; q++)
        bits += (double)sums->row_token_count[q] * base_log2_ceil(result->list.codec.sequence_codewords[q]);
    return bits / (double)sums->token_count;
}

/* ---- table ---- */

static void print_head(const pattern_measurement *result)
{
    app_print("%s%s: %s, %u levels, %u rows, %" PRIu64 " frames, %.1f s; %.3f bits a token as they are", result->path,
              result->is_held_out && result->file_count > 1u ? ", held out"
              : result->file_count > 1u                      ? " and others"
                                                             : "",
              result->list.codec.name, result->list.level_count, result->list.row_count, result->frame_count,
              result->seconds, plain_bits(result));
    if (result->side.sums.token_count > 0u)
        printf("\nside tokens take %.3f kbps by the same model, in the kbps of every pattern", result->side.kbps);
    puts("\npattern              steps  bits/token  saved %  gain %     kbps  steps/s  coding %  delay, frames, ms");
}

static void print_row(const pattern_measurement *result, uint32_t index)
{
    const measured_pattern *row = &result->rows[index];
    const double frame_ms = 1e3 * result->list.codec.hop_samples / result->list.codec.sample_rate_hz;
    printf("%-16s %9" PRIu64, result->list.patterns[index].text, row->steps);
    report_print(row->bits_per_token, 10, 4);
    report_print(100.0 * (1.0 - row->bits_per_token / plain_bits(result)), 7, 2);
    report_print(100.0 * row->gain_share, 6, 1);
    report_print(row->kbps, 8, 3);
    report_print(row->steps_a_second, 8, 1);
    report_print(100.0 * row->coding_s / result->seconds, 8, 2);
    if (row->delay_frames == UINT64_MAX)
        puts("      files only");
    else
        printf(" %7" PRIu64 " %8.2f\n", row->delay_frames, (double)row->delay_frames * frame_ms);
}

static void print_levels(const pattern_measurement *result)
{
    puts("\nbits a token by level");
    for (uint32_t p = 0; p < result->list.count; p++) {
        printf("%-16s", result->list.patterns[p].text);
        for (uint32_t k = 0; k < result->list.level_count; k++)
            report_print(level_bits(result, &result->rows[p], k), 5, 2);
        putchar('\n');
    }
}

/* ---- JSON ---- */

static json_t *describe_row(const pattern_measurement *result, uint32_t index)
{
    const measured_pattern *row = &result->rows[index];
    json_t *levels = json_array();
    for (uint32_t k = 0; k < result->list.level_count; k++)
        json_array_append_new(levels, report_figure(level_bits(result, row, k)));
    return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "pattern", result->list.patterns[index].text,
                     "steps", (json_int_t)row->steps, "bits_per_token", report_figure(row->bits_per_token),
                     "gain_share", report_figure(row->gain_share), "kbps", report_figure(row->kbps), "steps_per_second",
                     report_figure(row->steps_a_second), "coding_share", report_figure(row->coding_s / result->seconds),
                     "delay_frames",
                     row->delay_frames == UINT64_MAX ? json_null() : json_integer((json_int_t)row->delay_frames),
                     "level_bits_per_token", levels);
}

static json_t *describe(const pattern_measurement *result)
{
    json_t *rows = json_array();
    for (uint32_t p = 0; p < result->list.count; p++) json_array_append_new(rows, describe_row(result, p));
    return json_pack("{s:o, s:o, s:i, s:b, s:i, s:i, s:I, s:o, s:o, s:o, s:o}", "file", report_text(result->path),
                     "codec", report_text(result->list.codec.name), "file_count", (int)result->file_count, "held_out",
                     result->is_held_out, "level_count", (int)result->list.level_count, "row_count",
                     (int)result->list.row_count, "frame_count", (json_int_t)result->frame_count, "seconds",
                     report_figure(result->seconds), "fixed_bits_per_token", report_figure(plain_bits(result)),
                     "side_kbps", report_figure(result->side.kbps), "rows", rows);
}

/* ---- picture ---- */

#define LABEL_WIDTH 60.0
#define LABEL_HEIGHT 13.0

/* How far under its point a label goes, so that it stays clear of those before it. */
static double label_shift(const svg_panel *panel, const pattern_measurement *result, uint32_t index)
{
    double shift = 0.0;
    const measured_pattern *own = &result->rows[index];
    for (uint32_t p = 0; p < index; p++) {
        const measured_pattern *other = &result->rows[p];
        const double x = svg_x(panel, own->steps_a_second) - svg_x(panel, other->steps_a_second);
        const double y = svg_y(panel, own->bits_per_token) - svg_y(panel, other->bits_per_token);
        if (fabs(x) < LABEL_WIDTH && fabs(y) < LABEL_HEIGHT) shift += LABEL_HEIGHT;
    }
    return shift;
}

static void draw_points(const svg_panel *panel, const pattern_measurement *result, FILE *file)
{
    for (uint32_t p = 0; p < result->list.count; p++) {
        const measured_pattern *row = &result->rows[p];
        const double x = svg_x(panel, row->steps_a_second), y = svg_y(panel, row->bits_per_token);
        const bool is_right = x > panel->left + SVG_PANEL_WIDTH / 2.0;
        fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"" SVG_BLUE "\"/>\n", x, y);
        svg_text(file, is_right ? x - 8.0 : x + 8.0, y + 4.0 + label_shift(panel, result, p),
                 (svg_text_style){is_right ? "end" : "start", 12, ""}, result->list.patterns[p].text);
    }
}

static void draw(FILE *file, const void *context)
{
    const pattern_measurement *result = context;
    double low = INFINITY, high = 0.0, most = 0.0;
    for (uint32_t p = 0; p < result->list.count; p++) {
        low = fmin(low, result->rows[p].bits_per_token);
        high = fmax(high, result->rows[p].bits_per_token);
        most = fmax(most, result->rows[p].steps_a_second);
    }
    char title[160];
    snprintf(title, sizeof title, "%s, %u levels", result->list.codec.name, result->list.level_count);
    svg_panel panel = {.left = 90,
                       .top = 50,
                       .x = svg_make_axis(0.0, most),
                       .y = svg_make_axis(low - 0.1 * (high - low), high + 0.1 * (high - low)),
                       .title = title,
                       .x_label = "steps a second",
                       .y_label = "bits a token"};
    svg_begin(file, SVG_PANEL_WIDTH + 130.0, SVG_PANEL_HEIGHT + 110.0);
    svg_frame(&panel, file);
    draw_points(&panel, result, file);
    svg_end(file);
}

int patterns_report(const app_arguments *arguments, const pattern_measurement *result)
{
    int code = report_json(arguments, describe(result));
    if (code < 0) code = report_plot(arguments, draw, result);
    if (code >= 0) return code;
    if (!report_is_shown(arguments)) return APP_OK;
    print_head(result);
    for (uint32_t p = 0; p < result->list.count; p++) print_row(result, p);
    print_levels(result);
    return APP_OK;
}

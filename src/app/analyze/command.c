// SPDX-License-Identifier: MIT
// `residuum analyze`: a sound at each level count, what is lost and what it takes.
#include "app/analyze/analyze.h"
#include "app/outputs.h"
#include "app/progress.h"
#include "app/report.h"

#include <string.h>

static json_t *describe_row(const analyze_row *row)
{
    return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "level_count", (int)row->level_count, "kbps",
                     report_figure(row->kbps), "coded_kbps", report_figure(row->coded_kbps), "snr_db",
                     report_figure(row->snr_db), "segmental_snr_db", report_figure(row->segmental_snr_db), "lsd_db",
                     report_figure(row->lsd_db), "nmr_db", report_figure(row->nmr_db), "codewords_used",
                     report_figure(row->codewords_used), "cpu_share", report_figure(row->cpu_share));
}

/* From input to output at the sound's rate: the same for every row. */
static int latency_samples(const analysis *result)
{
    return result->row_count > 0u ? (int)result->rows[0].latency_samples : 0;
}

static json_t *describe(const analysis *result)
{
    json_t *levels = json_array();
    for (uint32_t i = 0; i < result->row_count; i++) json_array_append_new(levels, describe_row(&result->rows[i]));
    return json_pack("{s:o, s:o, s:i, s:i, s:I, s:i, s:i, s:i, s:o}", "file", report_text(result->path), "codec",
                     report_text(result->codec), "sample_rate_hz", (int)result->sample_rate_hz, "channel_count",
                     (int)result->channel_count, "sample_count", (json_int_t)result->sample_count,
                     "codec_latency_samples", (int)result->latency_samples, "latency_samples", latency_samples(result),
                     "codec_level_count", (int)result->level_count, "levels", levels);
}

static void draw(FILE *stream, const void *context) { analyze_plot(context, stream); }

static void print_table(const analysis *result)
{
    app_print("%s: %s, %u Hz, %u channel%s, %.2f s", result->path, result->codec, result->sample_rate_hz,
              result->channel_count, result->channel_count == 1u ? "" : "s",
              (double)result->sample_count / result->sample_rate_hz);
    putchar('\n');
    puts("levels    kbps   coded   SNR dB  segSNR dB  LSD dB  NMR dB  codewords used  CPU %");
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        printf("%6u", row->level_count);
        report_print(row->kbps, 7, 1);
        report_print(row->coded_kbps, 7, 1);
        report_print(row->snr_db, 8, 2);
        report_print(row->segmental_snr_db, 10, 2);
        report_print(row->lsd_db, 7, 2);
        report_print(row->nmr_db, 7, 2);
        report_print(row->codewords_used, 15, 1);
        report_print(row->cpu_share * 100.0, 6, 2);
        putchar('\n');
    }
}

static int measure_rows(const app_arguments *arguments, const app_settings *settings, const host_sound *sound,
                        analysis *result)
{
    app_progress progress;
    app_progress_start(&progress, "analyzing", app_given(arguments, APP_OPT_QUIET));
    int code = -1;
    for (uint32_t i = 0; i < result->row_count && code < 0; i++) {
        app_progress_update(&progress, (double)i / result->row_count, NULL);
        result->rows[i].wants_coding = true;
        code = analyze_measure(arguments, settings, sound, &result->rows[i], NULL);
    }
    app_progress_end(&progress);
    return code;
}

static int report(const app_arguments *arguments, const analysis *result)
{
    int code = report_json(arguments, describe(result));
    if (code < 0) code = report_plot(arguments, draw, result);
    if (code < 0 && report_is_shown(arguments)) print_table(result);
    return code < 0 ? APP_OK : code;
}

int app_analyze(const app_arguments *arguments)
{
    app_settings settings;
    host_sound sound = {0};
    rsd_error error;
    analysis result = {.path = arguments->operands[0]};
    int code = outputs_check_reports(arguments);
    if (code < 0) code = app_settings_read(arguments, &settings);
    if (code >= 0) return code;
    if (host_sound_load(result.path, 0, &sound, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    outputs_say_faults(arguments, result.path, &sound.faults);
    result.sample_rate_hz = sound.sample_rate_hz;
    result.channel_count = sound.channel_count;
    result.sample_count = sound.sample_count;
    code = analyze_describe(arguments, &settings, &result);
    if (code < 0) code = measure_rows(arguments, &settings, &sound, &result);
    if (code < 0) code = report(arguments, &result);
    host_sound_destroy(&sound);
    return code;
}

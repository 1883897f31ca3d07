// SPDX-License-Identifier: MIT
#include "analyze.h"
#include "progress.h"

#include <jansson.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One "4" or "4-8" of the list. */
static bool take_range(const char **text, uint32_t max, bool *wanted)
{
    char *end = NULL;
    const unsigned long first = strtoul(*text, &end, 10);
    if (end == *text || **text == '-' || **text == '+') return false;
    unsigned long last = first;
    if (*end == '-') {
        const char *second = end + 1;
        last = strtoul(second, &end, 10);
        if (end == second) return false;
    }
    if (first < 1u || last < first || last > max) return false;
    for (unsigned long k = first; k <= last; k++) wanted[k - 1u] = true;
    *text = end;
    return true;
}

static int choose_levels(const app_arguments *arguments, analysis *result)
{
    const char *list = arguments->value[APP_OPT_LEVEL_LIST];
    bool wanted[RSD_MAX_LEVELS] = {false};
    for (uint32_t k = 0; !list && k < result->level_count; k++) wanted[k] = true;
    for (const char *at = list; at && *at != '\0';) {
        const bool good = take_range(&at, result->level_count, wanted);
        if (!good || (*at != '\0' && (*at != ',' || at[1] == '\0')))
            return app_usage(arguments, "--levels takes counts in 1..%u such as 1,2,4-8, not '%s'", result->level_count,
                             list);
        if (*at == ',') at++;
    }
    if (list && *list == '\0') return app_usage(arguments, "--levels takes counts such as 1,2,4-8");
    for (uint32_t k = 0; k < result->level_count; k++)
        if (wanted[k]) result->rows[result->row_count++].level_count = k + 1u;
    return -1;
}

static int describe_codec(const app_arguments *arguments, const app_settings *settings, analysis *result)
{
    rsd_error error;
    rsd_model *model = NULL;
    if (rsd_model_open(settings->codec[0] != '\0' ? settings->codec : "live", &model, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    rsd_codec_info info;
    rsd_model_info(model, result->sample_rate_hz, &info);
    rsd_model_release(model);
    snprintf(result->codec, sizeof result->codec, "%s", info.name);
    result->level_count = info.level_count;
    result->latency_samples = info.latency_samples;
    return choose_levels(arguments, result);
}

/* A figure, or null where there is none: JSON has no infinity. */
static json_t *figure(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *describe_row(const analyze_row *row)
{
    return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "level_count", (int)row->level_count, "kbps",
                     figure(row->kbps), "snr_db", figure(row->snr_db), "segmental_snr_db",
                     figure(row->segmental_snr_db), "lsd_db", figure(row->lsd_db), "perplexity",
                     figure(row->perplexity), "cpu_share", figure(row->cpu_share));
}

static json_t *describe(const analysis *result)
{
    json_t *levels = json_array();
    for (uint32_t i = 0; i < result->row_count; i++) json_array_append_new(levels, describe_row(&result->rows[i]));
    return json_pack("{s:s%, s:s, s:i, s:i, s:I, s:i, s:o}", "file", result->path, strlen(result->path), "codec",
                     result->codec, "sample_rate_hz", (int)result->sample_rate_hz, "channel_count",
                     (int)result->channel_count, "sample_count", (json_int_t)result->sample_count,
                     "codec_latency_samples", (int)result->latency_samples, "levels", levels);
}

static bool write_json(const analysis *result, FILE *file)
{
    json_t *root = describe(result);
    const bool good = root && json_dumpf(root, file, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0;
    json_decref(root);
    return good && fputc('\n', file) != EOF;
}

static bool write_plot(const analysis *result, FILE *file)
{
    analyze_plot(result, file);
    return !ferror(file);
}

static int write_file(const app_arguments *arguments, const char *path, const analysis *result,
                      bool (*write)(const analysis *result, FILE *file))
{
    FILE *file = fopen(path, "we");
    if (!file) return app_fail(arguments, "cannot write '%s': %s", path, strerror(errno));
    const bool good = write(result, file);
    if (fclose(file) == 0 && good) return -1;
    return app_fail(arguments, "cannot write '%s': %s", path, errno ? strerror(errno) : "is its name not UTF-8?");
}

static void print_figure(double value, int width, int decimals)
{
    if (isfinite(value))
        printf(" %*.*f", width, decimals, value);
    else
        printf(" %*s", width, "-");
}

static void print_table(const analysis *result)
{
    printf("%s: %s, %u Hz, %u channel%s, %.2f s\n", result->path, result->codec, result->sample_rate_hz,
           result->channel_count, result->channel_count == 1u ? "" : "s",
           (double)result->sample_count / result->sample_rate_hz);
    puts("levels    kbps   SNR dB  segSNR dB  LSD dB  codewords used  CPU %");
    for (uint32_t i = 0; i < result->row_count; i++) {
        const analyze_row *row = &result->rows[i];
        printf("%6u", row->level_count);
        print_figure(row->kbps, 7, 1);
        print_figure(row->snr_db, 8, 2);
        print_figure(row->segmental_snr_db, 10, 2);
        print_figure(row->lsd_db, 7, 2);
        print_figure(row->perplexity, 15, 1);
        print_figure(row->cpu_share * 100.0, 6, 2);
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
        code = analyze_measure(arguments, settings, sound, &result->rows[i]);
    }
    app_progress_end(&progress);
    return code;
}

static int report(const app_arguments *arguments, const analysis *result)
{
    const char *json = arguments->value[APP_OPT_JSON], *plot = arguments->value[APP_OPT_PLOT];
    const bool json_to_stdout = json && strcmp(json, "-") == 0;
    int code = -1;
    if (json_to_stdout && !write_json(result, stdout)) return app_fail(arguments, "cannot write the figures as JSON");
    if (json && !json_to_stdout) code = write_file(arguments, json, result, write_json);
    if (code < 0 && plot) code = write_file(arguments, plot, result, write_plot);
    if (code < 0 && !json_to_stdout && !app_given(arguments, APP_OPT_QUIET)) print_table(result);
    return code < 0 ? APP_OK : code;
}

int app_analyze(const app_arguments *arguments)
{
    app_settings settings;
    host_sound sound = {0};
    rsd_error error;
    analysis result = {.path = arguments->operands[0]};
    int code = app_settings_read(arguments, &settings);
    if (code >= 0) return code;
    if (host_sound_load(result.path, 0, &sound, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    result.sample_rate_hz = sound.sample_rate_hz;
    result.channel_count = sound.channel_count;
    result.sample_count = sound.sample_count;
    code = describe_codec(arguments, &settings, &result);
    if (code < 0) code = measure_rows(arguments, &settings, &sound, &result);
    if (code < 0) code = report(arguments, &result);
    host_sound_destroy(&sound);
    return code;
}

// SPDX-License-Identifier: MIT
// `residuum stress`: what this machine holds without a late callback, and what settings follow from it.
#include "app/stress/grants.h"
#include "app/stress/search.h"
#include "app/stress/trial.h"

#include "app/outputs.h"
#include "app/progress.h"
#include "app/report.h"
#include "app/stop.h"

#include "codec/known_models.h"

#include <residuum/rsd_codec.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CODECS 16u
#define DURATION_S 3.0
#define SAFE_DURATION_S 60.0 /* what held for less says little of an evening: one block size more is advised */

typedef struct {
    const char *codec;
    char name[64];
    uint32_t level_count;
    stress_limits limits;
    uint32_t latency_samples; /* of the codec in the smallest block */
    bool is_threaded;
} stress_row;

typedef struct {
    const app_arguments *arguments;
    uint32_t sample_rate_hz, load_count, row_count;
    double duration_s;
    stress_row rows[MAX_CODECS];
    stress_grant grants[STRESS_GRANT_COUNT];
    app_progress progress;
    uint32_t row;    /* that is being measured */
    rsd_error error; /* of its first trial that could not be made; "" where all could */
} stress_run;

/* ---- measuring ---- */

static bool holds(void *context, const stress_point *point)
{
    stress_run *run = context;
    stress_row *row = &run->rows[run->row];
    rsd_error error;
    char what[48];
    stress_trial trial = {.duration_s = run->duration_s};
    snprintf(what, sizeof what, "%.12s %u", row->name, point->block_samples);
    app_progress_update(&run->progress, (double)run->row / run->row_count, what);
    if (app_stop_asked()) return false;
    if (stress_try(point, &trial, &error) != RSD_OK) {
        if (run->error.text[0] == '\0') run->error = error;
        return false;
    }
    if (trial.late_count > 0u) return false;
    if (point->channel_count == 1u && point->level_count == row->level_count) {
        row->latency_samples = trial.latency_samples;
        row->is_threaded = trial.is_threaded;
    }
    return true;
}

static int add_codec(stress_run *run, const char *codec)
{
    rsd_error error;
    rsd_model *model;
    rsd_codec_info info;
    if (run->row_count == MAX_CODECS) return app_usage(run->arguments, "over %u codecs at a time", MAX_CODECS);
    if (rsd_model_open(codec, &model, &error) != RSD_OK) return app_fail(run->arguments, "%s", error.text);
    rsd_model_info(model, run->sample_rate_hz, &info);
    rsd_model_release(model);
    stress_row *row = &run->rows[run->row_count++];
    row->codec = codec;
    row->level_count = info.level_count;
    memcpy(row->name, info.name, sizeof row->name);
    return -1;
}

/* Those that are named, else all that are here. */
static int find_codecs(stress_run *run)
{
    const char *name, *description;
    char folder[KNOWN_MODEL_PATH_BYTES];
    int code = -1;
    for (uint32_t i = 0; i < run->arguments->operand_count && code < 0; i++)
        code = add_codec(run, run->arguments->operands[i]);
    if (run->arguments->operand_count > 0u) return code;
    for (uint32_t i = 0; rsd_model_builtin(i, &name, &description) && code < 0; i++) {
        const known_model *model = known_model_find(name);
        if (!model || known_model_folder(model, folder)) code = add_codec(run, name);
    }
    return code;
}

/* -1 to go on. A codec that a signal left no time for has no row. */
static int measure_rows(stress_run *run)
{
    const stress_judge judge = {holds, run};
    for (run->row = 0; run->row < run->row_count; run->row++) {
        stress_row *row = &run->rows[run->row];
        const stress_point most = {row->codec, run->sample_rate_hz, 0u, STRESS_MAX_CHANNELS, row->level_count};
        run->error.text[0] = '\0';
        row->limits = stress_search(&judge, &most);
        if (app_stop_asked()) {
            app_progress_end(&run->progress);
            app_warn(run->arguments, "stopped: %u of %u codecs were tried", run->row, run->row_count);
            run->row_count = run->row;
        } else if (run->error.text[0] != '\0')
            return app_fail(run->arguments, "%s: %s", row->name, run->error.text);
    }
    return -1;
}

static int measure(stress_run *run)
{
    stress_load *load = run->load_count > 0u ? stress_load_start(run->load_count) : NULL;
    if (run->load_count > 0u && !load)
        return app_fail(run->arguments, "the system gives no %u threads", run->load_count);
    app_progress_start(&run->progress, "trying", app_given(run->arguments, APP_OPT_QUIET));
    app_stop_prepare();
    const int code = measure_rows(run);
    outputs_prepare_signals();
    app_progress_end(&run->progress);
    stress_load_stop(load);
    return code;
}

/* ---- what follows ---- */

static double latency_ms(const stress_run *run, const stress_row *row, uint32_t block_samples)
{
    return 1e3 * (row->latency_samples + 2.0 * block_samples) / run->sample_rate_hz;
}

static uint32_t advised_block(const stress_run *run, const stress_row *row)
{
    const uint32_t block = row->limits.smallest_block;
    return run->duration_s < SAFE_DURATION_S ? 2u * block : block;
}

/* The row of the least latency, in the block that is advised for it; NULL: nothing held. */
static const stress_row *find_best(const stress_run *run)
{
    const stress_row *best = NULL;
    for (uint32_t i = 0; i < run->row_count; i++) {
        const stress_row *row = &run->rows[i];
        if (row->limits.smallest_block == 0u) continue;
        if (!best || latency_ms(run, row, advised_block(run, row)) < latency_ms(run, best, advised_block(run, best)))
            best = row;
    }
    return best;
}

/* ---- text ---- */

static void print_grants(const stress_run *run)
{
    static const char *const states[] = {"yes", "NO", "-"};
    puts("what the system grants");
    for (unsigned i = 0; i < STRESS_GRANT_COUNT; i++) {
        const stress_grant *g = &run->grants[i];
        printf("  %-19s %-4s %s\n", g->name, states[g->state], g->found);
        if (g->remedy) printf("  %-19s      %s\n", "", g->remedy);
    }
}

static void print_row(const stress_run *run, const stress_row *row)
{
    const stress_limits *l = &row->limits;
    if (l->smallest_block == 0u) {
        printf("%-14s none up to %u\n", row->name, STRESS_MOST_BLOCK);
        return;
    }
    printf("%-14s %8u %9.2f %9u ", row->name, l->smallest_block, latency_ms(run, row, l->smallest_block),
           l->most_channels);
    if (l->smallest_block > STRESS_LEAST_BLOCK)
        printf("%6u of %-3u", l->levels_at_half, row->level_count);
    else
        printf("%6s       ", "-");
    printf("  %s\n", row->is_threaded ? "threaded" : "inline");
}

static void print_advice(const stress_run *run)
{
    const stress_row *best = find_best(run);
    if (!best) {
        if (run->row_count > 0u) puts("no codec held: see what the system does not grant, and what else runs");
        return;
    }
    const uint32_t block = advised_block(run, best);
    puts("settings to use");
    app_print("  residuum live --codec %s --block %u --rate %u", best->codec, block, run->sample_rate_hz);
    printf("\n  It has the least latency of those that held, %.2f ms with a block in and a block out.\n",
           latency_ms(run, best, block));
    if (block > best->limits.smallest_block)
        printf(
            "  Blocks of %u held for %.3g s; one size more is advised, as that says little of an hour (--duration %.0f "
            "says more).\n",
            best->limits.smallest_block, run->duration_s, SAFE_DURATION_S);
    printf("  Up to %u channel%s held in blocks of %u.\n", best->limits.most_channels,
           best->limits.most_channels == 1u ? "" : "s", best->limits.smallest_block);
    if (run->load_count == 0u) puts("  Nothing else was made to run: --load N tries it beside N busy threads.");
}

static void print_all(const stress_run *run)
{
    print_grants(run);
    printf("\n%u Hz, %.3g s a trial, %ld processors, %u threads beside it\n", run->sample_rate_hz, run->duration_s,
           sysconf(_SC_NPROCESSORS_ONLN), run->load_count);
    puts("codec             block        ms  channels  levels at half");
    for (uint32_t i = 0; i < run->row_count; i++) print_row(run, &run->rows[i]);
    putchar('\n');
    print_advice(run);
}

/* ---- JSON ---- */

static json_t *describe_grants(const stress_run *run)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < STRESS_GRANT_COUNT; i++) {
        const stress_grant *g = &run->grants[i];
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:s, s:s?}", "name", g->name, "is_granted",
                            g->state == STRESS_UNKNOWN ? json_null() : json_boolean(g->state == STRESS_GRANTED),
                            "found", g->found, "remedy", g->remedy));
    }
    return list;
}

static json_t *describe_row(const stress_run *run, const stress_row *row)
{
    const stress_limits *l = &row->limits;
    const bool has_held = l->smallest_block > 0u;
    return json_pack("{s:o, s:i, s:o, s:o, s:i, s:i, s:s, s:i}", "codec", report_text(row->name), "level_count",
                     (int)row->level_count, "smallest_block_samples",
                     has_held ? json_integer((json_int_t)l->smallest_block) : json_null(), "latency_ms",
                     has_held ? json_real(latency_ms(run, row, l->smallest_block)) : json_null(), "most_channels",
                     (int)l->most_channels, "levels_at_half_block", (int)l->levels_at_half, "schedule",
                     row->is_threaded ? "threaded" : "inline", "trials", (int)l->trial_count);
}

static int write_json(const stress_run *run)
{
    if (!app_given(run->arguments, APP_OPT_JSON)) return -1;
    json_t *rows = json_array();
    const stress_row *best = find_best(run);
    for (uint32_t i = 0; i < run->row_count; i++) json_array_append_new(rows, describe_row(run, &run->rows[i]));
    json_t *advice =
        best ? json_pack("{s:o, s:i}", "codec", report_text(best->name), "block_samples", (int)advised_block(run, best))
             : json_null();
    return report_json(run->arguments,
                       json_pack("{s:s, s:i, s:f, s:i, s:o, s:o, s:o}", "command", "stress", "sample_rate_hz",
                                 (int)run->sample_rate_hz, "duration_s", run->duration_s, "load", (int)run->load_count,
                                 "grants", describe_grants(run), "advice", advice, "rows", rows));
}

int app_stress(const app_arguments *arguments)
{
    double rate = 48000.0, load = 0.0;
    int code = outputs_check_reports(arguments);
    if (code >= 0) return code;
    stress_run *run = calloc(1, sizeof *run);
    if (!run) return app_fail(arguments, "out of memory");
    run->arguments = arguments;
    run->duration_s = DURATION_S;
    if (!app_number(arguments, APP_OPT_RATE, 8000, 384000, true, &rate) ||
        !app_number(arguments, APP_OPT_LOAD, 0, 256, true, &load) ||
        !app_number(arguments, APP_OPT_TRIAL_DURATION, 0.05, 86400, false, &run->duration_s))
        code = APP_USAGE;
    run->sample_rate_hz = (uint32_t)rate;
    run->load_count = (uint32_t)load;
    if (code < 0) code = find_codecs(run);
    if (code < 0) stress_find_grants(run->grants);
    if (code < 0) code = measure(run);
    if (code < 0) code = write_json(run);
    if (code < 0 && report_is_shown(arguments)) print_all(run);
    if (code < 0) code = find_best(run) ? APP_OK : APP_FAILURE;
    free(run);
    return code;
}

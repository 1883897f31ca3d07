// SPDX-License-Identifier: MIT
// `residuum latency`: the round trip through a device or a JACK graph, and through our codec in it.
#include "app/latency/lab.h"

#include "app/device_options.h"
#include "app/outputs.h"
#include "app/report.h"
#include "app/stop.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 16.0
#define SWEEP_ROUNDS 4.0

static int read_insert(const app_arguments *arguments, latency_loop_config *insert)
{
    rsd_error error;
    latency_loop *trial = NULL;
    double delay = 0.0;
    if (!app_number(arguments, APP_OPT_INSERT, 0, LATENCY_LOOP_MAX_SAMPLES, false, &delay)) return APP_USAGE;
    *insert = (latency_loop_config){.delay_samples = delay};
    if (latency_loop_create(insert, &trial, &error) != RSD_OK) return app_usage(arguments, "--insert: %s", error.text);
    latency_loop_destroy(trial);
    return -1;
}

static int read_plan(const app_arguments *arguments, const app_settings *settings, latency_plan *plan)
{
    double repeat = app_given(arguments, APP_OPT_SWEEP) ? SWEEP_ROUNDS : ROUNDS;
    const char *probe = arguments->value[APP_OPT_PROBE];
    if (!app_number(arguments, APP_OPT_REPEAT, 1, LATENCY_MAX_REPEATS, true, &repeat) ||
        !app_number(arguments, APP_OPT_RUN_DURATION, 0.1, 1e6, false, &plan->duration_s))
        return APP_USAGE;
    if (probe && !latency_probe_parse(probe, &plan->probe))
        return app_usage(arguments, "--probe takes mls, sweep or click, not '%s'", probe);
    plan->arguments = arguments;
    plan->settings = settings;
    plan->repeat_count = (uint32_t)repeat;
    plan->is_through = app_given(arguments, APP_OPT_THROUGH);
    plan->codec = settings->codec[0] != '\0' ? settings->codec : "live";
    const int code = app_read_device(arguments, &plan->device);
    return code >= 0 ? code : app_read_schedule(arguments->value[APP_OPT_SCHEDULE], arguments, &plan->schedule);
}

/* What is given for a codec that is not there would do nothing. */
static int check_codec_options(const app_arguments *arguments, const lab_report *report)
{
    static const app_option_id ids[] = {APP_OPT_CODEC, APP_OPT_LEVELS, APP_OPT_PRESET, APP_OPT_SET, APP_OPT_SCHEDULE};
    const lab_choice *choice = &report->rows[0].choice;
    if (app_given(arguments, APP_OPT_THROUGH) || choice->codec || choice->schedule) return -1;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (app_given(arguments, ids[i]))
            return app_usage(arguments, "--%s is of the codec in the loop: --through puts it there",
                             app_options[ids[i]].name);
    return -1;
}

/* What the row asks for over what the options do. */
static int choose(const lab_row *row, latency_plan *plan)
{
    const lab_choice *choice = &row->choice;
    if (choice->block_samples > 0u) plan->device.block_samples = choice->block_samples;
    if (choice->sample_rate_hz > 0u) plan->device.sample_rate_hz = choice->sample_rate_hz;
    if (choice->codec) plan->codec = choice->codec;
    if (choice->codec || choice->schedule) plan->is_through = true;
    return choice->schedule ? app_read_schedule(choice->schedule, plan->arguments, &plan->schedule) : -1;
}

/* A row of a sweep that cannot be measured says why in its place; a single measurement fails. */
static int measure_row(const latency_plan *common, lab_row *row, bool is_sweep)
{
    latency_plan plan = *common;
    const int code = choose(row, &plan);
    if (code >= 0) return code;
    row->is_measured = latency_measure(&plan, &row->result, &row->error) == RSD_OK;
    if (row->is_measured || (is_sweep && row->error.text[0] != '\0')) return -1;
    return row->error.text[0] != '\0' ? app_fail(plan.arguments, "%s", row->error.text) : APP_FAILURE;
}

static int write_reports(const lab_report *report)
{
    int code = lab_write_json(report);
    if (code < 0) code = lab_write_csv(report);
    if (code < 0) code = report_plot(report->arguments, lab_draw, report);
    if (code >= 0) return code;
    const char *csv = report->arguments->value[APP_OPT_CSV];
    const bool is_csv = csv && strcmp(csv, "-") == 0;
    const bool is_good = lab_all_are_good(report);
    if (report_is_shown(report->arguments) && !is_csv) {
        if (app_given(report->arguments, APP_OPT_SWEEP))
            lab_sweep_print(report);
        else
            lab_print(report->arguments, &report->rows[0]);
    }
    return is_good ? APP_OK : APP_FAILURE;
}

static bool any_leaked(const lab_report *report)
{
    for (uint32_t i = 0; i < report->row_count; i++)
        if (report->rows[i].is_measured && report->rows[i].result.device_is_leaked) return true;
    return false;
}

/* Rows that a signal left no time for are not there. */
static int measure_rows(const latency_plan *plan, lab_report *report)
{
    int code = -1;
    const uint32_t wanted = report->row_count;
    for (uint32_t i = 0; i < report->row_count && code < 0; i++) {
        code = measure_row(plan, &report->rows[i], wanted > 1u);
        if (app_stop_asked()) report->row_count = i + 1u;
    }
    outputs_prepare_signals();
    if (!app_stop_asked()) return code;
    if (wanted > 1u)
        app_warn(report->arguments, "stopped in row %u of %u", report->row_count, wanted);
    else
        app_warn(report->arguments, "stopped after %u rounds", report->rows[0].result.rounds.count);
    return code;
}

static int measure_all(const latency_plan *plan, lab_report *report)
{
    int code = measure_rows(plan, report);
    if (code < 0) code = write_reports(report);
    if (any_leaked(report)) { // the sound library hangs in its own clean-up
        fflush(NULL);
        _exit(code);
    }
    for (uint32_t i = 0; i < report->row_count; i++)
        if (report->rows[i].is_measured) latency_result_destroy(&report->rows[i].result);
    return code;
}

static int run(const app_arguments *arguments, const app_settings *settings)
{
    latency_loop_config insert;
    latency_plan plan = {0};
    lab_report report = {.arguments = arguments, .row_count = 1u};
    int code = read_plan(arguments, settings, &plan);
    if (code < 0 && app_given(arguments, APP_OPT_INSERT)) {
        code = read_insert(arguments, &insert);
        plan.insert = &insert;
    }
    if (code < 0 && app_given(arguments, APP_OPT_SWEEP))
        code = lab_sweep_parse(arguments, &report.rows, &report.row_count);
    if (code >= 0) return code;
    if (!report.rows) report.rows = calloc(1, sizeof *report.rows);
    if (!report.rows) return app_fail(arguments, "out of memory");
    code = check_codec_options(arguments, &report);
    if (code < 0) code = measure_all(&plan, &report);
    free(report.rows);
    return code;
}

static int check_self_test(const app_arguments *arguments)
{
    for (const app_option_id *id = arguments->command->options; *id != APP_OPT_COUNT; id++)
        if (app_given(arguments, *id) && *id != APP_OPT_SELF_TEST && *id != APP_OPT_JSON && *id != APP_OPT_QUIET)
            return app_usage(arguments, "--self-test has loops of its own: without --%s", app_options[*id].name);
    return -1;
}

int app_latency(const app_arguments *arguments)
{
    app_settings *settings = calloc(1, sizeof *settings);
    if (!settings) return app_fail(arguments, "out of memory");
    int code = outputs_check_reports(arguments);
    const bool is_self_test = app_given(arguments, APP_OPT_SELF_TEST);
    if (code < 0) code = is_self_test ? check_self_test(arguments) : app_settings_read(arguments, settings);
    if (code < 0) code = is_self_test ? lab_self_test(arguments) : run(arguments, settings);
    free(settings);
    return code;
}

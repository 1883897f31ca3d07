// SPDX-License-Identifier: MIT
// A measurement as text, as JSON, and a line a round.
#include "app/latency/lab.h"

#include "app/latency/parts.h"
#include "app/outputs.h"
#include "app/report.h"

#include <math.h>
#include <string.h>

#define PRINTED_FLOOR_DB (-139.0)

static double to_ms(const latency_result *result, double samples)
{
    return 1e3 * samples / result->probe.sample_rate_hz;
}

/* ---- text ---- */

static void print_head(const latency_result *result)
{
    const host_device_info *d = &result->device;
    app_print("%s, %u round%s%s; out: %s, in: %s [%s], %u Hz, blocks of %u", latency_probe_name(result->probe.kind),
              result->rounds.count, result->rounds.count == 1u ? "" : "s",
              result->is_through ? ", half of them through the codec" : "", d->output_name,
              result->is_inserted ? "a loop in software"
              : d->input_name[0]  ? d->input_name
                                  : "none",
              d->host_api, d->sample_rate_hz, d->block_samples);
    putchar('\n');
}

static void print_spread(const char *name, const latency_result *result, const latency_spread *spread)
{
    printf("%-11s %9.2f samples %8.3f ms  (min %.2f, max %.2f, mean absolute deviation %.3f, jitter %.3f samples)\n",
           name, spread->median, to_ms(result, spread->median), spread->least, spread->most,
           spread->mean_absolute_deviation, spread->jitter);
}

static void print_db(const char *name, double db)
{
    if (db > PRINTED_FLOOR_DB)
        printf("  %-13s %8.1f dBFS\n", name, db);
    else
        printf("  %-13s     none (under %.0f dBFS)\n", name, PRINTED_FLOOR_DB);
}

static void print_estimate(const latency_estimate *e)
{
    printf("  %-13s %8s\n", "polarity", e->is_inverted ? "inverted" : "kept");
    printf("  %-13s %8.1f dB\n", "gain", fabs(e->gain_db) < 0.05 ? 0.0 : e->gain_db);
    print_db("signal", e->signal_db);
    print_db("noise", e->noise_db);
    printf("  %-13s %8.3f\n", "correlation", e->correlation);
    printf("  %-13s %8.3f\n", "confidence", e->confidence);
}

/* The device's part: all of a straight round trip is its own. */
static void print_device(const latency_result *result, const latency_spread *straight)
{
    const host_device_info *d = &result->device;
    const uint32_t stated = d->input_latency_samples + d->output_latency_samples;
    printf("  %-13s %9.2f samples %8.3f ms  measured", "device", straight->median, to_ms(result, straight->median));
    if (result->is_inserted)
        puts("; it is the loop in software");
    else if (stated > 0u)
        printf("; it says %u itself (%u in, %u out)\n", stated, d->input_latency_samples, d->output_latency_samples);
    else
        puts("; it says nothing itself");
}

/* What the difference of straight rounds and those through the codec says. */
static const char *word_for_added(const latency_result *result)
{
    if (latency_result_holds(result)) return "as stated, to 0.1 sample";
    if (!latency_result_is_unclear(result)) return "NOT AS STATED";
    if (latency_rounds_jumps(&result->rounds) > 0u)
        return "too unsteady to tell, as samples are lost or added on the way without the codec, too";
    return "too unsteady to tell, as its sound is unlike the probe; with --set monitor=dry the input comes as much "
           "later";
}

static void print_through(const latency_result *result)
{
    const latency_spread through = latency_rounds_spread(&result->rounds, true);
    const latency_estimate *typical = latency_rounds_typical(&result->rounds, true);
    const rsd_engine_latency *stated = &result->engine;
    if (typical) print_spread("through", result, &through);
    if (typical) print_estimate(typical);
    printf("%s states %u samples:\n", result->codec.name, stated->total_samples);
    app_print_latency(stated, &result->codec, result->probe.sample_rate_hz, -1);
    printf("  %-13s %6u samples %8.2f ms  %s\n", "engine",
           stated->total_samples - stated->codec_samples - stated->resampler_samples - stated->schedule_samples,
           to_ms(result,
                 stated->total_samples - stated->codec_samples - stated->resampler_samples - stated->schedule_samples),
           "to make the sum whole samples");
    const double added = latency_result_added(result);
    if (isfinite(added)) printf("measured, it adds %.2f samples: %s\n", added, word_for_added(result));
}

void lab_print(const app_arguments *arguments, const lab_row *row)
{
    const latency_result *result = &row->result;
    (void)arguments;
    print_head(result);
    const latency_spread straight = latency_rounds_spread(&result->rounds, false);
    const latency_estimate *typical = latency_rounds_typical(&result->rounds, false);
    if (typical) {
        print_spread("round trip", result, &straight);
        print_device(result, &straight);
        print_estimate(typical);
    }
    if (result->is_through) print_through(result);
    printf("xruns and late frames: %llu\n", (unsigned long long)result->gap_count);
    lab_print_faults(result, false);
    if (result->is_through) lab_print_faults(result, true);
}

/* ---- JSON ---- */

static json_t *describe_faults(const latency_rounds *rounds, bool is_through)
{
    json_t *object = json_object();
    for (unsigned i = 0; i < LATENCY_FAULT_COUNT; i++)
        json_object_set_new(object, lab_fault_name(i),
                            json_integer((json_int_t)latency_rounds_with(rounds, is_through, 1u << i)));
    return object;
}

/* One kind of rounds. */
static json_t *describe_rounds(const latency_result *result, bool is_through)
{
    const latency_rounds *rounds = &result->rounds;
    const latency_spread s = latency_rounds_spread(rounds, is_through);
    const latency_estimate *e = latency_rounds_typical(rounds, is_through);
    json_t *object =
        json_pack("{s:i, s:i, s:o}", "rounds", (int)latency_rounds_count(rounds, is_through), "heard",
                  (int)latency_rounds_heard(rounds, is_through), "faults", describe_faults(rounds, is_through));
    if (!e || !object) return object;
    json_t *figures = json_pack(
        "{s:f, s:f, s:f, s:f, s:f, s:f, s:s, s:f, s:f, s:f, s:f, s:f, s:f}", "round_trip_samples", s.median,
        "round_trip_ms", to_ms(result, s.median), "min_samples", s.least, "max_samples", s.most,
        "mean_absolute_deviation_samples", s.mean_absolute_deviation, "jitter_samples", s.jitter, "polarity",
        e->is_inverted ? "inverted" : "kept", "gain_db", e->gain_db, "signal_dbfs", e->signal_db, "noise_dbfs",
        e->noise_db, "peak_dbfs", e->peak_db, "correlation", e->correlation, "confidence", e->confidence);
    if (figures) json_object_update(object, figures);
    json_decref(figures);
    if (e->echo_samples > 0.0) {
        json_object_set_new(object, "echo_samples", json_real(e->echo_samples));
        json_object_set_new(object, "echo_db", json_real(e->echo_db));
    }
    return object;
}

static json_t *describe_engine(const latency_result *result)
{
    const rsd_engine_latency *l = &result->engine;
    return json_pack("{s:o, s:s, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "codec", report_text(result->codec.name),
                     "schedule", l->schedule == RSD_SCHEDULE_THREADED ? "threaded" : "inline", "stated_samples",
                     (int)l->total_samples, "codec_samples", (int)l->codec_samples, "resampler_samples",
                     (int)l->resampler_samples, "schedule_samples", (int)l->schedule_samples, "engine_samples",
                     (int)(l->total_samples - l->codec_samples - l->resampler_samples - l->schedule_samples),
                     "measured_samples", report_figure(latency_result_added(result)), "as_stated",
                     latency_result_is_unclear(result) ? json_null() : json_boolean(latency_result_holds(result)));
}

static json_t *number_or_null(uint32_t number) { return number > 0u ? json_integer((json_int_t)number) : json_null(); }

static json_t *text_or_null(const char *text) { return text ? report_text(text) : json_null(); }

static json_t *describe_refused(const lab_row *row)
{
    const lab_choice *c = &row->choice;
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "block_samples", number_or_null(c->block_samples),
                     "sample_rate_hz", number_or_null(c->sample_rate_hz), "codec", text_or_null(c->codec), "schedule",
                     text_or_null(c->schedule), "verdict", lab_verdict(row), "error", report_text(row->error.text));
}

static json_t *describe_row(const lab_row *row)
{
    if (!row->is_measured) return describe_refused(row);
    const latency_result *result = &row->result;
    const host_device_info *d = &result->device;
    json_t *object = json_pack(
        "{s:s, s:s, s:o, s:o, s:i, s:i, s:i, s:i, s:I, s:i, s:s, s:o}", "probe", latency_probe_name(result->probe.kind),
        "backend", host_backend_name(d->backend), "input", report_text(d->input_name), "output",
        report_text(d->output_name), "sample_rate_hz", (int)d->sample_rate_hz, "block_samples", (int)d->block_samples,
        "device_input_samples", (int)d->input_latency_samples, "device_output_samples", (int)d->output_latency_samples,
        "gaps", (json_int_t)result->gap_count, "jumps", (int)latency_rounds_jumps(&result->rounds), "verdict",
        lab_verdict(row), "straight", describe_rounds(result, false));
    if (object && result->is_through) {
        json_object_set_new(object, "through", describe_rounds(result, true));
        json_object_set_new(object, "engine", describe_engine(result));
    }
    return object;
}

int lab_write_json(const lab_report *report)
{
    if (!app_given(report->arguments, APP_OPT_JSON)) return -1;
    json_t *rows = json_array();
    for (uint32_t i = 0; i < report->row_count; i++) json_array_append_new(rows, describe_row(&report->rows[i]));
    return report_json(report->arguments, json_pack("{s:s, s:o}", "command", "latency", "rows", rows));
}

/* ---- CSV ---- */

static void print_csv_round(FILE *stream, const lab_row *row, uint32_t index)
{
    const latency_result *result = &row->result;
    const latency_round *round = &result->rounds.rounds[index];
    const latency_estimate *e = &round->estimate;
    const bool is_heard = !(e->faults & LATENCY_NOT_HEARD);
    fprintf(stream, "%d,%u,%u,%s,%d,", round->is_through, result->device.block_samples, result->device.sample_rate_hz,
            round->is_through ? result->codec.name : "", is_heard);
    if (is_heard)
        fprintf(stream, "%.4f,%.5f,%s,%.2f,%.2f,%.2f,%.2f,%.4f,%.4f,", e->delay_samples,
                to_ms(result, e->delay_samples), e->is_inverted ? "inverted" : "kept", e->gain_db, e->signal_db,
                e->noise_db, e->peak_db, e->correlation, e->confidence);
    else
        fprintf(stream, ",,,,,%.2f,%.2f,,,", e->noise_db, e->peak_db);
    const char *separator = "";
    for (unsigned i = 0; i < LATENCY_FAULT_COUNT; i++) {
        if (!(e->faults & 1u << i)) continue;
        fprintf(stream, "%s%s", separator, lab_fault_name(i));
        separator = " ";
    }
    fputc('\n', stream);
}

static void print_csv(FILE *stream, const void *context)
{
    const lab_report *report = context;
    fputs(OUTPUTS_CSV_HEAD "through,block_samples,sample_rate_hz,codec,heard,round_trip_samples,round_trip_ms,polarity,"
                           "gain_db,signal_dbfs,noise_dbfs,peak_dbfs,"
                           "correlation,confidence,faults\n",
          stream);
    for (uint32_t r = 0; r < report->row_count; r++) {
        const lab_row *row = &report->rows[r];
        for (uint32_t i = 0; row->is_measured && i < row->result.rounds.count; i++) {
            fprintf(stream, "%u,%u,", r + 1u, i + 1u);
            print_csv_round(stream, row, i);
        }
    }
}

int lab_write_csv(const lab_report *report)
{
    const char *path = report->arguments->value[APP_OPT_CSV];
    if (!path) return -1;
    if (strcmp(path, "-") == 0) {
        print_csv(stdout, report);
        return -1;
    }
    return report_write(report->arguments, path, print_csv, report);
}

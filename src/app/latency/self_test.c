// SPDX-License-Identifier: MIT
// `residuum latency --self-test`: known delays and faults are put into a loop in software, and must be found.
#include "app/latency/lab.h"

#include "app/report.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ 48000u
#define ROUNDS 4u
#define DELAY_TOLERANCE_SAMPLES 0.01
#define GAIN_TOLERANCE_DB 0.2

typedef struct {
    const char *name;
    latency_probe_kind probe;
    latency_loop_config loop;
    const char *codec;      /* in the loop; NULL: none */
    unsigned wanted_faults; /* in every round, and no others */
    uint32_t wanted_jumps;
    double noise_tolerance; /* of the delay, in samples, on top */
} test_case;

static const test_case cases[] = {
    {"no delay", LATENCY_PROBE_MLS, {.delay_samples = 0}, NULL, 0, 0, 0},
    {"1 sample", LATENCY_PROBE_MLS, {.delay_samples = 1}, NULL, 0, 0, 0},
    {"441 samples", LATENCY_PROBE_MLS, {.delay_samples = 441}, NULL, 0, 0, 0},
    {"20000 samples", LATENCY_PROBE_MLS, {.delay_samples = 20000}, NULL, 0, 0, 0},
    {"a fraction: 100.5", LATENCY_PROBE_MLS, {.delay_samples = 100.5}, NULL, 0, 0, 0},
    {"a fraction: 317.13", LATENCY_PROBE_MLS, {.delay_samples = 317.13}, NULL, 0, 0, 0},
    {"sweep, 441 samples", LATENCY_PROBE_SWEEP, {.delay_samples = 441}, NULL, 0, 0, 0},
    {"sweep, 317.13 samples", LATENCY_PROBE_SWEEP, {.delay_samples = 317.13}, NULL, 0, 0, 0},
    {"click, 441 samples", LATENCY_PROBE_CLICK, {.delay_samples = 441}, NULL, 0, 0, 0},
    {"click, 317.13 samples", LATENCY_PROBE_CLICK, {.delay_samples = 317.13}, NULL, 0, 0, 0},
    {"gain -30 dB", LATENCY_PROBE_MLS, {.delay_samples = 250.25, .gain_db = -30}, NULL, 0, 0, 0},
    {"gain +6 dB", LATENCY_PROBE_SWEEP, {.delay_samples = 250, .gain_db = 6}, NULL, 0, 0, 0},
    {"polarity", LATENCY_PROBE_MLS, {.delay_samples = 250.75, .is_inverted = true}, NULL, 0, 0, 0},
    {"polarity of a click", LATENCY_PROBE_CLICK, {.delay_samples = 99, .is_inverted = true}, NULL, 0, 0, 0},
    {"noise 6 dB under the signal",
     LATENCY_PROBE_MLS,
     {.delay_samples = 300.4, .noise_rms = 0.125},
     NULL,
     LATENCY_NOISY,
     0,
     0.1},
    {"noise as loud as the signal",
     LATENCY_PROBE_MLS,
     {.delay_samples = 300, .noise_rms = 0.25},
     NULL,
     LATENCY_NOISY,
     0,
     0.1},
    {"a loop that is cut off",
     LATENCY_PROBE_MLS,
     {.delay_samples = 300, .is_cut_off = true},
     NULL,
     LATENCY_NOT_HEARD,
     0,
     0},
    {"noise and no signal",
     LATENCY_PROBE_MLS,
     {.delay_samples = 300, .is_cut_off = true, .noise_rms = 0.05},
     NULL,
     LATENCY_NOT_HEARD,
     0,
     0},
    {"too soft", LATENCY_PROBE_MLS, {.delay_samples = 300, .gain_db = -60}, NULL, LATENCY_SOFT, 0, 0},
    {"clipped", LATENCY_PROBE_MLS, {.delay_samples = 300, .gain_db = 20, .clip_at = 1}, NULL, LATENCY_CLIPPED, 0, 0},
    {"an echo",
     LATENCY_PROBE_MLS,
     {.delay_samples = 300, .echo_samples = 1200, .echo_db = -10},
     NULL,
     LATENCY_ECHO,
     0,
     0},
    {"feedback", LATENCY_PROBE_MLS, {.delay_samples = 300, .feedback_db = -6}, NULL, LATENCY_FEEDBACK, 0, 0},
    {"64 samples dropped",
     LATENCY_PROBE_MLS,
     {.delay_samples = 300, .drop_at_sample = 2u * 32768u + 20000u, .drop_samples = 64},
     NULL,
     0,
     1,
     0},
    {"through live-128", LATENCY_PROBE_MLS, {.delay_samples = 441}, "live-128", 0, 0, 0},
    {"through live-64, 317.13 samples", LATENCY_PROBE_MLS, {.delay_samples = 317.13}, "live-64", 0, 0, 0},
    {"through live-256, inverted", LATENCY_PROBE_MLS, {.delay_samples = 64, .is_inverted = true}, "live-256", 0, 0, 0},
};

/* ---- running one ---- */

static rsd_status open_codec(const test_case *test, rsd_model **model, rsd_engine **engine, latency_result *result,
                             rsd_error *error)
{
    if (!test->codec) return RSD_OK;
    const rsd_engine_config config = {.sample_rate_hz = RATE_HZ, .channel_count = 1u, .schedule = RSD_SCHEDULE_INLINE};
    rsd_status status = rsd_model_open(test->codec, model, error);
    if (status == RSD_OK) status = rsd_engine_create(&config, *model, engine, error);
    if (status != RSD_OK) return status;
    rsd_engine_get_latency(*engine, &result->engine);
    rsd_engine_get_codec(*engine, &result->codec);
    result->is_through = true;
    return RSD_OK;
}

/* In blocks of many sizes: the result must not hang on them. */
static void pump(latency_stream *stream, latency_result *result, uint32_t round_count)
{
    static const uint32_t sizes[] = {64u, 1u, 333u, 1024u, 48u, 127u};
    static float silence[1024], out[1024];
    const float *in = silence;
    float *to = out;
    uint64_t played = 0;
    for (uint32_t i = 0; result->rounds.count < round_count; i++) {
        const uint32_t count = sizes[i % (sizeof sizes / sizeof *sizes)];
        latency_stream_block(stream, &in, &to, count, played);
        latency_rounds_take(&result->rounds, &result->probe, 0u, 0u);
        played += count;
    }
}

static rsd_status run(const test_case *test, latency_result *result, rsd_error *error)
{
    rsd_model *model = NULL;
    rsd_engine *engine = NULL;
    latency_loop *loop = NULL;
    latency_stream *stream = NULL;
    latency_estimator *estimator = NULL;
    memset(result, 0, sizeof *result);
    rsd_status status = open_codec(test, &model, &engine, result, error);
    if (status == RSD_OK) status = latency_loop_create(&test->loop, &loop, error);
    if (status == RSD_OK) {
        const bool is_made = latency_probe_create(test->probe, RATE_HZ, &result->probe) &&
                             (estimator = latency_estimator_create(&result->probe)) &&
                             latency_stream_create(&result->probe, engine, loop, &stream) == RSD_OK &&
                             latency_rounds_create(estimator, stream, &result->probe, &result->rounds);
        if (!is_made) status = base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    }
    if (status == RSD_OK) pump(stream, result, test->codec ? 2u * ROUNDS : ROUNDS);
    latency_stream_destroy(stream);
    latency_estimator_destroy(estimator);
    latency_loop_destroy(loop);
    rsd_engine_destroy(engine);
    if (model) rsd_model_release(model);
    return status;
}

/* ---- judging it ---- */

/* Faults that a codec at work may look like are not looked for behind one. */
static bool faults_are(const test_case *test, const latency_result *result)
{
    for (uint32_t i = 0; i < result->rounds.count; i++) {
        const latency_round *round = &result->rounds.rounds[i];
        const bool is_dropped = test->loop.drop_samples > 0u; /* that round hears the probe twice */
        if (!round->is_through && !is_dropped && round->estimate.faults != test->wanted_faults) return false;
    }
    return true;
}

static bool delay_is(const test_case *test, const latency_result *result)
{
    const latency_spread s = latency_rounds_spread(&result->rounds, false);
    const double tolerance = DELAY_TOLERANCE_SAMPLES + test->noise_tolerance;
    const double least = test->loop.delay_samples - test->loop.drop_samples;
    return fabs(s.most - test->loop.delay_samples) <= tolerance && fabs(s.least - least) <= tolerance;
}

static bool judge(const test_case *test, const latency_result *result)
{
    const latency_estimate *e = latency_rounds_typical(&result->rounds, false);
    if (!faults_are(test, result)) return false;
    if (test->wanted_faults & LATENCY_NOT_HEARD) return e == NULL;
    if (!e || !delay_is(test, result) || e->is_inverted != test->loop.is_inverted) return false;
    const bool is_exact = test->loop.clip_at == 0.0 && test->noise_tolerance == 0.0;
    if (is_exact && fabs(e->gain_db - test->loop.gain_db) > GAIN_TOLERANCE_DB) return false;
    if (test->wanted_faults & LATENCY_ECHO && fabs(e->echo_samples - test->loop.echo_samples) > 1.0) return false;
    if (test->wanted_faults & LATENCY_FEEDBACK && fabs(e->echo_samples - test->loop.delay_samples) > 1.0) return false;
    if (latency_rounds_jumps(&result->rounds) != test->wanted_jumps) return false;
    return !result->is_through || latency_result_holds(result);
}

static void print_case(const test_case *test, const latency_result *result, bool is_found)
{
    const latency_estimate *e = latency_rounds_typical(&result->rounds, false);
    const latency_spread s = latency_rounds_spread(&result->rounds, false);
    printf("%-7s %-32s", is_found ? "found" : "MISSED", test->name);
    if (!e) {
        puts(" nothing heard");
        return;
    }
    printf(" %10.3f samples %s %6.1f dB  correlation %.3f  confidence %.3f", s.median,
           e->is_inverted ? "inverted" : "kept    ", fabs(e->gain_db) < 0.05 ? 0.0 : e->gain_db, e->correlation,
           e->confidence);
    if (s.most - s.least > LATENCY_JUMP_SAMPLES) printf("  from %.2f to %.2f", s.most, s.least);
    for (unsigned i = 0; i < LATENCY_FAULT_COUNT; i++)
        if (e->faults & 1u << i) printf("  %s", lab_fault_name(i));
    if (result->is_through) printf("  adds %.3f of %u", latency_result_added(result), result->engine.total_samples);
    putchar('\n');
}

static json_t *describe_case(const test_case *test, const latency_result *result, bool is_found)
{
    const latency_spread s = latency_rounds_spread(&result->rounds, false);
    return json_pack("{s:s, s:f, s:o, s:b}", "case", test->name, "inserted_samples", test->loop.delay_samples,
                     "found_samples", report_figure(s.count > 0u ? s.median : NAN), "is_found", (int)is_found);
}

int lab_self_test(const app_arguments *arguments)
{
    const uint32_t count = sizeof cases / sizeof *cases;
    uint32_t missed = 0u;
    json_t *rows = json_array();
    for (uint32_t i = 0; i < count; i++) {
        latency_result result;
        rsd_error error;
        if (run(&cases[i], &result, &error) != RSD_OK) {
            json_decref(rows);
            return app_fail(arguments, "%s: %s", cases[i].name, error.text);
        }
        const bool is_found = judge(&cases[i], &result);
        missed += !is_found;
        if (report_is_shown(arguments)) print_case(&cases[i], &result, is_found);
        json_array_append_new(rows, describe_case(&cases[i], &result, is_found));
        latency_result_destroy(&result);
    }
    const int code = report_json(arguments, json_pack("{s:s, s:o}", "command", "latency", "rows", rows));
    if (code >= 0) return code;
    if (missed > 0u) return app_fail(arguments, "%u of %u known loops were not found as they are", missed, count);
    if (report_is_shown(arguments)) printf("all %u known loops were found as they are\n", count);
    return APP_OK;
}

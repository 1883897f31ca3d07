// SPDX-License-Identifier: MIT
// soak SECONDS [CODEC...]: so much sound through each codec, faster than real time, with everything turned at random:
// parameters, token effects among them, by calls and by events, blocks of any size, samples that are no numbers. What
// comes out is finite and bounded, the latency stays what it was, telemetry makes sense, and memory stays flat.
#include "support/signals.h"

#include <residuum/rsd_engine.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE_HZ 48000u
#define CHANNELS 2u
#define MOST_SAMPLES 2048u
#define BOUND 1e7f        /* as fuzz_engine.c */
#define SETTLE_SHARE 0.25 /* of the run, until memory is measured first */
#define FLAT_KIB 1024l

typedef struct {
    const char *name;
    rsd_engine *engine;
    uint32_t seed, latency_samples;
    uint64_t turned, records;
    float peak;
} soak;

static void fail(const soak *s, const char *what)
{
    fprintf(stderr, "%s after %llu samples, seed %u: %s\n", s->name,
            (unsigned long long)rsd_engine_sample_time(s->engine), s->seed, what);
    exit(1);
}

static long resident_kib(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    if (file) fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void turn(soak *s)
{
    uint32_t rows = 0;
    while (rsd_param_row(rows)) rows++;
    const rsd_param_info *info = rsd_param_row(test_between(&s->seed, 0u, rows - 1u));
    if (info->unit == RSD_UNIT_TEXT) return;
    const float share = 0.5f * (1.0f + test_noise(&s->seed));
    const float value = test_random(&s->seed) >> 30 ? info->min + (info->max - info->min) * share : info->default_value;
    const rsd_event event = {rsd_engine_sample_time(s->engine) + test_between(&s->seed, 0u, 5000u), info->id,
                             test_between(&s->seed, 0u, 15u), value};
    if (test_random(&s->seed) >> 31)
        (void)!rsd_engine_post(s->engine, &event);
    else if (rsd_engine_set(s->engine, event.param_id, event.level, value) != RSD_OK)
        fail(s, "a value within its range was refused");
    s->turned++;
}

static void fill(soak *s, float in[CHANNELS][MOST_SAMPLES], uint32_t count)
{
    for (uint32_t c = 0; c < CHANNELS; c++) {
        const uint32_t kind = test_random(&s->seed) >> 29;
        if (kind < 4u)
            test_fill_notes(in[c], count, RATE_HZ, test_random(&s->seed));
        else if (kind < 6u)
            test_fill_noise(in[c], count, 0.7f, test_random(&s->seed));
        else
            for (uint32_t i = 0; i < count; i++) in[c][i] = kind == 6u ? 1e-41f : 0.0f;
        if (count > 9u && test_random(&s->seed) >> 26 == 0u) in[c][3] = NAN, in[c][7] = -INFINITY, in[c][9] = 1e30f;
    }
}

static void check(soak *s, float out[CHANNELS][MOST_SAMPLES], uint32_t count)
{
    rsd_telemetry record;
    rsd_engine_latency latency;
    for (uint32_t c = 0; c < CHANNELS; c++)
        for (uint32_t i = 0; i < count; i++) {
            if (!(fabsf(out[c][i]) <= BOUND)) fail(s, "a sample is not finite, or without bounds");
            s->peak = fmaxf(s->peak, fabsf(out[c][i]));
        }
    while (rsd_engine_read_telemetry(s->engine, &record, 1u) == 1u) {
        s->records++;
        if (!(record.levels >= 0.0f && record.levels <= (float)record.level_count)) fail(s, "levels are out of range");
        if (!isfinite(record.input_energy) || !isfinite(record.bitrate_kbps)) fail(s, "a meter is no number");
        if (record.late_frame_count > 0u) fail(s, "a frame was late inline");
    }
    rsd_engine_get_latency(s->engine, &latency);
    if (latency.total_samples != s->latency_samples) fail(s, "the latency has moved");
}

static void play(soak *s, double seconds)
{
    static float in[CHANNELS][MOST_SAMPLES], out[CHANNELS][MOST_SAMPLES];
    const float *const ins[CHANNELS] = {in[0], in[1]};
    float *const outs[CHANNELS] = {out[0], out[1]};
    const uint64_t end = (uint64_t)(seconds * RATE_HZ);
    long before_kib = 0;
    while (rsd_engine_sample_time(s->engine) < end) {
        const uint32_t count = test_between(&s->seed, 1u, MOST_SAMPLES);
        turn(s);
        fill(s, in, count);
        rsd_engine_process(s->engine, ins, outs, count);
        check(s, out, count);
        if (before_kib == 0 && (double)rsd_engine_sample_time(s->engine) > SETTLE_SHARE * (double)end)
            before_kib = resident_kib();
    }
    if (resident_kib() - before_kib > FLAT_KIB) fail(s, "memory has grown");
    if (s->records < (uint64_t)(seconds * 40.0)) fail(s, "telemetry is missing");
}

static void run(const char *codec, double seconds, bool is_usual)
{
    soak s = {.name = codec, .seed = 17u};
    rsd_model *model = NULL;
    rsd_error error;
    rsd_engine_latency latency;
    const rsd_engine_config config = {
        .sample_rate_hz = RATE_HZ, .channel_count = CHANNELS, .schedule = RSD_SCHEDULE_INLINE};
    const rsd_status opened = rsd_model_open(codec, &model, &error);
    if (opened == RSD_ERR_NOT_FOUND && is_usual) {
        printf("left out: %s\n", error.text);
        return;
    }
    if (opened != RSD_OK || rsd_engine_create(&config, model, &s.engine, &error) != RSD_OK) {
        fprintf(stderr, "%s: %s\n", codec, error.text);
        exit(1);
    }
    rsd_model_release(model);
    rsd_engine_get_latency(s.engine, &latency);
    s.latency_samples = latency.total_samples;
    play(&s, seconds);
    printf("%s: %.0f s, %llu values turned, %llu records, peak %.3g, latency %u samples throughout, memory flat\n",
           codec, seconds, (unsigned long long)s.turned, (unsigned long long)s.records, (double)s.peak,
           s.latency_samples);
    fflush(stdout);
    rsd_engine_destroy(s.engine);
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"live-64", "live-128", "live-256", "lyra-v2"};
    const double seconds = argc > 1 ? atof(argv[1]) : 0.0;
    if (!(seconds > 0.0)) {
        fprintf(stderr, "usage: soak SECONDS [CODEC...]\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) run(argv[i], seconds, false);
    for (size_t i = 0; argc == 2 && i < sizeof usual / sizeof *usual; i++) run(usual[i], seconds, true);
    return 0;
}

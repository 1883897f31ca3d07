// SPDX-License-Identifier: MIT
// The benchmark: each case's least and median time, as JSON.
#include "bench.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * rsd_bench                    every case: a JSON line each
 * rsd_bench --only NAME N      N steps of one case and nothing else: for instruction counts
 * rsd_bench --list             names
 */

#define ROUNDS 9
#define ROUND_SECONDS 0.12

#define MOST_CASES 64u

static bench_case cases[MOST_CASES];
static size_t case_count;
static double current_kbps;
const void *bench_argument;
void bench_set_kbps(double kbps) { current_kbps = kbps; }

const float *bench_block(const bench_sound *sound, size_t index, size_t count)
{
    return sound->samples + index % (sound->count / count) * count;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double round_seconds_per_step(const bench_case *c, const bench_sound *sound, size_t steps, size_t *index)
{
    const double begin = cpu_seconds();
    for (size_t i = 0; i < steps; i++) c->step(sound, (*index)++);
    return (cpu_seconds() - begin) / (double)steps;
}

/* Least and median of some rounds: the least is what the code costs, the median what a busy machine makes of it. */
static void measure(const bench_case *c, const bench_sound *sound, double *least, double *median)
{
    double rounds[ROUNDS];
    size_t index = 0, steps = 16;
    while (round_seconds_per_step(c, sound, steps, &index) * (double)steps < ROUND_SECONDS / 2) steps *= 2;
    for (int r = 0; r < ROUNDS; r++) {
        const double seconds = round_seconds_per_step(c, sound, steps, &index);
        int at = r;
        for (; at > 0 && rounds[at - 1] > seconds; at--) rounds[at] = rounds[at - 1];
        rounds[at] = seconds;
    }
    *least = rounds[0];
    *median = rounds[ROUNDS / 2];
}

static void report(const bench_case *c, const bench_sound *sound)
{
    double least, median;
    current_kbps = c->kbps;
    bench_argument = c->argument;
    if (!c->open(sound)) {
        printf("{\"name\": \"%s\", \"skipped\": true}\n", c->name);
        return;
    }
    measure(c, sound, &least, &median);
    c->close();
    const double share = c->samples_per_step ? least * BENCH_RATE_HZ / c->samples_per_step : 0.0;
    printf("{\"name\": \"%s\", \"kbps\": %.1f, \"samples\": %u, \"us_least\": %.4f, \"us_median\": %.4f, "
           "\"share_percent\": %.4f}\n",
           c->name, current_kbps, c->samples_per_step, least * 1e6, median * 1e6, share * 100.0);
    fflush(stdout);
}

static bool load(bench_sound *sound)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(DEMO_FILE, SFM_READ, &info);
    if (!file) {
        fprintf(stderr, "rsd_bench: cannot open '%s': %s\n", DEMO_FILE, sf_strerror(NULL));
        return false;
    }
    sound->count = (size_t)info.frames;
    sound->samples = calloc(sound->count, sizeof *sound->samples);
    const bool fine = sound->samples && sf_readf_float(file, sound->samples, info.frames) == info.frames;
    sf_close(file);
    return fine;
}

static int run_only(const bench_sound *sound, const char *name, size_t steps)
{
    for (size_t i = 0; i < case_count; i++) {
        const bench_case *c = &cases[i];
        if (strcmp(c->name, name) != 0) continue;
        bench_argument = c->argument;
        if (!c->open(sound)) return 77;
        for (size_t s = 0; s < steps; s++) c->step(sound, s);
        c->close();
        return 0;
    }
    fprintf(stderr, "rsd_bench: no case '%s' (see --list)\n", name);
    return 2;
}

static void gather_cases(void)
{
    memcpy(cases, bench_cases, bench_case_count * sizeof *cases);
    case_count = bench_case_count;
    case_count += bench_chain_cases(cases + case_count, MOST_CASES - case_count);
    case_count += bench_search_cases(cases + case_count, MOST_CASES - case_count);
}

int main(int argc, char **argv)
{
    gather_cases();
    bench_sound sound;
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < case_count; i++) puts(cases[i].name);
        return 0;
    }
    if (!load(&sound)) return 1;
    if (argc == 4 && strcmp(argv[1], "--only") == 0) return run_only(&sound, argv[2], strtoul(argv[3], NULL, 10));
    for (size_t i = 0; i < case_count; i++) report(&cases[i], &sound);
    free(sound.samples);
    return 0;
}

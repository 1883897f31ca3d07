// SPDX-License-Identifier: MIT
// The sounds that a round trip is found by: a maximum length sequence, a sweep, a click.
#include "app/latency/probe.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

#define PI 3.14159265358979323846
#define PROBES_PER_SECOND 4u /* at least: a probe lasts a fourth of a second at most */
#define LISTEN_HALVES 2u     /* listening lasts half a second at least */
#define SWEEP_LOW_HZ 20.0
#define SWEEP_HIGH_SHARE 0.45 /* of the rate */
#define FADE_SHARE 0.02       /* of a sweep, at either end: a hard edge is a click */
#define MLS_MIN_ORDER 10u
#define MLS_MAX_ORDER 17u

static const char *const names[] = {"mls", "sweep", "click"};

const char *latency_probe_name(latency_probe_kind kind) { return names[kind]; }

bool latency_probe_parse(const char *text, latency_probe_kind *kind)
{
    for (int i = 0; i < 3; i++) {
        if (strcasecmp(text, names[i]) != 0) continue;
        *kind = (latency_probe_kind)i;
        return true;
    }
    return false;
}

/* Feedback taps of primitive polynomials of order 10 to 17, bit n - 1 for x^n (Golomb, Shift Register Sequences). */
static const uint32_t mls_taps[] = {0x240u, 0x500u, 0xe08u, 0x1c80u, 0x3802u, 0x6000u, 0xd008u, 0x12000u};

static uint32_t mls_order(uint32_t sample_rate_hz)
{
    uint32_t order = MLS_MIN_ORDER;
    while (order < MLS_MAX_ORDER && (2u << order) <= sample_rate_hz / PROBES_PER_SECOND) order++;
    return order;
}

static void fill_mls(latency_probe *probe)
{
    const uint32_t order = mls_order(probe->sample_rate_hz), taps = mls_taps[order - MLS_MIN_ORDER];
    uint32_t state = 1u;
    for (uint32_t i = 0; i < probe->sample_count; i++) {
        const uint32_t bit = (uint32_t)__builtin_parity(state & taps);
        probe->samples[i] = state & 1u ? LATENCY_PROBE_PEAK : -LATENCY_PROBE_PEAK;
        state = (state << 1 | bit) & ((1u << order) - 1u);
    }
}

static void fill_sweep(latency_probe *probe)
{
    const double high_hz = SWEEP_HIGH_SHARE * probe->sample_rate_hz, octaves = log(high_hz / SWEEP_LOW_HZ);
    const double seconds = (double)probe->sample_count / probe->sample_rate_hz;
    const double fade = FADE_SHARE * probe->sample_count;
    for (uint32_t i = 0; i < probe->sample_count; i++) {
        const double share = (double)i / probe->sample_count;
        const double phase = 2.0 * PI * SWEEP_LOW_HZ * seconds / octaves * (exp(share * octaves) - 1.0);
        const double edge = fmin(1.0, fmin(i + 1.0, (double)probe->sample_count - i) / fade);
        probe->samples[i] = (float)(LATENCY_PROBE_PEAK * 0.5 * (1.0 - cos(PI * edge)) * sin(phase));
    }
}

static uint32_t probe_samples(latency_probe_kind kind, uint32_t sample_rate_hz)
{
    if (kind == LATENCY_PROBE_CLICK) return LATENCY_PROBE_CLICK_SAMPLES;
    return (1u << mls_order(sample_rate_hz)) - 1u;
}

bool latency_probe_create(latency_probe_kind kind, uint32_t sample_rate_hz, latency_probe *probe)
{
    *probe = (latency_probe){.kind = kind, .sample_rate_hz = sample_rate_hz};
    probe->sample_count = probe_samples(kind, sample_rate_hz);
    probe->round_samples = 1u;
    while (probe->round_samples < probe->sample_count + sample_rate_hz / LISTEN_HALVES) probe->round_samples *= 2u;
    probe->samples = calloc(probe->sample_count, sizeof *probe->samples);
    if (!probe->samples) return false;
    if (kind == LATENCY_PROBE_MLS) fill_mls(probe);
    if (kind == LATENCY_PROBE_SWEEP) fill_sweep(probe);
    if (kind == LATENCY_PROBE_CLICK) probe->samples[LATENCY_PROBE_CLICK_SAMPLES / 2] = LATENCY_PROBE_CLICK_PEAK;
    return true;
}

void latency_probe_destroy(latency_probe *probe)
{
    free(probe->samples);
    probe->samples = NULL;
}

// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_PROBE_H
#define APP_LATENCY_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/* What is played to find a delay. Thread of all: [control] */

typedef enum {
    LATENCY_PROBE_MLS,   /* a maximum length sequence: white, hears through noise (Rife and Vanderkooy 1989) */
    LATENCY_PROBE_SWEEP, /* an exponential sine sweep from 20 Hz to 0.45 of the rate (Farina 2000) */
    LATENCY_PROBE_CLICK  /* one sample: hears nothing but what is loud and clean */
} latency_probe_kind;

#define LATENCY_PROBE_PEAK 0.25f       /* of MLS and sweep: -12 dBFS */
#define LATENCY_PROBE_CLICK_PEAK 0.5f  /* -6 dBFS */
#define LATENCY_PROBE_CLICK_SAMPLES 64 /* silence around the one sample counts as probe */

typedef struct {
    latency_probe_kind kind;
    uint32_t sample_rate_hz;
    uint32_t sample_count;
    uint32_t round_samples; /* probe and listening, a power of two: at least half a second longer than the probe */
    float *samples;         /* sample_count, owned */
} latency_probe;

/* "mls", "sweep", "click"; parse: false where `text` is none of them. */
const char *latency_probe_name(latency_probe_kind kind);
bool latency_probe_parse(const char *text, latency_probe_kind *kind);

/* Makes a probe of about a sixth of a second; false: no memory. Free it with latency_probe_destroy, which takes NULL samples. */
bool latency_probe_create(latency_probe_kind kind, uint32_t sample_rate_hz, latency_probe *probe);
void latency_probe_destroy(latency_probe *probe);

#endif

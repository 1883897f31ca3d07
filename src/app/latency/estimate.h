// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_ESTIMATE_H
#define APP_LATENCY_ESTIMATE_H

#include "app/latency/probe.h"

/*
 * Finds a probe in what came back. The spectrum of what came back, times the conjugate of the probe's, over the power of
 * the probe's where it has any, is the cross-correlation of both as it would be for a white probe (Knapp and Carter 1976;
 * here it is the probe alone that is whitened). Its largest magnitude is the round trip, found between samples as the
 * maximum of the band-limited curve through them. Thread of all: [control]
 */

/* What is wrong with a round, as bits. */
enum {
    LATENCY_NOT_HEARD = 1u << 0, /* no peak stands out of the correlation: no other figure means anything */
    LATENCY_SOFT = 1u << 1,      /* under LATENCY_SOFT_DB */
    LATENCY_CLIPPED = 1u << 2,   /* samples at or over full scale */
    LATENCY_NOISY = 1u << 3,     /* the signal is less than LATENCY_NOISY_DB over the noise */
    LATENCY_ECHO = 1u << 4,      /* a second arrival within 20 dB */
    LATENCY_FEEDBACK = 1u << 5,  /* arrivals at even distances, each softer than the one before */
    LATENCY_DISTURBED = 1u << 6  /* samples were lost, or the device reported a gap, in this round or just before */
};
#define LATENCY_FAULT_COUNT 7u
#define LATENCY_SOFT_DB (-60.0)
#define LATENCY_NOISY_DB 20.0
#define LATENCY_FLOOR_DB (-140.0)

typedef struct {
    unsigned faults;
    bool is_inverted;     /* polarity */
    double delay_samples; /* from play to capture */
    double gain_db;       /* of the loop */
    double signal_db;     /* dBFS, rms, of what came back while the probe sounded in it */
    double noise_db;      /* dBFS, rms, of the last eighth of the round */
    double peak_db;       /* dBFS, the largest magnitude that came back */
    double correlation;   /* 0..1: what came back while the probe sounded, against the probe, normalised */
    double confidence;    /* 0..1: 1 less the second highest peak of the correlation over the highest */
    double echo_samples;  /* of a second arrival behind the first; 0: none */
    double echo_db;       /* of it, against the first */
} latency_estimate;

typedef struct latency_estimator latency_estimator;

/* `probe` is borrowed. NULL: no memory. */
latency_estimator *latency_estimator_create(const latency_probe *probe);
void latency_estimator_destroy(latency_estimator *estimator); /* NULL is fine */

/* captured: probe->round_samples samples from the first of the round on. Cost: three FFTs of that length. */
void latency_estimate_round(latency_estimator *estimator, const float *captured, latency_estimate *estimate);

#endif

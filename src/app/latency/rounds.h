// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_ROUNDS_H
#define APP_LATENCY_ROUNDS_H

#include "app/latency/estimate.h"
#include "app/latency/stream.h"

/* The rounds of one measurement, and what they say together. Thread of all: [control] */

#define LATENCY_MAX_REPEATS 10000u /* of each of two kinds */
#define LATENCY_MAX_ROUNDS (2u * LATENCY_MAX_REPEATS)
#define LATENCY_JUMP_SAMPLES 1.0 /* neighbouring rounds that differ by more: samples were lost or added between */

typedef struct {
    bool is_through;
    latency_estimate estimate;
} latency_round;

/* In samples, of rounds that were heard and not disturbed; of disturbed ones where there are no others. */
typedef struct {
    uint32_t count;
    double median, least, most;
    double mean_absolute_deviation; /* from the median */
    double jitter;                  /* standard deviation: root of the mean squared distance from the mean */
} latency_spread;

typedef struct {
    latency_estimator *estimator;
    latency_stream *stream;
    uint64_t round;    /* that is being taken down, of the stream */
    uint32_t position; /* samples of it that are there */
    float *captured;
    uint32_t waited_rounds; /* before the first that was heard */
    uint64_t seen_gaps;
    uint32_t count;
    latency_round *rounds; /* LATENCY_MAX_ROUNDS places */
} latency_rounds;

/* estimator and stream: borrowed. False: no memory; destroy takes that, too. */
bool latency_rounds_create(latency_estimator *estimator, latency_stream *stream, const latency_probe *probe,
                           latency_rounds *rounds);
void latency_rounds_destroy(latency_rounds *rounds);

/*
 * Takes what the stream has. `gap_count` is what device and engine have counted so far: a round with more than at the end
 * of the one before is disturbed. Rounds before the first that is heard do not count, for `wait_rounds` of them: somebody
 * may still be connecting something.
 */
void latency_rounds_take(latency_rounds *rounds, const latency_probe *probe, uint64_t gap_count, uint32_t wait_rounds);

/* Rounds that count, of one kind. */
uint32_t latency_rounds_count(const latency_rounds *rounds, bool is_through);
uint32_t latency_rounds_heard(const latency_rounds *rounds, bool is_through);
/* How many have that fault. */
uint32_t latency_rounds_with(const latency_rounds *rounds, bool is_through, unsigned fault);
/* Neighbouring ones, straight, heard and undisturbed, that lie over LATENCY_JUMP_SAMPLES apart. */
uint32_t latency_rounds_jumps(const latency_rounds *rounds);
latency_spread latency_rounds_spread(const latency_rounds *rounds, bool is_through);
/* The heard round whose round trip is nearest the median, whose other figures stand for all; NULL: none was heard. */
const latency_estimate *latency_rounds_typical(const latency_rounds *rounds, bool is_through);

#endif

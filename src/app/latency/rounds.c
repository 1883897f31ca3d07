// SPDX-License-Identifier: MIT
// Rounds as they come in, and their median, spread and faults.
#include "app/latency/rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool latency_rounds_create(latency_estimator *estimator, latency_stream *stream, const latency_probe *probe,
                           latency_rounds *rounds)
{
    *rounds = (latency_rounds){.estimator = estimator, .stream = stream};
    rounds->captured = calloc(probe->round_samples, sizeof *rounds->captured);
    rounds->rounds = calloc(LATENCY_MAX_ROUNDS, sizeof *rounds->rounds);
    return rounds->captured && rounds->rounds;
}

void latency_rounds_destroy(latency_rounds *rounds)
{
    free(rounds->captured);
    free(rounds->rounds);
    memset(rounds, 0, sizeof *rounds);
}

static void finish_round(latency_rounds *self, uint64_t gap_count, uint32_t wait_rounds)
{
    latency_round *round = &self->rounds[self->count];
    round->is_through = latency_stream_is_through(self->stream, self->round);
    latency_estimate_round(self->estimator, self->captured, &round->estimate);
    if (gap_count != self->seen_gaps) round->estimate.faults |= LATENCY_DISTURBED;
    self->seen_gaps = gap_count;
    self->round++;
    self->position = 0u;
    const bool is_silent = round->estimate.faults & LATENCY_NOT_HEARD;
    /* Somebody may still be connecting something; and pairs begin with a straight round. */
    const bool is_early = (is_silent && self->waited_rounds < wait_rounds) || round->is_through;
    if (self->count == 0u && is_early)
        self->waited_rounds++;
    else
        self->count++;
}

void latency_rounds_take(latency_rounds *rounds, const latency_probe *probe, uint64_t gap_count, uint32_t wait_rounds)
{
    while (rounds->count < LATENCY_MAX_ROUNDS) {
        const uint32_t got = latency_stream_read(rounds->stream, rounds->captured + rounds->position,
                                                 probe->round_samples - rounds->position);
        rounds->position += got;
        if (rounds->position < probe->round_samples) return;
        finish_round(rounds, gap_count, wait_rounds);
    }
}

/* ---- what they say ---- */

static bool is_heard(const latency_round *round, bool is_through)
{
    return round->is_through == is_through && !(round->estimate.faults & LATENCY_NOT_HEARD);
}

static bool is_good(const latency_round *round, bool is_through)
{
    return is_heard(round, is_through) && !(round->estimate.faults & LATENCY_DISTURBED);
}

uint32_t latency_rounds_count(const latency_rounds *rounds, bool is_through)
{
    uint32_t count = 0u;
    for (uint32_t i = 0; i < rounds->count; i++) count += rounds->rounds[i].is_through == is_through;
    return count;
}

uint32_t latency_rounds_heard(const latency_rounds *rounds, bool is_through)
{
    uint32_t count = 0u;
    for (uint32_t i = 0; i < rounds->count; i++) count += is_heard(&rounds->rounds[i], is_through);
    return count;
}

uint32_t latency_rounds_with(const latency_rounds *rounds, bool is_through, unsigned fault)
{
    uint32_t count = 0u;
    for (uint32_t i = 0; i < rounds->count; i++)
        count += rounds->rounds[i].is_through == is_through && (rounds->rounds[i].estimate.faults & fault) != 0u;
    return count;
}

uint32_t latency_rounds_jumps(const latency_rounds *rounds)
{
    uint32_t count = 0u;
    const latency_round *before = NULL;
    for (uint32_t i = 0; i < rounds->count; i++) {
        const latency_round *round = &rounds->rounds[i];
        if (!is_good(round, false)) continue;
        if (before && fabs(round->estimate.delay_samples - before->estimate.delay_samples) > LATENCY_JUMP_SAMPLES)
            count++;
        before = round;
    }
    return count;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Round trips of the rounds that count for the spread, in order of size; to be freed. */
static double *sorted_delays(const latency_rounds *rounds, bool is_through, uint32_t *count)
{
    double *delays = calloc(rounds->count + 1u, sizeof *delays);
    *count = 0u;
    for (int attempt = 0; delays && attempt < 2 && *count == 0u; attempt++)
        for (uint32_t i = 0; i < rounds->count; i++) {
            const latency_round *round = &rounds->rounds[i];
            if (attempt == 0 ? is_good(round, is_through) : is_heard(round, is_through))
                delays[(*count)++] = round->estimate.delay_samples;
        }
    if (*count > 0u) qsort(delays, *count, sizeof *delays, by_value);
    return delays;
}

latency_spread latency_rounds_spread(const latency_rounds *rounds, bool is_through)
{
    latency_spread spread = {0};
    double mean = 0.0, squares = 0.0;
    double *delays = sorted_delays(rounds, is_through, &spread.count);
    const uint32_t count = spread.count;
    if (count > 0u) {
        spread.least = delays[0];
        spread.most = delays[count - 1u];
        spread.median = 0.5 * (delays[(count - 1u) / 2u] + delays[count / 2u]);
        for (uint32_t i = 0; i < count; i++) mean += delays[i] / count;
        for (uint32_t i = 0; i < count; i++) {
            spread.mean_absolute_deviation += fabs(delays[i] - spread.median) / count;
            squares += (delays[i] - mean) * (delays[i] - mean) / count;
        }
        spread.jitter = sqrt(squares);
    }
    free(delays);
    return spread;
}

const latency_estimate *latency_rounds_typical(const latency_rounds *rounds, bool is_through)
{
    const latency_spread spread = latency_rounds_spread(rounds, is_through);
    const latency_estimate *nearest = NULL;
    for (uint32_t i = 0; i < rounds->count; i++) {
        const latency_round *round = &rounds->rounds[i];
        if (!is_heard(round, is_through)) continue;
        if (!nearest ||
            fabs(round->estimate.delay_samples - spread.median) < fabs(nearest->delay_samples - spread.median))
            nearest = &round->estimate;
    }
    return nearest;
}

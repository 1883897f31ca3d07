// SPDX-License-Identifier: MIT
// The side-chain of a device with a clock of its own: two clocks are played against each other, block by block.
#include "host/device/drift.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define RATE_HZ 48000.0
#define MOST_BLOCK 1024u
#define TWO_PI 6.28318530717958648

typedef struct {
    host_drift drift;
    double faster; /* by so much the writer's clock is */
    uint32_t write_block, read_block;
    double written_s, read_s; /* when the next block of each is due */
    double phase_sin, phase_cos, hz;
    uint32_t gaps;
    double error, power; /* squares, against a tone of the pitch that the reader is to hear */
} clocks;

static void write_block(clocks *k)
{
    float frames[2u * MOST_BLOCK];
    const double step = TWO_PI * k->hz / (RATE_HZ * (1.0 + k->faster)), s = sin(step), c = cos(step);
    for (uint32_t i = 0; i < k->write_block; i++) {
        const double was = k->phase_sin;
        frames[2u * i] = 0.5f * (float)was;
        frames[2u * i + 1u] = -frames[2u * i];
        k->phase_sin = was * c + k->phase_cos * s;
        k->phase_cos = k->phase_cos * c - was * s;
    }
    host_drift_write(&k->drift, frames, k->write_block);
    k->written_s += (double)k->write_block / (RATE_HZ * (1.0 + k->faster));
}

/* Fits a tone of the wanted pitch to a block, and adds up what is left. */
static void compare(clocks *k, const float *x)
{
    double s = 0.0, c = 0.0, ss = 0.0, cc = 0.0, sc = 0.0, total = 0.0;
    for (uint32_t i = 0; i < k->read_block; i++) {
        const double a = TWO_PI * k->hz * (double)i / RATE_HZ;
        s += x[i] * sin(a), c += x[i] * cos(a), ss += sin(a) * sin(a), cc += cos(a) * cos(a), sc += sin(a) * cos(a);
        total += (double)x[i] * x[i];
    }
    const double d = ss * cc - sc * sc, p = (s * cc - c * sc) / d, q = (c * ss - s * sc) / d;
    k->error += total - p * s - q * c;
    k->power += total;
}

static void read_block(clocks *k, bool counts)
{
    float rows[2][MOST_BLOCK];
    float *out[2] = {rows[0], rows[1]};
    const bool flowed = k->drift.flows;
    host_drift_read(&k->drift, out, k->read_block, RATE_HZ);
    for (uint32_t i = 0; i < k->read_block; i++)
        cr_assert_float_eq(rows[0][i], -rows[1][i], 1e-6f, "the channels have come apart");
    k->gaps += flowed && !k->drift.flows;
    if (counts) compare(k, rows[0]);
    k->read_s += (double)k->read_block / RATE_HZ;
}

static void play(clocks *k, double until_s, double counts_from_s)
{
    while (k->read_s < until_s)
        if (k->written_s <= k->read_s)
            write_block(k);
        else
            read_block(k, k->read_s >= counts_from_s);
}

static clocks make(double faster, uint32_t write_block_frames, uint32_t read_block_frames)
{
    clocks k = {.faster = faster,
                .write_block = write_block_frames,
                .read_block = read_block_frames,
                .phase_cos = 1.0,
                .hz = 997.0};
    cr_assert_eq(host_drift_init(&k.drift, 2u), RSD_OK);
    return k;
}

Test(drift, two_clocks_are_followed_without_a_gap_and_the_pitch_stays)
{
    static const struct {
        double faster;
        uint32_t write_block, read_block;
    } cases[] = {{0.0, 64, 64},     {1e-4, 64, 64},   {-1e-4, 64, 64},   {3e-4, 1024, 64},
                 {-3e-4, 1024, 64}, {3e-4, 64, 1024}, {-5e-4, 441, 512}, {5e-4, 512, 441}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clocks k = make(cases[i].faster, cases[i].write_block, cases[i].read_block);
        play(&k, 120.0, 115.0);
        const double snr_db = 10.0 * log10(k.power / k.error);
        const double most = 2.0 * (cases[i].write_block + cases[i].read_block) + 128.0;
        cr_assert_eq(k.gaps, 0u, "case %zu: %u gaps", i, k.gaps);
        cr_assert_float_eq(k.drift.ratio, 1.0 + k.faster, 3e-4, "case %zu: read at %.7f", i, k.drift.ratio);
        cr_assert_gt(snr_db, 40.0, "case %zu: %.1f dB", i, snr_db);
        cr_assert_lt(rsd_ring_readable(k.drift.ring), most, "case %zu: %u wait", i, rsd_ring_readable(k.drift.ring));
        host_drift_destroy(&k.drift);
    }
}

Test(drift, silence_until_there_is_enough_and_again_when_it_ran_dry_and_what_is_too_old_is_skipped)
{
    clocks k = make(0.0, 64u, 64u);
    float rows[2][MOST_BLOCK];
    float *out[2] = {rows[0], rows[1]};
    for (int turn = 0; turn < 2; turn++) {
        host_drift_read(&k.drift, out, 64u, RATE_HZ);
        for (uint32_t i = 0; i < 64u; i++) cr_assert_eq(rows[0][i], 0.0f, "turn %d", turn);
        for (int n = 0; n < 4; n++) write_block(&k);
        host_drift_read(&k.drift, out, 64u, RATE_HZ);
        cr_assert_neq(rows[0][63], 0.0f, "turn %d: nothing came", turn);
        for (int n = 0; n < 4; n++) host_drift_read(&k.drift, out, 64u, RATE_HZ); /* nobody writes */
        cr_assert_not(k.drift.flows, "turn %d", turn);
    }
    for (int n = 0; n < 800; n++) write_block(&k); /* the reader was asleep for a second */
    host_drift_read(&k.drift, out, 64u, RATE_HZ);
    cr_assert_lt(rsd_ring_readable(k.drift.ring), 200u, "%u wait", rsd_ring_readable(k.drift.ring));
    host_drift_destroy(&k.drift);
}

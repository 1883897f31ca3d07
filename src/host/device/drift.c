// SPDX-License-Identifier: MIT
// From one device's clock to another's. Nothing in this file but init and destroy allocates, locks or makes a system call.
#include "host/device/drift.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_FRAMES 65536u
#define MARGIN_FRAMES 64u
#define FOLLOW_S 0.5    /* what waits is averaged over so long: blocks come in lumps */
#define CORRECTION 8e-4 /* share of the rate where so much is missing that the queue is about to run dry */
#define LEARN_S 120.0   /* what is corrected for so long is the clocks' difference; sooner, and both would swing */
#define SKIP_FROM 3u    /* times what is to wait */
#define PART_FRAMES 128u
#define MOST_FRAMES_OF_PART (PART_FRAMES + 2u) /* read faster by HOST_DRIFT_MOST, and what lay between before */

rsd_status host_drift_init(host_drift *drift, uint32_t channel_count)
{
    const uint32_t item_bytes = channel_count * (uint32_t)sizeof(float);
    const size_t bytes = rsd_ring_size_bytes(CAPACITY_FRAMES, item_bytes);
    memset(drift, 0, sizeof *drift);
    drift->channel_count = channel_count;
    drift->ratio = 1.0;
    drift->block = aligned_alloc(64u, bytes);
    if (!drift->block) return RSD_ERR_MEMORY;
    return rsd_ring_init(drift->block, bytes, CAPACITY_FRAMES, item_bytes, &drift->ring);
}

void host_drift_destroy(host_drift *drift)
{
    free(drift->block);
    drift->block = NULL;
    drift->ring = NULL;
}

void host_drift_write(host_drift *drift, const float *frames, uint32_t frame_count)
{
    if (frame_count > atomic_load_explicit(&drift->longest_write, memory_order_relaxed))
        atomic_store_explicit(&drift->longest_write, frame_count, memory_order_relaxed); /* read by the reader */
    (void)rsd_ring_write(drift->ring, frames, frame_count);
}

/* What is to wait before a read, on average. */
static uint32_t wanted_frames(const host_drift *drift)
{
    const uint32_t written = atomic_load_explicit(&drift->longest_write, memory_order_relaxed); /* by the writer */
    const uint32_t wanted = written + drift->longest_read + MARGIN_FRAMES;
    return wanted < CAPACITY_FRAMES / 4u ? wanted : CAPACITY_FRAMES / 4u;
}

static void skip(host_drift *drift, uint32_t frame_count)
{
    rsd_ring_region region;
    while (frame_count > 0u) {
        const uint32_t got = rsd_ring_read_region(drift->ring, frame_count, &region);
        if (got == 0u) return;
        rsd_ring_read_commit(drift->ring, got);
        frame_count -= got;
    }
}

/* From how much waits to how fast it is read: what is too much is worked off, and what comes back of it is drift. */
static void steer(host_drift *drift, uint32_t waiting, uint32_t wanted, uint32_t frame_count, double rate_hz)
{
    const double seconds = (double)frame_count / rate_hz, share = seconds < FOLLOW_S ? seconds / FOLLOW_S : 1.0;
    drift->mean += share * ((double)waiting - drift->mean);
    const double spare = (double)(wanted - drift->longest_read) / 2.0;
    const double correction = CORRECTION * (drift->mean - (double)wanted) / spare;
    drift->learnt += correction * seconds / LEARN_S;
    drift->learnt = drift->learnt > HOST_DRIFT_MOST ? HOST_DRIFT_MOST : drift->learnt;
    drift->learnt = drift->learnt < -HOST_DRIFT_MOST ? -HOST_DRIFT_MOST : drift->learnt;
    double off = drift->learnt + correction;
    off = off > HOST_DRIFT_MOST ? HOST_DRIFT_MOST : off;
    drift->ratio = 1.0 + (off < -HOST_DRIFT_MOST ? -HOST_DRIFT_MOST : off);
}

/* Whether there is sound to read. */
static bool is_flowing(host_drift *drift, uint32_t frame_count, double rate_hz)
{
    uint32_t waiting = rsd_ring_readable(drift->ring);
    if (frame_count > drift->longest_read) drift->longest_read = frame_count;
    const uint32_t wanted = wanted_frames(drift);
    if (waiting > SKIP_FROM * wanted || (!drift->flows && waiting > wanted)) {
        skip(drift, waiting - wanted);
        drift->mean = (double)wanted;
        drift->flows = true;
        waiting = wanted;
    }
    if (drift->flows) steer(drift, waiting, wanted, frame_count, rate_hz);
    return drift->flows;
}

static void take_frame(host_drift *drift, const float *frame)
{
    memmove(drift->points[0], drift->points[1], 3u * sizeof drift->points[0]);
    for (uint32_t c = 0; c < drift->channel_count; c++) drift->points[3][c] = frame[c];
}

/* The cubic through points[1] and points[2] whose slopes there are those of their neighbours (Catmull and Rom). */
static float between(const host_drift *drift, uint32_t c)
{
    const float t = (float)drift->between;
    const float a = drift->points[0][c], b = drift->points[1][c], d = drift->points[2][c], e = drift->points[3][c];
    return b + 0.5f * t * (d - a + t * (2.0f * a - 5.0f * b + 4.0f * d - e + t * (3.0f * (b - d) + e - a)));
}

/* Up to PART_FRAMES; how many came before the queue ran dry. */
static uint32_t read_part(host_drift *drift, float *const *out, uint32_t at, uint32_t frame_count)
{
    float frames[MOST_FRAMES_OF_PART * HOST_DRIFT_MAX_CHANNELS];
    const uint32_t needed = (uint32_t)(drift->between + drift->ratio * (double)frame_count);
    const uint32_t got = rsd_ring_read(drift->ring, frames, needed);
    uint32_t taken = 0;
    for (uint32_t i = 0; i < frame_count; i++) {
        drift->between += drift->ratio;
        while (drift->between >= 1.0) {
            if (taken == got) return i;
            take_frame(drift, frames + (size_t)taken++ * drift->channel_count);
            drift->between -= 1.0;
        }
        for (uint32_t c = 0; c < drift->channel_count; c++) out[c][at + i] = between(drift, c);
    }
    return frame_count;
}

void host_drift_read(host_drift *drift, float *const *out, uint32_t frame_count, double rate_hz)
{
    uint32_t done = 0;
    for (bool flows = is_flowing(drift, frame_count, rate_hz); flows && done < frame_count;) {
        const uint32_t left = frame_count - done, part = left < PART_FRAMES ? left : PART_FRAMES;
        const uint32_t got = read_part(drift, out, done, part);
        done += got;
        flows = got == part;
    }
    if (done == frame_count) return;
    for (uint32_t c = 0; c < drift->channel_count; c++) memset(out[c] + done, 0, (frame_count - done) * sizeof **out);
    drift->flows = false;
    drift->between = 0.0;
}

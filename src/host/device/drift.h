// SPDX-License-Identifier: MIT
#ifndef HOST_DRIFT_H
#define HOST_DRIFT_H

#include <residuum/rsd_ring.h>
#include <residuum/rsd_status.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Carries the sound of one device to the clock of another. Two devices that both say 48 kHz differ by some ten parts in a
 * million, so that a plain queue between them would run dry or over within minutes. The reader follows how full the queue
 * is, and reads by so much faster or slower: at most HOST_DRIFT_MOST of the rate, by interpolation between samples.
 *
 * The writer's blocks and the reader's may have any lengths. What is kept waiting is the longest block of either side and
 * a little more. Where the queue runs dry there is silence until it is that full again; where it is three times that full,
 * as after a stall of the reader, what is too old is skipped.
 *
 * One thread writes and one reads; neither waits for the other.
 */
#define HOST_DRIFT_MOST 0.005
#define HOST_DRIFT_MAX_CHANNELS 2u

typedef struct {
    rsd_ring *ring; /* frames: channel_count floats each */
    void *block;    /* of the ring */
    uint32_t channel_count;
    _Atomic uint32_t longest_write; /* the writer stores, the reader loads: a figure of its own, relaxed */

    /* The reader's own. */
    uint32_t longest_read;
    bool flows;     /* the queue was full enough since it last ran dry */
    double mean;    /* of what waits, in frames */
    double learnt;  /* share by which the other clock has been found to be faster */
    double ratio;   /* frames that are read for each that is given out */
    double between; /* 0..1: what is given out lies so far behind points[1] */
    float points[4][HOST_DRIFT_MAX_CHANNELS];
} host_drift;

/* RSD_ERR_MEMORY. destroy of a zeroed one is fine. Thread: [control] */
RSD_NODISCARD rsd_status host_drift_init(host_drift *drift, uint32_t channel_count);
void host_drift_destroy(host_drift *drift);

/* `frames`: channel_count floats each; what has no room is left out. Thread: [audio], the writer's */
RSD_REALTIME void host_drift_write(host_drift *drift, const float *frames, uint32_t frame_count);
/* Silence where nothing was written for a while. Thread: [audio], the reader's */
RSD_REALTIME void host_drift_read(host_drift *drift, float *const *out, uint32_t frame_count, double rate_hz);

#endif

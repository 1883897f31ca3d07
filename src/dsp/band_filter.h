// SPDX-License-Identifier: MIT
// A band-pass without latency whose edges may move.
#ifndef DSP_BAND_FILTER_H
#define DSP_BAND_FILTER_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * A high-pass and a low-pass, each Butterworth of order four: 3 dB down at its edge, 24 dB an octave beyond. Both are
 * state-variable filters with trapezoidal integrators (V. Zavalishin, "The Art of VA Filter Design", 2012), whose state
 * stays the sound's when an edge moves. An edge at its end is off; over the last 1000 Hz below its end the low-pass is
 * blended out, so that there is no step on the way.
 */

#define BAND_FILTER_ALL_LOW_HZ 0.0f
#define BAND_FILTER_ALL_HIGH_HZ 20000.0f
#define BAND_FILTER_SECTIONS 2u

typedef struct {
    float low[BAND_FILTER_SECTIONS][2], high[BAND_FILTER_SECTIONS][2]; /* the integrators of the two filters */
} band_filter;

/* Silence before. Thread: [any] */
RSD_REALTIME void band_filter_reset(band_filter *self);
/* Whether edges are both at their ends: then nothing is to be done. Thread: [any] */
RSD_REALTIME bool band_filter_is_off(float low_hz, float high_hz);
/*
 * Filters in place.
 * low_hz, high_hz  the edges; over 0.45 of the rate is taken as that
 * Thread: [audio]   Cost: two divisions a call, 40 multiply-adds a sample
 */
RSD_REALTIME void band_filter_process(band_filter *self, float sample_rate_hz, float low_hz, float high_hz,
                                      float *samples, uint32_t sample_count);

#endif

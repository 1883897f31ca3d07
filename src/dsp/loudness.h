// SPDX-License-Identifier: MIT
#ifndef DSP_LOUDNESS_H
#define DSP_LOUDNESS_H

#include <residuum/rsd_status.h>

#include <stdint.h>

/*
 * Momentary loudness by ITU-R BS.1770-5 and EBU Tech 3341: the mean square of the K-weighted sound over 400 ms, all
 * channels summed with weight 1. It moves in segments of 10 ms. The two filters are those of BS.1770 at 48 kHz, by their
 * analogue parameters (B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018),
 * so that every rate has them.
 */

#define LOUDNESS_SEGMENTS 40u
#define LOUDNESS_SEGMENTS_PER_S 100u
#define LOUDNESS_MAX_CHANNELS 8u
/* Mean square at -70 LUFS, BS.1770's absolute gate: below it is silence. */
#define LOUDNESS_GATE 1.1727e-7

typedef struct {
    double b[3], a[2]; /* a[0] is 1 and left out */
} loudness_section;

typedef struct {
    loudness_section shelf, high_pass;
    double state[LOUDNESS_MAX_CHANNELS][4];
    double sum[LOUDNESS_MAX_CHANNELS]; /* of squares in this segment */
    uint32_t channel_count, segment_samples;
    double energies[LOUDNESS_SEGMENTS];
    uint32_t next, count;
} loudness;

/* sample_rate_hz 8000..384000, channel_count 1..LOUDNESS_MAX_CHANNELS. Thread: [setup] */
void loudness_init(loudness *self, uint32_t sample_rate_hz, uint32_t channel_count);
/* As just begun. Thread: [audio] */
RSD_REALTIME void loudness_reset(loudness *self);
/* Samples of one channel, which do not go past the end of the segment. Thread: [audio]   Cost: 9 multiply-adds a sample */
RSD_REALTIME void loudness_add(loudness *self, uint32_t channel, const float *samples, uint32_t sample_count);
/* The weighting alone, for who wants the samples: of one channel, which is not measured. Thread: [audio]   Cost: as
 * loudness_add */
RSD_REALTIME void loudness_weigh(loudness *self, uint32_t channel, const float *samples, float *weighted,
                                 uint32_t sample_count);
/* segment_samples of every channel have been added: the segment is complete. Thread: [audio] */
RSD_REALTIME void loudness_end_segment(loudness *self);
/* Mean square of the last 400 ms, or of what there is; 0 before the first segment. Thread: [audio] */
RSD_REALTIME double loudness_mean_square(const loudness *self);
/* LUFS of a mean square: -0.691 + 10 log10; -infinity of 0. Thread: [any] */
double loudness_lufs(double mean_square);

#endif

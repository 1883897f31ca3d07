// SPDX-License-Identifier: MIT
#ifndef RSD_RESAMPLER_INTERNAL_H
#define RSD_RESAMPLER_INTERNAL_H

#include <residuum/rsd_dsp.h>

#include <samplerate.h>

/* Input samples that go into libsamplerate at a time: bounds the FIFO, whatever block the caller pushes. */
#define RESAMPLER_CHUNK_SAMPLES 64u

/* Of the sums of the paired filter. */
#define RESAMPLER_LANES 8u

/*
 * The paired filter (RSD_RESAMPLER_PAIR): for each of out_step phases between two input samples, the taps for the
 * `half` samples before, the one at, and the `half` after; zeros in front fill them up to `stride`.
 */
typedef struct {
    float *taps;   /* NULL where libsamplerate is used */
    float *recent; /* the last `past` input samples, then room for a chunk */
    uint32_t half, stride, past;
    int64_t
        position; /* time of the next output after the first sample of the next chunk, in input samples / out_step */
} resampler_pair;

/*
 * libsamplerate gives output k (the signal at input time k * in / out) once it holds `held` input samples beyond that
 * time; between calls the FIFO keeps what it gave and the count rule does not yet take. The FIFO starts with
 * latency_samples zeros, which is what the count rule can run ahead of libsamplerate, so it never underruns.
 */
struct rsd_resampler {
    SRC_STATE *src; /* NULL where the paired filter is used, or rates are equal: samples are copied */
    resampler_pair pair;
    double ratio;               /* out / in, for libsamplerate */
    uint32_t in_step, out_step; /* the rates without their common factor */
    uint32_t phase;             /* (total_in * out_step) mod in_step */
    uint32_t latency_samples;
    uint32_t fifo_count, fifo_capacity;
    float *fifo;
};

/* After in_step and out_step: makes the taps, and latency_samples. RSD_ERR_UNSUPPORTED for rates that the paired filter
 * is not for. Thread: [setup] */
RSD_NODISCARD rsd_status rsd_resampler_pair_init(rsd_resampler *self);
void rsd_resampler_pair_free(rsd_resampler *self);
/* in_count: a chunk at most; out_count: those that the count rule gives. Thread: [audio] */
RSD_REALTIME void rsd_resampler_pair_process(rsd_resampler *self, const float *in, uint32_t in_count, float *out,
                                             uint32_t out_count);
RSD_REALTIME void rsd_resampler_pair_reset(rsd_resampler *self);

#endif

// SPDX-License-Identifier: MIT
#ifndef RSD_RESAMPLER_INTERNAL_H
#define RSD_RESAMPLER_INTERNAL_H

#include <residuum/rsd_dsp.h>

#include <samplerate.h>

/* Input samples that go into libsamplerate at a time: bounds the FIFO, whatever block the caller pushes. */
#define RESAMPLER_CHUNK_SAMPLES 64u

/*
 * libsamplerate gives output k (the signal at input time k * in / out) once it holds `held` input samples beyond that
 * time; between calls the FIFO keeps what it gave and the count rule does not yet take. The FIFO starts with
 * latency_samples zeros, which is what the count rule can run ahead of libsamplerate, so it never underruns.
 */
struct rsd_resampler {
    SRC_STATE *src;             /* NULL when the rates are equal: samples are copied */
    double ratio;               /* out / in, for libsamplerate */
    uint32_t in_step, out_step; /* the rates without their common factor */
    uint32_t phase;             /* (total_in * out_step) mod in_step */
    uint32_t latency_samples;
    uint32_t fifo_count, fifo_capacity;
    float *fifo;
};

#endif

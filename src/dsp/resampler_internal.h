// SPDX-License-Identifier: MIT
#ifndef DSP_RESAMPLER_INTERNAL_H
#define DSP_RESAMPLER_INTERNAL_H

#include <residuum/rsd_dsp.h>

#include <samplerate.h>

/* Input samples that go into libsamplerate at a time: bounds the FIFO, whatever block the caller pushes. */
#define RESAMPLER_CHUNK_SAMPLES 64u

/* Of the sums of a polyphase filter. */
#define RESAMPLER_LANES 8u

/*
 * A polyphase filter: for each of out_step phases between two input samples, the taps for the `half` samples before,
 * the one at, and the `half` after; zeros in front fill them up to `stride`.
 */
typedef struct {
    float *taps;   /* NULL where libsamplerate is used */
    float *recent; /* the last `past` input samples, then room for a chunk */
    uint32_t half, stride, past;
    int64_t
        position; /* time of the next output after the first sample of the next chunk, in input samples / out_step */
} resampler_polyphase;

#define RESAMPLER_DESIGN_POINTS 65

/* What a polyphase filter's taps are made of. */
typedef struct resampler_design resampler_design;
struct resampler_design {
    uint32_t half;                                                /* of the filter, in samples of the lower rate */
    double least_ratio;                                           /* of the higher rate to the lower */
    double points[RESAMPLER_DESIGN_POINTS];                       /* the design's own, computed once */
    double (*response)(const resampler_design *design, double t); /* impulse response, t in samples of the lower rate */
};

/*
 * libsamplerate gives output k (the signal at input time k * in / out) once it holds `held` input samples beyond that
 * time; between calls the FIFO keeps what it gave and the count rule does not yet take. The FIFO starts with
 * latency_samples zeros, which is what the count rule can run ahead of libsamplerate, so it never underruns.
 */
struct rsd_resampler {
    SRC_STATE *src; /* NULL where a polyphase filter is used, or rates are equal: samples are copied */
    resampler_polyphase polyphase;
    double ratio;               /* out / in, for libsamplerate */
    uint32_t in_step, out_step; /* the rates without their common factor */
    uint32_t phase;             /* (total_in * out_step) mod in_step */
    uint32_t latency_samples;
    uint32_t fifo_count, fifo_capacity;
    float *fifo;
};

void dsp_resampler_design_pair(resampler_design *design);
void dsp_resampler_design_steep(resampler_design *design);

/* After in_step and out_step: makes the taps, and latency_samples. RSD_ERR_UNSUPPORTED for rates that the design is not
 * for. Thread: [setup] */
RSD_NODISCARD rsd_status dsp_resampler_polyphase_init(rsd_resampler *self, const resampler_design *design);
void dsp_resampler_polyphase_free(rsd_resampler *self);
/* in_count: a chunk at most; out_count: those that the count rule gives. Thread: [audio] */
RSD_REALTIME void dsp_resampler_polyphase_process(rsd_resampler *self, const float *in, uint32_t in_count, float *out,
                                                  uint32_t out_count);
RSD_REALTIME void dsp_resampler_polyphase_reset(rsd_resampler *self);

#endif

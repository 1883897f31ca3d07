// SPDX-License-Identifier: MIT
// Real-time half of the resampler: nothing in this file allocates, locks, logs or makes a system call; libsamplerate's
// src_process and src_reset work in the memory that src_new took.
#include "dsp/resampler_internal.h"

#include "base/realtime.h"

#include <string.h>

uint32_t rsd_resampler_latency_out_samples(const rsd_resampler *resampler) { return resampler->latency_samples; }

uint32_t rsd_resampler_max_out(const rsd_resampler *resampler, uint32_t in_count)
{
    const uint64_t most = ((uint64_t)in_count * resampler->out_step + resampler->in_step - 1u) / resampler->in_step;
    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

/* Output samples that the count rule gives for `in_count` more input samples. */
static uint32_t advance(rsd_resampler *resampler, uint32_t in_count)
{
    const uint64_t position = resampler->phase + (uint64_t)in_count * resampler->out_step;
    resampler->phase = (uint32_t)(position % resampler->in_step);
    return (uint32_t)(position / resampler->in_step);
}

/* libsamplerate takes all of `in`: the FIFO has room for everything that these samples can give. */
static RSD_REALTIME void fill_fifo(rsd_resampler *resampler, const float *in, uint32_t in_count)
{
    SRC_DATA data = {
        .data_in = in,
        .input_frames = (long)in_count,
        .data_out = resampler->fifo + resampler->fifo_count,
        .output_frames = (long)(resampler->fifo_capacity - resampler->fifo_count),
        .src_ratio = resampler->ratio,
    };
    REALTIME_TRUST_BEGIN; /* it only computes (rt_calls) */
    const int failed = src_process(resampler->src, &data);
    REALTIME_TRUST_END;
    if (!failed) resampler->fifo_count += (uint32_t)data.output_frames_gen;
}

static void take_from_fifo(rsd_resampler *resampler, float *out, uint32_t count)
{
    const uint32_t there = count < resampler->fifo_count ? count : resampler->fifo_count;
    const uint32_t left = resampler->fifo_count - there;
    memcpy(out, resampler->fifo, there * sizeof *out);
    memmove(resampler->fifo, resampler->fifo + there, left * sizeof *resampler->fifo);
    resampler->fifo_count = left;
    // Never seen: the prefill covers the longest lag. The count rule is kept even so.
    if (there < count) memset(out + there, 0, (count - there) * sizeof *out);
}

uint32_t rsd_resampler_process(rsd_resampler *resampler, const float *in, uint32_t in_count, float *out)
{
    if (!resampler->src && !resampler->polyphase.taps) {
        if (in_count) memcpy(out, in, in_count * sizeof *out);
        return in_count;
    }
    uint32_t given = 0u;
    while (in_count > 0u) {
        const uint32_t chunk = in_count < RESAMPLER_CHUNK_SAMPLES ? in_count : RESAMPLER_CHUNK_SAMPLES;
        const uint32_t count = advance(resampler, chunk);
        if (resampler->src) {
            fill_fifo(resampler, in, chunk);
            take_from_fifo(resampler, out + given, count);
        } else {
            dsp_resampler_polyphase_process(resampler, in, chunk, out + given, count);
        }
        given += count;
        in += chunk;
        in_count -= chunk;
    }
    return given;
}

void rsd_resampler_reset(rsd_resampler *resampler)
{
    resampler->phase = 0u;
    if (resampler->polyphase.taps) dsp_resampler_polyphase_reset(resampler);
    if (!resampler->src) return;
    REALTIME_TRUST_BEGIN; /* it only clears what src_new took */
    (void)src_reset(resampler->src);
    REALTIME_TRUST_END;
    resampler->fifo_count = resampler->latency_samples;
    memset(resampler->fifo, 0, resampler->fifo_count * sizeof *resampler->fifo);
}

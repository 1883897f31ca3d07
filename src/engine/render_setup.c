// SPDX-License-Identifier: MIT
// A whole sound through the engine, aligned with what went in.
#include "engine/engine_internal.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_SAMPLES 1024u

typedef struct {
    rsd_engine *engine;
    const float *const *in, *const *sidechain;
    float *const *out;
    uint64_t sample_count, latency_samples;
    uint32_t channel_count;
    float *block[RSD_ENGINE_MAX_CHANNELS], *side_block[RSD_ENGINE_MAX_CHANNELS]; /* BLOCK_SAMPLES each */
} render_job;

/* Samples of some rows from sample `at` on: the sound, then silence. */
static void fill_rows(const render_job *job, const float *const *rows, uint32_t row_count, uint64_t at, uint32_t count,
                      float *const *to)
{
    const uint64_t left = at < job->sample_count ? job->sample_count - at : 0u;
    const uint32_t sounding = left < count ? (uint32_t)left : count;
    for (uint32_t c = 0; c < row_count; c++) {
        if (sounding > 0u) memcpy(to[c], rows[c] + at, sounding * sizeof(float));
        memset(to[c] + sounding, 0, (count - sounding) * sizeof(float));
    }
}

/* The engine's output from sample `at` on, the latency taken off. It lies behind what was read: in place is fine. */
static void keep_block(const render_job *job, uint64_t at, uint32_t count)
{
    const uint64_t early = at < job->latency_samples ? job->latency_samples - at : 0u;
    if (early >= count) return;
    const size_t bytes = (size_t)(count - early) * sizeof(float);
    for (uint32_t c = 0; c < job->channel_count; c++)
        memcpy(job->out[c] + (at + early - job->latency_samples), job->block[c] + early, bytes);
}

static void run(const render_job *job)
{
    const uint64_t end = job->sample_count + job->latency_samples;
    const float *in[RSD_ENGINE_MAX_CHANNELS], *sidechain[RSD_ENGINE_MAX_CHANNELS];
    const uint32_t side_count = job->sidechain ? job->engine->config.sidechain_channel_count : 0u;
    rsd_telemetry record;
    for (uint32_t c = 0; c < job->channel_count; c++) in[c] = job->block[c];
    for (uint32_t c = 0; c < side_count; c++) sidechain[c] = job->side_block[c];
    for (uint64_t at = 0; at < end;) {
        const uint32_t count = end - at < BLOCK_SAMPLES ? (uint32_t)(end - at) : BLOCK_SAMPLES;
        fill_rows(job, job->in, job->channel_count, at, count, job->block);
        if (side_count > 0u) fill_rows(job, job->sidechain, side_count, at, count, job->side_block);
        const rsd_engine_block block = {in, job->block, side_count > 0u ? sidechain : NULL, count};
        rsd_engine_process_block(job->engine, &block);
        keep_block(job, at, count);
        at += count;
        while (rsd_engine_read_telemetry(job->engine, &record, 1u) == 1u) continue; /* nobody looks at it here */
    }
}

rsd_status rsd_render(rsd_engine *engine, const float *const *in, float *const *out, uint64_t sample_count)
{
    return rsd_render_sidechain(engine, in, NULL, out, sample_count);
}

rsd_status rsd_render_sidechain(rsd_engine *engine, const float *const *in, const float *const *sidechain,
                                float *const *out, uint64_t sample_count)
{
    if (!engine || !in || !out) return RSD_ERR_ARG;
    rsd_engine_latency latency;
    rsd_engine_reset(engine);
    (void)rsd_engine_collect(engine); /* the reset has ended any swap */
    const rsd_status status = rsd_engine_apply_generations(engine, NULL);
    if (status != RSD_OK) return status;
    rsd_engine_reset(engine);
    rsd_engine_get_latency(engine, &latency);
    render_job job = {.engine = engine,
                      .in = in,
                      .sidechain = sidechain,
                      .out = out,
                      .sample_count = sample_count,
                      .latency_samples = latency.total_samples,
                      .channel_count = engine->config.channel_count};
    float *memory = calloc((size_t)2u * job.channel_count * BLOCK_SAMPLES, sizeof *memory);
    if (!memory) return RSD_ERR_MEMORY;
    for (uint32_t c = 0; c < job.channel_count; c++) job.block[c] = memory + (size_t)2u * c * BLOCK_SAMPLES;
    for (uint32_t c = 0; c < job.channel_count; c++) job.side_block[c] = job.block[c] + BLOCK_SAMPLES;
    rsd_engine_wait_for_frames(engine, true);
    run(&job);
    rsd_engine_wait_for_frames(engine, false);
    free(memory);
    return RSD_OK;
}

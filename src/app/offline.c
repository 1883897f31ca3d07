// SPDX-License-Identifier: MIT
// Sound through an engine outside of real time, aligned with what went in.
#include "offline.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_SAMPLES 2048u

typedef struct {
    app_offline *job;
    float *memory;
    float *in[RSD_ENGINE_MAX_CHANNELS], *out[RSD_ENGINE_MAX_CHANNELS];
    uint64_t input_left; /* samples that read may still give */
    uint64_t skip;       /* samples of latency still to drop */
    size_t next_change;
} run_state;

uint64_t app_thread_cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Fills one block from the source, and with silence where that has ended. */
static rsd_status fill_block(run_state *run, uint32_t count, rsd_error *error)
{
    app_offline *job = run->job;
    const uint32_t wanted = run->input_left < count ? (uint32_t)run->input_left : count;
    uint32_t got = wanted;
    if (job->read && wanted > 0u) {
        const rsd_status status = job->read(job->context, run->in, wanted, &got, error);
        if (status != RSD_OK) return status;
    }
    run->input_left -= got;
    if (got < wanted) { // the file is shorter than its header said: so is the sound
        job->sample_count -= run->input_left;
        run->input_left = 0;
    }
    const uint32_t start = job->read ? got : 0u;
    for (uint32_t c = 0; c < job->channel_count; c++) memset(run->in[c] + start, 0, (count - start) * sizeof(float));
    return RSD_OK;
}

/*
 * Runs the engine over one block, cut where a change is due. Applied here rather than posted: offline this thread is
 * the audio thread, and so no number of changes can overflow the engine's queue.
 */
static void run_engine(run_state *run, uint64_t start, uint32_t count)
{
    app_offline *job = run->job;
    const app_automation *automation = job->automation;
    const uint64_t before = app_thread_cpu_ns();
    for (uint32_t at = 0; at < count;) {
        uint64_t until = count;
        for (; automation && run->next_change < automation->count; run->next_change++) {
            const app_change *change = &automation->changes[run->next_change];
            if (change->sample_time > start + at) {
                if (change->sample_time - start < until) until = change->sample_time - start;
                break;
            }
            rsd_engine_apply(job->engine, change->param_id, change->level, change->value);
        }
        const float *in[RSD_ENGINE_MAX_CHANNELS];
        float *out[RSD_ENGINE_MAX_CHANNELS];
        for (uint32_t c = 0; c < job->channel_count; c++) {
            in[c] = run->in[c] + at;
            out[c] = run->out[c] + at;
        }
        rsd_engine_process(job->engine, in, out, (uint32_t)(until - at));
        at = (uint32_t)until;
    }
    job->cpu_ns += app_thread_cpu_ns() - before;
}

/* Gives the sink what is left of a block after the latency that is dropped. */
static rsd_status drain_block(run_state *run, uint32_t count, rsd_error *error)
{
    const uint32_t dropped = run->skip < count ? (uint32_t)run->skip : count;
    run->skip -= dropped;
    if (!run->job->write || dropped == count) return RSD_OK;
    const float *out[RSD_ENGINE_MAX_CHANNELS];
    for (uint32_t c = 0; c < run->job->channel_count; c++) out[c] = run->out[c] + dropped;
    return run->job->write(run->job->context, out, count - dropped, error);
}

static rsd_status run_blocks(run_state *run, uint64_t latency, rsd_error *error)
{
    app_offline *job = run->job;
    rsd_telemetry record;
    for (uint64_t at = 0; at < job->sample_count + latency;) {
        const uint64_t left = job->sample_count + latency - at;
        uint32_t count = left < BLOCK_SAMPLES ? (uint32_t)left : BLOCK_SAMPLES;
        const uint64_t total_before = job->sample_count;
        rsd_status status = fill_block(run, count, error);
        if (status != RSD_OK) return status;
        // A source that ended early moves the end; what lies behind it is not run.
        const uint64_t lost = total_before - job->sample_count;
        if (lost > left) return RSD_OK;
        if (left - lost < count) count = (uint32_t)(left - lost);
        run_engine(run, at, count);
        status = drain_block(run, count, error);
        if (status != RSD_OK) return status;
        at += count;
        while (rsd_engine_read_telemetry(job->engine, &record, 1u) == 1u) continue; // nobody looks at it here
        if (job->progress) app_progress_update(job->progress, (double)at / (double)(job->sample_count + latency), NULL);
    }
    return RSD_OK;
}

rsd_status app_offline_run(app_offline *job, rsd_error *error)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(job->engine, &latency);
    run_state run = {.job = job, .input_left = job->sample_count, .skip = job->raw ? 0u : latency.total_samples};
    run.memory = calloc((size_t)2u * job->channel_count * BLOCK_SAMPLES, sizeof(float));
    if (!run.memory) return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    for (uint32_t c = 0; c < job->channel_count; c++) {
        run.in[c] = run.memory + (size_t)2u * c * BLOCK_SAMPLES;
        run.out[c] = run.in[c] + BLOCK_SAMPLES;
    }
    job->cpu_ns = 0;
    const rsd_status status = run_blocks(&run, latency.total_samples, error);
    free(run.memory);
    return status;
}

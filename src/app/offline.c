// SPDX-License-Identifier: MIT
// Sound through an engine outside of real time, aligned with what went in.
#include "offline.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_SAMPLES 2048u
#define RETRY_SAMPLES 64u     /* a codec that has to wait is tried again so often, and all that comes behind it waits */
#define RAMP_STEP_SAMPLES 64u /* a ramp moves so often: a frame of the shortest codec */
#define MAX_RAMPS 64u

/* A value on its way. */
typedef struct {
    const app_change *to;
    float from;
} moving_value;

typedef struct {
    app_offline *job;
    float *memory;
    float *in[RSD_ENGINE_MAX_CHANNELS], *out[RSD_ENGINE_MAX_CHANNELS];
    float *side[HOST_SOUND_MAX_CHANNELS]; // as the file has them; row c is then what goes with channel c
    uint64_t input_left;                  /* samples that read may still give */
    uint64_t skip;                        /* samples of latency still to drop */
    size_t next_change;
    uint32_t ramp_count;
    moving_value ramps[MAX_RAMPS];
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

/* One block of the side-chain, silence behind its end. More channels than the engine has are mixed into one. */
static rsd_status fill_sidechain(run_state *run, uint32_t count, rsd_error *error)
{
    host_reader_info info;
    uint32_t got = 0;
    host_reader_get_info(run->job->sidechain, &info);
    const rsd_status status = host_reader_read(run->job->sidechain, run->side, count, &got, error);
    if (status != RSD_OK) return status;
    for (uint32_t c = 0; c < info.channel_count; c++) memset(run->side[c] + got, 0, (count - got) * sizeof(float));
    if (info.channel_count <= run->job->channel_count) return RSD_OK;
    for (uint32_t i = 0; i < got; i++) {
        float sum = 0.0f;
        for (uint32_t c = 0; c < info.channel_count; c++) sum += run->side[c][i];
        run->side[0][i] = sum / (float)info.channel_count;
    }
    return RSD_OK;
}

/* Row of the side-chain that goes with a channel of the engine. */
static const float *side_row(const run_state *run, uint32_t channel)
{
    host_reader_info info;
    host_reader_get_info(run->job->sidechain, &info);
    return run->side[info.channel_count <= run->job->channel_count ? channel % info.channel_count : 0u];
}

/* Offline this thread is the control thread, too. A swap that is under way, or no memory for one: tried again. */
static void follow_generations(rsd_engine *engine)
{
    if (!rsd_engine_collect(engine)) (void)!rsd_engine_apply_generations(engine, NULL);
}

static void drop_ramp(run_state *run, const app_change *change)
{
    for (uint32_t i = 0; i < run->ramp_count; i++)
        if (run->ramps[i].to->param_id == change->param_id && run->ramps[i].to->level == change->level)
            run->ramps[i] = run->ramps[--run->ramp_count];
}

/* False: it has to wait for a cross-fade before it, and is tried again. */
static bool apply(run_state *run, const app_change *change)
{
    rsd_engine *engine = run->job->engine;
    float from = 0.0f, min, max;
    if (change->state) return app_automation_apply(change, engine);
    drop_ramp(run, change);
    const bool is_ramp = change->ramp_samples > 0u && run->ramp_count < MAX_RAMPS &&
                         rsd_engine_get(engine, change->param_id, change->level, &from) == RSD_OK;
    if (!is_ramp) return app_automation_apply(change, engine);
    /* From where it acts: of a range that ends with the codec's, the codec's end. */
    rsd_engine_get_range(engine, change->param_id, &min, &max);
    run->ramps[run->ramp_count++] = (moving_value){change, from > max ? max : from};
    return true;
}

/* Every moving value where it is at `time`; those that are there end. */
static void step_ramps(run_state *run, uint64_t time)
{
    for (uint32_t i = 0; i < run->ramp_count;) {
        const moving_value *ramp = &run->ramps[i];
        const app_change *to = ramp->to;
        const uint64_t past = time - to->sample_time;
        const bool is_there = past >= to->ramp_samples;
        const float share = is_there ? 1.0f : (float)((double)past / (double)to->ramp_samples);
        const float value = is_there ? to->value : ramp->from + (to->value - ramp->from) * share;
        rsd_engine_apply(run->job->engine, to->param_id, to->level, value);
        if (is_there)
            run->ramps[i] = run->ramps[--run->ramp_count];
        else
            i++;
    }
}

/* Takes what is due at `time`. Returns where the next part of a block that ends at `end` is to end. */
static uint64_t take_changes(run_state *run, uint64_t time, uint64_t end)
{
    const app_automation *automation = run->job->automation;
    uint64_t until = end, step_samples = run->ramp_count > 0u ? RAMP_STEP_SAMPLES : 0u;
    for (; run->next_change < automation->count; run->next_change++) {
        const app_change *change = &automation->changes[run->next_change];
        if (change->sample_time > time) {
            if (change->sample_time < until) until = change->sample_time;
            break;
        }
        if (apply(run, change)) continue;
        step_samples = RETRY_SAMPLES;
        break;
    }
    step_ramps(run, time);
    if (run->ramp_count > 0u) step_samples = RAMP_STEP_SAMPLES;
    const uint64_t next_step = step_samples > 0u ? (time / step_samples + 1u) * step_samples : end;
    return next_step < until ? next_step : until;
}

/*
 * Runs the engine over one block, cut where a change is due. Applied here rather than posted: offline this thread is
 * the audio thread, and so no number of changes can overflow the engine's queue.
 */
static void run_engine(run_state *run, uint64_t start, uint32_t count)
{
    app_offline *job = run->job;
    const uint64_t before = app_thread_cpu_ns();
    for (uint32_t at = 0; at < count;) {
        uint64_t until = start + count;
        if (job->automation) until = take_changes(run, start + at, until);
        follow_generations(job->engine);
        const float *in[RSD_ENGINE_MAX_CHANNELS], *side[RSD_ENGINE_MAX_CHANNELS];
        float *out[RSD_ENGINE_MAX_CHANNELS];
        for (uint32_t c = 0; c < job->channel_count; c++) {
            in[c] = run->in[c] + at;
            out[c] = run->out[c] + at;
            if (job->sidechain) side[c] = side_row(run, c) + at;
        }
        const rsd_engine_block block = {in, out, job->sidechain ? side : NULL, (uint32_t)(until - start) - at};
        rsd_engine_process_block(job->engine, &block);
        at = (uint32_t)(until - start);
        (void)rsd_engine_collect(job->engine);
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
        if (status == RSD_OK && job->sidechain) status = fill_sidechain(run, count, error);
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
    const uint32_t side_count = job->sidechain ? HOST_SOUND_MAX_CHANNELS : 0u;
    run.memory = calloc(((size_t)2u * job->channel_count + side_count) * BLOCK_SAMPLES, sizeof(float));
    if (!run.memory) return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    for (uint32_t c = 0; c < job->channel_count; c++) {
        run.in[c] = run.memory + (size_t)2u * c * BLOCK_SAMPLES;
        run.out[c] = run.in[c] + BLOCK_SAMPLES;
    }
    for (uint32_t c = 0; c < side_count; c++)
        run.side[c] = run.memory + ((size_t)2u * job->channel_count + c) * BLOCK_SAMPLES;
    job->cpu_ns = 0;
    const rsd_status status = run_blocks(&run, latency.total_samples, error);
    free(run.memory);
    return status;
}

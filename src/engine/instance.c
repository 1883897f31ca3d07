// SPDX-License-Identifier: MIT
// One codec while it runs. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include <string.h>

size_t engine_instance_hop_in_floats(const engine_instance *instance)
{
    return (size_t)instance->channel_count * (instance->has_sidechain ? 2u : 1u) * instance->info.hop_samples;
}

/* The result of a hop that ends now is fetched with the first sample after the next hop. */
static bool is_due_in_this_call(const rsd_engine *engine, const engine_instance *instance, uint32_t left_in_sub_block)
{
    const uint64_t after = (uint64_t)engine->call_left * instance->info.sample_rate_hz / instance->engine_rate_hz;
    return left_in_sub_block + after >= instance->info.hop_samples;
}

static void finish_hop(rsd_engine *engine, engine_instance *instance, uint32_t left_in_sub_block)
{
    instance->job.frame_index = instance->frame_index;
    instance->job.reset_first = instance->reset_pending;
    if (instance->worker) {
        engine_worker_submit(instance, is_due_in_this_call(engine, instance, left_in_sub_block));
        instance->fetch_pending = true;
    } else {
        const engine_frame_output output = {&instance->result, instance->coded, instance->hop_out};
        instance->reset_pending = false;
        engine_instance_code_frame(instance, &instance->job, instance->hop_in, &output);
        engine_tap_frame(engine, instance, &instance->result, instance->coded);
        engine_account_frames(engine, &instance->result);
    }
    instance->sidechain.runs = instance->job.cross.amount > 0.0f;
    instance->frame_index++;
    instance->position = 0u;
    instance->controls_taken = false;
}

static void fetch_hop(rsd_engine *engine, engine_instance *instance)
{
    instance->fetch_pending = false;
    if (engine_worker_fetch(engine, instance)) engine_account_frames(engine, &instance->result);
}

bool engine_instance_has_heard_frames(const engine_instance *instance)
{
    const bool filling = instance->controls_taken && instance->job.heard;
    return filling || (instance->worker && instance->worker->heard_hops_left > 0u);
}

/* Codec-rate samples through the hop buffers: in and out are channel_count rows of `stride`; they must not overlap. */
static void run_hops(rsd_engine *engine, engine_instance *instance, const float *in, float *out, uint32_t stride,
                     uint32_t sample_count)
{
    const uint32_t hop = instance->info.hop_samples;
    for (uint32_t done = 0; done < sample_count;) {
        /* With the first sample of a frame, so that an event at its start counts and one after it does not. */
        if (!instance->controls_taken) engine_take_controls(engine, instance, &instance->job);
        instance->controls_taken = true;
        if (instance->fetch_pending) fetch_hop(engine, instance);
        const uint32_t room = hop - instance->position, left = sample_count - done;
        const uint32_t count = left < room ? left : room;
        for (uint32_t c = 0; c < instance->channel_count; c++) {
            memcpy(instance->hop_in + c * hop + instance->position, in + c * stride + done, count * sizeof *in);
            if (instance->job.cross.amount > 0.0f)
                memcpy(instance->hop_in + (instance->channel_count + c) * hop + instance->position,
                       instance->sidechain.codec_in + c * stride + done, count * sizeof *in);
            memcpy(out + c * stride + done, instance->hop_out + c * hop + instance->position, count * sizeof *out);
        }
        instance->position += count;
        done += count;
        if (instance->position == hop) finish_hop(engine, instance, sample_count - done);
    }
}

/* Engine rate -> codec rate, clamped as the codec asks (a resampler overshoots); every channel gives as many samples.
 */
static uint32_t resample_input(engine_instance *instance, const float *coded, uint32_t sample_count)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        float *to = instance->codec_in + c * instance->codec_sub_block_samples;
        count = rsd_resampler_process(instance->to_codec[c], coded + c * ENGINE_SUB_BLOCK_SAMPLES, sample_count, to);
        engine_clamp(to, count);
        rsd_delay_process(instance->align[c], to, to, count);
    }
    return count;
}

/* Codec rate -> engine rate, behind what is ready; then sample_count of it go out. prefill makes sure that they are
 * there. */
static void resample_output(engine_instance *instance, uint32_t codec_count, uint32_t sample_count)
{
    uint32_t added = 0;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        float *ready = instance->ready + c * instance->ready_stride;
        added =
            rsd_resampler_process(instance->from_codec[c], instance->codec_out + c * instance->codec_sub_block_samples,
                                  codec_count, ready + instance->ready_count);
        const uint32_t rest = instance->ready_count + added - sample_count;
        memcpy(instance->wet + c * ENGINE_SUB_BLOCK_SAMPLES, ready, sample_count * sizeof *ready);
        memmove(ready, ready + sample_count, rest * sizeof *ready);
    }
    instance->ready_count += added;
    instance->ready_count -= sample_count;
}

static void forget_band(engine_instance *instance)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) band_filter_reset(&instance->band[c]);
    instance->is_band_limited = false;
}

static float at_sample(const engine_curve *curve, uint32_t i)
{
    return curve->moving ? curve->values[i] : curve->value;
}

/* Edges that move do so with every sample. */
static void filter_channel(band_filter *filter, float rate_hz, const engine_curve curves[2], float *wet, uint32_t count)
{
    const uint32_t part = curves[0].moving || curves[1].moving ? 1u : count;
    for (uint32_t i = 0; i < count; i += part)
        band_filter_process(filter, rate_hz, at_sample(&curves[0], i), at_sample(&curves[1], i), wet + i, part);
}

static void filter_band(engine_instance *instance, uint32_t sample_count)
{
    _Static_assert(ENGINE_RAMP_BAND_HIGH_HZ == ENGINE_RAMP_BAND_LOW_HZ + 1, "both edges lie side by side");
    const engine_curve *curves = &instance->state.curves[ENGINE_RAMP_BAND_LOW_HZ];
    const bool is_off = !curves[0].moving && !curves[1].moving && band_filter_is_off(curves[0].value, curves[1].value);
    if (is_off) {
        if (instance->is_band_limited) forget_band(instance);
        return;
    }
    instance->is_band_limited = true;
    for (uint32_t c = 0; c < instance->channel_count; c++)
        filter_channel(&instance->band[c], (float)instance->engine_rate_hz, curves,
                       instance->wet + c * ENGINE_SUB_BLOCK_SAMPLES, sample_count);
}

static void decode(rsd_engine *engine, engine_instance *instance, const float *coded, uint32_t sample_count)
{
    if (!instance->resampled) {
        run_hops(engine, instance, coded, instance->wet, ENGINE_SUB_BLOCK_SAMPLES, sample_count);
        return;
    }
    uint64_t start = codec_stages_begin(engine->stages);
    const uint32_t codec_count = resample_input(instance, coded, sample_count);
    codec_stages_end(engine->stages, CODEC_STAGE_RESAMPLER, start);
    run_hops(engine, instance, instance->codec_in, instance->codec_out, instance->codec_sub_block_samples, codec_count);
    start = codec_stages_begin(engine->stages);
    resample_output(instance, codec_count, sample_count);
    codec_stages_end(engine->stages, CODEC_STAGE_RESAMPLER, start);
}

void engine_instance_run(rsd_engine *engine, engine_instance *instance, const engine_instance_input *input,
                         uint32_t sample_count, bool running)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        const uint32_t at = c * ENGINE_SUB_BLOCK_SAMPLES;
        rsd_delay_process(instance->raw_delay[c], input->raw + at, instance->raw + at, sample_count);
        rsd_delay_process(instance->dry_delay[c], input->gained + at, instance->dry + at, sample_count);
    }
    if (!running) { /* restart finds the frame grid again */
        if (instance->worker) engine_worker_drain(engine, instance);
        return;
    }
    if (instance->has_sidechain) engine_sidechain_run(engine, instance, sample_count);
    decode(engine, instance, input->coded, sample_count);
    filter_band(instance, sample_count);
}

static void restart_resamplers(engine_instance *instance)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        rsd_resampler_reset(instance->to_codec[c]);
        rsd_resampler_reset(instance->from_codec[c]);
        rsd_delay_reset(instance->align[c]);
        memset(instance->ready + c * instance->ready_stride, 0,
               instance->latency.prefill_samples * sizeof *instance->ready);
    }
    instance->ready_count = instance->latency.prefill_samples;
}

/*
 * Frame f starts at codec sample f hop. Without resampling that holds across restarts: what was missed of the hop that
 * is under way counts as silence. With it, the resamplers start anew and a frame with them, at the first grid index to
 * come.
 */
void engine_instance_restart(engine_instance *instance, uint64_t sample_time)
{
    const uint32_t hop = instance->info.hop_samples;
    const size_t hop_bytes = (size_t)instance->channel_count * hop * sizeof(float);
    const size_t hop_in_bytes = engine_instance_hop_in_floats(instance) * sizeof(float);
    const uint64_t codec_time =
        instance->resampled
            ? sample_time / instance->engine_rate_hz * instance->info.sample_rate_hz +
                  sample_time % instance->engine_rate_hz * instance->info.sample_rate_hz / instance->engine_rate_hz
            : sample_time;
    memset(instance->hop_in, 0, hop_in_bytes);
    memset(instance->hop_out, 0, hop_bytes);
    instance->position = instance->resampled ? 0u : (uint32_t)(codec_time % hop);
    instance->frame_index = instance->resampled ? (codec_time + hop - 1u) / hop : codec_time / hop;
    instance->controls_taken = false;
    instance->reset_pending = true;
    instance->fetch_pending = false;
    forget_band(instance);
    if (instance->resampled) restart_resamplers(instance);
    engine_sidechain_restart(instance);
    if (instance->worker) engine_worker_forget(instance->worker);
}

void engine_instance_clear_delays(engine_instance *instance)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        rsd_delay_reset(instance->raw_delay[c]);
        rsd_delay_reset(instance->dry_delay[c]);
    }
}

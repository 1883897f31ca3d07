// SPDX-License-Identifier: MIT
// Tandem coding: the generations before the last. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include <string.h>

uint32_t engine_generations_latency_samples(const engine_instance *instance)
{
    const rsd_codec_info *info = &instance->info;
    return info->latency_samples + (instance->generations.count - 1u) * (info->latency_samples - info->hop_samples);
}

rsd_codec *engine_generations_first(const engine_instance *instance, uint32_t channel)
{
    return instance->generations.count > 1u ? instance->generations.earlier[0][channel] : instance->codecs[channel];
}

void engine_generations_reset(engine_instance *instance, uint32_t channel)
{
    for (uint32_t g = 0; g + 1u < instance->generations.count; g++)
        rsd_codec_reset(instance->generations.earlier[g][channel]);
    rsd_codec_reset(instance->codecs[channel]);
}

/* Gains, mutes, solos and delta are of what is heard, which is the last generation alone. */
static rsd_decode_controls plain_controls(const engine_instance *instance, const engine_frame_job *job)
{
    rsd_decode_controls controls = job->decode;
    controls.noise_fill = job->earlier_noise_fill;
    for (uint32_t k = 0; k < instance->info.level_count; k++)
        controls.level_gain[k] = engine_level_activity(controls.active_levels, k);
    return controls;
}

const float *engine_generations_run(engine_instance *instance, uint32_t channel, const engine_frame_job *job,
                                    const rsd_token_frame *first, const float *in)
{
    const engine_generations *generations = &instance->generations;
    rsd_decode_controls controls = plain_controls(instance, job);
    float *hop = generations->hops + (size_t)channel * instance->info.hop_samples;
    rsd_token_frame frame;
    for (uint32_t g = 0; g + 1u < generations->count; g++) {
        rsd_codec *codec = generations->earlier[g][channel];
        const rsd_token_frame *tokens = g == 0u && first ? first : &frame;
        if (tokens == &frame) rsd_codec_encode(codec, in, &job->encode, &frame, NULL);
        rsd_decode_controls of_frame = controls;
        if ((float)tokens->level_count < controls.active_levels) of_frame.active_levels = (float)tokens->level_count;
        rsd_codec_decode(codec, tokens, &of_frame, hop);
        in = hop;
    }
    return in;
}

void engine_generations_run_pair(engine_instance *instance, const engine_frame_job *job,
                                 const engine_coded_channel *first, const float *in[2])
{
    const engine_generations *generations = &instance->generations;
    const rsd_decode_controls controls = plain_controls(instance, job);
    float *const hops[2] = {generations->hops, generations->hops + instance->info.hop_samples};
    rsd_token_frame own[2];
    for (uint32_t g = 0; g + 1u < generations->count; g++) {
        const bool is_told = g == 0u && first;
        const rsd_token_frame *const tokens[2] = {is_told ? &first[0].frame : &own[0],
                                                  is_told ? &first[1].frame : &own[1]};
        if (!is_told)
            rsd_codec_encode_pair(generations->earlier[g], in, &job->encode, (rsd_token_frame *[]){&own[0], &own[1]},
                                  NULL);
        rsd_decode_controls of_frame = controls;
        const uint32_t a = tokens[0]->level_count, b = tokens[1]->level_count;
        if ((float)(a > b ? a : b) < controls.active_levels) of_frame.active_levels = (float)(a > b ? a : b);
        rsd_codec_decode_pair(generations->earlier[g], tokens, &of_frame, hops);
        in[0] = hops[0];
        in[1] = hops[1];
    }
}

bool rsd_engine_wants_generations(const rsd_engine *engine)
{
    /* Stored by control and audio; nothing else hangs on it: relaxed. */
    const float wanted = atomic_load_explicit(&engine->values[RSD_PARAM_GENERATIONS], memory_order_relaxed);
    /* Stored by audio in engine_publish_instance; the instance lives on until control collects it. */
    const engine_instance *now = atomic_load_explicit(&engine->reported, memory_order_acquire);
    return (uint32_t)wanted != now->generations.count;
}

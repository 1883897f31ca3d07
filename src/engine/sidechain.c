// SPDX-License-Identifier: MIT
// The side-chain while it runs. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include <string.h>

/* What it plays is wanted, now or by a hop that is filling; or it has a past of its own, which must not have holes. */
static bool listens(const engine_instance *instance)
{
    if (!instance || !instance->has_sidechain) return false;
    return instance->sidechain.has_past || instance->job.cross.amount > 0.0f ||
           instance->state.params[RSD_PARAM_CROSS] > 0.0f;
}

uint32_t engine_sidechain_begin(rsd_engine *engine, uint32_t length)
{
    engine_sidechain *sidechain = &engine->sidechain;
    const float lag_ms = engine_heard_instance(engine)->state.params[RSD_PARAM_CROSS_LAG_MS];
    const float lag_samples = lag_ms * 0.001f * (float)engine->config.sample_rate_hz;
    engine_line_aim(&sidechain->line, (uint32_t)(lag_samples + 0.5f), engine->time == 0u);
    return engine_line_part(&sidechain->line, length);
}

/* The follower's, where it follows the side-chain. */
static void find_peak(rsd_engine *engine, uint32_t channel, const float *in, uint32_t sample_count)
{
    if (engine->params[RSD_PARAM_ENVELOPE_SIDECHAIN] == 0.0f) return;
    const float peak = engine_sanitise(in, engine->sidechain.rows + channel * ENGINE_SUB_BLOCK_SAMPLES, sample_count);
    if (peak > engine->modulation.side_peak) engine->modulation.side_peak = peak;
}

/* The line keeps what came; it is made finite when it is read, which costs nothing while nobody does. */
static RSD_REALTIME void keep(rsd_engine *engine, uint32_t channel, uint32_t offset, uint32_t sample_count)
{
    engine_sidechain *sidechain = &engine->sidechain;
    float *row = sidechain->rows + channel * ENGINE_SUB_BLOCK_SAMPLES;
    if (!sidechain->in) {
        memset(row, 0, sample_count * sizeof *row);
        engine_line_write(&sidechain->line, channel, row, sample_count);
        return;
    }
    const float *in = sidechain->in[channel % sidechain->channel_count] + offset;
    engine_line_write(&sidechain->line, channel, in, sample_count);
    find_peak(engine, channel, in, sample_count);
}

void engine_sidechain_take(rsd_engine *engine, uint32_t offset, uint32_t sample_count)
{
    engine_sidechain *sidechain = &engine->sidechain;
    for (uint32_t c = 0; c < engine->config.channel_count; c++) keep(engine, c, offset, sample_count);
    engine_line_advance(&sidechain->line, sample_count);
    const bool is_heard = listens(engine->current) || listens(engine->incoming);
    for (uint32_t c = 0; c < engine->config.channel_count && is_heard; c++) {
        float *row = sidechain->rows + c * ENGINE_SUB_BLOCK_SAMPLES;
        engine_line_read(&sidechain->line, c, sample_count, row, sample_count);
        (void)engine_sanitise(row, row, sample_count);
    }
    engine_line_step(&sidechain->line, sample_count);
}

void engine_sidechain_run(const rsd_engine *engine, engine_instance *instance, uint32_t sample_count)
{
    engine_sidechain_path *path = &instance->sidechain;
    const uint32_t stride = instance->resampled ? instance->codec_sub_block_samples : ENGINE_SUB_BLOCK_SAMPLES;
    if (!listens(instance)) return;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        const float *from = engine->sidechain.rows + c * ENGINE_SUB_BLOCK_SAMPLES;
        float *to = path->codec_in + c * stride;
        uint32_t count = sample_count;
        if (instance->resampled) {
            count = rsd_resampler_process(path->to_codec[c], from, sample_count, to);
            engine_clamp(to, count);
            from = to;
        }
        rsd_delay_process(path->delay[c], from, to, count);
    }
}

void engine_sidechain_restart(engine_instance *instance)
{
    engine_sidechain_path *path = &instance->sidechain;
    path->runs = false;
    for (uint32_t c = 0; c < instance->channel_count && instance->has_sidechain; c++) {
        if (path->to_codec[c]) rsd_resampler_reset(path->to_codec[c]);
        rsd_delay_reset(path->delay[c]);
    }
}

void engine_sidechain_take_controls(const rsd_engine *engine, const engine_instance *instance,
                                    engine_cross_controls *cross)
{
    const float *params = instance->state.params;
    cross->amount = engine->sidechain.in ? params[RSD_PARAM_CROSS] : 0.0f;
    cross->level_begin = (uint32_t)params[RSD_PARAM_CROSS_FROM] - 1u;
    cross->level_end = (uint32_t)params[RSD_PARAM_CROSS_TO];
    cross->reset_first = !instance->sidechain.runs;
}

void engine_sidechain_code(engine_instance *instance, uint32_t channel, const engine_frame_job *job, const float *hop,
                           codec_frame *frame)
{
    rsd_codec *codec = instance->sidechain.codecs[channel];
    rsd_token_frame tokens;
    if (job->cross.reset_first) rsd_codec_reset(codec);
    rsd_codec_encode(codec, hop, &job->encode, &tokens, NULL);
    codec_read_frame(codec, &tokens, frame);
}

void engine_sidechain_code_pair(engine_instance *instance, const engine_frame_job *job, const float *hop_in,
                                codec_frame *const frames[2])
{
    rsd_codec **codecs = instance->sidechain.codecs;
    const uint32_t hop = instance->info.hop_samples;
    const float *const in[2] = {hop_in, hop_in + hop};
    rsd_token_frame tokens[2];
    for (uint32_t c = 0; c < 2u && job->cross.reset_first; c++) rsd_codec_reset(codecs[c]);
    rsd_codec_encode_pair(codecs, in, &job->encode, (rsd_token_frame *[]){&tokens[0], &tokens[1]}, NULL);
    codec_read_pair(codecs, (const rsd_token_frame *[]){&tokens[0], &tokens[1]}, frames);
}

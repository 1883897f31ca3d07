// SPDX-License-Identifier: MIT
// Memory, codecs and resamplers of the side-chain.
#include "engine/engine_internal.h"

#include "base/memory.h"

#include <stdlib.h>

rsd_status engine_sidechain_make(engine_sidechain *sidechain, const rsd_engine_config *config)
{
    const uint32_t rate_hz = config->sample_rate_hz, channel_count = config->channel_count;
    sidechain->channel_count = config->sidechain_channel_count;
    if (sidechain->channel_count == 0u) return RSD_OK;
    sidechain->rows = base_calloc_64((size_t)channel_count * ENGINE_SUB_BLOCK_SAMPLES * sizeof *sidechain->rows);
    if (!sidechain->rows) return RSD_ERR_MEMORY;
    return engine_line_make(&sidechain->line, channel_count,
                            (uint32_t)((uint64_t)rate_hz * ENGINE_LAG_LONGEST_MS / 1000u),
                            rate_hz * ENGINE_LAG_FADE_MS / 1000u);
}

void engine_sidechain_free(engine_sidechain *sidechain)
{
    engine_line_free(&sidechain->line);
    free(sidechain->rows);
}

rsd_status engine_sidechain_make_codecs(engine_instance *instance)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        const rsd_status status = engine_instance_add_codec(instance, &instance->sidechain.codecs[c]);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

rsd_status engine_sidechain_make_buffers(engine_instance *instance)
{
    engine_sidechain_path *path = &instance->sidechain;
    const rsd_codec_info *info = &instance->info;
    const uint32_t later = engine_generations_latency_samples(instance) - info->latency_samples;
    const uint32_t stride = instance->resampled ? instance->codec_sub_block_samples : ENGINE_SUB_BLOCK_SAMPLES;
    path->codec_in = engine_instance_allocate(instance, (size_t)instance->channel_count * stride * sizeof(float));
    if (!path->codec_in) return RSD_ERR_MEMORY;
    path->has_past = instance->resampled || instance->latency.align_samples + later > 0u;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        const rsd_status status =
            engine_instance_add_delay(instance, instance->latency.align_samples + later, &path->delay[c]);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

void engine_sidechain_destroy_path(engine_instance *instance)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) rsd_resampler_destroy(instance->sidechain.to_codec[c]);
}

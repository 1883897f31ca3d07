// SPDX-License-Identifier: MIT
// An instance of a codec in an engine: codecs, resamplers, delays and worker are made and freed.
#include "engine/engine_internal.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void *engine_instance_allocate(engine_instance *instance, size_t size_bytes)
{
    if (instance->owned_count == sizeof instance->owned / sizeof instance->owned[0]) return NULL;
    void *block = base_calloc_64(size_bytes);
    if (!block) return NULL;
    instance->owned[instance->owned_count++] = block;
    return block;
}

static float *allocate_rows(engine_instance *instance, uint32_t row_samples)
{
    return engine_instance_allocate(instance, (size_t)instance->channel_count * row_samples * sizeof(float));
}

rsd_status engine_instance_add_delay(engine_instance *instance, uint32_t delay_samples, rsd_delay **delay)
{
    const size_t size_bytes = rsd_delay_size_bytes(delay_samples);
    void *block = engine_instance_allocate(instance, size_bytes);
    return block ? rsd_delay_init(block, size_bytes, delay_samples, delay) : RSD_ERR_MEMORY;
}

rsd_status engine_instance_add_codec(engine_instance *instance, rsd_codec **codec)
{
    const size_t size_bytes = rsd_codec_size_bytes(instance->model);
    void *block = engine_instance_allocate(instance, size_bytes);
    if (!block) return RSD_ERR_MEMORY;
    return rsd_codec_init(block, size_bytes, instance->model, instance->info.sample_rate_hz, codec);
}

static rsd_status make_codecs(engine_instance *instance)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        const rsd_status status = engine_instance_add_codec(instance, &instance->codecs[c]);
        if (status != RSD_OK) return status;
    }
    if (instance->has_sidechain) {
        const rsd_status status = engine_sidechain_make_codecs(instance);
        if (status != RSD_OK) return status;
    }
    instance->coded = engine_instance_allocate(instance, instance->channel_count * sizeof *instance->coded);
    instance->hop_in = engine_instance_allocate(instance, engine_instance_hop_in_floats(instance) * sizeof(float));
    instance->hop_out = allocate_rows(instance, instance->info.hop_samples);
    return instance->coded && instance->hop_in && instance->hop_out ? RSD_OK : RSD_ERR_MEMORY;
}

static rsd_status make_predictors(engine_instance *instance)
{
    const predictor *weights = codec_predictor_of(instance->model);
    instance->predicted_levels = weights ? predictor_level_count(weights) : 0u;
    for (uint32_t c = 0; weights && c < instance->channel_count; c++) {
        void *block = engine_instance_allocate(instance, predictor_state_bytes(weights));
        if (!block) return RSD_ERR_MEMORY;
        token_effects_use_predictor(instance->effects[c], predictor_state_init(block, weights));
    }
    return RSD_OK;
}

static rsd_status make_effects(engine_instance *instance)
{
    codec_bands bands;
    codec_bands_of(instance->model, &bands);
    const size_t size_bytes = token_effects_size_bytes(&instance->info, &bands);
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        void *block = engine_instance_allocate(instance, size_bytes);
        if (!block) return RSD_ERR_MEMORY;
        instance->effects[c] = token_effects_init(block, &instance->info, &bands, c);
    }
    const rsd_status status = make_predictors(instance);
    if (status != RSD_OK) return status;
    instance->moves = engine_instance_allocate(instance, instance->channel_count * sizeof *instance->moves);
    if (!instance->moves) return RSD_ERR_MEMORY;
    for (uint32_t c = 0; c < instance->channel_count; c++)
        token_moves_init(&instance->moves[c], &instance->info, &bands, c);
    return RSD_OK;
}

static rsd_status make_resamplers_of(engine_instance *instance, uint32_t channel, rsd_resampler_quality quality)
{
    const uint32_t engine_rate = instance->engine_rate_hz, codec_rate = instance->info.sample_rate_hz;
    const rsd_status status = rsd_resampler_create(engine_rate, codec_rate, quality, &instance->to_codec[channel]);
    return status == RSD_OK ? rsd_resampler_create(codec_rate, engine_rate, quality, &instance->from_codec[channel])
                            : status;
}

/* Up and down again, the pair keeps all that the engine's rate can hold. Where the codec's rate is the lower one, or
 * nearly the same, what it cannot hold must be taken away cleanly. libsamplerate takes the ratios that need too many
 * phases. */
static rsd_status make_resamplers(engine_instance *instance)
{
    static const rsd_resampler_quality wishes[] = {RSD_RESAMPLER_PAIR, RSD_RESAMPLER_STEEP, RSD_RESAMPLER_MEDIUM};
    uint32_t wish = instance->engine_rate_hz < instance->info.sample_rate_hz ? 0u : 1u;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        rsd_status status = make_resamplers_of(instance, c, wishes[wish]);
        while (status == RSD_ERR_UNSUPPORTED && wishes[wish] != RSD_RESAMPLER_MEDIUM)
            status = make_resamplers_of(instance, c, wishes[++wish]);
        if (status == RSD_OK && instance->has_sidechain)
            status = rsd_resampler_create(instance->engine_rate_hz, instance->info.sample_rate_hz, wishes[wish],
                                          &instance->sidechain.to_codec[c]);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

/* After the latency plan: buffers of the resampled path. */
static rsd_status make_resampled_path(engine_instance *instance)
{
    instance->codec_sub_block_samples = rsd_resampler_max_out(instance->to_codec[0], ENGINE_SUB_BLOCK_SAMPLES);
    const uint32_t most_out = rsd_resampler_max_out(instance->from_codec[0], instance->codec_sub_block_samples);
    /* Between sub-blocks at most prefill + 1 samples stay: what the two roundings down owe never exceeds prefill. */
    instance->ready_stride = most_out + instance->latency.prefill_samples + 1u;
    instance->codec_in = allocate_rows(instance, instance->codec_sub_block_samples);
    instance->codec_out = allocate_rows(instance, instance->codec_sub_block_samples);
    instance->ready = allocate_rows(instance, instance->ready_stride);
    if (!instance->codec_in || !instance->codec_out || !instance->ready) return RSD_ERR_MEMORY;
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        const rsd_status status =
            engine_instance_add_delay(instance, instance->latency.align_samples, &instance->align[c]);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

static rsd_status make_delays(engine_instance *instance)
{
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        rsd_status status =
            engine_instance_add_delay(instance, instance->latency.total_samples, &instance->dry_delay[c]);
        if (status == RSD_OK)
            status = engine_instance_add_delay(instance, instance->latency.total_samples, &instance->raw_delay[c]);
        if (status != RSD_OK) return status;
    }
    instance->wet = allocate_rows(instance, ENGINE_SUB_BLOCK_SAMPLES);
    instance->dry = allocate_rows(instance, ENGINE_SUB_BLOCK_SAMPLES);
    instance->raw = allocate_rows(instance, ENGINE_SUB_BLOCK_SAMPLES);
    return instance->wet && instance->dry && instance->raw ? RSD_OK : RSD_ERR_MEMORY;
}

static rsd_status build(engine_instance *instance, uint32_t generation_count)
{
    rsd_status status = make_codecs(instance);
    if (status == RSD_OK) status = make_effects(instance);
    if (status == RSD_OK) status = engine_generations_make(instance, generation_count);
    if (status != RSD_OK) return status;
    engine_instance_pick_schedule(instance);

    uint32_t in_delay = 0u, out_delay = 0u;
    if (instance->resampled) {
        status = make_resamplers(instance);
        if (status != RSD_OK) return status;
        in_delay = rsd_resampler_latency_out_samples(instance->to_codec[0]);
        out_delay = rsd_resampler_latency_out_samples(instance->from_codec[0]);
    }
    rsd_codec_info chain = instance->info;
    chain.latency_samples = engine_generations_latency_samples(instance);
    instance->latency =
        engine_instance_plan_latency(&chain, instance->engine_rate_hz, instance->schedule, in_delay, out_delay);
    if (instance->resampled) status = make_resampled_path(instance);
    if (status == RSD_OK) status = make_delays(instance);
    if (status == RSD_OK && instance->has_sidechain) status = engine_sidechain_make_buffers(instance);
    if (status == RSD_OK && instance->schedule == RSD_SCHEDULE_THREADED) status = engine_worker_start(instance);
    if (status == RSD_OK) engine_instance_restart(instance, 0u);
    return status;
}

static void destroy_one(engine_instance *instance)
{
    if (!instance) return;
    engine_worker_stop(instance->worker);
    for (uint32_t c = 0; c < instance->channel_count; c++) {
        rsd_resampler_destroy(instance->to_codec[c]);
        rsd_resampler_destroy(instance->from_codec[c]);
    }
    engine_sidechain_destroy_path(instance);
    for (uint32_t i = 0; i < instance->owned_count; i++) free(instance->owned[i]);
    rsd_model_release(instance->model);
    free(instance);
}

static rsd_status create_one(const rsd_engine *engine, rsd_model *model, rsd_schedule schedule,
                             uint32_t generation_count, engine_instance **instance)
{
    engine_instance *made = calloc(1u, sizeof *made);
    if (!made) return RSD_ERR_MEMORY;
    made->model = rsd_model_retain(model);
    rsd_model_info(model, engine->config.sample_rate_hz, &made->info);
    made->engine_rate_hz = engine->config.sample_rate_hz;
    made->channel_count = engine->config.channel_count;
    made->block_samples = engine->config.block_samples;
    made->schedule = schedule;
    made->hooks = &engine->hooks;
    made->stages = engine->stages;
    made->has_sidechain = engine->sidechain.channel_count > 0u;
    made->resampled = made->info.sample_rate_hz != made->engine_rate_hz;
    const rsd_status status = build(made, generation_count);
    engine_level_match_init(&made->match, made->engine_rate_hz, made->channel_count);
    if (status != RSD_OK) {
        destroy_one(made);
        return status;
    }
    for (uint32_t c = 0; c < made->channel_count; c++) codec_use_stages(made->codecs[c], engine->stages);
    *instance = made;
    return RSD_OK;
}

/* Two of one latency: the second takes the schedule that the first has picked. */
rsd_status engine_instance_create(const rsd_engine *engine, rsd_model *model, uint32_t generation_count,
                                  engine_instance **instance, rsd_error *error)
{
    engine_instance *first = NULL, *second = NULL;
    rsd_status status = create_one(engine, model, engine->config.schedule, generation_count, &first);
    if (status == RSD_OK) status = create_one(engine, model, first->schedule, generation_count, &second);
    if (status != RSD_OK) {
        rsd_codec_info info;
        rsd_model_info(model, engine->config.sample_rate_hz, &info);
        destroy_one(first);
        return base_error_set(error, status, "codec %s at %u Hz, %u channels: %s", info.name,
                              engine->config.sample_rate_hz, engine->config.channel_count, rsd_status_text(status));
    }
    first->twin = second;
    second->twin = first;
    /* The audio thread starts them anew with what is wanted then: engine->params is its own. */
    float values[ENGINE_VALUE_COUNT];
    engine_default_values(values);
    engine_state_start(engine, values, &first->state);
    engine_state_start(engine, values, &second->state);
    *instance = first;
    return RSD_OK;
}

void engine_instance_destroy(engine_instance *instance)
{
    if (!instance) return;
    destroy_one(instance->twin);
    destroy_one(instance);
}

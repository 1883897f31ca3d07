// SPDX-License-Identifier: MIT
// Life of an engine, and codec swaps as the control thread sees them.
#include "engine/engine_internal.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/ring_create.h"
#include "base/sized.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_RATE_HZ 8000u
#define MAX_RATE_HZ 384000u

static rsd_status check_config(const rsd_engine_config *config, rsd_error *error)
{
    if (config->sample_rate_hz < MIN_RATE_HZ || config->sample_rate_hz > MAX_RATE_HZ)
        return base_error_set(error, RSD_ERR_ARG, "sample rate %u Hz is not in %u..%u", config->sample_rate_hz,
                              MIN_RATE_HZ, MAX_RATE_HZ);
    if (config->channel_count < 1u || config->channel_count > RSD_ENGINE_MAX_CHANNELS)
        return base_error_set(error, RSD_ERR_ARG, "%u channels are not in 1..%u", config->channel_count,
                              RSD_ENGINE_MAX_CHANNELS);
    if (config->sidechain_channel_count > config->channel_count)
        return base_error_set(error, RSD_ERR_ARG, "a side-chain of %u channels, but the engine has %u",
                              config->sidechain_channel_count, config->channel_count);
    if (config->schedule != RSD_SCHEDULE_AUTO && config->schedule != RSD_SCHEDULE_INLINE &&
        config->schedule != RSD_SCHEDULE_THREADED && config->schedule != RSD_SCHEDULE_BY_FRAME)
        return base_error_set(error, RSD_ERR_ARG, "schedule %d is none of auto, inline, threaded, by_frame",
                              (int)config->schedule);
    return RSD_OK;
}

static rsd_status make_buffers(rsd_engine *engine)
{
    const size_t sub_block_bytes = ENGINE_SUB_BLOCK_SAMPLES * sizeof(float);
    engine->events = base_ring_create(RSD_ENGINE_EVENT_CAPACITY, sizeof(rsd_event));
    engine->retired = base_ring_create(1u, sizeof(engine_instance *));
    engine->telemetry = base_ring_create(ENGINE_TELEMETRY_CAPACITY, sizeof(rsd_telemetry));
    engine->pending = base_calloc_64(RSD_ENGINE_EVENT_CAPACITY * sizeof *engine->pending);
    engine->raw = base_calloc_64(engine->config.channel_count * sub_block_bytes);
    engine->gained = base_calloc_64(engine->config.channel_count * sub_block_bytes);
    engine->fade_scratch = base_calloc_64(sub_block_bytes);
    const bool complete = engine->events && engine->retired && engine->telemetry && engine->pending && engine->raw &&
                          engine->gained && engine->fade_scratch;
    return complete ? RSD_OK : RSD_ERR_MEMORY;
}

void engine_default_values(float values[ENGINE_VALUE_COUNT])
{
    for (uint32_t index = 0; index < ENGINE_VALUE_COUNT; index++) values[index] = 0.0f;
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        const uint32_t level_count = rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u;
        for (uint32_t level = 0; level < level_count; level++) {
            const uint32_t index = engine_value_index(info->id, level);
            if (index != ENGINE_VALUE_COUNT) values[index] = info->default_value;
        }
    }
}

static void default_params(rsd_engine *engine)
{
    engine_default_values(engine->base);
    engine_default_values(engine->params);
    for (uint32_t index = 0; index < ENGINE_VALUE_COUNT; index++)
        atomic_init(&engine->values[index], engine->params[index]);
    atomic_init(&engine->held_share, ENGINE_NO_SHARE);
    engine->levels_share = ENGINE_NO_SHARE;
}

void engine_modulation_init(rsd_engine *engine)
{
    const uint32_t tick_samples = engine->config.sample_rate_hz / ENGINE_TICKS_PER_S;
    engine->modulation.tick_samples = tick_samples > 0u ? tick_samples : 1u;
}

static rsd_status build(rsd_engine *engine, rsd_model *model, rsd_error *error)
{
    atomic_init(&engine->generation, 0u);
    atomic_init(&engine->states_asked, 0u);
    atomic_init(&engine->handed_over, NULL);
    atomic_init(&engine->events_refused, 0u);
    atomic_init(&engine->wait_for_frames, false);
    atomic_init(&engine->events_taken, 0u);
    atomic_init(&engine->sample_time, 0u);
    engine->period_samples = engine_samples_of_ms(engine, (float)RSD_TELEMETRY_PERIOD_MS);
    default_params(engine);
    rsd_ramp_init(&engine->fade, 0.0f, 0u);
    limiter_init(&engine->limiter, engine->config.sample_rate_hz);
    engine_reset_telemetry(engine);
    engine_modulation_init(engine);
    if (make_buffers(engine) != RSD_OK ||
        engine_feedback_make(&engine->feedback, engine->config.sample_rate_hz, engine->config.channel_count) !=
            RSD_OK ||
        engine_sidechain_make(&engine->sidechain, &engine->config) != RSD_OK)
        return base_error_set(error, RSD_ERR_MEMORY, "no memory for the engine");
    const rsd_status status = engine_instance_create(engine, model, 1u, &engine->current, error);
    if (status == RSD_OK) engine_publish_instance(engine, engine->current);
    return status;
}

rsd_status rsd_engine_create_sized(const rsd_engine_config *config, size_t config_bytes, rsd_model *model,
                                   rsd_engine **engine, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!engine) return base_error_set(error, RSD_ERR_ARG, "no place for the engine was given");
    if (!config || !model) return base_error_set(error, RSD_ERR_ARG, "an engine wants a configuration and a codec");
    rsd_engine_config known;
    base_sized_copy(&known, sizeof known, config, config_bytes);
    const rsd_status valid = check_config(&known, error);
    if (valid != RSD_OK) return valid;
    rsd_engine *made = base_calloc_64(sizeof *made);
    if (!made) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the engine");
    made->config = known;
    const rsd_status status = build(made, model, error);
    if (status != RSD_OK) {
        rsd_engine_destroy(made);
        return status;
    }
    *engine = made;
    return RSD_OK;
}

static void destroy_retired(rsd_engine *engine)
{
    engine_instance *instance;
    while (engine->retired && rsd_ring_read(engine->retired, &instance, 1u) == 1u) engine_instance_destroy(instance);
}

void rsd_engine_destroy(rsd_engine *engine)
{
    if (!engine) return;
    engine_instance_destroy(atomic_load_explicit(&engine->handed_over, memory_order_acquire)); /* not taken by audio */
    destroy_retired(engine);
    engine_instance_destroy(engine->received);
    if (engine->incoming && engine->incoming != engine->current->twin) engine_instance_destroy(engine->incoming);
    engine_instance_destroy(engine->current);
    free(engine->events);
    free(engine->retired);
    free(engine->telemetry);
    free(engine->pending);
    free(engine->raw);
    free(engine->gained);
    free(engine->fade_scratch);
    engine_feedback_free(&engine->feedback);
    engine_sidechain_free(&engine->sidechain);
    free(engine);
}

rsd_status rsd_engine_prime(rsd_engine *engine, const float *const *start, uint32_t sample_count)
{
    engine_instance *instance = engine->current;
    const uint32_t wanted = instance->info.prime_samples, count = sample_count < wanted ? sample_count : wanted;
    if (instance->resampled || count == 0u) return RSD_OK;
    float gain_db = 0.0f;
    rsd_status status = rsd_engine_get(engine, RSD_PARAM_INPUT_GAIN_DB, 0, &gain_db);
    float *gained = malloc(count * sizeof *gained);
    if (!gained) return RSD_ERR_MEMORY;
    const float gain = powf(10.0f, gain_db / 20.0f);
    for (uint32_t c = 0; status == RSD_OK && c < instance->channel_count; c++) {
        for (uint32_t i = 0; i < count; i++) gained[i] = start[c][i] * gain;
        status = rsd_codec_prime(engine_generations_first(instance, c), gained, count);
    }
    free(gained);
    return status;
}

rsd_status rsd_engine_prime_source(rsd_engine *engine)
{
    engine_instance *instance = engine->current;
    const engine_token_hooks *hooks = &engine->hooks;
    const uint32_t wanted = instance->info.prime_samples / instance->info.hop_samples;
    if (instance->resampled || wanted == 0u || !hooks->source) return RSD_OK;
    engine_frame_job job = {0};
    engine_pick_up_params(engine);
    engine_settle(engine);
    engine_take_controls(engine, instance, &job);
    rsd_token_frame *start = calloc(wanted, sizeof *start);
    rsd_status status = start ? RSD_OK : RSD_ERR_MEMORY;
    for (uint32_t c = 0; status == RSD_OK && c < instance->channel_count; c++) {
        uint32_t got = 0;
        while (got < wanted && hooks->source(hooks->source_context, c, got, &start[got]) != 0) got++;
        status = rsd_codec_prime_decode(engine_generations_first(instance, c), start, got, &job.decode);
    }
    free(start);
    return status;
}

void rsd_engine_set_tap(rsd_engine *engine, rsd_token_tap tap, void *context)
{
    engine->hooks.tap = tap;
    engine->hooks.tap_context = context;
}

void rsd_engine_set_sound_tap(rsd_engine *engine, rsd_sound_tap tap, void *context)
{
    engine->sound_tap = tap;
    engine->sound_tap_context = context;
}

void rsd_engine_set_source(rsd_engine *engine, rsd_token_source source, void *context)
{
    engine->hooks.source = source;
    engine->hooks.source_context = context;
}

/* As many generations as the parameter says now. */
static rsd_status create_instance(const rsd_engine *engine, rsd_model *model, engine_instance **instance,
                                  rsd_error *error)
{
    /* Stored by control, which this is, and by audio (events). Nothing else hangs on it: relaxed. */
    const float generations = atomic_load_explicit(&engine->values[RSD_PARAM_GENERATIONS], memory_order_relaxed);
    return engine_instance_create(engine, model, (uint32_t)generations, instance, error);
}

rsd_status rsd_engine_swap(rsd_engine *engine, rsd_model *model, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!engine || !model) return base_error_set(error, RSD_ERR_ARG, "a swap wants an engine and a codec");
    if (rsd_engine_collect(engine))
        return base_error_set(error, RSD_ERR_FULL, "the codec swap before this one is not over yet; try again");
    engine_instance *instance = NULL;
    const rsd_status status = create_instance(engine, model, &instance, error);
    if (status != RSD_OK) return status;
    engine->swap_under_way = true;
    instance->generation = atomic_load_explicit(&engine->generation, memory_order_relaxed); /* control's own */
    /* Taken by audio in engine_receive_instance. */
    atomic_store_explicit(&engine->handed_over, instance, memory_order_release);
    return RSD_OK;
}

rsd_status engine_load_state(rsd_engine *engine, const float values[ENGINE_VALUE_COUNT], rsd_model *model,
                             rsd_error *error)
{
    engine_instance *instance = NULL;
    const uint32_t generation_count = (uint32_t)values[RSD_PARAM_GENERATIONS];
    const bool is_busy = rsd_engine_collect(engine);
    if (model && is_busy)
        return base_error_set(error, RSD_ERR_FULL, "the codec swap before this one is not over yet; try again");
    /* Stored by audio. Another number of generations is another instance; while a swap is under way it follows later. */
    const engine_instance *now = atomic_load_explicit(&engine->reported, memory_order_acquire);
    if (!model && !is_busy && now->generations.count != generation_count) model = now->model;
    const rsd_status status =
        model ? engine_instance_create(engine, model, generation_count, &instance, error) : RSD_OK;
    if (status != RSD_OK) return status;
    if (instance) engine->swap_under_way = true;
    engine_store_state(engine, values, instance);
    return RSD_OK;
}

rsd_status rsd_engine_set_block(rsd_engine *engine, uint32_t block_samples, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!engine) return base_error_set(error, RSD_ERR_ARG, "no engine");
    if (rsd_engine_collect(engine))
        return base_error_set(error, RSD_ERR_FULL, "a codec swap is not over yet; try again");
    /* Stored by audio; no swap is under way, so that it is the one that sounds. */
    const engine_instance *now = atomic_load_explicit(&engine->reported, memory_order_acquire);
    engine->config.block_samples = block_samples;
    if (engine->config.schedule != RSD_SCHEDULE_AUTO || engine_instance_weigh(now, block_samples) == now->schedule)
        return RSD_OK;
    return rsd_engine_swap(engine, now->model, error);
}

bool rsd_engine_collect(rsd_engine *engine)
{
    engine_instance *instance;
    if (rsd_ring_read(engine->retired, &instance, 1u) == 1u) { /* put there by audio when the fade was over */
        engine_instance_destroy(instance);
        engine->swap_under_way = false;
    }
    return engine->swap_under_way;
}

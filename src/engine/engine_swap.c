// SPDX-License-Identifier: MIT
// Bypass, codec swap and what the other threads are told of it. Nothing in this file allocates, locks, logs or makes a
// system call.
#include "engine/engine_internal.h"

#include "base/sized.h"

/* Three counts of samples below 2^21 (five seconds at the highest rate) in one word, so that no reader sees two swaps
 * mixed. */
#define LATENCY_FIELD_BITS 21u
#define LATENCY_FIELD_MASK ((1u << LATENCY_FIELD_BITS) - 1u)

const engine_instance *engine_heard_instance(const rsd_engine *engine)
{
    return engine->incoming_heard ? engine->incoming : engine->current;
}

void engine_publish_instance(rsd_engine *engine, const engine_instance *instance)
{
    const engine_instance_latency *l = &instance->latency;
    const uint64_t bits = (uint64_t)(l->codec_samples & LATENCY_FIELD_MASK) |
                          (uint64_t)(l->resampler_samples & LATENCY_FIELD_MASK) << LATENCY_FIELD_BITS |
                          (uint64_t)(l->schedule_samples & LATENCY_FIELD_MASK) << (2u * LATENCY_FIELD_BITS);
    /* Read by any thread in rsd_engine_get_latency: one word, nothing else hangs on it. */
    atomic_store_explicit(&engine->latency_bits, bits, memory_order_relaxed);
    /* Read by control in rsd_engine_get_codec and set. */
    atomic_store_explicit(&engine->reported, instance, memory_order_release);
}

void rsd_engine_get_latency_sized(const rsd_engine *engine, rsd_engine_latency *latency, size_t latency_bytes)
{
    /* Stored by audio in engine_publish_instance. */
    const uint64_t bits = atomic_load_explicit(&engine->latency_bits, memory_order_relaxed);
    rsd_engine_latency known;
    known.codec_samples = (uint32_t)bits & LATENCY_FIELD_MASK;
    known.resampler_samples = (uint32_t)(bits >> LATENCY_FIELD_BITS) & LATENCY_FIELD_MASK;
    known.schedule_samples = (uint32_t)(bits >> (2u * LATENCY_FIELD_BITS)) & LATENCY_FIELD_MASK;
    known.total_samples = known.codec_samples + known.resampler_samples + known.schedule_samples;
    known.schedule = known.schedule_samples > 0u ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE;
    base_sized_copy(latency, latency_bytes, &known, sizeof known);
}

void rsd_engine_get_codec_sized(const rsd_engine *engine, rsd_codec_info *info, size_t info_bytes)
{
    /* Stored by audio; the instance lives on until this same thread collects it, which it cannot while it is reported. */
    const engine_instance *instance = atomic_load_explicit(&engine->reported, memory_order_acquire);
    rsd_codec_info known = instance->info;
    known.size_bytes = (uint32_t)(info_bytes < sizeof known ? info_bytes : sizeof known);
    base_sized_copy(info, info_bytes, &known, sizeof known);
}

static uint32_t samples_of_frames(const engine_instance *instance, uint32_t frame_count)
{
    const uint64_t codec_samples = (uint64_t)frame_count * instance->info.hop_samples;
    return (uint32_t)(codec_samples * instance->engine_rate_hz / instance->info.sample_rate_hz);
}

void engine_receive_instance(rsd_engine *engine)
{
    if (engine->incoming) return; /* control hands over the next one only when this one's predecessor is collected */
    /* Put there by control in rsd_engine_swap. */
    engine_instance *instance = atomic_exchange_explicit(&engine->handed_over, NULL, memory_order_acq_rel);
    if (!instance) return;
    engine->incoming = instance;
    instance->codec_number = ++engine->received_count;
    engine->incoming_heard = false;
    engine->incoming_tapped = false;
    engine->incoming_left = instance->latency.total_samples + samples_of_frames(instance, ENGINE_SWAP_SETTLE_FRAMES);
    engine_instance_restart(instance, engine->time);
}

static void retire_current(rsd_engine *engine)
{
    /* One swap at a time and a place in the ring for it: it always fits. Read by control in rsd_engine_collect. */
    rsd_ring_write(engine->retired, &engine->current, 1u);
    engine->current = engine->incoming;
    engine->incoming = NULL;
    engine->incoming_heard = false;
    engine->incoming_tapped = false;
    rsd_ramp_init(&engine->ramps[ENGINE_RAMP_SWAP], 0.0f, engine->ramps[ENGINE_RAMP_SWAP].ramp_samples);
}

/*
 * The fade is over, and the tap has had the last frame of the codec that leaves: a worker's comes two hops after its
 * last sample. Where the new codec's first frame was there before, nobody waits for it.
 */
static bool may_retire(const rsd_engine *engine)
{
    if (engine->ramps[ENGINE_RAMP_SWAP].remaining_samples > 0u) return false;
    return engine->incoming_tapped || !engine->running || !engine_instance_has_heard_frames(engine->current);
}

static void update_swap(rsd_engine *engine)
{
    if (!engine->incoming) return;
    if (engine->time == 0u) { /* nothing has sounded: no fade */
        engine_publish_instance(engine, engine->incoming);
        retire_current(engine);
        return;
    }
    if (engine->incoming_heard) {
        if (may_retire(engine)) retire_current(engine);
    } else if (engine->incoming_left == 0u) {
        engine->incoming_heard = true;
        engine_publish_instance(engine, engine->incoming);
        rsd_ramp_set(&engine->ramps[ENGINE_RAMP_SWAP], 1.0f);
    }
}

static void start_codecs(rsd_engine *engine)
{
    engine_instance *current = engine->current, *incoming = engine->incoming;
    engine->running = true;
    engine->run_in_left = engine->time == 0u ? 0u : current->latency.total_samples; /* at 0 all is silent anyway */
    engine_instance_restart(current, engine->time);
    if (!incoming) return;
    engine_instance_restart(incoming, engine->time);
    if (incoming->latency.total_samples > engine->run_in_left) engine->run_in_left = incoming->latency.total_samples;
}

static void update_bypass(rsd_engine *engine)
{
    rsd_ramp *bypass = &engine->ramps[ENGINE_RAMP_BYPASS];
    if (engine->params[RSD_PARAM_BYPASS] != 0.0f) {
        engine_ramp_to(engine, bypass, 1.0f);
        if (bypass->remaining_samples == 0u) engine->running = false;
        return;
    }
    if (!engine->running) start_codecs(engine);
    if (engine->run_in_left == 0u) engine_ramp_to(engine, bypass, 0.0f);
}

void engine_update_transport(rsd_engine *engine)
{
    update_swap(engine);
    update_bypass(engine);
}

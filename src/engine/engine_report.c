// SPDX-License-Identifier: MIT
// What the other threads are told of the codec in use. Nothing in this file allocates, locks, logs or makes a system
// call.
#include "engine/engine_internal.h"

#include "base/sized.h"

/* Three counts of samples below 2^21 (five seconds at the highest rate) in one word, so that no reader sees two swaps
 * mixed. */
#define LATENCY_FIELD_BITS 21u
#define LATENCY_FIELD_MASK ((1u << LATENCY_FIELD_BITS) - 1u)

void engine_publish_instance(rsd_engine *engine, const engine_instance *instance)
{
    const engine_instance_latency *l = &instance->latency;
    const uint64_t bits = (uint64_t)(l->codec_samples & LATENCY_FIELD_MASK) |
                          (uint64_t)(l->resampler_samples & LATENCY_FIELD_MASK) << LATENCY_FIELD_BITS |
                          (uint64_t)(l->schedule_samples & LATENCY_FIELD_MASK) << (2u * LATENCY_FIELD_BITS);
    /* Read by any thread in rsd_engine_get_latency: one word, nothing else hangs on it. */
    atomic_store_explicit(&engine->latency_bits, bits, memory_order_relaxed);
    /* Read by any thread beside a share of it. */
    atomic_store_explicit(&engine->reported_level_count, instance->info.level_count, memory_order_relaxed);
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

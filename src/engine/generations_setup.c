// SPDX-License-Identifier: MIT
// Codecs of the generations before the last, and the swap that a change of their number is.
#include "engine/engine_internal.h"

#include "base/error.h"

rsd_status engine_generations_make(engine_instance *instance, uint32_t count)
{
    engine_generations *generations = &instance->generations;
    rsd_status status = RSD_OK;
    generations->count = count;
    for (uint32_t g = 0; g + 1u < count; g++)
        for (uint32_t c = 0; status == RSD_OK && c < instance->channel_count; c++)
            status = engine_instance_add_codec(instance, &generations->earlier[g][c]);
    if (status != RSD_OK || count == 1u) return status;
    const size_t hop_floats = (size_t)instance->channel_count * instance->info.hop_samples;
    generations->hops = engine_instance_allocate(instance, hop_floats * sizeof *generations->hops);
    return generations->hops ? RSD_OK : RSD_ERR_MEMORY;
}

rsd_status rsd_engine_apply_generations(rsd_engine *engine, rsd_error *error)
{
    if (error) base_error_set(error, RSD_OK, "%s", "");
    if (!engine) return base_error_set(error, RSD_ERR_ARG, "no engine");
    if (!rsd_engine_wants_generations(engine)) return RSD_OK;
    /* Stored by audio in engine_publish_instance; the instance lives on until control collects it. */
    const engine_instance *now = atomic_load_explicit(&engine->reported, memory_order_acquire);
    return rsd_engine_swap(engine, now->model, error);
}

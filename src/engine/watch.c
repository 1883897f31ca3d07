// SPDX-License-Identifier: MIT
// What a host sees of a running engine. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/watch.h"

#include "engine/engine_internal.h"

static uint32_t queued(const engine_instance *instance)
{
    if (!instance || !instance->worker) return 0u;
    /* Stored by the worker; a figure alone: relaxed. `pushed` is this thread's own. */
    const uint32_t taken = atomic_load_explicit(&instance->worker->taken, memory_order_relaxed);
    return atomic_load_explicit(&instance->worker->pushed, memory_order_relaxed) - taken;
}

void engine_watch(const rsd_engine *engine, engine_view *view)
{
    view->late_frame_count = engine->late_frame_count;
    view->queued_frames = queued(engine->current) + queued(engine->incoming);
    view->is_swapping = engine->incoming != NULL;
}

void engine_watch_stages(rsd_engine *engine, codec_stages *stages)
{
    engine_instance *pair[] = {engine->current, engine->current->twin};
    engine->stages = stages;
    for (uint32_t i = 0; i < 2u; i++) {
        pair[i]->stages = stages;
        for (uint32_t c = 0; c < engine->config.channel_count; c++) codec_use_stages(pair[i]->codecs[c], stages);
    }
}

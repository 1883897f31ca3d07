// SPDX-License-Identifier: MIT
// Timed events. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include "base/sized.h"

/*
 * posted - taken is what is under way, so that ring and heap together hold RSD_ENGINE_EVENT_CAPACITY and neither of
 * them can overflow.
 */
rsd_status rsd_engine_post_sized(rsd_engine *engine, const rsd_event *event, size_t event_bytes)
{
    rsd_event checked;
    if (!engine || !event) return RSD_ERR_ARG;
    base_sized_copy(&checked, sizeof checked, event, event_bytes);
    if (!engine_value_is_valid(checked.param_id, checked.level, &checked.value)) return RSD_ERR_ARG;
    /* Raised by audio once an event is out of its heap. */
    const uint32_t taken = atomic_load_explicit(&engine->events_taken, memory_order_acquire);
    if (engine->events_posted - taken >= RSD_ENGINE_EVENT_CAPACITY ||
        rsd_ring_write(engine->events, &checked, 1u) == 0u) {
        /* Read by audio for telemetry only: relaxed. */
        atomic_fetch_add_explicit(&engine->events_refused, 1u, memory_order_relaxed);
        return RSD_ERR_FULL;
    }
    engine->events_posted++;
    return RSD_OK;
}

static bool is_before(const engine_pending_event *a, const engine_pending_event *b)
{
    return a->sample_time != b->sample_time ? a->sample_time < b->sample_time : a->order < b->order;
}

static void push(rsd_engine *engine, const rsd_event *event)
{
    engine_pending_event *heap = engine->pending;
    const engine_pending_event added = {event->sample_time, engine->pending_order++, event->param_id, event->level,
                                        event->value};
    uint32_t place = engine->pending_count++;
    while (place > 0u && is_before(&added, &heap[(place - 1u) / 2u])) {
        heap[place] = heap[(place - 1u) / 2u];
        place = (place - 1u) / 2u;
    }
    heap[place] = added;
}

static void pop(rsd_engine *engine)
{
    engine_pending_event *heap = engine->pending;
    const uint32_t count = --engine->pending_count;
    const engine_pending_event moved = heap[count];
    uint32_t place = 0;
    for (;;) {
        uint32_t child = 2u * place + 1u;
        if (child >= count) break;
        if (child + 1u < count && is_before(&heap[child + 1u], &heap[child])) child++;
        if (!is_before(&heap[child], &moved)) break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = moved;
}

/* Read by control in rsd_engine_post: room for as many more. */
static void count_taken(rsd_engine *engine, uint32_t count)
{
    atomic_fetch_add_explicit(&engine->events_taken, count, memory_order_release);
}

void engine_receive_events(rsd_engine *engine)
{
    rsd_event event;
    while (engine->pending_count < RSD_ENGINE_EVENT_CAPACITY && rsd_ring_read(engine->events, &event, 1u) == 1u)
        push(engine, &event);
}

void engine_apply_due_events(rsd_engine *engine)
{
    while (engine->pending_count > 0u && engine->pending[0].sample_time <= engine->time) {
        const engine_pending_event due = engine->pending[0];
        pop(engine);
        rsd_engine_apply(engine, due.param_id, due.level, due.value);
        count_taken(engine, 1u);
    }
}

uint32_t engine_event_distance(const rsd_engine *engine, uint32_t limit)
{
    if (engine->pending_count == 0u) return limit;
    const uint64_t distance = engine->pending[0].sample_time - engine->time; /* due ones are applied: never negative */
    return distance < limit ? (uint32_t)distance : limit;
}

void engine_drop_events(rsd_engine *engine)
{
    engine_receive_events(engine);
    count_taken(engine, engine->pending_count);
    engine->pending_count = 0u;
}

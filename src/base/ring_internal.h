// SPDX-License-Identifier: MIT
#ifndef BASE_RING_INTERNAL_H
#define BASE_RING_INTERNAL_H

#include <residuum/rsd_ring.h>

#include <stdalign.h>
#include <stdatomic.h>

#define BASE_CACHE_LINE_BYTES 64u

/*
 * Invariant: 0 <= write_index - read_index <= capacity, in 32-bit arithmetic that wraps. An index names the place
 * index % capacity. Each side writes its own line only and reads of the other's line only the index.
 */
struct rsd_ring {
    /* Constant after init: both sides share this line without a fight. */
    alignas(BASE_CACHE_LINE_BYTES) unsigned char *items;
    uint32_t capacity;
    uint32_t mask; /* capacity - 1 */
    uint32_t item_bytes;

    /* The producer's line. */
    alignas(BASE_CACHE_LINE_BYTES) _Atomic uint32_t write_index; /* items ever written */
    uint32_t cached_read_index; /* last read_index seen: never ahead of it, so never too optimistic */
    uint32_t write_granted;     /* places in the region that waits for its commit */

    /* The consumer's line. */
    alignas(BASE_CACHE_LINE_BYTES) _Atomic uint32_t read_index; /* items ever read */
    uint32_t cached_write_index;                                /* last write_index seen: never ahead of it */
    uint32_t read_granted;                                      /* items in the region that waits for its commit */
};

/*
 * Restarts an unused ring, empty, with both indices at `index`: tests start just below 2^32 to see the wrap.
 * Thread: [setup], before either side has started
 */
void ring_start_at(rsd_ring *ring, uint32_t index);

#endif

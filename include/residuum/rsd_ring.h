// SPDX-License-Identifier: MIT
#ifndef RSD_RING_H
#define RSD_RING_H

#include <residuum/rsd_status.h>

#include <stddef.h>
#include <stdint.h>

/*
 * Single-producer single-consumer ring of fixed-size items: one thread writes, one other thread reads, neither ever
 * waits. Indices are free-running 32-bit counters on cache lines of their own (Lamport 1977, with the acquire/release
 * orders of C11 and a cached copy of the other side's index). Items come out in the order in which they went in, each
 * exactly once. Memory comes from the caller, once, at setup; nothing to destroy: free the block.
 */

typedef struct rsd_ring rsd_ring;

#define RSD_RING_MAX_CAPACITY (1u << 30)

/*
 * Up to two runs of items inside the ring's own memory; the second is used where the run wraps.
 * Valid until the matching commit; only the thread that asked may touch it.
 */
typedef struct {
    void *first;
    uint32_t first_count;
    void *second; /* NULL when second_count is 0 */
    uint32_t second_count;
} rsd_ring_region;

/* Bytes that rsd_ring_init needs; 0 when out of range. capacity_items: power of two, 1..RSD_RING_MAX_CAPACITY. Thread:
 * [any] */
RSD_API size_t rsd_ring_size_bytes(uint32_t capacity_items, uint32_t item_bytes);

/*
 * Builds an empty ring inside `block` (aligned to 64). All `capacity_items` places are usable.
 * Returns RSD_ERR_ARG: range or pointer or alignment; RSD_ERR_SIZE: block too small. `*ring` is written only on RSD_OK.
 * Thread: [setup]   Cost: O(1)
 */
RSD_API RSD_NODISCARD rsd_status rsd_ring_init(void *block, size_t block_bytes, uint32_t capacity_items,
                                               uint32_t item_bytes, rsd_ring **ring);

/*
 * Writes up to `count` items, all that fit; returns how many. Producer only, wait-free. `items` must not lie in the
 * ring. Thread: [any] one producer   Cost: O(count), one release store
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_write(rsd_ring *ring, const void *items, uint32_t count);

/* Reads up to `count` items, all that are there; returns how many. Consumer only, wait-free. Thread: [any] one consumer
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_read(rsd_ring *ring, void *items, uint32_t count);

/* Places free to the producer / items ready for the consumer, at least: the other side can only raise it. Wait-free. */
RSD_API RSD_REALTIME uint32_t rsd_ring_writable(rsd_ring *ring);
RSD_API RSD_REALTIME uint32_t rsd_ring_readable(rsd_ring *ring);

/*
 * Zero-copy: the next up-to-`count` free places (producer) or ready items (consumer) where they lie.
 * Returns first_count + second_count. Nothing moves until the commit of the same side, which takes at most that many
 * (more is taken as that many). A region of 0 items has first = NULL.
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_write_region(rsd_ring *ring, uint32_t count, rsd_ring_region *region);
RSD_API RSD_REALTIME void rsd_ring_write_commit(rsd_ring *ring, uint32_t count);
RSD_API RSD_REALTIME uint32_t rsd_ring_read_region(rsd_ring *ring, uint32_t count, rsd_ring_region *region);
RSD_API RSD_REALTIME void rsd_ring_read_commit(rsd_ring *ring, uint32_t count);

#endif

// SPDX-License-Identifier: MIT
#ifndef RSD_RING_H
#define RSD_RING_H

#include <residuum/rsd_status.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Single-producer single-consumer ring of items of one size. One thread writes, one other thread reads, and neither
 * ever waits. Items come out in the order in which they went in, each exactly once. From examples/ring.c:
 *
 *   const size_t size_bytes = rsd_ring_size_bytes(256, sizeof(uint32_t));
 *   void *block = aligned_alloc(64, size_bytes);
 *   if (!block || rsd_ring_init(block, size_bytes, 256, sizeof(uint32_t), &ring) != RSD_OK) return 1;
 *   const uint32_t written = rsd_ring_write(own->ring, &i, 1);
 *   const uint32_t got = rsd_ring_read(ring, items, 64);
 *   free(block);
 *
 * Memory comes from the caller, once, at setup. There is nothing to destroy: free the block.
 * Method: free-running 32-bit counters on cache lines of their own (Lamport 1977), with the acquire and release orders
 * of C11 and a cached copy of the other side's counter.
 */

typedef struct rsd_ring rsd_ring;

#define RSD_RING_MAX_CAPACITY (1u << 30)

/* Up to two runs of items inside the ring's own memory; there is a second one where the run wraps. */
typedef struct {
    void *first; /* NULL when first_count is 0 */
    uint32_t first_count;
    void *second; /* NULL when second_count is 0 */
    uint32_t second_count;
} rsd_ring_region;

/*
 * Size of a ring's memory.
 *
 * capacity_items  a power of two, 1..RSD_RING_MAX_CAPACITY
 * item_bytes      1 or more
 * Returns         bytes for rsd_ring_init, a multiple of 64; 0 where an argument is out of range
 * Thread          [any]
 */
RSD_API size_t rsd_ring_size_bytes(uint32_t capacity_items, uint32_t item_bytes);

/*
 * Builds an empty ring. All of its places are usable.
 *
 * block           aligned to 64
 * block_bytes     rsd_ring_size_bytes at least
 * capacity_items  as for rsd_ring_size_bytes
 * item_bytes      likewise
 * ring            gets the ring, which lies in the block
 * Errors          RSD_ERR_ARG: range, pointer or alignment; RSD_ERR_SIZE: the block is too small
 * Thread          [setup]
 * Cost            O(1)
 */
RSD_API RSD_NODISCARD rsd_status rsd_ring_init(void *block, size_t block_bytes, uint32_t capacity_items,
                                               uint32_t item_bytes, rsd_ring **ring);

/*
 * Writes as many items as there is room for.
 *
 * items    count of them, which do not lie in the ring
 * Returns  how many were written, 0..count
 * Thread   [audio], [any]: the one producer
 * Cost     O(count)
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_write(rsd_ring *ring, const void *items, uint32_t count);

/*
 * Reads as many items as are there.
 *
 * items    room for count of them, which does not lie in the ring
 * Returns  how many were read, 0..count
 * Thread   [audio], [any]: the one consumer
 * Cost     O(count)
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_read(rsd_ring *ring, void *items, uint32_t count);

/*
 * How many items the producer can write. The consumer can only raise it.
 *
 * Returns  places that are free, at least
 * Thread   [audio], [any]: the one producer
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_writable(rsd_ring *ring);

/*
 * How many items the consumer can read. The producer can only raise it.
 *
 * Returns  items that are ready, at least
 * Thread   [audio], [any]: the one consumer
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_readable(rsd_ring *ring);

/*
 * Shows the producer free places inside the ring, to be filled where they lie. Nothing moves before the commit.
 *
 * count    places wanted
 * region   gets them; it is valid until the commit, and for the producer alone
 * Returns  how many places the region has, 0..count
 * Thread   [audio], [any]: the one producer
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_write_region(rsd_ring *ring, uint32_t count, rsd_ring_region *region);

/*
 * Hands the first `count` places of the last region to the consumer.
 *
 * count   more than the region has is taken as all of it
 * Thread  [audio], [any]: the one producer
 */
RSD_API RSD_REALTIME void rsd_ring_write_commit(rsd_ring *ring, uint32_t count);

/*
 * Shows the consumer items where they lie. Nothing moves before the commit.
 *
 * count    items wanted
 * region   gets them; it is valid until the commit, and for the consumer alone
 * Returns  how many items the region has, 0..count
 * Thread   [audio], [any]: the one consumer
 */
RSD_API RSD_REALTIME uint32_t rsd_ring_read_region(rsd_ring *ring, uint32_t count, rsd_ring_region *region);

/*
 * Gives the first `count` places of the last region back to the producer.
 *
 * count   more than the region has is taken as all of it
 * Thread  [audio], [any]: the one consumer
 */
RSD_API RSD_REALTIME void rsd_ring_read_commit(rsd_ring *ring, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif

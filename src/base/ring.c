// SPDX-License-Identifier: MIT
// Real-time half of the ring: nothing in this file allocates, locks, logs or makes a system call.
#include <residuum/rsd_ring.h>

#include "base/numbers.h"
#include "base/ring_internal.h"

#include <string.h>

/* Cuts `count` places from `index` on into the run up to the end of the memory and the run from its start. */
static uint32_t cut_region(const rsd_ring *ring, uint32_t index, uint32_t count, rsd_ring_region *region)
{
    const uint32_t place = index & ring->mask;
    const uint32_t to_end = ring->capacity - place;
    region->first_count = base_min_u32(count, to_end);
    region->second_count = count - region->first_count;
    region->first = count ? ring->items + (size_t)place * ring->item_bytes : NULL;
    region->second = region->second_count ? ring->items : NULL;
    return count;
}

uint32_t rsd_ring_writable(rsd_ring *ring)
{
    /* Own index: no other thread writes it, so relaxed is enough. */
    const uint32_t write_index = atomic_load_explicit(&ring->write_index, memory_order_relaxed);
    /* Other side: the consumer's release store in rsd_ring_read_commit. What it copied out is out before we overwrite.
     */
    ring->cached_read_index = atomic_load_explicit(&ring->read_index, memory_order_acquire);
    return ring->capacity - (write_index - ring->cached_read_index);
}

uint32_t rsd_ring_readable(rsd_ring *ring)
{
    /* Own index: no other thread writes it, so relaxed is enough. */
    const uint32_t read_index = atomic_load_explicit(&ring->read_index, memory_order_relaxed);
    /* Other side: the producer's release store in rsd_ring_write_commit. The items below the index are whole. */
    ring->cached_write_index = atomic_load_explicit(&ring->write_index, memory_order_acquire);
    return ring->cached_write_index - read_index;
}

uint32_t rsd_ring_write_region(rsd_ring *ring, uint32_t count, rsd_ring_region *region)
{
    /* Own index: no other thread writes it, so relaxed is enough. */
    const uint32_t write_index = atomic_load_explicit(&ring->write_index, memory_order_relaxed);
    /* The other side's line is touched only when what we knew of it does not do: it moves between cores only then. */
    uint32_t free_count = ring->capacity - (write_index - ring->cached_read_index);
    if (free_count < count) free_count = rsd_ring_writable(ring);
    ring->write_granted = base_min_u32(count, free_count);
    return cut_region(ring, write_index, ring->write_granted, region);
}

void rsd_ring_write_commit(rsd_ring *ring, uint32_t count)
{
    const uint32_t taken = base_min_u32(count, ring->write_granted);
    ring->write_granted = 0u;
    if (taken == 0u) return;
    /* Own index: no other thread writes it, so relaxed is enough. */
    const uint32_t write_index = atomic_load_explicit(&ring->write_index, memory_order_relaxed);
    /* Other side: the consumer's acquire load in rsd_ring_readable. Publishes the items written before it. */
    atomic_store_explicit(&ring->write_index, write_index + taken, memory_order_release);
}

uint32_t rsd_ring_read_region(rsd_ring *ring, uint32_t count, rsd_ring_region *region)
{
    /* Own index: no other thread writes it, so relaxed is enough. */
    const uint32_t read_index = atomic_load_explicit(&ring->read_index, memory_order_relaxed);
    uint32_t ready_count = ring->cached_write_index - read_index;
    if (ready_count < count) ready_count = rsd_ring_readable(ring);
    ring->read_granted = base_min_u32(count, ready_count);
    return cut_region(ring, read_index, ring->read_granted, region);
}

void rsd_ring_read_commit(rsd_ring *ring, uint32_t count)
{
    const uint32_t taken = base_min_u32(count, ring->read_granted);
    ring->read_granted = 0u;
    if (taken == 0u) return;
    /* Own index: no other thread writes it, so relaxed is enough. */
    const uint32_t read_index = atomic_load_explicit(&ring->read_index, memory_order_relaxed);
    /* Other side: the producer's acquire load in rsd_ring_writable. Our reads of the items end before it. */
    atomic_store_explicit(&ring->read_index, read_index + taken, memory_order_release);
}

uint32_t rsd_ring_write(rsd_ring *ring, const void *items, uint32_t count)
{
    rsd_ring_region region;
    const uint32_t granted = rsd_ring_write_region(ring, count, &region);
    const size_t first_bytes = (size_t)region.first_count * ring->item_bytes;
    if (region.first_count) memcpy(region.first, items, first_bytes);
    if (region.second_count)
        memcpy(region.second, (const unsigned char *)items + first_bytes,
               (size_t)region.second_count * ring->item_bytes);
    rsd_ring_write_commit(ring, granted);
    return granted;
}

uint32_t rsd_ring_read(rsd_ring *ring, void *items, uint32_t count)
{
    rsd_ring_region region;
    const uint32_t granted = rsd_ring_read_region(ring, count, &region);
    const size_t first_bytes = (size_t)region.first_count * ring->item_bytes;
    if (region.first_count) memcpy(items, region.first, first_bytes);
    if (region.second_count)
        memcpy((unsigned char *)items + first_bytes, region.second, (size_t)region.second_count * ring->item_bytes);
    rsd_ring_read_commit(ring, granted);
    return granted;
}

// SPDX-License-Identifier: MIT
// A ring is built in memory of the caller's.
#include <residuum/rsd_ring.h>

#include "base/numbers.h"
#include "base/ring_internal.h"

#include <stdbool.h>

static bool shape_is_valid(uint32_t capacity_items, uint32_t item_bytes)
{
    const bool power_of_two = capacity_items != 0u && (capacity_items & (capacity_items - 1u)) == 0u;
    return power_of_two && capacity_items <= RSD_RING_MAX_CAPACITY && item_bytes != 0u &&
           item_bytes <= (SIZE_MAX - sizeof(struct rsd_ring) - 63u) / capacity_items;
}

size_t rsd_ring_size_bytes(uint32_t capacity_items, uint32_t item_bytes)
{
    if (!shape_is_valid(capacity_items, item_bytes)) return 0u;
    return sizeof(struct rsd_ring) + base_round_up_64((size_t)capacity_items * item_bytes);
}

rsd_status rsd_ring_init(void *block, size_t block_bytes, uint32_t capacity_items, uint32_t item_bytes, rsd_ring **ring)
{
    const size_t needed = rsd_ring_size_bytes(capacity_items, item_bytes);
    if (!block || (uintptr_t)block % BASE_CACHE_LINE_BYTES || !ring || needed == 0u) return RSD_ERR_ARG;
    if (block_bytes < needed) return RSD_ERR_SIZE;

    rsd_ring *self = block;
    self->items =
        (unsigned char *)block + sizeof *self; /* sizeof is a multiple of the line: items start on their own */
    self->capacity = capacity_items;
    self->mask = capacity_items - 1u;
    self->item_bytes = item_bytes;
    ring_start_at(self, 0u);
    *ring = self;
    return RSD_OK;
}

void ring_start_at(rsd_ring *ring, uint32_t index)
{
    /* No other side yet: whatever hands the ring to the second thread also publishes these plain stores. */
    atomic_init(&ring->write_index, index);
    atomic_init(&ring->read_index, index);
    ring->cached_read_index = index;
    ring->cached_write_index = index;
    ring->write_granted = 0u;
    ring->read_granted = 0u;
}

// SPDX-License-Identifier: MIT
// A ring and its block are made at once.
#include "base/ring_create.h"

#include "base/memory.h"

#include <stdlib.h>

rsd_ring *base_ring_create(uint32_t capacity_items, uint32_t item_bytes)
{
    const size_t size_bytes = rsd_ring_size_bytes(capacity_items, item_bytes);
    void *block = base_calloc_64(size_bytes);
    rsd_ring *ring = NULL;
    if (block && rsd_ring_init(block, size_bytes, capacity_items, item_bytes, &ring) == RSD_OK) return ring;
    free(block);
    return NULL;
}

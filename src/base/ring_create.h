// SPDX-License-Identifier: MIT
// A ring in a block of its own.
#ifndef BASE_RING_CREATE_H
#define BASE_RING_CREATE_H

#include <residuum/rsd_ring.h>

/*
 * Makes an empty ring; free() frees it, as it lies at the start of its block. All of its memory has been written, so
 * that no page is missing when the audio thread comes.
 *
 * capacity_items, item_bytes  as for rsd_ring_init
 * Returns                     NULL: no memory, or no such shape
 * Thread                      [setup]
 */
rsd_ring *base_ring_create(uint32_t capacity_items, uint32_t item_bytes);

#endif

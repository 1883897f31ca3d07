// SPDX-License-Identifier: MIT
// The ring: its code, compiled as it is, under every order of two threads and of their memory.
#include "weak/weak.h"

#include <residuum/rsd_ring.h>

#include "base/ring_internal.h"

#include <stdalign.h>
#include <string.h>

#define ITEMS 3u

typedef struct {
    uint32_t word[2];
} item;

static alignas(64) unsigned char block[4096];
static rsd_ring *ring;
static uint32_t got;

static item item_of(uint32_t i) { return (item){{i, ~i}}; }

static void check_item(const item *seen)
{
    weak_check(seen->word[0] == got && seen->word[1] == ~got, "an item is not the one that is due");
    got++;
}

static void begin(uint32_t capacity, uint32_t index)
{
    memset(block, 0, sizeof block);
    got = 0u;
    weak_check(rsd_ring_init(block, sizeof block, capacity, sizeof(item), &ring) == RSD_OK, "there is a ring");
    ring_start_at(ring, index);
}

static void begin_small(void) { begin(2u, 0u); }
static void begin_at_wrap(void) { begin(2u, UINT32_MAX); }
static void begin_tiny(void) { begin(1u, 0u); }

/* Each side asks as often as it may have to, and no oftener: what is not there by then, the end takes. */
static void write_items(void)
{
    uint32_t sent = 0u;
    for (int tries = 0; tries < 4 && sent < ITEMS; tries++) {
        const item next = item_of(sent);
        sent += rsd_ring_write(ring, &next, 1u);
    }
}

static void read_items(void)
{
    item seen[2];
    for (int tries = 0; tries < 3; tries++) {
        const uint32_t count = rsd_ring_read(ring, seen, 2u);
        for (uint32_t i = 0; i < count; i++) check_item(&seen[i]);
    }
}

static item *place_in(const rsd_ring_region *region, uint32_t i)
{
    return i < region->first_count ? (item *)region->first + i : (item *)region->second + (i - region->first_count);
}

static void write_regions(void)
{
    uint32_t sent = 0u;
    for (int tries = 0; tries < 3; tries++) {
        rsd_ring_region region;
        const uint32_t count = rsd_ring_writable(ring) > 0u ? rsd_ring_write_region(ring, 2u, &region) : 0u;
        const uint32_t used = tries == 0 && count == 2u ? 1u : count; /* part of a region, too */
        for (uint32_t i = 0; i < used; i++) *place_in(&region, i) = item_of(sent + i);
        if (count > 0u) rsd_ring_write_commit(ring, used);
        sent += used;
    }
}

static void read_regions(void)
{
    for (int tries = 0; tries < 3; tries++) {
        rsd_ring_region region;
        const uint32_t count = rsd_ring_readable(ring) > 0u ? rsd_ring_read_region(ring, 2u, &region) : 0u;
        for (uint32_t i = 0; i < count; i++) check_item(place_in(&region, i));
        if (count > 0u) rsd_ring_read_commit(ring, count);
    }
}

static void drain(void)
{
    item seen;
    while (rsd_ring_read(ring, &seen, 1u) == 1u) check_item(&seen);
}

int main(void)
{
    static const weak_case cases[] = {
        {"copies through a ring of two", begin_small, {write_items, read_items}, drain},
        {"regions in a ring of two, over the end of 32 bits", begin_at_wrap, {write_regions, read_regions}, drain},
        {"copies through a ring of one", begin_tiny, {write_items, read_items}, drain},
    };
    const unsigned count = sizeof cases / sizeof *cases;
    const int code = weak_run(cases, count);
    return code ? code : weak_weigh_orders(cases, count, 0u);
}

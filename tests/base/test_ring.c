// SPDX-License-Identifier: MIT
// The ring's contract, on one thread; race_ring.c has two.
#include <residuum/rsd_ring.h>

#include "base/ring_internal.h"
#include "support/signals.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CAPACITY 64u
#define MAX_BATCH 80u /* more than fits, so that cut batches are seen too */

static rsd_ring *make_ring(uint32_t capacity, uint32_t item_bytes, uint32_t start)
{
    const size_t bytes = rsd_ring_size_bytes(capacity, item_bytes);
    void *block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    rsd_ring *ring = NULL;
    cr_assert_eq(rsd_ring_init(block, bytes, capacity, item_bytes, &ring), RSD_OK);
    ring_start_at(ring, start);
    return ring;
}

static uint32_t random_below(uint32_t *seed, uint32_t bound) { return (test_random(seed) >> 8) % bound; }

/* What goes in and what must come out: item i of the stream is i, three times mixed so that a torn item shows. */
typedef struct {
    uint32_t word[3];
} item;

static item item_of(uint32_t i) { return (item){{i, i * 2654435761u, ~i}}; }

static void expect_item(const item *got, uint32_t i, uint32_t capacity)
{
    const item want = item_of(i);
    cr_assert_eq(memcmp(got, &want, sizeof want), 0, "capacity %u: item %u came out as %u", capacity, i, got->word[0]);
}

Test(ring, size_is_zero_exactly_outside_the_documented_range)
{
    cr_assert_eq(rsd_ring_size_bytes(0, 4), 0u);
    cr_assert_eq(rsd_ring_size_bytes(8, 0), 0u);
    cr_assert_eq(rsd_ring_size_bytes(RSD_RING_MAX_CAPACITY * 2u, 1), 0u);
    for (uint32_t capacity = 1; capacity <= MAX_CAPACITY; capacity++) {
        const bool power_of_two = (capacity & (capacity - 1u)) == 0u;
        cr_assert_eq(rsd_ring_size_bytes(capacity, 12) != 0u, power_of_two, "capacity %u", capacity);
        if (power_of_two) cr_assert_geq(rsd_ring_size_bytes(capacity, 12), capacity * 12u);
        cr_assert_eq(rsd_ring_size_bytes(capacity, 12) % 64u, 0u, "aligned_alloc wants multiples");
    }
    cr_assert_neq(rsd_ring_size_bytes(RSD_RING_MAX_CAPACITY, 1), 0u);
}

Test(ring, init_refuses_what_the_contract_refuses_and_then_writes_nothing)
{
    static _Alignas(64) unsigned char block[1024];
    rsd_ring *const untouched = (rsd_ring *)(void *)&block[1];
    rsd_ring *ring = untouched;
    const size_t needed = rsd_ring_size_bytes(8, 4);
    cr_assert_eq(rsd_ring_init(NULL, sizeof block, 8, 4, &ring), RSD_ERR_ARG);
    cr_assert_eq(rsd_ring_init(block, sizeof block, 8, 4, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_ring_init(block + 32, sizeof block - 32u, 8, 4, &ring), RSD_ERR_ARG);
    cr_assert_eq(rsd_ring_init(block, sizeof block, 6, 4, &ring), RSD_ERR_ARG);
    cr_assert_eq(rsd_ring_init(block, sizeof block, 8, 0, &ring), RSD_ERR_ARG);
    cr_assert_eq(rsd_ring_init(block, needed - 1u, 8, 4, &ring), RSD_ERR_SIZE);
    cr_assert_eq(ring, untouched);
    cr_assert_eq(rsd_ring_init(block, needed, 8, 4, &ring), RSD_OK);
    cr_assert_eq(rsd_ring_writable(ring), 8u);
    cr_assert_eq(rsd_ring_readable(ring), 0u);
}

Test(ring, each_index_lies_on_a_cache_line_of_its_own)
{
    const size_t write_line = offsetof(struct rsd_ring, write_index) / 64u;
    const size_t read_line = offsetof(struct rsd_ring, read_index) / 64u;
    cr_assert_neq(write_line, read_line);
    cr_assert_eq(offsetof(struct rsd_ring, cached_read_index) / 64u, write_line);
    cr_assert_eq(offsetof(struct rsd_ring, cached_write_index) / 64u, read_line);
    cr_assert_lt(offsetof(struct rsd_ring, item_bytes) / 64u, write_line);
    cr_assert_eq(sizeof(struct rsd_ring) % 64u, 0u);
}

Test(ring, all_places_are_usable_and_a_full_ring_takes_no_more)
{
    for (uint32_t capacity = 1; capacity <= MAX_CAPACITY; capacity *= 2u) {
        rsd_ring *ring = make_ring(capacity, sizeof(item), 0);
        for (uint32_t i = 0; i < capacity; i++) {
            const item one = item_of(i);
            cr_assert_eq(rsd_ring_writable(ring), capacity - i);
            cr_assert_eq(rsd_ring_write(ring, &one, 1), 1u, "place %u of %u", i, capacity);
        }
        const item late = item_of(999);
        cr_assert_eq(rsd_ring_write(ring, &late, 1), 0u);
        cr_assert_eq(rsd_ring_writable(ring), 0u);
        cr_assert_eq(rsd_ring_readable(ring), capacity);
        for (uint32_t i = 0; i < capacity; i++) {
            item got;
            cr_assert_eq(rsd_ring_read(ring, &got, 1), 1u);
            expect_item(&got, i, capacity);
        }
        item got;
        cr_assert_eq(rsd_ring_read(ring, &got, 1), 0u);
        free(ring);
    }
}

/* One random walk of writes and reads, by copy or through regions, against a plain count of what must be inside. */
typedef struct {
    rsd_ring *ring;
    uint32_t capacity, seed, written, read;
} walk;

static void write_copied(walk *w, uint32_t count)
{
    item batch[MAX_BATCH];
    for (uint32_t i = 0; i < count; i++) batch[i] = item_of(w->written + i);
    const uint32_t room = w->capacity - (w->written - w->read);
    const uint32_t took = rsd_ring_write(w->ring, batch, count);
    cr_assert_eq(took, count < room ? count : room, "capacity %u: %u of %u into %u", w->capacity, took, count, room);
    w->written += took;
}

static void read_copied(walk *w, uint32_t count)
{
    item batch[MAX_BATCH];
    const uint32_t inside = w->written - w->read;
    const uint32_t got = rsd_ring_read(w->ring, batch, count);
    cr_assert_eq(got, count < inside ? count : inside, "capacity %u: %u of %u", w->capacity, got, count);
    for (uint32_t i = 0; i < got; i++) expect_item(&batch[i], w->read + i, w->capacity);
    w->read += got;
}

static item *region_item(const rsd_ring_region *region, uint32_t i)
{
    return i < region->first_count ? (item *)region->first + i : (item *)region->second + (i - region->first_count);
}

static void expect_region_shape(const rsd_ring_region *region, uint32_t total, uint32_t want)
{
    cr_assert_eq(total, want);
    cr_assert_eq(region->first_count + region->second_count, want);
    cr_assert_eq(region->first == NULL, want == 0u);
    cr_assert_eq(region->second == NULL, region->second_count == 0u);
}

/* Commits a random part, sometimes more than was granted: that must be taken as all of it. */
static uint32_t commit_count(walk *w, uint32_t granted)
{
    return random_below(&w->seed, 4) == 0u ? granted + 1u + random_below(&w->seed, 9)
                                           : random_below(&w->seed, granted + 1u);
}

static void write_in_place(walk *w, uint32_t count)
{
    rsd_ring_region region;
    const uint32_t room = w->capacity - (w->written - w->read);
    const uint32_t granted = rsd_ring_write_region(w->ring, count, &region);
    expect_region_shape(&region, granted, count < room ? count : room);
    for (uint32_t i = 0; i < granted; i++) *region_item(&region, i) = item_of(w->written + i);
    cr_assert_eq(rsd_ring_readable(w->ring), w->written - w->read, "items showed before their commit");
    const uint32_t commit = commit_count(w, granted);
    rsd_ring_write_commit(w->ring, commit);
    w->written += commit < granted ? commit : granted;
}

static void read_in_place(walk *w, uint32_t count)
{
    rsd_ring_region region;
    const uint32_t inside = w->written - w->read;
    const uint32_t granted = rsd_ring_read_region(w->ring, count, &region);
    expect_region_shape(&region, granted, count < inside ? count : inside);
    for (uint32_t i = 0; i < granted; i++) expect_item(region_item(&region, i), w->read + i, w->capacity);
    cr_assert_eq(rsd_ring_writable(w->ring), w->capacity - inside, "places were free before their commit");
    const uint32_t commit = commit_count(w, granted);
    rsd_ring_read_commit(w->ring, commit);
    w->read += commit < granted ? commit : granted;
}

static void random_walk(uint32_t capacity, uint32_t start, uint32_t seed)
{
    walk w = {make_ring(capacity, sizeof(item), start), capacity, seed, 0, 0};
    for (int step = 0; step < 2000; step++) {
        const uint32_t count = random_below(&w.seed, MAX_BATCH + 1u);
        switch (random_below(&w.seed, 4)) {
        case 0:
            write_copied(&w, count);
            break;
        case 1:
            read_copied(&w, count);
            break;
        case 2:
            write_in_place(&w, count);
            break;
        default:
            read_in_place(&w, count);
            break;
        }
        cr_assert_eq(rsd_ring_readable(w.ring), w.written - w.read);
        cr_assert_eq(rsd_ring_writable(w.ring), capacity - (w.written - w.read));
    }
    cr_assert_gt(w.read, 2u * capacity, "the walk never wrapped");
    free(w.ring);
}

Test(ring, items_come_out_once_and_in_order_whatever_the_batches)
{
    for (uint32_t capacity = 1; capacity <= MAX_CAPACITY; capacity *= 2u)
        for (uint32_t seed = 1; seed <= 8u; seed++) random_walk(capacity, 0, seed);
}

Test(ring, indices_that_pass_two_to_the_32_change_nothing)
{
    for (uint32_t capacity = 1; capacity <= MAX_CAPACITY; capacity *= 2u)
        for (uint32_t before = 0; before <= 2u * capacity; before++) random_walk(capacity, 0u - before, before + 1u);
}

/* Every position x every batch size: where the memory wraps, both runs are right, by copy and in place. */
Test(ring, every_position_and_length_wraps_right)
{
    for (uint32_t capacity = 1; capacity <= MAX_CAPACITY; capacity *= 2u) {
        for (uint32_t start = 0; start < capacity; start++) {
            rsd_ring *ring = make_ring(capacity, sizeof(item), start);
            for (uint32_t count = 1; count <= capacity; count++) {
                ring_start_at(ring, start);
                walk w = {ring, capacity, 1, 0, 0};
                write_copied(&w, count);
                rsd_ring_region region;
                cr_assert_eq(rsd_ring_read_region(ring, capacity, &region), count);
                cr_assert_eq(region.first_count, count < capacity - start ? count : capacity - start);
                for (uint32_t i = 0; i < count; i++) expect_item(region_item(&region, i), i, capacity);
                read_copied(&w, count);
            }
            free(ring);
        }
    }
}

Test(ring, a_commit_without_a_region_or_a_second_commit_moves_nothing)
{
    rsd_ring *ring = make_ring(8, sizeof(item), 0);
    rsd_ring_region region;
    rsd_ring_write_commit(ring, 3);
    cr_assert_eq(rsd_ring_readable(ring), 0u);
    cr_assert_eq(rsd_ring_write_region(ring, 4, &region), 4u);
    for (uint32_t i = 0; i < 4u; i++) *region_item(&region, i) = item_of(i);
    rsd_ring_write_commit(ring, 2);
    rsd_ring_write_commit(ring, 2);
    cr_assert_eq(rsd_ring_readable(ring), 2u);
    rsd_ring_read_commit(ring, 2);
    cr_assert_eq(rsd_ring_writable(ring), 6u);
    free(ring);
}

Test(ring, bytes_around_the_items_stay_as_they_were)
{
    enum { ITEM = 7, CAPACITY = 16 };
    static _Alignas(64) unsigned char block[1024];
    memset(block, 0xa5, sizeof block);
    const size_t needed = rsd_ring_size_bytes(CAPACITY, ITEM);
    rsd_ring *ring = NULL;
    cr_assert_eq(rsd_ring_init(block, needed, CAPACITY, ITEM, &ring), RSD_OK);
    unsigned char in[CAPACITY * ITEM], out[CAPACITY * ITEM + 1];
    for (uint32_t round = 0; round < 40u; round++) {
        memset(in, (int)round, sizeof in);
        memset(out, 0x5a, sizeof out);
        cr_assert_eq(rsd_ring_write(ring, in, 11), 11u);
        cr_assert_eq(rsd_ring_read(ring, out, 16), 11u);
        cr_assert_eq(memcmp(in, out, 11u * ITEM), 0, "round %u", round);
        cr_assert_eq(out[11 * ITEM], 0x5a, "round %u: more was written than was read", round);
    }
    for (size_t i = needed; i < sizeof block; i++) cr_assert_eq(block[i], 0xa5, "byte %zu after the ring", i - needed);
}

/* SPDX-License-Identifier: MIT
 *
 * Index protocol of src/base/ring.c for `spin`: one producer, one consumer, free-running indices that wrap, each side
 * with its cached copy of the other's index, regions of any length up to a batch, and commits of any part of one.
 * An index counts modulo WRAP (a multiple of the capacity, as 2^32 is); two capacities keep full and empty apart.
 *
 * What must hold: an item read is the one that is due (in order, once, whole); a place is written only while no reader
 * may still look at it; both sides finish (no deadlock); the invariant of ring_internal.h.
 *
 * Spin knows only sequential consistency: acquire and release are argued in ring.c and watched by TSan.
 *
 * Seeded bugs, which the check must catch:
 *   -DINDEX_FIRST     publishes write_index before the items are written
 *   -DSTALE_OPTIMISM  takes a cached index as if the other side had moved on by one
 */
#define CAPACITY 4
#define WRAP 8
#define ITEM_COUNT 12
#define BATCH 3
#define EMPTY 255

#define DISTANCE(to, from) (((to) + WRAP - (from)) % WRAP)

byte items[CAPACITY];
byte write_index; /* written by the producer only */
byte read_index;  /* written by the consumer only */
bool places_held[CAPACITY]; /* the consumer looks at this place right now */

#ifdef STALE_OPTIMISM
#define OPTIMISM 1
#else
#define OPTIMISM 0
#endif

proctype producer()
{
    byte own, cached, free_count, granted, i, sent;
    do
    :: sent < ITEM_COUNT ->
        /* write_region */
        if
        :: granted = 1
        :: granted = 2
        :: granted = BATCH
        fi;
        free_count = CAPACITY - DISTANCE(own, cached) + OPTIMISM;
        if
        :: free_count < granted ->
            cached = read_index;
            free_count = CAPACITY - DISTANCE(own, cached)
        :: else
        fi;
        if
        :: granted > free_count -> granted = free_count
        :: else
        fi;
        if
        :: granted > ITEM_COUNT - sent -> granted = ITEM_COUNT - sent
        :: else
        fi;
        /* the caller uses all of it, or a part */
        if
        :: granted > 1 -> granted = granted - 1
        :: skip
        fi;
#ifdef INDEX_FIRST
        write_index = (own + granted) % WRAP;
#endif
        i = 0;
        do
        :: i < granted ->
            assert(!places_held[(own + i) % CAPACITY]);
            items[(own + i) % CAPACITY] = sent + i;
            i++
        :: else -> break
        od;
        /* write_commit */
        own = (own + granted) % WRAP;
        write_index = own;
        sent = sent + granted;
        assert(DISTANCE(write_index, read_index) <= CAPACITY)
    :: else -> break
    od
}

proctype consumer()
{
    byte own, cached, ready_count, granted, i, got;
    do
    :: got < ITEM_COUNT ->
        /* read_region */
        if
        :: granted = 1
        :: granted = 2
        :: granted = BATCH
        fi;
        ready_count = DISTANCE(cached, own) + OPTIMISM;
        if
        :: ready_count < granted ->
            cached = write_index;
            ready_count = DISTANCE(cached, own)
        :: else
        fi;
        if
        :: granted > ready_count -> granted = ready_count
        :: else
        fi;
        if
        :: granted > 1 -> granted = granted - 1
        :: skip
        fi;
        i = 0;
        do
        :: i < granted ->
            places_held[(own + i) % CAPACITY] = true;
            assert(items[(own + i) % CAPACITY] == got + i);
            i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < granted ->
            places_held[(own + i) % CAPACITY] = false;
            i++
        :: else -> break
        od;
        /* read_commit */
        own = (own + granted) % WRAP;
        read_index = own;
        got = got + granted
    :: else -> break
    od;
    assert(got == ITEM_COUNT)
}

init {
    byte i;
    do
    :: i < CAPACITY -> items[i] = EMPTY; i++
    :: else -> break
    od;
    atomic {
        run producer();
        run consumer()
    }
}

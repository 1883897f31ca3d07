// SPDX-License-Identifier: MIT
// Two plain threads hammer one ring; run it under ThreadSanitizer too (./dev tsan). A plain main: Criterion's runner
// and TSan do not go together. Each round has its own capacity and start index, and both sides mix copies and regions.
#include <residuum/rsd_ring.h>

#include "base/ring_internal.h"
#include "support/signals.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_BATCH 96u
#define MAX_ITEMS_PER_ROUND 200000u
#define ROUND_COUNT 10u
#define ROUND_SECONDS 0.2

typedef struct {
    uint32_t word[5]; /* not a power of two: items straddle cache lines */
} item;

typedef struct {
    rsd_ring *ring;
    uint32_t seed;
    uint32_t least; /* items to send however long it takes: a busy machine must not make the round empty */
    uint32_t sent;  /* producer's; read after join */
    uint32_t got;   /* consumer's; read after join */
    uint32_t bad;
    _Atomic bool sender_done;
} round_state;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint32_t random_below(uint32_t *seed, uint32_t bound) { return (test_random(seed) >> 8) % bound; }

static item item_of(uint32_t i) { return (item){{i, i * 2654435761u, ~i, i ^ 0x5bd1e995u, i + 77u}}; }

static item *region_item(const rsd_ring_region *region, uint32_t i)
{
    return i < region->first_count ? (item *)region->first + i : (item *)region->second + (i - region->first_count);
}

static uint32_t send_some(round_state *r, uint32_t *seed, uint32_t count)
{
    if (random_below(seed, 2)) {
        item batch[MAX_BATCH];
        for (uint32_t i = 0; i < count; i++) batch[i] = item_of(r->sent + i);
        return rsd_ring_write(r->ring, batch, count);
    }
    rsd_ring_region region;
    const uint32_t granted = rsd_ring_write_region(r->ring, count, &region);
    const uint32_t used = granted ? 1u + random_below(seed, granted) : 0u;
    for (uint32_t i = 0; i < used; i++) *region_item(&region, i) = item_of(r->sent + i);
    rsd_ring_write_commit(r->ring, used);
    return used;
}

static void *produce(void *argument)
{
    round_state *r = argument;
    uint32_t seed = r->seed;
    const double end = now_s() + ROUND_SECONDS;
    while (r->sent < r->least || (r->sent < MAX_ITEMS_PER_ROUND && now_s() < end)) {
        const uint32_t took = send_some(r, &seed, 1u + random_below(&seed, MAX_BATCH));
        r->sent += took;
        if (took == 0u) sched_yield();
    }
    /* Other side: the consumer's acquire load below. */
    atomic_store_explicit(&r->sender_done, true, memory_order_release);
    return NULL;
}

static void check(round_state *r, const item *got, uint32_t i)
{
    const item want = item_of(i);
    if (memcmp(got, &want, sizeof want) == 0) return;
    if (r->bad++ == 0u) fprintf(stderr, "item %u came out as %u\n", i, got->word[0]);
}

static uint32_t receive_some(round_state *r, uint32_t *seed, uint32_t count)
{
    if (random_below(seed, 2)) {
        item batch[MAX_BATCH];
        const uint32_t got = rsd_ring_read(r->ring, batch, count);
        for (uint32_t i = 0; i < got; i++) check(r, &batch[i], r->got + i);
        return got;
    }
    rsd_ring_region region;
    const uint32_t granted = rsd_ring_read_region(r->ring, count, &region);
    const uint32_t used = granted ? 1u + random_below(seed, granted) : 0u;
    for (uint32_t i = 0; i < used; i++) check(r, region_item(&region, i), r->got + i);
    rsd_ring_read_commit(r->ring, used);
    return used;
}

static void *consume(void *argument)
{
    round_state *r = argument;
    uint32_t seed = r->seed ^ 0xabcdefu;
    for (;;) {
        /* Other side: the producer's release store above. Looked at first: what was sent before it is then seen. */
        const bool sender_done = atomic_load_explicit(&r->sender_done, memory_order_acquire);
        const uint32_t got = receive_some(r, &seed, 1u + random_below(&seed, MAX_BATCH));
        r->got += got;
        if (got == 0u && sender_done) return NULL;
        if (got == 0u) sched_yield();
    }
}

static bool run_round(uint32_t number)
{
    const uint32_t capacity = 1u << (number % 8u);
    const size_t bytes = rsd_ring_size_bytes(capacity, sizeof(item));
    void *block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    round_state r = {.seed = number + 1u, .least = 100u + 20u * capacity};
    if (!block || rsd_ring_init(block, bytes, capacity, sizeof(item), &r.ring) != RSD_OK) return false;
    ring_start_at(r.ring, 0u - 50u * number); /* all rounds but the first pass 2^32 on their way */
    atomic_init(&r.sender_done, false);

    pthread_t producer, consumer;
    if (pthread_create(&producer, NULL, produce, &r)) return false;
    if (pthread_create(&consumer, NULL, consume, &r)) return false;
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    const bool whole = r.sent == r.got && r.bad == 0u;
    printf("capacity %3u: sent %u, received %u, wrong %u\n", capacity, r.sent, r.got, r.bad);
    free(block);
    return whole;
}

int main(void)
{
    for (uint32_t number = 0; number < ROUND_COUNT; number++) {
        if (!run_round(number)) {
            fprintf(stderr, "round %u: items lost, repeated or changed\n", number);
            return 1;
        }
    }
    return 0;
}

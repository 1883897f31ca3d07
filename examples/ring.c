// SPDX-License-Identifier: MIT
// Hands numbers from one thread to another without a lock, and adds them up: ring COUNT
#include <residuum/rsd_ring.h>
#include <residuum/rsd_version.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    rsd_ring *ring;
    uint32_t count;
} job;

/* The producer: 1, 2, 3... COUNT. */
static void *produce(void *context)
{
    const job *own = (const job *)context;
    for (uint32_t i = 1; i <= own->count;) {
        const uint32_t written = rsd_ring_write(own->ring, &i, 1);
        if (written == 0u) sched_yield(); /* full: an audio thread would do without */
        i += written;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: ring COUNT\n"), 2;
    rsd_ring *ring;
    const size_t size_bytes = rsd_ring_size_bytes(256, sizeof(uint32_t));
    void *block = aligned_alloc(64, size_bytes);
    if (!block || rsd_ring_init(block, size_bytes, 256, sizeof(uint32_t), &ring) != RSD_OK) return 1;
    job own = {ring, (uint32_t)strtoul(argv[1], NULL, 10)};
    pthread_t producer;
    if (pthread_create(&producer, NULL, produce, &own) != 0) return 1;

    uint64_t sum = 0;
    for (uint32_t done = 0; done < own.count;) {
        uint32_t items[64];
        const uint32_t got = rsd_ring_read(ring, items, 64);
        for (uint32_t i = 0; i < got; i++) sum += items[i];
        if (got == 0u) sched_yield();
        done += got;
    }
    pthread_join(producer, NULL);
    free(block);
    printf("built with %s, runs with %s\n", RSD_VERSION_STRING, rsd_version());
    printf("%llu\n", (unsigned long long)sum);
    return 0;
}

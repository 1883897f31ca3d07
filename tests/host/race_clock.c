// SPDX-License-Identifier: MIT
// One thread starts blocks, another asks for samples. Plain main: for ThreadSanitizer, and for torn reads anywhere.
#include "host/session/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define BLOCKS 2000000u
#define LEAST_ANSWERS 1000u /* however long that takes on a busy machine */
#define BLOCK 64u
#define START_NS 1000000000000ull

static host_clock shared;
static _Atomic bool over;            /* set by the writer, read by the asker */
static _Atomic uint64_t asked_count; /* the other way round */

/*
 * Blocks exactly on time, but every 1000th starts the loop anew a second and 48000 samples later: sample and time jump
 * together, so that a read of one without the other is far off the line that all true answers lie on.
 */
static void *start_blocks(void *context)
{
    (void)context;
    uint64_t sample = 0, skipped = 0;
    for (uint32_t i = 0; i < BLOCKS || atomic_load(&asked_count) < LEAST_ANSWERS; i++) {
        if (i % 1000u == 999u) skipped += 48000u;
        sample = (uint64_t)i * BLOCK + skipped;
        host_clock_update(&shared, sample, START_NS + sample * 1000000ull / 48u, BLOCK);
    }
    atomic_store(&over, true);
    return NULL;
}

int main(void)
{
    pthread_t writer;
    uint64_t wrong = 0;
    host_clock_init(&shared, 48000);
    if (pthread_create(&writer, NULL, start_blocks, NULL) != 0) return 1;
    for (uint64_t seconds = 0; !atomic_load(&over); seconds = (seconds + 1u) % 500u) {
        uint64_t sample;
        if (!host_clock_sample_at(&shared, START_NS + seconds * 1000000000ull, &sample)) continue;
        const int64_t off = (int64_t)(sample - seconds * 48000u);
        atomic_fetch_add(&asked_count, 1u);
        wrong += off < -48 || off > 48;
    }
    pthread_join(writer, NULL);
    printf("%llu answers, %llu wrong\n", (unsigned long long)asked_count, (unsigned long long)wrong);
    return wrong > 0u;
}

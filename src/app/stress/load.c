// SPDX-License-Identifier: MIT
// Threads that keep processors and memory busy beside a trial.
#include "app/stress/trial.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define WORDS (1u << 18) /* a megabyte or two a thread: more than a core's own cache */
#define STEPS 4096u      /* between looks at the stop */

struct stress_load {
    _Atomic int stop; /* control -> threads */
    uint32_t thread_count;
    pthread_t *threads;
    _Atomic uint64_t sum; /* so that the work is not left out */
};

static void *work(void *context)
{
    stress_load *load = context;
    uint64_t *words = calloc(WORDS, sizeof *words), state = 88172645463325252u;
    while (words && !atomic_load_explicit(&load->stop, memory_order_relaxed)) {
        for (uint32_t i = 0; i < STEPS; i++) {
            state ^= state << 13; /* xorshift (Marsaglia 2003) */
            state ^= state >> 7;
            state ^= state << 17;
            words[state % WORDS] += state;
        }
        atomic_fetch_add_explicit(&load->sum, words[state % WORDS], memory_order_relaxed);
    }
    free(words);
    return NULL;
}

stress_load *stress_load_start(uint32_t thread_count)
{
    stress_load *load = calloc(1, sizeof *load);
    if (!load) return NULL;
    load->threads = calloc(thread_count + 1u, sizeof *load->threads);
    while (load->threads && load->thread_count < thread_count &&
           pthread_create(&load->threads[load->thread_count], NULL, work, load) == 0)
        load->thread_count++;
    if (load->threads && load->thread_count == thread_count) return load;
    stress_load_stop(load);
    return NULL;
}

void stress_load_stop(stress_load *load)
{
    if (!load) return;
    atomic_store_explicit(&load->stop, 1, memory_order_relaxed);
    for (uint32_t i = 0; i < load->thread_count; i++) pthread_join(load->threads[i], NULL);
    free(load->threads);
    free(load);
}

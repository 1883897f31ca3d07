// SPDX-License-Identifier: MIT
// rt_calls: the engine's audio calls make no call of the allocator, of a lock or of a blocking function.
// rt_calls seed: the guard sees each of a few offences that are made on purpose, inside libraries too.
#include "rt_library.h"
#include "support/rt_guard.h"

#include <samplerate.h>

#include <pthread.h>
#include <string.h>
#include <time.h>

#define BLOCKS 550u

static void allocate(void) { free(malloc(7)); }
static void lock(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
}
static void nap(void)
{
    const struct timespec none = {0, 0};
    nanosleep(&none, NULL);
}
static void allocate_in_a_library(void)
{
    int error;
    src_delete(src_new(SRC_LINEAR, 1, &error)); /* calloc and free inside libsamplerate */
}
static void copy_in_libc(void) { free(strdup("x")); }

static int seed_offences(void)
{
    static const struct {
        void (*commit)(void);
        const char *name;
        unsigned count;
    } seeds[] = {{allocate, "free", 2},
                 {lock, "pthread_mutex_unlock", 2},
                 {nap, "nanosleep", 1},
                 {allocate_in_a_library, "free", 2},
                 {copy_in_libc, "free", 2}};
    rt_guard_only_count();
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        const unsigned before = rt_guard_count();
        seeds[i].commit(); /* outside: not an offence */
        if (rt_guard_count() != before) return printf("seed %zu was counted outside\n", i), 1;
        rt_guard_enter();
        seeds[i].commit();
        rt_guard_leave();
        if (rt_guard_count() < before + seeds[i].count || strcmp(rt_guard_last(), seeds[i].name) != 0)
            return printf("seed %zu: %u offences, the last %s\n", i, rt_guard_count() - before, rt_guard_last()), 1;
    }
    printf("all seeded offences were seen\n");
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const names[RT_MODELS] = RT_CODECS;
    static const uint32_t rates[] = {48000, 44100, 96000};
    const rt_bracket around = {rt_guard_enter, rt_guard_leave};
    rsd_model *models[RT_MODELS];
    if (argc > 1 && strcmp(argv[1], "seed") == 0) return seed_offences();
    for (uint32_t i = 0; i < RT_MODELS; i++) rt_need(rsd_model_open(names[i], &models[i], NULL) == RSD_OK, names[i]);
    for (size_t r = 0; r < 3; r++) {
        for (int threaded = 0; threaded < 2; threaded++) {
            rsd_engine *engine = rt_make(rates[r], threaded ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE, models[1]);
            const uint32_t swaps = rt_tour(engine, models, &around, BLOCKS);
            printf("%u Hz, %s: %u blocks, %u swaps, no offence\n", rates[r], threaded ? "threaded" : "inline", BLOCKS,
                   swaps);
            rt_need(swaps >= RT_MODELS, "too few swaps to mean something");
            rsd_engine_destroy(engine);
        }
    }
    for (uint32_t i = 0; i < RT_MODELS; i++) {
        rt_library *library = rt_library_make(models[i]); /* ends with the program */
        rt_guard_enter();
        rt_library_run(library);
        rt_guard_leave();
        printf("%s: the library's other calls, no offence\n", names[i]);
    }
    for (uint32_t i = 0; i < RT_MODELS; i++) rsd_model_release(models[i]);
    return 0;
}

// SPDX-License-Identifier: MIT
// rt_syscalls: the engine's audio calls make no system call at all. The kernel is asked: a seccomp filter traps every
// one of the thread that stands in for the audio thread. rt_syscalls seed: the trap sees one that is made on purpose.
// Exit status 77: this system does not let a program filter its own calls.
#include "rt_library.h"
#include "support/rt_trap.h"

#include <time.h>

#define LEAST_BLOCKS 400u
#define WANTED_SWAPS (RT_MODELS + 2u)
#define SKIPPED 77

static rsd_engine *engine;
static rt_library *library;
static rsd_model *models[RT_MODELS];
static int seeded;
static atomic_int control_is_through;
static uint32_t library_count;

/*
 * Sound, until the control thread is through. Nothing here but the engine's calls and test noise. The thread leaves by the
 * bare system call: pthread_exit makes others.
 */
static void *audio(void *context)
{
    static float in[RT_CHANNELS][RT_MAX_BLOCK], out[RT_CHANNELS][RT_MAX_BLOCK];
    const float *const ins[RT_CHANNELS] = {in[0], in[1]};
    float *const outs[RT_CHANNELS] = {out[0], out[1]};
    uint32_t seed = 3u;
    (void)context;
    if (!rt_trap_close_the_door()) return NULL;
    for (uint32_t i = 0; i < LEAST_BLOCKS || !atomic_load(&control_is_through); i++) {
        for (uint32_t c = 0; c < RT_CHANNELS; c++) test_fill_noise(in[c], RT_MAX_BLOCK, 0.5f, test_random(&seed));
        const rsd_engine_block block = {ins, outs, ins, test_between(&seed, 0u, RT_MAX_BLOCK)};
        if (i % 2u == 0u)
            rsd_engine_process(engine, ins, outs, block.sample_count);
        else
            rsd_engine_process_block(engine, &block);
        if (i % 100u == 99u) rsd_engine_reset(engine);
        rsd_engine_apply(engine, RSD_PARAM_LEVELS, 0u, (float)(i % 16u));
        if (seeded && i == 10u) syscall(SYS_getppid);
    }
    rt_library_run(library);
    syscall(SYS_exit, 0);
    return NULL;
}

/* Turns everything and loads presets while it plays, until every codec has been swapped in. Returns the swaps. */
static uint32_t control(void)
{
    const struct timespec pause = {0, 100000};
    rsd_telemetry record;
    uint32_t seed = 11u, swaps = 0u;
    for (uint32_t i = 0; swaps < (seeded ? 1u : WANTED_SWAPS) && !atomic_load(&rt_trap_refused); i++) {
        for (int turns = 0; turns < 4; turns++) rt_turn(engine, &seed);
        if (i % 16u == 5u) rt_apply_preset(engine);
        (void)rsd_engine_read_telemetry(engine, &record, 1u);
        if (!rsd_engine_collect(engine)) /* a preset of other generations swaps, too */
            rt_need(rsd_engine_swap(engine, models[swaps++ % RT_MODELS], NULL) == RSD_OK, "a swap");
        nanosleep(&pause, NULL);
    }
    atomic_store(&control_is_through, 1);
    return swaps;
}

static int run_filtered(uint32_t rate_hz, rsd_schedule schedule)
{
    pthread_t thread;
    engine = rt_make(rate_hz, schedule, models[0]);
    library = rt_library_make(models[library_count++ % RT_MODELS]); /* ends with the program */
    atomic_store(&control_is_through, 0);
    rt_need(pthread_create(&thread, NULL, audio, NULL) == 0, "a thread");
    const uint32_t swaps = control();
    pthread_join(thread, NULL);
    rsd_engine_destroy(engine);
    printf("%u swaps, %u frames tapped; ", swaps, atomic_load(&rt_tapped_count));
    return atomic_load(&rt_trap_refused) ? SKIPPED : 0;
}

static int report(const char *what)
{
    const int count = atomic_load(&rt_trapped_count);
    if (seeded) {
        printf("%s: %d trapped, the last is number %d\n", what, count, atomic_load(&rt_trapped_number));
        return count == 1 && atomic_load(&rt_trapped_number) == SYS_getppid ? 0 : 1;
    }
    if (count > 0)
        printf("%s: %d system calls, the last is number %d\n", what, count, atomic_load(&rt_trapped_number));
    else
        printf("%s: no system call\n", what);
    return count > 0;
}

int main(int argc, char **argv)
{
    static const char *const names[RT_MODELS] = RT_CODECS;
    rt_need(rt_trap_prepare(), "a signal handler");
    seeded = argc > 1 && strcmp(argv[1], "seed") == 0;
    for (uint32_t i = 0; i < RT_MODELS; i++) rt_need(rsd_model_open(names[i], &models[i], NULL) == RSD_OK, names[i]);
    int status = run_filtered(48000, RSD_SCHEDULE_INLINE);
    if (status == SKIPPED) {
        printf("no seccomp filter here: %s\n", strerror(errno));
        return SKIPPED;
    }
    status = report("48000 Hz, inline");
    static const struct {
        uint32_t rate_hz;
        rsd_schedule schedule;
        const char *name;
    } more[] = {{96000u, RSD_SCHEDULE_INLINE, "96000 Hz, inline"},
                {48000u, RSD_SCHEDULE_THREADED, "48000 Hz, threaded"},
                {44100u, RSD_SCHEDULE_INLINE, "44100 Hz, inline"},
                {44100u, RSD_SCHEDULE_THREADED, "44100 Hz, threaded"},
                {96000u, RSD_SCHEDULE_THREADED, "96000 Hz, threaded"}};
    for (size_t i = 0; i < sizeof more / sizeof *more && !seeded && status == 0; i++) {
        run_filtered(more[i].rate_hz, more[i].schedule);
        status = report(more[i].name);
    }
    for (uint32_t i = 0; i < RT_MODELS; i++) rsd_model_release(models[i]);
    return status;
}

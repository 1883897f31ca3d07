// SPDX-License-Identifier: MIT
// rt_syscalls: the engine's audio calls make no system call at all. The kernel is asked: a seccomp filter traps every
// one of the thread that stands in for the audio thread. rt_syscalls seed: the trap sees one that is made on purpose.
// Exit status 77: this system does not let a program filter its own calls.
#include "rt_library.h"
#include "support/rt_trap.h"

#define BLOCKS 400u
#define SKIPPED 77

static rsd_engine *engine;
static rt_library *library;
static rsd_model *models[RT_MODELS];
static int seeded;

/*
 * What the control thread turned beforehand lies in the queues; nothing here but the engine's calls and test noise. The
 * thread leaves by the bare system call: pthread_exit makes others.
 */
static void *audio(void *context)
{
    static float in[RT_CHANNELS][RT_MAX_BLOCK], out[RT_CHANNELS][RT_MAX_BLOCK];
    const float *const ins[RT_CHANNELS] = {in[0], in[1]};
    float *const outs[RT_CHANNELS] = {out[0], out[1]};
    uint32_t seed = 3u;
    (void)context;
    if (!rt_trap_close_the_door()) return NULL;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        for (uint32_t c = 0; c < RT_CHANNELS; c++) test_fill_noise(in[c], RT_MAX_BLOCK, 0.5f, test_random(&seed));
        const rsd_engine_block block = {ins, outs, ins, test_between(&seed, 0u, RT_MAX_BLOCK)};
        if (i % 2u == 0u)
            rsd_engine_process(engine, ins, outs, block.sample_count);
        else
            rsd_engine_process_block(engine, &block);
        if (i == BLOCKS / 2u) rsd_engine_reset(engine);
        rsd_engine_apply(engine, RSD_PARAM_LEVELS, 0u, (float)(i % 16u));
        if (seeded && i == 10u) syscall(SYS_getppid);
    }
    rt_library_run(library);
    syscall(SYS_exit, 0);
    return NULL;
}

static int run_filtered(uint32_t rate_hz, rsd_schedule schedule)
{
    uint32_t seed = 11u;
    pthread_t thread;
    engine = rt_make(rate_hz, schedule, models[3]);
    library = rt_library_make(models[3]); /* ends with the program */
    for (int i = 0; i < 200; i++) {
        rsd_event event = {test_between(&seed, 0u, 90000u), RSD_PARAM_BYPASS, 0, (float)(test_random(&seed) >> 31)};
        if (i % 2) event.param_id = RSD_PARAM_MONITOR;
        rt_need(rsd_engine_post(engine, &event) == RSD_OK, "an event");
    }
    rt_need(pthread_create(&thread, NULL, audio, NULL) == 0, "a thread");
    /* A swap from here while it plays. */
    rt_need(rsd_engine_swap(engine, models[2], NULL) == RSD_OK, "a swap");
    pthread_join(thread, NULL);
    rsd_engine_destroy(engine);
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
    static const char *const names[RT_MODELS] = {"live-64", "live-128", "live-256", ENCODEC_FOLDER};
    rt_need(rt_trap_prepare(), "a signal handler");
    seeded = argc > 1 && strcmp(argv[1], "seed") == 0;
    for (uint32_t i = 0; i < RT_MODELS; i++) rt_need(rsd_model_open(names[i], &models[i], NULL) == RSD_OK, names[i]);
    int status = run_filtered(48000, RSD_SCHEDULE_INLINE);
    if (status == SKIPPED) {
        printf("no seccomp filter here: %s\n", strerror(errno));
        return SKIPPED;
    }
    status = report("48000 Hz, inline");
    if (!seeded && status == 0) {
        run_filtered(96000, RSD_SCHEDULE_INLINE);
        status = report("96000 Hz, inline");
    }
    if (!seeded && status == 0) {
        run_filtered(48000, RSD_SCHEDULE_THREADED);
        status = report("48000 Hz, threaded");
    }
    for (uint32_t i = 0; i < RT_MODELS; i++) rsd_model_release(models[i]);
    return status;
}

// SPDX-License-Identifier: MIT
// Audio, control and a bystander at once on one engine, for -fsanitize=thread; without it the program still checks that
// what comes out is finite and that swaps come to their end.
#include "rt_work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define BLOCKS 2500u

static rsd_engine *engine;
static atomic_int done;
static atomic_int taps_inside;
static uint64_t tap_count; /* guarded by nothing but the engine's promise: never two taps at a time */

static void tap(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    (void)context, (void)channel, (void)frame_index, (void)frame;
    rt_need(atomic_fetch_add_explicit(&taps_inside, 1, memory_order_relaxed) == 0, "one tap at a time");
    tap_count++;
    atomic_fetch_sub_explicit(&taps_inside, 1, memory_order_relaxed);
}

static void *audio(void *context)
{
    static float in[RT_CHANNELS][RT_MAX_BLOCK], out[RT_CHANNELS][RT_MAX_BLOCK];
    const float *const ins[RT_CHANNELS] = {in[0], in[1]};
    float *const outs[RT_CHANNELS] = {out[0], out[1]};
    uint32_t seed = 3u;
    (void)context;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        const uint32_t count = test_between(&seed, 0u, 300u);
        for (uint32_t c = 0; c < RT_CHANNELS; c++) test_fill_noise(in[c], count, 0.5f, test_random(&seed));
        rsd_engine_process(engine, ins, outs, count);
        for (uint32_t k = 0; k < count; k++) rt_need(isfinite(out[0][k]) && isfinite(out[1][k]), "finite output");
        if (i % 100u == 99u) rsd_engine_reset(engine);
        if (i % 9u == 0u) rsd_engine_apply(engine, RSD_PARAM_MIX, 0u, 0.7f);
        const struct timespec pause = {0, 200000};
        if (i % 4u == 0u) nanosleep(&pause, NULL);
    }
    atomic_store(&done, 1);
    return NULL;
}

static void *bystander(void *context)
{
    (void)context;
    while (!atomic_load(&done)) {
        rsd_engine_latency latency;
        float value;
        rsd_engine_get_latency(engine, &latency);
        rt_need(latency.total_samples == latency.codec_samples + latency.resampler_samples + latency.schedule_samples,
                "a whole latency");
        rt_need(rsd_engine_get(engine, RSD_PARAM_LEVELS, 0u, &value) == RSD_OK, "get");
        (void)rsd_engine_sample_time(engine);
        const struct timespec pause = {0, 50000};
        nanosleep(&pause, NULL);
    }
    return NULL;
}

/* Everything at random, but for two that only repeat the same code, and take nearly all of the time under a sanitizer:
 * how many codewords are searched, and how many generations there are. */
static void turn(uint32_t *seed, uint32_t swaps)
{
    for (int i = 0; i < 8; i++) rt_turn(engine, seed);
    rt_need(rsd_engine_set(engine, RSD_PARAM_CODEBOOK_BITS, 0u, 4.0f) == RSD_OK, "set");
    rt_need(rsd_engine_set(engine, RSD_PARAM_GENERATIONS, 0u, 1.0f + (float)(swaps % 2u)) == RSD_OK, "set");
}

static uint32_t control(rsd_model *const models[3])
{
    uint32_t seed = 1u, swaps = 0u;
    rsd_telemetry records[8];
    rsd_codec_info info;
    while (!atomic_load(&done)) {
        turn(&seed, swaps);
        rsd_engine_wait_for_frames(engine, test_between(&seed, 0u, 1u) == 1u);
        rsd_engine_read_telemetry(engine, records, 8u);
        rsd_engine_get_codec(engine, &info);
        if (!rsd_engine_collect(engine)) {
            rt_need(rsd_engine_swap(engine, models[swaps % 3u], NULL) == RSD_OK, "a swap");
            swaps++;
        }
        const struct timespec pause = {0, 100000};
        nanosleep(&pause, NULL);
    }
    return swaps;
}

int main(void)
{
    static const char *const names[3] = {"live-64", "live-128", "live-256"};
    rsd_model *models[3];
    for (int i = 0; i < 3; i++) rt_need(rsd_model_open(names[i], &models[i], NULL) == RSD_OK, names[i]);
    for (int threaded = 0; threaded < 2; threaded++) {
        pthread_t threads[2];
        engine = rt_make(48000, threaded ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE, models[1]);
        atomic_store(&done, 0);
        rsd_engine_set_tap(engine, tap, NULL);
        tap_count = 0u;
        rt_need(pthread_create(&threads[0], NULL, audio, NULL) == 0, "a thread");
        rt_need(pthread_create(&threads[1], NULL, bystander, NULL) == 0, "a thread");
        const uint32_t swaps = control(models);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
        printf("%s: %u blocks, %u swaps, %llu taps\n", threaded ? "threaded" : "inline", BLOCKS, swaps,
               (unsigned long long)tap_count);
        rt_need(swaps > 3u && tap_count > 100u, "too few swaps or taps to mean something");
        rsd_engine_destroy(engine);
    }
    for (int i = 0; i < 3; i++) rsd_model_release(models[i]);
    return 0;
}

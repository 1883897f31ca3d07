// SPDX-License-Identifier: MIT
// frame_times CODEC FRAMES [TIMES]: what each of FRAMES frames of a codec costs, as the worker codes them, and how far
// the worst is from the mean.
//
// Time is processor time of the thread (CLOCK_THREAD_CPUTIME_ID): other threads do not count. On a machine that is
// shared, what the host takes away (stolen time) and interrupts do count, and land on any frame. So TIMES streams (3)
// are coded in step, each frame by all of them before the next: equal states, equal sound, equal work. A disturbance
// meets one of them, what a frame itself costs (a denormal, a branch, a search that takes longer) meets all: the least
// of the three is the frame's own cost. Both are printed, alone ("as timed") and as the least.
#include "engine/engine_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_TIMES 8u

typedef struct {
    uint32_t times, frame_count;
    rsd_engine *engines[MAX_TIMES];
    uint32_t *alone, *least; /* ns of each frame */
    rsd_frame_job job;
    float *in, *out;
} bench;

static void need(bool good, const char *what)
{
    if (good) return;
    fprintf(stderr, "frame_times: %s\n", what);
    exit(1);
}

static uint64_t thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static float noise(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(*seed >> 8) / 8388608.0f - 1.0f;
}

/* Tones, noise, a decay into nothing (where denormals would be) and silence, a quarter of 400 frames each. */
static void make_frame(float *x, uint32_t hop, uint64_t frame, uint32_t *seed)
{
    const uint64_t part = frame / 100u % 4u;
    for (uint32_t i = 0; i < hop; i++) {
        const double t = (double)(frame * hop + i);
        const float tone = 0.4f * (float)sin(0.031 * t + 2.0 * sin(0.00021 * t));
        const float decay = (float)exp(-0.002 * (double)(frame % 100u * hop + i));
        x[i] = part == 0u ? tone : part == 1u ? 0.3f * noise(seed) : part == 2u ? decay * tone : 0.0f;
    }
}

static void open_engines(bench *b, const char *codec)
{
    rsd_error error;
    rsd_model *model = NULL;
    rsd_codec_info info;
    need(rsd_model_open(codec, &model, &error) == RSD_OK, error.text);
    rsd_model_info(model, 48000u, &info);
    const rsd_engine_config config = {
        .sample_rate_hz = info.sample_rate_hz, .channel_count = 1u, .schedule = RSD_SCHEDULE_INLINE};
    for (uint32_t i = 0; i < b->times; i++)
        need(rsd_engine_create(&config, model, &b->engines[i], &error) == RSD_OK, error.text);
    rsd_model_release(model);
    b->job.encode = (rsd_encode_controls){info.level_count, 16u};
    b->job.decode.active_levels = (float)info.level_count;
    b->job.decode.noise_fill = 1.0f;
    for (uint32_t k = 0; k < info.level_count; k++) b->job.decode.level_gain[k] = 1.0f;
    b->in = calloc(info.hop_samples, sizeof *b->in);
    b->out = calloc(info.hop_samples, sizeof *b->out);
    b->alone = calloc(b->frame_count, sizeof *b->alone);
    b->least = calloc(b->frame_count, sizeof *b->least);
    need(b->in && b->out && b->alone && b->least, "no memory");
}

static void run(bench *b)
{
    uint32_t seed = 1u;
    rsd_frame_result result;
    for (uint32_t f = 0; f < b->frame_count; f++) {
        make_frame(b->in, b->engines[0]->current->info.hop_samples, f, &seed);
        b->least[f] = UINT32_MAX;
        for (uint32_t i = 0; i < b->times; i++) {
            const uint64_t start = thread_ns();
            rsd_slot_code_frame(b->engines[i]->current, &b->job, b->in, &result, b->out);
            const uint32_t taken = (uint32_t)(thread_ns() - start);
            if (i == 0u) b->alone[f] = taken;
            if (taken < b->least[f]) b->least[f] = taken;
        }
    }
}

static int compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print(const char *what, uint32_t *ns, uint32_t count)
{
    static const double shares[] = {0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1.0};
    double sum = 0.0;
    qsort(ns, count, sizeof *ns, compare);
    for (uint32_t i = 0; i < count; i++) sum += ns[i];
    const double mean = sum / count;
    uint32_t over = 0u;
    while (over < count && ns[count - 1u - over] > 2.0 * mean) over++;
    printf("%s: mean %.1f us, worst / mean %.2f, %u frames over twice the mean\n ", what, mean / 1e3,
           ns[count - 1u] / mean, over);
    for (size_t s = 0; s < sizeof shares / sizeof shares[0]; s++)
        printf(" p%g %.1f", 100.0 * shares[s], ns[(size_t)(shares[s] * (count - 1u))] / 1e3);
    puts(" us");
}

int main(int argc, char **argv)
{
    bench b = {.times = 3u};
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "frame_times CODEC FRAMES [TIMES]\n");
        return 2;
    }
    b.frame_count = (uint32_t)strtoul(argv[2], NULL, 10);
    if (argc == 4) b.times = (uint32_t)strtoul(argv[3], NULL, 10);
    need(b.frame_count > 0u && b.times > 0u && b.times <= MAX_TIMES, "a count of frames, and 1 to 8 streams");
    open_engines(&b, argv[1]);
    const rsd_fp_state fp = rsd_fp_flush_denormals(); /* as the worker does */
    run(&b);
    rsd_fp_restore(fp);
    printf("%s, %u frames, %u in step\n", b.engines[0]->current->info.name, b.frame_count, b.times);
    print("as timed", b.alone, b.frame_count);
    print("least", b.least, b.frame_count);
    for (uint32_t i = 0; i < b.times; i++) rsd_engine_destroy(b.engines[i]);
    return 0;
}

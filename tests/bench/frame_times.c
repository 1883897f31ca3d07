// SPDX-License-Identifier: MIT
// frame_times CODEC FRAMES [PASSES]: what each of FRAMES frames of a codec costs, as the worker codes them, and how far
// the worst is from the mean.
//
// Time is processor time of the thread (CLOCK_THREAD_CPUTIME_ID): other threads do not count. On a machine that is
// shared, what the host takes away (stolen time), interrupts and neighbours in the caches do count, and land on any
// frame. So the same sound is coded PASSES times (4), each time by a new stream: equal states, equal work. A
// disturbance meets a frame in one pass; what a frame itself costs (a denormal, a branch, a search that takes longer)
// meets it in all of them: the least of the passes is the frame's own cost. Printed: each pass, the least, and how many
// frames are over twice the mean in more than one pass.
#include "engine/engine_internal.h"
#include "support/signals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PASSES 8u

typedef struct {
    uint32_t pass_count, frame_count;
    rsd_engine *engines[MAX_PASSES];
    uint32_t *now, *least; /* ns of each frame */
    uint8_t *slow;         /* passes in which the frame took over twice the pass's mean */
    engine_frame_job job;
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

/* Tones, noise, a decay into nothing (where denormals would be) and silence, a quarter of 400 frames each. */
static void make_frame(float *x, uint32_t hop, uint64_t frame, uint32_t *seed)
{
    const uint64_t part = frame / 100u % 4u;
    for (uint32_t i = 0; i < hop; i++) {
        const double t = (double)(frame * hop + i);
        const float tone = 0.4f * (float)sin(0.031 * t + 2.0 * sin(0.00021 * t));
        const float decay = (float)exp(-0.002 * (double)(frame % 100u * hop + i));
        x[i] = part == 0u ? tone : part == 1u ? 0.3f * test_noise(seed) : part == 2u ? decay * tone : 0.0f;
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
    for (uint32_t i = 0; i < b->pass_count; i++)
        need(rsd_engine_create(&config, model, &b->engines[i], &error) == RSD_OK, error.text);
    rsd_model_release(model);
    b->job.encode = (rsd_encode_controls){info.level_count, 16u};
    b->job.decode.active_levels = (float)info.level_count;
    b->job.decode.noise_fill = 1.0f;
    for (uint32_t k = 0; k < info.level_count; k++) b->job.decode.level_gain[k] = 1.0f;
    b->in = calloc(info.hop_samples, sizeof *b->in);
    b->out = calloc(info.hop_samples, sizeof *b->out);
    b->now = calloc(b->frame_count, sizeof *b->now);
    b->least = calloc(b->frame_count, sizeof *b->least);
    b->slow = calloc(b->frame_count, sizeof *b->slow);
    need(b->in && b->out && b->now && b->least && b->slow, "no memory");
}

static double mean_of(const uint32_t *ns, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) sum += ns[i];
    return sum / count;
}

static void run_pass(bench *b, uint32_t pass)
{
    rsd_engine *engine = b->engines[pass];
    engine_frame_result result;
    const engine_frame_output output = {&result, engine->current->coded, b->out};
    uint32_t seed = 1u;
    for (uint32_t f = 0; f < b->frame_count; f++) {
        make_frame(b->in, engine->current->info.hop_samples, f, &seed);
        const uint64_t start = thread_ns();
        engine_instance_code_frame(engine->current, &b->job, b->in, &output);
        b->now[f] = (uint32_t)(thread_ns() - start);
    }
    const double mean = mean_of(b->now, b->frame_count);
    for (uint32_t f = 0; f < b->frame_count; f++) {
        b->slow[f] = (uint8_t)(b->slow[f] + (b->now[f] > 2.0 * mean));
        if (pass == 0u || b->now[f] < b->least[f]) b->least[f] = b->now[f];
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
    qsort(ns, count, sizeof *ns, compare);
    const double mean = mean_of(ns, count);
    uint32_t over = 0u;
    while (over < count && ns[count - 1u - over] > 2.0 * mean) over++;
    printf("%s: mean %.1f us, worst / mean %.2f, %u frames over twice the mean\n ", what, mean / 1e3,
           ns[count - 1u] / mean, over);
    for (size_t s = 0; s < sizeof shares / sizeof shares[0]; s++)
        printf(" p%g %.1f", 100.0 * shares[s], ns[(size_t)(shares[s] * (count - 1u))] / 1e3);
    puts(" us");
}

static uint32_t slow_in_several(const bench *b)
{
    uint32_t count = 0u;
    for (uint32_t f = 0; f < b->frame_count; f++) count += b->slow[f] > 1u;
    return count;
}

int main(int argc, char **argv)
{
    bench b = {.pass_count = 4u};
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "frame_times CODEC FRAMES [PASSES]\n");
        return 2;
    }
    b.frame_count = (uint32_t)strtoul(argv[2], NULL, 10);
    if (argc == 4) b.pass_count = (uint32_t)strtoul(argv[3], NULL, 10);
    need(b.frame_count > 0u && b.pass_count > 0u && b.pass_count <= MAX_PASSES, "a count of frames, and 1 to 8 passes");
    open_engines(&b, argv[1]);
    printf("%s, %u frames, %u passes\n", b.engines[0]->current->info.name, b.frame_count, b.pass_count);
    const rsd_fp_state fp = rsd_fp_flush_denormals(); /* as the worker does */
    for (uint32_t i = 0; i < b.pass_count; i++) {
        char what[16];
        snprintf(what, sizeof what, "pass %u", i + 1u);
        run_pass(&b, i);
        print(what, b.now, b.frame_count);
    }
    rsd_fp_restore(fp);
    print("least", b.least, b.frame_count);
    printf("over twice the mean in more than one pass: %u frames\n", slow_in_several(&b));
    for (uint32_t i = 0; i < b.pass_count; i++) rsd_engine_destroy(b.engines[i]);
    return 0;
}

// SPDX-License-Identifier: MIT
#include "app.h"
#include "latency.h"
#include "offline.h"
#include "paths.h"

#include <residuum/rsd_codec.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MEASURED_FRAMES 24u

/* Mean CPU time of coding and decoding a frame of one channel with all levels, in ms; 0 where it cannot be run. */
static double frame_ms(const rsd_model *model, const rsd_codec_info *info)
{
    const size_t bytes = rsd_codec_size_bytes(model);
    void *block = aligned_alloc(64, bytes);
    float *sound = malloc(info->hop_samples * sizeof *sound);
    rsd_codec *codec;
    double ms = 0.0;
    if (block && sound && rsd_codec_init(block, bytes, model, info->sample_rate_hz, &codec) == RSD_OK) {
        const rsd_encode_controls encode = {info->level_count, 16u};
        rsd_decode_controls decode = {.active_levels = (float)info->level_count};
        for (uint32_t k = 0; k < info->level_count; k++) decode.level_gain[k] = 1.0f;
        rsd_token_frame frame;
        uint64_t start = 0;
        for (uint32_t f = 0; f < MEASURED_FRAMES + 2u; f++) { // the first two warm up
            if (f == 2u) start = app_thread_cpu_ns();
            for (uint32_t i = 0; i < info->hop_samples; i++) sound[i] = 0.3f * sinf(0.05f * (float)(f * 97u + i));
            rsd_codec_encode(codec, sound, &encode, &frame, NULL);
            rsd_codec_decode(codec, &frame, &decode, sound);
        }
        ms = (double)(app_thread_cpu_ns() - start) / 1e6 / MEASURED_FRAMES;
    }
    free(sound);
    free(block);
    return ms;
}

#define LEAST_BLOCK 64u
#define MOST_BLOCK 8192u

/* Least power of two of samples a call from which on the engine codes inline; over MOST_BLOCK: none. */
static uint32_t inline_from(const rsd_codec_info *info, uint32_t rate_hz, uint64_t frame_ns)
{
    uint32_t from = 2u * MOST_BLOCK;
    for (uint32_t block = MOST_BLOCK; block >= LEAST_BLOCK; block /= 2u) {
        if (rsd_engine_choose_schedule(info, rate_hz, block, frame_ns) != RSD_SCHEDULE_INLINE) break;
        from = block;
    }
    return from;
}

static void print_schedule(const rsd_codec_info *info, uint32_t rate_hz, uint64_t frame_ns)
{
    const uint32_t from = inline_from(info, rate_hz, frame_ns);
    if (from <= LEAST_BLOCK)
        puts("real time, inline");
    else if (from > MOST_BLOCK)
        puts("real time, threaded (one hop more latency)");
    else
        printf("real time, inline in blocks of %u samples and more, threaded (one hop more latency) in smaller ones\n",
               from);
}

/* What the latency at `rate_hz` is made of where the schedule is chosen for blocks of LEAST_BLOCK. */
static int print_latency(const app_arguments *arguments, rsd_model *model, const rsd_codec_info *info, uint32_t rate_hz,
                         uint64_t frame_ns)
{
    rsd_error error;
    rsd_engine *engine = NULL;
    rsd_engine_latency latency;
    const rsd_schedule schedule = rsd_engine_choose_schedule(info, rate_hz, 0u, frame_ns);
    const rsd_engine_config config = {.sample_rate_hz = rate_hz, .channel_count = 1u, .schedule = schedule};
    if (rsd_engine_create(&config, model, &engine, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    rsd_engine_get_latency(engine, &latency);
    rsd_engine_destroy(engine);
    printf("  live at %u Hz in blocks of %u samples: latency %u samples\n", rate_hz, LEAST_BLOCK,
           latency.total_samples);
    app_print_latency(&latency, info, rate_hz, -1);
    return APP_OK;
}

/* What a model costs here, and how it would be scheduled; the latency too where that is asked for. */
static int print_cost(const app_arguments *arguments, rsd_model *model, const rsd_codec_info *info, uint32_t rate_hz,
                      bool with_latency)
{
    const double ms = frame_ms(model, info), hop_ms = 1e3 * info->hop_samples / info->sample_rate_hz;
    const uint64_t frame_ns = (uint64_t)(ms * 1e6);
    printf("             %.3g ms a frame of %.3g ms on this machine (%.3g %% of a core, a channel): ", ms, hop_ms,
           100.0 * ms / hop_ms);
    if (ms > hop_ms) {
        puts("not real time: process, encode and decode only");
        return APP_OK;
    }
    print_schedule(info, rate_hz, frame_ns);
    return with_latency ? print_latency(arguments, model, info, rate_hz, frame_ns) : APP_OK;
}

/* description: of a built-in codec, or a file's path; NULL for what was named: its latency is told then. */
static int print_codec(const app_arguments *arguments, rsd_model *model, const char *description, uint32_t rate_hz)
{
    rsd_codec_info info;
    rsd_model_info(model, rate_hz, &info);
    app_print("%-12s %6u %4u %7u %8u %6.2f  %5.1f..%-6.1f %s", info.name, info.sample_rate_hz, info.hop_samples,
              info.level_count, info.latency_samples, 1e3 * info.latency_samples / info.sample_rate_hz,
              (double)info.level_kbps[0], (double)info.level_kbps[info.level_count - 1u],
              description ? description : info.description);
    putchar('\n');
    if (description && strstr(info.description, "parameters")) printf("             %s\n", info.description); // a net
    return print_cost(arguments, model, &info, rate_hz, !description);
}

static int print_named(const app_arguments *arguments, const char *name_or_path, const char *description,
                       uint32_t rate_hz)
{
    rsd_error error;
    rsd_model *model = NULL;
    if (rsd_model_open(name_or_path, &model, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    const int result = print_codec(arguments, model, description, rate_hz);
    rsd_model_release(model);
    return result;
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* What the operands name: codecs that are no file, opened, and the files, or those below folders that are no codec. */
typedef struct {
    rsd_model **models; /* one for each operand; NULL where it is no such codec */
    app_paths paths;
} named_codecs;

static int find_named(const app_arguments *arguments, named_codecs *named)
{
    rsd_error error;
    named->models = calloc(arguments->operand_count + 1u, sizeof(rsd_model *));
    if (!named->models) return app_fail(arguments, "out of memory");
    for (uint32_t i = 0; i < arguments->operand_count; i++) {
        const char *operand = arguments->operands[i];
        rsd_status status = RSD_ERR_NOT_FOUND;
        if (!is_file(operand)) status = rsd_model_open(operand, &named->models[i], &error);
        if (status == RSD_ERR_NOT_FOUND) status = app_paths_add(&named->paths, operand, "safetensors", &error);
        if (status != RSD_OK) return app_fail(arguments, "%s", error.text);
    }
    app_paths_sort(&named->paths);
    return APP_OK;
}

/* A codec that cannot be read is reported and makes the command fail, but does not hide those after it. */
static int print_all(const app_arguments *arguments, const named_codecs *named, uint32_t rate_hz)
{
    const char *name, *description;
    bool good = named->paths.skipped_count == 0u;
    puts("name           rate  hop  levels  latency     ms  kbps, 1..all  what it is");
    for (uint32_t i = 0; rsd_model_builtin(i, &name, &description); i++)
        good = print_named(arguments, name, description, rate_hz) == APP_OK && good;
    for (size_t i = 0; i < named->paths.count; i++) {
        const char *path = named->paths.files[i].name;
        good = print_named(arguments, path, path, rate_hz) == APP_OK && good;
    }
    for (uint32_t i = 0; i < arguments->operand_count; i++)
        if (named->models[i]) good = print_codec(arguments, named->models[i], NULL, rate_hz) == APP_OK && good;
    app_paths_tell_skipped(arguments, &named->paths);
    return good ? APP_OK : APP_FAILURE;
}

int app_codecs(const app_arguments *arguments)
{
    double rate_hz = 48000.0;
    named_codecs named = {0};
    if (!app_number(arguments, APP_OPT_RATE, 8000, 384000, true, &rate_hz)) return APP_USAGE;
    int result = find_named(arguments, &named);
    if (result == APP_OK) result = print_all(arguments, &named, (uint32_t)rate_hz);
    for (uint32_t i = 0; named.models && i < arguments->operand_count; i++) rsd_model_release(named.models[i]);
    free(named.models);
    app_paths_destroy(&named.paths);
    return result;
}

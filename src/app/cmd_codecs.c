// SPDX-License-Identifier: MIT
// `residuum codecs`: latency, bitrate and cost of each codec.
#include "app.h"
#include "codec_cost.h"
#include "app/latency/parts.h"
#include "paths.h"

#include "codec/known_models.h"

#include <residuum/rsd_codec.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static void print_schedule(const rsd_codec_info *info, uint32_t rate_hz, const app_codec_cost *cost)
{
    uint32_t from = inline_from(info, rate_hz, (uint64_t)(cost->codec_ms * 1e6));
    /* What the engine itself has picked counts, where another measurement would have it otherwise. */
    if (cost->latency.schedule == RSD_SCHEDULE_INLINE) from = LEAST_BLOCK;
    if (cost->latency.schedule == RSD_SCHEDULE_THREADED && from <= LEAST_BLOCK) from = 2u * LEAST_BLOCK;
    if (from <= LEAST_BLOCK)
        puts("real time, inline");
    else if (from > MOST_BLOCK)
        puts("real time, threaded (one hop more latency)");
    else
        printf("real time, inline in blocks of %u samples and more, threaded (one hop more latency) in smaller ones\n",
               from);
}

/* What a model costs here at the rate asked for, and how it would be scheduled; what its latency is made of where that
 * is asked for. */
static void print_cost(const rsd_codec_info *info, uint32_t rate_hz, const app_codec_cost *cost, bool with_latency)
{
    const double hop_ms = 1e3 * info->hop_samples / info->sample_rate_hz;
    printf("             %.3g ms a frame of %.3g ms on this machine%s (%.3g %% of a core, a channel): ", cost->total_ms,
           hop_ms, info->sample_rate_hz != rate_hz ? " with the resampler" : "", 100.0 * cost->total_ms / hop_ms);
    if (cost->total_ms > hop_ms) {
        puts("not real time: process, encode and decode only");
        return;
    }
    print_schedule(info, rate_hz, cost);
    if (!with_latency) return;
    printf("  live at %u Hz in blocks of %u samples: latency %u samples\n", rate_hz, LEAST_BLOCK,
           cost->latency.total_samples);
    app_print_latency(&cost->latency, info, rate_hz, -1);
}

/* description: of a built-in codec, or a file's path; NULL for what was named: its latency is told in parts then. */
static int print_codec(const app_arguments *arguments, rsd_model *model, const char *description, uint32_t rate_hz)
{
    rsd_error error;
    rsd_codec_info info;
    app_codec_cost cost;
    rsd_model_info(model, rate_hz, &info);
    if (app_codec_cost_measure(model, rate_hz, LEAST_BLOCK, &cost, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    app_print("%-12s %6u %4u %7u %8u %6.2f  %5.1f..%-6.1f %s", info.name, info.sample_rate_hz, info.hop_samples,
              info.level_count, cost.latency.total_samples, 1e3 * cost.latency.total_samples / rate_hz,
              (double)info.level_kbps[0], (double)info.level_kbps[info.level_count - 1u],
              description ? description : info.description);
    putchar('\n');
    if (description && strstr(info.description, "parameters")) printf("             %s\n", info.description); // a net
    print_cost(&info, rate_hz, &cost, !description);
    return APP_OK;
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

/* A model of others that is not on this machine is no failure: its line says how to get it. */
static int print_known(const app_arguments *arguments, const known_model *model, const char *description,
                       uint32_t rate_hz)
{
    char folder[KNOWN_MODEL_PATH_BYTES];
    if (known_model_folder(model, folder)) return print_named(arguments, model->name, description, rate_hz);
    printf("%-12s not installed: residuum models get %s; %s\n", model->name, model->name, description);
    return APP_OK;
}

/* The codecs that have names, first those that plugins number. */
static bool print_all_named(const app_arguments *arguments, uint32_t rate_hz)
{
    const char *name, *description;
    bool good = true, is_printed[KNOWN_MODEL_MOST] = {false};
    for (uint32_t i = 0; rsd_model_builtin(i, &name, &description); i++) {
        const known_model *model = known_model_find(name);
        for (uint32_t k = 0; known_model_at(k); k++) is_printed[k] = is_printed[k] || known_model_at(k) == model;
        good = (model ? print_known(arguments, model, description, rate_hz)
                      : print_named(arguments, name, description, rate_hz)) == APP_OK &&
               good;
    }
    for (uint32_t k = 0; known_model_at(k); k++)
        if (!is_printed[k])
            good = print_known(arguments, known_model_at(k), known_model_at(k)->what, rate_hz) == APP_OK && good;
    return good;
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
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
        const bool is_known = known_model_find(operand) && status == RSD_ERR_NOT_FOUND && !is_there(operand);
        if (status == RSD_ERR_NOT_FOUND && !is_known)
            status = app_paths_add(&named->paths, operand, "safetensors", &error);
        if (status != RSD_OK) return app_fail(arguments, "%s", error.text);
    }
    app_paths_sort(&named->paths);
    return APP_OK;
}

/* A codec that cannot be read is reported and makes the command fail, but does not hide those after it. */
static int print_all(const app_arguments *arguments, const named_codecs *named, uint32_t rate_hz)
{
    bool good = named->paths.skipped_count == 0u;
    printf("Latency and cost at %u Hz in blocks of %u samples, with schedule and resampler; rate and hop are the "
           "codec's.\n"
           "name           rate  hop  levels  latency     ms  kbps, 1..all  what it is\n",
           rate_hz, LEAST_BLOCK);
    good = print_all_named(arguments, rate_hz) && good;
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

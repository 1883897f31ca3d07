// SPDX-License-Identifier: MIT
#include "app.h"
#include "paths.h"

#include <residuum/rsd_codec.h>

#include <stdio.h>

static int print_codec(const app_arguments *arguments, const char *name_or_path, const char *description,
                       uint32_t rate_hz)
{
    rsd_error error;
    rsd_model *model = NULL;
    if (rsd_model_open(name_or_path, &model, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    rsd_codec_info info;
    rsd_model_info(model, rate_hz, &info);
    rsd_model_release(model);
    printf("%-12s %6u %4u %7u %8u %6.2f  %5.1f..%-6.1f %s\n", info.name, info.sample_rate_hz, info.hop_samples,
           info.level_count, info.latency_samples, 1e3 * info.latency_samples / info.sample_rate_hz,
           (double)info.level_kbps[0], (double)info.level_kbps[info.level_count - 1u],
           description ? description : info.description);
    return -1;
}

int app_codecs(const app_arguments *arguments)
{
    double rate_hz = 48000.0;
    if (!app_number(arguments, APP_OPT_RATE, 8000, 384000, true, &rate_hz)) return APP_USAGE;
    rsd_error error;
    app_paths paths = {0};
    int result = -1;
    for (uint32_t i = 0; i < arguments->operand_count && result < 0; i++)
        if (app_paths_add(&paths, arguments->operands[i], "safetensors", &error) != RSD_OK)
            result = app_fail(arguments, "%s", error.text);
    app_paths_sort(&paths);
    if (result < 0) puts("name           rate  hop  levels  latency     ms  kbps, 1..all  what it is");
    const char *name, *description;
    for (uint32_t i = 0; result < 0 && rsd_model_builtin(i, &name, &description); i++)
        result = print_codec(arguments, name, description, (uint32_t)rate_hz);
    for (size_t i = 0; i < paths.count && result < 0; i++)
        result = print_codec(arguments, paths.names[i], paths.names[i], (uint32_t)rate_hz);
    app_paths_destroy(&paths);
    return result < 0 ? APP_OK : result;
}

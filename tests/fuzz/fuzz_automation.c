// SPDX-License-Identifier: MIT
// Automation files, with ramps, presets, codecs and transport; what was read is applied to an engine.
#include "app/app.h"
#include "app/automation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST_APPLIED 200u /* of the changes: each is as the others */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of the command line, which is not here: src/app/settings.c would end with them. */
int app_fail(const app_arguments *arguments, const char *format, ...)
{
    (void)arguments;
    (void)format;
    abort();
}
int app_usage(const app_arguments *arguments, const char *format, ...)
{
    (void)arguments;
    (void)format;
    abort();
}

static rsd_engine *engine;
static rsd_codec_info codec;

static void set_up(void)
{
    rsd_model *model = NULL;
    const rsd_engine_config config = {48000, 1, RSD_SCHEDULE_INLINE, 0, 0};
    if (rsd_model_open("live", &model, NULL) != RSD_OK) abort();
    rsd_model_info(model, 48000u, &codec);
    if (rsd_engine_create(&config, model, &engine, NULL) != RSD_OK) abort();
    rsd_model_release(model);
}

static void apply(const app_automation *automation)
{
    float samples[64] = {0.1f};
    const float *const in[1] = {samples};
    float *const out[1] = {samples};
    uint64_t last = 0;
    for (size_t i = 0; i < automation->count; i++) {
        const app_change *change = &automation->changes[i];
        if (change->sample_time < last) abort(); /* they are in order */
        last = change->sample_time;
        if (i < MOST_APPLIED) (void)app_automation_apply(change, engine);
    }
    rsd_engine_process(engine, in, out, 64);
    for (int i = 0; i < 64; i++)
        if (!isfinite(samples[i])) abort();
    (void)rsd_engine_collect(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    char first[256];
    app_automation automation = {0};
    rsd_error error = {0};
    if (!engine) set_up();
    if (fd < 0) {
        fd = memfd_create("automation", 0);
        if (fd < 0) abort();
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
    app_automation_first_codec(path, first, sizeof first);
    if (app_automation_load(path, 48000u, &codec, &automation, &error) == RSD_OK)
        apply(&automation);
    else if (error.text[0] == '\0')
        abort(); /* a refusal without a reason */
    app_automation_destroy(&automation);
    return 0;
}

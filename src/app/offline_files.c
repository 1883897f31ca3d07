// SPDX-License-Identifier: MIT
#include "offline.h"

#include "base/read_file.h"

#include <sndfile.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    int subtype;
} sample_formats[] = {
    {"pcm_u8", SF_FORMAT_PCM_U8}, {"pcm_s8", SF_FORMAT_PCM_S8}, {"pcm_16", SF_FORMAT_PCM_16},
    {"pcm_24", SF_FORMAT_PCM_24}, {"pcm_32", SF_FORMAT_PCM_32}, {"float", SF_FORMAT_FLOAT},
    {"double", SF_FORMAT_DOUBLE},
};
#define SAMPLE_FORMAT_COUNT (sizeof sample_formats / sizeof *sample_formats)

int app_sample_format_parse(const char *name)
{
    for (size_t i = 0; i < SAMPLE_FORMAT_COUNT; i++)
        if (strcmp(sample_formats[i].name, name) == 0) return sample_formats[i].subtype;
    return 0;
}

const char *app_sample_format_name(int subtype)
{
    for (size_t i = 0; i < SAMPLE_FORMAT_COUNT; i++)
        if (sample_formats[i].subtype == subtype) return sample_formats[i].name;
    return "";
}

int app_read_format(const app_arguments *arguments, int *subtype)
{
    const char *name = arguments->value[APP_OPT_FORMAT];
    if (!name) return -1;
    const int parsed = app_sample_format_parse(name);
    if (parsed == 0)
        return app_usage(arguments, "--format takes pcm_u8, pcm_s8, pcm_16, pcm_24, pcm_32, float or double, not '%s'",
                         name);
    *subtype = parsed;
    return -1;
}

bool app_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

void app_discard(const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISREG(info.st_mode)) unlink(path);
}

rsd_status app_files_read(void *context, float *const *in, uint32_t count, uint32_t *got, rsd_error *error)
{
    const app_files *files = context;
    return host_reader_read(files->reader, in, count, got, error);
}

rsd_status app_files_write(void *context, const float *const *out, uint32_t count, rsd_error *error)
{
    const app_files *files = context;
    return host_writer_write(files->writer, out, count, error);
}

int app_offline_engine(const app_arguments *arguments, const app_settings *settings, const char *fallback,
                       uint32_t sample_rate_hz, uint32_t channel_count, rsd_engine **engine)
{
    rsd_error error;
    rsd_model *model = NULL;
    const char *codec = settings->codec[0] != '\0' ? settings->codec : fallback;
    if (rsd_model_open(codec, &model, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    const rsd_engine_config config = {
        .sample_rate_hz = sample_rate_hz, .channel_count = channel_count, .schedule = RSD_SCHEDULE_INLINE};
    const rsd_status status = rsd_engine_create(&config, model, engine, &error);
    rsd_model_release(model); // the engine holds its own reference
    if (status != RSD_OK) return app_fail(arguments, "%s", error.text);
    const int result = app_settings_apply(arguments, settings, *engine);
    if (result < 0) return -1;
    rsd_engine_destroy(*engine);
    *engine = NULL;
    return result;
}

int app_files_open_input(const app_arguments *arguments, const app_settings *settings, const char *path,
                         app_files *files, host_reader_info *info, rsd_engine **engine)
{
    rsd_error error;
    if (base_check_readable(path, &error) != RSD_OK || host_reader_open(path, 0, &files->reader, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    host_reader_get_info(files->reader, info);
    return app_offline_engine(arguments, settings, "live", info->sample_rate_hz, info->channel_count, engine);
}

int app_files_open_output(const app_arguments *arguments, const char *path, host_writer_config config, app_files *files)
{
    rsd_error error;
    const int result = app_read_format(arguments, &config.subtype);
    if (result >= 0) return result;
    if (host_writer_open(path, &config, &files->writer, &error) == RSD_OK) return -1;
    return app_fail(arguments, "%s", error.text);
}

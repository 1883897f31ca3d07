// SPDX-License-Identifier: MIT
// Sound files of the commands that run offline: opened, checked and written.
#include "offline.h"

#include "outputs.h"

/* --format into `subtype` (unchanged where not given); -1, or the exit code. */
static int read_format(const app_arguments *arguments, int *subtype)
{
    const char *name = arguments->value[APP_OPT_FORMAT];
    if (!name) return -1;
    const int parsed = host_subtype_parse(name);
    if (parsed == 0)
        return app_usage(arguments,
                         "--format takes pcm_u8, pcm_s8, pcm_16, pcm_24, pcm_32, float, double, ulaw, alaw or another "
                         "that the output's kind can hold, not '%s'",
                         name);
    *subtype = parsed;
    return -1;
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

int app_offline_engine_of(const app_arguments *arguments, const app_settings *settings, rsd_model *model,
                          uint32_t sample_rate_hz, uint32_t channel_count, rsd_engine **engine)
{
    rsd_error error;
    const rsd_engine_config config = {.sample_rate_hz = sample_rate_hz,
                                      .channel_count = channel_count,
                                      .schedule = RSD_SCHEDULE_INLINE,
                                      .sidechain_channel_count =
                                          app_given(arguments, APP_OPT_SIDECHAIN) ? channel_count : 0u};
    if (rsd_engine_create(&config, model, engine, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    int result = app_settings_apply(arguments, settings, *engine);
    if (result < 0 && rsd_engine_apply_generations(*engine, &error) != RSD_OK)
        result = app_fail(arguments, "%s", error.text);
    if (result < 0) {
        rsd_engine_reset(*engine); // the generations are in use, and in the latency, from the first sample on
        (void)rsd_engine_collect(*engine);
        return -1;
    }
    rsd_engine_destroy(*engine);
    *engine = NULL;
    return result;
}

int app_offline_engine(const app_arguments *arguments, const app_settings *settings, const char *fallback,
                       uint32_t sample_rate_hz, uint32_t channel_count, rsd_engine **engine)
{
    rsd_error error;
    rsd_model *model = NULL;
    const char *codec = settings->codec[0] != '\0' ? settings->codec : fallback;
    if (rsd_model_open(codec, &model, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    const int result = app_offline_engine_of(arguments, settings, model, sample_rate_hz, channel_count, engine);
    rsd_model_release(model); // the engine holds its own reference
    return result;
}

/* --sidechain, converted to the input's rate. */
static int open_sidechain(const app_arguments *arguments, uint32_t sample_rate_hz, app_files *files)
{
    rsd_error error;
    const char *path = arguments->value[APP_OPT_SIDECHAIN];
    if (!path || host_reader_open(path, sample_rate_hz, &files->sidechain, &error) == RSD_OK) return -1;
    return app_fail(arguments, "%s", error.text);
}

int app_files_open_input(const app_arguments *arguments, const app_settings *settings, const char *path,
                         app_files *files, host_reader_info *info, rsd_engine **engine)
{
    rsd_error error;
    if (host_reader_open(path, 0, &files->reader, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    host_reader_get_info(files->reader, info);
    const int result = open_sidechain(arguments, info->sample_rate_hz, files);
    if (result >= 0) return result;
    return app_offline_engine(arguments, settings, "live", info->sample_rate_hz, info->channel_count, engine);
}

int app_files_open_output(const app_arguments *arguments, const char *path, host_writer_config config, app_files *files)
{
    rsd_error error;
    const int result = read_format(arguments, &config.subtype);
    if (result >= 0) return result;
    config.subtype_is_wanted = app_given(arguments, APP_OPT_FORMAT);
    config.report = &files->report;
    if (host_writer_open(path, &config, &files->writer, &error) == RSD_OK) return -1;
    return app_fail(arguments, "%s", error.text);
}

int app_files_finish(const app_arguments *arguments, const char *in_path, const char *out_path, app_files *files,
                     const rsd_error *failure)
{
    rsd_error error;
    host_writer *writer = files->writer;
    files->writer = NULL;
    if (failure) {
        host_writer_discard(writer);
        return app_fail(arguments, "%s", failure->text);
    }
    if (files->reader) {
        host_sound_faults faults;
        host_reader_get_faults(files->reader, &faults);
        outputs_say_faults(arguments, in_path, &faults);
    }
    if (host_writer_close(writer, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    if (writer) outputs_say_written(arguments, out_path, &files->report);
    return APP_OK;
}

// SPDX-License-Identifier: MIT
// `residuum process`: a sound file through the engine.
#include "app/latency/parts.h"
#include "offline.h"
#include "outputs.h"

#include <stdio.h>

typedef struct {
    const app_arguments *arguments;
    const char *in_path, *out_path;
    app_settings settings;
    host_reader_info info;
    app_files files;
    rsd_engine *engine;
    app_automation automation;
} process_job;

/* Where the command line names no codec, and the automation file does at its beginning. */
static void take_first_codec(process_job *job)
{
    char codec[APP_NAME_BYTES];
    const char *path = job->arguments->value[APP_OPT_AUTOMATION];
    if (!path || job->settings.codec[0] != '\0') return;
    app_automation_first_codec(path, codec, sizeof codec);
    snprintf(job->settings.codec, sizeof job->settings.codec, "%s", codec);
}

static int open_input(process_job *job)
{
    if (app_same_file(job->in_path, job->out_path))
        return app_usage(job->arguments, "'%s' is both input and output; name another output", job->in_path);
    const char *sidechain = job->arguments->value[APP_OPT_SIDECHAIN];
    if (sidechain && app_same_file(sidechain, job->out_path))
        return app_usage(job->arguments, "'%s' is both side-chain and output; name another output", sidechain);
    return app_files_open_input(job->arguments, &job->settings, job->in_path, &job->files, &job->info, &job->engine);
}

static int read_automation(process_job *job)
{
    rsd_error error;
    rsd_codec_info codec;
    const char *path = job->arguments->value[APP_OPT_AUTOMATION];
    rsd_engine_get_codec(job->engine, &codec);
    if (!path) return -1;
    if (app_automation_load(path, job->info.sample_rate_hz, &codec, &job->automation, &error) != RSD_OK)
        return app_fail(job->arguments, "%s", error.text);
    return -1;
}

static int open_output(process_job *job)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(job->engine, &latency);
    const uint64_t delay = app_given(job->arguments, APP_OPT_RAW) ? latency.total_samples : 0u;
    const host_writer_config config = {.channel_count = job->info.channel_count,
                                       .rate_hz = job->info.sample_rate_hz,
                                       .subtype = job->info.subtype,
                                       .expected_count = job->info.sample_count + delay,
                                       .meta = host_reader_meta(job->files.reader),
                                       .meta_delay = delay};
    return app_files_open_output(job->arguments, job->out_path, config, &job->files);
}

static void say_latency(const process_job *job)
{
    rsd_codec_info codec;
    rsd_engine_latency latency;
    if (app_given(job->arguments, APP_OPT_QUIET)) return;
    rsd_engine_get_codec(job->engine, &codec);
    rsd_engine_get_latency(job->engine, &latency);
    app_print("%s at %u Hz; latency %u samples, %s", codec.name, job->info.sample_rate_hz, latency.total_samples,
              app_given(job->arguments, APP_OPT_RAW) ? "kept" : "taken out");
    putchar('\n');
    app_print_latency(&latency, &codec, job->info.sample_rate_hz, -1);
}

static int run(process_job *job)
{
    rsd_error error;
    app_progress progress;
    app_progress_start(&progress, "processing", app_given(job->arguments, APP_OPT_QUIET));
    app_offline offline = {.engine = job->engine,
                           .channel_count = job->info.channel_count,
                           .sample_count = job->info.sample_count,
                           .raw = app_given(job->arguments, APP_OPT_RAW),
                           .automation = &job->automation,
                           .progress = &progress,
                           .sidechain = job->files.sidechain,
                           .read = app_files_read,
                           .write = app_files_write,
                           .context = &job->files};
    const rsd_status status = app_offline_run(&offline, &error);
    app_progress_end(&progress);
    const int code =
        app_files_finish(job->arguments, job->in_path, job->out_path, &job->files, status == RSD_OK ? NULL : &error);
    if (code == APP_OK) say_latency(job);
    return code;
}

int app_process(const app_arguments *arguments)
{
    process_job job = {.arguments = arguments, .in_path = arguments->operands[0], .out_path = arguments->operands[1]};
    int result = app_settings_read(arguments, &job.settings);
    if (result < 0) take_first_codec(&job);
    if (result < 0) result = open_input(&job);
    if (result < 0) result = read_automation(&job);
    if (result < 0) result = open_output(&job);
    if (result < 0) result = run(&job);
    app_automation_destroy(&job.automation);
    rsd_engine_destroy(job.engine);
    host_reader_close(job.files.reader);
    host_reader_close(job.files.sidechain);
    return result;
}

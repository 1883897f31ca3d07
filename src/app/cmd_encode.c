// SPDX-License-Identifier: MIT
// `residuum encode`: sound to tokens.
#include "encode_sound.h"
#include "outputs.h"
#include "token_files.h"

#include "base/numbers.h"
#include "token/token_pattern.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Levels that are coded, in part or whole; at least one, so that there are rows. */
static uint32_t coded_levels(const encode_job *job)
{
    float levels = (float)job->codec.level_count;
    if (rsd_engine_get(job->engine, RSD_PARAM_LEVELS, 0, &levels) != RSD_OK || !(levels > 1.0f)) return 1;
    return base_min_u32((uint32_t)ceilf(levels), job->codec.level_count);
}

/* Interleaves the rows of the levels that are coded, where --pattern says so; checked before anything is coded. */
static int choose_pattern(encode_job *job)
{
    rsd_error error;
    rsd_pattern pattern;
    const uint32_t levels = coded_levels(job), rows = job->codec.level_sequence_end[levels - 1u];
    const char *text = job->arguments->value[APP_OPT_PATTERN];
    if (!text) return -1;
    if (rsd_pattern_parse(text, rows, &pattern, &error) != RSD_OK)
        return app_usage(job->arguments, "--pattern for the %u rows of %u levels of codec '%s': %s", rows, levels,
                         job->codec.name, error.text);
    if (strlen(text) >= sizeof job->set.pattern)
        return app_usage(job->arguments, "--pattern is longer than %zu bytes", sizeof job->set.pattern - 1u);
    snprintf(job->set.pattern, sizeof job->set.pattern, "%s", text);
    return -1;
}

/* Tokens are sound and nothing else. */
static void say_what_is_lost(const encode_job *job, const char *out_path)
{
    host_write_report report = {0};
    const host_meta *meta = host_reader_meta(job->files.reader);
    if (meta) host_meta_describe(meta, report.lost);
    outputs_say_written(job->arguments, out_path, &report);
}

static int encode(encode_job *job, const char *out_path)
{
    int result = encode_sound_open(job);
    if (result < 0) result = choose_pattern(job);
    if (result < 0) result = token_file_check_output(job->arguments, out_path, job->codec.side_count > 0u);
    if (result < 0) result = encode_sound_run(job);
    if (result >= 0) return result;
    /* A preset may move the levels up while it plays. */
    const uint32_t kept = coded_levels(job);
    if (job->set.pattern[0] != '\0')
        token_set_keep_levels(&job->set, job->set.level_count > kept ? job->set.level_count : kept);
    say_what_is_lost(job, out_path);
    return token_file_save(job->arguments, &job->set, RSD_MAX_LEVELS, out_path);
}

int app_encode(const app_arguments *arguments)
{
    app_settings settings;
    const char *out_path = arguments->operands[1];
    encode_job job = {.arguments = arguments, .in_path = arguments->operands[0], .settings = &settings};
    if (token_file_is_stream(out_path) && app_given(arguments, APP_OPT_PATTERN))
        return app_usage(arguments, "a stream's rows are lined up; --pattern goes with .npy, not with '%s'", out_path);
    int result = token_file_check_name(arguments, out_path);
    if (result < 0) result = app_settings_read(arguments, &settings);
    if (result < 0) result = encode(&job, out_path);
    encode_sound_close(&job);
    return result;
}

// SPDX-License-Identifier: MIT
// What files of tokens hold, and turning one kind into the other.
#include "outputs.h"
#include "report.h"
#include "token_files.h"

#include <inttypes.h>
#include <stdio.h>

static double frames_a_second(const rsd_token_stream_info *info)
{
    return (double)info->codec.sample_rate_hz / info->codec.hop_samples;
}

static double kbps_of(const rsd_token_stream_info *info, uint32_t level_count)
{
    return (double)rsd_token_stream_frame_bits(info, level_count) * frames_a_second(info) * 1e-3;
}

static void print_what(const char *path, const rsd_token_set *set, const rsd_token_stream_info *info)
{
    app_print("%s: %s, %u Hz, %u channel%s, %u of %u levels, %" PRIu64 " frames (%.2f s), %" PRIu64 " samples", path,
              set->codec, set->sample_rate_hz, set->channel_count, set->channel_count == 1u ? "" : "s",
              set->level_count, info->codec.level_count, set->frame_count,
              (double)set->frame_count / frames_a_second(info), set->sample_count);
    putchar('\n');
    if (set->pattern[0] != '\0') {
        app_print("interleaved by %s", set->pattern);
        putchar('\n');
    }
}

static void print_stream(const rsd_token_set *set, const rsd_token_stream_report *report)
{
    const double seconds = (double)set->frame_count / frames_a_second(&report->info);
    const double stored = seconds > 0.0 ? 8e-3 * (double)report->size_bytes / seconds : 0.0;
    printf("%" PRIu64 " bytes in %" PRIu64 " blocks; %" PRIu64 " bits of frames; %.3f kbps with header and blocks\n",
           report->size_bytes, report->block_count, report->payload_bits, stored);
    if (report->info.is_entropy_coded && report->fixed_bits > 0u)
        printf("entropy coded: %.2f %% less than the %" PRIu64 " bits that its frames have\n",
               100.0 * (1.0 - (double)report->payload_bits / (double)report->fixed_bits), report->fixed_bits);
    printf("codec %016" PRIx64 "; %s\n", report->info.fingerprint, report->is_ended ? "whole" : "without an end");
}

static void print_levels(const rsd_token_set *set, const rsd_token_stream_info *info)
{
    puts("levels  bits a frame      kbps");
    for (uint32_t k = 1; k <= set->level_count; k++)
        printf("%6u %13" PRIu64 " %9.3f\n", k, rsd_token_stream_frame_bits(info, k), kbps_of(info, k));
}

static int tell(const app_arguments *arguments, const rsd_token_set *set, const rsd_token_stream_report *report)
{
    rsd_token_stream_info info = report->info;
    const char *path = arguments->operands[0];
    if (!token_file_is_stream(path)) {
        const int code = token_file_describe(arguments, set, &info);
        if (code >= 0) return code;
    }
    if (!report_is_shown(arguments)) return APP_OK;
    print_what(path, set, &info);
    if (token_file_is_stream(path)) print_stream(set, report);
    print_levels(set, &info);
    return APP_OK;
}

int app_tokens(const app_arguments *arguments)
{
    rsd_token_set set = {.size_bytes = sizeof set};
    rsd_token_stream_report report;
    double level_count = RSD_MAX_LEVELS;
    const char *in = arguments->operands[0], *out = arguments->operand_count > 1u ? arguments->operands[1] : NULL;
    if (!app_number(arguments, APP_OPT_TRUNCATE, 0, RSD_MAX_LEVELS, true, &level_count)) return APP_USAGE;
    if (!out && (app_given(arguments, APP_OPT_TRUNCATE) || app_given(arguments, APP_OPT_ENTROPY)))
        return app_usage(arguments, "--truncate and --entropy write: name an output");
    if (out && app_same_file(in, out)) return app_usage(arguments, "'%s' is '%s'; name another output", out, in);
    int code =
        out ? token_file_load(arguments, in, NULL, &set, &report) : token_file_look(arguments, in, &set, &report);
    if (code < 0 && out) code = token_file_check_output(arguments, out, set.side_count > 0u);
    if (code < 0 && out)
        code = token_file_save(arguments, &set, (uint32_t)level_count, out);
    else if (code < 0)
        code = tell(arguments, &set, &report);
    rsd_token_set_destroy(&set);
    return code;
}

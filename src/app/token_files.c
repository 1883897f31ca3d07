// SPDX-License-Identifier: MIT
// Files of tokens, read and written by what their names say: NPY with its JSON, or a compact stream.
#include "token_files.h"

#include "outputs.h"

#include "base/numbers.h"
#include "token/stream_internal.h"
#include "token/token_pattern.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGE_BYTES 256

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), wanted = strlen(ending);
    return length > wanted && strcmp(path + length - wanted, ending) == 0;
}

bool token_file_is_stream(const char *path) { return ends_in(path, ".rsdt"); }

static int find_paths(const app_arguments *arguments, const char *path, token_paths *paths)
{
    rsd_error error;
    if (!ends_in(path, ".npy")) return app_usage(arguments, "'%s' must end in .npy or .rsdt", path);
    return token_paths_find(path, paths, &error) == RSD_OK ? -1 : app_usage(arguments, "%s", error.text);
}

/* The files of an NPY are written when all is coded: what is wrong with their names is said before. */
static int check_npy(const app_arguments *arguments, const char *path, bool has_side)
{
    token_paths paths;
    int code = find_paths(arguments, path, &paths);
    if (code < 0) code = outputs_try(arguments, paths.of[TOKEN_FILE_TOKENS]);
    if (code < 0) code = outputs_try(arguments, paths.of[TOKEN_FILE_JSON]);
    if (code < 0 && has_side) code = outputs_try(arguments, paths.of[TOKEN_FILE_SIDE]);
    return code;
}

int token_file_check_name(const app_arguments *arguments, const char *path)
{
    token_paths paths;
    if (app_given(arguments, APP_OPT_ENTROPY) && !token_file_is_stream(path))
        return app_usage(arguments, "--entropy codes a stream: '%s' must end in .rsdt", path);
    if (token_file_is_stream(path)) return outputs_check_stream(arguments, path);
    const int code = find_paths(arguments, path, &paths);
    return code < 0 ? outputs_check_tokens(arguments, &paths) : code;
}

int token_file_check_output(const app_arguments *arguments, const char *path, bool has_side)
{
    const int code = token_file_check_name(arguments, path);
    if (code >= 0) return code;
    return token_file_is_stream(path) ? outputs_try(arguments, path) : check_npy(arguments, path, has_side);
}

/* What was wrong with a stream, in one line: `text` gets it, "" where nothing was. */
static void describe_damage(const rsd_token_set *set, const rsd_token_stream_report *report, char text[DAMAGE_BYTES])
{
    text[0] = '\0';
    if (report->damage_count > 0u)
        snprintf(text, DAMAGE_BYTES,
                 " is damaged in %" PRIu64 " place%s, the first at byte %" PRIu64 ": %" PRIu64 " of %" PRIu64
                 " frames are lost%s",
                 report->damage_count, report->damage_count == 1u ? "" : "s", report->first_damage_byte,
                 report->lost_frame_count, set->frame_count, report->is_ended ? "" : ", and it has no end");
    else if (!report->is_ended)
        snprintf(text, DAMAGE_BYTES,
                 " has no end: it was cut off, or is still being written; %" PRIu64 " frames are there",
                 set->frame_count);
    else if (report->lost_frame_count > 0u)
        snprintf(text, DAMAGE_BYTES, " lacks %" PRIu64 " of %" PRIu64 " frames", report->lost_frame_count,
                 set->frame_count);
}

static void say_damage(const app_arguments *arguments, const char *path, const rsd_token_set *set,
                       const rsd_token_stream_report *report)
{
    char damage[DAMAGE_BYTES], end[DAMAGE_BYTES] = "", behind[DAMAGE_BYTES] = "";
    describe_damage(set, report, damage);
    if (report->has_wrong_end)
        snprintf(end, sizeof end, " ends in a length that its %" PRIu64 " frames do not have, which is left aside",
                 set->frame_count);
    if (report->behind_end_bytes > 0u)
        snprintf(behind, sizeof behind, " has %" PRIu64 " bytes behind its end, which are not read",
                 report->behind_end_bytes);
    const char *first = *damage && *end ? "; it" : "", *second = (*damage || *end) && *behind ? "; it" : "";
    if (*damage || *end || *behind) app_warn(arguments, "'%s'%s%s%s%s%s", path, damage, first, end, second, behind);
}

static rsd_status load(const char *path, const char *pattern, rsd_token_set *set, rsd_token_stream_report *report,
                       rsd_error *error)
{
    memset(report, 0, sizeof *report);
    return token_file_is_stream(path) ? rsd_token_stream_load(path, set, report, error)
                                      : token_set_load_as(path, pattern, set, error);
}

static int check_kind(const app_arguments *arguments, const char *path, const char *pattern)
{
    const bool is_stream = token_file_is_stream(path);
    if (!is_stream && !ends_in(path, ".npy"))
        return app_fail(arguments, "'%s' is no token file: its name must end in .npy or .rsdt", path);
    if (is_stream && pattern)
        return app_usage(arguments, "'%s' has no pattern: a stream's rows are lined up; --pattern goes with .npy",
                         path);
    return -1;
}

int token_file_load(const app_arguments *arguments, const char *path, const char *pattern, rsd_token_set *set,
                    rsd_token_stream_report *report)
{
    rsd_error error;
    const int code = check_kind(arguments, path, pattern);
    if (code >= 0) return code;
    if (load(path, pattern, set, report, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    if (token_file_is_stream(path)) say_damage(arguments, path, set, report);
    return -1;
}

int token_file_look(const app_arguments *arguments, const char *path, rsd_token_set *set,
                    rsd_token_stream_report *report)
{
    rsd_error error;
    const int code = check_kind(arguments, path, NULL);
    if (code >= 0) return code;
    if (load(path, NULL, set, report, &error) == RSD_OK) {
        if (token_file_is_stream(path)) say_damage(arguments, path, set, report);
        return -1;
    }
    if (!token_file_is_stream(path) || token_stream_look(path, set, report, NULL) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    say_damage(arguments, path, set, report);
    app_warn(arguments, "header and blocks of '%s' are shown; its tokens cannot be read: %s", path, error.text);
    return -1;
}

int token_file_check_channels(const app_arguments *arguments, const char *path, uint32_t most)
{
    uint8_t bytes[STREAM_MAX_HEADER_BYTES];
    rsd_token_stream_info info;
    size_t header_bytes = 0;
    FILE *file = token_file_is_stream(path) ? fopen(path, "rb") : NULL;
    if (!file) return -1;
    const size_t size_bytes = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (stream_header_read(bytes, size_bytes, path, &info, &header_bytes, NULL) != RSD_OK) return -1;
    if (info.channel_count <= most) return -1;
    return app_fail(arguments, "'%s' has %u channels; at most %u can be decoded", path, info.channel_count, most);
}

bool token_file_give_frame(void *context, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame)
{
    return rsd_token_set_get(context, channel, frame_index, frame);
}

int token_file_describe(const app_arguments *arguments, const rsd_token_set *set, rsd_token_stream_info *info)
{
    rsd_error error;
    rsd_model *model = NULL;
    memset(info, 0, sizeof *info);
    if (rsd_model_open(set->codec, &model, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    rsd_model_info(model, set->sample_rate_hz, &info->codec);
    info->fingerprint = rsd_model_fingerprint(model);
    info->knows_places = rsd_token_stream_places(model);
    rsd_model_release(model);
    memcpy(info->codec_name, set->codec, sizeof info->codec_name);
    memcpy(info->sample_format, set->sample_format, sizeof info->sample_format);
    info->channel_count = set->channel_count;
    info->sample_rate_hz = set->sample_rate_hz;
    info->latency_samples = set->latency_samples;
    info->primed = set->primed;
    return -1;
}

void token_file_compare_codec(const app_arguments *arguments, const char *path, const rsd_token_stream_info *made_by)
{
    rsd_model *model = NULL;
    if (made_by->fingerprint == 0u || rsd_model_open(made_by->codec_name, &model, NULL) != RSD_OK) return;
    const uint64_t here = rsd_model_fingerprint(model);
    rsd_model_release(model);
    if (here != 0u && here != made_by->fingerprint)
        app_warn(arguments, "'%s' was made by another '%s' than is here: %016" PRIx64 ", not %016" PRIx64, path,
                 made_by->codec_name, made_by->fingerprint, here);
}

/* ---- written ---- */

/* Which rows a level has, of a set whose JSON file does not say it. */
static int settle_levels(const app_arguments *arguments, rsd_token_set *set)
{
    rsd_token_stream_info info;
    if (set->codec_level_count > 0u) return -1;
    const int code = token_file_describe(arguments, set, &info);
    if (code >= 0) return code;
    set->codec_level_count = token_set_held_levels(set, &info.codec);
    memcpy(set->level_sequence_end, info.codec.level_sequence_end, sizeof set->level_sequence_end);
    if (set->codec_level_count > 0u) return -1;
    return app_fail(arguments, "'%s' has %u rows, which are no levels of codec '%s'", arguments->operands[0],
                    set->sequence_count, set->codec);
}

/* Rows that are not coded stay, without tokens: the array has all rows of the codec. */
static void clear_levels(rsd_token_set *set, uint32_t level_count)
{
    const uint32_t kept = level_count > 0u ? set->level_sequence_end[level_count - 1u] : 0u;
    for (uint32_t r = 0; r < set->channel_count * set->sequence_count; r++)
        for (uint64_t t = 0; t < set->frame_count && r % set->sequence_count >= kept; t++)
            set->tokens[r * set->frame_capacity + t] = RSD_TOKEN_NONE;
}

/* A pattern is one of its rows alone: without the last levels it is that of fewer rows, as encode --levels writes it. */
static int keep_interleaved(const app_arguments *arguments, rsd_token_set *set, uint32_t level_count)
{
    rsd_error error;
    rsd_pattern pattern;
    const uint32_t kept = level_count > 0u ? set->level_sequence_end[level_count - 1u] : 0u;
    if (kept == 0u)
        return app_usage(arguments,
                         "--truncate 0 leaves no rows for '%s', which pattern '%s' interleaves; keep 1 level",
                         arguments->operands[0], set->pattern);
    if (rsd_pattern_parse(set->pattern, kept, &pattern, &error) != RSD_OK)
        return app_usage(arguments, "--truncate %u keeps %u of the %u rows of '%s', and its pattern is for all: %s",
                         level_count, kept, set->sequence_count, arguments->operands[0], error.text);
    token_set_keep_levels(set, level_count);
    return -1;
}

/* A set without the levels from `level_count` on. */
static int drop_levels(const app_arguments *arguments, rsd_token_set *set, uint32_t level_count)
{
    if (level_count >= RSD_MAX_LEVELS) return -1;
    const int code = settle_levels(arguments, set);
    if (code >= 0 || level_count >= set->codec_level_count) return code;
    if (set->pattern[0] != '\0') {
        const int kept = keep_interleaved(arguments, set, level_count);
        if (kept >= 0) return kept;
    } else if (level_count < set->level_count) {
        clear_levels(set, level_count);
    }
    set->level_count = base_min_u32(set->level_count, level_count);
    return -1;
}

int token_file_save(const app_arguments *arguments, const rsd_token_set *set, uint32_t level_count, const char *path)
{
    rsd_error error;
    rsd_token_stream_info info;
    if (token_file_is_stream(path)) {
        const int code = token_file_describe(arguments, set, &info);
        if (code >= 0) return code;
        info.is_entropy_coded = app_given(arguments, APP_OPT_ENTROPY);
        if (rsd_token_stream_save(set, &info, level_count, path, &error) == RSD_OK) return APP_OK;
        return app_fail(arguments, "%s", error.text);
    }
    rsd_token_set kept = *set; /* the rows are the caller's, who has no use for more of them */
    const int code = drop_levels(arguments, &kept, level_count);
    if (code >= 0) return code;
    if (rsd_token_set_save(&kept, path, &error) == RSD_OK) return APP_OK;
    return app_fail(arguments, "%s", error.text);
}

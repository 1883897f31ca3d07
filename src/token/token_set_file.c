// SPDX-License-Identifier: MIT
// The files of a token set, saved.
#include "token/token_internal.h"
#include "token/token_paths.h"
#include "token/token_pattern.h"
#include "token/token_set_format.h"

#include "base/error.h"
#include "base/sized.h"
#include "base/write_file_atomic.h"
#include "base/text.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// TOKENS.npy, TOKENS.side.npy and TOKENS.json belong together. All are written whole before the first is put in place,
// the JSON last, so that a set that can be loaded is a set that was saved.

rsd_status token_paths_find(const char *path, token_paths *paths, rsd_error *error)
{
    static const char *const endings[TOKEN_FILE_COUNT] = {".npy", ".side.npy", ".json"};
    const size_t length = path ? strlen(path) : 0u;
    if (length > TOKEN_PATH_BYTES - 32u)
        return base_error_set(error, RSD_ERR_ARG, "'%s' cannot name a token file: it is over %u bytes long", path,
                              TOKEN_PATH_BYTES - 32u);
    if (length < 5u || strcmp(path + length - 4u, ".npy") != 0)
        return base_error_set(error, RSD_ERR_ARG, "'%s' cannot name a token file: it must end in .npy",
                              path ? path : "");
    for (int i = 0; i < TOKEN_FILE_COUNT; i++)
        snprintf(paths->of[i], TOKEN_PATH_BYTES, "%.*s%s", (int)length - 4, path, endings[i]);
    return RSD_OK;
}

/* ---- save ---- */

static json_t *numbers(const uint16_t *values, uint32_t count)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++) json_array_append_new(list, json_integer(values[i]));
    return list;
}

/* Which rows make up a level, and how many tokens each row knows: a pattern's special tokens follow from that. */
static void describe_rows(const rsd_token_set *set, json_t *root)
{
    json_object_set_new(root, "level_sequence_end", numbers(set->level_sequence_end, set->codec_level_count));
    json_object_set_new(root, CODEWORDS_KEY, numbers(set->sequence_codewords, set->sequence_count));
}

static void describe_pattern(const rsd_token_set *set, uint64_t step_count, json_t *root)
{
    if (set->pattern[0] == '\0') return;
    json_object_set_new(root, PATTERN_KEY, json_string(set->pattern));
    json_object_set_new(root, STEPS_KEY, json_integer((json_int_t)step_count));
}

/* JSON takes UTF-8 alone, and a file's name is bytes: those that are none are shown as U+FFFD and kept beside, in hex.
 */
static json_t *describe_codec(const rsd_token_set *set, json_t *root)
{
    if (!root || text_is_utf8(set->codec)) return root;
    char hex[2u * sizeof set->codec];
    text_to_hex(set->codec, hex);
    json_object_set_new(root, CODEC_BYTES_KEY, json_string(hex));
    return root;
}

static json_t *describe(const rsd_token_set *set)
{
    char codec[3u * sizeof set->codec];
    text_to_utf8(set->codec, codec, sizeof codec);
    json_t *root =
        json_pack("{s:s, s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:b}", "format", FORMAT_NAME, "version",
                  FORMAT_VERSION, "codec", codec, "channel_count", (json_int_t)set->channel_count, "sequence_count",
                  (json_int_t)set->sequence_count, "side_count", (json_int_t)set->side_count, "frame_count",
                  (json_int_t)set->frame_count, "level_count", (json_int_t)set->level_count, "sample_rate_hz",
                  (json_int_t)set->sample_rate_hz, "sample_count", (json_int_t)set->sample_count, "latency_samples",
                  (json_int_t)set->latency_samples, "sample_format", set->sample_format, "primed", set->primed);
    return describe_codec(set, root);
}

/* Rows of one of the arrays; a column is a frame, or a step of the set's pattern. */
typedef struct {
    const int32_t *entries;
    uint32_t row_count;
    uint64_t column_count;
} row_array;

/* (rows, T) for one channel, (channels, rows, T) for more. */
static void write_rows(FILE *file, const rsd_token_set *set, row_array rows)
{
    const uint64_t shape[3] = {set->channel_count, rows.row_count, rows.column_count};
    const bool is_mono = set->channel_count == 1u;
    // A short write sets the stream's error flag, which base_output_finish reports.
    (void)npy_write_stream(file, rows.entries, is_mono ? shape + 1 : shape, is_mono ? 2u : 3u);
}

static rsd_status write_json(FILE *file, const rsd_token_set *set, uint64_t step_count, const char *path,
                             rsd_error *error)
{
    json_t *root = describe(set);
    if (root && set->codec_level_count > 0u) describe_rows(set, root);
    if (root) describe_pattern(set, step_count, root);
    const bool good = root && json_dumpf(root, file, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0;
    if (good) fputc('\n', file);
    json_decref(root);
    return good ? RSD_OK : base_error_set(error, RSD_ERR_IO, "cannot write '%s'", path);
}

static rsd_status open_stream(base_output *file, const char *path, FILE **stream, rsd_error *error)
{
    const rsd_status status = base_output_open(file, path, BASE_OUTPUT_BESIDE, error);
    if (status != RSD_OK) return status;
    *stream = base_output_stream(file);
    return *stream ? RSD_OK : base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
}

static rsd_status write_array(const rsd_token_set *set, const char *path, row_array rows, base_output *file,
                              rsd_error *error)
{
    FILE *stream = NULL;
    const rsd_status status = open_stream(file, path, &stream, error);
    if (status != RSD_OK) return status;
    write_rows(stream, set, rows);
    return base_output_finish(file, error);
}

static rsd_status write_tokens(const rsd_token_set *set, const token_paths *paths, uint64_t *step_count,
                               base_output *file, rsd_error *error)
{
    int32_t *rows = NULL;
    *step_count = set->frame_count;
    rsd_status status = RSD_OK;
    if (set->pattern[0] != '\0')
        status = token_pattern_interleave(set, paths->of[TOKEN_FILE_TOKENS], &rows, step_count, error);
    const row_array written = {rows ? rows : set->tokens, set->sequence_count, *step_count};
    if (status == RSD_OK) status = write_array(set, paths->of[TOKEN_FILE_TOKENS], written, file, error);
    free(rows);
    return status;
}

static rsd_status write_all(const rsd_token_set *set, const token_paths *paths, base_output files[3], rsd_error *error)
{
    FILE *stream = NULL;
    uint64_t step_count = 0;
    rsd_status status = write_tokens(set, paths, &step_count, &files[0], error);
    if (status == RSD_OK && set->side_count > 0u)
        status = write_array(set, paths->of[TOKEN_FILE_SIDE], (row_array){set->side, set->side_count, set->frame_count},
                             &files[1], error);
    if (status == RSD_OK) status = open_stream(&files[2], paths->of[TOKEN_FILE_JSON], &stream, error);
    if (status == RSD_OK) status = write_json(stream, set, step_count, paths->of[TOKEN_FILE_JSON], error);
    return status == RSD_OK ? base_output_finish(&files[2], error) : status;
}

static rsd_status save_packed(const rsd_token_set *set, const char *path, rsd_error *error)
{
    token_paths paths;
    base_output files[3] = {{.fd = -1}, {.fd = -1}, {.fd = -1}};
    rsd_status status = token_paths_find(path, &paths, error);
    if (status != RSD_OK) return status;
    if (!set || !set->tokens) return base_error_set(error, RSD_ERR_ARG, "there are no tokens to write to '%s'", path);
    status = write_all(set, &paths, files, error);
    if (status == RSD_OK && set->side_count > 0u) status = base_output_publish(&files[1], error);
    if (status == RSD_OK) status = base_output_publish(&files[0], error);
    if (status == RSD_OK) status = base_output_publish(&files[2], error);
    for (int i = 0; i < 3; i++) base_output_abandon(&files[i]);
    return status;
}

rsd_status rsd_token_set_save(const rsd_token_set *set, const char *path, rsd_error *error)
{
    rsd_token_set known, packed;
    if (!set) return save_packed(NULL, path, error);
    base_sized_copy(&known, sizeof known, set, set->size_bytes);
    if (known.frame_capacity == known.frame_count) return save_packed(&known, path, error);
    rsd_status status = token_set_copy(&known, &packed);
    if (status != RSD_OK) return base_error_set(error, status, "no memory to write '%s'", path ? path : "");
    status = save_packed(&packed, path, error);
    rsd_token_set_destroy(&packed);
    return status;
}

// SPDX-License-Identifier: MIT
// The files of a token set, saved and loaded.
#include "token/token_internal.h"
#include "token/token_paths.h"
#include "token/token_pattern.h"

#include "base/error.h"
#include "base/read_file.h"
#include "base/sized.h"
#include "base/write_file_atomic.h"
#include "base/text.h"
#include "base/text_file.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// TOKENS.npy, TOKENS.side.npy and TOKENS.json belong together. All are written whole before the first is put in place,
// the JSON last, so that a set that can be loaded is a set that was saved.

#define FORMAT_NAME "residuum-tokens"
#define FORMAT_VERSION 1
#define CODEC_BYTES_KEY "codec_bytes"
#define CODEWORDS_KEY "sequence_codewords"
#define PATTERN_KEY "pattern"

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
    json_object_set_new(root, "step_count", json_integer((json_int_t)step_count));
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

/* ---- load ---- */

typedef struct {
    const json_t *root;
    const char *path;
    rsd_error *error;
} reader;

/* A whole number of the JSON within [min, max]. */
static rsd_status read_number(const reader *r, const char *key, uint64_t min, uint64_t max, uint64_t *number)
{
    const json_t *value = json_object_get(r->root, key);
    const json_int_t read = json_is_integer(value) ? json_integer_value(value) : -1;
    if (read < 0 || (uint64_t)read < min || (uint64_t)read > max)
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s': \"%s\" must be a whole number in %" PRIu64 "..%" PRIu64,
                              r->path, key, min, max);
    *number = (uint64_t)read;
    return RSD_OK;
}

static rsd_status read_text(const reader *r, const char *key, bool may_be_empty, char *text, size_t text_bytes)
{
    const char *value = json_string_value(json_object_get(r->root, key));
    if (!value && may_be_empty) value = "";
    if (!value || strlen(value) >= text_bytes || (value[0] == '\0' && !may_be_empty))
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s': \"%s\" must be a text of 1 to %zu bytes", r->path, key,
                              text_bytes - 1u);
    snprintf(text, text_bytes, "%s", value);
    return RSD_OK;
}

static rsd_status read_counts(const reader *r, rsd_token_set *set)
{
    const struct {
        const char *key;
        uint64_t min, max;
        uint32_t *small;
        uint64_t *large;
    } rows[] = {
        {"channel_count", 1, RSD_TOKEN_MAX_CHANNELS, &set->channel_count, NULL},
        {"sequence_count", 1, RSD_MAX_SEQUENCES, &set->sequence_count, NULL},
        {"side_count", 0, RSD_MAX_SIDE, &set->side_count, NULL},
        {"frame_count", 0, RSD_TOKEN_MAX_ENTRIES, NULL, &set->frame_count},
        {"level_count", 0, RSD_MAX_LEVELS, &set->level_count, NULL},
        {"sample_rate_hz", 8000, 384000, &set->sample_rate_hz, NULL},
        {"sample_count", 0, (uint64_t)1 << 40, NULL, &set->sample_count},
        {"latency_samples", 0, (uint64_t)1 << 30, &set->latency_samples, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 0;
        const rsd_status status = read_number(r, rows[i].key, rows[i].min, rows[i].max, &number);
        if (status != RSD_OK) return status;
        if (rows[i].small) *rows[i].small = (uint32_t)number;
        if (rows[i].large) *rows[i].large = number;
    }
    return RSD_OK;
}

static rsd_status read_codec(const reader *r, rsd_token_set *set)
{
    const rsd_status status = read_text(r, "codec", false, set->codec, sizeof set->codec);
    const json_t *bytes = json_object_get(r->root, CODEC_BYTES_KEY);
    if (status != RSD_OK || !bytes) return status;
    const char *hex = json_string_value(bytes);
    if (hex && *hex && text_from_hex(hex, set->codec, sizeof set->codec)) return RSD_OK;
    return base_error_set(r->error, RSD_ERR_FORMAT, "'%s': \"" CODEC_BYTES_KEY "\" must be the name's bytes in hex",
                          r->path);
}

/* What a pattern of the rows wants to know; `wanted`: what the caller says that it is, may be "". */
static rsd_status read_pattern(const reader *r, const char *wanted, rsd_token_set *set)
{
    rsd_status status = RSD_OK;
    const bool is_told = json_object_get(r->root, PATTERN_KEY) != NULL;
    if (is_told) status = read_text(r, PATTERN_KEY, false, set->pattern, sizeof set->pattern);
    if (status != RSD_OK) return status;
    if (is_told && *wanted && strcmp(set->pattern, wanted) != 0)
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s': its tokens are of pattern '%.200s', not '%.200s'",
                              r->path, set->pattern, wanted);
    if (*wanted) snprintf(set->pattern, sizeof set->pattern, "%s", wanted);
    const json_t *codewords = json_object_get(r->root, CODEWORDS_KEY);
    for (uint32_t q = 0; q < set->sequence_count; q++) {
        const json_int_t count = json_integer_value(json_array_get(codewords, q));
        set->sequence_codewords[q] = count > 0 && count <= UINT16_MAX ? (uint16_t)count : 0u;
    }
    return RSD_OK;
}

/* The level table, where the file has one that can be. */
static void read_levels(const reader *r, rsd_token_set *set)
{
    const json_t *end, *ends = json_object_get(r->root, "level_sequence_end");
    json_int_t last = 0;
    for (size_t k = 0; json_array_size(ends) <= RSD_MAX_LEVELS && (end = json_array_get(ends, k)) != NULL; k++) {
        if (json_integer_value(end) < last || json_integer_value(end) > (json_int_t)set->sequence_count) return;
        set->level_sequence_end[k] = (uint16_t)(last = json_integer_value(end));
    }
    if (last == (json_int_t)set->sequence_count) set->codec_level_count = (uint32_t)json_array_size(ends);
}

static rsd_status parse_json(const char *path, json_t **root, rsd_error *error)
{
    json_error_t problem;
    text_file file;
    const rsd_status status = text_file_load(path, BASE_JSON_BYTES, &file, error);
    if (status == RSD_ERR_IO)
        return base_error_set(error, status, "cannot read '%s', which says what the tokens are", path);
    if (status != RSD_OK) return status;
    *root = json_loadb(file.text, file.size_bytes, JSON_REJECT_DUPLICATES, &problem);
    free(file.bytes);
    if (*root) return RSD_OK;
    return base_error_set(error, RSD_ERR_FORMAT, "'%s' line %d: %s", path, problem.line, problem.text);
}

static rsd_status read_json(const char *path, const char *pattern, rsd_token_set *set, rsd_error *error)
{
    json_t *root = NULL;
    rsd_status status = parse_json(path, &root, error);
    if (status != RSD_OK) return status;
    const reader r = {root, path, error};
    char format[32];
    uint64_t version = 0;
    status = read_text(&r, "format", false, format, sizeof format);
    if (status == RSD_OK && strcmp(format, FORMAT_NAME) != 0)
        status = base_error_set(error, RSD_ERR_FORMAT, "'%s': \"format\" must be \"" FORMAT_NAME "\"", path);
    if (status == RSD_OK) status = read_number(&r, "version", FORMAT_VERSION, FORMAT_VERSION, &version);
    if (status == RSD_OK) status = read_codec(&r, set);
    if (status == RSD_OK) status = read_text(&r, "sample_format", true, set->sample_format, sizeof set->sample_format);
    if (status == RSD_OK) status = read_counts(&r, set);
    if (status == RSD_OK) status = read_pattern(&r, pattern, set);
    if (status == RSD_OK) read_levels(&r, set);
    set->primed = json_is_true(json_object_get(root, "primed"));
    json_decref(root);
    return status;
}

static void format_shape(const uint64_t *shape, uint32_t dim_count, char text[96])
{
    if (dim_count == 1u) snprintf(text, 96, "(%" PRIu64 ",)", shape[0]);
    if (dim_count == 2u) snprintf(text, 96, "(%" PRIu64 ", %" PRIu64 ")", shape[0], shape[1]);
    if (dim_count == 3u) snprintf(text, 96, "(%" PRIu64 ", %" PRIu64 ", %" PRIu64 ")", shape[0], shape[1], shape[2]);
}

/* Loads one array and checks that its shape is what the JSON says. */
static rsd_status read_rows(const char *path, const rsd_token_set *set, row_array expected, int32_t **rows,
                            rsd_error *error)
{
    uint64_t shape[3];
    uint32_t dim_count = 0;
    int32_t *data = NULL;
    const rsd_status status = rsd_npy_load(path, &data, shape, &dim_count, error);
    if (status != RSD_OK) return status;
    const uint64_t all[3] = {set->channel_count, expected.row_count, expected.column_count};
    const bool is_mono = set->channel_count == 1u;
    const uint64_t *wanted = is_mono ? all + 1 : all;
    const uint32_t wanted_dims = is_mono ? 2u : 3u;
    if (dim_count != wanted_dims || memcmp(shape, wanted, wanted_dims * sizeof *shape) != 0) {
        char has[96], wants[96];
        format_shape(shape, dim_count, has);
        format_shape(wanted, wanted_dims, wants);
        free(data);
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' has shape %s where its JSON file says %s", path, has, wants);
    }
    *rows = data;
    return RSD_OK;
}

static rsd_status read_tokens(const char *path, rsd_token_set *set, rsd_error *error)
{
    rsd_pattern pattern;
    row_array expected = {NULL, set->sequence_count, set->frame_count};
    if (set->pattern[0] == '\0') return read_rows(path, set, expected, &set->tokens, error);
    rsd_status status = token_pattern_of(set, path, &pattern, error);
    if (status != RSD_OK) return status;
    int32_t *rows = NULL;
    expected.column_count = rsd_pattern_step_count(&pattern, set->frame_count);
    status = read_rows(path, set, expected, &rows, error);
    return status == RSD_OK ? token_pattern_align(set, path, rows, expected.column_count, error) : status;
}

rsd_status token_set_load_as(const char *path, const char *pattern, rsd_token_set *set, rsd_error *error)
{
    token_paths paths;
    rsd_token_set read;
    memset(&read, 0, sizeof read);
    read.size_bytes = sizeof read;
    rsd_status status = token_paths_find(path, &paths, error);
    if (status == RSD_OK) status = read_json(paths.of[TOKEN_FILE_JSON], pattern ? pattern : "", &read, error);
    if (status == RSD_OK) status = read_tokens(paths.of[TOKEN_FILE_TOKENS], &read, error);
    if (status == RSD_OK && read.side_count > 0u)
        status = read_rows(paths.of[TOKEN_FILE_SIDE], &read, (row_array){NULL, read.side_count, read.frame_count},
                           &read.side, error);
    if (status != RSD_OK) {
        rsd_token_set_destroy(&read);
        return status;
    }
    read.frame_capacity = read.frame_count;
    *set = read;
    return RSD_OK;
}

rsd_status rsd_token_set_load_sized(const char *path, rsd_token_set *set, size_t set_bytes, rsd_error *error)
{
    rsd_token_set read;
    const rsd_status status = set ? token_set_load_as(path, NULL, &read, error) : RSD_ERR_ARG;
    if (status == RSD_OK) token_set_give(set, set_bytes, &read);
    return status;
}

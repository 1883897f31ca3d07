// SPDX-License-Identifier: MIT
// The files of a token set, loaded.
#include "token/token_internal.h"
#include "token/token_paths.h"
#include "token/token_pattern.h"
#include "token/token_set_format.h"

#include "base/error.h"
#include "base/read_file.h"
#include "base/text.h"
#include "base/text_file.h"

#include <residuum/rsd_codec.h>

#include <jansson.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NOT_SAID UINT64_MAX /* by the JSON file: it follows from the arrays */

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

static rsd_status read_number_if_said(const reader *r, const char *key, uint64_t max, uint64_t *number)
{
    *number = NOT_SAID;
    return json_object_get(r->root, key) ? read_number(r, key, 0, max, number) : RSD_OK;
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
        uint32_t *count;
    } rows[] = {
        {"channel_count", 1, RSD_TOKEN_MAX_CHANNELS, &set->channel_count},
        {"sequence_count", 1, RSD_MAX_SEQUENCES, &set->sequence_count},
        {"side_count", 0, RSD_MAX_SIDE, &set->side_count},
        {"level_count", 0, RSD_MAX_LEVELS, &set->level_count},
        {"sample_rate_hz", 8000, 384000, &set->sample_rate_hz},
        {"latency_samples", 0, (uint64_t)1 << 30, &set->latency_samples},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 0;
        const rsd_status status = read_number(r, rows[i].key, rows[i].min, rows[i].max, &number);
        if (status != RSD_OK) return status;
        *rows[i].count = (uint32_t)number;
    }
    return RSD_OK;
}

/* How much there is. Whoever wrote the rows may leave it out. */
static rsd_status read_lengths(const reader *r, rsd_token_set *set, uint64_t *step_count)
{
    rsd_status status = read_number_if_said(r, FRAMES_KEY, RSD_TOKEN_MAX_ENTRIES, &set->frame_count);
    if (status == RSD_OK) status = read_number_if_said(r, SAMPLES_KEY, (uint64_t)1 << 40, &set->sample_count);
    return status == RSD_OK ? read_number_if_said(r, STEPS_KEY, RSD_TOKEN_MAX_ENTRIES, step_count) : status;
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

static rsd_status read_json(const char *path, const char *pattern, rsd_token_set *set, uint64_t *step_count,
                            rsd_error *error)
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
    if (status == RSD_OK) status = read_lengths(&r, set, step_count);
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

/* One array as it lies in its file. */
typedef struct {
    const char *path;
    int32_t *entries; /* for free() */
    uint64_t shape[3];
    uint32_t dim_count;
} loaded_array;

static bool has_shape(const loaded_array *array, const rsd_token_set *set, uint32_t row_count, uint64_t column_count)
{
    const bool is_mono = set->channel_count == 1u;
    const uint64_t all[3] = {set->channel_count, row_count, column_count};
    const uint32_t dims = is_mono ? 2u : 3u;
    return array->dim_count == dims && memcmp(array->shape, is_mono ? all + 1 : all, dims * sizeof *all) == 0;
}

/* `by`: who says what shape is wanted; `hint` goes behind. */
static rsd_status refuse_shape(const loaded_array *array, const rsd_token_set *set, const uint64_t wanted[2],
                               const char *by, const char *hint, rsd_error *error)
{
    char has[96], wants[96];
    const uint64_t all[3] = {set->channel_count, wanted[0], wanted[1]};
    const bool is_mono = set->channel_count == 1u;
    format_shape(array->shape, array->dim_count, has);
    format_shape(is_mono ? all + 1 : all, is_mono ? 2u : 3u, wants);
    return base_error_set(error, RSD_ERR_FORMAT, "'%s' has shape %s where %s %s%s", array->path, has, by, wants, hint);
}

/* ---- arrays whose rows are frame by frame ---- */

static rsd_status check_plain(const loaded_array *array, rsd_token_set *set, rsd_error *error)
{
    const uint64_t wanted[2] = {set->sequence_count, set->frame_count};
    if (has_shape(array, set, set->sequence_count, set->frame_count)) return RSD_OK;
    return refuse_shape(array, set, wanted, "its JSON file says", "", error);
}

static rsd_status read_side(const char *path, rsd_token_set *set, rsd_error *error)
{
    loaded_array array = {.path = path};
    const uint64_t wanted[2] = {set->side_count, set->frame_count};
    const rsd_status status = rsd_npy_load(path, &array.entries, array.shape, &array.dim_count, error);
    if (status != RSD_OK) return status;
    set->side = array.entries;
    if (has_shape(&array, set, set->side_count, set->frame_count)) return RSD_OK;
    return refuse_shape(&array, set, wanted, "the tokens that it goes with say", "", error);
}

/* ---- arrays of a pattern ---- */

/* Frames that have so many steps, found by bisection: steps get no fewer as frames get more. */
static uint64_t frames_of_steps(const rsd_pattern *pattern, uint64_t step_count)
{
    uint64_t low = 0, high = step_count;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2u;
        if (rsd_pattern_step_count(pattern, middle) < step_count)
            low = middle + 1u;
        else
            high = middle;
    }
    return low;
}

static rsd_status check_interleaved(const loaded_array *array, const rsd_pattern *pattern, uint64_t said_steps,
                                    rsd_token_set *set, rsd_error *error)
{
    char by[320];
    const bool is_plain = has_shape(array, set, set->sequence_count, set->frame_count);
    const uint64_t steps = rsd_pattern_step_count(pattern, set->frame_count);
    const uint64_t wanted[2] = {set->sequence_count, steps};
    snprintf(by, sizeof by, "%" PRIu64 " frames of pattern '%.200s' have", set->frame_count, set->pattern);
    if (!has_shape(array, set, set->sequence_count, steps))
        return refuse_shape(array, set, wanted, by, is_plain ? ": its rows are lined up, and of no pattern" : "",
                            error);
    if (said_steps == NOT_SAID || said_steps == steps) return RSD_OK;
    return base_error_set(error, RSD_ERR_FORMAT,
                          "'%s': its JSON file says \"" STEPS_KEY "\": %" PRIu64 ", where %s %" PRIu64, array->path,
                          said_steps, by, steps);
}

static rsd_status align(loaded_array *array, uint64_t said_steps, rsd_token_set *set, rsd_error *error)
{
    rsd_pattern pattern;
    rsd_status status = token_pattern_of(set, array->path, &pattern, error);
    const uint64_t columns = array->shape[array->dim_count - 1u];
    if (status == RSD_OK && set->frame_count == NOT_SAID) set->frame_count = frames_of_steps(&pattern, columns);
    if (status == RSD_OK) status = check_interleaved(array, &pattern, said_steps, set, error);
    if (status != RSD_OK) return status;
    int32_t *rows = array->entries;
    array->entries = NULL; /* taken over */
    return token_pattern_align(set, array->path, rows, columns, error);
}

static rsd_status read_tokens(const char *path, uint64_t said_steps, rsd_token_set *set, rsd_error *error)
{
    loaded_array array = {.path = path};
    rsd_status status = rsd_npy_load(path, &array.entries, array.shape, &array.dim_count, error);
    if (status != RSD_OK) return status;
    if (set->pattern[0] != '\0') {
        status = align(&array, said_steps, set, error);
    } else {
        if (set->frame_count == NOT_SAID) set->frame_count = array.shape[array.dim_count - 1u];
        status = check_plain(&array, set, error);
        set->tokens = array.entries;
        array.entries = NULL;
    }
    free(array.entries);
    return status;
}

/* ---- what follows from the frames ---- */

/* The sound that the frames are of, where the JSON file does not say how long it was. */
static rsd_status settle_length(const char *path, rsd_token_set *set, rsd_error *error)
{
    rsd_error reason;
    rsd_model *model = NULL;
    rsd_codec_info codec;
    if (set->sample_count != NOT_SAID) return RSD_OK;
    const rsd_status status = rsd_model_open(set->codec, &model, &reason);
    if (status != RSD_OK)
        return base_error_set(
            error, status, "'%s' has no \"" SAMPLES_KEY "\", and how long a frame is cannot be asked of its codec: %s",
            path, reason.text);
    rsd_model_info(model, set->sample_rate_hz, &codec);
    rsd_model_release(model);
    set->sample_count = token_set_whole_samples(set, &codec);
    return RSD_OK;
}

static rsd_status read_all(const token_paths *paths, const char *pattern, rsd_token_set *set, rsd_error *error)
{
    uint64_t said_steps = NOT_SAID;
    rsd_status status = read_json(paths->of[TOKEN_FILE_JSON], pattern ? pattern : "", set, &said_steps, error);
    if (status == RSD_OK) status = read_tokens(paths->of[TOKEN_FILE_TOKENS], said_steps, set, error);
    if (status == RSD_OK && set->side_count > 0u) status = read_side(paths->of[TOKEN_FILE_SIDE], set, error);
    return status == RSD_OK ? settle_length(paths->of[TOKEN_FILE_JSON], set, error) : status;
}

rsd_status token_set_load_as(const char *path, const char *pattern, rsd_token_set *set, rsd_error *error)
{
    token_paths paths;
    rsd_token_set read;
    memset(&read, 0, sizeof read);
    read.size_bytes = sizeof read;
    rsd_status status = token_paths_find(path, &paths, error);
    if (status == RSD_OK) status = read_all(&paths, pattern, &read, error);
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

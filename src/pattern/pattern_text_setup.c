// SPDX-License-Identifier: MIT
// Patterns as text: NAME[=LIST[/LIST]][+first=N][+start=N].
#include "pattern/pattern_internal.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* What a pattern's rows are where its text has no list. */
typedef enum { ROWS_ZERO, ROWS_COUNT, ROWS_ONE, ROWS_PAIRS, ROWS_NEEDED } row_rule;

typedef struct {
    const char *name;
    rsd_pattern_kind kind;
    row_rule rule;
    bool takes_list;
} name_row;

static const name_row names[] = {
    {"parallel", RSD_PATTERN_DELAY, ROWS_ZERO, false},
    {"partial-delay", RSD_PATTERN_DELAY, ROWS_ONE, false},
    {"delay", RSD_PATTERN_DELAY, ROWS_COUNT, true},
    {"stereo-delay", RSD_PATTERN_DELAY, ROWS_PAIRS, false},
    {"partial-flatten", RSD_PATTERN_UNROLL, ROWS_ONE, true},
    {"flatten", RSD_PATTERN_UNROLL, ROWS_COUNT, false},
    {"coarse-first", RSD_PATTERN_COARSE_FIRST, ROWS_ZERO, true},
    {"unroll", RSD_PATTERN_UNROLL, ROWS_NEEDED, true},
    {"musiclm", RSD_PATTERN_MUSICLM, ROWS_NEEDED, true},
};
#define NAME_COUNT (sizeof names / sizeof *names)

const char *rsd_pattern_name(uint32_t index)
{
    return index < NAME_COUNT && names[index].rule != ROWS_NEEDED ? names[index].name : NULL;
}

static uint16_t usual(row_rule rule, uint32_t row)
{
    if (rule == ROWS_COUNT) return (uint16_t)row;
    if (rule == ROWS_ONE) return row > 0u;
    return rule == ROWS_PAIRS ? (uint16_t)(row / 2u) : 0u;
}

/* A text that is being read; `whole` is named in errors. */
typedef struct {
    const char *at, *whole;
    rsd_error *error;
} scanner;

static rsd_status refuse(const scanner *s, const char *wanted)
{
    return base_error_set(s->error, RSD_ERR_ARG, "pattern '%s': %s wanted at '%s'", s->whole, wanted, s->at);
}

/* A whole number of up to five digits. */
static rsd_status read_number(scanner *s, uint32_t *number)
{
    const size_t length = strspn(s->at, "0123456789");
    if (length == 0u || length > 5u) return refuse(s, "a whole number under 100000");
    *number = (uint32_t)strtoul(s->at, NULL, 10);
    s->at += length;
    return RSD_OK;
}

static rsd_status read_list(scanner *s, uint16_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = 0;
        if (i > 0u && *s->at++ != ',') {
            s->at--;
            return base_error_set(s->error, RSD_ERR_ARG, "pattern '%s': the list has %u numbers where %u are wanted",
                                  s->whole, i, count);
        }
        const rsd_status status = read_number(s, &number);
        if (status != RSD_OK) return status;
        if (number > UINT16_MAX) return refuse(s, "a number under 65536");
        values[i] = (uint16_t)number;
    }
    if (*s->at == ',')
        return base_error_set(s->error, RSD_ERR_ARG, "pattern '%s': the list has over %u numbers", s->whole, count);
    return RSD_OK;
}

/* The lists behind '='. */
static rsd_status read_lists(scanner *s, rsd_pattern *pattern)
{
    if (pattern->kind == RSD_PATTERN_MUSICLM) return read_number(s, &pattern->group_rows);
    if (pattern->kind == RSD_PATTERN_DELAY) return read_list(s, pattern->delay, pattern->row_count);
    if (pattern->kind == RSD_PATTERN_COARSE_FIRST) return read_list(s, pattern->delay + 1, pattern->row_count - 1u);
    const rsd_status status = read_list(s, pattern->flattening, pattern->row_count);
    if (status != RSD_OK || *s->at != '/') return status;
    s->at++;
    return read_list(s, pattern->delay, pattern->row_count);
}

static rsd_status read_options(scanner *s, rsd_pattern *pattern)
{
    static const char first[] = "+first=", start[] = "+start=";
    rsd_status status = RSD_OK;
    while (*s->at && status == RSD_OK) {
        const bool is_first = strncmp(s->at, first, sizeof first - 1u) == 0;
        if (!is_first && strncmp(s->at, start, sizeof start - 1u) != 0) return refuse(s, "+first=N or +start=N");
        s->at += sizeof first - 1u;
        status = read_number(s, is_first ? &pattern->flatten_first_frames : &pattern->start_step_count);
    }
    return status;
}

static const name_row *find_name(const char *text, size_t length)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strlen(names[i].name) == length && strncmp(names[i].name, text, length) == 0) return &names[i];
    return NULL;
}

static rsd_status read_pattern(scanner *s, const name_row *name, rsd_pattern *pattern)
{
    uint16_t *rows = name->kind == RSD_PATTERN_UNROLL ? pattern->flattening : pattern->delay;
    for (uint32_t q = 0; q < pattern->row_count; q++) rows[q] = usual(name->rule, q);
    rsd_status status = RSD_OK;
    if (*s->at == '=' && name->takes_list) {
        s->at++;
        status = read_lists(s, pattern);
    } else if (name->rule == ROWS_NEEDED) {
        status = refuse(s, name->kind == RSD_PATTERN_MUSICLM ? "=ROWS" : "=INNER,INNER,...");
    }
    return status == RSD_OK ? read_options(s, pattern) : status;
}

rsd_status rsd_pattern_parse(const char *text, uint32_t row_count, rsd_pattern *pattern, rsd_error *error)
{
    if (!text || !pattern || row_count < 1u || row_count > RSD_MAX_SEQUENCES)
        return base_error_set(error, RSD_ERR_ARG, "a pattern needs a text and 1 to %u rows", RSD_MAX_SEQUENCES);
    const size_t length = strcspn(text, "=+");
    const name_row *name = find_name(text, length);
    if (!name)
        return base_error_set(error, RSD_ERR_NOT_FOUND,
                              "there is no pattern '%.*s'; residuum patterns lists those that there are",
                              (int)(length < 64u ? length : 64u), text);
    scanner s = {text + length, text, error};
    rsd_pattern read = {.kind = name->kind, .row_count = row_count, .start_step_count = 1};
    rsd_status status = read_pattern(&s, name, &read);
    if (status == RSD_OK) status = rsd_pattern_init(&read, error);
    if (status == RSD_OK) *pattern = read;
    return status;
}

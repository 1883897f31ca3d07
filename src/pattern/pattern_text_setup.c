// SPDX-License-Identifier: MIT
// Patterns as text: NAME[=LIST[/LIST]][+first=N][+start=N].
#include "pattern/pattern_internal.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 9u /* of a number that is read, so that it fits */
#define MOST_FIRST_FRAMES 99999u

/* What a pattern's rows are where its text has no list. */
typedef enum { ROWS_ZERO, ROWS_COUNT, ROWS_ONE, ROWS_PAIRS, ROWS_NEEDED } row_rule;

typedef struct {
    const char *name;
    rsd_pattern_kind kind;
    row_rule rule;
    const char *other; /* what takes a list, where this does not; else NULL */
} name_row;

static const name_row names[] = {
    {"parallel", RSD_PATTERN_DELAY, ROWS_ZERO, "delay=D,D,..."},
    {"partial-delay", RSD_PATTERN_DELAY, ROWS_ONE, "delay=D,D,..."},
    {"delay", RSD_PATTERN_DELAY, ROWS_COUNT, NULL},
    {"stereo-delay", RSD_PATTERN_DELAY, ROWS_PAIRS, "delay=D,D,..."},
    {"partial-flatten", RSD_PATTERN_UNROLL, ROWS_ONE, NULL},
    {"flatten", RSD_PATTERN_UNROLL, ROWS_COUNT, "partial-flatten=F,F,..."},
    {"coarse-first", RSD_PATTERN_COARSE_FIRST, ROWS_ZERO, NULL},
    {"unroll", RSD_PATTERN_UNROLL, ROWS_NEEDED, NULL},
    {"musiclm", RSD_PATTERN_MUSICLM, ROWS_NEEDED, NULL},
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

/* What a number is, for errors, and its range. */
typedef struct {
    const char *one, *all;
    uint32_t least, most;
} number_kind;

static const number_kind delays = {"delay", "delays", 0, RSD_PATTERN_MAX_DELAY};
static const number_kind inner_steps = {"inner step", "inner steps", 0, RSD_PATTERN_MAX_INNER - 1u};
static const number_kind first_frames = {"+first=N", NULL, 0, MOST_FIRST_FRAMES};
static const number_kind start_steps = {"+start=N", NULL, 0, RSD_PATTERN_MAX_START};

/* The number up to the next of ",/+"; `place` counts those of a list from 1, 0: there is one alone. */
static rsd_status read_number(scanner *s, const number_kind *kind, uint32_t place, uint32_t *number)
{
    char name[32];
    const size_t length = strcspn(s->at, ",/+");
    const bool is_whole = length > 0u && strspn(s->at, "0123456789") == length;
    *number = is_whole && length <= MOST_DIGITS ? (uint32_t)strtoul(s->at, NULL, 10) : UINT32_MAX;
    if (is_whole && *number >= kind->least && *number <= kind->most) {
        s->at += length;
        return RSD_OK;
    }
    snprintf(name, sizeof name, place > 0u ? "%s %u" : "%s", kind->one, place);
    if (length == 0u)
        return base_error_set(s->error, RSD_ERR_ARG,
                              "pattern '%s': %s is missing%s; whole numbers from %u to %u are taken", s->whole, name,
                              place > 1u ? " behind the comma" : "", kind->least, kind->most);
    return base_error_set(s->error, RSD_ERR_ARG,
                          "pattern '%s': %s is '%.*s', where whole numbers from %u to %u are taken", s->whole, name,
                          (int)(length < 64u ? length : 64u), s->at, kind->least, kind->most);
}

/* A number for each of `count` rows. Those too many are read, too: what is wrong in them is said, and how many there are. */
static rsd_status read_list(scanner *s, const number_kind *kind, uint16_t *values, uint32_t count)
{
    uint32_t found = 0;
    do {
        uint32_t number = 0;
        s->at += found > 0u; /* the comma */
        const rsd_status status = read_number(s, kind, found + 1u, &number);
        if (status != RSD_OK) return status;
        if (found < count) values[found] = (uint16_t)number;
        found++;
    } while (*s->at == ',');
    if (found == count) return RSD_OK;
    return base_error_set(s->error, RSD_ERR_ARG, "pattern '%s': the list of %s has %u number%s where %u are wanted",
                          s->whole, kind->all, found, found == 1u ? "" : "s", count);
}

/* The lists behind '='. */
static rsd_status read_lists(scanner *s, rsd_pattern *pattern)
{
    const number_kind group_rows = {"the number of rows of a group", NULL, 1, RSD_MAX_SEQUENCES};
    if (pattern->kind == RSD_PATTERN_MUSICLM) return read_number(s, &group_rows, 0, &pattern->group_rows);
    if (pattern->kind == RSD_PATTERN_DELAY) return read_list(s, &delays, pattern->delay, pattern->row_count);
    if (pattern->kind == RSD_PATTERN_COARSE_FIRST)
        return read_list(s, &delays, pattern->delay + 1, pattern->row_count - 1u);
    const rsd_status status = read_list(s, &inner_steps, pattern->flattening, pattern->row_count);
    if (status != RSD_OK || *s->at != '/') return status;
    s->at++;
    return read_list(s, &delays, pattern->delay, pattern->row_count);
}

static rsd_status refuse_rest(const scanner *s)
{
    return base_error_set(s->error, RSD_ERR_ARG,
                          "pattern '%s': '%s' is not understood; +first=N, +start=N or nothing may stand there",
                          s->whole, s->at);
}

static rsd_status read_options(scanner *s, rsd_pattern *pattern)
{
    static const char first[] = "+first=", start[] = "+start=";
    rsd_status status = RSD_OK;
    while (*s->at && status == RSD_OK) {
        const bool is_first = strncmp(s->at, first, sizeof first - 1u) == 0;
        if (!is_first && strncmp(s->at, start, sizeof start - 1u) != 0) return refuse_rest(s);
        s->at += sizeof first - 1u;
        status = read_number(s, is_first ? &first_frames : &start_steps, 0,
                             is_first ? &pattern->flatten_first_frames : &pattern->start_step_count);
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
    const bool has_list = *s->at == '=';
    if (has_list && name->other)
        return base_error_set(s->error, RSD_ERR_ARG, "pattern '%s': %s takes no list of numbers; %s does", s->whole,
                              name->name, name->other);
    if (!has_list && name->rule == ROWS_NEEDED)
        return base_error_set(s->error, RSD_ERR_ARG, "pattern '%s': its rows are not said: %s is wanted", s->whole,
                              name->kind == RSD_PATTERN_MUSICLM ? "musiclm=ROWS" : "unroll=F,F,.../D,D,...");
    if (has_list) {
        s->at++;
        status = read_lists(s, pattern);
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

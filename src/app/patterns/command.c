// SPDX-License-Identifier: MIT
// `residuum patterns`: which patterns there are, what they look like, and what they cost.
#include "app/patterns/measure.h"

#include "app/outputs.h"
#include "app/report.h"

#include "base/numbers.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLE_SECONDS 30u /* the length that the papers of token models state */

int patterns_choose_codec(const app_arguments *arguments, pattern_list *list)
{
    rsd_error error;
    rsd_model *model = NULL;
    double levels = 0.0;
    const char *codec = arguments->value[APP_OPT_CODEC];
    if (rsd_model_open(codec ? codec : "live", &model, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    rsd_model_info(model, 48000, &list->codec);
    rsd_model_release(model);
    levels = list->codec.level_count;
    if (!app_number(arguments, APP_OPT_ROW_LEVELS, 1, list->codec.level_count, true, &levels)) return APP_USAGE;
    list->level_count = (uint32_t)levels;
    list->row_count = list->codec.level_sequence_end[list->level_count - 1u];
    return -1;
}

/* `text` of all rows, `few` of those that are drawn, where that is another: a list is for all rows, and no fewer. */
static int add_pattern(const app_arguments *arguments, const char *text, const char *few, pattern_list *list)
{
    rsd_error error;
    if (list->count == PATTERNS_MOST) return app_usage(arguments, "at most %u patterns are taken", PATTERNS_MOST);
    named_pattern *named = &list->patterns[list->count];
    named->text = text;
    if (rsd_pattern_parse(text, list->row_count, &named->pattern, &error) != RSD_OK)
        return app_usage(arguments, "%u rows: %s", list->row_count, error.text);
    if (rsd_pattern_parse(few, base_min_u32(list->row_count, PATTERNS_DRAWN_ROWS), &named->drawn, NULL) != RSD_OK)
        named->drawn = named->pattern;
    list->count++;
    return -1;
}

/* unroll=0,1,1,.../0,1,1,...: the first row by itself, and the others in a step of their own, a frame late. */
static void write_unroll(uint32_t row_count, char text[PATTERNS_UNROLL_BYTES])
{
    size_t used = 0;
    for (uint32_t list = 0; list < 2u; list++)
        for (uint32_t q = 0; q < row_count; q++)
            used += (size_t)snprintf(text + used, PATTERNS_UNROLL_BYTES - used, "%s%u",
                                     q > 0u      ? ","
                                     : list > 0u ? "/"
                                                 : "unroll=",
                                     q > 0u);
}

/* Those that need a list or a number, with one that fits any rows. */
static int add_examples(const app_arguments *arguments, pattern_list *list)
{
    static char few[PATTERNS_UNROLL_BYTES];
    write_unroll(list->row_count, list->unroll);
    write_unroll(base_min_u32(list->row_count, PATTERNS_DRAWN_ROWS), few);
    int code = add_pattern(arguments, list->unroll, few, list);
    if (code < 0) code = add_pattern(arguments, "musiclm=1", "musiclm=1", list);
    return code < 0 ? add_pattern(arguments, "delay+first=1", "delay+first=1", list) : code;
}

static int add_patterns(const app_arguments *arguments, pattern_list *list)
{
    int code = -1;
    const char *text;
    for (uint32_t i = 0; i < arguments->operand_count && code < 0; i++)
        code = add_pattern(arguments, arguments->operands[i], arguments->operands[i], list);
    if (arguments->operand_count > 0u) return code;
    for (uint32_t i = 0; (text = rsd_pattern_name(i)) != NULL && code < 0; i++)
        code = add_pattern(arguments, text, text, list);
    return code < 0 ? add_examples(arguments, list) : code;
}

static void draw(FILE *stream, const void *context) { patterns_draw_layouts(context, stream); }

static int measure(const app_arguments *arguments)
{
    pattern_measurement *result = calloc(1, sizeof *result);
    if (!result) return app_fail(arguments, "out of memory");
    int code = patterns_measure(arguments, result);
    if (code < 0) code = patterns_report(arguments, result);
    free(result);
    return code;
}

int app_patterns(const app_arguments *arguments)
{
    pattern_list list = {0};
    int code = outputs_check_reports(arguments);
    if (code < 0) code = report_check_quiet(arguments);
    if (code < 0 && app_given(arguments, APP_OPT_MEASURE)) return measure(arguments);
    if (code < 0 && (app_given(arguments, APP_OPT_JSON) || app_given(arguments, APP_OPT_HELD_OUT)))
        return app_usage(arguments, "--json and --held-out go with --measure");
    if (code < 0) code = patterns_choose_codec(arguments, &list);
    if (code < 0) code = add_patterns(arguments, &list);
    if (code < 0) code = report_plot(arguments, draw, &list);
    if (code >= 0) return code;
    if (!report_is_shown(arguments)) return APP_OK;
    if (list.codec.hop_samples == 0u) return app_fail(arguments, "codec '%s' has no frames", list.codec.name);
    const uint64_t frame_count = (uint64_t)TABLE_SECONDS * list.codec.sample_rate_hz / list.codec.hop_samples;
    printf("%s: %u rows, %.1f frames a second; steps and special tokens of %u s\n", list.codec.name, list.row_count,
           (double)list.codec.sample_rate_hz / list.codec.hop_samples, TABLE_SECONDS);
    patterns_print_table(&list, frame_count);
    patterns_print_layouts(&list);
    return APP_OK;
}

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

static int add_pattern(const app_arguments *arguments, const char *text, pattern_list *list)
{
    rsd_error error;
    if (list->count == PATTERNS_MOST) return app_usage(arguments, "at most %u patterns are taken", PATTERNS_MOST);
    named_pattern *named = &list->patterns[list->count];
    named->text = text;
    if (rsd_pattern_parse(text, list->row_count, &named->pattern, &error) != RSD_OK)
        return app_usage(arguments, "%u rows: %s", list->row_count, error.text);
    /* A list of numbers is for all rows: no fewer can be drawn. */
    if (rsd_pattern_parse(text, base_min_u32(list->row_count, PATTERNS_DRAWN_ROWS), &named->drawn, NULL) != RSD_OK)
        named->drawn = named->pattern;
    list->count++;
    return -1;
}

static int add_patterns(const app_arguments *arguments, pattern_list *list)
{
    int code = -1;
    for (uint32_t i = 0; i < arguments->operand_count && code < 0; i++)
        code = add_pattern(arguments, arguments->operands[i], list);
    if (arguments->operand_count > 0u) return code;
    for (uint32_t i = 0; rsd_pattern_name(i) && code < 0; i++) code = add_pattern(arguments, rsd_pattern_name(i), list);
    return code;
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

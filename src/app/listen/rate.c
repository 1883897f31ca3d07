// SPDX-License-Identifier: MIT
// `residuum rate`: ratings of several level counts against a reference, hidden among them.
#include "app/analyze/analyze.h"
#include "app/listen/stage.h"
#include "app/progress.h"
#include "app/report.h"

#include "host/listen/anchor.h"

#include <stdlib.h>
#include <string.h>

#define REFERENCE 0u
#define ANCHOR 1u
#define MID_ANCHOR 2u /* where it is wanted */

/* Names as the test keeps them, in UTF-8. */
typedef struct {
    char items[HOST_LISTEN_MAX_ITEMS][HOST_LISTEN_NAME_BYTES];
    char conditions[HOST_LISTEN_MAX_CONDITIONS][HOST_LISTEN_NAME_BYTES];
    uint32_t level_counts[HOST_LISTEN_MAX_CONDITIONS];
} rating_names;

/* The condition that the first level count is. */
static uint32_t first_level(const app_arguments *arguments)
{
    return app_given(arguments, APP_OPT_MID_ANCHOR) ? MID_ANCHOR + 1u : ANCHOR + 1u;
}

static int choose_conditions(listen_stage *stage, host_listen_config *config, rating_names *names)
{
    const app_arguments *arguments = stage->arguments;
    const uint32_t first = first_level(arguments);
    app_settings *settings = malloc(sizeof *settings);
    analysis *levels = calloc(1, sizeof *levels);
    if (!settings || !levels) {
        free(settings);
        free(levels);
        return app_fail(arguments, "out of memory");
    }
    int code = app_settings_read(arguments, settings);
    if (code < 0) levels->sample_rate_hz = stage->sample_rate_hz;
    if (code < 0) code = analyze_describe(arguments, settings, levels);
    if (code < 0 && levels->row_count > HOST_LISTEN_MAX_CONDITIONS - first)
        code = app_usage(arguments, "at most %u level counts are rated at a time; name them with --levels",
                         HOST_LISTEN_MAX_CONDITIONS - first);
    for (uint32_t i = 0; code < 0 && i < levels->row_count; i++) {
        names->level_counts[first + i] = levels->rows[i].level_count;
        snprintf(names->conditions[first + i], HOST_LISTEN_NAME_BYTES, "levels-%u", levels->rows[i].level_count);
    }
    snprintf(names->conditions[REFERENCE], HOST_LISTEN_NAME_BYTES, "reference");
    snprintf(names->conditions[ANCHOR], HOST_LISTEN_NAME_BYTES, "anchor35");
    if (first > MID_ANCHOR) snprintf(names->conditions[MID_ANCHOR], HOST_LISTEN_NAME_BYTES, "anchor70");
    if (code < 0) config->condition_count = first + levels->row_count;
    free(settings);
    free(levels);
    return code;
}

static int prepare_item(listen_stage *stage, const host_listen_config *config, const rating_names *names, uint32_t item)
{
    rsd_error error;
    char text[32];
    host_sound *sounds = &stage->sounds[item * HOST_LISTEN_MAX_CONDITIONS];
    const uint32_t first = first_level(stage->arguments);
    int code = listen_load(stage, stage->arguments->operands[item], &sounds[REFERENCE]);
    for (uint32_t i = ANCHOR; i < first && code < 0; i++)
        if (host_anchor_make(&sounds[REFERENCE], i == ANCHOR ? HOST_ANCHOR_LOW_HZ : HOST_ANCHOR_MID_HZ, &sounds[i],
                             &error) != RSD_OK)
            code = app_fail(stage->arguments, "%s", error.text);
    for (uint32_t i = first; i < config->condition_count && code < 0; i++) {
        snprintf(text, sizeof text, "levels=%u", names->level_counts[i]);
        code = listen_render(stage, "--levels", text, &sounds[REFERENCE], &sounds[i]);
    }
    return code;
}

/* The name of a file without its folders, in UTF-8. */
static void name_item(const char *path, char name[HOST_LISTEN_NAME_BYTES])
{
    const char *slash = strrchr(path, '/');
    json_t *text = report_text(slash ? slash + 1 : path);
    snprintf(name, HOST_LISTEN_NAME_BYTES, "%.40s", text ? json_string_value(text) : "sound");
    json_decref(text);
}

static int prepare(listen_stage *stage, host_listen_config *config, rating_names *names)
{
    const app_arguments *arguments = stage->arguments;
    app_progress progress;
    json_t *gains = json_array();
    int code = choose_conditions(stage, config, names);
    app_progress_start(&progress, "coding", app_given(arguments, APP_OPT_QUIET));
    for (uint32_t item = 0; item < config->item_count && code < 0; item++) {
        app_progress_update(&progress, (double)item / config->item_count, NULL);
        code = prepare_item(stage, config, names, item);
        if (code >= 0) break;
        json_array_append_new(gains, listen_match(stage, item, config->condition_count));
        const host_sound *sound = &stage->sounds[item * HOST_LISTEN_MAX_CONDITIONS];
        const double duration_s = (double)sound->sample_count / stage->sample_rate_hz;
        if (duration_s > config->duration_s) config->duration_s = duration_s;
        name_item(arguments->operands[item], names->items[item]);
        config->item_names[item] = names->items[item];
    }
    app_progress_end(&progress);
    for (uint32_t i = 0; i < config->condition_count; i++) config->condition_names[i] = names->conditions[i];
    const char *codec = arguments->value[APP_OPT_CODEC];
    json_t *settings =
        json_pack("{s:s, s:o, s:i, s:o}", "residuum", RSD_VERSION, "codec", report_text(codec ? codec : "live"),
                  "sample_rate_hz", (int)stage->sample_rate_hz, "match_gains_db", gains);
    if (code < 0 && host_listen_create(config, json_incref(settings), &stage->listen) != RSD_OK)
        code = app_fail(arguments, "out of memory");
    json_decref(settings);
    return code < 0 ? listen_set_loop(stage) : code;
}

int app_rate(const app_arguments *arguments)
{
    double seed = 0.0;
    host_listen_config config = {.kind = HOST_LISTEN_RATING, .name = "rate", .item_count = arguments->operand_count};
    if (!app_number(arguments, APP_OPT_DRAW_SEED, 1, UINT32_MAX, true, &seed)) return APP_USAGE;
    config.seed = (uint32_t)seed;
    if (config.item_count > HOST_LISTEN_MAX_ITEMS)
        return app_usage(arguments, "at most %u sounds are rated at a time", HOST_LISTEN_MAX_ITEMS);
    listen_stage *stage = calloc(1, sizeof *stage);
    rating_names *names = calloc(1, sizeof *names);
    if (!stage || !names) {
        free(stage);
        free(names);
        return app_fail(arguments, "out of memory");
    }
    int code = listen_open(arguments, arguments->operands[0], stage);
    if (code < 0) listen_wire(stage, &config);
    if (code < 0) code = prepare(stage, &config, names);
    if (code < 0) code = listen_run(stage);
    listen_close(stage);
    free(names);
    return code;
}

// SPDX-License-Identifier: MIT
// `residuum params --layout`: what is on a controller, from the parameter table.
#include "app/layout/layout.h"

#include "app/app.h"

#include <residuum/rsd_codec.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Their range is the loaded codec's, which a layout cannot know: from 0 to 1 they fit all. */
static bool has_range_of_codec(const rsd_param_info *info)
{
    return info->unit == RSD_UNIT_LEVELS || info->unit == RSD_UNIT_KBPS || info->unit == RSD_UNIT_BITS;
}

static void add(layout *made, const rsd_param_info *info, uint32_t level)
{
    if (made->widget_count == LAYOUT_MAX_WIDGETS) return;
    layout_widget *widget = &made->widgets[made->widget_count++];
    widget->info = info;
    widget->level = level;
    widget->is_norm = has_range_of_codec(info);
    widget->min = widget->is_norm ? 0.0f : info->min;
    widget->max = widget->is_norm ? 1.0f : info->max;
    const float span = info->max - info->min;
    widget->standard = widget->is_norm && span > 0.0f ? (info->default_value - info->min) / span : info->default_value;
    host_osc_format_address(info, level, widget->is_norm, widget->address);
    if (rsd_param_is_per_level(info))
        snprintf(widget->label, sizeof widget->label, "%u", level + 1u);
    else
        snprintf(widget->label, sizeof widget->label, "%s", info->name);
}

static void make(layout *made)
{
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        const uint32_t count = rsd_param_is_per_level(info) ? made->level_count : 1u;
        for (uint32_t level = 0; level < count; level++) add(made, info, level);
    }
}

uint32_t layout_find_group(const layout *made, rsd_param_group group, uint32_t from)
{
    while (from < made->widget_count && made->widgets[from].info->group != group) from++;
    return from;
}

static int read_level_count(const app_arguments *arguments, uint32_t *level_count)
{
    rsd_model *model;
    rsd_error error;
    rsd_codec_info info;
    const char *codec = arguments->value[APP_OPT_CODEC];
    if (rsd_model_open(codec ? codec : "live", &model, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    rsd_model_info(model, 48000, &info);
    rsd_model_release(model);
    *level_count = info.level_count;
    return APP_OK;
}

int app_print_layout(const app_arguments *arguments)
{
    const char *kind = arguments->value[APP_OPT_LAYOUT];
    const bool is_touch = strcmp(kind, "touchosc") == 0;
    if (!is_touch && strcmp(kind, "open-stage-control") != 0)
        return app_usage(arguments, "--layout takes open-stage-control or touchosc, not '%s'", kind);
    if (is_touch && isatty(STDOUT_FILENO))
        return app_usage(arguments, "a layout for TouchOSC is no text: > residuum.tosc writes it into a file");
    layout *made = calloc(1, sizeof *made);
    if (!made) return app_fail(arguments, "out of memory");
    int result = read_level_count(arguments, &made->level_count);
    if (result == APP_OK) {
        make(made);
        const bool is_printed = is_touch ? layout_print_touch(made) : layout_print_stage(made);
        if (!is_printed) result = app_fail(arguments, "out of memory");
    }
    free(made);
    return result;
}

// SPDX-License-Identifier: MIT
// A session of Open Stage Control: a tab for each group of parameters.
#include "app/layout/layout.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

/* Of targets those that the codec has. */
static bool is_offered(const layout *made, const rsd_param_info *info, uint32_t value)
{
    uint32_t level = 0;
    if (info->unit != RSD_UNIT_TARGET || value == 0u) return true;
    return rsd_param_of_target(value, &level) != NULL && level < made->level_count;
}

static json_t *values_of(const layout *made, const rsd_param_info *info)
{
    json_t *values = json_object();
    for (uint32_t i = (uint32_t)info->min; (float)i <= info->max; i++)
        if (is_offered(made, info, i) && rsd_param_value_name(info, i))
            json_object_set_new(values, rsd_param_value_name(info, i), json_integer(i));
    return values;
}

static json_t *new_control(const layout *made, const layout_widget *widget)
{
    const rsd_param_info *info = widget->info;
    if (info->unit == RSD_UNIT_TEXT) return json_pack("{s:s}", "type", "input");
    if (info->unit == RSD_UNIT_SWITCH)
        return json_pack("{s:s,s:s,s:i,s:i}", "type", "button", "mode", "toggle", "on", 1, "off", 0);
    if (info->unit == RSD_UNIT_MONITOR)
        return json_pack("{s:s,s:o}", "type", "switch", "values", values_of(made, info));
    if (rsd_param_value_names(info)) return json_pack("{s:s,s:o}", "type", "dropdown", "values", values_of(made, info));
    const bool is_whole = rsd_param_is_whole(info) && !widget->is_norm;
    return json_pack("{s:s,s:{s:f,s:f},s:i,s:b,s:s}", "type", "fader", "range", "min", (double)widget->min, "max",
                     (double)widget->max, "decimals", is_whole ? 0 : 3, "doubleTap", 1, "design", "compact");
}

static json_t *new_widget(const layout *made, const layout_widget *widget)
{
    char id[96];
    json_t *json = new_control(made, widget);
    if (!json) return NULL;
    if (rsd_param_is_per_level(widget->info))
        snprintf(id, sizeof id, "%s_%u", widget->info->symbol, widget->level + 1u);
    else
        snprintf(id, sizeof id, "%s", widget->info->symbol);
    json_object_set_new(json, "id", json_string(id));
    /* Of these a button alone has a label; what stands in the others is their html. A dropdown's label is its value. */
    const bool is_button = widget->info->unit == RSD_UNIT_SWITCH;
    json_object_set_new(json, is_button ? "label" : "html", json_string(widget->label));
    json_object_set_new(json, "address", json_string(widget->address));
    json_object_set_new(json, "comments", json_string(widget->info->help));
    if (widget->info->unit != RSD_UNIT_TEXT) json_object_set_new(json, "default", json_real((double)widget->standard));
    if (widget->info->unit != RSD_UNIT_TEXT) json_object_set_new(json, "typeTags", json_string("f"));
    json_object_set_new(json, "expand", json_true());
    return json;
}

/* NULL: the group has none. */
static json_t *new_tab(const layout *made, rsd_param_group group)
{
    uint32_t i = layout_find_group(made, group, 0);
    if (i == made->widget_count) return NULL;
    json_t *widgets = json_array();
    for (; i < made->widget_count; i = layout_find_group(made, group, i + 1u))
        json_array_append_new(widgets, new_widget(made, &made->widgets[i]));
    char id[64]; /* a widget of the group may be called as the group is */
    snprintf(id, sizeof id, "page_%s", rsd_param_group_symbol(group));
    const bool is_one_row = json_array_size(widgets) <= LAYOUT_ONE_ROW;
    return json_pack("{s:s,s:s,s:s,s:s,s:i,s:o}", "type", "tab", "id", id, "label", rsd_param_group_name(group),
                     "layout", is_one_row ? "horizontal" : "grid", "gridTemplate", (int)LAYOUT_MANY_COLUMNS, "widgets",
                     widgets);
}

bool layout_print_stage(const layout *made)
{
    json_t *tabs = json_array();
    for (uint32_t group = 0; rsd_param_group_name(group); group++) {
        json_t *tab = new_tab(made, (rsd_param_group)group);
        if (tab) json_array_append_new(tabs, tab);
    }
    json_t *session =
        json_pack("{s:s,s:s,s:{s:s,s:s,s:s,s:s,s:o}}", "version", "1.27.0", "type", "session", "content", "type",
                  "root", "id", "root", "target", "127.0.0.1:9000", "layout", "default", "tabs", tabs);
    char *text = session ? json_dumps(session, JSON_INDENT(2) | JSON_REAL_PRECISION(7)) : NULL;
    json_decref(session);
    if (!text) return false;
    puts(text);
    free(text);
    return true;
}

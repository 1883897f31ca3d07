// SPDX-License-Identifier: MIT
// `residuum params`: the parameter table for people, and its pages of docs/.
#include "app.h"

#include <residuum/rsd_params.h>

#include <stdio.h>

void app_format_param_symbol(const rsd_param_info *info, char *symbol, size_t symbol_bytes)
{
    snprintf(symbol, symbol_bytes, "%s%s", info->symbol, rsd_param_is_per_level(info) ? "[N]" : "");
}

void app_format_param_range(const rsd_param_info *info, char *range, size_t range_bytes, char *usual,
                            size_t usual_bytes)
{
    *usual = '\0';
    if (info->unit == RSD_UNIT_TEXT) {
        snprintf(range, range_bytes, "name or file");
    } else if (rsd_param_value_names(info)) {
        snprintf(range, range_bytes, "%s", rsd_param_value_names(info));
        snprintf(usual, usual_bytes, "%s", rsd_param_value_name(info, (uint32_t)info->default_value));
    } else {
        const char *unit = rsd_param_unit_text(info->unit);
        snprintf(range, range_bytes, "%g..%g%s%s", (double)info->min, (double)info->max, *unit ? " " : "", unit);
        snprintf(usual, usual_bytes, "%g", (double)info->default_value);
    }
}

int app_params(const app_arguments *arguments)
{
    if (app_given(arguments, APP_OPT_MARKDOWN_TABLE))
        return app_print_param_table(arguments, arguments->value[APP_OPT_MARKDOWN_TABLE]);
    if (app_given(arguments, APP_OPT_SCHEMA)) return app_print_schema();
    if (app_given(arguments, APP_OPT_LAYOUT)) return app_print_layout(arguments);
    printf("%-16s %-26s %-26s %-8s %s\n", "symbol", "OSC address", "range", "default", "meaning");
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        char symbol[48], osc[64], range[96], usual[16];
        app_format_param_symbol(info, symbol, sizeof symbol);
        snprintf(osc, sizeof osc, "/residuum%s", info->osc);
        app_format_param_range(info, range, sizeof range, usual, sizeof usual);
        printf("%-16s %-26s %-26s %-8s %s\n", symbol, osc, range, usual, info->help);
    }
    return APP_OK;
}

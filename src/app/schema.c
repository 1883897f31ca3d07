// SPDX-License-Identifier: MIT
// The JSON schema of presets, from the table of parameters.
#include "app.h"

#include <residuum/rsd_params.h>

#include <stdio.h>

static const char *const head[] = {
    "{",
    "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",",
    "  \"title\": \"Preset of Residuum\",",
    "  \"type\": \"object\",",
    "  \"required\": [\"name\", \"description\"],",
    "  \"additionalProperties\": false,",
    "  \"properties\": {",
    "    \"name\": { \"type\": \"string\", \"minLength\": 1, \"maxLength\": 63 },",
    "    \"description\": { \"type\": \"string\", \"minLength\": 1, \"maxLength\": 199 },",
    "    \"group\": { \"type\": \"string\", \"minLength\": 1, \"maxLength\": 31 },",
    "    \"codec\": { \"type\": \"string\", \"minLength\": 1, \"maxLength\": 4095 },",
    "    \"decode_codec\": { \"type\": \"string\", \"minLength\": 1, \"maxLength\": 4095 },",
    "    \"parameters\": {",
    "      \"type\": \"object\",",
    "      \"additionalProperties\": false,",
    "      \"properties\": {"};

/* Targets are too many to be listed; any other parameter with names has few. */
static void print_names(const rsd_param_info *info)
{
    const char *name;
    if (info->unit == RSD_UNIT_TARGET) {
        fputs("{ \"type\": \"string\" }", stdout);
        return;
    }
    fputs("{ \"enum\": [", stdout);
    for (uint32_t i = 0; (name = rsd_param_value_name(info, i)) != NULL; i++)
        printf("%s\"%s\"", i > 0u ? ", " : "", name);
    fputs("] }", stdout);
}

static void print_value(const rsd_param_info *info)
{
    if (rsd_param_value_names(info))
        print_names(info);
    else if (info->unit == RSD_UNIT_SWITCH)
        fputs("{ \"enum\": [0, 1, false, true] }", stdout);
    else
        printf("{ \"type\": \"number\", \"minimum\": %.7g, \"maximum\": %.7g }", (double)info->min, (double)info->max);
}

static void print_parameter(const rsd_param_info *info)
{
    const bool is_per_level = info->scale >= RSD_SCALE_PER_LEVEL_LINEAR;
    printf("        \"%s\": ", info->symbol);
    if (is_per_level)
        fputs("{ \"type\": \"object\", \"additionalProperties\": false, \"patternProperties\": "
              "{ \"^([1-9]|[1-5][0-9]|6[0-4])$\": ",
              stdout);
    print_value(info);
    if (is_per_level) fputs(" } }", stdout);
}

int app_print_schema(void)
{
    const rsd_param_info *info;
    bool is_first = true;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) puts(head[i]);
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (info->unit == RSD_UNIT_TEXT || rsd_param_is_of_session(info)) continue;
        if (!is_first) puts(",");
        print_parameter(info);
        is_first = false;
    }
    puts("\n      }\n    }\n  }\n}");
    return APP_OK;
}

// SPDX-License-Identifier: MIT
// Values of parameters in words, as a host shows them, and back.
#include "plug_params.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Shortest of up to four decimals; a host's locale must not put a comma in. */
static void number_text(double value, char *text, size_t text_bytes)
{
    const long long scaled = llround(fabs(value) * 10000.0);
    char digits[40];
    int length = snprintf(digits, sizeof digits, "%s%lld.%04lld", value < 0.0 && scaled > 0 ? "-" : "", scaled / 10000,
                          scaled % 10000);
    while (length > 0 && digits[length - 1] == '0') length--;
    if (length > 0 && digits[length - 1] == '.') length--;
    snprintf(text, text_bytes, "%.*s", length, digits);
}

static bool is_port(const plug_param *param)
{
    return param->kind == PLUG_PARAM_OSC_PORT || param->kind == PLUG_PARAM_HTTP_PORT;
}

static const char *unit_of(const plug_param *param)
{
    if (param->is_share) return "%";
    return param->kind == PLUG_PARAM_ROW ? rsd_param_unit_text(param->info->unit) : "";
}

void plug_param_text(const plug_param *param, float value, char *text, size_t text_bytes)
{
    char number[64];
    const float shown = plug_param_clamp(param, value);
    const char *words = NULL;
    if (is_port(param) && shown == 0.0f) words = "off";
    if (param->kind == PLUG_PARAM_CODEC) words = plug_codec_name((uint32_t)shown);
    if (param->kind == PLUG_PARAM_ROW && param->info->unit == RSD_UNIT_SWITCH) words = shown != 0.0f ? "on" : "off";
    if (!words && param->kind == PLUG_PARAM_ROW) words = rsd_param_value_name(param->info, (uint32_t)shown);
    if (words) {
        snprintf(text, text_bytes, "%s", words);
        return;
    }
    const char *unit = unit_of(param);
    number_text((double)shown * (param->is_share ? 100.0 : 1.0), number, sizeof number);
    snprintf(text, text_bytes, "%s%s%s", number, *unit ? " " : "", unit);
}

/* The words before a unit that is this parameter's, without blanks around; false where it is too long to be a value. */
static bool strip(const plug_param *param, const char *text, char plain[PLUG_TEXT_BYTES])
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0u && strchr(" \t\n", text[length - 1u])) length--;
    const char *unit = unit_of(param);
    const size_t unit_length = strlen(unit);
    if (unit_length > 0u && length > unit_length && strncasecmp(text + length - unit_length, unit, unit_length) == 0)
        length -= unit_length;
    while (length > 0u && strchr(" \t", text[length - 1u])) length--;
    if (length == 0u || length >= PLUG_TEXT_BYTES) return false;
    memcpy(plain, text, length);
    plain[length] = '\0';
    return true;
}

static bool parse_switch(const char *text, float *value)
{
    static const char *const on[] = {"on", "yes", "true"}, *const off[] = {"off", "no", "false"};
    for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
        if (strcasecmp(text, on[i]) == 0) return *value = 1.0f, true;
        if (strcasecmp(text, off[i]) == 0) return *value = 0.0f, true;
    }
    return false;
}

/* A number in the parameter's range. The library's own parser reads it, which knows no locale. */
static bool parse_number(const plug_param *param, const char *text, float *value)
{
    const float scale = param->is_share ? 100.0f : 1.0f;
    rsd_param_info any = {
        .unit = RSD_UNIT_NONE, .scale = RSD_SCALE_LINEAR, .min = param->min * scale, .max = param->max * scale};
    if (rsd_param_parse_value(&any, text, value) != RSD_OK) return false;
    *value = plug_param_clamp(param, *value / scale);
    return true;
}

bool plug_param_parse(const plug_param *param, const char *text, float *value)
{
    char plain[PLUG_TEXT_BYTES];
    if (!text || !strip(param, text, plain)) return false;
    if (param->kind == PLUG_PARAM_CODEC) {
        const int index = plug_codec_index(plain);
        if (index >= 0) return *value = (float)index, true;
    }
    if (is_port(param) && strcasecmp(plain, "off") == 0) return *value = 0.0f, true;
    if (param->kind == PLUG_PARAM_ROW && param->info->unit == RSD_UNIT_SWITCH && parse_switch(plain, value))
        return true;
    if (param->kind == PLUG_PARAM_ROW && rsd_param_value_names(param->info) &&
        rsd_param_parse_value(param->info, plain, value) == RSD_OK)
        return true;
    return parse_number(param, plain, value);
}

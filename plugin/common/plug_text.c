// SPDX-License-Identifier: MIT
// Values in words where the codec in use has a say: levels are "7.0 of 14".
#include "plug_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PERCENT_SIGN '%'

static bool is_share(const plug *self, uint32_t param)
{
    return param < self->param_count && self->params[param].is_share;
}

uint32_t plug_level_count(const plug *self)
{
    float min, max;
    rsd_engine_get_range(self->engine, RSD_PARAM_LEVELS, &min, &max);
    return (uint32_t)max;
}

/* One digit after the point, or the two or three that there are. A host's locale must not put a comma in. */
static void levels_text(float levels, uint32_t level_count, char *text, size_t text_bytes)
{
    const uint32_t thousandths = (uint32_t)lroundf(levels * 1000.0f);
    const uint32_t rest = thousandths % 1000u;
    const int digits = rest % 100u == 0u ? 1 : rest % 10u == 0u ? 2 : 3;
    const uint32_t shown = digits == 1 ? rest / 100u : digits == 2 ? rest / 10u : rest;
    snprintf(text, text_bytes, "%u.%0*u of %u", thousandths / 1000u, digits, shown, level_count);
}

/* "7 of 14", and where no level may be named, "none". */
static void pick_text(float level, uint32_t level_count, char *text, size_t text_bytes)
{
    if (level <= 0.0f)
        snprintf(text, text_bytes, "none");
    else
        snprintf(text, text_bytes, "%u of %u", (uint32_t)fminf(level, (float)level_count), level_count);
}

void plug_text(const plug *self, uint32_t param, float value, char *text, size_t text_bytes)
{
    const plug_param *s = &self->params[param];
    if (!is_share(self, param)) {
        plug_param_text(s, value, text, text_bytes);
        return;
    }
    const uint32_t level_count = plug_level_count(self);
    const float levels = plug_levels_of(self, s, plug_param_clamp(s, value));
    if (s->is_pick) {
        pick_text(levels, level_count, text, text_bytes);
        return;
    }
    levels_text(fminf(levels, (float)level_count), level_count, text, text_bytes);
}

/* "7", "7 levels", "7.0 of 14"; "none" where that is 0. */
static bool parse_levels(const plug *self, const plug_param *param, const char *text, float *share)
{
    char number[PLUG_TEXT_BYTES];
    float levels, of;
    const rsd_param_info *info = rsd_param_by_id(RSD_PARAM_LEVELS);
    if (strcasecmp(text, "none") == 0 && param->info->min <= 0.0f) return *share = 0.0f, true;
    const char *word = strstr(text, " of ");
    const size_t length = word ? (size_t)(word - text) : strlen(text);
    if (length >= sizeof number) return false;
    memcpy(number, text, length);
    number[length] = '\0';
    if (word && rsd_param_parse_value(info, word + strlen(" of "), &of) != RSD_OK) return false;
    char *unit = strstr(number, " level");
    if (unit) *unit = '\0';
    if (rsd_param_parse_value(info, number, &levels) != RSD_OK || levels < param->info->min) return false;
    *share = plug_share_of(self, param, param->is_pick ? floorf(levels + 0.5f) : levels);
    return true;
}

bool plug_parse(const plug *self, uint32_t param, const char *text, float *value)
{
    if (is_share(self, param) && text && !strchr(text, PERCENT_SIGN))
        return parse_levels(self, &self->params[param], text, value);
    return plug_param_parse(&self->params[param], text, value);
}

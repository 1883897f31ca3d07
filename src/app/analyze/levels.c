// SPDX-License-Identifier: MIT
// Which level counts `analyze` measures, and what each is made of.
#include "app/analyze/analyze.h"

#include <stdlib.h>
#include <string.h>

/* One "4" or "4-8" of the list. */
static bool take_range(const char **text, uint32_t max, bool *wanted)
{
    char *end = NULL;
    const unsigned long first = strtoul(*text, &end, 10);
    if (end == *text || **text == '-' || **text == '+') return false;
    unsigned long last = first;
    if (*end == '-') {
        const char *second = end + 1;
        last = strtoul(second, &end, 10);
        if (end == second) return false;
    }
    if (first < 1u || last < first || last > max) return false;
    for (unsigned long k = first; k <= last; k++) wanted[k - 1u] = true;
    *text = end;
    return true;
}

static int choose_levels(const app_arguments *arguments, analysis *result)
{
    const char *list = arguments->value[APP_OPT_LEVEL_LIST];
    bool wanted[RSD_MAX_LEVELS] = {false};
    for (uint32_t k = 0; !list && k < result->level_count; k++) wanted[k] = true;
    for (const char *at = list; at && *at != '\0';) {
        const bool good = take_range(&at, result->level_count, wanted);
        if (!good || (*at != '\0' && (*at != ',' || at[1] == '\0')))
            return app_usage(arguments, "--levels takes counts in 1..%u such as 1,2,4-8, not '%s'", result->level_count,
                             list);
        if (*at == ',') at++;
    }
    if (list && *list == '\0') return app_usage(arguments, "--levels takes counts such as 1,2,4-8");
    for (uint32_t k = 0; k < result->level_count; k++)
        if (wanted[k]) result->rows[result->row_count++].level_count = k + 1u;
    return -1;
}

int analyze_describe(const app_arguments *arguments, const app_settings *settings, analysis *result)
{
    rsd_error error;
    rsd_model *model = NULL;
    if (rsd_model_open(settings->codec[0] != '\0' ? settings->codec : "live", &model, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    rsd_codec_info info;
    rsd_model_info(model, result->sample_rate_hz, &info);
    rsd_model_release(model);
    snprintf(result->codec, sizeof result->codec, "%s", info.name);
    result->level_count = info.level_count;
    result->latency_samples = info.latency_samples;
    return choose_levels(arguments, result);
}

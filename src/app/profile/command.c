// SPDX-License-Identifier: MIT
// `residuum profile`: what a file of `residuum live --profile` says.
#include "app/profile/profile.h"

#include "app/outputs.h"
#include "app/report.h"

#include <stdlib.h>

static int report(const app_arguments *arguments, const profile_result *result)
{
    int code = profile_write_json(arguments, result);
    if (code < 0) code = report_plot(arguments, profile_draw, result);
    if (code < 0 && report_is_shown(arguments)) profile_print(result);
    return code < 0 ? APP_OK : code;
}

int app_profile(const app_arguments *arguments)
{
    rsd_error error;
    int code = outputs_check_reports(arguments);
    if (code >= 0) return code;
    profile_result *result = calloc(1, sizeof *result);
    if (!result) return app_fail(arguments, "out of memory");
    result->path = arguments->operands[0];
    if (host_profile_read(result->path, &result->data, &error) != RSD_OK) {
        free(result);
        return app_fail(arguments, "%s", error.text);
    }
    code =
        profile_measure(result, &error) == RSD_OK ? report(arguments, result) : app_fail(arguments, "%s", error.text);
    host_profile_data_destroy(&result->data);
    free(result);
    return code;
}

// SPDX-License-Identifier: MIT
#include "report.h"

#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *report_figure(double value) { return isfinite(value) ? json_real(value) : json_null(); }

json_t *report_text(const char *text)
{
    char *utf8 = text_utf8_copy(text);
    json_t *value = utf8 ? json_string(utf8) : NULL;
    free(utf8);
    return value;
}

void report_print(double value, int width, int decimals)
{
    if (isfinite(value))
        printf(" %*.*f", width, decimals, value);
    else
        printf(" %*s", width, "-");
}

static bool dump(json_t *root, FILE *file)
{
    return root && json_dumpf(root, file, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0 && fputc('\n', file) != EOF;
}

static int dump_file(const app_arguments *arguments, const char *path, json_t *root)
{
    FILE *file = fopen(path, "we");
    if (!file) return app_fail(arguments, "cannot write '%s': %s", path, strerror(errno));
    errno = 0;
    const bool good = dump(root, file);
    if (fclose(file) == 0 && good) return -1;
    return app_fail(arguments, "cannot write '%s': %s", path, errno ? strerror(errno) : "out of memory?");
}

static bool goes_to_stdout(const app_arguments *arguments)
{
    const char *path = arguments->value[APP_OPT_JSON];
    return path && strcmp(path, "-") == 0;
}

int report_json(const app_arguments *arguments, json_t *root)
{
    int code = -1;
    if (goes_to_stdout(arguments)) {
        if (!dump(root, stdout)) code = app_fail(arguments, "cannot write the figures as JSON");
    } else if (app_given(arguments, APP_OPT_JSON)) {
        code = dump_file(arguments, arguments->value[APP_OPT_JSON], root);
    }
    json_decref(root);
    return code;
}

bool report_is_shown(const app_arguments *arguments)
{
    return !goes_to_stdout(arguments) && !app_given(arguments, APP_OPT_QUIET);
}

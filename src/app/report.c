// SPDX-License-Identifier: MIT
// Figures as text and as JSON, and where they go.
#include "report.h"

#include "outputs.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(6))

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
    return root && json_dumpf(root, file, REPORT_FLAGS) == 0 && fputc('\n', file) != EOF;
}

int report_write(const app_arguments *arguments, const char *path, void (*print)(FILE *stream, const void *context),
                 const void *context)
{
    rsd_error error;
    base_output file;
    if (base_output_open(&file, path, BASE_OUTPUT_BESIDE, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    FILE *stream = base_output_stream(&file);
    if (!stream) {
        base_output_abandon(&file);
        return app_fail(arguments, "cannot write '%s': out of memory", path);
    }
    print(stream, context);
    return base_output_commit(&file, &error) == RSD_OK ? -1 : app_fail(arguments, "%s", error.text);
}

static void print_text(FILE *stream, const void *context)
{
    fputs(context, stream); // what goes wrong here is in the stream's error flag
    fputc('\n', stream);
}

/* As text first, so that what cannot be JSON (a name that is not UTF-8) opens no file. */
static int dump_file(const app_arguments *arguments, const char *path, const json_t *root)
{
    char *text = root ? json_dumps(root, REPORT_FLAGS) : NULL;
    if (!text) return app_fail(arguments, "cannot write '%s': is its name not UTF-8?", path);
    const int code = report_write(arguments, path, print_text, text);
    free(text);
    return code;
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

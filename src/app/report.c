// SPDX-License-Identifier: MIT
// Figures as text, as JSON and as pictures, and where they go.
#include "report.h"

#include "outputs.h"
#include "png.h"

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

static void print_bytes(FILE *stream, const void *context)
{
    const png_bytes *bytes = context;
    fwrite(bytes->data, 1, bytes->size_bytes, stream);
}

static bool draw_in_memory(png_bytes *svg, void (*draw)(FILE *stream, const void *context), const void *context)
{
    FILE *stream = open_memstream(&svg->data, &svg->size_bytes);
    if (!stream) return false;
    draw(stream, context);
    const bool is_whole = !ferror(stream);
    return fclose(stream) == 0 && is_whole;
}

int report_plot(const app_arguments *arguments, void (*draw)(FILE *stream, const void *context), const void *context)
{
    const char *path = arguments->value[APP_OPT_PLOT];
    if (!path) return -1;
    if (!app_ends_in(path, ".png")) return report_write(arguments, path, draw, context);
    // All of it in memory first, so that what cannot be rendered opens no file.
    png_bytes svg = {0}, png = {0};
    rsd_error error;
    int code;
    if (!draw_in_memory(&svg, draw, context))
        code = app_fail(arguments, "cannot write '%s': out of memory", path);
    else if (png_from_svg(&svg, &png, &error) != RSD_OK)
        code = app_fail(arguments, "cannot write '%s': %s", path, error.text);
    else
        code = report_write(arguments, path, print_bytes, &png);
    free(svg.data);
    free(png.data);
    return code;
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

int report_check_quiet(const app_arguments *arguments)
{
    const bool goes_somewhere = app_given(arguments, APP_OPT_JSON) || app_given(arguments, APP_OPT_PLOT);
    if (goes_somewhere || !app_given(arguments, APP_OPT_QUIET)) return -1;
    return app_usage(arguments, "with --quiet nothing of this would be seen: name --json FILE or --plot FILE.svg, too");
}

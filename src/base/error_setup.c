// SPDX-License-Identifier: MIT
#include <residuum/rsd_status.h>

#include <stdarg.h>
#include <stdio.h>

/* The contract promises one line; names and paths that came from outside may hold a newline. */
static void keep_one_line(char *text)
{
    for (; *text; text++) {
        if (*text == '\n' || *text == '\r') *text = ' ';
    }
}

/* In parentheses: the analyser sees a macro of this name. */
rsd_status(rsd_error_set)(rsd_error *error, rsd_status status, const char *format, ...)
{
    if (!error) return status;
    error->status = status;
    error->text[0] = '\0';
    if (status == RSD_OK || !format) return status;

    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    if (length < 0) error->text[0] = '\0';
    keep_one_line(error->text);
    return status;
}

// SPDX-License-Identifier: MIT
// Messages of errors, cut so that both ends can be read.
#include "base/error.h"
#include "base/text.h"

#include <residuum/rsd_status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for two paths of PATH_MAX and what is said of them; what is longer than that is cut at its end. */
#define WHOLE_BYTES 10240u

/*
 * The contract promises one line, and messages go to terminals: names and paths that came from outside may hold
 * newlines and control characters. A long text loses its middle, which is a path's: the reason stands at the end.
 */
static void keep(char *text, const char *whole)
{
    char shown[WHOLE_BYTES];
    (void)text_escape(whole, shown, sizeof shown);
    text_cut_middle(shown, RSD_ERROR_TEXT_BYTES - 1u);
    memcpy(text, shown, strlen(shown) + 1u);
}

/* In parentheses: the analyser sees a macro of this name. */
rsd_status(base_error_set)(rsd_error *error, rsd_status status, const char *format, ...)
{
    if (!error) return status;
    error->status = status;
    if (status == RSD_OK || !format) {
        error->text[0] = '\0';
        return status;
    }
    char whole[WHOLE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(whole, sizeof whole, format, arguments);
    va_end(arguments);
    if (length < 0) whole[0] = '\0';
    for (char *at = whole; *at; at++)
        if (*at == '\n' || *at == '\r') *at = ' ';
    keep(error->text, whole);
    return status;
}

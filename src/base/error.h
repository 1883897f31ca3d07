// SPDX-License-Identifier: MIT
// How a failing call of the library, the command and the plugins writes its detail for a person.
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <residuum/rsd_status.h>

/*
 * Writes a status and one line of text, so that a failing call can `return base_error_set(error, RSD_ERR_FORMAT, "...")`.
 * The text is made fit to be shown: line breaks become blanks, control characters become \xNN, and a text that is too
 * long loses its middle.
 *
 * error    gets both; NULL: nothing is written
 * status   RSD_OK leaves the text empty
 * format   as of printf
 * Returns  status
 * Thread   [setup]
 */
rsd_status base_error_set(rsd_error *error, rsd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#if defined(__clang_analyzer__)
/* The analyser does not look into other files: this tells it that what comes back is the status that went in. */
#define base_error_set(error, status, ...) ((void)base_error_set(error, status, __VA_ARGS__), (status))
#endif

#endif

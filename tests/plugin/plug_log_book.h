// SPDX-License-Identifier: MIT
// What a plugin said: how often, and last. Its keep_log is a plug_config.log.
#ifndef PLUG_LOG_BOOK_H
#define PLUG_LOG_BOOK_H

#include "plug.h"

#include <stdio.h>

typedef struct {
    unsigned count;
    char last[1024];
} log_book;

static inline void keep_log(void *context, plug_log_level level, const char *text)
{
    log_book *book = context;
    (void)level;
    book->count++;
    snprintf(book->last, sizeof book->last, "%s", text);
}

#endif

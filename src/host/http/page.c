// SPDX-License-Identifier: MIT
// The files of the page, which the program holds.
#include "host/http/internal.h"

#include "base/embedded.h"

#include <string.h>

BASE_EMBEDDED(page);

static const char *type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot && strcmp(dot, ".html") == 0) return "text/html; charset=utf-8";
    if (dot && strcmp(dot, ".css") == 0) return "text/css; charset=utf-8";
    return "text/javascript; charset=utf-8";
}

bool host_http_find_file(const char *name, http_file *file)
{
    for (unsigned i = 0; i < base_embedded_page_count; i++) {
        const base_embedded *one = &base_embedded_page[i];
        if (strcmp(one->name, name) != 0) continue;
        *file = (http_file){type_of(name), one->data, one->size_bytes};
        return true;
    }
    return false;
}

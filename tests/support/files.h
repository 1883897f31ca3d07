// SPDX-License-Identifier: MIT
#ifndef SUPPORT_FILES_H
#define SUPPORT_FILES_H

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

/* All bytes of a file that must be there, and room for one more. The caller frees. */
static inline unsigned char *test_read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*size + 1u);
    cr_assert_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

#endif

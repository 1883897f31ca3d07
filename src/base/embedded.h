// SPDX-License-Identifier: MIT
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

/* Files built into the library by rsd_embed() of cmake/RsdEmbed.cmake. Constant; safe from any thread. */
typedef struct {
    const char *name;          /* file name without its folder: "telephone.json" */
    const unsigned char *data; /* aligned to 64; one zero byte follows the last */
    size_t size_bytes;
} base_embedded;

/* Declares the table that rsd_embed(NAME ...) makes, in order of file name, and how many files are in it. */
#define BASE_EMBEDDED(NAME)                                                                                            \
    extern const base_embedded base_embedded_##NAME[];                                                                 \
    extern const unsigned base_embedded_##NAME##_count

#endif

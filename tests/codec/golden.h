// SPDX-License-Identifier: MIT
#ifndef GOLDEN_H
#define GOLDEN_H

#include "support/files.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Golden vectors: GOLDEN_FOLDER/NAME. The caller frees. */

static inline unsigned char *golden_bytes(const char *name, size_t *size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", GOLDEN_FOLDER, name);
    return test_read_file(path, size);
}

/* The values of a version 1 NPY file of four-byte elements, in its order. */
static inline void *golden_npy(const char *name, size_t *count)
{
    size_t size;
    unsigned char *bytes = golden_bytes(name, &size);
    const size_t header = 10u + bytes[8] + 256u * bytes[9];
    cr_assert(size > header && bytes[6] == 1, "%s", name);
    *count = (size - header) / 4u;
    memmove(bytes, bytes + header, size - header);
    return bytes;
}

/* A 16-bit mono WAV file with the plain header, as floats. */
static inline float *golden_wav(const char *name, size_t *count)
{
    size_t size;
    unsigned char *bytes = golden_bytes(name, &size);
    cr_assert(size > 44u && memcmp(bytes + 36, "data", 4) == 0, "%s", name);
    *count = (size - 44u) / 2u;
    float *samples = malloc(*count * sizeof *samples);
    for (size_t i = 0; i < *count; i++)
        samples[i] = (float)(int16_t)(bytes[44u + 2u * i] | bytes[45u + 2u * i] << 8) / 32768.0f;
    free(bytes);
    return samples;
}

#endif

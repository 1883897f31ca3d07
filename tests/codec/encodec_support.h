// SPDX-License-Identifier: MIT
#ifndef ENCODEC_SUPPORT_H
#define ENCODEC_SUPPORT_H

#include "open_codec.h"

#include "codec/encodec/internal.h"

#include <criterion/criterion.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

/* Golden vectors of tests/codec/golden/encodec_tiny: what PyTorch computes with the small model beside them. */

/* RSD_ENCODEC_GOLDEN names another folder made by the generator, of any size and seed. */
static inline const char *golden_folder(void)
{
    const char *other = getenv("RSD_ENCODEC_GOLDEN");
    return other ? other : GOLDEN_FOLDER;
}

typedef struct {
    char *values; /* 4 bytes each: float or int32 */
    size_t rows, columns;
} golden;

static inline const float *floats_of(golden g) { return (const float *)(const void *)g.values; }
static inline const int32_t *tokens_of(golden g) { return (const int32_t *)(const void *)g.values; }

/* A little-endian NPY of one or two dimensions. */
static inline golden load_golden(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.npy", golden_folder(), name);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    unsigned char start[10];
    char header[512] = {0};
    cr_assert_eq(fread(start, 1, 10, file), 10);
    const size_t length = start[8] + 256u * start[9];
    cr_assert_lt(length, sizeof header);
    cr_assert_eq(fread(header, 1, length, file), length);
    golden g = {.rows = 1, .columns = 1};
    const char *shape = strstr(header, "'shape': (");
    cr_assert_not_null(shape);
    if (sscanf(shape, "'shape': (%zu, %zu)", &g.rows, &g.columns) < 2) g.columns = 1;
    const size_t bytes = g.rows * g.columns * 4u;
    g.values = malloc(bytes);
    cr_assert_eq(fread(g.values, 1, bytes, file), bytes);
    fclose(file);
    return g;
}

static inline float *load_sound(size_t *count)
{
    SF_INFO info = {0};
    char path[512];
    snprintf(path, sizeof path, "%s/input_24k.wav", golden_folder());
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    cr_assert_not_null(file);
    float *samples = calloc((size_t)info.frames, sizeof *samples);
    cr_assert_eq(sf_readf_float(file, samples, info.frames), info.frames);
    sf_close(file);
    *count = (size_t)info.frames;
    return samples;
}

static inline opened open_tiny(void) { return open_codec_for(golden_folder(), 48000); }

/* The same model with weights of 16 bits. */
static inline opened open_narrow(void)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s:int16", golden_folder());
    return open_codec_for(folder, 48000);
}

static inline const encodec_model *model_of(const opened *t) { return (const encodec_model *)t->model; }

static inline rsd_decode_controls gains_on(uint32_t levels)
{
    rsd_decode_controls controls = {.active_levels = (float)levels};
    for (uint32_t k = 0; k < levels; k++) controls.level_gain[k] = 1.0f;
    return controls;
}

/* "codes", 8 -> "codes_08": the golden of so many levels. */
static inline const char *level_name(const char *what, uint32_t levels, char name[64])
{
    snprintf(name, 64, "%s_%02u", what, levels);
    return name;
}

static inline bool has_golden(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.npy", golden_folder(), name);
    FILE *file = fopen(path, "rb");
    if (file) fclose(file);
    return file != NULL;
}

/* Energy of the difference over that of the reference, in dB. */
static inline double difference_db(const float *x, const float *reference, size_t count)
{
    double difference = 0.0, energy = 0.0;
    for (size_t i = 0; i < count; i++) {
        difference += ((double)x[i] - (double)reference[i]) * ((double)x[i] - (double)reference[i]);
        energy += (double)reference[i] * (double)reference[i];
    }
    return 10.0 * log10((difference + 1e-30) / energy);
}

#endif

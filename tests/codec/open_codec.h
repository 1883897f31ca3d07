// SPDX-License-Identifier: MIT
// One channel of any codec, opened as a program does.
#ifndef OPEN_CODEC_H
#define OPEN_CODEC_H

#include <residuum/rsd_codec.h>

#include <criterion/criterion.h>
#include <stdlib.h>

typedef struct {
    rsd_model *model;
    rsd_codec_info info;
    rsd_codec *codec;
} opened;

static inline opened open_codec_for(const char *name_or_path, uint32_t host_rate_hz)
{
    opened o;
    rsd_error error;
    cr_assert_eq(rsd_model_open(name_or_path, &o.model, &error), RSD_OK, "%s", error.text);
    rsd_model_info(o.model, host_rate_hz, &o.info);
    const size_t bytes = rsd_codec_size_bytes(o.model);
    cr_assert_eq(rsd_codec_init(aligned_alloc(64, bytes), bytes, o.model, o.info.sample_rate_hz, &o.codec), RSD_OK);
    return o;
}

static inline void close_codec(opened *o)
{
    free(o->codec);
    rsd_model_release(o->model);
}

#endif
